"""`unposted bridge` and `unposted sensitivity`: how the number comes about, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unposted.cli.session import opened, reading_options, refuse_quarantine

if TYPE_CHECKING:
    from unposted.cards.reading import Reading
    from unposted.exports.tables import SheetTable

__all__ = ["bridge", "sensitivity"]

_FORMATS = ("table", "csv", "xlsx", "json")
_form = click.option("--format", "form", type=click.Choice(_FORMATS), help="Default: the file's suffix, else a table.")
_output = click.option("-o", "--output", metavar="FILE", help="Write to this file (- for stdout).")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object; the same as --format json.")
_rows = click.option("--rows", is_flag=True, help="List everybody in each step.")


@click.command()
@reading_options
@_form
@_output
@_json
@_rows
def bridge(
    path: Path, as_of: str | None, window: str | None, no_sync: bool, strict: bool, form: str | None,
    output: str | None, as_json: bool, rows: bool,
) -> None:  # fmt: skip
    """Explain the number from everyone with an order or quote in the window down to the absent, step by step."""
    from unposted.exports.beside_tables import bridge_tables
    from unposted.exports.json_beside import bridge_field

    with opened(path, sync=not no_sync, as_of=as_of, window=window) as session:
        explained = session.explained(as_of, window, ("bridge",))
        currency = explained.reading.blocked.currency
        if _is_screen(form, output, as_json):
            from unposted.cli.explaining import print_bridge

            print_bridge(explained.bridge, currency, with_rows=rows)
        else:
            fields = {"bridge": bridge_field(explained.bridge, currency)}
            _write(explained.reading, bridge_tables(explained.bridge, currency), fields, form, output, as_json)
        refuse_quarantine(explained.reading.quarantined, strict=strict)


@click.command()
@reading_options
@_form
@_output
@_json
@click.option("--rows", is_flag=True, help="List everybody who flips under each choice of keys.")
def sensitivity(
    path: Path, as_of: str | None, window: str | None, no_sync: bool, strict: bool, form: str | None,
    output: str | None, as_json: bool, rows: bool,
) -> None:  # fmt: skip
    """Show the number under every other choice of keys, who would flip, and how well each key is filled."""
    from unposted.exports.beside_tables import sensitivity_tables
    from unposted.exports.json_beside import sensitivity_fields

    with opened(path, sync=not no_sync, as_of=as_of, window=window) as session:
        explained = session.explained(as_of, window, ("sensitivity",))
        currency, found = explained.reading.blocked.currency, explained.sensitivity
        assert found is not None
        if _is_screen(form, output, as_json):
            from unposted.cli.explaining import print_flips, print_sensitivity

            print_sensitivity(found, currency)
            if rows:
                print_flips(found.policies, currency)
        else:
            tables, fields = sensitivity_tables(found, currency), sensitivity_fields(found, currency)
            _write(explained.reading, tables, fields, form, output, as_json)
        refuse_quarantine(explained.reading.quarantined, strict=strict)


def _is_screen(form: str | None, output: str | None, as_json: bool) -> bool:
    return output is None and not as_json and form in {None, "table"}


def _write(
    reading: Reading, tables: Sequence[SheetTable], fields: Mapping[str, Any], form: str | None, output: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    from zoneinfo import ZoneInfo

    from unposted.exports.json_text import head_fields
    from unposted.exports.tables import write_tables

    target = None if output in {None, "-"} else Path(str(output))
    document = {**head_fields(reading), **fields}
    asked = "json" if as_json else form
    if write_tables(tables, document, asked, target, ZoneInfo(reading.window.zone), reading.as_of):
        click.echo(f"written to {output}", err=True)
