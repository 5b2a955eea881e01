"""Finds the encoding of a text file from its bytes, in one pass and in bounded memory."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["TextEncoding", "bom_encoding", "detect"]

_CHUNK = 1 << 20
# A byte that no Windows-1252 text holds: five are undefined there, and þ ÿ (FE FF) never stand in export files.
_NOT_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d\xfe\xff]")
_MULTI_BYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """How a file's bytes become text; unless `clean`, bytes that do not fit arrive as lone surrogates."""

    codec: str
    errors: str
    clean: bool


_UTF8 = TextEncoding("utf-8", "strict", clean=True)
_UTF8_BOM = TextEncoding("utf-8-sig", "strict", clean=True)
_WINDOWS_1252 = TextEncoding("cp1252", "strict", clean=True)


def bom_encoding(head: bytes) -> TextEncoding | None:
    """Tell the UTF-16 flavour of a file from its first bytes, with a byte order mark or without; None: not UTF-16."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return TextEncoding("utf-16", "surrogatepass", clean=False)
    even, odd = head[0:1024:2], head[1:1024:2]
    if len(odd) >= 2 and odd.count(0) > len(odd) * 0.6 and even.count(0) == 0:
        return TextEncoding("utf-16-le", "surrogatepass", clean=False)
    if len(odd) >= 2 and even.count(0) > len(even) * 0.6 and odd.count(0) == 0:
        return TextEncoding("utf-16-be", "surrogatepass", clean=False)
    return None


def detect(file: BinaryIO) -> TextEncoding:
    """Find the encoding of a whole text file, reading it from its start to its end once.

    Valid UTF-8 is UTF-8. Otherwise a byte order mark, some valid multi-byte UTF-8, or a byte that Windows-1252
    does not have tells a UTF-8 file with a few bad rows; anything else is Windows-1252.
    """
    head = file.read(_CHUNK)
    wide = bom_encoding(head[:1024])
    if wide is not None:
        return wide
    marked = head.startswith(codecs.BOM_UTF8)
    fits, evidence = _scan(file, head.removeprefix(codecs.BOM_UTF8))
    if fits:
        return _UTF8_BOM if marked else _UTF8
    if marked or evidence:
        return TextEncoding("utf-8-sig" if marked else "utf-8", "surrogateescape", clean=False)
    return _WINDOWS_1252


def _scan(file: BinaryIO, chunk: bytes) -> tuple[bool, bool]:
    """Tell whether all bytes fit UTF-8 and, when they do not, whether there is evidence for UTF-8 all the same."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    fits, evidence, pending, tail = True, False, False, b""
    while chunk:
        if not (chunk.isascii() and not pending):
            if fits:
                try:
                    decoder.decode(chunk)
                    pending = bool(decoder.getstate()[0])
                except UnicodeDecodeError:
                    fits = False
            joined = tail + chunk
            evidence = evidence or bool(_MULTI_BYTE.search(joined) or _NOT_WINDOWS.search(chunk))
        if not fits and evidence:
            return False, True
        tail = chunk[-3:]
        chunk = file.read(_CHUNK)
    return fits and not pending, evidence
