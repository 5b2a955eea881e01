"""Asks Business Central for pages: headers, page sizes that shrink when a page is too big, next links as they came.

Paging is the server's: `Prefer: odata.maxpagesize` and `@odata.nextLink`. `$top` is never sent, for with it there is
no next link and the rest is lost (microsoft/AL#6858).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from unposted.connectors.business_central.answers import PAGE_TOO_BIG, Place, judge_of
from unposted.connectors.business_central.settings import BusinessCentralConnection
from unposted.connectors.entra import Application, entra_signer
from unposted.connectors.http import Ask, Caller, Signer
from unposted.connectors.live import Tools
from unposted.connectors.odata import ODataPage, odata_page, text_literal
from unposted.errors import BadAnswer, SourceDown

__all__ = ["LARGEST_PAGE", "Wire", "any_of"]

LARGEST_PAGE = 20_000
"""The most rows of a page. Source: Business Central, operational limits."""

_IN_A_FILTER = 40
_REGISTER = (
    "Open the page Microsoft Entra applications in Business Central, add client_id with State Enabled and permission "
    "sets; in Entra grant the application permission API.ReadWrite.All and admin consent."
)
_CHECK_KEY = "Check user and its web service access key, and that the server allows NavUserPassword."


class Wire:
    """One environment: its caller, and how large a page of each entity set may be."""

    def __init__(self, source: str, connection: BusinessCentralConnection, tools: Tools) -> None:
        """Take the source's name, its settings and what a connector is handed."""
        self.source = source
        self.connection = connection
        self.caller = Caller(
            source, connection.url, _signer(source, connection, tools), clock=tools.clock, patience=tools.patience,
            transport=tools.transport, tell_wait=tools.tell_wait,
        )  # fmt: skip
        self._largest: dict[str, int] = {}
        self._refusal = _CHECK_KEY if connection.auth == "basic" else _REGISTER

    def api(self, path: str) -> str:
        """Return the address of a path of API v2.0."""
        return f"{self.connection.root}api/v2.0/{path}"

    def custom(self, path: str, company_id: str, company_name: str, entity_set: str) -> str:
        """Return the address of a company's set in a custom API, or of a published web service (`ODataV4`)."""
        path = path.strip("/")
        if path.casefold().endswith("odatav4"):
            return f"{self.connection.root}{path}/Company({quote(text_literal(company_name))})/{entity_set}"
        return f"{self.connection.root}{path}/companies({company_id})/{entity_set}"

    def page(
        self, place: Place, address: str, params: Mapping[str, str] | None = None, size: int | None = None
    ) -> ODataPage:
        """Ask for one page; a page that is too big is asked for again in a smaller size, which is remembered."""
        most = size or self.connection.page_size or LARGEST_PAGE
        while True:
            rows = max(1, min(most, self._largest.get(place.set, LARGEST_PAGE)))
            asked = place._replace(can_shrink=rows > 1)
            ask = Ask("GET", address, params or {}, headers=self._headers(rows))
            try:
                page = self.caller.ask(ask, odata_page, judge_of(asked, self._refusal)).value
            except SourceDown as error:
                if error.code != PAGE_TOO_BIG:
                    raise
                self._largest[place.set] = max(1, rows // 4)
                continue
            if page.next_link is not None and page.next_link == address:
                raise self._turns_in_circles(place)
            return page

    def pages(
        self, place: Place, address: str, params: Mapping[str, str] | None = None, size: int | None = None
    ) -> Iterator[ODataPage]:
        """Read a whole list; a page that names one that was read before ends it with an error."""
        seen: set[str] = set()
        page = self.page(place, address, params, size)
        yield page
        while page.next_link is not None:
            if page.next_link in seen:
                raise self._turns_in_circles(place)
            seen.add(page.next_link)
            page = self.page(place, page.next_link, size=size)
            yield page

    def count(self, place: Place, address: str, params: Mapping[str, str]) -> int:
        """Ask how many rows there are, by `$count`."""
        ask = Ask("GET", f"{address}/$count", params, headers=self._headers(None))
        return self.caller.ask(ask, _whole_number, judge_of(place, self._refusal)).value

    def _headers(self, rows: int | None) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Language": self.connection.language}
        if rows is not None:
            headers["Prefer"] = f"odata.maxpagesize={rows}"
        if self.connection.read_from_replica:
            headers["Data-Access-Intent"] = "ReadOnly"
        return headers

    def _turns_in_circles(self, place: Place) -> BadAnswer:
        return BadAnswer(
            "page-loop",
            f"{self.source} sends the same page of {place} again and again.",
            "Run the command again; if it stays so, set a smaller page_size for this source.",
        )


def any_of(field: str, values: Sequence[str], literal: bool = True) -> Iterator[str]:
    """Write filters that each ask for some values of one field: `or` is allowed on a single field only."""
    for start in range(0, len(values), _IN_A_FILTER):
        part = values[start : start + _IN_A_FILTER]
        yield " or ".join(f"{field} eq {text_literal(value) if literal else value}" for value in part)


def _whole_number(body: bytes) -> int:
    try:
        return int(body.decode("utf-8-sig").strip())
    except ValueError:
        from msgspec import DecodeError

        raise DecodeError("no number") from None


def _signer(source: str, connection: BusinessCentralConnection, tools: Tools) -> Signer:
    if connection.auth == "basic":
        from base64 import b64encode

        from unposted.connectors.secrets import Secret
        from unposted.connectors.signers import HeaderSigner

        pair = f"{connection.user}:{tools.secret('access_key').reveal()}"
        return HeaderSigner("Authorization", Secret(b64encode(pair.encode()).decode()), "Basic ")
    by_secret = connection.auth == "secret"
    application = Application(
        connection.tenant,
        connection.client_id,
        tools.secret("client_secret") if by_secret else None,
        None if by_secret else tools.secret("certificate"),
    )
    return entra_signer(
        source, application, connection.scope, authority=connection.authority, clock=tools.clock,
        patience=tools.patience, transport=tools.transport,
    )  # fmt: skip
