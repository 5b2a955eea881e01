"""Why a party entered or left the list between two snapshots that differ in one ingredient, by what differs for it.

Where the orders of one party tell different reasons, the first in the order of `ENTERED` or `LEFT` stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, TypeAlias

from unposted.cards.snapshots import OrderLook, Snapshot

__all__ = ["ENTERED", "LEFT", "Step", "entering_reasons", "leaving_reasons"]

Step: TypeAlias = Literal["workspace", "statuses", "entity_rules", "field_map", "masters", "storefronts", "time"]

ENTERED: Mapping[str, str] = {
    "first_order": "first order",
    "new_order": "new order",
    "master_removed": "master record deleted or blocked",
    "status_changed": "status changed",
    "merged": "party merged or split",
    "entity_changed": "an order expects another entity",
    "key_changed": "key changed",
    "field_map_changed": "field map changed",
    "entity_rule_changed": "entity rule changed",
    "workspace_changed": "sources, time zone or status table changed",
    "other": "other",
}
LEFT: Mapping[str, str] = {
    "created": "created in D365",
    "promoted": "promoted from Dataverse",
    "linked": "linked to an existing record",
    "merged": "party merged or split",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "status_changed": "status changed",
    "order_removed": "order gone from the store",
    "entity_changed": "an order expects another entity",
    "aged_out": "aged out of the window",
    "field_map_changed": "field map changed",
    "entity_rule_changed": "entity rule changed",
    "workspace_changed": "sources, time zone or status table changed",
    "other": "other",
}
_BY_DEFINITION: Mapping[str, str] = {
    "workspace": "workspace_changed",
    "statuses": "status_changed",
    "entity_rules": "entity_rule_changed",
    "field_map": "field_map_changed",
}


def entering_reasons(step: Step, before: Snapshot, after: Snapshot, keys: Collection[str]) -> dict[str, str]:
    """Tell for each party (by its key) that is absent after a step and was not before it, why."""
    if not keys:
        return {}
    if step in _BY_DEFINITION:
        return dict.fromkeys(keys, _BY_DEFINITION[step])
    if step == "masters":
        return _entering_by_masters(before, after, keys)
    gaps = after.gaps(keys)
    blocked = [order for orders in gaps.values() for order in orders]
    looks, now = before.look(blocked), after.look(blocked)
    fresh = [order for order in blocked if _is_new(looks[order])]
    known = after.with_earlier(fresh)
    reasons: dict[str, str] = {}
    for key, orders in gaps.items():
        found = {_entering(looks[order], now[order]) for order in orders}
        if "new_order" in found:
            new = [order for order in orders if _is_new(looks[order])]
            is_first = len(new) == len(orders) and known.isdisjoint(new)
            found.add("first_order" if is_first else "new_order")
        reasons[key] = _first(found, ENTERED)
    return reasons


def _is_new(look: OrderLook) -> bool:
    """Tell whether an order was not there yet: not known, or placed later than the window ends."""
    return not look.is_known or not (look.is_placed or look.is_past)


def _entering(look: OrderLook, now: OrderLook) -> str:
    """Tell why an order is blocked now, by how it stood before."""
    if _is_new(look):
        return "new_order"
    if look.party is None:
        return "status_changed" if look.is_placed else "other"
    if look.party != now.party:
        return "merged"
    return "key_changed" if look.entities == now.entities else "entity_changed"


def _entering_by_masters(before: Snapshot, after: Snapshot, keys: Collection[str]) -> dict[str, str]:
    """A record that was met is gone, or does not show the key any more."""
    met, wanted = before.met(after.probes(keys)), after.entities(keys)
    inside = {key: _inside(met.get(key, set()), wanted.get(key, frozenset())) for key in keys}
    held = after.held(record for records in inside.values() for record in records)
    return {
        key: "other" if not records else "key_changed" if records <= held else "master_removed"
        for key, records in inside.items()
    }


def leaving_reasons(
    step: Step, before: Snapshot, after: Snapshot, keys: Collection[str], in_dataverse: Collection[str]
) -> dict[str, str]:
    """Tell for each party (by its key) that was absent before a step and is not after it, why.

    `in_dataverse` are the keys of those that stood there without being promoted.
    """
    if not keys:
        return {}
    if step in _BY_DEFINITION:
        return dict.fromkeys(keys, _BY_DEFINITION[step])
    if step == "masters":
        return _leaving_by_masters(before, after, keys, in_dataverse)
    gaps = before.gaps(keys)
    blocked = [order for orders in gaps.values() for order in orders]
    was, looks = before.look(blocked), after.look(blocked)
    return {key: _first({_leaving(was[order], looks[order]) for order in orders}, LEFT) for key, orders in gaps.items()}


def _leaving(was: OrderLook, look: OrderLook) -> str:
    """Tell why an order is not blocked any more, by how it stands now."""
    if look.party is not None:
        if look.party != was.party:
            return "merged"
        return "linked" if look.entities == was.entities else "entity_changed"
    if not look.is_known:
        return "order_removed"
    if not look.is_placed:
        return "aged_out" if look.is_past else "other"
    if look.is_replaced or look.state not in {"cancelled", "refunded"}:
        return "status_changed"
    return str(look.state)


def _leaving_by_masters(
    before: Snapshot, after: Snapshot, keys: Collection[str], in_dataverse: Collection[str]
) -> dict[str, str]:
    """A record has come that is met, or one that was there shows the key now."""
    met, wanted = after.met(before.probes(keys)), before.entities(keys)
    inside = {key: _inside(met.get(key, set()), wanted.get(key, frozenset())) for key in keys}
    held = before.held(record for records in inside.values() for record in records)
    reasons: dict[str, str] = {}
    for key, records in inside.items():
        if not records:
            reasons[key] = "other"
        elif records <= held:
            reasons[key] = "linked"
        else:
            reasons[key] = "promoted" if key in in_dataverse else "created"
    return reasons


def _inside(records: set[tuple[str, str]], entities: frozenset[str | None]) -> set[tuple[str, str]]:
    """Keep the records of the entities that are expected; an order without any is satisfied by any."""
    return {record for record in records if record[0] in entities or None in entities}


def _first(found: Iterable[str], order: Mapping[str, str]) -> str:
    present = set(found)
    return next((reason for reason in order if reason in present), "other")
