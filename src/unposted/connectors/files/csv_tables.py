"""Reads CSV text into a header and rows of cells, as a stream.

A row without quotes is split directly, which is several times faster than the csv module; a row with a quote goes
through it, so quoted separators, doubled quotes and line breaks mean what they always mean.
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from unposted.connectors.files.compression import open_bytes
from unposted.connectors.files.encoding import TextEncoding, detect
from unposted.connectors.files.faults import cut, damaged, empty
from unposted.connectors.files.grids import Grid, Row
from unposted.connectors.files.separators import sniff_separator
from unposted.connectors.formats import Bad

__all__ = ["read_csv"]

_LARGEST_CELL = 1 << 24
_STRANGE = re.compile("[\ud800-\udfff]")
_BROKEN = (EOFError, OSError, zlib.error, UnicodeDecodeError)


def read_csv(path: Path, shown: str, bad: list[Bad]) -> Grid:
    """Open a CSV file; rows that cannot be used (wrong number of cells, bytes that are no text) go to `bad`."""
    csv.field_size_limit(_LARGEST_CELL)
    try:
        with open_bytes(path, shown) as file:
            encoding = detect(file)
    except _BROKEN as error:
        raise damaged(shown, 0, error) from error
    lines = _lines(path, shown, encoding)
    number, separator, header = _header(lines, shown)
    quoted = _QuotedRows(lines, separator, shown)
    rows = _rows(lines, number, quoted, len(header), bad)
    return Grid(header, rows if encoding.clean else _without_strange(rows, bad))


def _lines(path: Path, shown: str, encoding: TextEncoding) -> Iterator[str]:
    with io.TextIOWrapper(open_bytes(path, shown), encoding.codec, encoding.errors) as file:
        yield from file


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


def _rows(lines: Iterator[str], number: int, quoted: _QuotedRows, width: int, bad: list[Bad]) -> Iterator[Row]:
    separator, shown = quoted.separator, quoted.shown
    short: Bad | None = None
    try:
        for line in lines:
            number += 1
            first = number
            if '"' in line:
                cells = quoted.row(line, number)
                number += quoted.extra
            else:
                cells = (line[:-1] if line[-1] == "\n" else line).split(separator)
            if len(cells) != width:
                cells = _without_blank_end(cells, width)
            if not cells or (not cells[0] and not any(cells)):
                continue
            if short is not None:
                bad.append(short)
                short = None
            if len(cells) == width:
                yield first, cells
            elif len(cells) > width:
                bad.append(_wrong_width(first, cells, width))
            else:
                short = _wrong_width(first, cells, width)
    except _BROKEN as error:
        raise damaged(shown, number, error) from error
    if short is not None:
        raise cut(shown, f"its last row, line {short.line}, stops early ({short.reason})")


def _without_blank_end(cells: list[str], width: int) -> list[str]:
    """Take away blank cells beyond the header's; all of them when the whole line is blank."""
    if not any(cell.strip() for cell in cells):
        return []
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells


def _wrong_width(line: int, cells: list[str], width: int) -> Bad:
    return Bad(line, None, "bad-row", f"the row has {len(cells)} cells, the header has {width}")


def _without_strange(rows: Iterator[Row], bad: list[Bad]) -> Iterator[Row]:
    """Take out rows with bytes that are no text in the file's encoding; they arrive as lone surrogates."""
    for line, cells in rows:
        if any(not cell.isascii() and _STRANGE.search(cell) for cell in cells):
            bad.append(Bad(line, None, "bad-encoding", "the row holds bytes that are no valid text"))
        else:
            yield line, cells


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
                yield line
                continue
            following = next(self._lines, None)
            if following is None:
                self._ended = True
                return
            self.extra += 1
            yield following
