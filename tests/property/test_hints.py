"""Webhooks are hints: whatever comes of them, doubled, late, in any order, forged or not at all, polling decides.

Two readers of one changing source: one hears of every delivery that the schedule lets through, the other of none. In
the end both hold what the source shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.changing_source import ChangingSource
from tests.support.hooks import PLATFORMS, Event, Forgery, Platform
from tests.support.plain_books import Crash
from tests.support.product import empty_store
from unposted.connectors.hints import HintRefused
from unposted.connectors.http import Spent
from unposted.connectors.live import Fact, LiveStream, Page
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.sandbox.wire import SteppedClock
from unposted.sync.hints import keep_hint
from unposted.sync.kept_books import KeptBooks
from unposted.sync.run import LiveSync
from unposted.sync.sources import Source
from unposted.workspace.model import FieldMap, Fx, Store, Workspace

if TYPE_CHECKING:
    import duckdb

_START = datetime(2026, 4, 1, 12, tzinfo=UTC)
_SHOP = Store("shop", "shopify", {}, connect=ShopifyConnection(url="https://shop.example"))
_WORKSPACE = Workspace(
    path=Path("unposted.toml"), name="World", timezone=ZoneInfo("UTC"), reporting_currency="USD",
    stores=(_SHOP,), dynamics=(), entities=(), field_map=FieldMap(), fx=Fx(rates={}),
)  # fmt: skip
_NUMBERS = range(1, 7)
_names = count(1)


@cache
def _store() -> duckdb.DuckDBPyConnection:
    """Share one store; every world reads into sources of its own."""
    return empty_store()


@dataclass
class _Connector:
    """One reader's way to the source: it counts which ids it asks for."""

    source: ChangingSource
    platform: Platform
    asked: list[str] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)

    @property
    def streams(self) -> Sequence[LiveStream]:
        whole = self.source.stream()
        assert whole.by_id is not None
        return (replace(whole, name=self.platform.stream, by_id=self._counting(whole.by_id)),)

    def _counting(self, by_id: Callable[[Sequence[str]], Iterable[Page]]) -> Callable[[Sequence[str]], Iterator[Page]]:
        def counted(ids: Sequence[str]) -> Iterator[Page]:
            self.asked += ids
            yield from by_id(ids)

        return counted

    def examine(self) -> Iterator[Fact]:
        yield Fact("credentials", "ok", "signed in")

    def close(self) -> None:
        """Nothing is open."""


