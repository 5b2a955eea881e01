"""The declarations of the cards: each in one place, everything else follows from them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ABSENT_CUSTOMERS", "Card"]


@dataclass(frozen=True, slots=True)
class Card:
    """One named question with a fixed definition. `alert_above` fires when the value is greater."""

    id: str
    label: str
    question: str
    card_class: str
    category: str
    window: str
    alert_above: int
    sentiment: str
    format: str
    roles: tuple[str, ...]
    version: str
    relation: str
    definition: str


ABSENT_CUSTOMERS = Card(
    id="ecom-customers-absent-from-d365-customer-master",
    label="Ecom Customers Absent from D365 Customer Master",
    question="Which commerce customers with active orders does the customer master of their legal entity not hold?",
    card_class="cross-channel",
    category="ecommerce platform",
    window="7D",
    alert_above=10,
    sentiment="lower is better",
    format="count",
    roles=("owner", "finance", "marketing", "operations"),
    version="1",
    relation="worklist",
    definition=(
        "Distinct commerce customers (companies, else persons) with at least one active order in the window whose "
        "legal entity's Dynamics 365 customer master holds no record under any key of the field map. "
        "Until that record exists the order cannot be invoiced."
    ),
)
