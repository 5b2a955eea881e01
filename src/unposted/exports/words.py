"""The plain English for the product's short names, and amounts as people read them."""

from __future__ import annotations

from unposted.cards.reading import Near
from unposted.domain.money import amount_text

__all__ = [
    "FLAG_WORDS",
    "ROUTE_WORDS",
    "SEGMENT_WORDS",
    "STATUS_WORDS",
    "VERDICT_WORDS",
    "money_words",
    "near_words",
]

STATUS_WORDS = {
    "awaiting_sync": "waiting for the sync",
    "in_dataverse": "in Dataverse, not promoted",
    "near_match": "looks like an existing record",
    "other_entity": "exists in another entity",
    "no_key": "nothing to match on",
    "no_match": "no record found",
}
FLAG_WORDS = STATUS_WORDS | {
    "ambiguous": "several entities expected",
    "unmapped": "no rule names an entity",
    "conflict": "likely duplicate masters",
    "unknown_rate": "no exchange rate",
}
ROUTE_WORDS = {
    "wait": "wait",
    "promote": "promote",
    "link": "link",
    "extend": "extend",
    "find_key": "find a key",
    "onboard": "onboard",
    "auto_create": "create",
}
VERDICT_WORDS = {"link": "it is the same", "ask": "look first", "create": "not close"}
SEGMENT_WORDS = {"b2b": "B2B", "dtc": "DTC"}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money_words(units: int | None, currency: str, *, with_code: bool) -> str:
    """Write an amount for reading (`$18,400.00`, `1,200.00 CAD`); `with_code` where two currencies can meet.

    A currency without a sign of its own always shows its code; None is `unknown`.
    """
    if units is None:
        return "unknown"
    whole, point, fraction = amount_text(abs(units), currency).partition(".")
    sign = _SIGNS.get(currency, "")
    code = f" {currency}" if with_code or not sign else ""
    return f"{'-' if units < 0 else ''}{sign}{int(whole):,}{point}{fraction}{code}"


def near_words(near: Near) -> str:
    """Name a master record that may be the party, and its verdict (`link: US-001003 in USTI, Theo Marchetti`)."""
    return f"{near.verdict}: {near.account} in {near.entity}" + (f", {near.name}" if near.name else "")
