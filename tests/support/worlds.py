"""Worlds for the property tests: a Hypothesis strategy that shrinks well, and a fast one by number for bulk runs."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import lru_cache

from hypothesis import strategies as st

from tests.support.world import World
from tests.support.world_making import make_world

__all__ = ["Seeded", "World", "random_world", "worlds"]


class Seeded:
    """Small numbers from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, count: int, /) -> int:
        """Return a number from 0 to below a count."""
        return int(self._random.random() * count)


class _Drawn:
    """Small numbers that Hypothesis draws, and shrinks towards 0."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def below(self, count: int, /) -> int:
        return self._draw(_numbers(count)) if count > 1 else 0


@lru_cache(maxsize=256)
def _numbers(count: int) -> st.SearchStrategy[int]:
    return st.integers(min_value=0, max_value=count - 1)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Make small and nasty worlds."""
    return make_world(_Drawn(draw))


def random_world(seed: int) -> World:
    """Make the world of that number, always the same."""
    return make_world(Seeded(seed))
