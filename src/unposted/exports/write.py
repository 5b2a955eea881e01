"""Writes a worklist to a file or to standard output: whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from unposted.cards.reading import Reading
from unposted.errors import UsageError
from unposted.exports.csv_text import FOR_PEOPLE, PLAIN, CsvStyle, worklist_csv
from unposted.exports.json_text import reading_json
from unposted.exports.xlsx_file import write_xlsx

__all__ = ["FORMATS", "Format", "format_of", "write_file", "write_worklist"]

Format: TypeAlias = Literal["table", "csv", "xlsx", "json"]
FORMATS: tuple[Format, ...] = ("table", "csv", "xlsx", "json")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.ETXTBSY)


def format_of(asked: str | None, target: Path | None) -> Format:
    """Tell the format: the asked one, else that of the file's suffix, else a table on the screen; raises UsageError."""
    if asked is not None:
        named = next((name for name in FORMATS if name == asked.casefold()), None)
        if named is None:
            raise UsageError("format-unknown", f"There is no format {asked!r}.", "Use table, csv, xlsx or json.")
        return named
    if target is None or _is_stdout(target):
        return "table"
    named = next((name for name in FORMATS if target.suffix.casefold() == f".{name}" and name != "table"), None)
    if named is None:
        raise UsageError(
            "format-unknown",
            f"The name {target} does not tell a format.",
            "Let it end in .csv, .xlsx or .json, or add --format csv.",
        )
    return named


def write_worklist(
    reading: Reading,
    asked: str | None,
    target: Path | None,
    style: CsvStyle | None = None,
    stdout: BinaryIO | None = None,
) -> bool:
    """Write all rows of a reading as csv, xlsx or json; `target` None or `-` is standard output.

    The format is the asked one, else the suffix's. A file's CSV is for people (byte order mark, CRLF), that on standard
    output is plain, unless `style` says otherwise. Returns True for a file, False for standard output.
    Raises UsageError when it cannot be; then nothing half-written is left.
    """
    form = format_of(asked, target)
    path = None if target is None or _is_stdout(target) else target
    if form == "table":
        raise UsageError("format-not-for-files", "A table is for the screen.", "Use --format csv, xlsx or json.")
    if form == "xlsx" and path is None:
        raise UsageError("format-not-for-stdout", "An Excel workbook needs a file.", "Name one: -o worklist.xlsx")

    def body(file: BinaryIO) -> None:
        if form == "csv":
            file.writelines(line.encode() for line in worklist_csv(reading, style or (FOR_PEOPLE if path else PLAIN)))
        elif form == "json":
            file.write(reading_json(reading).encode())
        else:
            write_xlsx(reading, file, None if path is None else _scratch(path))

    if path is not None:
        write_file(path, body)
        return True
    stream = stdout or sys.stdout.buffer
    body(stream)
    stream.flush()
    return False


def write_file(target: Path, body: Callable[[BinaryIO], None]) -> None:
    """Write a file through a passing one in the same folder, so that its name always holds a whole file.

    An existing file is replaced and keeps its permissions; a link is followed; a device or pipe is written as it is.
    Raises UsageError naming the path and what to do.
    """
    try:
        if target.is_dir():
            raise UsageError(
                "output-is-a-folder", f"{target} is a folder.", f"Name a file: -o {target / 'worklist.csv'}"
            )
        if target.exists() and not target.is_file():
            with target.open("wb") as device:
                body(device)
            return
        real = target.resolve()
        if not real.parent.is_dir():
            raise UsageError(
                "output-folder-missing", f"There is no folder {target.parent}.", "Make it, or choose another with -o."
            )
        _replace(real, body)
    except OSError as error:
        raise UsageError(
            "output-not-written", f"{target} was not written: {_reason(error)}", _way_out(error)
        ) from error


def _replace(real: Path, body: Callable[[BinaryIO], None]) -> None:
    passing = real.with_name(f".unposted-{secrets.token_hex(8)}.part")
    try:
        with passing.open("xb") as file:
            body(file)
            file.flush()
            os.fsync(file.fileno())
        if real.exists():
            passing.chmod(stat.S_IMODE(real.stat().st_mode))
        passing.replace(real)
    except BaseException:
        with suppress(OSError):
            passing.unlink()
        raise
    if os.name == "posix":
        folder = os.open(real.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _is_stdout(target: Path) -> bool:
    return str(target) == "-"


def _scratch(target: Path) -> Path | None:
    """Keep passing files beside the target: the same disk, the same rights; a device has no such place."""
    return target.resolve().parent if target.is_file() or not target.exists() else None


def _reason(error: OSError) -> str:
    if error.errno in _FULL:
        return "the disk is full."
    return f"{error.strerror or 'the disk refused'}."


def _way_out(error: OSError) -> str:
    if error.errno in _FULL:
        return "Free some space, or choose another place with -o, and run the command again."
    if error.errno in _REFUSED:
        return "Close it in other programs, check that you may write there, or choose another place with -o."
    return "Choose another place with -o and run the command again."
