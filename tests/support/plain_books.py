"""The books of a stream in plain dictionaries, with crashes on order: what the sync may rely on, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from unposted.connectors.live import Light
from unposted.domain.cursor import Cursor
from unposted.domain.records import Customer, record_id
from unposted.sync.books import Batch, Differences, Kept, Outcome, is_nameless

__all__ = ["Crash", "Fact", "PlainBooks"]


class Crash(Exception):
    """The process dies here."""


@dataclass(slots=True)
class Fact:
    """A record as it is known, how many versions it had, and whether it has ended."""

    record: Customer
    updated_at: datetime | None
    versions: int = 1
    is_current: bool = True


@dataclass(slots=True)
class PlainBooks:
    """Keeps a stream's facts in a dictionary; what survives a crash is what `keep` has written.

    `step` is called before and after each writing and may raise Crash.
    """

    facts: dict[str, Fact] = field(default_factory=dict)
    quarantine: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    text: str = ""
    ledger: list[tuple[int, int, int, int]] = field(default_factory=list)
    step: Callable[[], None] = lambda: None

    def cursor(self) -> Cursor:
        """Read the cursor as it was written."""
        return Cursor.loads(self.text) if self.text else Cursor()

    def keep(self, batch: Batch, cursor: Cursor) -> Kept:
        """Write a batch and the cursor, both or neither."""
        self.step()
        stored = sum([self._store(record, batch) for record in batch.records if isinstance(record, Customer)])
        gone = sum([self._end(one) for one in batch.removed])
        self.quarantine = {key: code for key, code in self.quarantine.items() if key not in batch.removed}
        for bad in batch.bad:
            self.quarantine[str(bad.record_id)] = bad.code
        if batch.is_list:
            self.met |= {record_id(record) for record in batch.records} | {str(bad.record_id) for bad in batch.bad}
        self.text = cursor.dumps()
        self.ledger.append((batch.size, stored, len(batch.records) - stored, len(batch.bad)))
        self.step()
        return Kept(stored, len(batch.records) - stored, gone)

    def start_list(self, cursor: Cursor) -> None:
        """Forget what an earlier list met."""
        self.met = set()
        self.text = cursor.dumps()

    def missing_from_list(self) -> tuple[int, int]:
        """Count what the list did not show."""
        current = [key for key, fact in self.facts.items() if fact.is_current]
        missing = [key for key in current if key not in self.met]
        return (0 if self._has_nameless() else len(missing)), len(current)

    def end_list(self, cursor: Cursor, *, end_missing: bool) -> int:
        """End what the list did not show."""
        self.step()
        is_whole = end_missing and not self._has_nameless()
        missing = [key for key in self.facts if key not in self.met] if is_whole else []
        if end_missing:
            self.quarantine = {key: code for key, code in self.quarantine.items() if key in self.met}
        ended = sum([self._end(key) for key in missing])
        self.met = set()
        self.text = cursor.dumps()
        return ended

    def _has_nameless(self) -> bool:
        return any(is_nameless(one) for one in self.met)

    def wanted(self, by: str) -> Sequence[str]:  # noqa: ARG002 - the shape of all books
        """Nothing is wanted: there is one stream only."""
        return ()

    def compare(self, lights: Iterable[Light], start: datetime | None, end: datetime | None) -> Differences:  # noqa: ARG002 - the same
        """Compare what the source says with the current facts; every record counts as created in the span."""
        there = {light.record_id: light for light in lights}
        here = {key: fact for key, fact in self.facts.items() if fact.is_current}
        both = there.keys() & here.keys()
        missing = there.keys() - here.keys() - self.quarantine.keys()
        return Differences(
            len(missing | here.keys()),
            missing=tuple(sorted(missing)),
            stale=tuple(sorted(key for key in both if there[key].updated_at != here[key].updated_at)),
            gone=tuple(sorted(here.keys() - there.keys())),
        )

    def finish(self, outcome: Outcome, calls: int, remarks: Iterable[str]) -> None:
        """Nothing to close."""

    def _store(self, record: Customer, batch: Batch) -> int:
        key, updated = record_id(record), record.updated_at
        self.quarantine.pop(key, None)
        known = self.facts.get(key)
        if known is None:
            self.facts[key] = Fact(record, updated)
            return 1
        is_older = (
            not batch.is_asked and updated is not None and known.updated_at is not None and updated < known.updated_at
        )
        is_same = known.record._replace(updated_at=updated) == record
        if known.is_current and (is_same or is_older):
            if is_same and not is_older and updated is not None:
                known.updated_at = updated
            return 0
        known.record, known.updated_at, known.is_current = record, updated, True
        known.versions += 1
        return 1

    def _end(self, key: str) -> int:
        fact = self.facts.get(key)
        if fact is None or not fact.is_current:
            return 0
        fact.is_current = False
        return 1
