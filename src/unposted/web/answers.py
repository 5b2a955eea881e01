"""Counts what was answered, for the metrics."""

from __future__ import annotations

from collections import Counter
from threading import Lock

__all__ = ["Answers"]


class Answers:
    """Counts the answers by kind of page and by hundreds of their status."""

    def __init__(self) -> None:
        """Begin with none."""
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def count(self, path: str, status: int) -> None:
        """Count an answer; `path` is a route's, so that no party or token becomes a label."""
        with self._lock:
            self._counts[path, f"{status // 100}xx"] += 1

    def told(self) -> list[tuple[str, str, int]]:
        """Return the counts."""
        with self._lock:
            return sorted((path, status, count) for (path, status), count in self._counts.items())
