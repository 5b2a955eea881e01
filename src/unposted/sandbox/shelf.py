"""A system's records of one kind as they change: what is there, since when it can be seen, what was removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from unposted.sandbox.wire import Now

__all__ = ["Entry", "Shelf"]


@dataclass(slots=True)
class Entry:
    """One record: its payload, and the instants that the platform shows. It is seen from `visible_at` on."""

    record_id: str
    row: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    visible_at: datetime
    removed_at: datetime | None = None
    serial: int = 0  # counts changes of the shelf: the order in which a change feed tells them


class Shelf:
    """The records of one kind, by id, in the order in which they were first put there."""

    def __init__(self, now: Now) -> None:
        """Take the time."""
        self._now = now
        self._entries: dict[str, Entry] = {}
        self._serial = 0

    def __len__(self) -> int:
        return sum(1 for _ in self.entries())

    def put(
        self,
        record_id: str,
        row: dict[str, Any],
        created_at: datetime,
        updated_at: datetime | None = None,
        visible_at: datetime | None = None,
    ) -> None:
        """Add a record or put a newer version in its place."""
        self._serial += 1
        updated = updated_at or created_at
        self._entries[record_id] = Entry(
            record_id, row, created_at, updated, visible_at or min(updated, self._now()), serial=self._serial
        )

    def remove(self, record_id: str) -> None:
        """Take a record away; a change feed still tells of it."""
        self._serial += 1
        entry = self._entries[record_id]
        entry.removed_at, entry.serial = self._now(), self._serial

    def get(self, record_id: str) -> Entry | None:
        """Return a record that can be seen now."""
        entry = self._entries.get(record_id)
        return entry if entry is not None and self._is_seen(entry) else None

    def entries(self) -> Iterator[Entry]:
        """List what can be seen now."""
        return (entry for entry in self._entries.values() if self._is_seen(entry))

    def changes(self, after: int) -> Iterator[Entry]:
        """List what was put or removed after a serial number, removed records last."""
        changed = [entry for entry in self._entries.values() if entry.serial > after]
        return iter(sorted(changed, key=lambda entry: (entry.removed_at is not None, entry.serial)))

    def coming(self) -> Iterator[datetime]:
        """List the instants from which records that are hidden now will be seen."""
        now = self._now()
        return (one.visible_at for one in self._entries.values() if one.removed_at is None and one.visible_at > now)

    @property
    def serial(self) -> int:
        """The number of the latest change."""
        return self._serial

    def _is_seen(self, entry: Entry) -> bool:
        return entry.removed_at is None and entry.visible_at <= self._now()
