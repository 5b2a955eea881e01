"""Gives the lines of a text file, decoded while they are read, whatever their encoding and line ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from unposted.connectors.files.compression import open_bytes
from unposted.connectors.files.encoding import encoding_of_invalid, wide_encoding
from unposted.connectors.files.faults import endless_line
from unposted.connectors.files.parts import Part, open_part

__all__ = ["TextLines"]

# Bigger chunks are slower: they leave the processor's cache and the allocator's own arenas.
_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 24


class TextLines:
    """The lines of a file without their ends.

    They are read as UTF-8 until a byte does not fit; then the whole file is looked at once for what else it is.
    From then on, when `strange` is true, bytes that are no text arrive as lone surrogates.
    Raises EOFError, OSError, zlib.error or UnicodeDecodeError where the file breaks off.
    """

    def __init__(self, path: Path, shown: str, part: Part | None = None) -> None:
        """Take the file, the name that errors give it, and which part of it to read."""
        self.strange = False
        self.shown = shown
        self._path = path
        self._part = part
        self._settled = False
        self._decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[str]]:
        """Give the lines of one chunk after the other; a line that goes on in the next chunk waits for it."""
        with self._open() as file:
            chunk = file.read(_CHUNK)
            chunk = self._start(chunk) if self._part is None else chunk
            rest = ""
            while chunk:
                text = rest + self._decoded(chunk)
                end = text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1
                rest = text[end:]
                if len(rest) > _LONGEST_LINE:
                    raise endless_line(self.shown)
                if end:
                    yield _lines(text[:end])
                chunk = file.read(_CHUNK)
            rest += self._decoded(b"", final=True)
            if rest:
                yield _lines(rest)

    def _open(self) -> BinaryIO:
        if self._part is None:
            return open_bytes(self._path, self.shown)
        return open_part(self._path, self._part)

    def _start(self, head: bytes) -> bytes:
        wide = wide_encoding(head[:1024])
        if wide is None:
            return head.removeprefix(codecs.BOM_UTF8)
        self._settle(wide.codec, wide.errors)
        return head

    def _settle(self, codec: str, errors: str) -> None:
        self._settled = True
        self.strange = errors != "strict"
        self._decoder = codecs.getincrementaldecoder(codec)(errors)

    def _decoded(self, chunk: bytes, final: bool = False) -> str:
        try:
            return self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            if self._settled or (self._part is not None and self._part.length >= 0):
                raise
        pending = bytes(self._decoder.getstate()[0]) + chunk
        with open_bytes(self._path, self.shown) as whole:
            encoding = encoding_of_invalid(whole)
        self._settle(encoding.codec, encoding.errors)
        return self._decoder.decode(pending, final)


def _lines(text: str) -> list[str]:
    """Split at newlines, with or without a carriage return; at carriage returns where there are no newlines."""
    lines = text.split("\n")
    if "\r" in text:
        lines = text.split("\r") if len(lines) == 1 else [line.removesuffix("\r") for line in lines]
    if not lines[-1]:
        lines.pop()
    return lines
