"""`unposted demo`: the worked example, read live from the sandbox over HTTP, printed, and opened in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from unposted.cli.session import Session, opened

if TYPE_CHECKING:
    from unposted.cards.reading import Reading
    from unposted.sandbox.site_workspaces import Written

__all__ = ["demo"]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the reading as JSON and nothing else, and end.")
@click.option("--once", is_flag=True, help="Print the card, write the exports, and end: serve no pages.")
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0: any that is free.")
@click.option("--no-browser", is_flag=True, help="Print the link to the pages; open no browser.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="unposted-demo",
    show_default=True,
    help="Where the workspace, its store and the exports go.",
)
@click.option("--two-days", is_flag=True, help="Live through a second day, from export files, and explain the change.")
def demo(as_json: bool, once: bool, port: int, no_browser: bool, folder: Path, two_days: bool) -> int:
    """Run the main job on a made-up world: a distributor with two storefronts, Finance & Operations and Dataverse.

    The sandbox serves their APIs on this computer while the demo runs; everything is read from them over HTTP.
    Then the pages are served until Ctrl-C, behind a link that works once.
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
                return session.failures.exit_code
            _show(session, reading, folder, written.workspace, as_of)
            if not once:
                _serve(session, written, port, is_browser_wanted=not no_browser)
            return session.failures.exit_code


def _serve(session: Session, written: Written, port: int, *, is_browser_wanted: bool) -> None:
    """Serve the pages to a demo owner, on this computer only."""
    from unposted.sandbox.demo import DEMO_AS_OF
    from unposted.web.desk import Settings, open_desk
    from unposted.web.refreshing import Refresher
    from unposted.web.serving import listening, serve

    with listening("127.0.0.1", port) as listener:
        settings = Settings(as_of=DEMO_AS_OF, every=0, is_demo=True, environment=written.variables)
        desk = open_desk(session.workspace, session.store, settings)
        owner = desk.people.add("Demo owner", "owner", None, desk.now())
        link = f"http://127.0.0.1:{listener.getsockname()[1]}/enter/"
        link += desk.links.make("enter", owner.person_id, desk.now())

        def ready() -> None:
            click.echo(f"\nOpen the board (the link works once, on this computer):\n  {link}\nCtrl-C stops it.")
            if is_browser_wanted:
                import webbrowser

                webbrowser.open(link)

        serve(desk, listener, Refresher(desk, first_sync=False), ready)


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
