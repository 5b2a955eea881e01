"""Slows down who guesses passwords: by name and by address, in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

__all__ = ["Throttle"]

_MOST_KEPT = 10_000


@dataclass
class Throttle:
    """Lets a key fail so often within some seconds. `now` is a clock that only goes forward, in seconds."""

    now: Callable[[], float]
    most: int = 5
    within: float = 900.0
    _failed: dict[str, list[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait_of(self, *keys: str) -> float:
        """Tell how many seconds the keys have to wait before they may try again; 0.0: none."""
        with self._lock:
            return max((self._wait(key) for key in keys), default=0.0)

    def failed(self, *keys: str) -> None:
        """Note a failure of the keys."""
        with self._lock:
            if len(self._failed) > _MOST_KEPT:
                self._forget_old()
            for key in keys:
                self._failed.setdefault(key, []).append(self.now())

    def succeeded(self, *keys: str) -> None:
        """Forget the failures of the keys."""
        with self._lock:
            for key in keys:
                self._failed.pop(key, None)

    def _wait(self, key: str) -> float:
        moment = self.now()
        recent = [at for at in self._failed.get(key, ()) if at > moment - self.within]
        if len(recent) < self.most:
            return 0.0
        return recent[-self.most] + self.within - moment

    def _forget_old(self) -> None:
        moment = self.now()
        self._failed = {key: times for key, times in self._failed.items() if times[-1] > moment - self.within}
