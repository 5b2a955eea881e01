"""Opens a file's plain bytes, whether it is gzipped or not; the first bytes tell, not the name."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import BinaryIO, cast

from unposted.errors import SourceFileError

__all__ = ["is_compressed", "open_bytes"]

_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 16


def open_bytes(path: Path, shown: str) -> BinaryIO:
    """Open a file for reading plain bytes; a file that cannot be opened is a SourceFileError."""
    try:
        file = path.open("rb", buffering=_BUFFER)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise SourceFileError(
            "unreadable-file", f"{shown} cannot be read: {reason}.", "Check the path and the file's permissions."
        ) from error
    if file.read(2) == _GZIP:
        file.close()
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", gzip.open(path, "rb")), _BUFFER))
    file.seek(0)
    return file


def is_compressed(path: Path) -> bool:
    """Tell whether a file is gzipped."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP
