"""The one visible table of order states: what each platform's own status means, and which of several wins.

A signal is what the platform says, `name=value` or a bare word; decoders write signals exactly as they stand here.
A store may override single signals; one that neither the overrides nor the table know counts as active and is told of.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

__all__ = ["ORDER_STATES", "STATUS_TABLE", "label_signal", "order_state"]

# The first of an order's states in this order is the one that counts.
ORDER_STATES: tuple[str, ...] = ("test", "cancelled", "refunded", "quote", "incomplete", "active")

STATUS_TABLE: dict[str, dict[str, str]] = {
    "shopify": {
        "test": "test",
        "cancelled": "cancelled",
        "financial_status=AUTHORIZED": "active",
        "financial_status=EXPIRED": "active",
        "financial_status=PAID": "active",
        "financial_status=PARTIALLY_PAID": "active",
        "financial_status=PARTIALLY_REFUNDED": "active",
        "financial_status=PENDING": "active",
        "financial_status=REFUNDED": "refunded",
        "financial_status=VOIDED": "refunded",
        "draft_status=OPEN": "quote",
        "draft_status=INVOICE_SENT": "quote",
        "draft_status=COMPLETED": "quote",  # the order that it became is read on its own and counts once
    },
    "bigcommerce": {
        "test": "test",
        "cancelled": "cancelled",
        "status_id=0": "incomplete",  # Incomplete
        "status_id=1": "incomplete",  # Pending: the checkout was begun and not finished
        "status_id=2": "active",  # Shipped
        "status_id=3": "active",  # Partially Shipped
        "status_id=4": "refunded",  # Refunded
        "status_id=5": "cancelled",  # Cancelled
        "status_id=6": "cancelled",  # Declined
        "status_id=7": "active",  # Awaiting Payment
        "status_id=8": "active",  # Awaiting Pickup
        "status_id=9": "active",  # Awaiting Shipment
        "status_id=10": "active",  # Completed
        "status_id=11": "active",  # Awaiting Fulfillment
        "status_id=12": "active",  # Manual Verification Required
        "status_id=13": "active",  # Disputed
        "status_id=14": "active",  # Partially Refunded
        "payment_method=test payment gateway": "test",
        "payment_status=authorized": "active",
        "payment_status=capture pending": "active",
        "payment_status=captured": "active",
        "payment_status=declined": "active",
        "payment_status=held for review": "active",
        "payment_status=paid": "active",
        "payment_status=partially refunded": "active",
        "payment_status=pending": "active",
        "payment_status=refunded": "active",
        "payment_status=void": "refunded",
        "payment_status=void pending": "active",
    },
    "adobe_commerce": {
        "test": "test",
        "cancelled": "cancelled",
        "state=new": "active",
        "state=pending_payment": "incomplete",
        "state=processing": "active",
        "state=complete": "active",
        "state=closed": "refunded",
        "state=canceled": "cancelled",
        "state=holded": "active",
        "state=payment_review": "active",
        "quote_status=draft_by_admin": "quote",
        "quote_status=created": "quote",
        "quote_status=processing_by_customer": "quote",
        "quote_status=processing_by_admin": "quote",
        "quote_status=submitted_by_customer": "quote",
        "quote_status=submitted_by_admin": "quote",
        "quote_status=expired": "quote",
        "quote_status=declined": "quote",
        "quote_status=closed": "quote",
        "quote_status=ordered": "quote",  # the order that it became is read on its own and counts once
    },
}

# The labels and codes that a new shop has for its statuses, in the order of BigCommerce's status ids.
_BIGCOMMERCE_LABELS = (
    *("incomplete", "pending", "shipped", "partially shipped", "refunded", "cancelled", "declined"),
    *("awaiting payment", "awaiting pickup", "awaiting shipment", "completed", "awaiting fulfillment"),
    *("manual verification required", "disputed", "partially refunded"),
)
_LABELS = {
    "bigcommerce": {label: f"status_id={number}" for number, label in enumerate(_BIGCOMMERCE_LABELS)},
    "adobe_commerce": {
        "pending": "state=new",
        "pending payment": "state=pending_payment",
        "processing": "state=processing",
        "complete": "state=complete",
        "closed": "state=closed",
        "canceled": "state=canceled",
        "cancelled": "state=canceled",
        "on hold": "state=holded",
        "holded": "state=holded",
        "payment review": "state=payment_review",
        "suspected fraud": "state=payment_review",  # of two states, both active
        "fraud": "state=payment_review",
    },
}


def label_signal(platform: str, label: str) -> str:
    """Turn the status that an export shows, a label or a number, into the signal that the platform's API gives.

    A label that a new shop does not have stays one: `status=label`, casefolded, for the store's overrides to name.
    """
    folded = " ".join(label.casefold().replace("_", " ").replace(";", ",").split())
    if platform == "shopify":
        return f"financial_status={folded.replace(' ', '_').upper()}"
    if platform == "bigcommerce" and folded.isdecimal():
        return f"status_id={int(folded)}"
    return _LABELS.get(platform, {}).get(folded) or f"status={folded}"


def order_state(platform: str, signals: str, overrides: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Tell an order's state from its signals (joined by `;`), and which of them nobody knows, each once.

    An override's key and a signal compare case-insensitively. Source: the card's definition, *Active order*.
    """
    own = {key.strip().casefold(): state for key, state in overrides.items()}
    table = _casefolded(platform)
    states: set[str] = set()
    unknown: list[str] = []
    for signal in dict.fromkeys(part.strip() for part in signals.split(";")):
        if signal:
            folded = signal.casefold()
            state = own.get(folded) or table.get(folded)
            states.add(state or "active")
            if state is None:
                unknown.append(signal)
    return next((state for state in ORDER_STATES if state in states), "active"), tuple(unknown)


@lru_cache(maxsize=8)
def _casefolded(platform: str) -> Mapping[str, str]:
    return {signal.casefold(): state for signal, state in STATUS_TABLE.get(platform, {}).items()}
