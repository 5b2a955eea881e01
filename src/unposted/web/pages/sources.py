"""What was read: each stream of each source, what could not be read, what recounts found, and the runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response, StreamingResponse

from unposted.store import ledger
from unposted.sync.sources import sources_of
from unposted.web.desk import Desk
from unposted.web.freshness import freshness_of
from unposted.web.rendering import page_of
from unposted.web.shelf import utc
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES", "Run", "StreamLine", "run_lines", "stream_lines"]

_SEERS = frozenset({"owner", "finance", "operations", "engineering"})
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class StreamLine:
    """One stream: what is known of it, and what its last recount found (None: never recounted)."""

    source: str
    stream: str
    records: int
    newest: datetime | None
    read_at: datetime
    quarantined: int
    outcome: str | None
    remark: str | None
    recount: tuple[int, int, int, int, int] | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the ledger."""

    run_id: int
    source: str
    stream: str
    started_at: datetime
    ended_at: datetime | None
    fetched: int
    stored: int
    unchanged: int
    quarantined: int
    gone: int
    calls: int
    outcome: str
    remark: str | None


@page("/sources", _SEERS)
def sources(visit: Visit) -> Response:
    """Show every stream of every source."""
    with visit.desk.shelf.cursor() as cursor:
        numbers = [row[0] for row in cursor.execute("SELECT source_id FROM source").fetchall()]
        held = ledger.quarantined(cursor, numbers)
    return page_of(
        visit, "sources.html", streams=stream_lines(visit.desk), quarantine=held[:_MOST_SHOWN], held=len(held),
        freshness=freshness_of(visit.desk, visit.known), sources=sources_of(visit.desk.workspace),
    )  # fmt: skip


@page("/runs", _SEERS)
def runs(visit: Visit) -> Response:
    """Show the runs of the ledger, the newest first, and what goes on now."""
    return page_of(visit, "runs.html", runs=run_lines(visit.desk), freshness=freshness_of(visit.desk, visit.known))


@page("/runs/now", _SEERS)
def now(visit: Visit) -> Response:
    """Tell what goes on, as server-sent events, as long as somebody listens; with `?once` once, and end."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(
        _events(visit.desk, is_once="once" in visit.query), media_type="text/event-stream", headers=headers
    )


@page("/sync", frozenset({"owner", "operations", "engineering"}), "POST")
def sync(visit: Visit) -> Response:
    """Ask for a look at the sources now."""
    visit.desk.audit.note(visit.who, "sync asked for", "sources", visit.now)
    visit.desk.wake.set()
    return RedirectResponse("/runs", 303)


async def _events(desk: Desk, *, is_once: bool) -> AsyncIterator[str]:
    last = ""
    while not desk.stopping.is_stopped:
        known = desk.known
        told = json.dumps({"phase": known.phase, "streams": [[name, *one] for name, one in known.progress.items()]})
        if told != last:
            yield f"data: {told}\n\n"
            last = told
        if is_once:
            return
        await asyncio.sleep(0.5)


def stream_lines(desk: Desk) -> list[StreamLine]:
    """Return what is known of each stream that was read."""
    rows = desk.shelf.rows(
        """SELECT s.name, t.stream, t.records, t.newest, t.read_at,
            (SELECT count(*) FROM quarantine AS q WHERE q.source_id = t.source_id AND q.stream = t.stream),
            (SELECT arg_max(r.outcome, r.run_id) FROM sync_run AS r
             WHERE r.source_id = t.source_id AND r.stream = t.stream),
            (SELECT arg_max(coalesce(r.remark, ''), r.run_id) FROM sync_run AS r
             WHERE r.source_id = t.source_id AND r.stream = t.stream),
            c.compared, c.missing, c.stale, c.incorrect, c.gone, c.checked_at
        FROM stream_state AS t
        JOIN source AS s ON s.source_id = t.source_id
        LEFT JOIN (
            SELECT source_id, stream, sum(compared) AS compared, sum(missing) AS missing, sum(stale) AS stale,
                sum(incorrect) AS incorrect, sum(gone) AS gone, max(checked_at) AS checked_at
            FROM recount GROUP BY source_id, stream
        ) AS c ON c.source_id = t.source_id AND c.stream = t.stream
        ORDER BY s.name, t.stream"""
    )
    return [
        StreamLine(
            row[0], row[1], row[2], utc(row[3]) if row[3] else None, utc(row[4]), row[5], row[6], row[7] or None,
            None if row[8] is None else tuple(int(count) for count in row[8:13]),  # type: ignore[arg-type]  # five of them
            utc(row[13]) if row[13] else None,
        )
        for row in rows
    ]  # fmt: skip


def run_lines(desk: Desk, most: int = 100) -> list[Run]:
    """Return the newest lines of the ledger."""
    rows = desk.shelf.rows(
        """SELECT r.run_id, s.name, r.stream, r.started_at, r.ended_at, r.fetched, r.stored, r.unchanged, r.quarantined,
            coalesce(r.gone, 0), coalesce(r.calls, 0), coalesce(r.outcome, 'done'), r.remark
        FROM sync_run AS r JOIN source AS s ON s.source_id = r.source_id ORDER BY r.run_id DESC LIMIT ?""",
        [most],
    )
    return [
        Run(number, source, stream, utc(began), utc(ended) if ended else None, *rest)
        for number, source, stream, began, ended, *rest in rows
    ]


PAGES: tuple[Page, ...] = (sources, runs, now, sync)
