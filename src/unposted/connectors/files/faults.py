"""The errors that a source file can have as a whole, in the user's words."""

from __future__ import annotations

from unposted.errors import SourceFileError

__all__ = ["api_error", "bad_json", "cut", "damaged", "empty", "endless_line"]

_AGAIN = "Export or download the file again; the store was left as it was."


def cut(shown: str, where: str) -> SourceFileError:
    """Make the error for a file that ends too early; `where` says what is wrong and in which line."""
    return SourceFileError("file-cut", f"{shown} is cut off: {where}.", _AGAIN)


def damaged(shown: str, line: int, error: Exception) -> SourceFileError:
    """Make the error for bytes that stop or break while they are unpacked or decoded, after `line`."""
    what = (
        "its last character is not whole" if isinstance(error, UnicodeError) else "its compressed data ends or breaks"
    )
    return cut(shown, f"{what} after line {line}")


def empty(shown: str) -> SourceFileError:
    """Make the error for a file in which nothing is written."""
    return SourceFileError("file-empty", f"{shown} is empty: it has no header and no records.", _AGAIN)


def bad_json(shown: str, line: int) -> SourceFileError:
    """Make the error for a file that starts like JSON and is none."""
    return SourceFileError("bad-json", f"{shown} line {line} is no valid JSON.", _AGAIN)


def api_error(shown: str) -> SourceFileError:
    """Make the error for a saved API answer that tells of an error and has no records."""
    return SourceFileError("api-error", f"{shown} holds the API's error message, not its records.", _AGAIN)


def endless_line(shown: str) -> SourceFileError:
    """Make the error for a file that is no text with lines."""
    return SourceFileError("unknown-format", f"{shown} has no lines: it is no table and no JSON.", _AGAIN)
