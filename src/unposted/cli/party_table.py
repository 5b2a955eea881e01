"""What is known of one party, for people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unposted.cards.party import PartyFile
from unposted.cards.reading import Reading, Row
from unposted.cli.output import console_for, plain_table
from unposted.exports.party_json import outcome
from unposted.exports.safety import screen_safe
from unposted.exports.words import STATUS_WORDS, money_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["print_party"]

_KEYS = {"email": "e-mail", "external_id": "external id", "tax_id": "tax id", "name_address": "name and address"}


def print_party(known: PartyFile, reading: Reading, row: Row | None, console: Console | None = None) -> None:
    """Print the verdict, then orders, entities, matches and history."""
    from rich.text import Text

    console = console or console_for()
    zone = ZoneInfo(reading.window.zone)
    for line in _verdict(known, reading, row):
        console.print(Text(screen_safe(line)))
    for table in (_orders(known, zone), _entities(known), _matches(known), _history(known, zone)):
        if table.row_count:
            console.print()
            console.print(table)


def _verdict(known: PartyFile, reading: Reading, row: Row | None) -> list[str]:
    name = known.party or "no party"
    if row is None:
        held = any(one.is_held for one in known.entities)
        counted = any(order.counts for order in known.orders)
        in_window = known.window == reading.window
        why = (
            "present: a master record is there where it is needed" if counted and in_window and held
            else "not counted: none of its orders in the window is active"
        )  # fmt: skip
        return [f"{name} · {why}"]
    value = money_words(row.blocked, reading.blocked.currency, with_code=True)
    lines = [
        f"{row.name} · {name} · absent, rank {row.rank} of {reading.value}",
        f"{STATUS_WORDS.get(row.status, row.status)} · {value} blocked · {row.recommended_action}",
    ]
    standing = reading.standing(row)
    if standing.usual_clear_minutes is None and standing.stuck is None:
        lines.append("usual time to clear: not enough history")
    else:
        usual = standing.usual_clear_minutes
        told = "not known: most have not cleared" if usual is None else f"{usual:,} minutes"
        lines.append(f"usual time to clear: {told}{' · stuck: it will not clear by itself' if standing.stuck else ''}")
    if known.near:
        lines.append(f"near match: {known.near}")
    if known.is_in_dataverse:
        lines.append("in Dataverse, not promoted")
    return lines


def _orders(known: PartyFile, zone: ZoneInfo) -> Table:
    from rich.text import Text

    table = plain_table("Order", "Placed", "State", "Entity", "Value", "")
    for order in known.orders:
        blocked = "blocked" if order.is_blocked else "counts" if order.counts else "does not count"
        table.add_row(
            Text(screen_safe(f"{order.store} {order.name}")), _when(order.created_at, zone), order.state,
            Text(screen_safe(", ".join(order.entities))), money_words(order.value, order.currency, with_code=True),
            blocked,
        )  # fmt: skip
    return table


def _entities(known: PartyFile) -> Table:
    from rich.text import Text

    table = plain_table("Expected entity", "Record")
    for one in known.entities:
        table.add_row(Text(screen_safe(one.entity)), "there" if one.is_held else "missing")
    return table


def _matches(known: PartyFile) -> Table:
    from rich.text import Text

    table = plain_table("Key", "Value tried", "Outcome")
    for tried in known.tries:
        if not tried.value.startswith("~"):
            key = _KEYS.get(tried.kind, tried.kind)
            table.add_row(key, Text(screen_safe(tried.value)), Text(screen_safe(outcome(tried, known))))
    shown = {tried.kind for tried in known.tries}
    for kind in known.match_on if known.tries else ():
        if kind not in shown:
            table.add_row(_KEYS.get(kind, kind), "", "nothing to try: the party shows none")
    return table


def _history(known: PartyFile, zone: ZoneInfo) -> Table:
    table = plain_table("Entered the list", "Left it")
    for stay in known.stays:
        table.add_row(_when(stay.entered_at, zone), _when(stay.left_at, zone) if stay.left_at else "still there")
    return table


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d %b %Y %H:%M}"
