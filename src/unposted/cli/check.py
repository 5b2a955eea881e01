"""`unposted check`: read what changed, compute, print."""

from __future__ import annotations

from pathlib import Path

import click

from unposted.cli.session import opened, reading_options, refuse_quarantine, tell_quarantine

__all__ = ["check"]


@click.command()
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (its schema is in the package).")
@click.option("--exit-code", is_flag=True, help="Leave with exit code 1 when the alert fires.")
def check(
    path: Path,
    as_of: str | None,
    window: str | None,
    no_sync: bool,
    strict: bool,
    as_json: bool,
    exit_code: bool,
) -> int:
    """Read what changed in the sources, compute the card and print it.

    Without changes nothing is read twice and the output is the same, byte for byte.
    """
    with opened(path, sync=not no_sync, as_of=as_of, window=window) as session:
        reading = session.reading(as_of, window)
        if as_json:
            from unposted.exports import reading_json

            click.echo(reading_json(reading), nl=False)
        else:
            from unposted.cli.output import print_reading

            print_reading(reading)
        tell_quarantine(session)
    refuse_quarantine(reading.quarantined, strict=strict)
    if session.failures.errors:
        return session.failures.exit_code
    return 1 if exit_code and reading.alert.state == "firing" else 0
