"""Windows of calendar days in the workspace's zone, as exact instants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["Window", "window_of"]

_DAYS = re.compile(r"^(\d{1,4})D$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Window:
    """From an instant to an instant, both inclusive (an order placed at the as-of instant counts).

    `start` and `end` are UTC; `zone` names the workspace's zone whose calendar days they come from.
    """

    start: datetime
    end: datetime
    zone: str


def window_of(text: str, as_of: datetime, zone: ZoneInfo) -> Window:
    """Read `7D`, `30D`, any `nD`, or `FROM..TO` (two dates, both included) as of an instant.

    Days are calendar days of the zone; the last one is the as-of day, up to the as-of instant.
    Raises ValueError with a sentence for the user.
    """
    days = _DAYS.match(text.strip())
    if days:
        count = int(days.group(1))
        if count == 0:
            raise ValueError("a window has at least one day")
        first = as_of.astimezone(zone).date() - timedelta(days=count - 1)
        return Window(day_start(first, zone), as_of.astimezone(UTC), zone.key)
    first_text, separator, last_text = text.partition("..")
    try:
        if not separator:
            raise ValueError
        first, last = date.fromisoformat(first_text.strip()), date.fromisoformat(last_text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no window; write 7D, 30D, 90D or 2026-04-06..2026-04-12") from None
    if last < first:
        raise ValueError(f"the window {text!r} ends before it begins")
    end = min(day_start(last + timedelta(days=1), zone) - timedelta(microseconds=1), as_of.astimezone(UTC))
    return Window(day_start(first, zone), end, zone.key)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which a calendar day begins in the zone.

    Where a clock change skips midnight the day begins at the first instant that exists.
    """
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
