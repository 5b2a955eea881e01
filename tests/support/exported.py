"""Reads exports back, as the programs that people open them with do."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from unposted.cards.reading import Reading
from unposted.exports.csv_text import FOR_PEOPLE, CsvStyle, worklist_csv
from unposted.exports.xlsx_file import write_xlsx

__all__ = [
    "csv_table",
    "csv_table_of",
    "formula_payloads",
    "naughty_strings",
    "seen_by_calamine",
    "seen_by_openpyxl",
    "xlsx_of",
]

_SHARED = Path(os.environ.get("UNPOSTED_SHARED", str(Path(__file__).parents[3] / "shared")))


def csv_table(reading: Reading, style: CsvStyle = FOR_PEOPLE) -> list[dict[str, str]]:
    """Write a reading as CSV and read it back with the standard library."""
    return csv_table_of("".join(worklist_csv(reading, style)), style.separator)


def csv_table_of(text: str, separator: str = ",") -> list[dict[str, str]]:
    """Read a CSV, each line as its cells by header."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator, strict=True)
    header, *rest = list(lines)
    return [dict(zip(header, line, strict=True)) for line in rest]


def xlsx_of(reading: Reading, **options: Any) -> bytes:
    """Write a reading as a workbook in memory."""
    file = io.BytesIO()
    write_xlsx(reading, file, **options)
    return file.getvalue()


def seen_by_openpyxl(book: bytes, sheet: str = "Worklist") -> list[dict[str, Any]]:
    """Open a workbook with openpyxl; each line as its cell objects by header."""
    header, *rest = list(openpyxl.load_workbook(io.BytesIO(book))[sheet].iter_rows())
    return [dict(zip([cell.value for cell in header], line, strict=True)) for line in rest]


def seen_by_calamine(book: bytes, sheet: str = "Worklist") -> list[dict[str, Any]]:
    """Open a workbook with calamine; each line as its values by header."""
    header, *rest = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, header), line, strict=True)) for line in rest]


def naughty_strings() -> list[str]:
    """Return the shared big list of naughty strings; skips the test where it is missing."""
    encoded = json.loads(_shared("blns.base64.json").read_text(encoding="utf-8"))
    plain = json.loads(_shared("blns.json").read_text(encoding="utf-8"))
    return _distinct([*plain, *(base64.b64decode(text).decode(errors="replace") for text in encoded)])


def formula_payloads() -> list[str]:
    """Return the shared spreadsheet formula payloads; skips the test where they are missing."""
    with _shared("formula_injection.csv").open(encoding="utf-8", newline="") as file:
        return _distinct(line["payload"] for line in csv.DictReader(file))


def _shared(name: str) -> Path:
    path = _SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"the shared data file {name} is not here (set UNPOSTED_SHARED to its folder)")
    return path


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
