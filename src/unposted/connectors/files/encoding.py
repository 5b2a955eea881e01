"""Tells the encoding of a text file from its bytes."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, NamedTuple

__all__ = ["TextEncoding", "encoding_of_invalid", "wide_encoding"]

_CHUNK = 1 << 20
# A byte that no Windows-1252 text holds: five are undefined there, and þ ÿ (FE FF) never stand in export files.
_NOT_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d\xfe\xff]")
_MULTI_BYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)


class TextEncoding(NamedTuple):
    """How bytes become text; with errors that are not `strict`, bytes that do not fit arrive as lone surrogates."""

    codec: str
    errors: str


def wide_encoding(head: bytes) -> TextEncoding | None:
    """Tell the UTF-16 flavour of a file from its first bytes, with a byte order mark or without; None: not UTF-16."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return TextEncoding("utf-16", "surrogatepass")
    even, odd = head[0::2], head[1::2]
    if len(odd) >= 2 and odd.count(0) > len(odd) * 0.6 and even.count(0) == 0:
        return TextEncoding("utf-16-le", "surrogatepass")
    if len(odd) >= 2 and even.count(0) > len(even) * 0.6 and odd.count(0) == 0:
        return TextEncoding("utf-16-be", "surrogatepass")
    return None


def encoding_of_invalid(file: BinaryIO) -> TextEncoding:
    """Tell what a file is that is no valid UTF-8, from the whole of it.

    A byte order mark, some valid multi-byte UTF-8, or a byte that Windows-1252 does not have tells a UTF-8 file with
    a few bad rows; anything else is Windows-1252.
    """
    chunk = file.read(_CHUNK)
    found = chunk.startswith(codecs.BOM_UTF8)
    tail = b""
    while chunk and not found:
        found = bool(_MULTI_BYTE.search(tail + chunk) or _NOT_WINDOWS.search(chunk))
        tail = chunk[-3:]
        chunk = file.read(_CHUNK)
    return TextEncoding("utf-8", "surrogateescape") if found else TextEncoding("cp1252", "strict")
