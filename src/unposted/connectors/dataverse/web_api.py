"""Calls of the Dataverse Web API: the headers of every page, links as they came, and single answers.

A page's size, its annotations and the tracking of changes are preferences of the call, and none of them stands in a
link: a link that is followed without them is another, shorter answer. Source: Web API, page results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from unposted.connectors.dataverse.answers import judge
from unposted.connectors.dataverse.settings import EnvironmentConnection, application
from unposted.connectors.entra import entra_signer
from unposted.connectors.http import Answered, Ask, Caller, Spent
from unposted.connectors.live import Tools
from unposted.connectors.odata import ODataPage, odata_page

__all__ = ["ANNOTATION", "MOST", "Query", "Table", "WebApi", "with_select"]

MOST = 5000  # rows that the service puts on a page at most
ANNOTATION = "OData.Community.Display.V1.FormattedValue"
_LIMITS = "x-ms-ratelimit-"
_HEADERS = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "If-None-Match": "null",  # no answer out of a cache
}
_SELECT = re.compile(r"((?:\$|%24)select=)[^&]*", re.IGNORECASE)
Value = TypeVar("Value")


class Table(NamedTuple):
    """A table: its entity set, its name and its key. An elastic one stands in another kind of database."""

    set: str
    name: str
    key: str
    is_elastic: bool = False


class Query(NamedTuple):
    """What is asked of a table, and how: the preferences go along with every page of it."""

    table: Table
    select: Sequence[str] = ()
    is_tracked: bool = False
    is_annotated: bool = False

    def prefer(self, size: int) -> str:
        """Write the Prefer header."""
        wanted = ["odata.track-changes"] if self.is_tracked else []
        wanted.append(f"odata.maxpagesize={size}")
        if self.is_annotated:
            wanted.append(f'odata.include-annotations="{ANNOTATION}"')
        return ",".join(wanted)


class WebApi:
    """The Web API of one environment, for one source."""

    def __init__(self, source: str, connection: EnvironmentConnection, tools: Tools) -> None:
        """Take the source's name, its settings and the tools."""
        base = f"{connection.environment}/api/data/{connection.api_version}"
        self.page_size = min(connection.page_size or MOST, MOST)
        self.clock = tools.clock
        self._session: str | None = None
        self._caller = Caller(
            source,
            base,
            entra_signer(
                source,
                application(connection, tools),
                connection.scope or f"{connection.environment}/.default",
                authority=connection.authority,
                clock=tools.clock,
                patience=tools.patience,
                transport=tools.transport,
            ),
            judge=judge,
            clock=tools.clock,
            patience=tools.patience,
            transport=tools.transport,
            tell_wait=tools.tell_wait,
        )

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far."""
        return self._caller.spent

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def one(self, address: str, kind: type[Value], params: Mapping[str, str] | None = None) -> Value:
        """Get a single answer."""
        return self._ask(Ask("GET", address, params or {}, _HEADERS), msgspec.json.Decoder(kind).decode).value

    def first_page(self, query: Query, options: Mapping[str, str], size: int | None = None) -> ODataPage:
        """Get the first page of a query; `options` are `$filter` and `$orderby`."""
        params = {"$select": ",".join(query.select), **options} if query.select else dict(options)
        return self._page(query, Ask("GET", query.table.set, params), size)

    def next_page(self, query: Query, link: str, size: int | None = None) -> ODataPage:
        """Get the page that a link of the query leads to, the link as it came."""
        return self._page(query, Ask("GET", link), size)

    def pages(self, query: Query, options: Mapping[str, str], size: int | None = None) -> Iterator[ODataPage]:
        """Get all pages of a query, one after the other."""
        page = self.first_page(query, options, size)
        yield page
        while page.next_link is not None:
            page = self.next_page(query, page.next_link, size)
            yield page

    def _page(self, query: Query, ask: Ask, size: int | None) -> ODataPage:
        headers = {**_HEADERS, "Prefer": query.prefer(min(size or self.page_size, MOST))}
        if query.table.is_elastic and self._session is not None:
            headers["MSCRM.SessionToken"] = self._session
        answered = self._ask(ask._replace(headers=headers), odata_page)
        if query.table.is_elastic:
            self._session = answered.reply.headers.get("x-ms-session-token") or self._session
        return answered.value

    def _ask(self, ask: Ask, decode: Callable[[bytes], Value]) -> Answered[Value]:
        answered = self._caller.ask(ask, decode)
        for name, value in answered.reply.headers.items():
            if name.startswith(_LIMITS):
                self.spent.limits[name.removeprefix(_LIMITS).removesuffix("-xrm-requests")] = value
        return answered


def with_select(link: str, select: str) -> str:
    """Return a link that asks for other columns: only to get past a record that the service cannot deliver."""
    return _SELECT.sub(lambda found: found[1] + select, link, count=1)
