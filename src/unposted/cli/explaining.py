"""What stands beside the number, for people: the lanes, the bridge, the policies, a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from unposted.cards.beside import Lane, Lanes
from unposted.cards.bridge import ABSENT, EVERYONE, BridgeStep
from unposted.cards.compare import Comparison
from unposted.cards.explained import Explained
from unposted.cards.sensitivity import Policy, Sensitivity
from unposted.cli.output import console_for, plain_table
from unposted.exports.safety import screen_safe
from unposted.exports.words import money_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["print_bridge", "print_comparison", "print_explained", "print_flips", "print_sensitivity"]

_SHOWN = 10
_LANES = (
    ("Aged out, still open", "aged_out"),
    ("Present but cannot bill", "cannot_bill"),
    ("Conflicts", "conflicts"),
)
_CHANGES = {"enters": "enters the count", "leaves": "leaves the count"}


def print_explained(explained: Explained, *, console: Console | None = None) -> None:
    """Print everything that was computed beside a reading."""
    console = console or console_for()
    currency = explained.reading.blocked.currency
    if explained.beside:
        console.print()
        _print_lanes(explained.beside, currency, console)
    if explained.bridge:
        console.print()
        print_bridge(explained.bridge, currency, console=console)
    if explained.sensitivity:
        console.print()
        print_sensitivity(explained.sensitivity, currency, console=console)


def _print_lanes(lanes: Lanes, currency: str, console: Console) -> None:
    table = plain_table("Beside the number, not in it", "Rows", "Blocked", "Evidence")
    found: Sequence[tuple[str, Lane]] = [(label, getattr(lanes, name)) for label, name in _LANES]
    for label, lane in found:
        _add(table, label, f"{lane.count:,}", _money(lane.blocked, currency), _unknown(lane.unknown_rate_rows))
        for row in lane.rows[:_SHOWN]:
            _add(table, f"  {row.name}", "", _money(row.blocked, currency), row.evidence or "no record found")
        if lane.count > _SHOWN:
            _add(table, f"  and {lane.count - _SHOWN:,} more: `unposted check --json` has all", "", "", "")
    console.print(table)


def print_bridge(
    steps: Sequence[BridgeStep], currency: str, *, with_rows: bool = False, console: Console | None = None
) -> None:
    """Print a bridge, the steps that take nothing away left out; `with_rows` lists who is in each step."""
    console = console or console_for()
    table = plain_table("From everyone to the number", "Rows", "Blocked", "")
    for step in steps:
        if step.count or step.step in {EVERYONE, ABSENT}:
            sign = "" if step.step in {EVERYONE, ABSENT} else "-"
            value = _money(step.blocked, currency)
            shown = f"{sign}{value}" if step.blocked else value
            _add(table, step.label, f"{sign}{step.count:,}", shown, _unknown(step.unknown_rate_rows))
            for row in step.rows if with_rows and step.step != EVERYONE else ():
                _add(table, f"  {row.name}", "", _money(row.blocked, currency), f"{row.party}, {', '.join(row.stores)}")
    console.print(table)


def print_sensitivity(sensitivity: Sensitivity, currency: str, *, console: Console | None = None) -> None:
    """Print the number under each policy, who flips, what each key carries, and how well the keys are filled."""
    console = console or console_for()
    table = plain_table("Match on", "Value", "Blocked", "Flips", "The evidence is")
    for place, policy in enumerate(sensitivity.policies):
        carries = ", ".join(f"{key} {count:,}" for key, count in policy.carries)
        _add(
            table, f"{policy.policy}{' (the field map)' if place == 0 else ''}", f"{policy.value:,}",
            _money(policy.blocked, currency), f"{len(policy.flipped):,}", carries,
        )  # fmt: skip
    console.print(table)
    console.print()
    fill = plain_table("Key", "Parties lack it", "Records lack it")
    for line in sensitivity.fill:
        parties = f"{line.parties_lacking:,} of {line.parties:,}"
        _add(fill, line.key, parties, f"{line.records_lacking:,} of {line.records:,}")
    console.print(fill)


def print_flips(policies: Iterable[Policy], currency: str, *, console: Console | None = None) -> None:
    """List the parties that flip under each policy."""
    console = console or console_for()
    for policy in policies:
        if policy.flipped:
            table = plain_table(f"Match on {policy.policy}", "Blocked", "")
            for flip in policy.flipped:
                _add(table, flip.name, _money(flip.blocked, currency), f"{flip.party} {_CHANGES[flip.change]}")
            console.print()
            console.print(table)


def print_comparison(found: Comparison, *, console: Console | None = None) -> None:
    """Print the steps from the list to the worklist, and every line that is not on both."""
    console = console or console_for()
    currency = found.reading.blocked.currency
    table = plain_table("From the list to the number", "Rows", *(["Blocked"] if found.has_amounts else []))
    for step in found.steps:
        if step.rows or step.count or step.step in {"list", ABSENT}:
            figures = [f"{step.count:,}", *([_money(step.amount, currency)] if found.has_amounts else [])]
            _add(table, step.label, *figures)
    _add(table, "Left unexplained", f"{found.difference:,}",
         *([_money(found.amount_difference, currency)] if found.has_amounts else []))  # fmt: skip
    console.print(table)
    lines = plain_table("Line", "Who", "Why", "Evidence")
    for step in found.steps[1:-1]:
        for row in step.rows if step.step not in {"agreed", "amount"} else ():
            _add(lines, str(row.line or ""), row.name, step.label, row.evidence)
    if lines.row_count:
        console.print()
        console.print(lines)


def _add(table: Table, *cells: str) -> None:
    """Add a row of text as it is; a leading indent stays."""
    from rich.text import Text

    table.add_row(*(Text(("  " if cell.startswith("  ") else "") + screen_safe(cell)) for cell in cells))


def _money(units: int | None, currency: str) -> str:
    return money_words(units, currency, with_code=False)


def _unknown(rows: int) -> str:
    return f"{rows:,} without a rate" if rows else ""
