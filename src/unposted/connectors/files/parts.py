"""Cuts a big plain file into parts that can be read on their own, at the ends of rows or lines."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

__all__ = ["Part", "line_end", "open_part", "parts_of", "rest_after", "row_end"]

_LONGEST_HEAD = 1 << 20
_TRIES = 1000


class Part(NamedTuple):
    """A range of a file's bytes and how many lines stand before it; `length` -1 goes on to the file's end."""

    offset: int
    length: int
    line: int


def open_part(path: Path, part: Part) -> BinaryIO:
    """Open a part of a file: in memory, or as the file itself when it goes on to the end."""
    file = path.open("rb")
    file.seek(part.offset)
    if part.length < 0:
        return file
    with file:
        return cast("BinaryIO", io.BytesIO(file.read(part.length)))


def rest_after(path: Path, lines: int) -> Part | None:
    """Tell what of a file follows its first lines; None when they do not end within a megabyte.

    A byte order mark belongs to what stands before.
    """
    with path.open("rb") as file:
        head = file.read(_LONGEST_HEAD)
    end = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    for _ in range(lines):
        end = head.find(b"\n", end) + 1
        if end == 0:
            return None
    return Part(end, -1, lines)


def parts_of(path: Path, rest: Part, size: int, end_of: Callable[[bytes], int]) -> Iterator[Part]:
    """Cut what follows from `rest` on into parts of about `size` bytes.

    `end_of` tells where in some bytes the last place to cut is, 0 for none; the last part ends where the file does.
    """
    offset, line = rest.offset, rest.line
    with path.open("rb") as file:
        file.seek(offset)
        held = b""
        while True:
            more = file.read(size)
            held += more
            if not more:
                break
            end = end_of(held)
            if end:
                yield Part(offset, end, line)
                offset, line = offset + end, line + held.count(b"\n", 0, end)
                held = held[end:]
        if held:
            yield Part(offset, len(held), line)


def line_end(content: bytes) -> int:
    """Find the end of the last line."""
    return content.rfind(b"\n") + 1


def row_end(content: bytes, separator: str, width: int, place: int) -> int:
    """Find the end of the last CSV row that is followed by a row with another cell at `place`.

    Only between two rows of full width that take one line each. Whether a line is a row is told by the quotes before
    it, which a stray quote deceives: then a part does not end where a row does, and its reader notices.
    """
    end = content.rfind(b"\n") + 1
    quotes = content.count(b'"', 0, end)
    following = ""
    for _ in range(_TRIES):
        start = content.rfind(b"\n", 0, max(end - 1, 0)) + 1
        own = content.count(b'"', start, end)
        is_row = start > 0 and quotes % 2 == 0 and own % 2 == 0
        cell = _cell(content[start:end], separator, width, place) if is_row else ""
        if cell and following and cell != following:
            return end
        if start == 0:
            break
        quotes -= own
        following, end = cell, start
    return 0


def _cell(line: bytes, separator: str, width: int, place: int) -> str:
    text = line.decode("utf-8", "replace").rstrip("\r\n").replace("\r", " ")
    row = next(csv.reader([text], delimiter=separator), [])
    return row[place].strip() if len(row) == width else ""
