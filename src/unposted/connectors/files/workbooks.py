"""Reads XLSX (and XLS, ODS) sheets into a header and rows of text cells."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from unposted.connectors.files.compression import open_bytes
from unposted.connectors.files.faults import cut, empty
from unposted.connectors.files.grids import Grid, Row
from unposted.errors import SourceFileError

__all__ = ["WORKBOOK_STARTS", "cell_text", "read_workbook"]

WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_Cell: TypeAlias = str | float | bool | date | time | datetime | timedelta


def read_workbook(path: Path, shown: str, decimal_comma: bool) -> list[Grid]:
    """Open a workbook: one grid for each sheet that is not empty, in order.

    The header is a sheet's first row that is not empty; cells are text, numbers with the decimal sign asked for.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    with open_bytes(path, shown) as file:
        content = file.read()
    _check_archive(content, shown)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [workbook.get_sheet_by_name(name).iter_rows() for name in workbook.sheet_names]
    except PasswordError as error:
        raise SourceFileError(
            "protected-file", f"{shown} is protected by a password.", "Save it without a password."
        ) from error
    except CalamineError as error:
        raise cut(shown, "the workbook is broken and cannot be opened") from error
    grids = [grid for grid in (_grid(sheet, decimal_comma) for sheet in sheets) if grid is not None]
    if not grids:
        raise empty(shown)
    return grids


def _check_archive(content: bytes, shown: str) -> None:
    if not content.startswith(WORKBOOK_STARTS[0]):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise cut(shown, "the workbook's archive is damaged or has no end") from error
    if broken is not None:
        raise cut(shown, "the workbook's archive is damaged")
    if not any(name.startswith("xl/") or name == "mimetype" for name in names):
        raise SourceFileError(
            "unknown-format", f"{shown} is a zip archive, not a table.", "Unpack it and name the file."
        )


def _grid(sheet: Iterator[Sequence[_Cell]], decimal_comma: bool) -> Grid | None:
    for number, row in enumerate(sheet, 1):
        header = [cell_text(cell, decimal_comma) for cell in row]
        if any(cell.strip() for cell in header):
            return Grid(header, _rows(sheet, number, decimal_comma))
    return None


def _rows(sheet: Iterator[Sequence[_Cell]], number: int, decimal_comma: bool) -> Iterator[Row]:
    for line, row in enumerate(sheet, number + 1):
        cells = [cell_text(cell, decimal_comma) for cell in row]
        if any(cells):
            yield line, cells


def cell_text(cell: _Cell, decimal_comma: bool = False) -> str:
    """Write a cell as text: whole numbers without a fraction, dates in ISO 8601, booleans as true or false."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        text = str(int(cell)) if float(cell).is_integer() else repr(cell)
        return text.replace(".", ",") if decimal_comma else text
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
