"""`unposted explain`: what changed between two instants, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.session import Session, opened, workspace_option
from unposted.errors import UsageError

if TYPE_CHECKING:
    from unposted.cards.change import Change

__all__ = ["explain"]


@click.command()
@workspace_option
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO", default="now")
@click.option("--window", metavar="7D|30D|90D|FROM..TO", help="Days that each reading looks at (default: the card's).")
@click.option("--no-sync", is_flag=True, help="Compute from what was read before; open no source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the rows of every part.")
def explain(path: Path, start: str, end: str, window: str | None, no_sync: bool, as_json: bool) -> int:
    """Explain the change between two readings: who entered, who left, whose value moved, each with its reason.

    FROM and TO are dates, times, or words: yesterday, now, 7d (seven days ago), 24h. TO is now unless given. Each
    reading is what the card said then: facts and field map of that instant. The parts sum to the change exactly.
    """
    with opened(path, sync=not no_sync, window=window) as session:
        change = change_between(session, start, end, window)
        if as_json:
            from unposted.exports.change_json import change_json

            click.echo(change_json(change), nl=False)
        else:
            from unposted.cli.change_table import print_change

            print_change(change)
        return session.failures.exit_code


def change_between(session: Session, start: str, end: str, window: str | None) -> Change:
    """Compute both readings and the bridge between them; raises UsageError when the first is the later one."""
    from unposted.cards.change import explain_change
    from unposted.cli.instants import read_instant
    from unposted.store.database import disk_faults_told

    now, zone = session.now(), session.workspace.timezone
    first, last = (read_instant(text, zone, now, name) for text, name in ((start, "FROM"), (end, "TO")))
    if first > last:
        raise UsageError(
            "explain-order", "FROM is later than TO.", "Write the earlier instant first: `unposted explain 7d now`."
        )
    before, after = session.workspace_at(first), session.workspace_at(last)
    if before.reporting_currency != after.reporting_currency:
        before = replace(before, reporting_currency=after.reporting_currency, fx=after.fx)
    with disk_faults_told():
        readings = [session.reading_at(moment, then, window) for moment, then in ((first, before), (last, after))]
        return explain_change(session.store, readings[0], readings[1], (before, after), window)
