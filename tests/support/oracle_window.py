"""The oracle's calendar: when a local day begins, which instants a window holds, how many days lie between two."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = ["bounds", "days_between", "midnight"]

_MINUTE = timedelta(minutes=1)
_INSTANT = timedelta(microseconds=1)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: str) -> datetime:
    """Tell the first instant, in UTC, whose local date is that day (or a later one, where the day does not exist).

    It walks minute by minute: today's zones change on whole minutes.
    """
    local = ZoneInfo(zone)
    instant = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=16)
    while instant.astimezone(local).date() < day:
        instant += _MINUTE
    return instant


def bounds(window: str, as_of: datetime, zone: str) -> tuple[datetime, datetime]:
    """Tell the first and the last instant of a window, both of which belong to it."""
    if window.endswith("D"):
        today = as_of.astimezone(ZoneInfo(zone)).date()
        return midnight(today - timedelta(days=int(window[:-1]) - 1), zone), as_of
    first, last = (date.fromisoformat(text) for text in window.split(".."))
    last_instant = midnight(last + timedelta(days=1), zone) - _INSTANT
    return midnight(first, zone), min(last_instant, as_of)


def days_between(earlier: datetime, later: datetime, zone: str) -> int:
    """Tell how many local calendar days lie between two instants."""
    local = ZoneInfo(zone)
    return (later.astimezone(local).date() - earlier.astimezone(local).date()).days
