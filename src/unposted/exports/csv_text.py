"""The worklist as CSV: for people's spreadsheets by default, plain for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from unposted.cards.reading import CurrencyAmount, Reading
from unposted.domain.money import amount_text
from unposted.exports.columns import Cell, columns_of
from unposted.exports.safety import formula_safe, whole

__all__ = ["FOR_GERMAN_EXCEL", "FOR_PEOPLE", "PLAIN", "CsvStyle", "csv_line", "worklist_csv"]

_NEEDS_QUOTES = re.compile(r'[",;\t\r\n]|^\s|\s$')


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How a CSV is written: `separator`, `decimal_comma`, a byte order mark (Excel needs it to see UTF-8), line end."""

    separator: str = ","
    decimal_comma: bool = False
    bom: bool = True
    line_end: str = "\r\n"


FOR_PEOPLE = CsvStyle()
FOR_GERMAN_EXCEL = CsvStyle(separator=";", decimal_comma=True)
PLAIN = CsvStyle(bom=False, line_end="\n")


def worklist_csv(reading: Reading, style: CsvStyle = FOR_PEOPLE) -> Iterator[str]:
    """Write one header line and one line a row, all rows, as pieces of text.

    Amounts are plain decimals with the currency's minor digits, instants ISO 8601 with the workspace zone's offset,
    lists are joined by `; `. Text that a spreadsheet could take for a formula gets an apostrophe; numbers never do.
    """
    columns = columns_of(reading)
    zone = ZoneInfo(reading.window.zone)
    yield ("\ufeff" if style.bom else "") + _line([_quoted(column.name) for column in columns], style)
    for row in reading.rows:
        yield _line([_cell(column.cell(row), style, zone) for column in columns], style)


def csv_line(cells: Sequence[Cell], style: CsvStyle, zone: ZoneInfo) -> str:
    """Write one line of typed cells, as `worklist_csv` writes its own."""
    return _line([_cell(cell, style, zone) for cell in cells], style)


def _line(cells: list[str], style: CsvStyle) -> str:
    return style.separator.join(cells) + style.line_end


def _cell(cell: Cell, style: CsvStyle, zone: ZoneInfo) -> str:
    match cell:
        case None:
            return ""
        case str():
            return _quoted(formula_safe(whole(cell)))
        case bool():
            return "true" if cell else "false"
        case CurrencyAmount():
            amount = amount_text(cell.units, cell.currency)
            return _quoted(amount.replace(".", ",")) if style.decimal_comma else amount
        case datetime():
            return cell.astimezone(zone).isoformat()
        case int():
            return str(cell)


def _quoted(text: str) -> str:
    """Quote what any usual separator could split; before Python 3.13 the library's writer leaves a lone CR bare."""
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
