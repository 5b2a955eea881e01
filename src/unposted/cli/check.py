"""`unposted check`: read what changed, compute, print."""

from __future__ import annotations

from pathlib import Path

import click

from unposted.cli.session import opened, reading_options, refuse_quarantine, tell_quarantine

__all__ = ["check"]


@click.command()
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (its schema is in the package).")
@click.option("--explain", is_flag=True, help="Print what stands beside the number and how it comes about.")
@click.option("--exit-code", is_flag=True, help="Leave with exit code 1 when the alert fires.")
def check(
    path: Path,
    as_of: str | None,
    window: str | None,
    no_sync: bool,
    strict: bool,
    as_json: bool,
    explain: bool,
    exit_code: bool,
) -> int:
    """Read what changed in the sources, compute the card and print it.

    Without changes nothing is read twice and the output is the same, byte for byte.
    """
    with opened(path, sync=not no_sync, as_of=as_of, window=window) as session:
        explained = session.explained(as_of, window, keep=True) if as_json or explain else None
        reading = explained.reading if explained else session.reading(as_of, window, keep=True)
        if as_json and explained:
            from unposted.exports import beside_fields, reading_json

            click.echo(reading_json(reading, beside_fields(explained)), nl=False)
        elif explained:
            from unposted.cli.explaining import print_explained
            from unposted.cli.near_lines import print_near
            from unposted.cli.output import print_reading

            print_reading(reading)
            print_explained(explained)
            print_near(reading)
        else:
            from unposted.cli.output import print_reading

            print_reading(reading)
        tell_quarantine(session)
    refuse_quarantine(reading.quarantined, strict=strict)
    if session.failures.errors:
        return session.failures.exit_code
    return 1 if exit_code and reading.alert.state == "firing" else 0
