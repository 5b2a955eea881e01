"""`unposted demo`: the main job on the worked example, read live from the sandbox over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.session import Session, opened

if TYPE_CHECKING:
    from unposted.cards.reading import Reading

__all__ = ["demo"]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the reading as JSON and nothing else.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="unposted-demo",
    show_default=True,
    help="Where the workspace, its store and the exports go.",
)
@click.option("--two-days", is_flag=True, help="Live through a second day, from export files, and explain the change.")
def demo(as_json: bool, folder: Path, two_days: bool) -> int:
    """Run the main job on a made-up world: a distributor with two storefronts, Finance & Operations and Dataverse.

    The sandbox serves their APIs on this computer while the demo runs; everything is read from them over HTTP.
    """
    if two_days:
        from unposted.cli.demo_days import live_through

        return live_through(folder, as_json=as_json)
    from unposted.exports import reading_json
    from unposted.sandbox.demo import DEMO_AS_OF
    from unposted.sandbox.site import running_site
    from unposted.sandbox.site_workspaces import write_workspace

    as_of = DEMO_AS_OF.isoformat()
    with running_site() as running:
        written = write_workspace("demo", running.site.base, folder)
        _begin_anew(written.workspace)
        with opened(written.workspace, as_of=as_of, environment=written.variables) as session:
            reading = session.reading(as_of, None)
            if as_json:
                click.echo(reading_json(reading), nl=False)
            else:
                _show(session, reading, folder, written.workspace, as_of)
            return session.failures.exit_code


def _begin_anew(workspace: Path) -> None:
    """Remove the store of an earlier demo: its platforms ended with it, and so did the marks they gave."""
    from unposted.workspace.reading import read_workspace

    store = read_workspace(workspace).store_path
    for file in (store, store.with_name(f"{store.name}.wal")):
        file.unlink(missing_ok=True)


def _show(session: Session, reading: Reading, folder: Path, workspace: Path, as_of: str) -> None:
    from unposted.cli.output import print_reading
    from unposted.exports import write_worklist

    print_reading(reading, every_row=True)
    calls = session.store.execute("SELECT sum(calls), sum(fetched) FROM sync_run").fetchone() or (0, 0)
    click.echo(f"\nRead live over HTTP from four made-up platforms: {calls[1]:,} records in {calls[0]:,} calls so far.")
    click.echo("Written:")
    for name in ("worklist.csv", "worklist.xlsx", "reading.json"):
        target = folder / name
        write_worklist(reading, None, target)
        click.echo(f"  {target}")
    click.echo(f"\nNext: unposted worklist -w {workspace} --no-sync --as-of {as_of} --segment b2b")
    click.echo(
        "      unposted sandbox    serves the same platforms until Ctrl-C, for `unposted sync` and your own tools"
    )
