"""The books of a live stream in the store: each batch is one transaction of facts, quarantine, cursor and ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from unposted.connectors.clock import Clock
from unposted.connectors.live import Light, LiveStream
from unposted.domain.cursor import Cursor
from unposted.domain.records import record_id
from unposted.store import facts, ledger, recounts, streams
from unposted.store.database import END_OF_TIME, transaction
from unposted.store.tables import FactTable
from unposted.sync.books import NAMELESS, Batch, Differences, Kept, Outcome

if TYPE_CHECKING:
    import duckdb

__all__ = ["KeptBooks"]

LIVE = "live"  # stands where a quarantined record of a file has its path


@dataclass(slots=True)
class KeptBooks:
    """One stream of one source in the store. The run's line in the ledger is opened with it."""

    connection: duckdb.DuckDBPyConnection
    source_id: int
    stream: LiveStream
    clock: Clock
    run_id: int = 0

    def __post_init__(self) -> None:
        with transaction(self.connection):
            self.run_id = ledger.start_run(self.connection, self.source_id, self.stream.name, self.clock.now())

    def cursor(self) -> Cursor:
        """Return how far the stream was read."""
        text = streams.cursor_text(self.connection, self.source_id, self.stream.name)
        return Cursor.loads(text) if text else Cursor()

    def keep(self, batch: Batch, cursor: Cursor) -> Kept:
        """Write a batch and the cursor behind it in one transaction."""
        now = self.clock.now()
        with transaction(self.connection):
            stored, unchanged = self._merge(batch, now)
            gone = self._remove(batch.removed, now)
            self._quarantine(batch, now)
            if batch.is_list:
                self._note_met(batch)
            self._save(cursor)
            kept = Kept(stored, unchanged, gone)
            ledger.count_run(self.connection, self.run_id, batch.pages, batch.size, (*kept, len(batch.bad)))
        return kept

    def start_list(self, cursor: Cursor) -> None:
        """Begin a whole list: forget what an earlier one met, and note the cursor."""
        with transaction(self.connection):
            streams.forget_met(self.connection, self.source_id, self.stream.name)
            self._save(cursor)

    def missing_from_list(self) -> tuple[int, int]:
        """Tell how many current facts the list did not show, and how many there are."""
        missing = known = 0
        is_complete = not self._has_nameless()
        for table in self._tables():
            counts = streams.count_facts(self.connection, table, self._ours(), self._not_met(table))
            missing, known = missing + counts[0] * is_complete, known + counts[1]
        return missing, known

    def end_list(self, cursor: Cursor, *, end_missing: bool) -> int:
        """Finish a whole list: end what it did not show (or not), and forget what was met."""
        ended = 0
        with transaction(self.connection):
            if end_missing:
                streams.release_not_met(self.connection, self.source_id, self.stream.name, LIVE, self.clock.now())
            if end_missing and not self._has_nameless():
                for table in self._tables():
                    condition = f"{self._ours()} AND {self._not_met(table)}"
                    ended += facts.end(self.connection, table, self.clock.now(), condition)
            streams.forget_met(self.connection, self.source_id, self.stream.name)
            self._save(cursor)
            ledger.count_run(self.connection, self.run_id, 0, 0, (0, 0, ended, 0))
        return ended

    def wanted(self, by: str) -> Sequence[str]:
        """List the customers or companies that this source's orders name and that are not here, nor unknown to it."""
        if by != "orders":
            return ()
        return streams.wanted_by_orders(self.connection, self.source_id, self.stream.name, self._tables()[0])

    def compare(self, lights: Iterable[Light], start: datetime | None, end: datetime | None) -> Differences:
        """Compare a recount with the current facts, of those created from one instant to before another."""
        table = self._tables()[0]
        recounts.put_lights(self.connection, lights)
        ours = f"{self._ours()} AND {recounts.created_between(table, start, end)}"
        return Differences(**recounts.differences(self.connection, table, ours, self._held_back())._asdict())

    def was_busy(self) -> bool:
        """Tell whether the last runs of this stream all fetched something."""
        return streams.was_busy(self.connection, self.source_id, self.stream.name)

    def finish(self, outcome: Outcome, calls: int, remarks: Iterable[str]) -> None:
        """Close the run's line, and note how fresh the stream is."""
        now = self.clock.now()
        with transaction(self.connection):
            ledger.end_run(self.connection, self.run_id, now, calls, outcome, "; ".join(remarks))
            if outcome == "done":
                table = self._tables()[0].name
                ledger.record_stream(
                    self.connection, self.source_id, self.stream.name, table, self.stream.scope, now
                )  # fmt: skip

    # ---- inside a transaction

    def _merge(self, batch: Batch, now: datetime) -> tuple[int, int]:
        stored = 0
        for table in self._tables():
            rows = [record for record in batch.records if type(record) is table.record]
            if rows:
                merged = facts.put(self.connection, table, self.source_id, now, rows, newest_read=batch.is_asked)
                stored += merged.stored
        return stored, len(batch.records) - stored

    def _remove(self, ids: Sequence[str], now: datetime) -> int:
        if not ids:
            return 0
        gone = 0
        for table in self._tables():
            streams.put_ids(self.connection, ids)
            condition = f"{self._ours()} AND {table.record_key} IN (SELECT record_id FROM temp.these_ids)"
            gone += facts.end(self.connection, table, now, condition)
        streams.note_unknown(self.connection, self.source_id, self.stream.name)
        names = [name for one in ids for name in _names(one)]
        ledger.release(self.connection, self.source_id, self.stream.name, LIVE, names, now)
        return gone

    def _quarantine(self, batch: Batch, now: datetime) -> None:
        held = self._held_back()
        if not held and not batch.bad:
            return
        met = [one for record in batch.records for one in _names(record_id(record)) if one in held]
        bad = {item.record_id or "": item for item in batch.bad}
        ledger.release(self.connection, self.source_id, self.stream.name, LIVE, [*met, *bad], now)
        if bad:
            lines = [item._replace(line=0) for item in bad.values()]
            ledger.quarantine(self.connection, self.source_id, self.stream.name, LIVE, now, lines)

    def _note_met(self, batch: Batch) -> None:
        met = [record_id(record) for record in batch.records]
        bad = [item.record_id for item in batch.bad if item.record_id]
        whole = [one for one in bad if "|" in one]
        streams.note_met(
            self.connection, self.source_id, self.stream.name, [*met, *whole, *[f"*|{one}" for one in bad]]
        )

    def _has_nameless(self) -> bool:
        return streams.has_unread(self.connection, self.source_id, self.stream.name, NAMELESS)

    def _held_back(self) -> frozenset[str]:
        return frozenset(ledger.quarantined_ids(self.connection, self.source_id, self.stream.name))

    def _save(self, cursor: Cursor) -> None:
        streams.save_cursor(self.connection, self.source_id, self.stream.name, cursor.dumps())

    def _tables(self) -> list[FactTable]:
        return [facts.table_of(record) for record in self.stream.records]

    def _ours(self) -> str:
        return f"source_id = {self.source_id} AND known_to = TIMESTAMP '{END_OF_TIME}' AND ({self.stream.scope})"

    def _not_met(self, table: FactTable) -> str:
        return streams.not_met(self.source_id, self.stream.name, table)


def _names(key: str) -> tuple[str, ...]:
    """Return an id and its last part, which is all that an unreadable record may show of itself."""
    last = key.rpartition("|")[2]
    return (key,) if last == key else (key, last)
