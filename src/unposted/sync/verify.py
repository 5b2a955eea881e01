"""Recounts live streams by another path than they were read by, day by day, and mends what differs.

A day whose number of records, newest change and sums agree on both sides needs no look at single records; one that
differs is bisected to them. Days are days of creation, UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from unposted.connectors.live import Connector, LiveStream
from unposted.domain.records import Order
from unposted.errors import UnpostedError
from unposted.store import recounts
from unposted.store.database import transaction
from unposted.sync.books import Differences
from unposted.sync.kept_books import KeptBooks
from unposted.sync.live import StreamReader
from unposted.sync.run import LiveSync, wanted_streams
from unposted.sync.sources import Source

if TYPE_CHECKING:
    import duckdb

__all__ = ["Verified", "verify"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What the recount of a stream found over all its days; `named` are some of what differed."""

    source: str
    stream: str
    compared: int = 0
    missing: int = 0
    stale: int = 0
    incorrect: int = 0
    gone: int = 0
    is_mended: bool = True
    named: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    error: UnpostedError | None = None

    @property
    def differing(self) -> int:
        """How many records differed."""
        return self.missing + self.stale + self.incorrect + self.gone


def verify(sync: LiveSync, source: Source, days: int, *, repair: bool) -> Iterator[Verified]:
    """Recount every stream of a source that can be recounted: a store's orders of the last days, lists as a whole."""
    try:
        connector = sync.connector(source)
        source_id = sync.number(source)
        for stream in wanted_streams(source, connector):
            if stream.recount is not None and (stream.wanted_by is None or stream.way == "list"):
                yield _stream(sync, source, source_id, connector, stream, days, repair=repair)
    except UnpostedError as error:
        yield Verified(source.name, "", error=error)


def _stream(
    sync: LiveSync, source: Source, source_id: int, connector: Connector, stream: LiveStream, days: int, *, repair: bool
) -> Verified:
    before = connector.spent.calls
    books = KeptBooks(sync.connection, source_id, stream, sync.clock)
    reader = sync.reader(source, stream, books)
    found: list[Differences] = []
    error: UnpostedError | None = None
    try:
        for day, start, end in _spans(stream, books, sync.clock.now(), days):
            differences = reader.recount(start, end, repair=repair)
            found.append(differences)
            _note(sync.connection, source_id, stream.name, day, sync.clock.now(), differences)
    except UnpostedError as failure:
        error = failure
    books.finish("failed" if error else "done", connector.spent.calls - before, reader.tally.remarks)
    return _sum(source.name, stream.name, found, reader, error, repair=repair)


def _spans(
    stream: LiveStream, books: KeptBooks, now: datetime, days: int
) -> Iterator[tuple[date | None, datetime | None, datetime | None]]:
    """Give the days to recount, the newest first, no further back than was ever read; a list is one."""
    if Order not in stream.records:
        yield None, None, None
        return
    since = books.cursor().since
    today = now.astimezone(UTC).date()
    for back in range(days):
        day = today - timedelta(days=back)
        start = datetime.combine(day, time(0), tzinfo=UTC)
        end = min(start + timedelta(days=1), now - timedelta(minutes=2))
        if since is None or end <= since:
            return
        if start < end:
            yield day, max(start, since), end


def _note(
    connection: duckdb.DuckDBPyConnection,
    source_id: int,
    stream: str,
    day: date | None,
    now: datetime,
    found: Differences,
) -> None:
    counts = (found.compared, len(found.missing), len(found.stale), len(found.incorrect), len(found.gone))
    with transaction(connection):
        recounts.record_recount(connection, source_id, stream, day, now, counts)


def _sum(
    source: str,
    stream: str,
    found: list[Differences],
    reader: StreamReader,
    error: UnpostedError | None,
    *,
    repair: bool,
) -> Verified:
    def count(pick: Callable[[Differences], tuple[str, ...]]) -> int:
        return sum(len(pick(one)) for one in found)

    named = tuple(name for one in found for name in one.ids)
    return Verified(
        source,
        stream,
        sum(one.compared for one in found),
        count(lambda one: one.missing),
        count(lambda one: one.stale),
        count(lambda one: one.incorrect),
        count(lambda one: one.gone),
        repair,
        named[:20],
        tuple(reader.tally.remarks),
        error,
    )
