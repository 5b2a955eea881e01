"""Recounts live streams by another path than they were read by, and mends what differs.

Orders are recounted by their time of creation over some days, lists as a whole. Each day's numbers go into the
ledger; what differs is known to the single record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from unposted.connectors.live import Connector, LiveStream
from unposted.domain.cursor import Pace
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

_NAMED = 20


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
            if stream.recount is not None and _is_whole(stream):
                yield _stream(sync, source, source_id, connector, stream, days, repair=repair)
    except UnpostedError as error:
        yield Verified(source.name, "", error=error)


def _is_whole(stream: LiveStream) -> bool:
    """Tell the streams of which we hold everything in what is recounted: orders by day, and whole lists."""
    return Order in stream.records or (stream.wanted_by is None and stream.main)


def _stream(
    sync: LiveSync, source: Source, source_id: int, connector: Connector, stream: LiveStream, days: int, *, repair: bool
) -> Verified:
    before = connector.spent.calls
    books = KeptBooks(sync.connection, source_id, stream, sync.clock)
    reader = sync.reader(source, stream, books)
    found, still = Differences(0), set[str]()
    error: UnpostedError | None = None
    try:
        start, end = _span(stream, books, sync.clock.now(), days)
        found = reader.recount(start, end, repair=repair)
        _note(sync.connection, source_id, stream.name, sync.clock.now(), found)
        still = _still_differing(reader, found, start, end) if repair else set(found.ids)
    except UnpostedError as failure:
        error = failure
    books.finish("failed" if error else "done", connector.spent.calls - before, reader.tally.remarks)
    remarks = tuple(reader.tally.remarks)
    return Verified(
        source.name, stream.name, found.compared, len(found.missing), len(found.stale), len(found.incorrect),
        len(found.gone), not still, found.ids[:_NAMED], remarks, error,
    )  # fmt: skip


def _still_differing(
    reader: StreamReader, found: Differences, start: datetime | None, end: datetime | None
) -> set[str]:
    """Recount once more when something was mended: what differs again was not, whatever the source answered by id."""
    stream = reader.stream
    if not found.ids or stream.recount is None:
        return set()
    again = reader.books.compare(stream.recount(start, end), start, end)
    left = set(found.ids) & set(again.ids)
    if left:
        reader.tally.remark(f"{len(left):,} {stream.name} differ as before after they were fetched again")
    return left


def _span(stream: LiveStream, books: KeptBooks, now: datetime, days: int) -> tuple[datetime | None, datetime | None]:
    """Tell what to recount: of orders the last days, no further back than was ever read; of a list all."""
    if Order not in stream.records:
        return None, None
    first = datetime.combine(now.astimezone(UTC).date() - timedelta(days=days - 1), time(0), tzinfo=UTC)
    end = now - Pace().lag
    return max(first, books.cursor().since or end), end


def _note(
    connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, now: datetime, found: Differences
) -> None:
    with transaction(connection):
        for day, counts in found.days.items():
            recounts.record_recount(connection, source_id, stream, day, now, counts)
