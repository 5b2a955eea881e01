"""`unposted party`: everything that is known of one party."""

from __future__ import annotations

from pathlib import Path

import click

from unposted.cli.session import Session, opened, workspace_option
from unposted.errors import UsageError

__all__ = ["party"]


@click.command()
@workspace_option
@click.argument("wanted", metavar="ID")
@click.option("--as-of", "as_of", metavar="ISO", help="As it was known at this instant (default: now).")
@click.option("--window", metavar="7D|30D|90D|FROM..TO", help="Days whose orders count (default: the card's, 7D).")
@click.option("--no-sync", is_flag=True, help="Look into what was read before; open no source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def party(path: Path, wanted: str, as_of: str | None, window: str | None, no_sync: bool, as_json: bool) -> int:
    """Show everything that is known of one party.

    ID is its name on the worklist (p-… or c-…), an e-mail address, a tax id, an external id, a customer's or company's
    number, or an order number. Shown are its orders, its keys, each match that was tried and why it failed, the
    entities that should bill it, and when it entered and left the list.
    """
    with opened(path, sync=not no_sync, as_of=as_of, window=window) as session:
        _show(session, wanted, as_of, window, as_json=as_json)
        return session.failures.exit_code


def _show(session: Session, wanted: str, as_of: str | None, window: str | None, *, as_json: bool) -> None:
    from unposted.cards.party import Several, open_party_file

    reading = session.reading(as_of, window)
    workspace = session.workspace if as_of is None else session.workspace_at(reading.as_of)
    found = open_party_file(session.store, workspace, reading.as_of, wanted, window)
    if isinstance(found, Several):
        raise _refusal(found.parties, found.close)
    row = next((row for row in reading if row.party == found.party), None)
    if as_json:
        from unposted.exports.party_json import party_json

        click.echo(party_json(found, reading, row), nl=False)
    else:
        from unposted.cli.party_table import print_party

        print_party(found, reading, row)


def _refusal(parties: tuple[tuple[str, str], ...], close: tuple[tuple[str, str], ...]) -> UsageError:
    """Say that nobody or several go by the text, which is not repeated: it may be a person's."""
    if parties:
        shown = ", ".join(f"{label} (order {name})" for label, name in parties[:10])
        return UsageError(
            "party-several", f"{len(parties)} parties go by that.", f"Ask for one of them by its name: {shown}."
        )
    if close:
        shown = ", ".join(f"{label} (order {name})" for label, name in close)
        return UsageError("party-unknown", "Nobody goes by that.", f"Did you mean {shown}?")
    return UsageError(
        "party-unknown",
        "Nobody goes by that.",
        "Write a whole e-mail address, tax id, customer or order number, or a party from `worklist --format csv`.",
    )
