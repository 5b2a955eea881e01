"""Adds up the refunds of one order as v3 tells them. Source: Orders V3 reference, `payment_actions/refunds`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from unposted.connectors.scalars import json_amount, text

__all__ = ["Returned", "refunds_total"]


class Returned(NamedTuple):
    """What went back to the buyer, and the tax in it, in minor units."""

    amount: int
    tax: int


def refunds_total(refunds: Iterable[object], currency: str) -> Returned:
    """Add up refunds; what the payment provider declined was not given back."""
    amount = tax = 0
    for refund in refunds:
        if isinstance(refund, dict):
            asked = json_amount(refund.get("total_amount"), "refund total_amount", currency)
            kept = max(0, asked - _declined(refund.get("payments"), currency))
            asked_tax = _signed(refund.get("total_tax"), currency)
            amount += kept
            tax += asked_tax if kept == asked else _share(asked_tax, kept, asked)
    return Returned(amount, tax)


def _share(tax: int, kept: int, asked: int) -> int:
    return int((Decimal(tax) * kept / asked).to_integral_value(ROUND_HALF_EVEN))


def _declined(payments: object, currency: str) -> int:
    listed = payments if isinstance(payments, list) else []
    return sum(
        json_amount(payment.get("amount"), "refund payment amount", currency)
        for payment in listed
        if isinstance(payment, dict) and payment.get("is_declined") is True
    )


def _signed(value: object, currency: str) -> int:
    """Read the tax of a refund, which is below zero where more tax was kept by giving back less."""
    written = text(value) or "0"
    units = json_amount(written.removeprefix("-"), "refund total_tax", currency)
    return -units if written.startswith("-") else units
