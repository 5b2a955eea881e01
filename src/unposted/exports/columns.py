"""The columns of an exported worklist: the names of the JSON's rows, in their order, one per order currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from unposted.cards.reading import CurrencyAmount, Reading, Row
from unposted.exports.words import near_words

__all__ = ["Cell", "Column", "columns_of"]

Cell: TypeAlias = str | int | bool | CurrencyAmount | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, its width in characters, and how a row's cell is found; None is an empty cell."""

    name: str
    width: int
    cell: Callable[[Row], Cell]


_WHO = (
    Column("rank", 6, lambda row: row.rank),
    Column("party", 20, lambda row: row.party),
    Column("name", 28, lambda row: row.name),
    Column("kind", 10, lambda row: row.kind),
    Column("company", 28, lambda row: row.company),
    Column("segment", 9, lambda row: row.segment),
    Column("stores", 14, lambda row: _listed(row.stores)),
    Column("platforms", 16, lambda row: _listed(row.platforms)),
    Column("emails", 32, lambda row: _listed(row.emails)),
    Column("tax_ids", 18, lambda row: _listed(row.tax_ids)),
    Column("external_ids", 18, lambda row: _listed(row.external_ids)),
    Column("expected_entities", 18, lambda row: _listed(row.expected_entities)),
    Column("ambiguous", 11, lambda row: row.ambiguous),
    Column("missing_entities", 18, lambda row: _listed(row.missing_entities)),
    Column("exists_in", 12, lambda row: _listed(row.exists_in)),
    Column("status", 16, lambda row: row.status),
    Column("flags", 22, lambda row: _listed(row.flags)),
    Column("matched_evidence", 24, lambda row: row.matched_evidence),
)
_WHEN = (
    Column("orders", 8, lambda row: row.orders),
    Column("first_order_at", 19, lambda row: row.first_order_at),
    Column("last_order_at", 19, lambda row: row.last_order_at),
    Column("age_days", 10, lambda row: row.age_days),
    Column("route", 12, lambda row: row.route),
    Column("recommended_action", 60, lambda row: row.recommended_action),
    Column("near", 40, lambda row: _listed(tuple(near_words(near) for near in row.near if near.verdict != "create"))),
)


def columns_of(reading: Reading) -> tuple[Column, ...]:
    """Return the columns of a reading's worklist.

    `blocked` and `blocked_net` are in the currency that `currency` names on every line; `blocked CAD` and its like hold
    the order currencies that the rows show.
    """
    reporting = reading.blocked.currency
    used = sorted({amount.currency for row in reading.rows for amount in row.blocked_by_currency})
    money = (
        Column("blocked", 16, lambda row: _amount(row.blocked, reporting)),
        Column("blocked_net", 16, lambda row: _amount(row.blocked_net, reporting)),
        Column("currency", 10, lambda _row: reporting),
    )
    return _WHO + tuple(map(_in_currency, used)) + money + _WHEN + _standing_columns(reading)


def _standing_columns(reading: Reading) -> tuple[Column, ...]:
    return (
        Column("first_seen", 19, lambda row: reading.standing(row).first_seen),
        Column("usual_clear_minutes", 20, lambda row: reading.standing(row).usual_clear_minutes),
        Column("stuck", 8, lambda row: reading.standing(row).stuck),
    )


def _in_currency(currency: str) -> Column:
    def cell(row: Row) -> Cell:
        return next((amount for amount in row.blocked_by_currency if amount.currency == currency), None)

    return Column(f"blocked {currency}", 16, cell)


def _amount(units: int | None, currency: str) -> Cell:
    return None if units is None else CurrencyAmount(currency, units)


def _listed(values: tuple[str, ...]) -> str:
    return "; ".join(values)
