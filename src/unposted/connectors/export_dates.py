"""Reads the dates of exports whose date format is the merchant's own setting (`04/12/2026`, `Dec 4th 2026`, …).

Which number of `04/12/2026` is the day is found out once for a file, from any date in it that can only be read one
way. When none decides, such a date is refused with what to do: it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from unposted.connectors.fields import instant, needed
from unposted.errors import BadRecord

__all__ = ["DateOrder", "date_order", "export_instant"]

DateOrder: TypeAlias = Literal["day first", "month first"]
Row: TypeAlias = tuple[int, Sequence[str]]

_CLOCK = r"(?:[\s,@T]*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
_NUMBERS = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[/.-])(?P<second_>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}|\d\d){_CLOCK}"
)
_MONTH_DAY = re.compile(
    rf"(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_CLOCK}"
)
_DAY_MONTH = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?[\s-]+(?P<month>[A-Za-z]{{3,9}})\.?,?[\s-]+(?P<year>\d{{4}}){_CLOCK}"
)
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d")
_WEEKDAY = re.compile(r"[A-Za-z]{3}, \d")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def date_order(rows: Iterable[Row], places: Sequence[int]) -> tuple[DateOrder | None, Iterator[Row]]:
    """Find the order of day and month in a file from the cells at `places`; the first of them is the date wanted.

    Reads ahead only as far as it must and returns all rows again. None: no date decides, or none needs it.
    """
    coming = iter(rows)
    seen: list[Row] = []
    for row in coming:
        seen.append(row)
        cells = [row[1][place] for place in places if place < len(row[1])]
        found = next((order for order in map(_shown_order, cells) if order), None)
        if found is not None:
            return found, chain(seen, coming)
        if cells and _needs_no_order(cells[0].strip()):
            break
    return None, chain(seen, coming)


def export_instant(text: str, field: str, zone: ZoneInfo, order: DateOrder | None) -> datetime:
    """Read one date as UTC; a date without a time is the day's beginning in `zone`."""
    written = needed(text, field)
    plain = _plain(written, order)
    if plain is None:
        raise BadRecord(
            "ambiguous-date",
            f"{field} {written[:40]!r} may have the day or the month first and no date in the file tells: "
            "export it again with dates that start with the year or name the month",
        )
    return instant(plain, field, zone)


def _needs_no_order(cell: str) -> bool:
    named = _MONTH_DAY.fullmatch(cell) or _DAY_MONTH.fullmatch(cell) or _WEEKDAY.match(cell)
    return named is not None or cell[:4].isdecimal() or _DOTTED.match(cell) is not None


@lru_cache(maxsize=4096)
def _shown_order(cell: str) -> DateOrder | None:
    """Tell the order that a date shows by itself: one of its numbers can be no month."""
    found = _NUMBERS.fullmatch(cell.strip())
    if found is None or found["sign"] == ".":
        return None
    first, second = int(found["first"]), int(found["second_"])
    if first > 12 >= second:
        return "day first"
    return "month first" if second > 12 >= first else None


@lru_cache(maxsize=4096)
def _plain(text: str, order: DateOrder | None) -> str | None:
    """Write a date the ISO way; what is no such date stays as it is. None: the order of day and month is needed."""
    found = _MONTH_DAY.fullmatch(text) or _DAY_MONTH.fullmatch(text)
    if found is not None:
        name = found["month"][:3].casefold()
        return _iso(found, _MONTHS.index(name) + 1, int(found["day"])) if name in _MONTHS else text
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return text
    first, second = int(found["first"]), int(found["second_"])
    if found["sign"] == "." or order == "day first":
        return _iso(found, second, first)
    if order == "month first" or first == second:
        return _iso(found, first, second)
    return None


def _iso(found: re.Match[str], month: int, day: int) -> str:
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
    date = f"{year}-{month:02}-{day:02}"
    if found["hour"] is None:
        return date
    hour, half = int(found["hour"]), (found["half"] or "")[:1].casefold()
    # Some exports write the hour of a 24-hour clock and the half of the day beside it: `14:05:00 PM`.
    if hour <= 12 and half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{date}T{hour:02}:{found['minute']}:{found['second'] or '00'}"
