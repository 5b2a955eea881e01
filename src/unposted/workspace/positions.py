"""Finds the line of every key, table and list item of a TOML text, which the standard parser does not tell."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from typing import TypeAlias

__all__ = ["KeyPath", "positions"]

KeyPath: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?:\\.|[^"\\])*+"|'[^']*+'""")
# A text of several lines may end in up to two quotes of its own before the three that close it.
_STRING = re.compile(
    r'''"""(?:\\.|[^"\\]|"{1,2}+(?!"))*+"{3,5}+'''
    r"""|'''(?:[^']|'{1,2}+(?!'))*+'{3,5}+"""
    r'''|"(?:\\.|[^"\\])*+"'''
    r"""|'[^']*+'""",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]++")


def positions(text: str) -> Mapping[KeyPath, int]:
    """Map each path (`("stores", 0, "files", "orders", 1)`) to its line, from 1.

    A key has the line of its name, a table that of its header, an item of a list that of its value.
    The text must be TOML that tomllib has accepted; raises ValueError where it is not.
    """
    return _Scanner(text).document()


class _Scanner:
    """Walks the text once. `_arrays` counts the `[[tables]]` met so far under each path."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [match.end() for match in re.finditer("\n", text)]
        self._lines: dict[KeyPath, int] = {}
        self._arrays: dict[KeyPath, int] = {}

    def document(self) -> Mapping[KeyPath, int]:
        table: KeyPath = ()
        while self._next():
            table = self._header() if self._next() == "[" else self._pair(table, table)
        return self._lines

    def _next(self) -> str:
        """Skip blanks, line ends and comments, and look at the next character; empty at the end."""
        self._take(_BLANK)
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"no TOML on line {self._line()}")
        self._at = match.end()
        return match.group()

    def _line(self) -> int:
        return bisect_right(self._starts, self._at) + 1

    def _mark(self, path: KeyPath, line: int) -> None:
        self._lines.setdefault(path, line)

    def _key(self) -> list[str]:
        """Read a dotted key; quoted parts are read as TOML reads them."""
        parts: list[str] = []
        while True:
            self._next()
            raw = self._take(_KEY)
            parts.append(str(tomllib.loads(f"k={raw}")["k"]) if raw[0] in "\"'" else raw)
            if self._next() != ".":
                return parts
            self._at += 1

    def _header(self) -> KeyPath:
        """Read `[a.b]` or `[[a.b]]`; a part that names a list of tables means its newest one."""
        line = self._line()
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        path: KeyPath = ()
        parts = self._key()
        for place, part in enumerate(parts, 1):
            path = (*path, part)
            self._mark(path, line)
            if brackets == 2 and place == len(parts):
                self._arrays[path] = self._arrays.get(path, 0) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path] - 1)
        self._mark(path, line)
        self._next()
        self._at += brackets
        return path

    def _pair(self, table: KeyPath, base: KeyPath) -> KeyPath:
        """Read `key = value` under a path, and return the table that the next line belongs to."""
        line = self._line()
        path = base
        for part in self._key():
            path = (*path, part)
            self._mark(path, line)
        self._at += 1
        self._next()
        self._value(path)
        return table

    def _value(self, path: KeyPath) -> None:
        opening = self._text[self._at : self._at + 1]
        if opening == "[":
            self._items(path)
        elif opening == "{":
            self._inline(path)
        elif opening in {'"', "'"}:
            self._take(_STRING)
        else:
            self._take(_SCALAR)

    def _items(self, path: KeyPath) -> None:
        self._at += 1
        count = 0
        while self._next() != "]":
            self._mark((*path, count), self._line())
            self._value((*path, count))
            count += 1
            if self._next() == ",":
                self._at += 1
        self._at += 1

    def _inline(self, path: KeyPath) -> None:
        self._at += 1
        while self._next() != "}":
            self._pair(path, path)
            if self._next() == ",":
                self._at += 1
        self._at += 1
