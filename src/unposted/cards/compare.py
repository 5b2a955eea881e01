"""Compares a list that somebody made with the worklist, and explains the difference line by line, ending at zero.

A line means a party of the window by the first of: our own name for it, an order, an external id, a tax id, an e-mail
address, the account of a master record that the party meets, its name. Where that hits several, an absent one is meant
before others. A line that means nobody of the window is looked for outside of it, in Dataverse and in the master, there
by the very name only. For that the addresses of all known orders are looked through: the one question that reads the
history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from unposted.cards.bridge import ABSENT, IDLE_STEPS
from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.engine import BESIDE, compute, reading_on
from unposted.cards.explained import EVERY_PARTY
from unposted.cards.rates import known_rates
from unposted.cards.reading import Reading, Row
from unposted.connectors.files.lists import CustomerList, ListLine
from unposted.domain.identity import plain_words
from unposted.domain.window import window_of
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["COMPARED_STEPS", "CompareRow", "CompareStep", "Comparison", "compare_list"]

_RANKS = {"party": 1, "order": 2, "external_id": 3, "tax_id": 4, "email": 5, "account": 6, "name": 7}
_RELATIONS = ("bridge_line", "list_hit", "list_elsewhere", "order_entity")
_BATCH = 500

_TAKEN = (
    "bad_row", "no_key", "twice", "unknown", "master_only", "staging", "not_in_window", "timing", *IDLE_STEPS, "entity",
)  # fmt: skip
_PRESENT = ("external_id", "tax_id", "email", "phone", "name_address")
_MISSING = {
    "awaiting_sync": "missing_timing",
    "in_dataverse": "missing_staging",
    "near_match": "missing_near_match",
    "other_entity": "missing_entity",
    "no_key": "missing_no_key",
    "no_match": "missing",
}
_LABELS = {
    "list": "Lines of the list",
    "bad_row": "could not be read",
    "no_key": "nothing to find anybody by",
    "twice": "twice in the list",
    "unknown": "unknown to us: no order, account, Dataverse or master record",
    "master_only": "a record of the customer master without an order",
    "staging": "only in Dataverse, without an order",
    "not_in_window": "no order in the window",
    "timing": "ordered after the window",
    "quote_only": "quotes only",
    "incomplete": "checkout not completed",
    "test": "test orders only",
    "superseded": "edited into a newer order that does not count here",
    "cancelled": "cancelled",
    "refunded": "fully refunded or voided",
    "entity": "present in the entity that bills it, which is not the list's",
    "present_by_external_id": "present: external id",
    "present_by_tax_id": "present: tax id",
    "present_by_email": "present: e-mail",
    "present_by_phone": "present: phone",
    "present_by_name_address": "present: name and address",
    "agreed": "on the list and on the worklist",
    "missing_timing": "not on the list: ordered minutes ago",
    "missing_staging": "not on the list: in Dataverse, not promoted",
    "missing_near_match": "not on the list: looks like a record under another key",
    "missing_entity": "not on the list: exists in another entity",
    "missing_no_key": "not on the list: nothing to match on",
    "missing": "not on the list: no record found",
    "amount": "the amounts of those on both differ",
    ABSENT: "Absent from the customer master",
}
COMPARED_STEPS = (
    "list", *_TAKEN, *(f"present_by_{key}" for key in _PRESENT), "agreed", "amount", *_MISSING.values(), ABSENT,
)  # fmt: skip
"""The steps in their order: lines of the list, what is taken away, those on both, what is added, the headline."""


class CompareRow(NamedTuple):
    """One line of the list, or (`line` None) a party of the worklist that the list lacks.

    Amounts are minor units of the reporting currency, None when unknown; `evidence` says it in words.
    """

    line: int | None
    name: str
    reason: str
    party: str | None
    evidence: str
    listed: int | None
    blocked: int | None


@dataclass(frozen=True, slots=True)
class CompareStep:
    """One step: what it adds to the count and the amount (negative: takes away), and its rows.

    `list`, `agreed` and `absent` are levels and not changes. An unknown amount counts as nothing.
    """

    step: str
    label: str
    count: int
    amount: int
    unknown_amounts: int
    rows: Sequence[CompareRow]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A list against the worklist; `difference` is what the steps leave unexplained, and is zero."""

    reading: Reading
    columns: Mapping[str, str]
    has_amounts: bool
    steps: tuple[CompareStep, ...]
    difference: int
    amount_difference: int


class _Party(NamedTuple):
    """A party of the window: its name outside, its name for people, the step of the bridge that it falls in."""

    party: str
    name: str
    step: str
    blocked: int | None


