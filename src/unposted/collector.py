"""Spares Python's cycle collector where very many small values without cycles are made at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collect_young", "without_collector"]


@contextmanager
def without_collector() -> Iterator[None]:
    """Switch the cycle collector off for a block: rows and records have no cycles, and it would walk them all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def collect_young() -> None:
    """Free what has gone round in circles lately, where the collector is switched off for long."""
    gc.collect(1)
