"""The oracle of a change: why each party entered or left, worked out with lists and loops from docs/cards.md.

It goes the documented steps from one reading to the other, each a whole world of its own that the card's oracle
judges. A party is its kind with what it stands under: a company its first company id, a person its first address in
the alphabet, else its account, else its order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from tests.support.oracle_facts import Facts, facts_of
from tests.support.oracle_party import Party, parties_of
from tests.support.oracle_row import entities_of, hit_masters, row_of
from tests.support.oracle_status import state_of
from tests.support.oracle_window import bounds
from tests.support.story import Story, Taken
from tests.support.world import World

__all__ = ["Reasons", "reasons_of"]

_ENTERED = ("first_order", "new_order", "status_changed", "merged", "entity_changed", "key_changed", "other")
_LEFT = (
    "linked", "merged", "cancelled", "refunded", "status_changed", "order_removed", "entity_changed", "aged_out",
    "other",
)  # fmt: skip
_OrderKey = tuple[str, str]


class Reasons(NamedTuple):
    """The reason of each party by its label."""

    entered: dict[str, str]
    left: dict[str, str]


@dataclass
class _Scene:
    """One world on the way, with its parties by label and which of them are absent."""

    world: World
    facts: Facts
    parties: dict[str, Party]
    absent: dict[str, list[_OrderKey]]
    of_order: dict[_OrderKey, str]


def reasons_of(story: Story, first: Taken, last: Taken) -> Reasons:
    """Tell for each party that entered or left between two readings the reason."""
    numbers = {store.name: number for number, store in enumerate(story.first.stores, 1)}
    scenes = [(step, _scene(world, numbers)) for step, world in _way(story, first, last)]
    start, end = scenes[0][1], scenes[-1][1]
    entered = {label: "other" for label in end.absent if label not in start.absent}
    left = {label: "other" for label in start.absent if label not in end.absent}
    for place in range(1, len(scenes)):
        step, after = scenes[place]
        before = scenes[place - 1][1]
        for label in entered:
            if label in after.absent and label not in before.absent:
                entered[label] = _why_entered(step, before, after, label)
        for label in left:
            if label in before.absent and label not in after.absent:
                left[label] = _why_left(step, before, after, label, start)
    return Reasons(entered, left)


def _way(story: Story, first: Taken, last: Taken) -> list[tuple[str, World]]:
    """List the worlds from one reading to the other, each with the step that leads to it."""
    old, new, a, b = first.definition, last.definition, first.at, last.at
    known = {store.name: store for store in old.stores}

    def world(definition: World, facts: datetime, masters: datetime, as_of: datetime) -> World:
        return story.world(definition, facts, masters, as_of)

    sources = replace(
        new,
        field_map=old.field_map,
        stores=tuple(
            replace(store, statuses=known[store.name].statuses, entity=known[store.name].entity)
            if store.name in known else store
            for store in new.stores
        ),
    )  # fmt: skip
    statuses = replace(
        sources,
        stores=tuple(
            replace(mixed, statuses=store.statuses) for mixed, store in zip(sources.stores, new.stores, strict=True)
        ),
    )
    merged = replace(old.field_map, rules=new.field_map.rules, overrides=new.field_map.overrides)
    rules = replace(new, field_map=merged)
    return [
        ("", world(old, a, a, a)),
        ("workspace_changed", world(sources, a, a, a)),
        ("status_changed", world(statuses, a, a, a)),
        ("entity_rule_changed", world(rules, a, a, a)),
        ("field_map_changed", world(new, a, a, a)),
        ("masters", world(new, a, b, a)),
        ("storefronts", world(new, b, b, a)),
        ("time", world(new, b, b, b)),
    ]


def _scene(world: World, numbers: dict[str, int]) -> _Scene:
    facts = facts_of(world)
    parties = {_label(party, numbers): party for party in parties_of(world, facts)}
    scene = _Scene(world, facts, parties, {}, {})
    for label, party in parties.items():
        for placed in party.orders:
            scene.of_order[placed.store.name, placed.order.order_id] = label
        if row_of(world, facts, party) is not None:
            holders = {master.entity.upper() for master in hit_masters(world, facts, party)}
            scene.absent[label] = [
                (placed.store.name, placed.order.order_id)
                for placed in party.orders
                if _lacks(entities_of(world, party, placed), holders)
            ]
    return scene


def _lacks(entities: set[str], holders: set[str]) -> bool:
    return bool(entities - holders) if entities else not holders


def _label(party: Party, numbers: dict[str, int]) -> str:
    first = party.orders[0]
    if party.kind == "company":
        key, letter = f"company|{min(f'{numbers[store]}|{one}' for store, one in party.places)}", "c"
    elif party.values.get("email"):
        key, letter = f"person|{min(party.values['email'])}", "p"
    elif first.order.customer_id is not None:
        key, letter = f"account|{numbers[first.store.name]}|{first.order.customer_id}", "p"
    else:
        key, letter = f"guest|{numbers[first.store.name]}|{first.order.order_id}", "p"
    return f"{letter}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _first(found: Iterable[str], order: Iterable[str]) -> str:
    present = set(found)
    return next(reason for reason in order if reason in present)


def _find(scene: _Scene, key: _OrderKey) -> tuple[str | None, datetime | None]:
    """Tell an order's state and when it was placed; None when it is not known."""
    for placed in scene.facts.orders:
        if (placed.store.name, placed.order.order_id) == key:
            state = state_of(placed.store.platform, placed.store.statuses, placed.order.signals)
            return state, placed.order.created_at
    return None, None


