"""The headline of a worklist: its value, its splits, what is blocked; counted where it was computed or from rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from unposted.cards.reading import Alert, Blocked, Bucket, CurrencyAmount, Row
from unposted.domain.filters import SPLITS as SPLIT_NAMES
from unposted.domain.filters import bucket_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["SPLITS", "Totals", "computed_totals", "totals_of"]


SPLITS: tuple[tuple[str, Callable[[Row], str]], ...] = tuple(
    (name, partial(bucket_of, split=name)) for name in SPLIT_NAMES
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


def computed_totals(cursor: duckdb.DuckDBPyConnection, currency: str, threshold: int) -> Totals:
    """Read what a computed worklist adds up to; the same as `totals_of` says of its rows."""
    counted = cursor.execute(
        "SELECT count(*), sum(blocked), count(*) - count(blocked), count(*) FILTER (is_in_dataverse) FROM worklist"
    ).fetchone()
    assert counted is not None
    value, blocked, unknown, in_dataverse = counted
    amounts = cursor.execute("SELECT currency, amount FROM worklist_currency ORDER BY currency").fetchall()
    buckets: dict[str, list[Bucket]] = {name: [] for name, _ in SPLITS}
    for split, *bucket in cursor.execute("SELECT split, bucket, lines, blocked FROM worklist_split").fetchall():
        buckets[split].append(Bucket(*bucket))
    return Totals(
        value=value,
        alert=Alert("firing" if value > threshold else "ok", threshold),
        blocked=Blocked(
            currency, 0 if value == 0 else blocked, unknown, tuple(CurrencyAmount(*amount) for amount in amounts)
        ),
        splits=tuple((name, tuple(sorted(found, key=lambda bucket: bucket.name))) for name, found in buckets.items()),
        in_dataverse=in_dataverse,
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
