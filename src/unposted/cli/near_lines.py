"""The near matches of a reading for people: which record each row may be, and what says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unposted.cards.reading import Reading
from unposted.cli.output import console_for
from unposted.exports.safety import screen_safe
from unposted.exports.words import VERDICT_WORDS, near_words

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_near"]


def print_near(reading: Reading, *, console: Console | None = None) -> None:
    """Print each row's likely existing records with the evidence, field by field, and how many rows have none."""
    from rich.text import Text

    console = console or console_for()
    console.print()
    console.print(Text("Near matches", style="bold"))
    without = 0
    for row in reading.rows:
        if not row.near:
            without += 1
            continue
        console.print(Text(screen_safe(f"{row.rank}  {row.name}")))
        for near in row.near:
            told = f"   {near_words(near)} ({VERDICT_WORDS[near.verdict]}, {near.score:+d})"
            console.print(Text(screen_safe(told)))
            for sentence in near.evidence:
                console.print(Text(screen_safe(f"      {sentence}")))
    rows = "row has" if without == 1 else "rows have"
    console.print(Text(f"{without:,} {rows} nothing close: create"))
