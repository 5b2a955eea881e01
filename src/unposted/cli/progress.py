"""What is shown on a terminal while a sync works: a bar, the rate, the time left, and whom it waits for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from unposted.exports.safety import screen_safe
from unposted.sync.telling import Told, Word

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Teller", "progress_shown"]


class Teller(Protocol):
    """Hears what the sync says."""

    def __call__(self, word: Word) -> None:
        """Show a word."""
        ...


@contextmanager
def progress_shown() -> Iterator[Teller]:
    """Show progress on stderr when it is a terminal; say nothing into a pipe."""
    if not sys.stderr.isatty():
        yield lambda word: None  # noqa: ARG005 - a teller that tells nobody
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False, style="yellow"),
    )
    with Progress(*columns, console=Console(file=sys.stderr, highlight=False), transient=True) as progress:
        yield _Shown(progress)


class _Shown:
    """One line a stream."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lines: dict[str, TaskID] = {}
        self._last: TaskID | None = None

    def __call__(self, word: Word) -> None:
        if isinstance(word, Told):
            name = screen_safe(f"{word.source} {word.stream}")
            if name not in self._lines:
                self._lines[name] = self._progress.add_task(name, total=word.total, note="")
            self._last = self._lines[name]
            total = None if word.total is None else max(word.total, word.fetched)
            self._progress.update(self._last, completed=word.fetched, total=total, note="")
            return
        note = screen_safe(f"{word.source} waits {word.seconds:.0f} s: {word.why}")
        if self._last is None:
            self._last = self._progress.add_task(screen_safe(word.source), total=None, note=note)
        self._progress.update(self._last, note=note)
