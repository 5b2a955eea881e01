"""Ctrl-C while something long is going on: the first one stops at the next page edge, the second one at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from unposted.sync.stopping import StoppableClock

__all__ = ["StoppableClock", "stoppable"]


@contextmanager
def stoppable() -> Iterator[StoppableClock]:
    """Give a clock that the first Ctrl-C stops; the second Ctrl-C ends the command at once."""
    clock = StoppableClock()

    def ask(number: int, frame: FrameType | None) -> None:
        if clock.is_stopped:
            signal.default_int_handler(number, frame)
        clock.stop()

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not the main thread: nobody presses keys there
        yield clock
        return
    try:
        yield clock
    finally:
        signal.signal(signal.SIGINT, before)