def _entities(scene: _Scene, key: _OrderKey) -> set[str]:
    party = scene.parties[scene.of_order[key]]
    for placed in party.orders:
        if (placed.store.name, placed.order.order_id) == key:
            return entities_of(scene.world, party, placed)
    raise LookupError(key)


def _is_new(scene: _Scene, key: _OrderKey) -> bool:
    _, created = _find(scene, key)
    return created is None or created > bounds(scene.world.window, scene.world.as_of, scene.world.zone)[1]


def _why_entered(step: str, before: _Scene, after: _Scene, label: str) -> str:
    if step.endswith("_changed"):
        return step
    if step == "masters":
        return _by_masters(after, before, label, "master_removed", "key_changed")
    orders = after.absent[label]
    found = [_order_entered(before, after, key) for key in orders]
    if "new_order" not in found:
        return _first(found, _ENTERED)
    is_first = set(found) == {"new_order"} and not _has_earlier(before, after, orders)
    return "first_order" if is_first else "new_order"


def _order_entered(before: _Scene, after: _Scene, key: _OrderKey) -> str:
    if _is_new(before, key):
        return "new_order"
    if key not in before.of_order:
        start, _ = bounds(before.world.window, before.world.as_of, before.world.zone)
        _, created = _find(before, key)
        return "status_changed" if created is not None and created >= start else "other"
    if before.of_order[key] != after.of_order[key]:
        return "merged"
    return "key_changed" if _entities(before, key) == _entities(after, key) else "entity_changed"


def _has_earlier(before: _Scene, after: _Scene, orders: list[_OrderKey]) -> bool:
    """Tell whether an order that is not new to the list was placed earlier by the same account, company or address."""
    fresh = {
        key for keys in after.absent.values() for key in keys if _is_new(before, key)
        and after.of_order[key] not in before.absent
    }  # fmt: skip
    mine = [placed for placed in after.facts.orders if (placed.store.name, placed.order.order_id) in orders]
    for one in mine:
        for other in after.facts.orders:
            if (other.store.name, other.order.order_id) in fresh or other.order.created_at >= one.order.created_at:
                continue
            same_store = one.store.name == other.store.name
            account = (
                same_store and one.order.customer_id is not None and one.order.customer_id == other.order.customer_id
            )
            company = same_store and one.order.company_id is not None and one.order.company_id == other.order.company_id
            address = _email(one.order.keys) is not None and _email(one.order.keys) == _email(other.order.keys)
            if account or company or address:
                return True
    return False


def _email(keys: tuple[tuple[str, str], ...]) -> str | None:
    """Tell the order's own address: its first key, if that is an address."""
    return keys[0][1] if keys and keys[0][0] == "email" else None


def _why_left(step: str, before: _Scene, after: _Scene, label: str, start: _Scene) -> str:
    if step.endswith("_changed"):
        return step
    if step == "masters":
        staged = row_of(start.world, start.facts, start.parties[label])
        assert staged is not None
        is_staged = "in_dataverse" in (staged.status, *staged.flags)
        return _by_masters(before, after, label, "promoted" if is_staged else "created", "linked")
    return _first([_order_left(before, after, key) for key in before.absent[label]], _LEFT)


def _order_left(before: _Scene, after: _Scene, key: _OrderKey) -> str:
    if key in after.of_order:
        if after.of_order[key] != before.of_order[key]:
            return "merged"
        return "linked" if _entities(before, key) == _entities(after, key) else "entity_changed"
    state, created = _find(after, key)
    if created is None:
        return "order_removed"
    start, end = bounds(after.world.window, after.world.as_of, after.world.zone)
    if not start <= created <= end:
        return "aged_out" if created < start else "other"
    replaced = any(
        placed.store.name == key[0] and placed.order.replaces == key[1] and placed.order.created_at <= after.world.as_of
        for placed in after.facts.orders
    )
    return state if state in {"cancelled", "refunded"} and not replaced else "status_changed"


def _by_masters(lacking: _Scene, holding: _Scene, label: str, other: str, same: str) -> str:
    """Tell whether the records that the party meets where it is held are all there, too, where it lacks one."""
    party = lacking.parties[label]
    wanted: set[str] = set()
    is_any = False
    for key in lacking.absent[label]:
        entities = _entities(lacking, key)
        wanted |= entities
        is_any |= not entities
    met = {
        (master.entity.upper(), master.account)
        for master in hit_masters(holding.world, holding.facts, party)
        if is_any or master.entity.upper() in wanted
    }
    there = {(master.entity.upper(), master.account) for master in lacking.facts.masters}
    return same if met <= there else other
