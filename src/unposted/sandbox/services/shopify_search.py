"""Understands Shopify's search grammar as Shopify does, with its traps.

A time of day that is not quoted is not understood and its term finds everything; an unknown term is ignored with a
warning; an unquoted e-mail is cut into words of which one is enough; some lists know whole days only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from unposted.sandbox.shelf import Entry

__all__ = ["Found", "Test", "search"]

Test: TypeAlias = Callable[[Entry], bool]
_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<or>OR\b)|(?P<and>AND\b)|(?P<not>NOT\b|-(?=[A-Za-z]))"
    r"|(?P<name>[A-Za-z_][\w.]*):(?P<op>>=|<=|>|<)?\s*(?:'(?P<single>(?:[^'\\]|\\.)*)'|\"(?P<double>(?:[^\"\\]|\\.)*)\""
    r"|(?P<bare>[^\s()]+))|(?P<word>[^\s()]+))"
)
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda left, right: left == right, ">": lambda left, right: left > right,
    "<": lambda left, right: left < right, ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
}  # fmt: skip
_TIMES = {
    "orders": {"created_at", "updated_at"}, "draftOrders": {"created_at", "updated_at"},
    "customers": {"customer_date", "updated_at"}, "companies": {"created_at", "updated_at"},
    "companyLocations": {"created_at", "updated_at"}, "bulkOperations": {"created_at"},
}  # fmt: skip
_WORDS: dict[str, dict[str, Callable[[dict[str, Any]], object]]] = {
    "orders": {
        "financial_status": lambda row: row.get("displayFinancialStatus"),
        "fulfillment_status": lambda row: row.get("displayFulfillmentStatus"),
        "test": lambda row: row.get("test"), "name": lambda row: row.get("name"),
        "source_name": lambda row: row.get("sourceName"), "tag": lambda row: row.get("tags"),
        "customer_id": lambda row: _number((row.get("customer") or {}).get("id")),
        "status": lambda row: _states(row),  # noqa: PLW0108 - it is defined below
    },
    "draftOrders": {"status": lambda row: row.get("status"), "tag": lambda row: row.get("tags")},
    "customers": {"tag": lambda row: row.get("tags"), "state": lambda row: row.get("state")},
    "companies": {"name": lambda row: row.get("name"), "external_id": lambda row: row.get("externalId")},
    "companyLocations": {"company_id": lambda row: _number(row["company"]().get("id"))},
    "bulkOperations": {"status": lambda row: row.get("status"), "operation_type": lambda row: row.get("type")},
}  # fmt: skip


class Found(NamedTuple):
    """The test that a search stands for, and the warnings that Shopify gives with its answer."""

    test: Test
    warnings: tuple[str, ...]


class _Term(NamedTuple):
    name: str
    op: str
    value: str
    is_quoted: bool


def search(kind: str, text: str, *, by_day: bool) -> Found:
    """Read a search of one list; `by_day` tells that customers' `updated_at` knows whole days only."""
    return _Reading(kind, text, by_day).whole()


class _Reading:
    """Reads one search: terms joined by AND bind tighter than OR."""

    def __init__(self, kind: str, text: str, by_day: bool) -> None:
        self._kind = kind
        self._by_day = by_day
        self._tokens = list(_tokens(text))
        self._place = 0
        self._warnings: list[str] = []

    def whole(self) -> Found:
        return Found(self._either(), tuple(self._warnings))

    def _either(self) -> Test:
        tests = [self._all()]
        while self._next() == "or":
            self._place += 1
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda entry: any(test(entry) for test in tests)

    def _all(self) -> Test:
        tests: list[Test] = []
        while self._next() not in {"", "or", "close"}:
            test = self._one()
            if test is not None:
                tests.append(test)
        if len(tests) == 1:
            return tests[0]
        return lambda entry: all(test(entry) for test in tests)

    def _one(self) -> Test | None:
        kind, term = self._tokens[self._place]
        self._place += 1
        if kind == "not":
            inner = self._one()
            return None if inner is None else lambda entry: not inner(entry)
        if kind == "open":
            found = self._either()
            self._place += 1  # the closing one
            return found
        return None if kind in {"and", "word"} or term is None else self._term(term)

    def _next(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _term(self, term: _Term) -> Test | None:
        compared = _COMPARED[term.op]
        if term.name == "id":
            number = int(term.value)
            return lambda entry: compared(int(_number(entry.row["id"])), number)
        if term.name in _TIMES[self._kind]:
            return self._time(term)
        if term.name == "email" and self._kind in {"customers", "orders"}:
            return _email(term)
        read = _WORDS[self._kind].get(term.name)
        if read is None:
            self._warnings.append(f"Invalid search field: {term.name}")
            return None
        wanted = term.value.casefold()
        return lambda entry: wanted in _folded(read(entry.row))

    def _time(self, term: _Term) -> Test | None:
        """Compare a time; what is not quoted and holds a colon is not understood."""
        moment = None if not term.is_quoted and ":" in term.value else _moment(term.value)
        if moment is None:
            self._warnings.append(f"Invalid value for {term.name}")
            return None
        compared = _COMPARED[term.op]
        is_day = len(term.value) <= 10 or (self._by_day and self._kind == "customers" and term.name == "updated_at")
        is_updated = term.name == "updated_at"

        def test(entry: Entry) -> bool:
            at = entry.updated_at if is_updated else entry.created_at
            return compared(at.date(), moment.date()) if is_day else compared(at, moment)

        return test


def _tokens(text: str) -> Iterator[tuple[str, _Term | None]]:
    for match in _TOKEN.finditer(text):
        if match["name"]:
            quoted = match["single"] if match["single"] is not None else match["double"]
            value = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            yield "term", _Term(match["name"], match["op"] or "", value, quoted is not None)
        elif match.lastgroup is not None:
            yield match.lastgroup, None


def _email(term: _Term) -> Test:
    """Quoted: the whole address. Not quoted: any word of it, as a full-text index finds it."""
    wanted = term.value.casefold()
    if term.is_quoted:
        return lambda entry: _address(entry.row).casefold() == wanted
    words = set(re.findall(r"\w+", wanted))
    return lambda entry: not words.isdisjoint(re.findall(r"\w+", _address(entry.row).casefold()))


def _address(row: dict[str, Any]) -> str:
    return row.get("email") or (row.get("defaultEmailAddress") or {}).get("emailAddress") or ""


def _states(row: dict[str, Any]) -> list[str]:
    is_closed, is_cancelled = bool(row.get("closed")), row.get("cancelledAt") is not None
    found = ["cancelled"] if is_cancelled else []
    found += ["closed"] if is_closed else ["not_closed"]
    return [*found, *([] if is_closed or is_cancelled else ["open"])]


def _folded(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one).casefold() for one in values if one is not None]


def _number(gid: object) -> str:
    return str(gid or "").rpartition("/")[2]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
