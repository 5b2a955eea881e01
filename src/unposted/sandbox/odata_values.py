"""OData v4 literals, the tokens of a filter, and how a literal is compared with what stands in a row of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = ["BadQuery", "Dialect", "Enum", "Guid", "Token", "Value", "bad_syntax", "like", "ordered", "tokens"]


class BadQuery(Exception):
    """A query option that the service refuses with its own error body.

    `code` says the kind: syntax, unknown-field, or-across-fields, operator, function, enum, number.
    """

    def __init__(self, code: str, message: str) -> None:
        """Take the kind of fault, and what the platform says of it."""
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a platform makes of the common language. `enums` are the fields whose literals must name their type."""

    is_case_sensitive: bool = True
    is_blank_null: bool = False
    allows_or_across_fields: bool = True
    or_refusal: str = "The 'OR' operator is not supported on distinct fields on an OData filter."
    allows_functions: bool = True
    allows_nested_functions: bool = True
    allows_in: bool = True
    ignores_lambda: bool = False
    has_star_wildcards: bool = False  # `Name eq '*abc*'`
    has_sql_wildcards: bool = False  # % _ [ ] within contains, startswith and endswith
    enums: frozenset[str] = frozenset()
    unknown_field: str = "Could not find a property named '{name}'."


class Enum(NamedTuple):
    """An enum's member with the name of its type."""

    type: str
    member: str


class Guid(NamedTuple):
    """A GUID, in lower case."""

    text: str


Value: TypeAlias = str | bool | Decimal | datetime | date | Enum | Guid | None


class Token(NamedTuple):
    """A piece of a filter: a `name` (field, function, operator), a literal `value` or a `mark` of punctuation."""

    kind: Literal["name", "value", "mark"]
    text: str
    value: Value
    place: int


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<enum>[A-Za-z_][\w.]*\.[A-Za-z_]\w*'(?:[^']|'')*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-]))
    | (?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))
    | (?P<day>\d{4}-\d\d-\d\d(?![\w-]))
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<mark>[(),:])
    | (?P<name>[A-Za-z_@][\w@.]*(?:/[A-Za-z_]\w*)*)
    )\s*""",
    re.VERBOSE,
)
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def tokens(text: str) -> Iterator[Token]:
    """Cut a filter into its tokens; raises BadQuery where it is none."""
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise bad_syntax(text, place)
        kind, piece = found.lastgroup or "", found[found.lastgroup or 0]
        if kind == "name" and piece in _CONSTANTS:
            yield Token("value", piece, _CONSTANTS[piece], place)
        elif kind in {"name", "mark"}:
            yield Token("name" if kind == "name" else "mark", piece, None, place)
        else:
            yield Token("value", piece, _value(kind, piece, text, place), place)
        place = found.end()


def bad_syntax(text: str, place: int) -> BadQuery:
    """Say where a filter cannot be read, as Microsoft's libraries do."""
    return BadQuery("syntax", f"Syntax error at position {place} in '{text}'.")


def _value(kind: str, piece: str, text: str, place: int) -> Value:
    try:
        match kind:
            case "text":
                return _unquoted(piece)
            case "enum":
                name, _, member = piece.partition("'")
                return Enum(name, _unquoted("'" + member))
            case "guid":
                return Guid(piece.lower())
            case "moment":
                return _moment(piece)
            case "day":
                return date.fromisoformat(piece)
            case _:
                return Decimal(piece)
    except ValueError:
        raise bad_syntax(text, place) from None


def _unquoted(piece: str) -> str:
    return piece[1:-1].replace("''", "'")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def like(text: str, pattern: str, *, stars: bool, is_case_sensitive: bool) -> bool:
    """Match a whole text: `*` (stars) or SQL's `%`, `_` and `[...]` stand for what they stand for there."""
    flags = re.DOTALL if is_case_sensitive else re.DOTALL | re.IGNORECASE
    return re.fullmatch(_star_pattern(pattern) if stars else _sql_pattern(pattern), text, flags) is not None


def _star_pattern(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in pattern.split("*"))


def _sql_pattern(pattern: str) -> str:
    parts = re.findall(r"\[\^?[^\]]+\]|.", pattern, re.DOTALL)
    return "".join({"%": ".*", "_": "."}.get(part, part if len(part) > 1 else re.escape(part)) for part in parts)


def ordered(held: Any, value: Value, dialect: Dialect) -> int | None:
    """Compare what a row holds with a literal: below 0, 0 or above; None where the two have no order."""
    left, right = _pair(held, value, dialect)
    if left is None or right is None:
        return 0 if left is right else None
    try:
        return int(left > right) - int(left < right)
    except TypeError:
        return None


def _pair(held: Any, value: Value, dialect: Dialect) -> tuple[Any, Any]:
    """Bring both sides to one type, which the literal names."""
    if dialect.is_blank_null:
        held, value = (None if held == "" else held), (None if value == "" else value)
    if held is None or value is None:
        return held, value
    if isinstance(value, Enum | Guid):
        return (str(held), value.member) if isinstance(value, Enum) else (str(held).lower(), value.text)
    if isinstance(value, str):
        return (str(held), value) if dialect.is_case_sensitive else (str(held).casefold(), value.casefold())
    return _read(held, value), value


class _Other:
    """Stands for a held value of another type than the literal: neither equal nor ordered."""


def _read(held: Any, value: bool | Decimal | datetime | date) -> Any:
    if isinstance(value, bool):
        return held if isinstance(held, bool) else _Other()
    try:
        if isinstance(value, Decimal):
            return Decimal(str(held))
        return _moment(held) if isinstance(value, datetime) else date.fromisoformat(held[:10])
    except (ValueError, TypeError, ArithmeticError):
        return _Other()
