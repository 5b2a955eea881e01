"""How far a stream was read, and what to read next: spans of time that move on only when they were drained.

A stream of changes is read by the time of change. Each run reads again a little before where the last one ended, once
a day some days, once a week some weeks: a record may become visible after its own time. No span reaches nearer to the
present than `Pace.lag`, so that what is being written just now is read whole by the next run. Spans include both
ends; a record met twice is stored once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["Cursor", "Pace", "Plan", "Purpose", "Span", "drained", "history_plan", "news_plan", "paused"]

Purpose: TypeAlias = Literal["news", "daily", "weekly", "history"]
_RESUMED_WITHIN = timedelta(days=1)


class Span(NamedTuple):
    """A stretch of time of change, both ends included; aware and UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """How far each run looks back, and how long a span of news and one of history is at most."""

    each_run: timedelta = timedelta(minutes=30)
    daily: timedelta = timedelta(hours=72)
    weekly: timedelta = timedelta(days=45)
    lag: timedelta = timedelta(minutes=2)
    longest_span: timedelta = timedelta(days=7)
    longest_history: timedelta = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a stream stands.

    Every change from `since` up to `until` was drained once; `daily_at` and `weekly_at` tell when the long looks back
    were finished last. While a span is being drained `span` is set, with the token of its next page and the instant
    that it was noted at (`paused_at`): a span that was left not long ago is gone on with. `delta` is the
    source's own mark of what we know. `listed_at` is when a whole list was last read to its end, `list_began` when the
    reading of the list that is under way began.
    """

    since: datetime | None = None
    until: datetime | None = None
    daily_at: datetime | None = None
    weekly_at: datetime | None = None
    span: Span | None = None
    token: str | None = None
    paused_at: datetime | None = None
    delta: str | None = None
    listed_at: datetime | None = None
    list_began: datetime | None = None

    def dumps(self) -> str:
        """Write the cursor as text."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps({name: _plain(value) for name, value in values.items() if value is not None})

    @classmethod
    def loads(cls, text: str) -> Cursor:
        """Read what `dumps` wrote."""
        found = json.loads(text)
        values = {name: found.get(name) for name in cls.__slots__}
        for name in ("since", "until", "daily_at", "weekly_at", "paused_at", "listed_at", "list_began"):
            values[name] = datetime.fromisoformat(found[name]) if name in found else None
        if "span" in found:
            values["span"] = Span(*map(datetime.fromisoformat, found["span"]))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run reads of a stream: spans in order, and what their end means for the cursor."""

    purpose: Purpose
    spans: tuple[Span, ...]


def news_plan(cursor: Cursor, now: datetime, pace: Pace, first_from: datetime) -> Plan:
    """Plan the reading of what is new; a stream that was never read is read from `first_from` on.

    The weekly look back stands for the daily one, and both for the short one. A first reading that was broken off
    goes on where it was. A cursor that is ahead of the present (our clock was put back) reads the short overlap before
    the present.
    """
    now = now.astimezone(UTC)
    end = now - pace.lag
    purpose: Purpose = "news"
    if cursor.weekly_at is None:
        start = min(first_from, end)
        if cursor.until is not None and cursor.since is not None and cursor.since <= start:
            start = min(cursor.until, end)
    else:
        purpose, start = _look_back(cursor, now, end, pace)
        if cursor.since is not None and purpose != "news":
            start = max(start, min(cursor.since, (cursor.until or end) - pace.each_run))
    left = _left_span(cursor, now)
    is_whole = left is not None and (left.start <= start or (cursor.since is not None and cursor.since <= start))
    if left is not None and left.end <= end and (is_whole or purpose != "news"):
        return Plan(purpose, (left, *(_cut(left.end, end, pace) if left.end < end else ())))
    return Plan(purpose, tuple(_cut(start, end, pace)))


def history_plan(cursor: Cursor, history_from: datetime, pace: Pace) -> Plan:
    """Plan the reading of what is older than anything read so far, the newest first."""
    spans: list[Span] = []
    if cursor.since is not None:
        end = cursor.since
        while end > history_from:
            spans.append(Span(max(history_from, end - pace.longest_history), end))
            end = spans[-1].start
    return Plan("history", tuple(spans))


def paused(cursor: Cursor, span: Span | None, token: str | None, now: datetime) -> Cursor:
    """Note that a span (None: a list) is drained up to the page with this token; None: to its end."""
    if token is None:
        return replace(cursor, span=None, token=None, paused_at=None)
    return replace(cursor, span=span, token=token, paused_at=now)


def drained(cursor: Cursor, plan: Plan, place: int, now: datetime) -> Cursor:
    """Note that the plan's span in this place was drained to its end; the last one also ends a long look back."""
    span = plan.spans[place]
    cursor = replace(cursor, span=None, token=None, paused_at=None)
    if plan.purpose == "history":
        return replace(cursor, since=min(cursor.since or span.start, span.start))
    since = span.start if cursor.since is None else cursor.since
    until = span.end if cursor.until is None else max(cursor.until, span.end)
    cursor = replace(cursor, since=since, until=until)
    if place < len(plan.spans) - 1:
        return cursor
    if plan.purpose == "weekly" or (plan.purpose == "news" and cursor.weekly_at is None):
        return replace(cursor, weekly_at=now, daily_at=now)
    return replace(cursor, daily_at=now) if plan.purpose == "daily" else cursor


def _left_span(cursor: Cursor, now: datetime) -> Span | None:
    """Return the span that was left half drained, if that is not long ago."""
    if cursor.span is None or cursor.paused_at is None or not timedelta(0) <= now - cursor.paused_at < _RESUMED_WITHIN:
        return None
    return cursor.span


def _look_back(cursor: Cursor, now: datetime, end: datetime, pace: Pace) -> tuple[Purpose, datetime]:
    """Tell which look back is due and where it begins: so long before the last one of its kind, for since then nobody
    has looked at what was older.
    """
    until = min(cursor.until or end, end)
    if cursor.weekly_at is None or now - cursor.weekly_at >= timedelta(days=7):
        return "weekly", min(until, cursor.weekly_at or until) - pace.weekly
    if cursor.daily_at is None or now - cursor.daily_at >= timedelta(days=1):
        return "daily", min(until, cursor.daily_at or until) - pace.daily
    return "news", until - pace.each_run


def _cut(start: datetime, end: datetime, pace: Pace) -> Iterator[Span]:
    while end - start > pace.longest_span:
        yield Span(start, start + pace.longest_span)
        start += pace.longest_span
    yield Span(start, end)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
