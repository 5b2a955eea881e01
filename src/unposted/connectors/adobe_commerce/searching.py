"""Sends searches, and tells a right that is missing from a token that is dead, for which the store has one answer."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from unposted.connectors.adobe_commerce.answers import AccessDeniedOrDead, PageTooBig
from unposted.connectors.adobe_commerce.criteria import Condition, Search
from unposted.connectors.adobe_commerce.listings import RESOURCES, Listing
from unposted.connectors.http import Answered, Ask, Caller
from unposted.errors import SignIn, SourceRefused

__all__ = ["Found", "Searcher"]

Value = TypeVar("Value")
_USUAL, _LEAST = 100, 1


class Found(msgspec.Struct, frozen=True):
    """One page: undecoded records, and how many the whole search has."""

    total_count: int
    items: list[msgspec.Raw] | None = None

    @property
    def bodies(self) -> list[bytes]:
        """The records as bytes of their own."""
        return [bytes(item) for item in self.items or ()]


class Searcher:
    """Sends the searches of one source. `most` is how many records a page may have, as far as the store has said."""

    def __init__(self, caller: Caller, store_header: str | None, page_size: int | None) -> None:
        """Take the caller, the store view where it goes into a header, and how many records a page shall have."""
        self.caller = caller
        self.size = max(_LEAST, page_size or _USUAL)
        self.most: int | None = None
        self._headers = {"Accept": "application/json", **({"Store": store_header} if store_header else {})}

    def through(self, caller: Caller) -> Searcher:
        """Return a searcher that sends through another caller."""
        other = Searcher(caller, self._headers.get("Store"), self.size)
        other.most = self.most
        return other

    def get(self, path: str, decode: type[Value], params: list[tuple[str, str]] | None = None) -> Answered[Value]:
        """Get a path of the API."""
        ask = Ask("GET", path, params or (), self._headers)
        return self.caller.ask(ask, msgspec.json.Decoder(decode).decode)

    def find(self, listing: Listing, search: Search) -> Found:
        """Send a search; it is the caller's to have kept its size within `most`."""
        try:
            return self.get(listing.path, Found, search.params()).value
        except AccessDeniedOrDead as error:
            raise self._told_apart(error, listing) from None

    def page_size(self, wanted: int | None) -> int:
        """Tell how many records to ask for."""
        size = min(wanted or self.size, self.size)
        return min(size, self.most) if self.most else size

    def note(self, error: PageTooBig) -> None:
        """Keep to the page size that the store names; raises the error when that changes nothing."""
        if not 0 < error.most < (self.most or self.size):
            raise error
        self.most = error.most

    def lets_in(self) -> bool:
        """Tell whether the credentials open anything at all."""
        nothing = Search(((Condition("entity_id", "eq", "0"),),), (), _LEAST, "entity_id")
        for path, params in (
            ("store/storeConfigs", []),
            *((listing.path, nothing.params()) for listing in RESOURCES),
        ):
            try:
                self.get(path, object, params)
            except (SignIn, SourceRefused):
                continue
            return True
        return False

    def _told_apart(self, error: AccessDeniedOrDead, listing: Listing) -> SignIn | SourceRefused:
        if not self.lets_in():
            return error
        wanted = error.resources if "::" in error.resources else listing.resource
        return SourceRefused(
            "not-allowed",
            f"{self.caller.source}: the credentials may not read {listing.name} (401, {wanted}).",
            "Grant the role or integration that resource, as docs/connectors/adobe_commerce.md shows.",
        )
