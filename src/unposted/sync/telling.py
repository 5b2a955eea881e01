"""What a sync says while it works, for a progress bar or a page."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

__all__ = ["Told", "Waiting", "Word"]


class Told(NamedTuple):
    """That so many records of a stream were read in this run, of `total` in what is being read, where it is known."""

    source: str
    stream: str
    fetched: int
    total: int | None = None


class Waiting(NamedTuple):
    """That the sync waits, for whom and why."""

    source: str
    seconds: float
    why: str


Word: TypeAlias = Told | Waiting
