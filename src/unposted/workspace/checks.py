"""Reads the tables of the workspace file value by value, and collects every fault with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from unposted.errors import Fault
from unposted.workspace.hints import closest, kind_of, listed, quoted
from unposted.workspace.positions import KeyPath

__all__ = ["Faults", "Placed", "Section"]


class Placed(NamedTuple):
    """A text of a list and its line."""

    value: str
    line: int


class Faults:
    """The faults found so far. `homes` tells for each known key which tables it belongs to."""

    def __init__(self, lines: Mapping[KeyPath, int], homes: Mapping[str, Sequence[str]]) -> None:
        """Take the lines of the file's keys and the tables that each known key belongs to."""
        self.homes = homes
        self._lines = lines
        self._found: list[Fault] = []

    def add(self, line: int, where: str, message: str, suggestion: str) -> None:
        """Note one fault."""
        self._found.append(Fault(line, where, message, suggestion))

    def line(self, path: KeyPath) -> int:
        """Tell the line of a path, or of the nearest thing around it."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def in_line_order(self) -> tuple[Fault, ...]:
        """List the faults by line; those of one line stay in the order in which they were found."""
        return tuple(sorted(dict.fromkeys(self._found), key=lambda fault: fault.line))


class Section:
    """One table of the file: its values, where they stand, and how to say what is wrong with them.

    A mistyped key is told of once and then read as the key that was meant, so that it causes no further faults.
    """

    def __init__(self, table: Mapping[str, object], path: KeyPath, title: str, faults: Faults) -> None:
        """Take a parsed table, its path in the file, its name for the user, and where faults go."""
        self.title = title
        self.faults = faults
        self._table = dict(table)
        self._path = path
        self._written: dict[str, str] = {}
        self._more: dict[str, dict[str, list[object]]] = {}

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def keys(self) -> list[str]:
        """List the keys of the table, as written."""
        return list(self._table)

    def line(self, key: str | None = None, item: int | None = None) -> int:
        """Tell the line of the table, of one of its keys, or of an item of that key's list."""
        path = self._path if key is None else (*self._path, self._written.get(key, key))
        return self.faults.line(path if item is None else (*path, item))

    def where(self, key: str | None = None) -> str:
        """Name the table or one of its keys for the user."""
        return self.title if key is None else f"{self.title} {key}".strip()

    def fault(self, key: str | None, message: str, suggestion: str, line: int | None = None) -> None:
        """Note a fault of this table or of one of its keys."""
        self.faults.add(self.line(key) if line is None else line, self.where(key), message, suggestion)

    def missing(self, key: str, example: str) -> None:
        """Note that a necessary key is missing."""
        self.fault(None, f"{key} is missing.", f"Add {key} = {example}.")

    def known(self, names: Sequence[str]) -> None:
        """Note every key that is none of these, and read it as the one that was meant."""
        for key in [key for key in self._table if key not in names]:
            meant = closest(key, names)
            self.fault(key, f"{quoted(key)} is no key of {self.title or 'this file'}.", self._advice(key, meant, names))
            value = self._table.pop(key)
            if meant is not None and meant not in self._table:
                self._table[meant] = value
                self._written[meant] = key
            elif meant is not None and isinstance(value, list):
                self._more.setdefault(meant, {})[key] = value

    def _advice(self, key: str, meant: str | None, names: Sequence[str]) -> str:
        if meant is not None:
            return f'Did you mean "{meant}"?'
        homes = self.faults.homes.get(key, ())
        if homes:
            return f"Move it to {' or '.join(homes)}."
        return f"Remove it. Known keys here: {listed(names)}."

    def text(self, key: str, example: str, *, needed: bool = False) -> str | None:
        """Read a trimmed text; None when it is not there or is none."""
        if key not in self._table:
            if needed:
                self.missing(key, example)
            return None
        value = self._table[key]
        if not isinstance(value, str):
            self._wrong_kind(key, value, "text in quotes", example)
            return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
        return self._usable(key, value, example, self.line(key))

    def texts(self, key: str, example: str, *, numbers: bool = False, empty: bool = False) -> tuple[Placed, ...]:
        """Read one text or a list of texts, each with its line.

        `numbers` allows whole numbers too, `empty` an empty list.
        """
        if key not in self._table:
            return ()
        value = self._table[key]
        if not isinstance(value, list):
            one = self.text(key, example)
            return () if one is None else (Placed(one, self.line(key)),)
        if not value and not empty:
            self.fault(key, f"{key} is an empty list.", f"Write {key} = {example}, or remove the key.")
        return tuple(self._items(key, value, example, numbers))

    def _items(self, key: str, values: Sequence[object], example: str, numbers: bool) -> Iterator[Placed]:
        for place, value in enumerate(values):
            line = self.line(key, place)
            if isinstance(value, str):
                text = self._usable(key, value, example, line)
                if text is not None:
                    yield Placed(text, line)
            elif numbers and isinstance(value, int) and not isinstance(value, bool):
                yield Placed(str(value), line)
            else:
                message = f"Item {place + 1} of {key} is {kind_of(value)}; it must be text in quotes."
                self.fault(key, message, f"Write {key} = {example}.", line)

    def _usable(self, key: str, value: str, example: str, line: int) -> str | None:
        text = value.strip()
        if not text:
            self.fault(key, f"{key} is empty.", f"Write {key} = {example}, or remove the key.", line)
            return None
        if not text.isprintable():
            self.fault(key, f"{key} holds a line end or an invisible character.", f"Write {key} = {example}.", line)
            return None
        return text

    def flag(self, key: str) -> bool | None:
        """Read true or false."""
        value = self._table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong_kind(key, value, "true or false, without quotes", "true")
        return None

    def whole(self, key: str, default: int, most: int) -> int:
        """Read a whole number from 0 to `most`."""
        value = self._table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong_kind(key, value, "a whole number, without quotes", str(default))
        elif not 0 <= value <= most:
            message = f"{key} is negative." if value < 0 else f"{key} is more than {most}."
            self.fault(key, message, f"Write a whole number from 0 to {most}, such as {default}.")
        else:
            return value
        return default

    def value(self, key: str) -> object:
        """Return a value as the parser read it; None when it is not there."""
        return self._table.get(key)

    def section(self, key: str, title: str, example: str) -> Section | None:
        """Read a table inside this one."""
        value = self._table.get(key)
        if value is None or isinstance(value, dict):
            return None if value is None else Section(value, self._place(key), title, self.faults)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            self.fault(key, f"{key} stands once, so its header has one bracket.", f"Write {example}.")
            return Section(value[0], (*self._place(key), 0), title, self.faults)
        self.fault(key, f"{key} is {kind_of(value)}; it must be a table.", f"Write {example}.")
        return None

    def sections(self, key: str, header: str) -> list[Section]:
        """Read a list of tables, `[[header]]`; each is titled by its own name or number."""
        value = self._table.get(key, [])
        if isinstance(value, dict):
            message = f"{header} can stand several times, so its header has two brackets."
            self.faults.add(self.line(key), f"[{header}]", message, f"Write [[{header}]].")
            return [Section(value, self._place(key), _titled(header, value, 1), self.faults)]
        if not isinstance(value, list):
            self.faults.add(
                self.line(key), header, f"{header} is {kind_of(value)}, not a table.", f"Write [[{header}]]."
            )
            return []
        found = list(self._tables(self._place(key), value, header))
        for written, more in self._more.get(key, {}).items():
            found += self._tables((*self._path, written), more, header)
        return found

    def _tables(self, path: KeyPath, values: Sequence[object], header: str) -> Iterator[Section]:
        for place, item in enumerate(values):
            if isinstance(item, dict):
                yield Section(item, (*path, place), _titled(header, item, place + 1), self.faults)
            else:
                message = f"Item {place + 1} of {header} is {kind_of(item)}, not a table."
                self.faults.add(self.faults.line((*path, place)), header, message, f"Write [[{header}]].")

    def _place(self, key: str) -> KeyPath:
        return (*self._path, self._written.get(key, key))

    def _wrong_kind(self, key: str, value: object, expected: str, example: str) -> None:
        self.fault(key, f"{key} is {kind_of(value)}; it must be {expected}.", f"Write {key} = {example}.")


def _titled(header: str, table: Mapping[str, object], number: int) -> str:
    """Name one table of several by its `name` or `id`, as the user knows it, else by its number."""
    for key in ("name", "id"):
        value = table.get(key)
        if isinstance(value, str) and value.strip():
            return f"[[{header}]] {quoted(value.strip())}"
    return f"[[{header}]] number {number}"
