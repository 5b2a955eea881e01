"""The relations keep what their texts say: their columns, and that they are empty where they are not computed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.product import empty_store, load_worlds, renamed
from tests.support.worlds import random_world
from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.chain import Relation, chain
from unposted.cards.emptiness import must_be_empty
from unposted.cards.engine import BESIDE, compute
from unposted.cards.inputs import Inputs, load_inputs
from unposted.cards.rates import workspace_rates
from unposted.domain.window import window_of

if TYPE_CHECKING:
    import duckdb

    from tests.support.world import World

_RELATIONS = chain((ABSENT_CUSTOMERS.relation, *BESIDE))
_WORLDS = range(25)


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    """Worlds of which many lack companies, overrides, Dataverse or absent parties."""
    return [renamed(random_world(number), f"w{number}-") for number in _WORLDS]


@pytest.fixture(scope="module")
def store(worlds: list[World]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A store that holds all these worlds."""
    connection = empty_store()
    load_worlds(connection, worlds)
    yield connection
    connection.close()


def _inputs(cursor: duckdb.DuckDBPyConnection, world: World) -> Inputs:
    workspace = world.workspace(Path("world.toml"))
    window = window_of(world.window, world.as_of, workspace.timezone)
    return load_inputs(cursor, workspace, world.as_of, window, workspace_rates(workspace, window))


def _count(cursor: duckdb.DuckDBPyConnection, relation: Relation) -> int:
    row = cursor.execute(f"SELECT count(*) FROM {relation.name}").fetchone()
    return int(row[0]) if row else 0


def test_what_must_be_empty_is_empty(store: duckdb.DuckDBPyConnection, worlds: list[World]) -> None:
    """No relation that would not be computed has rows when it is."""
    judged: set[str] = set()
    for world in worlds:
        cursor = store.cursor()
        inputs = _inputs(cursor, world)
        empty = set(inputs.empty)
        for relation in _RELATIONS:
            cursor.execute(relation.statement(inputs.values))
            rows = _count(cursor, relation)
            if must_be_empty(relation.row_sources, empty):
                judged.add(relation.name)
                assert rows == 0, relation.name
            if rows == 0:
                empty.add(relation.name)
        cursor.close()
    assert judged == {relation.name for relation in _RELATIONS}


def test_declared_columns_are_the_computed_ones(store: duckdb.DuckDBPyConnection, worlds: list[World]) -> None:
    """The columns at the head of a relation are those that its query makes, so that an empty table can stand for it."""
    cursor = store.cursor()
    inputs = _inputs(cursor, worlds[0])
    for relation in _RELATIONS:
        cursor.execute(relation.statement(inputs.values))
        made = cursor.execute(f"DESCRIBE {relation.name}").fetchall()
        told = ", ".join(f"{name} {kind}" for name, kind, *_ in made)
        assert relation.columns == ("" if relation.is_inline else told), relation.name


def test_every_relation_can_be_opened(store: duckdb.DuckDBPyConnection, worlds: list[World]) -> None:
    """Kept for looking at, each relation is there with the rows of its text, computed or not."""
    for world in worlds[:5]:
        workspace = world.workspace(Path("world.toml"))
        window = window_of(world.window, world.as_of, workspace.timezone)
        rates = workspace_rates(workspace, window)
        kept, plain = store.cursor(), store.cursor()
        wanted = (ABSENT_CUSTOMERS.relation, *BESIDE)
        compute(kept, workspace, world.as_of, window, rates, wanted, keep_all=True)
        inputs = _inputs(plain, world)
        for relation in _RELATIONS:
            plain.execute(relation.statement(inputs.values))
            assert _count(kept, relation) == _count(plain, relation), relation.name
        kept.close()
        plain.close()
