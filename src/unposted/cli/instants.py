"""Instants as people write them: a date, a time, `yesterday`, `7d` (seven days ago), `now`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from unposted.errors import UsageError

__all__ = ["read_instant"]

_AGO = re.compile(r"(\d{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LAST = time(23, 59, 59, 999_999)


def read_instant(text: str, zone: ZoneInfo, now: datetime, option: str = "--as-of") -> datetime:
    """Read an instant of the past or present, UTC.

    A time without an offset is in the zone; a date alone is its last moment, today's is now. Raises UsageError.
    """
    word = text.strip().casefold()
    today = now.astimezone(zone).date()
    if word in {"now", "today"}:
        return now
    if word == "yesterday":
        return datetime.combine(today - timedelta(days=1), _LAST, tzinfo=zone).astimezone(UTC)
    ago = _AGO.fullmatch(word)
    if ago:
        return _ago(now, zone, int(ago[1]), _UNITS[ago[2]])
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            "bad-as-of",
            f"{option} {text!r} is no date or time.",
            "Write it like 2026-04-12, 2026-04-12T18:00, 2026-04-12T18:00:00-04:00, yesterday, 7d or 24h.",
        ) from None
    if "T" not in text.upper() and ":" not in text:
        moment = datetime.combine(moment.date(), _LAST)
        if today == moment.date():
            return now
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def _ago(now: datetime, zone: ZoneInfo, count: int, unit: str) -> datetime:
    """Go back; days and weeks are those of the calendar, at the same time of day."""
    span = timedelta(**{unit: count})
    try:
        if unit in {"days", "weeks"}:
            return (now.astimezone(zone) - span).astimezone(UTC)
        return now - span
    except OverflowError:
        raise UsageError(
            "bad-as-of", f"{count} {unit} ago lies before the calendar.", "Write a nearer time, such as 7d."
        ) from None
