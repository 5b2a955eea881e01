"""Ctrl-C while something long is going on: the first one stops at the next page edge, the second one at once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from unposted.connectors.clock import SystemClock

__all__ = ["StoppableClock", "stoppable"]


class StoppableClock(SystemClock):
    """The computer's clock; who sleeps on it wakes up when somebody asks to stop."""

    def __init__(self) -> None:
        """Begin with nobody asking."""
        self._asked = Event()

    @property
    def is_stopped(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._asked.is_set()

    def stop(self) -> None:
        """Ask to stop."""
        self._asked.set()

    def sleep(self, seconds: float) -> None:
        """Wait; raises Stopped when somebody asks to stop meanwhile."""
        from unposted.sync.live import Stopped

        if self._asked.wait(seconds):
            raise Stopped


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
