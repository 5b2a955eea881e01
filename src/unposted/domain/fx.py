"""Exchange rates to the reporting currency, and the exact factor that turns minor units into minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from unposted.domain.currencies import minor_digits

__all__ = ["FACTOR_DIGITS", "Rate", "cross_rate", "exact_factor", "rate_of"]

FACTOR_DIGITS = 18
_PRECISE = Context(prec=50)


@dataclass(frozen=True, slots=True)
class Rate:
    """How much one unit of a currency is worth in the reporting currency.

    `day` None: a fixed rate. `until` is the last day that it is good for; None: a week from its day. A lower `rank`
    wins: own currency 0, the ERP's own table 1, the ECB's reference file 2, a fixed rate 3.
    """

    currency: str
    rate: Decimal
    origin: str
    rank: int
    day: date | None = None
    until: date | None = None


def cross_rate(currency_per_euro: Decimal, reporting_per_euro: Decimal) -> Decimal:
    """Return the rate of a currency by way of the euro, to 15 significant digits, half-even."""
    return Context(prec=15, rounding=ROUND_HALF_EVEN).divide(reporting_per_euro, currency_per_euro)


def exact_factor(rate: Rate, reporting: str) -> Decimal:
    """Return the whole number of 10^-18 reporting minor units in one minor unit of the rate's currency."""
    shift = minor_digits(reporting) - minor_digits(rate.currency) + FACTOR_DIGITS
    return _PRECISE.scaleb(rate.rate, shift).to_integral_value(ROUND_HALF_EVEN)


def rate_of(factor: int, currency: str, reporting: str) -> Decimal:
    """Turn an exact factor back into the rate that it stands for, without trailing zeros."""
    shift = minor_digits(reporting) - minor_digits(currency) + FACTOR_DIGITS
    return _PRECISE.scaleb(Decimal(factor), -shift).normalize(_PRECISE)
