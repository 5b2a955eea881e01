"""Runs a check against a copy of the product: `python -m tests.support.caught COPY worlds` or `... COPY SELECTION`.

Exits 0 when the check finds nothing, 1 at the first difference or failed test, and otherwise when it could not run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import unposted

__all__ = ["WRONG_COPY", "first_difference"]

WRONG_COPY = 70
_TOGETHER = 15
_LOADS = 12


def first_difference() -> str | None:
    """Compare random worlds with the oracle until one differs; None when none of them does."""
    from tests.support.oracle import judge
    from tests.support.oracle_compare import differences
    from tests.support.product import empty_store, load_worlds, read_world, renamed
    from tests.support.worlds import random_world

    store = empty_store()
    for first in range(0, _TOGETHER * _LOADS, _TOGETHER):
        made = [renamed(random_world(seed), f"w{seed}-") for seed in range(first, first + _TOGETHER)]
        load_worlds(store, made)
        for seed, world in enumerate(made, first):
            found = differences(judge(world), read_world(store, world))
            if found:
                return f"world {seed}: {found[0]}"
    return None


def _main(copy: str, check: str) -> int:
    if not Path(unposted.__file__).is_relative_to(copy):
        print(f"{unposted.__file__} is not in {copy}")  # noqa: T201
        return WRONG_COPY
    if check != "worlds":
        return int(pytest.main([check, "-x", "-p", "no:xdist"]))
    found = first_difference()
    print(found or "no difference")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(_main(*sys.argv[1:]))
    except Exception as error:  # noqa: BLE001 - a crash is not a difference; the exit code must tell them apart
        print(f"{type(error).__name__}: {error}")  # noqa: T201
        sys.exit(WRONG_COPY + 1)
