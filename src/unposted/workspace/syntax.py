"""Parses the workspace file's TOML, and explains a syntax error as one fault with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from unposted.errors import Fault
from unposted.workspace.positions import KeyPath, positions

__all__ = ["Parsed", "parse_toml"]

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_SMART_QUOTES = re.compile("[“”„«»‘’]")
_ADVICE: tuple[tuple[str, str], ...] = (
    ("Unescaped '\\'", "Write paths with forward slashes, or in single quotes: 'C:\\exports\\orders.csv'."),
    ("Invalid hex value", "Write paths with forward slashes, or in single quotes: 'C:\\exports\\orders.csv'."),
    ("Cannot declare", "This table stands twice. Put its settings together under one header."),
    ("Cannot overwrite", "This key stands twice. Keep one of the two."),
    ("Duplicate inline table key", "This key stands twice. Keep one of the two."),
    ("Cannot mutate", "This table was written in { } above. Put all its settings there."),
    ("Unclosed array", "A list is not closed, here or on a line above: end it with ]."),
    ("Unclosed inline table", "A table in { } is not closed on its line; a key with = or blanks in it needs quotes."),
    ("Invalid initial character for a key part", "A table in { } must stand on one line, and end without a comma."),
    ("Expected '=' after a key", 'Write key = "value"; a key with blanks in it needs quotes.'),
    ("Invalid value", 'Put text in double quotes: name = "US Trade". Yes and no are written true and false.'),
    ("Unterminated string", 'Close the text with a quote of the kind that opens it: "…".'),
    ("Illegal character '\\n'", 'Close the text with a quote of the kind that opens it: "…".'),
    ("Expected newline", "Write one setting a line, and put text in double quotes."),
    ("Invalid statement", 'Write a setting as key = "value", a heading as [heading], a remark after #.'),
    ("Invalid date", "Write dates as 2026-04-12, and put text in double quotes."),
)


class Parsed(NamedTuple):
    """A parsed text and the line of each of its keys."""

    table: dict[str, object]
    lines: Mapping[KeyPath, int]


def parse_toml(text: str) -> Parsed | Fault:
    """Parse TOML text; a syntax error becomes one fault, with the line where the parser stopped."""
    try:
        return Parsed(tomllib.loads(text), positions(text))
    except tomllib.TOMLDecodeError as error:
        return _fault(text, str(error))
    except RecursionError:
        return Fault(1, "the file", "Lists or tables are nested too deeply.", "Compare the file with docs/start.md.")
    except ValueError:  # a number with thousands of digits
        return Fault(1, "the file", "A number has too many digits.", "Shorten the number.")


def _fault(text: str, error: str) -> Fault:
    place = _PLACE.search(error)
    reason = error[: place.start()] if place else error
    line = int(place[1]) if place and place[1] else _last_line(text, reason)
    message = f"This is not valid TOML: {reason[:1].lower()}{reason[1:]}."
    written = text.split("\n")[line - 1]
    return Fault(line, "the file", message, _suggestion(reason, written))


def _last_line(text: str, reason: str) -> int:
    """Tell the line of an error that shows only at the end: of the quotes that nothing closes, or of the last text."""
    opening = max(text.rfind('"""'), text.rfind("'''")) if reason.startswith("Unterminated") else -1
    return text.count("\n", 0, opening if opening >= 0 else len(text.rstrip())) + 1


def _suggestion(reason: str, written: str) -> str:
    if _SMART_QUOTES.search(written):
        return 'Use straight quotes "…" in place of typographic ones.'
    if reason.startswith("Cannot overwrite") and written.startswith("[["):
        header = written.partition("#")[0].strip()
        return f"A table of this name stands above with one bracket: write {header} there too."
    return next(
        (advice for start, advice in _ADVICE if reason.startswith(start)), "Compare the line with docs/start.md."
    )
