"""`unposted worklist` and `unposted export`: the rows behind the number, narrowed, on the screen or in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from unposted.cli.session import opened, reading_options, refuse_quarantine
from unposted.errors import UsageError

__all__ = ["export", "worklist"]

_FORMATS = ("table", "csv", "xlsx", "json")


def _filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    options = (
        click.option("--segment", multiple=True, metavar="b2b|dtc", help="Only this segment; may be repeated."),
        click.option("--store", multiple=True, help="Only parties with orders in this store; may be repeated."),
        click.option(
            "--entity", multiple=True, help="Only parties that this legal entity should bill; may be repeated."
        ),
        click.option("--status", multiple=True, help="Only this join status, primary or flag; may be repeated."),
        click.option(
            "--min-value",
            metavar="AMOUNT",
            help="Only rows that block at least this, in the reporting currency (rows without a rate stay).",
        ),
        click.option(
            "--search", metavar="TEXT", help="Only rows with all these words in name, company, e-mail or ids."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@reading_options
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Default: the file's suffix, else a table.")
@click.option("-o", "--output", metavar="FILE", help="Write to this file (- for stdout).")
@_filter_options
def worklist(
    path: Path,
    as_of: str | None,
    window: str | None,
    no_sync: bool,
    strict: bool,
    form: str | None,
    output: str | None,
    **filters: Any,
) -> None:
    """Show the absent customers, ranked by what they block, narrowed by filters. All matching rows, always."""
    _run(path, as_of, window, no_sync, strict, form, output, filters)


@click.command()
@reading_options
@click.option("--format", "form", type=click.Choice(_FORMATS[1:]), help="Default: the file's suffix.")
@click.option("-o", "--output", metavar="FILE", default="worklist.xlsx", show_default=True, help="Write to this file.")
@_filter_options
def export(
    path: Path,
    as_of: str | None,
    window: str | None,
    no_sync: bool,
    strict: bool,
    form: str | None,
    output: str,
    **filters: Any,
) -> None:
    """Write the worklist to a file; the format follows the suffix (.csv, .xlsx, .json)."""
    _run(path, as_of, window, no_sync, strict, form, output, filters)


def _run(
    path: Path,
    as_of: str | None,
    window: str | None,
    no_sync: bool,
    strict: bool,
    form: str | None,
    output: str | None,
    filters: dict[str, Any],
) -> None:
    from unposted.cards.narrow import narrow
    from unposted.domain.filters import Filter
    from unposted.exports import write_worklist

    with opened(path, sync=not no_sync, as_of=as_of, window=window) as session:
        stores = [store.name for store in session.workspace.stores]
        entities = [entity.id for entity in session.workspace.entities]
        try:
            wanted = Filter.of(**filters, stores=stores, entities=entities)
        except ValueError as error:
            raise UsageError(
                "bad-filter", _sentence(error), "Run `unposted worklist --help` for the filters."
            ) from None
        is_table = output is None and form in {None, "table"}
        reading = narrow(session.reading(as_of, window, with_near=not is_table), wanted)
        if is_table:
            from unposted.cli.output import print_worklist

            print_worklist(reading)
        else:
            written = write_worklist(reading, form, None if output in {None, "-"} else Path(str(output)))
            if written:
                click.echo(f"{len(reading.rows)} rows written to {output}", err=True)
        refuse_quarantine(reading.quarantined, strict=strict)


def _sentence(error: ValueError) -> str:
    return str(error) if str(error).endswith((".", "?")) else f"{error}."
