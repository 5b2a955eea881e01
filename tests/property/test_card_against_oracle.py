"""The main card equals the brute-force oracle on made-up worlds, to the last row and cent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.oracle import judge
from tests.support.oracle_compare import differences
from tests.support.product import empty_store, load_worlds, read_world, renamed
from tests.support.worlds import random_world, worlds

if TYPE_CHECKING:
    import duckdb

    from tests.support.world import World

_TOGETHER = 25
_PARTS = 16
_EXAMPLES = 5  # of 25 worlds, in 16 parts: 2,000 worlds
_DEEP_PARTS = 200
_DEEP_EXAMPLES = 10  # of 25 worlds, in 200 parts: 50,000 worlds


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    """One store in memory, emptied for each load."""
    connection = empty_store()
    yield connection
    connection.close()


def _compare(store: duckdb.DuckDBPyConnection, made: list[World]) -> None:
    load_worlds(store, made)
    for world in made:
        found = differences(judge(world), read_world(store, world))
        assert not found, "\n".join(found)


def _compare_seeds(store: duckdb.DuckDBPyConnection, seeds: list[int]) -> None:
    _compare(store, [renamed(random_world(seed), f"w{seed}-") for seed in seeds])


@pytest.mark.parametrize("part", range(_PARTS))
def test_the_card_equals_the_oracle_on_two_thousand_worlds(store: duckdb.DuckDBPyConnection, part: int) -> None:
    """Worlds of mixed platforms, guests, shared addresses, several entities and odd money are read alike."""

    @settings(max_examples=_EXAMPLES, phases=[Phase.generate])
    @given(st.sets(st.integers(0, 2**48), min_size=_TOGETHER, max_size=_TOGETHER))
    def compare(seeds: set[int]) -> None:
        _compare_seeds(store, sorted(seed * _PARTS + part for seed in seeds))

    compare()


@pytest.mark.deep
@pytest.mark.parametrize("part", range(_DEEP_PARTS))
def test_the_card_equals_the_oracle_on_fifty_thousand_worlds(store: duckdb.DuckDBPyConnection, part: int) -> None:
    """The same, on as many worlds as a night has time for."""
    for example in range(_DEEP_EXAMPLES):
        first = (part * _DEEP_EXAMPLES + example) * _TOGETHER
        _compare_seeds(store, list(range(first, first + _TOGETHER)))


@settings(max_examples=15)
@given(world=worlds())
def test_a_difference_shrinks_to_a_small_world(store: duckdb.DuckDBPyConnection, world: World) -> None:
    """Worlds that Hypothesis builds piece by piece are read alike, so that a difference is found in a small one."""
    _compare(store, [world])
