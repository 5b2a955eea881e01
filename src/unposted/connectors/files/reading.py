"""Reads one source file: what it is, and its records as a stream."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from unposted.collector import without_collector
from unposted.connectors.files.compression import open_bytes
from unposted.connectors.files.csv_tables import read_csv
from unposted.connectors.files.encoding import wide_encoding
from unposted.connectors.files.faults import damaged, empty
from unposted.connectors.files.grids import Grid, column_places
from unposted.connectors.files.json_items import read_json
from unposted.connectors.files.recognition import Source, json_format, table_format
from unposted.connectors.files.workbooks import WORKBOOK_STARTS, read_workbook
from unposted.connectors.formats import Bad, Context, Item, RawItem, Stream, Table
from unposted.errors import SourceFileError

__all__ = ["FileReading", "read_file"]

_BROKEN = (EOFError, OSError, zlib.error)
_TO_RECOGNISE = 1000
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file is (in words, for people) and its records and bad records, read while they are asked for."""

    format_name: str
    items: Iterator[Item]


def read_file(path: Path, shown: str, platform: str, stream: Stream, context: Context) -> FileReading:
    """Recognise a file and stream its records; `shown` is the file's name as the user wrote it.

    Raises SourceFileError at once when the file is empty, of another platform or unknown, and from `items` when it
    turns out to be cut. A bad record is a `Bad` among the items.
    """
    source = Source(shown, platform, stream)
    bad: list[Bad] = []
    kind = _kind(path, shown)
    if kind == "json":
        return _json_reading(read_json(path, shown, stream, bad), source, context, bad)
    if kind == "workbook":
        grids = read_workbook(path, shown, context.decimal_comma is True)
    else:
        grids = [read_csv(path, shown, bad)]
    return _table_reading(grids, source, context, bad)


def _kind(path: Path, shown: str) -> str:
    try:
        with open_bytes(path, shown) as file:
            head = file.read(_HEAD)
            blank = not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
            while blank and (more := file.read(_HEAD)):
                blank = not more.strip(b"\x00 \t\r\n")
                head += more
    except _BROKEN as error:
        raise damaged(shown, 0, error) from error
    if blank:
        raise empty(shown)
    if head.startswith(WORKBOOK_STARTS):
        return "workbook"
    wide = wide_encoding(head[:1024])
    text = head[: len(head) // 2 * 2].decode(wide.codec, "replace") if wide else head.decode("latin-1")
    return "json" if text.lstrip("\ufeff\xef\xbb\xbf \t\r\n")[:1] in {"{", "["} else "csv"


def _json_reading(items: Iterator[RawItem], source: Source, context: Context, bad: list[Bad]) -> FileReading:
    first = list(islice(items, _TO_RECOGNISE))
    if not first and not bad:
        return FileReading("an empty page of JSON", iter(()))
    chosen = json_format(first, source)
    return FileReading(chosen.name, _with_bad(chosen.decode(chain(first, items), context), bad))


def _table_reading(grids: list[Grid], source: Source, context: Context, bad: list[Bad]) -> FileReading:
    """Read the first grid that is recognised; a workbook may have others before it."""
    faults: list[SourceFileError] = []
    for grid in grids:
        try:
            chosen, header = table_format(column_places(grid.header), source, context)
        except SourceFileError as error:
            faults.append(error)
        else:
            return FileReading(chosen.name, _with_bad(chosen.decode(Table(header, grid.rows), context), bad))
    raise faults[0]


def _with_bad(items: Iterator[Item], bad: list[Bad]) -> Iterator[Item]:
    """Put what the reader itself found bad among the decoder's items, about in its place."""
    with without_collector():
        for item in items:
            if bad:
                yield from bad
                bad.clear()
            yield item
        yield from bad
