"""Compares a reading of the product with what the oracle expects, and says in words where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tests.support.oracle import Expected
from unposted.cards.reading import Reading, Row
from unposted.cards.totals import Totals, totals_of

__all__ = ["COMPARED_FIELDS", "canonical", "differences"]

_NOT_COMPARED = ("rank", "party", "name", "matched_evidence", "route", "recommended_action")
_PARTY = {"company": re.compile(r"c-[0-9a-f]{16}"), "person": re.compile(r"p-[0-9a-f]{16}")}

COMPARED_FIELDS = tuple(name for name in Row._fields if name not in _NOT_COMPARED)


def canonical(row: Row) -> tuple[object, ...]:
    """Reduce a row to what is determined: the compared fields, flags in alphabetical order."""
    values = {name: getattr(row, name) for name in COMPARED_FIELDS}
    values["flags"] = tuple(sorted(row.flags))
    return tuple(values.values())


def differences(expected: Expected, reading: Reading) -> list[str]:
    """List where a reading differs from what is expected, a line each; nothing when they agree."""
    rows = tuple(reading.rows)
    splits = {name: {part.name: (part.count, part.blocked) for part in parts} for name, parts in reading.splits}
    splits = {name: {part: figures for part, figures in parts.items() if figures[0]} for name, parts in splits.items()}
    pairs: list[tuple[str, object, object]] = [
        ("window start", expected.start, reading.window.start),
        ("window end", expected.end, reading.window.end),
        ("value", expected.value, reading.value),
        ("alert", expected.alert, reading.alert),
        ("blocked", expected.blocked, reading.blocked),
        ("in_dataverse", expected.in_dataverse, reading.in_dataverse),
        ("unmapped_statuses", dict(expected.unmapped_statuses), dict(reading.unmapped_statuses)),
        *((f"split {name}", dict(parts), splits.get(name)) for name, parts in expected.splits.items()),
        ("totals of the rows", totals_of(rows, reading.blocked.currency, reading.alert.threshold), _totals(reading)),
        ("ranking", _ranking(expected.rows), _ranking(rows)),
        ("ranks", list(range(1, len(rows) + 1)), [row.rank for row in rows]),
    ]
    found = [f"{name}: expected {mine!r}, got {theirs!r}" for name, mine, theirs in pairs if mine != theirs]
    return found + _row_differences(expected.rows, rows) + _party_faults(rows)


def _totals(reading: Reading) -> Totals:
    """Give what a reading says of all its rows together, to compare with what they add up to."""
    return Totals(reading.value, reading.alert, reading.blocked, reading.splits, reading.in_dataverse)


def _ranking(rows: Iterable[Row]) -> list[tuple[object, ...]]:
    return [(row.blocked, row.orders, row.first_order_at) for row in rows]


def _row_differences(expected: Sequence[Row], got: Sequence[Row]) -> list[str]:
    missing = list(map(canonical, expected))
    surplus = []
    for row in map(canonical, got):
        if row in missing:
            missing.remove(row)
        else:
            surplus.append(row)
    lines = [f"row expected, not there: {_shown(row)}" for row in missing]
    return lines + [f"row there, not expected: {_shown(row)}" for row in surplus]


def _shown(row: tuple[object, ...]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in zip(COMPARED_FIELDS, row, strict=True))


def _party_faults(rows: Sequence[Row]) -> list[str]:
    ill_formed = [row.party for row in rows if not _PARTY[row.kind].fullmatch(row.party)]
    parties = [row.party for row in rows]
    twice = sorted({party for party in parties if parties.count(party) > 1})
    return [f"party id {party!r} is ill-formed" for party in ill_formed] + [
        f"party id {p!r} is there twice" for p in twice
    ]