class _World:
    """A source, the deliveries of what happened in it, and the two readers."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.clock = SteppedClock(_START)
        self.source = ChangingSource(self.clock)
        self.events: list[Event] = []
        self.kept: set[tuple[str | None, str]] = set()
        name = next(_names)
        self.hinted = Source(f"hinted{name}", "store", "shopify", replace(_SHOP, name=f"hinted{name}"))
        self.polled = Source(f"polled{name}", "store", "shopify", replace(_SHOP, name=f"polled{name}"))
        self.steps: Callable[[], None] = lambda: None
        self.number = self._run().number(self.hinted)

    # ---- what happens

    def apply(self, operation: tuple[Any, ...]) -> None:
        """Do one operation."""
        kind, *rest = operation
        getattr(self, f"_{kind}")(*rest)

    def _write(self, number: int, ahead: int, late: int) -> None:
        now, name = self.clock.now(), self.platform.record_id(number)
        self.source.write(name, len(self.events), now + timedelta(seconds=ahead), now + timedelta(seconds=late))
        self.events.append(Event(number, now.replace(microsecond=0), len(self.events)))

    def _delete(self, number: int) -> None:
        self.source.delete(self.platform.record_id(number))
        self.events.append(Event(number, self.clock.now().replace(microsecond=0), len(self.events), is_deletion=True))

    def _sleep(self, seconds: int) -> None:
        self.clock.sleep(seconds)

    def _deliver(self, picks: list[int]) -> None:
        """Deliver some of what ever happened, in this order, some of it again; the rest waits or never comes."""
        for pick in picks if self.events else ():
            event, now = self.events[pick % len(self.events)], self.clock.now()
            try:
                hint = self.platform.read(self.platform.genuine(event, now), now)
            except HintRefused:
                assert now - event.at > timedelta(hours=24), "a fresh delivery is taken"
                continue
            assert (hint.stream, hint.record_id) == (self.platform.stream, self.platform.record_id(event.number))
            is_new = (hint.record_id, hint.delivery) not in self.kept
            assert keep_hint(_store(), self.number, hint, now) is is_new, "a delivery is kept once"
            self.kept.add((hint.record_id, hint.delivery))

    def _forge(self, pick: int, how: Forgery) -> None:
        """Send what the platform never sent; it is refused and stored nowhere."""
        now, before = self.clock.now(), self._rows("SELECT count(*) FROM hint")
        event = Event(pick % 9 + 1, now.replace(microsecond=0), 1_000 + pick)
        sent = self.platform.forged(event, event._replace(number=99), now, how)
        with pytest.raises(HintRefused) as refused:
            keep_hint(_store(), self.number, self.platform.read(sent, now), now)
        assert "canary" not in refused.value.reason
        assert self._rows("SELECT count(*) FROM hint") == before

    def _sync(self) -> None:
        """Both readers read in peace; what was hinted at is as fresh as the source itself."""
        wanted = self.open()
        asked = self._read(self.hinted)
        self._read(self.polled)
        assert asked.keys() == set(wanted), "every hinted id is asked for, and no other"
        found = {key: version for key, version in self.source.shown().items() if key in wanted}
        assert all(times == 1 + (key not in found) for key, times in asked.items()), "one fetch for each distinct id"
        assert self.open() == ()
        held = self.current(self.hinted)
        assert {key: held.get(key) for key in wanted} == {
            key: str(found[key].content) if key in found else None for key in wanted
        }

    def _crash(self, step: int) -> None:
        """The hinted reader dies at a call, between hint and fetch perhaps; no open hint is forgotten."""
        wanted, calls = self.open(), count(1)

        def die() -> None:
            if next(calls) == step:
                raise Crash

        self.source.on_call = die
        try:
            self._read(self.hinted)
        except Crash:
            assert self.open() == wanted
        finally:
            self.source.on_call = lambda: None

    def _during(self, step: int, operations: list[tuple[Any, ...]]) -> None:
        """Things happen at a call of the hinted reader; a hint that comes meanwhile is for the next run."""
        calls = count(1)
        kept: list[tuple[str | None, str]] = []

        def happen() -> None:
            if next(calls) == step:
                before = set(self.kept)
                for operation in operations:
                    self.apply(operation)
                kept.extend(self.kept - before)

        self.source.on_call = happen
        try:
            self._read(self.hinted)
        finally:
            self.source.on_call = lambda: None
        assert set(self.open()) == {record_id for record_id, _ in kept}, "what came meanwhile is still open"

    # ---- what is looked at

    def open(self) -> tuple[str, ...]:
        """List the ids that open hints speak of."""
        return tuple(
            row[0]
            for row in self._rows(
                f"SELECT DISTINCT record_id FROM hint WHERE source_id = {self.number} AND done_at IS NULL ORDER BY 1"
            )
        )

    def current(self, source: Source) -> dict[str, str]:
        """Return the name of each record that a reader holds."""
        rows = self._rows(
            f"""SELECT customer_id, v.name FROM customer_version AS v JOIN source AS s USING (source_id)
            WHERE s.name = '{source.name}' AND known_to > TIMESTAMP '9000-01-01'"""
        )
        assert len(rows) == len({row[0] for row in rows}), "one current version each"
        return dict(rows)

    def settle(self) -> None:
        """Let eight days pass, and everything be read undisturbed."""
        self.clock.sleep(8 * 86_400)
        self._sync()

    def recount(self) -> None:
        """Recount both, so that deletions and times that went back are seen by who only polls."""
        for source in (self.hinted, self.polled):
            run = self._run()
            (stream,) = run.connector(source).streams
            books = KeptBooks(_store(), run.number(source), stream, self.clock)
            run.reader(source, stream, books).recount(None, None)
            books.finish("done", 0, ())

    def _read(self, source: Source) -> Counter[str]:
        """Run a reader once, as every run of the command does; returns how often it asked for each id."""
        run = self._run()
        connector = run.connector(source)
        assert isinstance(connector, _Connector)
        run.news([source])
        assert [report.error for report in run.reports if report.error] == []
        return Counter(connector.asked)

    def _run(self) -> LiveSync:
        return LiveSync(
            _store(), _WORKSPACE, lambda _source: _Connector(self.source, self.platform), self.clock,
            _START - timedelta(days=1),
        )  # fmt: skip

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return _store().execute(sql).fetchall()


_WRITE = st.tuples(
    st.just("write"),
    st.sampled_from(_NUMBERS),
    st.sampled_from([0, 0, 0, 3600]),
    st.sampled_from([0, 0, 0, 40, 20_000]),
)
_DELIVER = st.tuples(st.just("deliver"), st.lists(st.integers(0, 30), min_size=1, max_size=8))
_FORGE = st.tuples(st.just("forge"), st.integers(0, 30), st.sampled_from(["unsigned", "wrong secret", "other body"]))
_SMALL = st.one_of(_WRITE, _DELIVER, _FORGE, st.tuples(st.just("delete"), st.sampled_from(_NUMBERS)))
_OPERATIONS = st.one_of(
    _WRITE, _DELIVER, _SMALL,
    st.tuples(st.just("sleep"), st.sampled_from([1, 30, 150, 1_900, 90_000])),
    st.tuples(st.just("sync")),
    st.tuples(st.just("crash"), st.integers(1, 4)),
    st.tuples(st.just("during"), st.integers(1, 4), st.lists(_SMALL, min_size=1, max_size=4)),
)  # fmt: skip
_SCHEDULES = {"operations": st.lists(_OPERATIONS, max_size=14), "platform": st.sampled_from(PLATFORMS)}
_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]
_WRITTEN: list[tuple[Any, ...]] = [("write", 1, 0, 0), ("deliver", [0])]
_KNOWN: dict[str, list[tuple[Any, ...]]] = {
    "a burst about three records": [
        *[("write", number, 0, 0) for number in (1, 2, 3)], ("deliver", [0, 1, 2, 2, 1, 0] * 8), ("sync",), ("sync",),
    ],
    "hints that come before their record can be seen": [
        ("write", 1, 0, 20_000), ("deliver", [0]), ("sync",), ("sleep", 30_000), ("deliver", [0]), ("sync",),
    ],
    "a deletion, told before what came before it": [
        ("write", 1, 0, 0), ("sync",), ("delete", 1), ("write", 2, 0, 0), ("deliver", [1, 0, 2]), ("sync",),
    ],
    "a deletion that is told of a record which is there again": [
        ("write", 1, 0, 0), ("delete", 1), ("write", 1, 0, 0), ("deliver", [1]), ("sync",),
    ],
    "a crash before the hinted record is fetched": [*_WRITTEN, ("crash", 1), ("crash", 2), ("crash", 3), ("sync",)],
    "a hint that comes while the one before is looked after": [
        *_WRITTEN, ("during", 2, [("write", 2, 0, 0), ("write", 1, 0, 0), ("deliver", [1, 2, 0])]), ("sync",),
    ],
    "deliveries of last week": [*_WRITTEN, ("sync",), ("sleep", 600_000), ("deliver", [0, 0]), ("sync",)],
}  # fmt: skip


def _follow(operations: list[tuple[Any, ...]], platform: Platform) -> None:
    """Follow a schedule to its end, and compare who heard of the hints with who did not, and both with the source."""
    world = _World(platform)
    for operation in operations:
        world.apply(operation)
    world.settle()
    world.recount()
    shown = {key: str(version.content) for key, version in world.source.shown().items()}
    assert world.current(world.hinted) == world.current(world.polled) == shown
    known = {platform.record_id(event.number) for event in world.events}
    assert {record_id for record_id, _ in world.kept} <= known, "nothing forged is in the queue"


@pytest.mark.parametrize("platform", PLATFORMS, ids=[platform.name for platform in PLATFORMS])
def test_a_forged_delivery_is_refused_and_stored_nowhere(platform: Platform) -> None:
    """Without a signature, with one by another secret, or with that of another body; genuine ones pass."""
    world = _World(platform)
    world.apply(("write", 1, 0, 0))
    for how in ("unsigned", "wrong secret", "other body"):
        world.apply(("forge", 0, how))
    assert world.open() == ()
    world.apply(("deliver", [0]))
    assert world.open() == (platform.record_id(1),)
    _late_is_refused(world)


def _late_is_refused(world: _World) -> None:
    """See that what was sent long ago is not taken any more, however well it is signed."""
    sent = world.platform.genuine(world.events[0], world.clock.now())
    with pytest.raises(HintRefused):
        world.platform.read(sent, world.clock.now() + timedelta(days=4))


@pytest.mark.parametrize("name", _KNOWN)
def test_a_known_schedule_changes_nothing(name: str) -> None:
    """Each of them was chosen because some mistake shows in it; the platforms take turns."""
    _follow(_KNOWN[name], PLATFORMS[list(_KNOWN).index(name) % len(PLATFORMS)])


@settings(max_examples=35, deadline=None, suppress_health_check=_CALM)
@given(**_SCHEDULES)
def test_hints_change_nothing_that_polling_would_not(operations: list[tuple[Any, ...]], platform: Platform) -> None:
    """Doubled, permuted, late, dropped and forged deliveries, crashes between hint and fetch: the same in the end.

    On the way every distinct hinted id is fetched once, and no hint is forgotten.
    """
    _follow(operations, platform)


@pytest.mark.deep
@settings(max_examples=3_000, deadline=None, suppress_health_check=_CALM)
@given(**_SCHEDULES)
def test_hints_change_nothing_on_thousands_of_schedules(operations: list[tuple[Any, ...]], platform: Platform) -> None:
    """The same on many more."""
    _follow(operations, platform)
