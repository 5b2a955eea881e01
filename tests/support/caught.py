"""Runs a check against a copy of the product: `python -m tests.support.caught COPY CHECK`.

The check is `worlds`, `worlds:NUMBER,...`, `sync` or `sync:late` (the sync against a changing source, without or with
recounts), `beside` or `beside:NUMBER,...` (what stands beside the card), or a selection of tests.

Exits 0 when the check finds nothing, 1 at the first difference or failed test, and otherwise when it could not run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import unposted

__all__ = ["WRONG_COPY", "first_beside", "first_difference", "first_loss"]

WRONG_COPY = 70
_TOGETHER = 5
_FIRST_WORLDS = range(25)


def first_difference(numbers: Sequence[int]) -> str | None:
    """Compare the random worlds of these numbers with the oracle until one differs; None when none of them does."""
    from tests.support.oracle import judge
    from tests.support.oracle_compare import differences
    from tests.support.product import empty_store, load_worlds, read_world, renamed
    from tests.support.worlds import random_world

    store = empty_store()
    for first in range(0, len(numbers), _TOGETHER):
        made = {number: renamed(random_world(number), f"w{number}-") for number in numbers[first : first + _TOGETHER]}
        load_worlds(store, list(made.values()))
        for number, world in made.items():
            found = differences(judge(world), read_world(store, world))
            if found:
                return f"world {number}: {found[0]}"
    return None


def first_beside(numbers: Sequence[int]) -> str | None:
    """Compare what stands beside the card with the oracle in the same way; None when nothing differs."""
    from tests.support.beside_worlds import beside_differences, explained_world, with_settings
    from tests.support.product import empty_store, load_worlds, renamed
    from tests.support.worlds import random_world

    store = empty_store()
    for number in numbers:
        world = renamed(with_settings(random_world(number), number), f"w{number}-")
        load_worlds(store, [world])
        found = beside_differences(world, explained_world(store, world))
        if found:
            return f"world {number}: {found[0]}"
    return None


def first_loss(check: str) -> str | None:
    """Run the sync on the first worlds of the model until it loses something or doubles it; None when it never does."""
    from hypothesis import HealthCheck, Phase, given, settings

    from tests.property import test_sync_model as model

    late = check.endswith(":late")
    held = (
        model.test_what_shows_itself_within_three_days_is_held_a_day_later
        if late
        else model.test_what_the_source_shows_is_what_is_held
    )
    inner = held.hypothesis.inner_test  # type: ignore[attr-defined]
    run = settings(
        max_examples=1_500, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(**(model.LATE_WORLDS if late else model.WORLDS))(inner))  # fmt: skip
    try:
        run()
    except AssertionError as error:
        return str(error)[:300] or "a world differs"
    return None


def _main(copy: str, check: str) -> int:
    if not Path(unposted.__file__).is_relative_to(copy):
        print(f"{unposted.__file__} is not in {copy}")  # noqa: T201
        return WRONG_COPY
    name, _, listed = check.partition(":")
    if name == "sync":
        lost = first_loss(check)
        print(lost or "nothing lost")  # noqa: T201
        return 1 if lost else 0
    if name == "beside":
        found = first_beside([int(number) for number in listed.split(",")] if listed else _FIRST_WORLDS)
        print(found or "no difference")  # noqa: T201
        return 1 if found else 0
    if name != "worlds":
        return int(pytest.main([check, "-x", "-p", "no:xdist"]))
    found = first_difference([int(number) for number in listed.split(",")] if listed else _FIRST_WORLDS)
    print(found or "no difference")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(_main(*sys.argv[1:]))
    except Exception as error:  # noqa: BLE001 - a crash is not a difference; the exit code must tell them apart
        print(f"{type(error).__name__}: {error}")  # noqa: T201
        sys.exit(WRONG_COPY + 1)
