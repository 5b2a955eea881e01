"""What stands beside the headline equals the brute-force oracle on made-up worlds; every bridge sums to zero."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.beside_worlds import beside_differences, explained_world, with_settings
from tests.support.product import empty_store, load_worlds, read_world, renamed
from tests.support.worlds import random_world, worlds
from unposted.cards.sensitivity import policies
from unposted.exports.json_beside import beside_fields
from unposted.exports.tables import json_document

if TYPE_CHECKING:
    import duckdb

    from tests.support.world import World

_DEEP_PARTS = 50
_DEEP_EXAMPLES = 40  # in 50 parts: 2,000 worlds


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    """One store in memory, emptied for each load."""
    connection = empty_store()
    yield connection
    connection.close()


def _compare(store: duckdb.DuckDBPyConnection, world: World) -> None:
    load_worlds(store, [world])
    found = beside_differences(world, explained_world(store, world))
    assert not found, "\n".join(found)


@settings(max_examples=8, phases=[Phase.generate])
@given(st.integers(0, 2**48))
def test_bridge_lanes_and_policies_equal_the_oracle(store: duckdb.DuckDBPyConnection, number: int) -> None:
    """Every line, value and sum beside the headline is the oracle's, which runs again for each policy."""
    _compare(store, renamed(with_settings(random_world(number), number), "w-"))


@pytest.mark.deep
@pytest.mark.parametrize("part", range(_DEEP_PARTS))
def test_bridge_lanes_and_policies_equal_the_oracle_on_thousands(
    store: duckdb.DuckDBPyConnection, part: int
) -> None:  # fmt: skip
    """The same, on as many worlds as a night has time for."""
    for number in range(part * _DEEP_EXAMPLES, (part + 1) * _DEEP_EXAMPLES):
        _compare(store, renamed(with_settings(random_world(number), number), f"w{number}-"))


@settings(max_examples=4)
@given(world=worlds(), number=st.integers(0, 15))
def test_a_difference_beside_shrinks_to_a_small_world(
    store: duckdb.DuckDBPyConnection, world: World, number: int
) -> None:  # fmt: skip
    """Worlds that Hypothesis builds piece by piece are read alike too."""
    _compare(store, with_settings(world, number))


@pytest.mark.parametrize("number", [3, 8, 21])
def test_the_reading_is_the_same_with_and_without_what_stands_beside_it(
    store: duckdb.DuckDBPyConnection, number: int
) -> None:  # fmt: skip
    """Looking at present parties too changes nothing about the headline and its rows, nor does saying it twice."""
    world = renamed(random_world(number), f"w{number}-")
    load_worlds(store, [world])
    plain, first, second = read_world(store, world), explained_world(store, world), explained_world(store, world)
    assert replace(first.reading, rows=()) == replace(plain, rows=())
    assert tuple(first.reading.rows) == tuple(plain.rows)
    assert json_document(beside_fields(first)) == json_document(beside_fields(second))


def test_the_order_of_keys_moves_no_headline(store: duckdb.DuckDBPyConnection) -> None:
    """Policies of the same keys in another order have the same value, and nobody flips."""
    world = renamed(random_world(8), "w8-")
    load_worlds(store, [world])
    found = explained_world(store, world).sensitivity
    assert found is not None
    by_set: dict[frozenset[str], set[tuple[int, int | None]]] = {}
    for policy in found.policies:
        by_set.setdefault(frozenset(policy.keys), set()).add((policy.value, policy.blocked))
    assert {len(figures) for figures in by_set.values()} == {1}


def test_every_alternative_policy_is_listed_once() -> None:
    """The field map's own comes first; each single key, each order and the further keys are there."""
    listed = policies(("external_id", "tax_id", "email"))
    assert listed[0] == ("external_id", "tax_id", "email")
    assert len(listed) == len(set(listed))
    assert {(key,) for key in ("external_id", "tax_id", "email", "phone", "name_address")} <= set(listed)
    assert len([keys for keys in listed if set(keys) == {"external_id", "tax_id", "email"}]) == 6
    assert ("external_id", "tax_id", "email", "phone") in listed
    assert ("external_id", "tax_id", "email", "name_address") in listed
    assert len(policies(("email", "phone", "name_address", "tax_id", "external_id"))) < 20
