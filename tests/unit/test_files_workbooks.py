"""Workbooks: cells become the text that a CSV of the same table would have."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from unposted.connectors.files.workbooks import cell_text, read_workbook
from unposted.errors import SourceFileError


def _workbook(*sheets: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    for rows in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def _path(folder: Path, content: bytes) -> Path:
    path = folder / "x.xlsx"
    path.write_bytes(content)
    return path


def test_cells_are_text_and_lines_are_the_sheets(tmp_path: Path) -> None:
    """The header is the first row that is not empty; blank rows are passed over, row numbers are those on screen."""
    rows: list[list[Any]] = [
        [],
        ["No.", "Name", "Since", "Open", "Amount"],
        ["00042", "Zoë", date(2026, 4, 10), True, 12.5],
        [],
        [42],
    ]
    (grid,) = read_workbook(_path(tmp_path, _workbook(rows)), "x.xlsx", decimal_comma=False)
    assert list(grid.header) == ["No.", "Name", "Since", "Open", "Amount"]
    assert [(line, list(cells)) for line, cells in grid.rows] == [
        (3, ["00042", "Zoë", "2026-04-10", "true", "12.5"]),
        (5, ["42", "", "", "", ""]),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(5.0, "5"), (0.1, "0.1"), (1e15, "1000000000000000"), (-2.5, "-2.5"), (True, "true"), (False, "false"), ("", ""),
     (datetime.fromisoformat("2026-04-10T09:30"), "2026-04-10T09:30:00"), ("=1+1", "=1+1")],
)  # fmt: skip
def test_a_cell_is_written_as_people_would(cell: Any, text: str) -> None:
    """Whole numbers without a fraction, dates the ISO way."""
    assert cell_text(cell) == text


def test_numbers_take_the_decimal_sign_that_the_source_reads(tmp_path: Path) -> None:
    """A source with decimal commas has them in its text cells; its number cells must not mean something else."""
    (grid,) = read_workbook(_path(tmp_path, _workbook([["Amount"], [1234.5]])), "x.xlsx", decimal_comma=True)
    assert [list(cells) for _, cells in grid.rows] == [["1234,5"]]


def test_every_sheet_that_is_not_empty_is_a_table(tmp_path: Path) -> None:
    """A cover sheet may stand before the list."""
    grids = read_workbook(_path(tmp_path, _workbook([], [["Notes"]], [["No."], ["1"]])), "x.xlsx", decimal_comma=False)
    assert [list(grid.header) for grid in grids] == [["Notes"], ["No."]]


def test_a_workbook_with_no_cell_is_empty(tmp_path: Path) -> None:
    """There is no header."""
    with pytest.raises(SourceFileError) as raised:
        read_workbook(_path(tmp_path, _workbook([])), "x.xlsx", decimal_comma=False)
    assert raised.value.code == "file-empty"


def test_a_workbook_without_its_end_is_cut(tmp_path: Path) -> None:
    """The list of its parts stands at the end."""
    with pytest.raises(SourceFileError, match=r"x\.xlsx is cut off") as raised:
        read_workbook(_path(tmp_path, _workbook([["a"], [1]])[:-100]), "x.xlsx", decimal_comma=False)
    assert raised.value.code == "file-cut"


def test_a_workbook_with_damaged_bytes_is_cut(tmp_path: Path) -> None:
    """The archive's check sums tell."""
    content = bytearray(_workbook([["a"], *[[number] for number in range(500)]]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 200
    content[place : place + 20] = bytes(20)
    with pytest.raises(SourceFileError, match="cut off"):
        read_workbook(_path(tmp_path, bytes(content)), "x.xlsx", decimal_comma=False)


def test_another_archive_is_no_table(tmp_path: Path) -> None:
    """A zipped CSV must be unpacked first, and the error says so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("orders.csv", "Name,Total\n")
    with pytest.raises(SourceFileError, match="zip archive") as raised:
        read_workbook(_path(tmp_path, out.getvalue()), "x.xlsx", decimal_comma=False)
    assert raised.value.code == "unknown-format"
