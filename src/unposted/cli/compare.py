"""`unposted compare`: why a list that somebody made differs from the worklist."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from unposted.cli.session import opened, reading_options, refuse_quarantine
from unposted.errors import UsageError

__all__ = ["compare"]

_FORMATS = ("table", "csv", "xlsx", "json")


@click.command()
@click.argument("customers", metavar="LIST", type=click.Path(path_type=Path, dir_okay=False))
@reading_options
@click.option("--column", "columns", multiple=True, metavar='OURS="THEIRS"', help="Name a column; may be repeated.")
@click.option("--decimal-comma", is_flag=True, help="Read amounts such as 1.234,50.")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Default: the file's suffix, else a table.")
@click.option("-o", "--output", metavar="FILE", help="Write to this file (- for stdout).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; the same as --format json.")
def compare(
    customers: Path, path: Path, as_of: str | None, window: str | None, no_sync: bool, strict: bool,
    columns: Sequence[str], decimal_comma: bool, form: str | None, output: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Explain line by line why a list of customers (CSV or XLSX) differs from the worklist, ending at zero."""
    from unposted.cards.compare import compare_list
    from unposted.connectors.files.lists import read_list
    from unposted.connectors.keys import KeyMaker
    from unposted.domain.identity import Placeholders
    from unposted.store.database import disk_faults_told

    if not customers.is_file():
        raise UsageError("no-list", f"There is no file {customers}.", "Name the list: unposted compare LIST.xlsx")
    mapping = _mapping(columns)
    with opened(path, sync=not no_sync, as_of=as_of, window=window) as session:
        session.first_from(as_of, window)  # refuses a window that is none
        moment, workspace = session.standing(as_of)
        keys = KeyMaker(Placeholders(workspace.field_map.placeholders))
        listed = read_list(
            customers, customers.name, keys, workspace.reporting_currency, mapping, decimal_comma or None
        )  # fmt: skip
        with disk_faults_told():
            found = compare_list(session.store, workspace, listed, moment, window)
        if output is None and not as_json and form in {None, "table"}:
            from unposted.cli.explaining import print_comparison

            print_comparison(found)
        else:
            from unposted.exports.beside_tables import comparison_fields, comparison_tables
            from unposted.exports.tables import write_tables

            target = None if output in {None, "-"} else Path(str(output))
            asked, zone = "json" if as_json else form, workspace.timezone
            if write_tables(
                comparison_tables(found), comparison_fields(found), asked, target, zone, found.reading.as_of
            ):
                click.echo(f"written to {output}", err=True)
        refuse_quarantine(found.reading.quarantined, strict=strict)


def _mapping(written: Sequence[str]) -> dict[str, str]:
    """Read the --column options: our name, `=`, the header in the file."""
    from unposted.connectors.files.lists import LIST_COLUMNS

    found: dict[str, str] = {}
    for text in written:
        name, equals, header = text.partition("=")
        if name.strip() not in LIST_COLUMNS or not equals or not header.strip():
            raise UsageError(
                "bad-column", f"--column {text!r} names no column.",
                f'Write --column email="E-mail address"; ours are {", ".join(LIST_COLUMNS)}.',
            )  # fmt: skip
        found[name.strip()] = header.strip().strip('"')
    return found