def compare_list(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    listed: CustomerList,
    as_of: datetime,
    window_text: str | None = None,
) -> Comparison:
    """Explain why a list differs from the worklist as of an instant."""
    as_of = as_of.astimezone(UTC)
    window = window_of(window_text or ABSENT_CUSTOMERS.window, as_of, workspace.timezone)
    cursor = connection.cursor()
    _load_list(cursor, listed.lines)
    rates = known_rates(connection, workspace, as_of, window)
    wanted = (ABSENT_CUSTOMERS.relation, *BESIDE, *_RELATIONS)
    numbers = compute(cursor, workspace, as_of, window, rates, wanted, stand_ins=EVERY_PARTY)
    reading = reading_on(cursor, workspace, as_of, window, numbers)
    lookup = _Lookup(cursor, listed.lines)
    rows = [*_unread(listed), *_judged(listed.lines, lookup)]
    rows += _lacking(reading.rows, {row.party for row in rows if row.reason == "agreed"})
    return _comparison(reading, listed, rows)


def _load_list(cursor: duckdb.DuckDBPyConnection, lines: Iterable[ListLine]) -> None:
    rows = [
        (place, _RANKS[kind], kind, value, line.entity)
        for place, line in enumerate(lines)
        for kind, value in (*line.keys, ("name", line.name.strip().lower()))
        if kind in _RANKS and value
    ]
    _load(cursor, "list_key", "line INTEGER, rank INTEGER, kind VARCHAR, value VARCHAR, entity VARCHAR", rows)


def _load(cursor: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Collection[tuple[object, ...]]) -> None:
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    listed = list(rows)
    for start in range(0, len(listed), _BATCH):
        batch = listed[start : start + _BATCH]
        line = f"({', '.join('?' for _ in batch[0])})"
        values = [value for row in batch for value in row]
        cursor.execute(f"INSERT INTO {name} VALUES {', '.join([line] * len(batch))}", values)


class _Lookup:
    """Tells whom each line means, by its place in the list."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, lines: Sequence[ListLine]) -> None:
        self.hits: dict[int, list[tuple[int, str]]] = {}
        for place, rank, key in cursor.execute("SELECT line, rank, key FROM list_hit").fetchall():
            self.hits.setdefault(place, []).append((rank, key))
        self._by_name(cursor, lines)
        _load(cursor, "list_meant", "key VARCHAR", {(key,) for hits in self.hits.values() for _, key in hits})
        self.parties = _parties(cursor)
        self.expected = _expected(cursor)
        self.elsewhere: dict[int, set[str]] = {}
        for place, found in cursor.execute("SELECT line, place FROM list_elsewhere").fetchall():
            self.elsewhere.setdefault(place, set()).add(found)

    def _by_name(self, cursor: duckdb.DuckDBPyConnection, lines: Sequence[ListLine]) -> None:
        """Find by name those that nothing else finds."""
        wanted: dict[str, list[int]] = {}
        for place, line in enumerate(lines):
            if place not in self.hits:
                for kind, value in line.keys:
                    if kind == "name":
                        wanted.setdefault(value, []).append(place)
        if not wanted:
            return
        cursor.execute("SELECT key, name FROM bridge_line")
        while batch := cursor.fetchmany(10_000):
            for key, name in batch:
                for place in wanted.get(plain_words(name), ()):
                    self.hits.setdefault(place, []).append((_RANKS["name"], key))

    def meant(self, place: int) -> tuple[_Party, str, int] | None:
        """Return the party that a line means, its key, and how many others are as good."""
        hits = self.hits.get(place)
        if not hits:
            return None
        first = min(rank for rank, _ in hits)
        keys = {key for rank, key in hits if rank == first}
        best = min(keys, key=lambda key: (self.parties[key].step != ABSENT, self.parties[key].party))
        return self.parties[best], best, len(keys) - 1


def _parties(cursor: duckdb.DuckDBPyConnection) -> dict[str, _Party]:
    found = cursor.execute(
        "SELECT b.key, b.party, b.name, b.step, b.blocked FROM bridge_line AS b JOIN list_meant AS m ON m.key = b.key"
    ).fetchall()
    return {key: _Party(*rest) for key, *rest in found}


def _expected(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Read the entities that the orders of those expect whom the list means."""
    found: dict[str, list[str]] = {}
    for key, entity in cursor.execute(
        """SELECT DISTINCT o.party, o.entity FROM order_entity AS o JOIN list_meant AS m ON m.key = o.party
        WHERE o.entity IS NOT NULL ORDER BY ALL"""
    ).fetchall():
        found.setdefault(key, []).append(entity)
    return found


