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
from unposted.connectors.files.divided import divided_items
from unposted.connectors.files.division import Found, Help, division_of, help_here
from unposted.connectors.files.encoding import wide_encoding
from unposted.connectors.files.faults import damaged, empty
from unposted.connectors.files.grids import Grid, column_places
from unposted.connectors.files.json_items import read_json
from unposted.connectors.files.part_reading import with_bad
from unposted.connectors.files.recognition import Source, json_format, table_format
from unposted.connectors.files.workbooks import WORKBOOK_STARTS, read_workbook
from unposted.connectors.formats import Bad, Context, Item, RawItem, Stream, Table
from unposted.errors import SourceFileError

__all__ = ["FileReading", "read_file", "read_grids"]

_BROKEN = (EOFError, OSError, zlib.error)
_TO_RECOGNISE = 1000
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file is (in words, for people) and its records and bad records, read while they are asked for."""

    format_name: str
    items: Iterator[Item]


def read_file(
    path: Path, shown: str, platform: str, stream: Stream, context: Context, given: Help | None = None
) -> FileReading:
    """Recognise a file and stream its records; `shown` is the file's name as the user wrote it.

    Big plain files are read with the help of other processes, as many as this machine has room for, or as `given`
    says; the records, their order and what is bad are the same. Raises SourceFileError at once when the file is empty,
    of another platform or unknown, and from `items` when it turns out to be cut. A bad record is a `Bad` among the
    items.
    """
    source = Source(shown, platform, stream)
    bad: list[Bad] = []
    try:
        found = _found(path, source, context, bad)
    except SourceFileError as error:
        raise error.with_traceback(None) from None  # the frames below hold the open file
    if found is None:
        return FileReading("JSON without a readable record" if bad else "an empty page of JSON", iter(bad))
    division = division_of(path, source, found, context, given or help_here())
    items = with_bad(found.items, bad) if division is None else divided_items(division, context)
    return FileReading(found.form.name, _spared(items))


def read_grids(path: Path, shown: str, bad: list[Bad], decimal_comma: bool) -> list[Grid]:
    """Read a table whatever it holds: a CSV's one grid, or each sheet's; rows that cannot be used go to `bad`."""
    kind = _kind(path, shown)
    if kind == "json":
        raise SourceFileError("unknown-format", f"{shown} is JSON, not a table.", "Save it as CSV or XLSX.")
    return read_workbook(path, shown, decimal_comma) if kind == "workbook" else [read_csv(path, shown, bad)]


def _found(path: Path, source: Source, context: Context, bad: list[Bad]) -> Found | None:
    kind = _kind(path, source.shown)
    if kind == "json":
        return _json(read_json(path, source.shown, source.stream, bad), source, context)
    if kind == "workbook":
        return _table(read_workbook(path, source.shown, context.decimal_comma is True), source, context)
    return _table([read_csv(path, source.shown, bad)], source, context)


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


def _json(items: Iterator[RawItem], source: Source, context: Context) -> Found | None:
    first = list(islice(items, _TO_RECOGNISE))
    if not first:
        return None
    form = json_format(first, source)
    return Found(form, form.decode(chain(first, items), context))


def _table(grids: list[Grid], source: Source, context: Context) -> Found:
    """Find the first grid that is recognised; a workbook may have others before it."""
    faults: list[SourceFileError] = []
    for grid in grids:
        try:
            form, places = table_format(column_places(grid.header), source, context)
        except SourceFileError as error:
            faults.append(error)
            continue
        first = next(grid.rows, None)
        rows = grid.rows if first is None else chain([first], grid.rows)
        return Found(form, form.decode(Table(places, rows), context), grid, first)
    raise faults[0]


def _spared(items: Iterator[Item]) -> Iterator[Item]:
    with without_collector():
        yield from items
