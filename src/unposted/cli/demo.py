"""`unposted demo`: the main job on the worked example, written as raw platform payloads by the sandbox."""

from __future__ import annotations

from pathlib import Path

import click

from unposted.cli.session import opened

__all__ = ["demo"]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the reading as JSON and nothing else.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="unposted-demo",
    show_default=True,
    help="Where the made-up world, its store and the exports go.",
)
def demo(as_json: bool, folder: Path) -> None:
    """Run the main job on a made-up world: a distributor with two storefronts, Finance & Operations and Dataverse."""
    from unposted.exports import reading_json, write_worklist
    from unposted.sandbox.demo import DEMO_AS_OF, write_demo

    path = write_demo(folder)
    with opened(path) as session:
        reading = session.reading(DEMO_AS_OF.isoformat(), None)
        if as_json:
            click.echo(reading_json(reading), nl=False)
            return
        from unposted.cli.output import print_reading

        print_reading(reading, every_row=True)
        click.echo("\nWritten:")
        for name in ("worklist.csv", "worklist.xlsx", "reading.json"):
            target = folder / name
            write_worklist(reading, None, target)
            click.echo(f"  {target}")
        click.echo(f"\nThe workspace is {path}; its raw payloads are in {folder / 'exports'}.")
        click.echo(f"Next: unposted worklist -w {path} --as-of {DEMO_AS_OF.isoformat()} --segment b2b")
