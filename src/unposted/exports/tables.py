"""Plain tables of typed cells, as CSV, XLSX or JSON: what stands beside a reading, and comparisons."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from unposted.errors import UsageError
from unposted.exports.columns import Cell
from unposted.exports.csv_text import FOR_PEOPLE, PLAIN, CsvStyle, csv_line
from unposted.exports.safety import json_safe
from unposted.exports.write import format_of, write_file
from unposted.exports.xlsx_file import write_sheets

__all__ = ["SheetTable", "json_document", "table_csv", "write_tables"]


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One table: its name, its columns with their widths in characters, and its rows of cells."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Iterable[Sequence[Cell]]


def json_document(document: Mapping[str, Any]) -> str:
    """Write a document as every JSON of the product is written: indented, safe on a terminal, ending in a line end."""
    return json_safe(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def table_csv(table: SheetTable, zone: ZoneInfo, style: CsvStyle = FOR_PEOPLE) -> Iterator[str]:
    """Write one header line and one line a row; text that a spreadsheet could take for a formula is neutralised."""
    yield ("\ufeff" if style.bom else "") + csv_line([name for name, _ in table.columns], style, zone)
    for row in table.rows:
        yield csv_line(row, style, zone)


def write_tables(
    tables: Sequence[SheetTable],
    document: Mapping[str, Any],
    asked: str | None,
    target: Path | None,
    zone: ZoneInfo,
    as_of: datetime,
    stdout: BinaryIO | None = None,
) -> bool:
    """Write tables: XLSX holds all of them, CSV the first, JSON the document; `target` None or `-` is standard output.

    Returns True for a file, False for standard output. Raises UsageError when it cannot be.
    """
    form = format_of(asked, target)
    path = None if target is None or str(target) == "-" else target
    if form == "table":
        raise UsageError("format-not-for-files", "A table is for the screen.", "Use --format csv, xlsx or json.")
    if form == "xlsx" and path is None:
        raise UsageError("format-not-for-stdout", "An Excel workbook needs a file.", "Name one: -o compared.xlsx")

    def body(file: BinaryIO) -> None:
        if form == "csv":
            style = FOR_PEOPLE if path else PLAIN
            file.writelines(line.encode() for line in table_csv(tables[0], zone, style))
        elif form == "json":
            file.write(json_document(document).encode())
        else:
            write_sheets(tables, file, zone, as_of)

    if path is not None:
        write_file(path, body)
        return True
    stream = stdout or sys.stdout.buffer
    body(stream)
    stream.flush()
    return False
