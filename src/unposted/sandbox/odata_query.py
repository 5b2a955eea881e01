"""Applies OData v4 query options to rows of JSON, in the dialects of F&O, Business Central and Dataverse.

Pure functions. A fault is a `BadQuery`; the service that got the query answers it in its own words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cmp_to_key
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple, TypeAlias

from unposted.sandbox.odata_values import BadQuery, Dialect, Enum, Token, Value, bad_syntax, like, ordered, tokens

__all__ = [
    "BUSINESS_CENTRAL",
    "DATAVERSE",
    "FINANCE_OPERATIONS",
    "BadQuery",
    "Dialect",
    "Row",
    "apply_orderby",
    "apply_select",
    "parse_filter",
    "whole_number",
]

Row: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Row], bool]

FINANCE_OPERATIONS = Dialect(
    is_case_sensitive=False, allows_functions=False, allows_in=False, has_star_wildcards=True,
    unknown_field="An error has occurred. Could not find a property named '{name}'.",
)  # fmt: skip
BUSINESS_CENTRAL = Dialect(
    allows_or_across_fields=False, allows_nested_functions=False, allows_in=False, ignores_lambda=True
)
DATAVERSE = Dialect(is_case_sensitive=False, is_blank_null=True, has_sql_wildcards=True, allows_nested_functions=False)

_COMPARE: dict[str, Callable[[int, int], bool]] = {"eq": eq, "ne": ne, "gt": gt, "ge": ge, "lt": lt, "le": le}
_TESTS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
_CHANGES: dict[str, Callable[[str], str]] = {"tolower": str.lower, "toupper": str.upper, "trim": str.strip}


class _Node(NamedTuple):
    """A condition and the fields that it looks at."""

    test: Test
    fields: frozenset[str]


class _Field(NamedTuple):
    """A field, as it is or changed by functions."""

    name: str
    read: Callable[[Row], Any]


def parse_filter(text: str, dialect: Dialect, fields: Collection[str] | None = None) -> Test:
    """Read a `$filter`; `fields` are the ones that the entity has (None: any). Raises BadQuery."""
    parser = _Parser(text, dialect, fields)
    node = parser.either()
    parser.end()
    return node.test


def apply_orderby(rows: Iterable[Row], text: str, dialect: Dialect, fields: Collection[str] | None = None) -> list[Row]:
    """Sort rows by an `$orderby`: null first, upwards unless `desc` is said. Raises BadQuery."""
    found = list(rows)
    for part in reversed(text.split(",")):
        name, _, direction = part.strip().partition(" ")
        if direction.strip() not in {"", "asc", "desc"} or not name:
            raise BadQuery("syntax", f"Syntax error in the orderby clause '{text}'.")
        _known(name, dialect, fields)
        found.sort(key=_sort_key(name, dialect), reverse=direction.strip() == "desc")
    return found


def apply_select(
    rows: Iterable[Row], text: str | None, dialect: Dialect, fields: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Keep the fields of a `$select`, and the annotations (`@odata.etag`); None or `*` keeps all. Raises BadQuery."""
    names = [name.strip() for name in text.split(",")] if text else []
    if not names or "*" in names:
        return [dict(row) for row in rows]
    for name in names:
        _known(name, dialect, fields)
    kept = set(names)
    return [
        {name: value for name, value in row.items() if name.partition("@")[0] in kept or name.startswith("@")}
        for row in rows
    ]


