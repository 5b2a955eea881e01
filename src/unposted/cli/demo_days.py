"""The demo's two days: the card of the first, the card of the second, and what changed between them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.session import Session, opened

if TYPE_CHECKING:
    from unposted.cards.change import Change

__all__ = ["live_through"]


def live_through(folder: Path, *, as_json: bool) -> int:
    """Write both days' exports into a folder, take the card of each at its own time, and explain the change."""
    from unposted.sandbox.demo import DEMO_AS_OF, write_demo
    from unposted.sandbox.second_day import SECOND_AS_OF, write_second_day

    place = folder / "two-days"
    workspace = write_demo(place)
    (place / "overrides.csv").unlink(missing_ok=True)
    _forget(workspace)
    first, second = (moment.astimezone(UTC) for moment in (DEMO_AS_OF, SECOND_AS_OF))
    with opened(workspace, now=lambda: first) as session:
        session.reading(None, None, keep=True)
    write_second_day(place)
    with opened(workspace, now=lambda: second) as session:
        session.reading(None, None, keep=True)
        change = _change(session, first, second)
    if as_json:
        from unposted.exports.change_json import change_json

        click.echo(change_json(change), nl=False)
        return 0
    from unposted.cli.change_table import print_change

    print_change(change)
    click.echo(f"\nNext: unposted explain -w {workspace} --no-sync {DEMO_AS_OF.isoformat()} {SECOND_AS_OF.isoformat()}")
    click.echo(f"      unposted check -w {workspace} --no-sync --as-of {DEMO_AS_OF.isoformat()}")
    click.echo(
        f"      unposted party -w {workspace} --no-sync --as-of {SECOND_AS_OF.isoformat()} oskar.lindqvist@example.net"
    )
    return 0


def _change(session: Session, first: datetime, second: datetime) -> Change:
    from unposted.cli.explain import change_between

    return change_between(session, first.isoformat(), second.isoformat(), None)


def _forget(workspace: Path) -> None:
    """Remove the store of an earlier demo."""
    from unposted.workspace.reading import read_workspace

    store = read_workspace(workspace).store_path
    for file in (store, store.with_name(f"{store.name}.wal")):
        file.unlink(missing_ok=True)
