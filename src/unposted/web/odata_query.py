"""The part of an OData v4 query that spreadsheets send: a filter on one entity's own properties, and an order.

Source: OData Version 4.01, URL Conventions: 5.1.1 system query option $filter, 5.1.3 $orderby.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

__all__ = ["Entity", "Test", "order_of", "parsed_filter"]

Entity: TypeAlias = "Mapping[str, Any]"
Test: TypeAlias = "Callable[[Entity], bool]"
Value: TypeAlias = "Callable[[Entity], Any]"
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<time>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?)"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[(),]))"
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda one, other: one == other,
    "ne": lambda one, other: one != other,
    "gt": lambda one, other: one is not None and other is not None and one > other,
    "ge": lambda one, other: one is not None and other is not None and one >= other,
    "lt": lambda one, other: one is not None and other is not None and one < other,
    "le": lambda one, other: one is not None and other is not None and one <= other,
}
_FUNCTIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "contains": lambda one, other: other in one,
    "startswith": lambda one, other: one.startswith(other),
    "endswith": lambda one, other: one.endswith(other),
}
_CONSTANTS = {"null": None, "true": True, "false": False}
_MOST_TERMS = 200


def parsed_filter(text: str, properties: Mapping[str, str]) -> Test:
    """Read a $filter; raises ValueError for what this service does not know."""
    reader = _Reader(text, properties)
    test = reader.either()
    if reader.kind != "end":
        raise ValueError(f"$filter was not understood at {reader.text[:20]!r}")

    def safe(entity: Entity) -> bool:
        try:
            return test(entity)
        except TypeError:
            raise ValueError("$filter compares values of different kinds") from None

    return safe


def order_of(text: str, properties: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Read an $orderby as (property, is descending); raises ValueError."""
    order = []
    for part in text.split(","):
        name, _, way = part.strip().partition(" ")
        if name not in properties or way.strip() not in {"", "asc", "desc"}:
            raise ValueError(f"$orderby does not know {part.strip()[:40]!r}")
        order.append((name, way.strip() == "desc"))
    return order


class _Reader:
    """Reads a filter from left to right; `kind` and `text` are the token that comes next."""

    def __init__(self, text: str, properties: Mapping[str, str]) -> None:
        self._all, self._at, self._properties, self._terms = text, 0, properties, 0
        self.kind, self.text = "", ""
        self._next()

    def _next(self) -> str:
        before = self.text
        match = _TOKEN.match(self._all, self._at)
        if match is None or match.lastgroup is None:
            if self._all[self._at :].strip():
                raise ValueError(f"$filter was not understood at {self._all[self._at :][:20]!r}")
            self.kind, self.text = "end", ""
        else:
            self.kind, self.text, self._at = match.lastgroup, match[match.lastgroup], match.end()
        return before

    def _is(self, *texts: str) -> bool:
        return self.kind in {"word", "sign"} and self.text in texts

    def _take(self, text: str) -> None:
        if not self._is(text):
            raise ValueError(f"$filter lacks {text!r} before {self.text[:20]!r}")
        self._next()

    def either(self) -> Test:
        test = self.both()
        while self._is("or"):
            self._next()
            test = _or(test, self.both())
        return test

    def both(self) -> Test:
        test = self.one()
        while self._is("and"):
            self._next()
            test = _and(test, self.one())
        return test

    def one(self) -> Test:
        self._terms += 1
        if self._terms > _MOST_TERMS:
            raise ValueError("$filter is too long")
        if self._is("not"):
            self._next()
            return _not(self.one())
        if self._is("("):
            self._next()
            test = self.either()
            self._take(")")
            return test
        if self.kind == "word" and self.text in _FUNCTIONS:
            return self._function()
        left = self._value()
        compare = _COMPARE.get(self._next()) if self.kind == "word" else None
        if compare is None:
            raise ValueError("$filter lacks a comparison: eq, ne, gt, ge, lt or le")
        return _compared(compare, left, self._value())

    def _function(self) -> Test:
        function = _FUNCTIONS[self._next()]
        self._take("(")
        one = self._value()
        self._take(",")
        other = self._value()
        self._take(")")

        def test(entity: Entity) -> bool:
            values = one(entity), other(entity)
            return all(isinstance(value, str) for value in values) and function(*values)

        return test

    def _value(self) -> Value:
        kind, text = self.kind, self._next()
        if kind == "word" and text in self._properties:
            return lambda entity: entity[text]
        if kind == "word" and text in _CONSTANTS:
            return lambda _entity: _CONSTANTS[text]
        literal: Any
        if kind == "text":
            literal = text[1:-1].replace("''", "'")
        elif kind == "number":
            literal = Decimal(text)
        elif kind == "time":
            literal = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        else:
            raise ValueError(f"$filter does not know {text[:40]!r}")
        return lambda _entity: literal


def _or(one: Test, other: Test) -> Test:
    return lambda entity: one(entity) or other(entity)


def _and(one: Test, other: Test) -> Test:
    return lambda entity: one(entity) and other(entity)


def _not(one: Test) -> Test:
    return lambda entity: not one(entity)


def _compared(compare: Callable[[Any, Any], bool], one: Value, other: Value) -> Test:
    return lambda entity: compare(one(entity), other(entity))