def whole_number(text: str | None, name: str) -> int | None:
    """Read `$top` and `$skip`; None when it is not given. Raises BadQuery."""
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise BadQuery("number", f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def _sort_key(name: str, dialect: Dialect) -> Callable[[Row], Any]:
    def compare(left: Any, right: Any) -> int:
        if left is None or right is None:
            return (left is not None) - (right is not None)
        if isinstance(left, str) and not dialect.is_case_sensitive:
            left, right = left.casefold(), str(right).casefold()
        return int(left > right) - int(left < right)

    ranked = cmp_to_key(compare)
    return lambda row: ranked(_at(row, name))


def _at(row: Row, name: str) -> Any:
    held: Any = row
    for part in name.split("/"):
        held = held.get(part) if isinstance(held, Mapping) else None
    return held


def _known(name: str, dialect: Dialect, fields: Collection[str] | None) -> None:
    if fields is not None and name.partition("/")[0] not in fields:
        raise BadQuery("unknown-field", dialect.unknown_field.format(name=name))


class _Parser:
    """Reads a filter from left to right: `or` binds less than `and`, `and` less than `not`."""

    def __init__(self, text: str, dialect: Dialect, fields: Collection[str] | None) -> None:
        self._text = text
        self._dialect = dialect
        self._fields = fields
        self._tokens: Sequence[Token] = list(tokens(text))
        self._next = 0

    def either(self) -> _Node:
        """Read conditions joined by `or`."""
        node = self._both()
        while self._took("or"):
            node = self._or(node, self._both())
        return node

    def end(self) -> None:
        """Refuse what is left over."""
        if self._next < len(self._tokens):
            raise bad_syntax(self._text, self._tokens[self._next].place)

    def _or(self, left: _Node, right: _Node) -> _Node:
        fields = left.fields | right.fields
        if len(fields) > 1 and not self._dialect.allows_or_across_fields:
            raise BadQuery("or-across-fields", self._dialect.or_refusal)
        return _Node(lambda row: left.test(row) or right.test(row), fields)

    def _both(self) -> _Node:
        node = self._negated()
        while self._took("and"):
            node = _both_of(node, self._negated())
        return node

    def _negated(self) -> _Node:
        if self._took("not"):
            inner = self._negated()
            return _Node(lambda row: not inner.test(row), inner.fields)
        if self._took("("):
            node = self.either()
            self._need(")")
            return node
        return self._condition()

    def _condition(self) -> _Node:
        token = self._name()
        if token.text.endswith(("/any", "/all")):
            return self._lambda()
        if token.text in _TESTS and self._sees("("):
            return self._function(token.text)
        field = self._field(token)
        operator = self._name()
        if operator.text == "in":
            return self._one_of(field)
        if operator.text not in _COMPARE:
            raise bad_syntax(self._text, operator.place)
        return self._comparison(field, operator.text, self._literal())

    def _comparison(self, field: _Field, operator: str, value: Value) -> _Node:
        dialect = self._dialect
        self._check_enum(field, operator, value)
        if isinstance(value, str) and "*" in value and dialect.has_star_wildcards and operator in {"eq", "ne"}:
            return _Node(_star_test(field, value, dialect, is_wanted=operator == "eq"), frozenset((field.name,)))
        compare = _COMPARE[operator]

        def test(row: Row) -> bool:
            order = ordered(field.read(row), value, dialect)
            return operator == "ne" if order is None else compare(order, 0) and (value is not None or operator in _SAME)

        return _Node(test, frozenset((field.name,)))

    def _check_enum(self, field: _Field, operator: str, value: Value) -> None:
        if isinstance(value, Enum) and operator not in _SAME:
            raise BadQuery("operator", f"The operator '{operator}' cannot be applied to the enum {value.type}.")
        if field.name in self._dialect.enums and isinstance(value, str):
            raise BadQuery(
                "enum",
                "A binary operator with incompatible types was detected. "
                f"Found operand types 'Enum' and 'Edm.String' for operator kind '{operator}'.",
            )

    def _one_of(self, field: _Field) -> _Node:
        if not self._dialect.allows_in:
            raise BadQuery("operator", "The 'in' operator is not supported.")
        self._need("(")
        values = [self._literal()]
        while self._took(","):
            values.append(self._literal())
        self._need(")")
        dialect = self._dialect
        return _Node(
            lambda row: any(ordered(field.read(row), value, dialect) == 0 for value in values), frozenset((field.name,))
        )

    def _function(self, name: str) -> _Node:
        if not self._dialect.allows_functions:
            raise BadQuery("function", f"The function '{name}' is not supported.")
        self._need("(")
        field = self._field(self._name(), depth=1)
        self._need(",")
        value = self._literal()
        self._need(")")
        if not isinstance(value, str):
            raise BadQuery("function", f"No function signature for the function with name '{name}' matches.")
        test = _text_test(field, _TESTS[name], value, self._dialect)
        wanted = self._literal() if self._took("eq") else True
        return _Node(lambda row: test(row) is wanted, frozenset((field.name,)))

    def _field(self, token: Token, depth: int = 0) -> _Field:
        if not self._sees("("):
            _known(token.text, self._dialect, self._fields)
            return _Field(token.text, lambda row: _at(row, token.text))
        if token.text not in _CHANGES or not self._dialect.allows_functions:
            raise BadQuery("function", f"An unknown function with name '{token.text}' was found.")
        if depth and not self._dialect.allows_nested_functions:
            raise BadQuery("function", f"The function '{token.text}' cannot stand within another one.")
        self._need("(")
        inner = self._field(self._name(), depth + 1)
        self._need(")")
        change = _CHANGES[token.text]
        return _Field(inner.name, lambda row: _changed(inner.read(row), change))

    def _lambda(self) -> _Node:
        if not self._dialect.ignores_lambda:
            raise BadQuery("function", "The query specified in the URI is not valid. Any/All is not supported.")
        self._need("(")
        depth = 1
        while depth:
            text = self._take().text
            depth += (text == "(") - (text == ")")
        return _Node(lambda _: True, frozenset())

    def _literal(self) -> Value:
        token = self._take()
        if token.kind != "value":
            raise bad_syntax(self._text, token.place)
        return token.value

    def _name(self) -> Token:
        token = self._take()
        if token.kind != "name":
            raise bad_syntax(self._text, token.place)
        return token

    def _take(self) -> Token:
        if self._next >= len(self._tokens):
            raise bad_syntax(self._text, len(self._text))
        self._next += 1
        return self._tokens[self._next - 1]

    def _sees(self, text: str) -> bool:
        return (
            self._next < len(self._tokens)
            and self._tokens[self._next].kind != "value"
            and self._tokens[self._next].text == text
        )

    def _took(self, text: str) -> bool:
        is_there = self._sees(text)
        self._next += is_there
        return is_there

    def _need(self, text: str) -> None:
        if not self._took(text):
            place = self._tokens[self._next].place if self._next < len(self._tokens) else len(self._text)
            raise bad_syntax(self._text, place)


_SAME = frozenset({"eq", "ne"})


def _both_of(left: _Node, right: _Node) -> _Node:
    return _Node(lambda row: left.test(row) and right.test(row), left.fields | right.fields)


def _changed(held: Any, change: Callable[[str], str]) -> Any:
    return change(held) if isinstance(held, str) else held


def _star_test(field: _Field, pattern: str, dialect: Dialect, *, is_wanted: bool) -> Test:
    def test(row: Row) -> bool:
        held = field.read(row)
        found = held is not None and like(str(held), pattern, stars=True, is_case_sensitive=dialect.is_case_sensitive)
        return found is is_wanted

    return test


def _text_test(field: _Field, shape: str, part: str, dialect: Dialect) -> Test:
    if not dialect.has_sql_wildcards:
        return _plain_test(field, shape, part, dialect)
    pattern = shape.format(part)

    def test(row: Row) -> bool:
        held = field.read(row)
        return held is not None and like(str(held), pattern, stars=False, is_case_sensitive=dialect.is_case_sensitive)

    return test


def _plain_test(field: _Field, shape: str, part: str, dialect: Dialect) -> Test:
    fold: Callable[[str], str] = str if dialect.is_case_sensitive else str.casefold
    wanted = fold(part)
    found: Callable[[str], bool] = {
        "%{}%": lambda held: wanted in held,
        "{}%": lambda held: held.startswith(wanted),
        "%{}": lambda held: held.endswith(wanted),
    }[shape]

    def test(row: Row) -> bool:
        held = field.read(row)
        return held is not None and found(fold(str(held)))

    return test
