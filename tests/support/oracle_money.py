"""The oracle's money: exact fractions of the reporting currency, rounded half-even once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

__all__ = ["converted", "known_total", "per_currency"]

_MINOR_IN_ONE = {"JPY": 1, "KRW": 1, "KWD": 1000, "BHD": 1000}


def converted(amounts: Iterable[tuple[str, int]], reporting: str, rates: Mapping[str, Decimal]) -> int | None:
    """Add up amounts (currency, minor units) in the reporting currency's minor units; None when a rate is missing."""
    total = Fraction(0)
    for currency, units in amounts:
        if currency != reporting and currency not in rates:
            return None
        rate = Fraction(1) if currency == reporting else Fraction(rates[currency])
        total += Fraction(units, _minor_in_one(currency)) * rate
    return round(total * _minor_in_one(reporting))  # round() of a Fraction is half-even


def per_currency(amounts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Add up amounts currency by currency, in the order of the codes."""
    sums: dict[str, int] = {}
    for currency, units in amounts:
        sums[currency] = sums.get(currency, 0) + units
    return sorted(sums.items())


def known_total(parts: Iterable[int | None]) -> int | None:
    """Add up the known parts: 0 of nothing, None when there are parts and none is known."""
    listed = list(parts)
    known = [part for part in listed if part is not None]
    return None if listed and not known else sum(known)


def _minor_in_one(currency: str) -> int:
    return _MINOR_IN_ONE.get(currency, 100)
