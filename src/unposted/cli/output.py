"""The card and the worklist for people, on a terminal or through a pipe."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from unposted.cards.reading import Reading
from unposted.cli.worklist_table import worklist_table
from unposted.exports.safety import screen_safe
from unposted.exports.words import SEGMENT_WORDS, STATUS_WORDS, money_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["console_for", "plain_table", "print_reading", "print_worklist"]

_PIPE_WIDTH = 10_000  # nothing is wrapped or cut for a reader that is no screen
_ALL_SHOWN = 25
_TOP_SHOWN = 20
_WIDE = 150
_FIGURES = frozenset({
    "Value", "Rows", "Blocked", "Records", "Fetched", "Stored", "Unchanged", "Quarantined", "Gone", "Compared",
    "Missing", "Stale", "Incorrect", "Flips",
})  # fmt: skip
_WORDS_OF_SPLIT = {"segment": SEGMENT_WORDS, "status": STATUS_WORDS}


def console_for(stream: TextIO | None = None) -> Console:
    """Make a console on a stream (default: standard output) that takes no text for markup and fails on no character."""
    from rich.console import Console

    file = stream or sys.stdout
    reconfigure = getattr(file, "reconfigure", None)
    if reconfigure and (file.encoding or "").casefold().replace("-", "") not in {"utf8", "utf8sig"}:
        reconfigure(errors="replace")
    width = None if file.isatty() else _PIPE_WIDTH
    return Console(file=file, width=width, markup=False, highlight=False, emoji=False)


def print_reading(reading: Reading, *, every_row: bool = False, console: Console | None = None) -> None:
    """Print the card: headline, splits, the top of the worklist, and how fresh and whole its inputs are."""
    console = console or console_for()
    _print_heading(reading, console)
    console.print()
    console.print(_headline(reading))
    console.print()
    console.print(_splits(reading))
    if reading.rows:
        shown = len(reading.rows) if every_row or len(reading.rows) <= _ALL_SHOWN else _TOP_SHOWN
        console.print()
        console.print(worklist_table(reading, reading.rows[:shown], wide=console.width >= _WIDE))
        if shown < len(reading.rows):
            rest = len(reading.rows) - shown
            _say(console, f"and {rest:,} more: `unposted worklist` shows all, `-o worklist.xlsx` writes them to a file")
    console.print()
    console.print(_freshness(reading))
    _print_doubts(reading, console)


def print_worklist(reading: Reading, *, console: Console | None = None) -> None:
    """Print every row of the worklist, and what the rows add up to."""
    console = console or console_for()
    _print_heading(reading, console)
    console.print()
    if reading.rows:
        console.print(worklist_table(reading, reading.rows, wide=console.width >= _WIDE))
        console.print()
    total = money_words(reading.blocked.units, reading.blocked.currency, with_code=_mixed(reading))
    _say(console, f"{_counted(reading.value, 'row')}, {total} blocked")
    _print_doubts(reading, console)


def _mixed(reading: Reading) -> bool:
    """Tell whether two currencies can meet on the screen."""
    return any(amount.currency != reading.blocked.currency for amount in reading.blocked.by_currency)


def _print_heading(reading: Reading, console: Console) -> None:
    zone = ZoneInfo(reading.window.zone)
    _say(console, f"{reading.workspace} · {reading.label}", style="bold")
    _say(console, f"as of {_when(reading.as_of, zone)} ({reading.window.zone})")
    _say(console, f"window {_when(reading.window.start, zone)} to {_when(reading.window.end, zone)}")
    if reading.filters:
        _say(console, f"filter: {reading.filters}")


def _headline(reading: Reading) -> Table:
    from rich.text import Text

    table = plain_table("", "Value", "")
    table.show_header = False
    currency = reading.blocked.currency
    mixed = _mixed(reading)
    firing = reading.alert.state == "firing"
    alert = f"alert {'firing' if firing else 'quiet'}: it fires above {reading.alert.threshold}"
    table.add_row("Absent", f"{reading.value:,}", Text(alert, style="bold red" if firing else ""))
    counts = {bucket.name: bucket.count for bucket in reading.split("segment")}
    for name, words in SEGMENT_WORDS.items():
        table.add_row(f"  of which {words}", f"{counts.get(name, 0):,}", "")
    table.add_row("Blocked", money_words(reading.blocked.units, currency, with_code=mixed), _parts(reading, mixed))
    if reading.largest:
        largest = money_words(reading.largest.blocked, currency, with_code=mixed)
        table.add_row("Largest", largest, Text(screen_safe(reading.largest.name)))
    table.add_row("In Dataverse, not promoted", f"{reading.in_dataverse:,}", "")
    return table


def _parts(reading: Reading, mixed: bool) -> str:
    amounts = [money_words(part.units, part.currency, with_code=True) for part in reading.blocked.by_currency]
    return f"in order currency: {' + '.join(amounts)}" if mixed else ""


def _splits(reading: Reading) -> Table:
    from rich.text import Text

    table = plain_table("Split", "", "Rows", "Blocked")
    for name, buckets in reading.splits:
        for place, bucket in enumerate(buckets):
            words = _WORDS_OF_SPLIT.get(name, {}).get(bucket.name, bucket.name)
            blocked = money_words(bucket.blocked, reading.blocked.currency, with_code=_mixed(reading))
            table.add_row(name if place == 0 else "", Text(screen_safe(words)), f"{bucket.count:,}", blocked)
    return table


def _freshness(reading: Reading) -> Table:
    from rich.text import Text

    zone = ZoneInfo(reading.window.zone)
    table = plain_table("Source", "Records", "Newest record", "Read")
    for stream in reading.inputs:
        newest = _when(stream.newest, zone) if stream.newest else "none"
        name = Text(screen_safe(f"{stream.source} {stream.stream}"))
        table.add_row(name, f"{stream.records:,}", newest, _when(stream.read_at, zone))
    return table


def _print_doubts(reading: Reading, console: Console) -> None:
    """Tell what the number lacks, each in a sentence; nothing when it lacks nothing."""
    unknown, held = reading.blocked.unknown_rate_rows, reading.quarantined
    doubts = [
        f"{_counted(orders, 'order')} of unknown status {signal}, counted as active"
        for signal, orders in reading.unmapped_statuses
    ]
    if held:
        doubts.insert(
            0, f"{_counted(held, 'record')} could not be read and {'is' if held == 1 else 'are'} in quarantine"
        )
    if unknown:
        lacks = "lacks" if unknown == 1 else "lack"
        doubts.insert(0, f"{_counted(unknown, 'row')} {lacks} an exchange rate: the value is unknown and in no total")
    if doubts:
        console.print()
    for doubt in doubts:
        _say(console, f"! {doubt}")


def _say(console: Console, line: str, style: str = "") -> None:
    """Print one line of text as it is, whatever it holds."""
    from rich.text import Text

    console.print(Text(screen_safe(line), style=style))


def plain_table(*headers: str) -> Table:
    """Make a table without lines; columns of figures stand right-aligned and are never broken."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for header in headers:
        is_figure = header in _FIGURES
        table.add_column(header, justify="right" if is_figure else "left", no_wrap=is_figure)
    return table


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _when(moment: datetime, zone: ZoneInfo) -> str:
    """Write a local time as people read it (`12 Apr 2026 18:00`); the end of a day shows its last minute."""
    return f"{moment.astimezone(zone):%d %b %Y %H:%M}"
