"""The oracle's status table, written by hand from the card's definition and decision 16 of the oracle."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["signals_of", "state_of", "unknown_signals"]

_TABLE: dict[str, dict[str, list[str]]] = {
    "shopify": {
        "test": ["test"],
        "cancelled": ["cancelled"],
        "refunded": ["financial_status=VOIDED", "financial_status=REFUNDED"],
        "quote": ["draft_status=OPEN", "draft_status=INVOICE_SENT", "draft_status=COMPLETED"],
        "active": [
            "financial_status=PENDING",
            "financial_status=AUTHORIZED",
            "financial_status=EXPIRED",
            "financial_status=PARTIALLY_PAID",
            "financial_status=PAID",
            "financial_status=PARTIALLY_REFUNDED",
        ],
    },
    "bigcommerce": {
        "test": ["test", "payment_method=test payment gateway"],
        "cancelled": ["cancelled", "status_id=5", "status_id=6"],
        "refunded": ["status_id=4", "payment_status=void"],
        "incomplete": ["status_id=0", "status_id=1"],
        "active": [f"status_id={number}" for number in [2, 3, 7, 8, 9, 10, 11, 12, 13, 14]],
    },
    "adobe_commerce": {
        "test": ["test"],
        "cancelled": ["cancelled", "state=canceled"],
        "refunded": ["state=closed"],
        "quote": [
            "quote_status=ordered",
            "quote_status=created",
            "quote_status=submitted_by_customer",
            "quote_status=submitted_by_admin",
        ],
        "incomplete": ["state=pending_payment"],
        "active": [
            "state=new",
            "state=processing",
            "state=complete",
            "state=holded",
            "state=payment_review",
        ],
    },
}
_FIRST_WINS = ["test", "cancelled", "refunded", "quote", "incomplete", "active"]


def signals_of(text: str) -> list[str]:
    """Split the signals of an order; a signal given twice is one."""
    found: list[str] = []
    for signal in text.split(";"):
        if signal and signal not in found:
            found.append(signal)
    return found


def state_of(platform: str, overrides: Mapping[str, str], text: str) -> str:
    """Tell the state of an order from its signals; one that nobody knows counts as active."""
    states = [_known(platform, overrides, signal) or "active" for signal in signals_of(text)]
    for state in _FIRST_WINS:
        if state in states:
            return state
    return "active"


def unknown_signals(platform: str, overrides: Mapping[str, str], text: str) -> list[str]:
    """List the signals of an order that neither the platform's table nor the store's overrides know."""
    return [signal for signal in signals_of(text) if _known(platform, overrides, signal) is None]


def _known(platform: str, overrides: Mapping[str, str], signal: str) -> str | None:
    if signal in overrides:
        return overrides[signal]
    for state, signals in _TABLE[platform].items():
        if signal in signals:
            return state
    return None
