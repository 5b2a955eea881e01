"""The oracle's row: where a party should be, where it is, what is blocked by that and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.support.oracle_facts import Facts, Placed
from tests.support.oracle_identity import Values, hits, key_meets_values, near
from tests.support.oracle_money import converted, per_currency
from tests.support.oracle_party import Party
from tests.support.oracle_window import days_between
from tests.support.world import World
from unposted.cards.reading import CurrencyAmount, Row
from unposted.domain.records import Key, Master, Order, Staged

__all__ = ["entities_of", "hit_masters", "listed", "row_of", "values_of"]


class _Case(NamedTuple):
    """A party in its world; `holders` are the entities whose masters hold it."""

    world: World
    facts: Facts
    party: Party
    holders: set[str]


def row_of(world: World, facts: Facts, party: Party) -> Row | None:
    """Make the row of a party; None when no order of it is blocked (rank, id, name and texts are left blank)."""
    case = _Case(world, facts, party, _holders(world, facts, party))
    expected_by = [(placed.order, entities_of(world, party, placed)) for placed in party.orders]
    blocked = [(order, entities) for order, entities in expected_by if _is_blocked(entities, case.holders)]
    if not blocked:
        return None
    orders = [order for order, _ in blocked]
    expected = {entity for _, entities in expected_by for entity in entities}
    missing = expected - case.holders
    searched = None if any(not entities for _, entities in blocked) else missing
    statuses = _statuses(case, orders, searched)
    left = [(order.currency, order.total - order.refunded) for order in orders]
    net = [(order.currency, order.net) for order in orders]
    units = converted(left, world.reporting_currency, world.rates)
    notes = {
        "ambiguous": len(expected) > 1,
        "unmapped": any(not entities for _, entities in expected_by),
        "conflict": _conflict(world, facts, party),
        "unknown_rate": units is None,
    }
    first = min(order.created_at for order in orders)
    return Row(
        rank=0,
        party="",
        name="",
        kind=party.kind,
        company=party.company_name,
        segment=party.segment,
        stores=listed(placed.store.name for placed in party.orders),
        platforms=listed(placed.store.platform for placed in party.orders),
        emails=listed(party.emails),
        tax_ids=listed(value for value in party.values.get("tax_id", set()) if not value.startswith("~")),
        external_ids=listed(party.values["external_id"]),
        expected_entities=listed(expected),
        ambiguous=len(expected) > 1,
        missing_entities=listed(missing),
        exists_in=listed(case.holders),
        status=statuses[0] if statuses else "no_match",
        flags=(*statuses[1:], *(note for note, holds in notes.items() if holds)),
        matched_evidence=None,
        blocked_by_currency=tuple(CurrencyAmount(*pair) for pair in per_currency(left)),
        blocked=units,
        blocked_net=converted(net, world.reporting_currency, world.rates),
        orders=len(orders),
        first_order_at=first,
        last_order_at=max(order.created_at for order in orders),
        age_days=days_between(first, world.as_of, world.zone),
        route="",
        recommended_action="",
    )


def _is_blocked(entities: set[str], holders: set[str]) -> bool:
    if not entities:
        return not holders
    return any(entity not in holders for entity in entities)


def listed(values: Iterable[str]) -> tuple[str, ...]:
    """List values once each, in order."""
    return tuple(sorted(set(values)))


def values_of(keys: Iterable[Key]) -> Values:
    """Sort keys by their kind."""
    values: dict[str, set[str]] = {}
    for key in keys:
        values.setdefault(key.kind, set()).add(key.value)
    return values


def hit_masters(world: World, facts: Facts, party: Party) -> list[Master]:
    """Find the master records that a party meets by any key of the field map."""
    kinds = world.field_map.match_on
    return [master for master in facts.masters if hits(kinds, party.values, values_of(master.keys))]


def _holders(world: World, facts: Facts, party: Party) -> set[str]:
    return {master.entity.upper() for master in hit_masters(world, facts, party)}


def _conflict(world: World, facts: Facts, party: Party) -> bool:
    records = {(master.entity.upper(), master.account) for master in hit_masters(world, facts, party)}
    entities = {entity for entity, _ in records}
    return len(records) > len(entities)


def entities_of(world: World, party: Party, placed: Placed) -> set[str]:
    """Tell the entities that should bill an order."""
    store, order = placed
    rules = [rule for rule in world.field_map.rules if rule.store in {None, store.name}]
    tags = [tag.casefold() for tag in order.tags]
    ranks = [
        [over.entity for over in world.field_map.overrides if key_meets_values(over.customer_key, party.values)],
        [rule.entity for rule in rules if rule.tag is not None and rule.tag.casefold() in tags],
        [rule.entity for rule in rules if order.country in rule.ship_to],
        [store.entity] if store.entity else [],
    ]
    for entities in ranks:
        if entities:
            return {entity.upper() for entity in entities}
    return set()


def _statuses(case: _Case, orders: list[Order], searched: set[str] | None) -> list[str]:
    """List the join statuses that apply, in the order of what to do.

    `searched` are the entities whose masters may be near matches; None means all.
    """
    world, facts, party, holders = case
    kinds = world.field_map.match_on
    near_masters = [master for master in facts.masters if searched is None or master.entity.upper() in searched]
    applies = {
        "awaiting_sync": all(_is_young(world, order.created_at) for order in orders),
        "in_dataverse": any(
            hits(kinds, party.values, values_of(staged.keys)) and not _is_promoted(facts, staged)
            for staged in facts.staged
        ),
        "near_match": any(near(party.values, values_of(master.keys)) for master in near_masters),
        "other_entity": bool(holders),
        "no_key": not any(party.values.get(kind) for kind in kinds),
    }
    return [name for name, yes in applies.items() if yes]


def _is_young(world: World, created_at: datetime) -> bool:
    return world.as_of - created_at < timedelta(minutes=world.field_map.awaiting_sync_minutes)


def _is_promoted(facts: Facts, staged: Staged) -> bool:
    for master in facts.masters:
        same_company = staged.company_code is None or staged.company_code.upper() == master.entity.upper()
        if same_company and staged.account_number == master.account:
            return True
    return False
