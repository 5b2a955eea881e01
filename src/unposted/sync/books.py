"""What the reading of a live stream writes down, and where: the store's side of the sync as the engine sees it.

A batch is one transaction: its records, what could not be read, what is gone, the cursor, and the ledger's line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol, TypeAlias

from unposted.connectors.formats import Bad
from unposted.connectors.live import Light
from unposted.domain.cursor import Cursor
from unposted.domain.records import Record

__all__ = ["NAMELESS", "Batch", "Books", "Differences", "Kept", "Outcome", "is_nameless"]

NAMELESS = r"(unread-|row \d+ of ).*"
"""What a record is called that did not show its id: any record that is known may be the one."""

Outcome: TypeAlias = Literal["done", "stopped", "failed"]


@dataclass(slots=True)
class Batch:
    """Some pages of a stream, read and decoded. `is_list`: they are part of a whole list that is being read.

    `is_asked`: the records were asked for by their ids, so they are the source's newest word whatever their times say.
    """

    records: list[Record] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    pages: int = 0
    is_list: bool = False
    is_asked: bool = False

    @property
    def size(self) -> int:
        """How many records the source gave."""
        return len(self.records) + len(self.bad)


class Kept(NamedTuple):
    """What a batch did: records that made a new version, that did not, and facts that ended."""

    stored: int = 0
    unchanged: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Differences:
    """What a recount found, by record id: `missing` here, `stale` here (older than the source's), `incorrect` here
    (as old and different), `gone` from the source. `compared` counts the records of both sides. `days` has the five
    numbers by day of creation, UTC, in that order.
    """

    compared: int
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    incorrect: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    days: Mapping[date | None, tuple[int, int, int, int, int]] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """All that differ."""
        return (*self.missing, *self.stale, *self.incorrect, *self.gone)


def is_nameless(record_id: str | None) -> bool:
    """Tell whether a record that could not be read did not even show its id."""
    return record_id is None or re.fullmatch(NAMELESS, record_id) is not None


class Books(Protocol):
    """The store's side of one stream of one source."""

    def cursor(self) -> Cursor:
        """Return how far the stream was read."""
        ...

    def keep(self, batch: Batch, cursor: Cursor) -> Kept:
        """Write a batch and the cursor behind it, both or neither."""
        ...

    def start_list(self, cursor: Cursor) -> None:
        """Begin a whole list: forget what an earlier one met, and note the cursor."""
        ...

    def missing_from_list(self) -> tuple[int, int]:
        """Tell how many current facts the list that was just read does not show, and how many there are in all.

        None is missing when the list has a record that did not show its id: it may be any of them.
        """
        ...

    def end_list(self, cursor: Cursor, *, end_missing: bool) -> int:
        """Finish a whole list: end what it did not show (or not), forget what was met; returns how many ended.

        What is in quarantine and was not met there again is taken out.
        """
        ...

    def wanted(self, by: str) -> Sequence[str]:
        """List the ids that another stream of this source names and this one does not hold."""
        ...

    def compare(self, lights: Iterable[Light], start: datetime | None, end: datetime | None) -> Differences:
        """Compare a recount with the current facts of the stream, of those created from one instant to before another.

        What is in quarantine is not missing.
        """
        ...

    def finish(self, outcome: Outcome, calls: int, remarks: Iterable[str]) -> None:
        """Close the run's line in the ledger."""
        ...
