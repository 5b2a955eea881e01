"""Reads the values that Finance & Operations writes in its own way: days at noon, no day and no end as far-off years.

A day without a time is written as an instant (`2026-04-10T12:00:00Z`) whose date is meant; 1900 says that there is
none, 2154 that there is no end.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from unposted.connectors.fields import quoted_date
from unposted.connectors.scalars import text
from unposted.domain.money import minor_units
from unposted.errors import BadRecord

__all__ = ["day", "needed_day", "signed_units"]

_NO_DAY, _NO_END = 1900, 2154


def day(value: str | None, field: str) -> date | None:
    """Read a day that may be missing."""
    written = (value or "").strip()
    if not written:
        return None
    try:
        found = date.fromisoformat(written[:10])
    except ValueError:
        raise BadRecord("bad-date", f"{field}{quoted_date(written)} is no date that can be read") from None
    return None if found.year <= _NO_DAY or found.year >= _NO_END else found


def needed_day(value: str | None, field: str) -> date:
    """Read a day that must be there."""
    found = day(value, field)
    if found is None:
        raise BadRecord("missing-field", f"{field} is missing")
    return found


def signed_units(value: object, field: str, currency: str) -> int:
    """Read an amount that may be negative into minor units; blank is zero."""
    written = text(value)
    if written is None:
        return 0
    try:
        amount = Decimal(written)
        if not amount.is_finite():
            raise ValueError
        return minor_units(amount, currency)
    except (InvalidOperation, ValueError):
        raise BadRecord("bad-amount", f"{field} is no amount") from None
