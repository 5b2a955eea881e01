"""Reads CSV text into a header and rows of cells, as a stream.

A row without quotes is split directly, which is several times faster than the csv module; a row with a quote goes
through it, so quoted separators, doubled quotes and line breaks mean what they always mean.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from unposted.connectors.files.faults import cut, damaged, empty
from unposted.connectors.files.grids import Grid, Row
from unposted.connectors.files.separators import sniff_separator
from unposted.connectors.files.text_lines import TextLines
from unposted.connectors.formats import Bad

__all__ = ["read_csv", "rows_from"]

_LARGEST_CELL = 1 << 24
_STRANGE = re.compile("[\ud800-\udfff]")
_BROKEN = (EOFError, OSError, zlib.error, UnicodeDecodeError)


def read_csv(path: Path, shown: str, bad: list[Bad]) -> Grid:
    """Open a CSV file; rows that cannot be used (wrong number of cells, bytes that are no text) go to `bad`."""
    csv.field_size_limit(_LARGEST_CELL)
    text = TextLines(path, shown)
    lines = iter(text)
    try:
        number, separator, header = _header(lines, shown)
    except _BROKEN as error:
        raise damaged(shown, 0, error) from error
    rows = _rows(lines, text, _QuotedRows(lines, separator, shown), len(header), number, bad)
    return Grid(header, rows, separator, number)


def rows_from(text: TextLines, shape: Grid, number: int, bad: list[Bad]) -> Iterator[Row]:
    """Read the rows of a part of a table whose shape is known; `number` lines stand before it."""
    csv.field_size_limit(_LARGEST_CELL)
    lines = iter(text)
    return _rows(lines, text, _QuotedRows(lines, shape.separator, text.shown), len(shape.header), number, bad)


def _header(lines: Iterator[str], shown: str) -> tuple[int, str, list[str]]:
    """Read up to the header row: its last line's number, the separator and the cells."""
    separator = None
    for number, line in enumerate(lines, 1):
        if not line.strip("\ufeff \t\r\n,;"):
            continue
        if number == 1 and re.fullmatch(r"sep=[,;\t]", line.strip("\ufeff\r\n "), re.IGNORECASE):
            separator = line.strip("\ufeff\r\n ")[-1]
            continue
        separator = separator or sniff_separator(line)
        quoted = _QuotedRows(lines, separator, shown)
        cells = quoted.row(line.removeprefix("\ufeff"), number)
        return number + quoted.extra, separator, cells
    raise empty(shown)


def _rows(  # noqa: C901, PLR0912 - one loop for every row of the file: a call a row would cost a third of the speed
    lines: Iterator[str], text: TextLines, quoted: _QuotedRows, width: int, number: int, bad: list[Bad]
) -> Iterator[Row]:
    """Split each line; a short row waits for the next, because as the last row it means that the file is cut."""
    separator, shown = quoted.separator, quoted.shown
    short: Bad | None = None
    try:
        for line in lines:
            number += 1
            first = number
            if '"' not in line:
                cells = line.split(separator)
            elif (split := _split_quoted(line, separator)) is not None:
                cells = split
            else:
                cells = quoted.row(line, number)
                number += quoted.extra
            if len(cells) != width:
                cells = _without_blank_end(cells, width)
            if not cells or (not cells[0] and not any(cells)):
                continue
            if short is not None:
                bad.append(short)
                short = None
            if len(cells) < width:
                short = _wrong_width(first, cells, width)
            elif len(cells) > width:
                bad.append(_wrong_width(first, cells, width))
            elif text.strange and _is_strange(cells):
                bad.append(Bad(first, None, "bad-encoding", "the row holds bytes that are no valid text"))
            else:
                yield first, cells
    except _BROKEN as error:
        raise damaged(shown, number, error) from error
    if short is not None:
        raise cut(shown, f"its last row, line {short.line}, stops early ({short.reason})")


def _split_quoted(line: str, separator: str) -> list[str] | None:
    """Split a line in which each quote opens or ends a cell; None when a quote means anything else."""
    parts = line.split('"')
    if len(parts) % 2 == 0 or (parts[0] and parts[0][-1] != separator):
        return None
    cells = parts[0][:-1].split(separator) if parts[0] else []
    for place in range(1, len(parts) - 2, 2):
        cells.append(parts[place])
        between = parts[place + 1]
        if between == separator:
            continue
        if len(between) < 2 or between[0] != separator or between[-1] != separator:
            return None
        cells += between[1:-1].split(separator)
    cells.append(parts[-2])
    if parts[-1]:
        if parts[-1][0] != separator:
            return None
        cells += parts[-1][1:].split(separator)
    return cells


def _without_blank_end(cells: list[str], width: int) -> list[str]:
    """Take away blank cells beyond the header's; all of them when the whole line is blank."""
    if not any(cell.strip() for cell in cells):
        return []
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells


def _wrong_width(line: int, cells: list[str], width: int) -> Bad:
    return Bad(line, None, "bad-row", f"the row has {len(cells)} cells, the header has {width}")


def _is_strange(cells: list[str]) -> bool:
    return any(not cell.isascii() and _STRANGE.search(cell) for cell in cells)


class _QuotedRows:
    """Reads single rows through the csv module, which takes further lines while a quote is open.

    `extra` is how many further lines the last row took, `shown` the file's name.
    """

    def __init__(self, lines: Iterator[str], separator: str, shown: str) -> None:
        """Share the file's line iterator."""
        self.extra = 0
        self.separator = separator
        self.shown = shown
        self._lines = lines
        self._first: str | None = None
        self._ended = False
        self._reader = csv.reader(self._feed(), delimiter=separator)

    def row(self, line: str, number: int) -> list[str]:
        """Read the row that starts with this line; a quote that never closes means that the file is cut."""
        self._first = line
        self.extra = 0
        try:
            cells = next(self._reader)
        except csv.Error as error:
            raise cut(self.shown, f"a quote that opens in line {number} never closes") from error
        if self._ended:
            raise cut(self.shown, f"it ends inside the quotes that open in line {number}")
        return cells

    def _feed(self) -> Iterator[str]:
        while True:
            if self._first is not None:
                line, self._first = self._first, None
                yield _for_csv(line)
                continue
            following = next(self._lines, None)
            if following is None:
                self._ended = True
                return
            self.extra += 1
            yield _for_csv(following)


def _for_csv(line: str) -> str:
    """Give a line its end again; a carriage return inside it, which the csv module refuses, becomes a blank."""
    return line.replace("\r", " ") + "\n"
