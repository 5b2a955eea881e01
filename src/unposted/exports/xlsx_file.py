"""The worklist as an Excel workbook: typed cells on `Worklist`, what they mean on `About`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO
from zoneinfo import ZoneInfo

from unposted.cards.reading import CurrencyAmount, Reading, Row
from unposted.domain.currencies import minor_digits
from unposted.domain.money import amount_text
from unposted.exports.about import facts_of
from unposted.exports.columns import Cell, Column, columns_of
from unposted.exports.safety import is_formula_like, sheet_safe

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from unposted.exports.tables import SheetTable

__all__ = ["write_sheets", "write_xlsx"]

_ROWS_OF_A_SHEET = 1_048_575  # Excel's 1,048,576 less the header
_CELL_LIMIT = 32_767  # UTF-16 units, as Excel counts characters
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_INEXACT_FROM = 10**15  # Excel shows fifteen digits
_FIRST_YEAR = 1900  # Excel's calendar begins here
_FROZEN_COLUMNS = 3  # rank, party and name stay in sight


def write_xlsx(
    reading: Reading, file: BinaryIO, scratch: Path | None = None, rows_of_a_sheet: int = _ROWS_OF_A_SHEET
) -> None:
    """Write all rows of a reading, and a sheet that tells what they are; the same reading gives the same bytes.

    Numbers are numbers, instants are the workspace zone's local date and time (whole seconds), all else is a string.
    `scratch` is the folder for passing files (default: the system's). Raises OSError when the disk refuses.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    with TemporaryDirectory(prefix=".unposted-", dir=scratch) as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
        book.set_properties({"title": reading.label, "created": reading.as_of.astimezone(UTC).replace(tzinfo=None)})
        pen = _Pen(book, ZoneInfo(reading.window.zone))
        try:
            _worklist(pen, reading, rows_of_a_sheet)
            _about(pen, reading)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from None
        finally:
            for sheet in pen.sheets:
                with suppress(OSError):
                    sheet.row_data_fh.close()


def write_sheets(tables: Sequence[SheetTable], file: BinaryIO, zone: ZoneInfo, as_of: datetime) -> None:
    """Write tables as sheets of a workbook, typed as the worklist's cells are; the same tables give the same bytes."""
    from xlsxwriter import Workbook

    with TemporaryDirectory(prefix=".unposted-") as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
        book.set_properties({"created": as_of.astimezone(UTC).replace(tzinfo=None)})
        pen = _Pen(book, zone)
        for table in tables:
            pen.turn_to(table.name)
            for place, (name, width) in enumerate(table.columns):
                pen.sheet.set_column(place, place, width)
                pen.head(place, name)
            pen.sheet.freeze_panes(1, 0)
            for line, row in enumerate(table.rows, start=1):
                for place, cell in enumerate(row):
                    pen.write(line, place, cell)
        book.close()


def _worklist(pen: _Pen, reading: Reading, size: int) -> None:
    columns = columns_of(reading)
    parts = [reading.rows[start : start + size] for start in range(0, len(reading.rows), size)] or [()]
    for number, rows in enumerate(parts, start=1):
        _sheet(pen, "Worklist" if number == 1 else f"Worklist {number}", columns, rows)
    if len(parts) > 1:
        pen.notes.append(f"The rows fill {len(parts)} sheets, because a sheet holds no more than {size} of them.")


def _sheet(pen: _Pen, name: str, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    pen.turn_to(name)
    for place, column in enumerate(columns):
        pen.sheet.set_column(place, place, column.width)
        pen.head(place, column.name)
    pen.sheet.freeze_panes(1, _FROZEN_COLUMNS)
    pen.sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            pen.write(line, place, column.cell(row))


def _about(pen: _Pen, reading: Reading) -> None:
    pen.turn_to("About")
    for place, (name, width) in enumerate((("what", 44), ("value", 70), ("blocked", 18), ("currency", 10))):
        pen.sheet.set_column(place, place, width)
        pen.head(place, name)
    pen.sheet.freeze_panes(1, 0)
    if pen.cut:
        pen.notes.append(f"{pen.cut} cells were longer than Excel allows and are cut; they end in an ellipsis.")
    for line, fact in enumerate(facts_of(reading, tuple(pen.notes)), start=1):
        pen.write(line, 0, fact.what)
        pen.write(line, 1, fact.value)
        pen.write(line, 2, fact.blocked)
        if isinstance(fact.blocked, CurrencyAmount):
            pen.write(line, 3, fact.blocked.currency)


class _Pen:
    """Writes cells by their type, and remembers what it had to change."""

    def __init__(self, book: Workbook, zone: ZoneInfo) -> None:
        self.book = book
        self.zone = zone
        self.sheets: list[Worksheet] = []
        self.notes: list[str] = []
        self.cut = 0
        self._sheet_class = _plain_sheet()
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._text = book.add_format({"num_format": "@", "valign": "top"})
        self._guarded = book.add_format({"num_format": "@", "valign": "top", "quote_prefix": True})
        self._number = book.add_format({"num_format": "0", "valign": "top"})
        self._time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"})
        self._money: dict[int, Any] = {}

    @property
    def sheet(self) -> Worksheet:
        return self.sheets[-1]

    def turn_to(self, name: str) -> None:
        self.sheets.append(self.book.add_worksheet(name, self._sheet_class))

    def head(self, place: int, name: str) -> None:
        self.sheet.write_string(0, place, name, self._bold)

    def write(self, line: int, place: int, cell: Cell) -> None:
        match cell:
            case None | "":
                pass  # an empty cell, which a spreadsheet's filter calls blank
            case str():
                self._write_text(line, place, cell)
            case bool():
                self.sheet.write_boolean(line, place, cell)
            case int():
                self.sheet.write_number(line, place, cell, self._number)
            case CurrencyAmount():
                self._write_money(line, place, cell)
            case datetime():
                self._write_time(line, place, cell.astimezone(self.zone).replace(microsecond=0))

    def _write_text(self, line: int, place: int, text: str) -> None:
        safe = sheet_safe(text)
        shown = _fitting(safe)
        self.cut += shown != safe
        self.sheet.write_string(line, place, shown, self._guarded if is_formula_like(shown) else self._text)

    def _write_money(self, line: int, place: int, amount: CurrencyAmount) -> None:
        """Write a number; an amount of more digits than Excel shows is written as its exact text."""
        exact = amount_text(amount.units, amount.currency)
        if abs(amount.units) >= _INEXACT_FROM:
            self._write_text(line, place, exact)
            return
        digits = minor_digits(amount.currency)
        look = self._money.get(digits) or self._money.setdefault(digits, self._money_format(digits))
        self.sheet.write_number(line, place, float(exact), look)

    def _money_format(self, digits: int) -> Any:
        return self.book.add_format({"num_format": "#,##0" + "." * (digits > 0) + "0" * digits, "valign": "top"})

    def _write_time(self, line: int, place: int, local: datetime) -> None:
        if local.year < _FIRST_YEAR:
            self._write_text(line, place, local.isoformat())
        else:
            self.sheet.write_datetime(line, place, local.replace(tzinfo=None), self._time)


def _fitting(text: str) -> str:
    """Cut text that is longer than a cell may be, and end it in an ellipsis."""
    if len(text.encode("utf-16-le")) // 2 <= _CELL_LIMIT:
        return text
    return text.encode("utf-16-le")[: (_CELL_LIMIT - 1) * 2].decode("utf-16-le", "ignore") + "…"


def _plain_sheet() -> type[Worksheet]:
    """Make the kind of sheet whose strings are only ever strings, and whose numbers are exact."""
    from xlsxwriter.worksheet import Worksheet

    class PlainSheet(Worksheet):  # type: ignore[misc, unused-ignore]
        """A sheet that never takes text for markup or for an escape, and never bends a number."""

        @staticmethod
        def _escape_control_characters(data: str | int) -> str | int:
            """Escape text that looks like Excel's own `_xHHHH_` escape, also where two of them share an underscore."""
            return _ESCAPE_LOOKALIKE.sub("_x005F_", data) if isinstance(data, str) else data

        def _xml_number_element(self, number: float, attributes: list[tuple[str, Any]]) -> None:
            """Write the shortest text that is this very number: 99.99, where sixteen digits say 99.98999999999999."""
            told = "".join(f' {name}="{value}"' for name, value in attributes)
            self.fh.write(f"<c{told}><v>{number!r}</v></c>")

        def _xml_rich_inline_string(self, string: str, attributes: list[tuple[str, Any]]) -> None:
            """Write text between `<r>` and `</r>` as the text it is: this product writes no rich strings."""
            self._xml_inline_string(string, False, attributes)

    return PlainSheet
