"""How fresh each source is, in words and in a state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from unposted.cards.reading import Input
from unposted.sync.sources import sources_of
from unposted.web.desk import Desk, Knowledge

__all__ = ["SourceFreshness", "freshness_of"]

_STALE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class SourceFreshness:
    """One source: `state` is `fresh`, `stale`, `failed` or `missing` (never read)."""

    name: str
    system: str
    state: str
    records: int
    newest: datetime | None
    read_at: datetime | None
    problem: str | None
    next_step: str | None


def freshness_of(desk: Desk, known: Knowledge) -> tuple[SourceFreshness, ...]:
    """Tell of every configured source when it was read last and whether that went well."""
    inputs = known.kept.reading.inputs if known.kept else ()
    failed = dict(known.failures)
    shown = []
    for source in sources_of(desk.workspace):
        streams = [stream for stream in inputs if stream.source == source.name]
        error = failed.get(source.name) or (failed.get("files") if source.setting.connect is None else None)
        state = "failed" if error else _state(streams, desk.now())
        read_at = min((stream.read_at for stream in streams), default=None)
        newest = max((stream.newest for stream in streams if stream.newest), default=None)
        records = sum(stream.records for stream in streams)
        problem, step = (error.message, error.next_step) if error else (None, None)
        shown.append(SourceFreshness(source.name, source.system, state, records, newest, read_at, problem, step))
    return tuple(shown)


def _state(streams: list[Input], now: datetime) -> str:
    if not streams:
        return "missing"
    return "stale" if now - min(stream.read_at for stream in streams) > _STALE else "fresh"
