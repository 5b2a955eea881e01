"""Dataverse as a live source: the streams `accounts` and `contacts`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property

import msgspec

from unposted.connectors.dataverse.columns import (
    ACCOUNTS,
    CONTACTS,
    Columns,
    columns_of,
    completer,
    sorted_rows,
)
from unposted.connectors.dataverse.companies import Companies
from unposted.connectors.dataverse.facts import examined
from unposted.connectors.dataverse.formats import FORMATS
from unposted.connectors.dataverse.lights import by_keys, lights
from unposted.connectors.dataverse.settings import DataverseConnection
from unposted.connectors.dataverse.tracked import Tracked
from unposted.connectors.dataverse.walk import Place, TimeWalk
from unposted.connectors.dataverse.web_api import Query, Table, WebApi
from unposted.connectors.formats import JsonFormat
from unposted.connectors.http import Spent
from unposted.connectors.live import Connector, Fact, Light, LiveStream, Page, PageRequest, Tools
from unposted.connectors.odata import ODataPage
from unposted.domain.cursor import Span
from unposted.domain.records import Staged

__all__ = ["DataverseSource", "connect"]


def connect(source: str, connection: DataverseConnection, tools: Tools) -> Connector:
    """Make the live source of an environment; nothing is called yet."""
    return DataverseSource(source, connection, tools)


class DataverseSource:
    """Reads accounts and contacts, and tells what the credentials let us see."""

    def __init__(self, source: str, connection: DataverseConnection, tools: Tools) -> None:
        """Take the source's name, its settings and the tools."""
        self.api = WebApi(source, connection, tools)
        self.connection = connection
        self.companies = Companies(self.api, connection)
        self.readers = [TableReader(self, ACCOUNTS), TableReader(self, CONTACTS)]

    @property
    def streams(self) -> Sequence[LiveStream]:
        """The streams, in the order in which they are read."""
        return [reader.stream() for reader in self.readers]

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far."""
        return self.api.spent

    def examine(self) -> Iterator[Fact]:
        """Find out what our credentials let us see."""
        return examined(self.api, self.connection, self.companies, self.readers)

    def close(self) -> None:
        """Close the connections."""
        self.api.close()


class TableReader:
    """Reads one of the two tables."""

    def __init__(self, source: DataverseSource, table: Table) -> None:
        """Take the source and the table."""
        self._source = source
        self._api = source.api
        self.table = table
        self._complete = completer(table, source.connection, source.companies.code_of)
        self.tracked = Tracked(source.api, self.query)

    @cached_property
    def columns(self) -> Columns:
        """Which columns the table has; one call, once."""
        return columns_of(self._api, self.table, self._source.connection)

    def query(self) -> Query:
        """What is asked of the table."""
        has_company = self._source.connection.company_column in self.columns.select
        is_annotated = has_company and not self._source.companies.is_listed
        return Query(self.table, self.columns.select, is_annotated=is_annotated)

    def stream(self) -> LiveStream:
        """Make the table's stream."""
        is_tracked = self._source.connection.change_tracking
        form = next(form for form in FORMATS if isinstance(form, JsonFormat) and form.stream == self.table.set)
        return LiveStream(
            self.table.set,
            (Staged,),
            "delta" if is_tracked else "changes",
            self._fetch_delta if is_tracked else self._fetch_changes,
            form.decode,
            by_id=self._by_id,
            recount=self._recount,
            recount_daily=True,
            scope=f"kind = '{self.table.name}'",
            skip=self._skip_delta if is_tracked else self._skip_changes,
        )

    def _fetch_delta(self, request: PageRequest) -> Page:
        piece = self.tracked.piece(request.token, request.size)
        return self._page(piece.page, piece.next, piece.delta)

    def _skip_delta(self, request: PageRequest) -> tuple[str, str | None]:
        return self.tracked.skip(request.token)

    def _fetch_changes(self, request: PageRequest) -> Page:
        span = request.span or Span(_EVER, self._api.clock.now())
        page, place = self._walk().step(span.start, span.end, _place(request.token), request.size)
        return self._page(page, _token(place))

    def _skip_changes(self, request: PageRequest) -> tuple[str, str | None]:
        span = request.span or Span(_EVER, self._api.clock.now())
        found, place = self._walk().skip(span.start, span.end, _place(request.token))
        return found, _token(place)

    def _walk(self) -> TimeWalk:
        return TimeWalk(self._api, self.query(), "modifiedon")

    def _page(self, page: ODataPage, following: str | None, delta: str | None = None) -> Page:
        rows = sorted_rows(page, self.table, self._complete)
        return Page(rows.items, following, rows.removed, delta)

    def _by_id(self, ids: Sequence[str]) -> Iterable[Page]:
        for page in by_keys(self._api, self.query(), self.table.key, ids):
            yield self._page(page, None)

    def _recount(self, start: datetime | None, end: datetime | None) -> Iterator[Light]:
        return lights(self._api, self.table, start, end)


_EVER = datetime(1900, 1, 1, tzinfo=UTC)
_PLACE = msgspec.json.Decoder(Place).decode


def _place(token: str | None) -> Place | None:
    return _PLACE(token) if token else None


def _token(place: Place | None) -> str | None:
    return msgspec.json.encode(place).decode() if place else None
