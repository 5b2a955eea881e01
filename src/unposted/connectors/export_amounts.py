"""Reads the amounts of exports as a shop's admin shows them: `$1,234.50`, `1.234,50 €`, `12.00 USD`, `165.0000`.

A sign that several currencies share (`$`, `¥`, `kr`) tells no currency.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from unposted.connectors.fields import currency_code, money
from unposted.domain.currencies import is_currency
from unposted.errors import BadRecord

__all__ = ["Amount", "amount_currency", "amount_units", "read_amount"]

_SIGNS = {
    "€": "EUR", "£": "GBP", "us$": "USD", "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD",
    "hk$": "HKD", "mx$": "MXN", "r$": "BRL", "nt$": "TWD", "s$": "SGD", "jp¥": "JPY", "cn¥": "CNY", "₹": "INR",
    "₩": "KRW", "₪": "ILS", "₫": "VND", "₺": "TRY", "₴": "UAH", "₽": "RUB", "฿": "THB", "₱": "PHP", "₦": "NGN",
    "zł": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON",
}  # fmt: skip
_SHARED_SIGNS = frozenset({"$", "¥", "kr", "rs", "fr", "r", "₨", "﷼"})
_NUMBER = re.compile(r"[0-9.,'’\s\u00a0\u202f]+")
_CODE = re.compile(r"[A-Z]{3}")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")


class Amount(NamedTuple):
    """An amount as text without its currency sign, whether its decimal sign is a comma, and the currency it shows.

    `number` is None when something else than a currency stands beside it.
    """

    number: str | None
    decimal_comma: bool
    currency: str | None


@lru_cache(maxsize=8192)
def read_amount(text: str, decimal_comma: bool | None) -> Amount:
    """Take an amount apart; `decimal_comma` None: the amount itself tells, `1,234` being a thousand."""
    plain = text.strip().replace("\u2212", "-")
    sign = "".join(_NUMBER.sub("", plain).split()).strip("-+()")
    number = "".join(_NUMBER.findall(plain)).replace("’", "'").strip()
    comma = _shows_comma(number) if decimal_comma is None else decimal_comma
    code = _CODE.search(sign)
    currency = code.group() if code and is_currency(code.group()) else _SIGNS.get(sign.casefold())
    if sign and currency is None and sign.casefold() not in _SHARED_SIGNS:
        return Amount(None, comma, None)
    return Amount(f"-{number}" if "-" in plain or plain.startswith("(") else number, comma, currency)


def _shows_comma(number: str) -> bool:
    if "," not in number:
        return False
    return number.rfind(",") > number.rfind(".") and _GROUPED.fullmatch(number) is None


def amount_currency(column: str, amount: Amount, default: str | None, field: str) -> str:
    """Tell an amount's currency: by a column that names it, by the amount's own sign, else the source's `currency`."""
    if column.strip():
        return currency_code(column, f"the currency of {field}")
    found = amount.currency or default
    if found is None:
        raise BadRecord(
            "missing-currency",
            f"{field} does not show its currency: set `currency` for this store, or export a column with its code",
        )
    return currency_code(found, f"the currency of {field}")


def amount_units(text: str, field: str, currency: str, decimal_comma: bool | None) -> int:
    """Read an amount of a known currency into minor units; blank is zero, a negative amount is refused."""
    amount = read_amount(text, decimal_comma)
    if text.strip() and not amount.number:
        raise BadRecord("bad-amount", f"{field} is no amount")
    return money(amount.number, field, currency, amount.decimal_comma)
