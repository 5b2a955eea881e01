"""`unposted verify`: recount the live sources by another path, show what differs, mend it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.live import named_sources, running_sync
from unposted.cli.session import opened, workspace_option
from unposted.errors import UsageError

if TYPE_CHECKING:
    from unposted.sync.verify import Verified

__all__ = ["verify"]

_DIFFERS = 8


@click.command()
@workspace_option
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--days", type=click.IntRange(1, 4000), default=7, show_default=True, help="Days of orders to recount.")
@click.option("--no-repair", is_flag=True, help="Only tell; exit code 8 when something differs.")
@click.option("--accept-gone", is_flag=True, help="End the many records that a source does not show any more.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with a line a stream.")
def verify(path: Path, names: tuple[str, ...], days: int, no_repair: bool, accept_gone: bool, as_json: bool) -> int:
    """Recount the live sources, of these NAMEs or of all, by another path than they were read by.

    Numbers, sums and times of each day are compared with the store's; what differs is fetched again.
    """
    from unposted.sync.verify import verify as recount

    with opened(path, sync=False, is_new_allowed=True) as session:
        sources = named_sources(session.workspace, names)
        if not sources:
            raise UsageError(
                "no-live-source",
                "This workspace has no live source to recount.",
                "Files are read whole whenever they change; `unposted doctor` tells what was read.",
            )
        with running_sync(session.store, session.workspace, datetime.now(UTC), accept_gone=accept_gone) as run:
            found = [line for source in sources for line in recount(run, source, days, repair=not no_repair)]
    if as_json:
        click.echo(json.dumps({"days": days, "streams": [_line(line) for line in found]}, indent=2))
    else:
        _print(found)
    return _code(found)


def _print(found: Sequence[Verified]) -> None:
    from rich.text import Text

    from unposted.cli.output import console_for, plain_table
    from unposted.exports.safety import screen_safe

    table = plain_table("Source", "Compared", "Missing", "Stale", "Incorrect", "Gone", "")
    for line in found:
        counts = (line.compared, line.missing, line.stale, line.incorrect, line.gone)
        verdict = (
            "failed" if line.error else "agrees" if not line.differing else "mended" if line.is_mended else "differs"
        )
        table.add_row(
            Text(screen_safe(f"{line.source} {line.stream}".strip())), *[f"{count:,}" for count in counts], verdict
        )
    console_for().print(table)
    for line in found:
        if line.named:
            more = "" if line.differing <= len(line.named) else f" and {line.differing - len(line.named):,} more"
            click.echo(f"! {line.source} {line.stream} differed: {screen_safe(', '.join(line.named))}{more}", err=True)
        for remark in line.remarks:
            click.echo(f"! {line.source}: {remark}", err=True)
        if line.error:
            click.echo(f"error: {line.error.message}\nnext:  {line.error.next_step}", err=True)


def _line(line: Verified) -> dict[str, object]:
    return {
        "source": line.source, "stream": line.stream, "compared": line.compared, "missing": line.missing,
        "stale": line.stale, "incorrect": line.incorrect, "gone": line.gone, "mended": line.is_mended,
        "named": list(line.named), "remarks": list(line.remarks),
        "error": line.error and {"code": line.error.code, "message": line.error.message},
    }  # fmt: skip


def _code(found: Sequence[Verified]) -> int:
    failed = max((line.error.exit_code for line in found if line.error), default=0)
    return failed or (_DIFFERS if any(line.differing and not line.is_mended for line in found) else 0)
