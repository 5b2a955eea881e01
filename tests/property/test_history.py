"""Made-up histories: every reading is said again byte for byte, and every change is explained to the last party."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.oracle_change import reasons_of
from tests.support.product import empty_store
from tests.support.story import make_story
from tests.support.story_product import Lived, change_of, live, replayed
from tests.support.worlds import Seeded
from unposted.cards.reasons import ENTERED, LEFT
from unposted.exports.change_json import change_json

if TYPE_CHECKING:
    import duckdb

    from tests.support.story import Story, Taken

_SEEDS = st.integers(0, 2**48)
_QUICK = settings(max_examples=1, phases=[Phase.generate], deadline=None)
_REASONS = {
    ("entered", "entity_changed"): 1342, ("entered", "entity_rule_changed"): 62, ("entered", "field_map_changed"): 134,
    ("entered", "first_order"): 1, ("entered", "key_changed"): 127, ("entered", "master_removed"): 247,
    ("entered", "merged"): 52, ("entered", "new_order"): 12, ("entered", "other"): 400,
    ("entered", "status_changed"): 16, ("entered", "workspace_changed"): 113, ("left", "aged_out"): 32,
    ("left", "cancelled"): 31, ("left", "created"): 67, ("left", "entity_changed"): 230,
    ("left", "entity_rule_changed"): 188, ("left", "field_map_changed"): 24, ("left", "linked"): 188,
    ("left", "merged"): 15, ("left", "order_removed"): 100, ("left", "other"): 115, ("left", "promoted"): 1871,
    ("left", "refunded"): 78, ("left", "status_changed"): 24, ("left", "workspace_changed"): 3,
}  # fmt: skip
"""A history in which each reason comes about."""
_EACH = 9  # every so many of them in the everyday suite, the others in the long one
_LISTED = [
    pair if place % _EACH == 0 else pytest.param(*pair, marks=pytest.mark.deep)
    for place, pair in enumerate(_REASONS.items())
]


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    """One store in memory, emptied for each history."""
    connection = empty_store()
    yield connection
    connection.close()


def _told(store: duckdb.DuckDBPyConnection, seed: int) -> tuple[Story, Lived]:
    story = make_story(Seeded(seed))
    return story, live(store, story)


def check_replay(store: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Ask for every instant of a history at its end."""
    _, lived = _told(store, seed)
    for at, text in lived.said:
        assert replayed(lived, at) == text, f"history {seed} at {at}"


def check_change(store: duckdb.DuckDBPyConnection, seed: int, reason: tuple[str, str] | None = None) -> None:
    """Explain the way between two readings of a history, and hold it against the oracle.

    These are the first and the last reading, or two between which a reason (side, name) comes about.
    """
    story, lived = _told(store, seed)
    first, last = (story.taken[0], story.taken[-1]) if reason is None else _pair_with(story, reason)
    change = change_of(lived, first.at, last.at)
    start, end = change.start, change.end
    assert sum(part.count for part in change.parts) == end.value - start.value
    moved = (end.blocked.units or 0) - (start.blocked.units or 0)
    assert sum(part.blocked for part in change.parts) == moved
    parties = [row.party for part in change.parts for row in part.rows]
    assert len(parties) == len(set(parties))
    told: dict[str, dict[str, str]] = {"entered": {}, "left": {}, "still": {}}
    for part in change.parts:
        told[part.side] |= {row.party: part.reason for row in part.rows}
    expected = reasons_of(story, first, last)
    assert (told["entered"], told["left"]) == (expected.entered, expected.left), f"history {seed}: {first.at}"


def _pair_with(story: Story, reason: tuple[str, str]) -> tuple[Taken, Taken]:
    for first, last in [(story.taken[0], story.taken[-1]), *pairwise(story.taken)]:
        told = reasons_of(story, first, last)
        if reason[1] in (told.entered if reason[0] == "entered" else told.left).values():
            return first, last
    raise AssertionError(f"no party has {reason}")


def check_order(store: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Let everything that came at one instant come in another order."""
    story = make_story(Seeded(seed))
    ends = story.taken[0].at, story.taken[-1].at
    lived = live(store, story)
    said, change = lived.said, change_json(change_of(lived, *ends))
    again = live(store, story, shuffle=seed)
    assert again.said == said
    assert change_json(change_of(again, *ends)) == change


@_QUICK
@given(_SEEDS)
def test_a_replay_says_what_was_said(store: duckdb.DuckDBPyConnection, seed: int) -> None:
    """After later syncs, edits and changes of the field map each past instant still gives its own bytes."""
    check_replay(store, seed)


@pytest.mark.parametrize(("reason", "seed"), _LISTED, ids=["-".join(reason) for reason in _REASONS])
def test_every_reason_comes_about_and_is_told(
    store: duckdb.DuckDBPyConnection, reason: tuple[str, str], seed: int
) -> None:
    """Each reason has a history in which the oracle and the product both tell it."""
    check_change(store, seed, reason)


def test_no_reason_is_without_a_history() -> None:
    """Every reason that the product knows of is in the list above."""
    assert {name for side, name in _REASONS if side == "entered"} == set(ENTERED)
    assert {name for side, name in _REASONS if side == "left"} == set(LEFT)


@_QUICK
@given(_SEEDS)
def test_a_change_is_explained_as_the_oracle_explains_it(store: duckdb.DuckDBPyConnection, seed: int) -> None:
    """The parts sum to the change, each party has one reason, and it is the oracle's."""
    check_change(store, seed)


@_QUICK
@given(_SEEDS)
def test_changes_compose_on_membership(store: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Who entered and left from A to B and from B to C gives who entered and left from A to C."""
    story, lived = _told(store, seed)
    if len(story.taken) < 3:
        return
    a, b, c = story.taken[0].at, story.taken[len(story.taken) // 2].at, story.taken[-1].at
    sides = [_sides(lived, *pair) for pair in ((a, b), (b, c), (a, c))]
    (in_ab, out_ab), (in_bc, out_bc), (in_ac, out_ac) = sides
    assert (in_ab - out_bc) | (in_bc - out_ab) == in_ac
    assert (out_ab - in_bc) | (out_bc - in_ab) == out_ac


@_QUICK
@given(_SEEDS)
def test_the_order_of_arrival_within_an_instant_changes_nothing(store: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Readings and explanations are the same bytes."""
    check_order(store, seed)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(100))
def test_many_histories(store: duckdb.DuckDBPyConnection, part: int) -> None:
    """The same on thousands of histories."""
    for seed in range(part * 20, part * 20 + 20):
        check_replay(store, seed)
        check_change(store, seed)
        check_order(store, seed)


def _sides(lived: Lived, first: object, last: object) -> tuple[set[str], set[str]]:
    change = change_of(lived, first, last)  # type: ignore[arg-type]
    sides: dict[str, set[str]] = {"entered": set(), "left": set(), "still": set()}
    for part in change.parts:
        sides[part.side] |= {row.party for row in part.rows}
    return sides["entered"], sides["left"]
