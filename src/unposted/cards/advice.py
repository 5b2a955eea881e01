"""What to do about an absent party: its route, and the sentence that a clerk reads."""

from __future__ import annotations

__all__ = ["advice"]

_BY_STATUS = {
    "awaiting_sync": (
        "wait",
        "Wait: the orders are younger than the sync's usual delay; look again at the next reading.",
    ),
    "in_dataverse": (
        "promote",
        "Promote the Dataverse record to the customer master; creating it again makes a duplicate.",
    ),
    "near_match": ("link", "Compare with the likely existing record and link it; do not create a second one."),
    "other_entity": ("extend", "Extend the existing customer to the expected legal entity."),
    "no_key": (
        "find_key",
        "Ask the store for an e-mail address, tax id or customer id; nothing can be matched without one.",
    ),
}
_B2B = ("onboard", "Onboard: check credit, tax id and payment terms, then create the customer in the expected entity.")
_DTC = ("auto_create", "Create the customer from the entity's template; check posting groups, tax group and currency.")
_AMBIGUOUS = " Decide the legal entity first."
_UNMAPPED = " No rule names a legal entity: add one to the field map."


def advice(status: str, segment: str, *, is_ambiguous: bool, is_unmapped: bool) -> tuple[str, str]:
    """Return the route and the recommended action for a join status, in the words of the worklist."""
    route, action = _BY_STATUS.get(status) or (_B2B if segment == "b2b" else _DTC)
    if route != "wait":
        action += _AMBIGUOUS if is_ambiguous else _UNMAPPED if is_unmapped else ""
    return route, action
