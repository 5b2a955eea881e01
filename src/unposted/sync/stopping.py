"""A clock whose sleepers wake up when somebody asks to stop."""

from __future__ import annotations

from threading import Event

from unposted.connectors.clock import SystemClock

__all__ = ["StoppableClock"]


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
