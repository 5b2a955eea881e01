"""The headline of a list of rows: its value, its splits and what is blocked, all counted from the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from unposted.cards.reading import Alert, Blocked, Bucket, CurrencyAmount, Row

__all__ = ["SPLITS", "Totals", "totals_of"]


def _one(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else "several"


def _entity(row: Row) -> str:
    if row.ambiguous:
        return "ambiguous"
    return row.expected_entities[0] if row.expected_entities else "unmapped"


SPLITS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("segment", lambda row: row.segment),
    ("platform", lambda row: _one(row.platforms)),
    ("store", lambda row: _one(row.stores)),
    ("entity", _entity),
    ("status", lambda row: row.status),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a list of rows adds up to."""

    value: int
    alert: Alert
    blocked: Blocked
    splits: tuple[tuple[str, tuple[Bucket, ...]], ...]
    in_dataverse: int


def totals_of(rows: Sequence[Row], currency: str, threshold: int) -> Totals:
    """Count the rows, sum what they block in the reporting currency, and split both; every split adds up."""
    return Totals(
        value=len(rows),
        alert=Alert("firing" if len(rows) > threshold else "ok", threshold),
        blocked=Blocked(currency, _sum(rows), sum(row.blocked is None for row in rows), _by_currency(rows)),
        splits=tuple((name, _buckets(rows, bucket)) for name, bucket in SPLITS),
        in_dataverse=sum(row.status == "in_dataverse" or "in_dataverse" in row.flags for row in rows),
    )


def _sum(rows: Iterable[Row]) -> int | None:
    """Add the known values; nothing is known of rows that all lack a rate."""
    listed = [row.blocked for row in rows]
    known = [units for units in listed if units is not None]
    return sum(known) if known or not listed else None


def _by_currency(rows: Iterable[Row]) -> tuple[CurrencyAmount, ...]:
    sums: dict[str, int] = {}
    for row in rows:
        for amount in row.blocked_by_currency:
            sums[amount.currency] = sums.get(amount.currency, 0) + amount.units
    return tuple(CurrencyAmount(currency, sums[currency]) for currency in sorted(sums))


def _buckets(rows: Iterable[Row], bucket: Callable[[Row], str]) -> tuple[Bucket, ...]:
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(bucket(row), []).append(row)
    return tuple(Bucket(name, len(parts[name]), _sum(parts[name])) for name in sorted(parts))
