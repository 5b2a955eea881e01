"""What the doctor finds of live sources: what our access lets us see, and how far each stream was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from unposted.cli.session import Session
from unposted.errors import SignIn, UnpostedError

if TYPE_CHECKING:
    from unposted.domain.cursor import Cursor
    from unposted.sync.connecting import Connecting
    from unposted.sync.sources import Source

__all__ = ["Finding", "Level", "live_findings"]

Level: TypeAlias = Literal["ok", "warn", "fail"]
_SIGN_IN, _INCOMPLETE = 4, 8
_LONG_OPEN = timedelta(days=1)
_OUTCOMES = {
    "stopped": "was stopped",
    "failed": "failed",
    "killed": "was killed",
    "running": "is running, or was killed",
}


class Finding(NamedTuple):
    """One line of the doctor's report, and the exit code that it alone would end with."""

    level: Level
    text: str
    exit_code: int = 0


def live_findings(session: Session, environment: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Examine every live source; one that fails is told and does not hide the others. Raises Stopped.

    `environment` holds the secrets (None: the process's own). Nothing is read into the store.
    """
    from unposted.sync.run import live_sources

    sources = live_sources(session.workspace)
    if not sources:
        return
    from unposted.cli.live import connecting
    from unposted.cli.progress import progress_shown
    from unposted.cli.stopping import stoppable

    with stoppable() as clock, progress_shown() as tell:
        make = connecting(clock, tell, environment)
        for source in sources:
            streams: list[str] = []
            yield from _access(source, make, streams)
            yield from _streams(session, source, streams, clock.now())


def _access(source: Source, make: Connecting, streams: list[str]) -> Iterator[Finding]:
    """Tell what the source says of our access; its wanted streams go into `streams`."""
    from unposted.sync.run import wanted_streams

    try:
        with closing(make(source)) as connector:
            streams += [stream.name for stream in wanted_streams(source, connector)]
            for fact in connector.examine():
                code = 0 if fact.level != "fail" else _SIGN_IN if fact.check == "credentials" else _INCOMPLETE
                yield Finding(fact.level, f"{source.name}: {fact.check}: {fact.text}", code)
    except UnpostedError as error:
        said = error.message.removeprefix(f"{source.name}: ")
        code = _SIGN_IN if isinstance(error, SignIn) else _INCOMPLETE
        yield Finding("fail", f"{source.name}: {said} {error.next_step}", code)


def _streams(session: Session, source: Source, wanted: list[str], now: datetime) -> Iterator[Finding]:
    """Tell of each stream when it was read last, how far, and what waits to be looked after."""
    runs = {str(row[0]): row[1:] for row in _rows(session, source, _LAST_RUNS)}
    cursors = {str(name): str(text) for name, text in _rows(session, source, _CURSORS)}
    for name in dict.fromkeys((*wanted, *runs)):
        if name in runs:
            yield _run(source.name, name, runs[name], cursors.get(name))
        else:
            yield Finding("warn", f"{source.name}: {name} were never read: run `unposted sync {source.name}`")
    for name, count, oldest in _rows(session, source, _HINTS):
        level: Level = "warn" if now - oldest.replace(tzinfo=UTC) > _LONG_OPEN else "ok"
        yield Finding(
            level,
            f"{source.name}: {count:,} open {name} hints, the oldest of {_when(oldest)}: the next sync takes them",
        )


def _run(source: str, stream: str, run: tuple[Any, ...], cursor: str | None) -> Finding:
    started, ended, outcome, fetched, remark = run
    parts = [f"{source}: {stream} last read {_when(ended or started)}, {fetched:,} fetched"]
    if outcome != "done":
        parts[0] = f"{source}: the last reading of {stream}, {_when(started)}, {_OUTCOMES.get(outcome, outcome)}"
    parts += [part for part in (_reached(cursor), remark) if part]
    return Finding("ok" if outcome == "done" and not remark else "warn", "; ".join(parts))


def _reached(text: str | None) -> str:
    """Say how far back and up to when a stream was read."""
    from unposted.domain.cursor import Cursor

    cursor: Cursor = Cursor.loads(text) if text else Cursor()
    said = []
    if cursor.since is not None and cursor.until is not None:
        said.append(f"changes from {_when(cursor.since)} up to {_when(cursor.until)}")
    if cursor.listed_at is not None:
        said.append(f"listed whole {_when(cursor.listed_at)}")
    if cursor.token is not None or cursor.list_began is not None:
        said.append("half read: the next sync goes on there")
    return ", ".join(said)


def _rows(session: Session, source: Source, sql: str) -> list[tuple[Any, ...]]:
    known = "(SELECT source_id FROM source WHERE name = ? AND role = ? AND system = ?)"
    return session.store.execute(sql.replace("@source@", known), [source.name, source.role, source.system]).fetchall()


_LAST_RUNS = """SELECT stream, started_at, ended_at, outcome, fetched, remark FROM sync_run
    WHERE source_id IN @source@ QUALIFY row_number() OVER (PARTITION BY stream ORDER BY run_id DESC) = 1
    ORDER BY stream"""
_CURSORS = "SELECT stream, cursor FROM stream_cursor WHERE source_id IN @source@"
_HINTS = """SELECT stream, count(*), min(received_at) FROM hint WHERE source_id IN @source@ AND done_at IS NULL
    GROUP BY stream ORDER BY stream"""


def _when(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC):%d %b %Y %H:%M} UTC"
