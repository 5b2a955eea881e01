"""Near matches on made-up worlds: no close pair is lost, the status agrees with the list, order changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.near_pairs import expected_near, shares_a_key
from tests.support.near_worlds import near_world
from tests.support.product import empty_store, load_worlds
from tests.support.world import World
from tests.support.worlds import random_world
from unposted.cards.engine import read_card
from unposted.cards.near import rarities_of
from unposted.cards.near_weights import LISTED
from unposted.cards.reading import Reading, Row
from unposted.domain.records import Order

if TYPE_CHECKING:
    import duckdb

_WORLDS = range(12)
_DEEP_WORLDS = range(12, 300)


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    """One store in memory, emptied for each load."""
    connection = empty_store()
    yield connection
    connection.close()


def _read(store: duckdb.DuckDBPyConnection, world: World) -> Reading:
    load_worlds(store, [world])
    return read_card(store, world.workspace(Path("world.toml")), world.as_of, world.window, with_near=True)


def _only_order(world: World, row: Row) -> Order | None:
    """Find the order of a row that stands on one order alone; joined parties show more than one."""
    orders = [order for records in world.facts.values() for order in records if isinstance(order, Order)]
    found = [order for order in orders if order.total == row.blocked and row.orders == 1]
    return found[0] if found else None


def _check(store: duckdb.DuckDBPyConnection, seed: int) -> int:
    world = near_world(seed)
    reading = _read(store, world)
    rarities = rarities_of(reading.rows._cursor)  # type: ignore[attr-defined]
    checked = 0
    for row in reading.rows:
        order = _only_order(world, row)
        if order is None:
            continue
        checked += 1
        judged = expected_near(world, order, rarities)
        close = {account: said for account, said in judged.items() if said.verdict != "create"}
        listed = {near.account: near for near in row.near if near.verdict != "create"}
        assert all((near.score, near.verdict) == judged[account][:2] for account, near in listed.items())
        assert len(listed) == min(len(close), LISTED), (seed, row.rank, close, listed)
        is_near = any(shares_a_key(world, order, account) for account in judged)
        assert is_near == ("near_match" in (row.status, *row.flags))
    return checked


def test_blocks_lose_no_close_pair(store: duckdb.DuckDBPyConnection) -> None:
    """Every pair that the scoring would link or ask about is listed, the likeliest first, and none besides."""
    assert sum(_check(store, seed) for seed in _WORLDS) > len(_WORLDS)


@pytest.mark.deep
def test_blocks_lose_no_close_pair_on_many_worlds(store: duckdb.DuckDBPyConnection) -> None:
    """The same on more worlds."""
    assert sum(_check(store, seed) for seed in _DEEP_WORLDS) > len(_DEEP_WORLDS)


def test_the_order_of_arrival_changes_nothing(store: duckdb.DuckDBPyConnection) -> None:
    """Shuffled facts give the same rows with the same near matches."""
    for seed in range(3):
        plain = tuple(_read(store, near_world(seed)).rows)
        assert tuple(_read(store, near_world(seed, shuffled=seed + 1)).rows) == plain
        assert any(row.near for row in plain)


def test_a_near_match_has_a_record_to_look_at(store: duckdb.DuckDBPyConnection) -> None:
    """Whatever the world, the status near_match never stands on a row without a record to link or to ask about."""
    for seed in range(12):
        for row in _read(store, random_world(seed)).rows:
            if "near_match" in (row.status, *row.flags):
                assert any(near.verdict != "create" for near in row.near), (seed, row)
            assert all(
                near.entity in row.missing_entities or not row.expected_entities or row.near for near in row.near
            )


def test_near_matches_change_nothing_else(store: duckdb.DuckDBPyConnection) -> None:
    """The reading with near matches is the one without them, but for the lists."""
    world = near_world(1)
    load_worlds(store, [world])
    workspace = world.workspace(Path("world.toml"))
    plain = read_card(store, workspace, world.as_of, world.window)
    rich = read_card(store, workspace, world.as_of, world.window, with_near=True)
    assert tuple(row._replace(near=()) for row in rich.rows) == tuple(plain.rows)
    assert (plain.value, plain.splits) == (rich.value, rich.splits)
