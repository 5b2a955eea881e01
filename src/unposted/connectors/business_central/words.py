"""Reads the values that Business Central writes in its own way: choices, dates, amounts in local currency.

A choice is written as an XML name (`In_x0020_Review`), a missing date as the year 1, the local currency as nothing at
all. What a row does not say itself is put into it under `LOCAL_CURRENCY` before it is decoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import msgspec

from unposted.connectors.fields import currency_code, optional_instant
from unposted.connectors.formats import Context
from unposted.connectors.scalars import text
from unposted.domain.money import minor_units
from unposted.errors import BadRecord

__all__ = [
    "LOCAL_CURRENCY",
    "business_day",
    "changed_at",
    "choice",
    "currency_of",
    "plain_number",
    "signed_units",
    "unescaped",
    "with_fields",
    "without_correlation",
]

LOCAL_CURRENCY = "localCurrencyCode"
"""The field of generalLedgerSetup with the company's own currency; rows carry it on to the decoders."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CORRELATION = re.compile(r"\s*CorrelationId:\s*[0-9A-Fa-f-]{36}\.?\s*\Z")
_NO_YEAR = "0001-01-01"


def unescaped(name: str | None) -> str:
    """Read a choice's XML name: `In_x0020_Review` is `In Review`, `_x0020_` is blank."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), name or "").strip()


def choice(value: object) -> str:
    """Read a choice of any shape; a choice that is no text is blank."""
    return unescaped(value) if isinstance(value, str) else ""


def without_correlation(message: str | None) -> str | None:
    """Cut off the id of the single call that every error message ends with, so that equal errors read the same."""
    return _CORRELATION.sub("", message).strip() or None if message else None


def business_day(value: str | None, field: str) -> date | None:
    """Read a date; blank and the year 1 are none."""
    found = (value or "").strip()
    if not found or found.startswith(_NO_YEAR):
        return None
    try:
        return date.fromisoformat(found[:10])
    except ValueError:
        raise BadRecord("bad-date", f"{field} is no date that can be read") from None


def changed_at(value: str | None, context: Context, field: str = "lastModifiedDateTime") -> datetime | None:
    """Read an instant; blank and the year 1 are none."""
    return None if value and value.startswith(_NO_YEAR) else optional_instant(value, field, context.zone)


def currency_of(code: str | None, local: str | None, context: Context) -> str:
    """Tell a row's currency: a blank one is the company's own."""
    found = (code or "").strip() or (local or "").strip() or context.currency
    if not found:
        raise BadRecord("missing-currency", "currencyCode is blank and the company's own currency is not known")
    return currency_code(found, "currencyCode")


def plain_number(value: object, field: str) -> Decimal:
    """Read a number, negative ones too; absent and blank are zero."""
    if value is None or value == "":
        return Decimal(0)
    try:
        found = Decimal(text(value) or "?")
    except InvalidOperation:
        raise BadRecord("bad-amount", f"{field} is no amount") from None
    if not found.is_finite():
        raise BadRecord("bad-amount", f"{field} is no amount")
    return found


def signed_units(value: object, field: str, currency: str) -> int:
    """Read an amount, negative ones too, into minor units; absent and blank are zero."""
    try:
        return minor_units(plain_number(value, field), currency)
    except ValueError:
        raise BadRecord("bad-amount", f"{field} is no amount") from None


def with_fields(rows: Sequence[bytes], fields: Mapping[str, str | None]) -> list[bytes]:
    """Put fields before those of each row (a JSON object); those without a value are left out."""
    known = {name: value for name, value in fields.items() if value}
    if not known:
        return list(rows)
    head = msgspec.json.encode(known)[:-1]
    return [head + (b"," if rest[:1] != b"}" else b"") + rest for rest in (row.lstrip()[1:].lstrip() for row in rows)]
