"""Walks through a search page by page, by the records' own keys, so that nothing that changes meanwhile is passed over.

A page is asked for as "what comes after this record" (time of change, then id), always as the first page of its own
search: rows that leave the span shift nothing. Only `total_count` says where the end is, for a page past the end
repeats the last one (magento/magento2#3787, #8099, #26986). A page whose rows stay in disorder is passed by number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import msgspec

from unposted.connectors.adobe_commerce.answers import PageTooBig
from unposted.connectors.adobe_commerce.criteria import Condition, Direction, Group, Search, utc_text
from unposted.connectors.adobe_commerce.listings import Listing
from unposted.connectors.adobe_commerce.searching import Found, Searcher
from unposted.connectors.live import Page, PageRequest
from unposted.domain.cursor import Span
from unposted.errors import BadAnswer, SourceDown

__all__ = ["Walk", "keys_in"]

_ATTEMPTS = 3


class _Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a walk stands: after the record `after` changed `at`, and `skip` rows further.

    `by`: rows are skipped by number because they stood in disorder, or one by one around a record that is broken.
    """

    at: str = ""
    after: int = 0
    skip: int = 0
    by: Literal["key", "number", "one"] = "key"


class _Key(NamedTuple):
    at: str
    number: int


class _Row(msgspec.Struct):
    entity_id: int | str = 0
    id: int | str = 0
    updated_at: str = ""


_read_row = msgspec.json.Decoder(_Row).decode
_read_place = msgspec.json.Decoder(_Place).decode


def keys_in(listing: Listing, found: Found) -> list[_Key]:
    """Read the keys of a page's rows; a row that shows none counts as the very first."""
    keys = []
    for item in found.items or ():
        try:
            row = _read_row(item)
            at = row.updated_at[:19].replace("T", " ")
            keys.append(_Key(at, int(getattr(row, listing.id_name))))
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
            keys.append(_Key("", 0))  # the decoder will say what is wrong with it
    return keys


class Walk:
    """Gives the pages of one listing: of a span of changes, or (without times) of the whole list by id.

    `keep` leaves out records that are of no use to anybody.
    """

    def __init__(
        self,
        searcher: Searcher,
        patient: Searcher,
        listing: Listing,
        keep: Callable[[bytes], bool] | None = None,
    ) -> None:
        """Take what sends the searches, what sends those of `skip` (fewer tries), and what is listed."""
        self._searcher = searcher
        self._probe = patient
        self.listing = listing
        self._keep = keep

    def fetch(self, request: PageRequest) -> Page:
        """Get one page."""
        place = _read_place(request.token) if request.token else _Place()
        for attempt in range(_ATTEMPTS):
            size = 1 if place.by == "one" else self._searcher.page_size(request.size)
            page = place.skip // size + 1
            try:
                found = self._searcher.find(self.listing, self._search(request.span, place, size, page))
            except PageTooBig as error:
                self._searcher.note(error)
                continue
            keys = keys_in(self.listing, found)
            is_settled = place.by == "number" or _is_ordered(request.span, keys) or attempt == _ATTEMPTS - 1
            if is_settled and self._fits(request.span, place, keys):
                after = self._next(request.span, place, keys, page * size, found.total_count)
                return Page(self._kept(found), after, total=None if request.token else found.total_count)
        raise BadAnswer(
            "page-repeated",
            f"{self._searcher.caller.source} answers with {self.listing.name} that were not asked for.",
            "Check that the store's database keeps its times in UTC, and that no cache stands before its API.",
        )

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        """Pass over the record that the store cannot deliver, and tell where it stands."""
        place = _read_place(request.token) if request.token else _Place()
        total = self._total(request.span, place)
        told = f"number {place.skip + 1} after id {place.after} ({place.at or 'the beginning of the span'})"
        if total is not None and place.skip + 1 < total:
            return told, _token(msgspec.structs.replace(place, skip=place.skip + 1, by="one"))
        return told, None

    def _total(self, span: Span | None, place: _Place) -> int | None:
        """Count what is left without reading the broken record: from the other end. None: every try met a broken one.

        Raises SourceDown when the store delivers nothing at all, for then no record is to blame.
        """
        nothing = Search(((Condition("entity_id", "eq", "0"),),), (), 1, self.listing.id_name)
        self._probe.find(self.listing, nothing)
        for page in range(1, _ATTEMPTS + 1):
            try:
                return self._probe.find(self.listing, self._search(span, place, 1, page, "DESC")).total_count
            except SourceDown as error:
                if error.code != "source-failing":
                    raise
        return None

    def _search(self, span: Span | None, place: _Place, size: int, page: int, direction: Direction = "ASC") -> Search:
        if span is None:
            after: list[Group] = [[Condition("entity_id", "gt", str(place.after))]] if place.after else []
            return Search(after, [("entity_id", direction)], size, self.listing.fields, page)
        start = place.at or utc_text(span.start)
        groups: list[Group] = [
            [Condition("updated_at", "gteq", start)],
            [Condition("updated_at", "lteq", utc_text(span.end))],
        ]
        if place.after:
            groups.append([Condition("updated_at", "gt", start), Condition("entity_id", "gt", str(place.after))])
        return Search(groups, [("updated_at", direction), ("entity_id", direction)], size, self.listing.fields, page)

    def _fits(self, span: Span | None, place: _Place, keys: Sequence[_Key]) -> bool:
        """Tell whether the rows can be those that were asked for: behind our place, and not from beyond the span."""
        known = [key for key in keys if key.number]
        if not known or not place.after:
            return span is None or all(utc_text(span.start) <= key.at <= utc_text(span.end) for key in known)
        if span is None:
            return min(key.number for key in known) > place.after
        return min(known) > (place.at, place.after) and max(known).at <= utc_text(span.end)

    def _next(self, span: Span | None, place: _Place, keys: Sequence[_Key], reached: int, total: int) -> str | None:
        if reached >= total:
            return None
        if place.by != "number" and keys and _is_ordered(span, keys):
            return _token(_Place("" if span is None else keys[-1].at, keys[-1].number))
        return _token(msgspec.structs.replace(place, skip=reached, by="number"))

    def _kept(self, found: Found) -> Sequence[bytes]:
        return [body for body in found.bodies if self._keep is None or self._keep(body)]


def _is_ordered(span: Span | None, keys: Sequence[_Key]) -> bool:
    """Tell whether the last row's key is the greatest, so that the walk can go on behind it."""
    known = [key if span is not None else _Key("listed", key.number) for key in keys]
    return known == sorted(known) and all(key.at and key.number for key in known)


def _token(place: _Place) -> str:
    return msgspec.json.encode(place).decode()
