"""Any one call of a full sync may fail in any way: in the end the store knows what it knows without the failure.

A full sync is news and history of every stream of all seven systems, in small pages. Sources do not share calls, so the
N-th call of each source's own part is spoilt. When the fault makes the sync end with an error, it is run again as its
message says, up to three times. `make test` tries each fault on each source once, `make test-deep` at every call.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from tests.support.live_world import Dump as Known
from tests.support.live_world import LiveWorld, dishonest_runs, dump, small_workspace, small_world
from unposted.sandbox.faults import FAULTS, FaultName, Faults, Plan, seldom
from unposted.sandbox.values import World
from unposted.workspace.model import Workspace

_SOURCES = ("wholesale", "trade", "dtc", "fno", "bc", "crm", "flows")
_FAULTS = (*FAULTS, "clock-back")
_SPREAD = 7  # has no divisor in common with most numbers of calls


@dataclass(frozen=True, slots=True)
class _Sound:
    """A source's sync without a fault: the addresses that it calls in order, and what the store knows then."""

    calls: tuple[str, ...]
    known: Known


@cache
def _world() -> World:
    return small_world()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Read the workspace of all systems."""
    return small_workspace(tmp_path_factory.mktemp("faults"))


_sound: dict[tuple[str, ...], _Sound] = {}


def _without_fault(workspace: Workspace, *names: str) -> _Sound:
    if names not in _sound:
        world = LiveWorld(workspace, _world())
        assert world.sync_to_the_end(*names) == 1
        assert not dishonest_runs(world.store)
        _sound[names] = _Sound(tuple(world.called), dump(world.store))
        world.close()
    return _sound[names]


def _once_from(faults: Faults, fault: FaultName, number: int) -> Plan:
    """Spoil one call: this one, or the first one after it that the fault has a place at."""
    before = faults.done[fault]
    return lambda call: fault if call >= number and faults.done[fault] == before else None


def _try(workspace: Workspace, source: str, fault: str, number: int) -> bool:
    """Spoil a call of a source's sync and compare; tell whether the fault had a place."""
    sound = _without_fault(workspace, source)
    world = LiveWorld(workspace, _world())
    try:
        name: FaultName = "clock-step" if fault == "clock-back" else fault  # type: ignore[assignment]
        if fault == "clock-back":
            world.faults.happened("clock-step")  # the second step of the clock is the one back
        before = world.faults.done[name]
        world.faults.plan = _once_from(world.faults, name, number)
        world.sync_to_the_end(source)
        known = dump(world.store)
        for table, rows in sound.known.items():
            where = f"{fault} on call {number} of {source} ({sound.calls[number - 1]}): {table}"
            assert rows == known[table], f"{where}: lost {rows - known[table]}, too many {known[table] - rows}"
        assert not dishonest_runs(world.store)
        return world.faults.done[name] > before
    finally:
        world.close()


def test_a_sync_of_the_small_world_reads_every_stream(workspace: Workspace) -> None:
    """What the faults are tried on has several pages, both ways of reading, and records in all tables."""
    sound = _without_fault(workspace)
    assert len(sound.calls) > 120
    assert {call.split("/")[1] for call in sound.calls} == {
        "adobe", "bigcommerce", "bigcommerce-b2b", "business-central", "dataverse", "fno", "login", "shopify",
    }  # fmt: skip
    for table in ("order", "customer", "company", "master", "staged", "document", "ledger_entry", "flow_run"):
        assert sound.known[f"{table}_version"], table
    assert not sound.known["quarantine"]


@pytest.mark.parametrize("fault", _FAULTS)
@pytest.mark.parametrize("source", _SOURCES)
def test_one_fault_changes_nothing_in_the_end(workspace: Workspace, source: str, fault: str) -> None:
    """The store after one spoilt call, and what it takes to recover, equals the store without it."""
    calls = len(_without_fault(workspace, source).calls)
    place = _SOURCES.index(source) + _SPREAD * _FAULTS.index(fault)
    happened = _try(workspace, source, fault, 1 + place % calls)
    if not happened and fault in {"duplicate-page", "reordered-page"}:
        _try(workspace, source, fault, 1)
    else:
        assert happened


@pytest.mark.deep
@pytest.mark.parametrize("fault", _FAULTS)
@pytest.mark.parametrize("source", _SOURCES)
def test_every_call_may_fail_in_every_way(workspace: Workspace, source: str, fault: str) -> None:
    """The same at each call of the sync, one after the other."""
    for number in range(1, len(_without_fault(workspace, source).calls) + 1):
        _try(workspace, source, fault, number)


def _under_weather(workspace: Workspace, seed: int, share: float) -> None:
    """Sync everything while calls fail at random, then once in peace."""
    world = LiveWorld(workspace, _world(), seldom(dict.fromkeys(FAULTS, share / len(FAULTS)), seed))
    try:
        world.sync()
        world.sync()
        world.faults.plan = lambda _call: None
        world.clock.sleep(26 * 3600)
        world.sync_to_the_end()
        world.sync_to_the_end()
        assert dump(world.store) == _without_fault(workspace).known
        assert not dishonest_runs(world.store)
        assert world.faults.done.total() > 5
    finally:
        world.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_bad_weather_changes_nothing_in_the_end(workspace: Workspace, seed: int) -> None:
    """One call in ten of everything fails, in any way."""
    _under_weather(workspace, seed, 0.1)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100, 130))
def test_a_long_time_of_bad_weather(workspace: Workspace, seed: int) -> None:
    """The same for many seeds, with one call in five failing."""
    _under_weather(workspace, seed, 0.2)


def test_a_source_that_is_down_does_not_stop_the_others(workspace: Workspace) -> None:
    """What the others have is read; the report names the one that failed, and the next sync reads it."""
    sound = _without_fault(workspace)
    world = LiveWorld(workspace, _world())
    try:
        world.faults.plan = lambda call: "refused" if world.called[call - 1].startswith("/bigcommerce/") else None
        reports = world.sync()
        assert {report.source for report in reports if report.error} == {"wholesale"}
        assert {report.source for report in reports if not report.error} >= set(_SOURCES) - {"wholesale"}
        world.faults.plan = lambda _call: None
        world.sync_to_the_end()
        assert dump(world.store) == sound.known
    finally:
        world.close()
