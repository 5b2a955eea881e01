"""The change between two readings for people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unposted.cards.change import Change, Part
from unposted.cards.reading import Reading
from unposted.cli.output import console_for, plain_table
from unposted.exports.safety import screen_safe
from unposted.exports.words import money_words

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_change"]

_SHOWN = 10
_SIDES = {"entered": "Entered", "left": "Left", "still": "Still there"}


def print_change(change: Change, console: Console | None = None) -> None:
    """Print both headlines and the bridge between them, each part with the parties that it moves most by."""
    from rich.text import Text

    console = console or console_for()
    currency = change.end.blocked.currency
    console.print(Text(screen_safe(f"{change.end.workspace} · {change.end.label}"), style="bold"))
    table = plain_table("", "", "Rows", "Blocked")
    table.add_row(_when(change.start), "", f"{change.start.value:,}", _money(change.start.blocked.units or 0, currency))
    for part in change.parts:
        if part.reason == "same":
            continue
        table.add_row(_SIDES[part.side], part.label, _count(part), _signed(part.blocked, currency))
        for row in part.rows[:_SHOWN]:
            table.add_row("", Text(screen_safe(f"  {row.name} ({row.party})")), "", _signed(row.change, currency))
        if len(part.rows) > _SHOWN:
            table.add_row("", f"  and {len(part.rows) - _SHOWN:,} more: `--json` lists all", "", "")
    table.add_row(_when(change.end), "", f"{change.end.value:,}", _money(change.end.blocked.units or 0, currency))
    console.print(table)
    unknown = [reading.blocked.unknown_rate_rows for reading in (change.start, change.end)]
    if any(unknown):
        console.print(
            f"! rows without an exchange rate, which add no value: {unknown[0]:,} before, {unknown[1]:,} after"
        )


def _count(part: Part) -> str:
    return f"({len(part.rows):,})" if part.side == "still" else f"{part.count:+,}"


def _signed(units: int, currency: str) -> str:
    words = money_words(abs(units), currency, with_code=True)
    return f"+{words}" if units > 0 else f"-{words}" if units < 0 else words


def _money(units: int, currency: str) -> str:
    return money_words(units, currency, with_code=True)


def _when(reading: Reading) -> str:
    return f"{reading.as_of.astimezone(ZoneInfo(reading.window.zone)):%d %b %Y %H:%M}"
