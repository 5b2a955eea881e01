"""Reads JSON documents and JSONL into undecoded records: a document whole, JSONL line by line in bounded memory."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path

import msgspec

from unposted.connectors.files.compression import open_bytes
from unposted.connectors.files.encoding import wide_encoding
from unposted.connectors.files.envelopes import items_of_page, mend_lone_surrogates
from unposted.connectors.files.faults import api_error, bad_json, cut, damaged, empty
from unposted.connectors.files.parts import Part, open_part
from unposted.connectors.formats import Bad, RawItem
from unposted.errors import BadRecord

__all__ = ["is_divisible", "lines_from", "read_json"]

_BROKEN = (EOFError, OSError, zlib.error, UnicodeDecodeError)
_raw_item = partial(tuple.__new__, RawItem)
_is_json = msgspec.json.Decoder(msgspec.Raw).decode


def read_json(path: Path, shown: str, stream: str, bad: list[Bad]) -> Iterator[RawItem]:
    """Stream the records of a JSON or JSONL file; those that are no valid UTF-8 go to `bad`.

    A file whose first line is a value of its own, with more lines after it, is JSONL.
    """
    lines = _lines(path, shown)
    first = next(lines, None)
    if first is None:
        raise empty(shown)
    second = next(lines, None)
    if second is None:
        return _document(first.body, shown, stream, bad)
    if _complete(first.body) or (_complete(second.body) and not first.body.rstrip().endswith((b"[", b",", b":"))):
        pages = _is_page(first.body if _complete(first.body) else second.body, stream)
        return _json_lines(chain((first, second), lines), pages, shown, stream, bad)
    body = b"".join((b"\n" * (first.line - 1), first.body, second.body, *(line.body for line in lines)))
    return _document(body, shown, stream, bad)


def lines_from(path: Path, shown: str, stream: str, part: Part, bad: list[Bad]) -> Iterator[RawItem]:
    """Stream the records of a part of a JSONL file, one a line."""
    with open_part(path, part) as file:
        lines = (RawItem(number, line) for number, line in enumerate(file, part.line + 1) if not line.isspace())
        yield from _json_lines(lines, False, shown, stream, bad)


def is_divisible(path: Path, shown: str, stream: str) -> bool:
    """Tell whether a file that is not compressed is JSONL in UTF-8 with a record a line."""
    with open_bytes(path, shown) as file:
        if wide_encoding(file.read(1024)) is not None:
            return False
    first = list(islice(_lines(path, shown), 2))
    return len(first) == 2 and all(_complete(line.body) and not _is_page(line.body, stream) for line in first)


def _lines(path: Path, shown: str) -> Iterator[RawItem]:
    """Give the lines that are not blank, as UTF-8 bytes, with their numbers."""
    number = 0
    file = open_bytes(path, shown)
    try:
        head = file.read(1024)
        file.seek(0)
        wide = wide_encoding(head)
        if wide is not None:
            text = io.TextIOWrapper(file, wide.codec, wide.errors)
            for number, wide_line in enumerate(text, 1):
                if not wide_line.isspace():
                    yield RawItem(number, wide_line.encode("utf-8", "surrogatepass"))
            return
        if head.startswith(codecs.BOM_UTF8):
            file.seek(len(codecs.BOM_UTF8))
        for number, line in enumerate(file, 1):
            if not line.isspace():
                yield _raw_item((number, line))
    except _BROKEN as error:
        raise damaged(shown, number, error) from error
    finally:
        file.close()


def _complete(body: bytes) -> bool:
    try:
        _is_json(body)
    except msgspec.DecodeError:
        return False
    return True


def _valid_text(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _document(body: bytes, shown: str, stream: str, bad: list[Bad]) -> Iterator[RawItem]:
    found = _page_or_record(body.strip(), shown, stream)
    for place, raw in enumerate(found, 1):
        item = bytes(raw)
        if _valid_text(item):
            yield RawItem(place, item)
        else:
            bad.append(Bad(place, None, "bad-encoding", "the record is no valid UTF-8"))


def _page_or_record(body: bytes, shown: str, stream: str) -> list[msgspec.Raw]:
    try:
        found = items_of_page(body, stream)
        return [msgspec.Raw(body)] if found is None else found
    except BadRecord as error:
        raise api_error(shown) from error
    except UnicodeDecodeError as error:
        raise bad_json(shown, body.count(b"\n", 0, error.start) + 1) from error
    except msgspec.DecodeError as error:
        mended = mend_lone_surrogates(body)
        if mended != body:
            return _page_or_record(mended, shown, stream)
        last = body.count(b"\n") + 1
        if "truncated" in str(error):
            raise cut(shown, f"the JSON ends early in line {last}") from error
        raise bad_json(shown, _line_of(body, error)) from error


def _line_of(body: bytes, error: msgspec.DecodeError) -> int:
    _, _, place = str(error).rpartition("(byte ")
    return body.count(b"\n", 0, int(place.rstrip(")"))) + 1 if place.rstrip(")").isdigit() else 1


def _json_lines(lines: Iterator[RawItem], pages: bool, shown: str, stream: str, bad: list[Bad]) -> Iterator[RawItem]:
    """Check every line for valid UTF-8 and the last one for its end, and take pages apart."""
    held = next(lines, None)
    if held is None:
        return
    for following in lines:
        if pages or not held.body.isascii():
            yield from _checked_line(held, pages, stream, bad)
        else:
            yield held
        held = following
    if not _complete(held.body):
        held = RawItem(held.line, mend_lone_surrogates(held.body))
        if not _complete(held.body):
            raise cut(shown, f"its last line, line {held.line}, is no complete JSON")
    yield from _checked_line(held, pages, stream, bad)


def _is_page(body: bytes, stream: str) -> bool:
    try:
        return items_of_page(body.strip(), stream) is not None
    except BadRecord:
        return True
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


def _checked_line(line: RawItem, pages: bool, stream: str, bad: list[Bad]) -> Iterator[RawItem]:
    if not _valid_text(line.body):
        bad.append(Bad(line.line, None, "bad-encoding", "the record is no valid UTF-8"))
    elif pages:
        yield from _page_line(line, stream, bad)
    else:
        yield line


def _page_line(line: RawItem, stream: str, bad: list[Bad]) -> Iterator[RawItem]:
    try:
        found = items_of_page(line.body.strip(), stream)
    except BadRecord as error:
        bad.append(Bad(line.line, None, error.code, error.reason))
    except (msgspec.DecodeError, UnicodeDecodeError):
        bad.append(Bad(line.line, None, "bad-json", "the page is no valid JSON"))
    else:
        for raw in (msgspec.Raw(line.body),) if found is None else found:
            yield RawItem(line.line, bytes(raw))
