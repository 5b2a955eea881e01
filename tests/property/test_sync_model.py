"""Nothing lost, nothing double: the sync against a changing source, over an emulated clock, with crashes anywhere.

A world is a list of operations; only at its end it settles: a week passes, the sync runs undisturbed, and a recount
is made. (A settling in the middle hides what a cursor loses.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.changing_source import ChangingSource, Version
from tests.support.plain_books import Crash, PlainBooks
from unposted.connectors.formats import Context
from unposted.connectors.keys import KeyMaker
from unposted.domain.cursor import Pace
from unposted.errors import UnpostedError
from unposted.sandbox.wire import SteppedClock
from unposted.sync.live import StreamReader

_START = datetime(2026, 4, 1, 12, tzinfo=UTC)
_CONTEXT = Context(KeyMaker(), ZoneInfo("UTC"))
_IDS = [f"r{number}" for number in range(9)]

_WRITES = st.tuples(
    st.just("write"), st.sampled_from(_IDS), st.integers(0, 3),
    st.sampled_from([0, 0, 0, 3600, 18 * 3600]),  # its time is in the future by so much
    st.sampled_from([0, 0, 0, 40, 3600, 20 * 3600, 72 * 3600]),  # it can be seen so much later
)  # fmt: skip
_PLAIN = st.one_of(
    _WRITES,
    _WRITES,
    st.tuples(st.just("delete"), st.sampled_from(_IDS)),
)
_OPERATIONS = st.one_of(
    _WRITES,
    _WRITES,
    _PLAIN,
    st.tuples(st.just("sleep"), st.sampled_from([1, 30, 150, 1900, 4000, 90_000, 260_000, 700_000])),
    st.tuples(st.just("sync")),
    st.tuples(st.just("crash"), st.integers(1, 12)),
    st.tuples(st.just("during"), st.integers(1, 6), st.lists(_PLAIN, min_size=1, max_size=4)),
)


@dataclass
class _World:
    """The source, the books, and what happens at the next calls."""

    paging: Literal["keyset", "offset"]
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(_START))
    books: PlainBooks = field(default_factory=PlainBooks)
    serial: int = 0
    contents: dict[str, set[tuple[int, datetime]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = ChangingSource(self.clock, self.paging)

    def apply(self, operation: tuple[Any, ...]) -> None:
        """Do one operation."""
        kind, *rest = operation
        if kind == "write":
            name, _, ahead, late = rest
            self.serial += 1
            now = self.clock.now()
            self.source.write(name, self.serial, now + timedelta(seconds=ahead), now + timedelta(seconds=late))
        elif kind == "delete":
            self.source.delete(rest[0])
        elif kind == "sleep":
            self.clock.sleep(rest[0])
        elif kind == "sync":
            self.sync()
            self.check_freshness()
        elif kind == "crash":
            self.sync(crash_at=rest[0])
        else:
            self.sync(during=(rest[0], rest[1]))

    def sync(self, crash_at: int = 0, during: tuple[int, list[tuple[Any, ...]]] | None = None) -> None:
        """Run the sync once; it may die at a call, or the records may change at one."""
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1
            if steps == crash_at:
                raise Crash
            if during is not None and steps == during[0]:
                for operation in during[1]:
                    self.apply(operation)

        self.source.on_call = self.books.step = step
        try:
            self.reader().news(_START - timedelta(days=1))
        except (Crash, UnpostedError):
            assert crash_at or during
        finally:
            self.source.on_call = self.books.step = lambda: None

    def check_freshness(self) -> None:
        """After an undisturbed run everything is held that showed itself in its time, whatever happened before."""
        if self.paging == "offset":
            return  # a row that moved while pages were counted waits for a look back
        present = self.clock.now() - Pace().lag
        for version in self.source.shown().values():
            if version.updated_at <= present and not _is_odd(self, version):
                assert _names(self).get(version.record_id) == str(version.content), version.record_id

    def reader(self) -> StreamReader:
        """Make a reader, as every run of the command does."""
        return StreamReader(
            "shop", self.source.stream(), self.books, _CONTEXT, self.clock, Pace(), lambda _: None, lambda: False,
            batch_size=2,
        )  # fmt: skip

    def settle(self) -> None:
        """Let eight days pass, and everything be read undisturbed."""
        self.clock.sleep(8 * 86_400)
        self.sync()


def _names(world: _World) -> dict[str, str | None]:
    return {key: fact.record.name for key, fact in world.books.facts.items() if fact.is_current}


def _check(world: _World, *, was_recounted: bool) -> None:
    shown = world.source.shown()
    held = _names(world)
    if not was_recounted:  # deletions are not told; a time that went back is taken for an older version
        shown = {key: version for key, version in shown.items() if not _went_back(world, version)}
        held = {key: name for key, name in held.items() if key in shown}
    assert held == {key: str(version.content) for key, version in shown.items()}
    for key, fact in world.books.facts.items():
        written = sum(version.record_id == key for version in world.source.versions)
        assert fact.versions <= written, f"{key} has {fact.versions} versions of {written} writings"
    for fetched, stored, unchanged, quarantined in world.books.ledger:
        assert fetched == stored + unchanged + quarantined


def _went_back(world: _World, version: Version) -> bool:
    """Tell whether a record had a version with a later time before this one: its stamp was ahead of the clock."""
    others = (other for other in world.source.versions if other.record_id == version.record_id)
    return any(other.updated_at > version.updated_at and not other.is_deletion for other in others)


def _is_odd(world: _World, version: Version) -> bool:
    """Tell whether a version was hidden for a while, or written over one that was stamped ahead."""
    was_hidden = version.visible_at - version.updated_at > timedelta(seconds=1)
    return was_hidden or _went_back(world, version)


def _run(operations: list[tuple[Any, ...]], paging: Literal["keyset", "offset"]) -> None:
    world = _World(paging)
    for operation in operations:
        world.apply(operation)
    world.settle()
    _check(world, was_recounted=False)
    world.reader().recount(None, None)
    _check(world, was_recounted=True)


WORLDS = {
    "operations": st.lists(_OPERATIONS, max_size=30),
    "paging": st.sampled_from(["keyset", "keyset", "offset"]),
}
_LATE = st.one_of(
    st.tuples(
        st.just("write"), st.sampled_from(_IDS), st.integers(0, 3), st.just(0),
        st.sampled_from([0, 40, 20 * 3600, 72 * 3600, 30 * 86_400]),
    ),
    st.tuples(st.just("sleep"), st.sampled_from([1, 1900, 20_000, 60_000, 90_000, 700_000])),
    st.tuples(st.just("sync")),
)  # fmt: skip
LATE_WORLDS = {"operations": st.lists(_LATE, max_size=30)}
_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=5_000, deadline=None, suppress_health_check=_CALM)
@given(**WORLDS)
def test_what_the_source_shows_is_what_is_held(
    operations: list[tuple[Any, ...]], paging: Literal["keyset", "offset"]
) -> None:
    """Whatever came late, changed mid-page, was stamped ahead or deleted: in the end both sides agree, once each.

    Only what was deleted, and what was stamped back, waits for the recount.
    """
    _run(operations, paging)


@pytest.mark.deep
@settings(max_examples=500_000, deadline=None, suppress_health_check=_CALM)
@given(**WORLDS)
def test_what_the_source_shows_is_what_is_held_a_hundred_times_over(
    operations: list[tuple[Any, ...]], paging: Literal["keyset", "offset"]
) -> None:
    """The same on half a million worlds."""
    _run(operations, paging)


@settings(max_examples=500, deadline=None, suppress_health_check=_CALM)
@given(**LATE_WORLDS)
def test_what_shows_itself_within_three_days_is_held_a_day_later(operations: list[tuple[Any, ...]]) -> None:
    """With a sync every few hours a record that was hidden for up to 72 hours is there within a day of being seen.

    What was hidden for up to 45 days less a week is there within a week.
    """
    world = _World("keyset")
    for operation in operations:
        world.apply(operation)
        world.sync()
    for _ in range(31 if _is_long_hidden(world) else 0):
        world.clock.sleep(86_400)
        world.sync()
    for hours in (24, 168):
        seen_by = world.clock.now()
        for _ in range(0, hours + 6, 6):
            world.clock.sleep(6 * 3600)
            world.sync()
        late = timedelta(hours=72) if hours == 24 else timedelta(days=38)
        for version in world.source.shown().values():
            if version.visible_at <= seen_by and version.visible_at - version.updated_at <= late:
                assert _names(world).get(version.record_id) == str(version.content)


def _is_long_hidden(world: _World) -> bool:
    return any(version.visible_at - version.updated_at > timedelta(days=4) for version in world.source.versions)