def _unread(listed: CustomerList) -> Iterator[CompareRow]:
    for bad in listed.bad:
        yield CompareRow(bad.line, "", "bad_row", None, bad.reason, None, None)


def _judged(lines: Sequence[ListLine], lookup: _Lookup) -> Iterator[CompareRow]:
    first_lines: dict[str, int] = {}
    for place, line in enumerate(lines):
        meant = lookup.meant(place)
        if meant is None:
            reason, evidence = _outside(line, lookup.elsewhere.get(place, set()))
            yield CompareRow(line.line, line.name, reason, None, _noted(evidence, line), line.amount, None)
            continue
        party, key, others = meant
        earlier = first_lines.setdefault(key, line.line)
        if earlier != line.line:
            reason, evidence = "twice", f"the same party as on line {earlier}"
        else:
            reason, evidence = _reason(line, party, lookup.expected.get(key, []))
        if others:
            evidence += f"{'; ' if evidence else ''}the line could mean {others + 1} parties"
        is_counted = reason == "agreed"
        yield CompareRow(
            line.line, line.name or party.name, reason, party.party, _noted(evidence, line), line.amount,
            party.blocked if is_counted else None,
        )  # fmt: skip


def _reason(line: ListLine, party: _Party, expected: Sequence[str]) -> tuple[str, str]:
    if party.step == ABSENT:
        return "agreed", ""
    is_present = party.step.startswith("present_by_")
    if is_present and line.entity and expected and line.entity not in expected:
        return "entity", f"the list says {line.entity}, its orders are billed by {', '.join(expected)}"
    return party.step, ""


def _outside(line: ListLine, places: set[str]) -> tuple[str, str]:
    """Tell of a line that means nobody of the window where else it is known."""
    if "earlier_order" in places:
        return "not_in_window", "its orders were placed before the window"
    if "later_order" in places:
        return "timing", "its orders were placed after the window"
    if places & {"account", "company"}:
        return "not_in_window", "a storefront's account without an order in the window"
    if "master" in places:
        return "master_only", ""
    if "dataverse" in places:
        return "staging", ""
    return ("unknown", "") if line.keys else ("no_key", "no name, address, id or order")


def _noted(evidence: str, line: ListLine) -> str:
    return "; ".join(part for part in (evidence, line.note) if part)


def _lacking(rows: Iterable[Row], agreed: set[str | None]) -> Iterator[CompareRow]:
    for row in rows:
        if row.party not in agreed:
            yield CompareRow(
                None, row.name, _MISSING[row.status], row.party, row.matched_evidence or "", None, row.blocked
            )  # fmt: skip


def _comparison(reading: Reading, listed: CustomerList, rows: Sequence[CompareRow]) -> Comparison:
    by_reason: dict[str, list[CompareRow]] = {}
    for row in rows:
        by_reason.setdefault(row.reason, []).append(row)
    mine = [row for row in rows if row.line is not None]
    steps = [_step("list", mine, len(mine), _sum(row.listed for row in mine), listed)]
    steps += [
        _change(name, by_reason.get("agreed" if name == "amount" else name, []), listed)
        for name in COMPARED_STEPS[1:-1]
    ]
    absent = [row for row in rows if row.reason == "agreed" or row.line is None]
    steps.append(_step(ABSENT, absent, reading.value, reading.blocked.units or 0, None))
    changes = [step for step in steps[1:-1] if step.step != "agreed"]
    return Comparison(
        reading, listed.columns, "amount" in listed.columns, tuple(steps),
        steps[0].count + sum(step.count for step in changes) - reading.value,
        steps[0].amount + sum(step.amount for step in changes) - steps[-1].amount,
    )  # fmt: skip


def _change(name: str, rows: Sequence[CompareRow], listed: CustomerList) -> CompareStep:
    if name == "amount":
        differing = [row for row in rows if row.listed != row.blocked]
        amount = _sum(row.blocked for row in rows) - _sum(row.listed for row in rows)
        return _step(name, differing, 0, amount, listed)
    if name == "agreed":
        return _step(name, rows, len(rows), _sum(row.listed for row in rows), listed)
    if name.startswith("missing"):
        return _step(name, rows, len(rows), _sum(row.blocked for row in rows), None)
    return _step(name, rows, -len(rows), -_sum(row.listed for row in rows), listed)


def _step(name: str, rows: Sequence[CompareRow], count: int, amount: int, listed: CustomerList | None) -> CompareStep:
    unknown = sum((row.blocked if listed is None else row.listed) is None for row in rows)
    return CompareStep(name, _LABELS[name], count, amount, unknown, tuple(rows))


def _sum(amounts: Iterable[int | None]) -> int:
    return sum(amount for amount in amounts if amount is not None)
