"""Keeps the desk up to date in a thread of its own: looks at the sources, computes the reading, then the trend."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.engine import read_card
from unposted.cards.reading import Reading
from unposted.cards.rows import cursor_of
from unposted.domain.window import window_of
from unposted.errors import UnpostedError
from unposted.sync.telling import Told, Word
from unposted.web.changes import Point, changes_between, trend_points
from unposted.web.coverage import covered_from, never_read
from unposted.web.desk import Desk
from unposted.web.failing import tell_failure
from unposted.web.keeping import drop_kept, keep, parties_of
from unposted.web.kept import Kept

if TYPE_CHECKING:
    import duckdb

    from unposted.sync.run import LiveSync

__all__ = ["Refresher", "compute_now", "compute_trend", "read_history", "sync_now"]

_FLUSH_EVERY = 1.0
_KEEP_OLD = 2


class Refresher:
    """The thread that keeps a desk up to date until it is told to stop."""

    def __init__(self, desk: Desk, *, first_sync: bool = True) -> None:
        """Take the desk; `first_sync` False begins with what was read before."""
        self._desk = desk
        self._first_sync = first_sync
        self._old: list[Kept] = []
        self._thread = Thread(target=self._run, name="refresher", daemon=True)
        self._flusher = Thread(target=self._flush, name="audit", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._flusher.start()

    def stop(self) -> None:
        """Stop at the next page edge and wait for it."""
        self._desk.stopping.stop()
        self._desk.wake.set()
        self._thread.join(timeout=30)
        self._flusher.join(timeout=5)
        self._desk.audit.flush()
        self._desk.jobs.close()

    def _run(self) -> None:
        desk = self._desk
        is_wanted = self._first_sync
        while not desk.stopping.is_stopped:
            self._once(is_wanted)
            desk.wake.wait(desk.settings.every or None)
            desk.wake.clear()
            is_wanted = True

    def _once(self, is_wanted: bool) -> None:
        desk = self._desk
        try:
            if is_wanted:
                sync_now(desk)
            if _lacks_sources(desk):
                return
            before = desk.known.kept
            compute_now(desk)
            self._forget(before)
            if read_history(desk):
                before = desk.known.kept
                compute_now(desk)
                self._forget(before)
            compute_trend(desk)
        except UnpostedError as error:
            failure = ("", error)
            desk.know(lambda known: replace(known, phase="ready", failures=(*known.failures, failure)))
        except Exception as error:  # noqa: BLE001 - the pages go on with what is known; the log says what happened
            tell_failure("refresh failed", error)
            desk.know(lambda known: replace(known, phase="ready"))

    def _forget(self, before: Kept | None) -> None:
        """Drop readings that no request can still be looking at."""
        if before is not None:
            self._old.append(before)
        while len(self._old) > _KEEP_OLD:
            drop_kept(self._desk.shelf, self._old.pop(0))

    def _flush(self) -> None:
        while not self._desk.stopping.is_stopped:
            self._desk.audit.flush()
            _pause(self._desk)


def _pause(desk: Desk) -> None:
    from unposted.sync.live import Stopped

    try:
        desk.stopping.sleep(_FLUSH_EVERY)
    except Stopped:
        return


def sync_now(desk: Desk) -> None:
    """Read what is new in files and live sources; what fails is told and does not stop the rest."""
    from unposted.sync.files import sync_files
    from unposted.sync.run import live_sources

    desk.know(lambda known: replace(known, phase="syncing", progress={}))
    failures: list[tuple[str, UnpostedError]] = []
    with desk.shelf.cursor() as cursor:
        try:
            sync_files(cursor, desk.workspace, desk.now(), partial(_told, desk))
        except UnpostedError as error:
            failures.append(("files", error))
        with _running(desk, cursor) as sync:
            sync.news(live_sources(desk.workspace))
    failures += [(report.source, report.error) for report in sync.reports if report.error is not None]
    desk.know(lambda known: replace(known, failures=tuple(failures), synced_at=desk.now(), progress={}))


def read_history(desk: Desk) -> bool:
    """Read what is older than the first answer needed; True when there was something to read."""
    from unposted.sync.run import live_sources, needs_history

    with desk.shelf.cursor() as cursor:
        behind = [source for source in live_sources(desk.workspace) if needs_history(cursor, source)]
        if not behind:
            return False
        desk.know(lambda known: replace(known, phase="history"))
        with _running(desk, cursor) as sync:
            sync.history(behind)
    desk.know(lambda known: replace(known, phase="ready", progress={}))
    return True


@contextmanager
def _running(desk: Desk, cursor: duckdb.DuckDBPyConnection) -> Iterator[LiveSync]:
    """Give a sync that tells the desk what it does and stops when the desk does."""
    from unposted.connectors.secrets import SecretStore
    from unposted.sync.ahead import AHEAD
    from unposted.sync.connecting import Connecting
    from unposted.sync.live import Stopped
    from unposted.sync.run import LiveSync

    secrets = SecretStore(os.environ if desk.settings.environment is None else desk.settings.environment)
    sync = LiveSync(
        cursor, desk.workspace, Connecting(secrets, desk.stopping, tell=lambda word: _hear(desk, word)), desk.stopping,
        _first_from(desk), tell=lambda word: _hear(desk, word), is_stopped=lambda: desk.stopping.is_stopped,
        ahead=AHEAD,
    )  # fmt: skip
    with suppress(Stopped):
        try:
            yield sync
        finally:
            sync.close()


def compute_now(desk: Desk) -> None:
    """Compute and keep the reading, beside what it was a day before; one of the present goes into the history."""
    desk.know(lambda known: replace(known, phase="computing"))
    as_of = desk.as_of()
    with desk.shelf.cursor() as cursor:
        earlier = _earlier(desk, cursor, as_of)
        parties_before = None if earlier is None else parties_of(earlier)
        kept = keep(
            cursor, desk.shelf, desk.workspace, as_of, desk.key, parties_before,
            in_history=desk.settings.as_of is None,
        )  # fmt: skip
        changes = None
        if earlier is not None and parties_before is not None:
            rows = desk.shelf.rows(f"SELECT party, name, blocked FROM {kept.table}")
            changes = changes_between(earlier, parties_before, {row[0]: (row[1], row[2]) for row in rows})
            cursor_of(earlier.rows).close()
    desk.know(lambda known: replace(known, phase="ready", kept=kept, changes=changes))


def _lacks_sources(desk: Desk) -> bool:
    """Tell whether a source without which there is no number was never read; then none is shown, not even a zero."""
    with desk.shelf.cursor() as cursor:
        missing = never_read(cursor, desk.workspace)
    if missing:
        desk.know(lambda known: replace(known, phase="ready"))
    return bool(missing)


def _earlier(desk: Desk, cursor: duckdb.DuckDBPyConnection, as_of: datetime) -> Reading | None:
    """Compute what the card said a day before; None when its window was not read."""
    here = as_of.astimezone(desk.workspace.timezone)
    moment = (here.replace(tzinfo=None) - timedelta(days=1)).replace(tzinfo=desk.workspace.timezone)
    start = window_of(ABSENT_CUSTOMERS.window, moment, desk.workspace.timezone).start
    covered = covered_from(cursor, desk.workspace)
    return None if covered is None or covered > start else read_card(cursor, desk.workspace, moment)


def compute_trend(desk: Desk) -> None:
    """Compute the trend of the last days, unless it is there: the past of it stays the same within a day."""
    kept, trend = desk.known.kept, desk.known.trend
    if kept is None:
        return
    today = kept.reading.as_of.astimezone(desk.workspace.timezone).date()
    newest = Point(today, kept.reading.value, kept.reading.blocked.units)
    if trend and trend[-1].day == today:
        desk.know(lambda known: replace(known, trend=(*trend[:-1], newest)))
        return
    points: list[Point] = []
    with desk.shelf.cursor() as cursor:
        covered = covered_from(cursor, desk.workspace)
        for point in trend_points(cursor, desk.workspace, kept.reading.as_of, covered):
            if desk.stopping.is_stopped:
                return
            points.append(point)
    desk.know(lambda known: replace(known, trend=tuple(reversed(points))))


def _first_from(desk: Desk) -> datetime:
    return window_of(ABSENT_CUSTOMERS.window, desk.as_of(), desk.workspace.timezone).start


def _told(desk: Desk, source: str, file: str, records: int) -> None:
    name = f"{source} {file}"
    desk.know(lambda known: replace(known, progress={**known.progress, name: (records, None, "")}))


def _hear(desk: Desk, word: Word) -> None:
    def heard(progress: dict[str, tuple[int, int | None, str]]) -> dict[str, tuple[int, int | None, str]]:
        if isinstance(word, Told):
            return progress | {f"{word.source} {word.stream}": (word.fetched, word.total, "")}
        return progress | {word.source: (0, None, f"waits {word.seconds:.0f} s: {word.why}")}

    desk.know(lambda known: replace(known, progress=heard(dict(known.progress))))
