"""Amounts of money: decimal text to integer minor units and back, never through a float."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from unposted.domain.currencies import minor_digits

__all__ = ["amount_text", "minor_units", "net_of_refund", "parse_decimal"]

_LARGEST = 10**15


def parse_decimal(text: str, decimal_comma: bool = False) -> Decimal:
    """Read a decimal amount as people and platforms write it; raises ValueError when it is no number.

    Grouping is understood (`1,234.50`, `1.234,50` with `decimal_comma`, thin and plain spaces), currency signs are not.
    """
    plain = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("'", "")
    point, group = (",", ".") if decimal_comma else (".", ",")
    whole, _, fraction = plain.partition(point)
    if group in whole:
        head, *groups = whole.lstrip("+-").split(group)
        if not 1 <= len(head) <= 3 or any(len(part) != 3 for part in groups):
            raise ValueError(f"{text!r} is no amount")
        whole = whole.replace(group, "")
    try:
        amount = Decimal(f"{whole}.{fraction}" if fraction else whole)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount") from None
    if not amount.is_finite():
        raise ValueError(f"{text!r} is no amount")
    return amount


def minor_units(amount: Decimal, currency: str) -> int:
    """Turn a decimal amount into minor units, half-even; raises ValueError beyond any real order's size."""
    units = int((amount.scaleb(minor_digits(currency))).to_integral_value(ROUND_HALF_EVEN))
    if abs(units) > _LARGEST:
        raise ValueError("the amount is beyond 10^15 minor units")
    return units


def net_of_refund(total: int, tax: int, refunded: int) -> int:
    """Tell the net of tax of what is left of an order, in minor units.

    A refund is taken to carry tax in the order's own proportion, half-even, unless the platform said otherwise.
    """
    if refunded == 0 or total == 0:
        return total - tax - refunded
    refunded_tax = (Decimal(refunded) * Decimal(tax) / Decimal(total)).to_integral_value(ROUND_HALF_EVEN)
    return total - tax - (refunded - int(refunded_tax))


def amount_text(units: int, currency: str) -> str:
    """Write minor units as a plain decimal with the currency's own number of digits (`18400.00`)."""
    digits = minor_digits(currency)
    if digits == 0:
        return str(units)
    sign = "-" if units < 0 else ""
    whole, fraction = divmod(abs(units), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}"
