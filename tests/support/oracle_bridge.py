"""The oracle's bridge: everybody with any order or quote in the window, each in one step, worked out with loops.

Where the definition leaves a case open, it decides as follows; the product does the same.

 1. Orders that do not count join nobody: they look for whom they belong to among the groups that accounts, companies
    and the active orders make. An order bought for a company belongs to the company.
 2. A person's order with an account: to the party of the account's active orders; else to whoever has the account's
    record, if that shows an address; else to whoever has the first address in the alphabet that the account's own
    orders that do not count show (the first address of each); else to the account. A guest's: to whoever has its first
    address; else it stands alone.
 3. An order that a newer one stands for is `superseded`, whatever its own state.
 4. Active orders decide before others; among the others the state nearest to counting: refunded, cancelled, superseded,
    test, incomplete, quote.
 5. The value of a line is that of the orders that decided: an absent party's blocked orders, all active orders of a
    present one, else the orders of the deciding state.
 6. A present party is present by the first key of the field map that hits in any entity that its orders expect; in any
    entity at all when one of its orders expects none.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from tests.support.oracle_facts import Facts, Placed, active_orders, company_of, facts_of
from tests.support.oracle_identity import hits
from tests.support.oracle_money import converted
from tests.support.oracle_party import Party, groups_of
from tests.support.oracle_row import entities_of, listed, row_of, values_of
from tests.support.oracle_status import state_of
from tests.support.oracle_window import bounds
from tests.support.world import World

__all__ = ["Contact", "StepLine", "contacts_of", "first_key", "line_of", "steps_of"]

_LADDER = ["quote", "incomplete", "test", "superseded", "cancelled", "refunded"]


@dataclass
class Contact:
    """A party with its active orders, or somebody who has none; `idle` are the orders that do not count."""

    kind: Literal["company", "person"]
    party: Party | None
    idle: list[tuple[str, Placed]] = field(default_factory=list)


class StepLine(NamedTuple):
    """One line of the bridge as far as it is determined."""

    step: str
    kind: str
    stores: tuple[str, ...]
    blocked: int | None
    orders: int
    last_order_at: datetime


def steps_of(world: World) -> list[StepLine]:
    """List the lines of the bridge of a world, in no order."""
    facts = facts_of(world)
    return [line_of(world, facts, contact) for contact in contacts_of(world, facts)]


def contacts_of(world: World, facts: Facts) -> list[Contact]:
    """Find everybody with any order or quote in the window."""
    groups = groups_of(world, facts)
    found: dict[Hashable, Contact] = {
        id(group): Contact(group.kind, group) for group in groups if group.orders
    }  # fmt: skip
    idle = _idle_orders(world, facts)
    for state, placed in idle:
        kind, owner = _owner(placed, [order for _, order in idle], groups, facts)
        group = next((one for one in groups if id(one) == owner), None)
        contact = found.setdefault(owner, Contact(kind, group if group and group.orders else None))
        contact.idle.append((state, placed))
    return list(found.values())


def line_of(world: World, facts: Facts, contact: Contact) -> StepLine:
    """Tell the step of a contact, and what its deciding orders come to."""
    party = contact.party
    if party is None:
        state = max((state for state, _ in contact.idle), key=_LADDER.index)
        deciding = [placed for one, placed in contact.idle if one == state]
        name = "quote_only" if state == "quote" else state
        return _line(world, name, contact.kind, [placed for _, placed in contact.idle], deciding)
    row = row_of(world, facts, party)
    if row is not None:
        return StepLine("absent", party.kind, row.stores, row.blocked, row.orders, row.last_order_at)
    return _line(world, f"present_by_{first_key(world, facts, party)}", party.kind, party.orders, party.orders)


def first_key(world: World, facts: Facts, party: Party) -> str:
    """Tell by which key a present party is present."""
    expected = [entities_of(world, party, placed) for placed in party.orders]
    everywhere = any(not entities for entities in expected)
    for key in world.field_map.match_on:
        for master in facts.masters:
            is_expected = everywhere or any(master.entity.upper() in entities for entities in expected)
            if is_expected and hits([key], party.values, values_of(master.keys)):
                return key
    raise AssertionError("the party is not present")


def _line(world: World, step: str, kind: str, seen: list[Placed], deciding: list[Placed]) -> StepLine:
    left = [(order.currency, order.total - order.refunded) for _, order in deciding]
    return StepLine(
        step, kind, listed(placed.store.name for placed in seen),
        converted(left, world.reporting_currency, world.rates), len(deciding),
        max(order.created_at for _, order in deciding),
    )  # fmt: skip


def _idle_orders(world: World, facts: Facts) -> list[tuple[str, Placed]]:
    start, end = bounds(world.window, world.as_of, world.zone)
    active = [(placed.store.name, placed.order.order_id) for placed in active_orders(world, facts)]
    found = []
    for placed in facts.orders:
        store, order = placed
        if start <= order.created_at <= end and (store.name, order.order_id) not in active:
            state = state_of(store.platform, store.statuses, order.signals)
            found.append(("superseded" if _is_replaced(placed, facts, world.as_of) else state, placed))
    return found


def _is_replaced(placed: Placed, facts: Facts, as_of: datetime) -> bool:
    return any(
        newer.store.name == placed.store.name
        and newer.order.order_id != placed.order.order_id
        and newer.order.replaces == placed.order.order_id
        and newer.order.created_at <= as_of
        for newer in facts.orders
    )


def _owner(
    placed: Placed, idle: list[Placed], groups: list[Party], facts: Facts
) -> tuple[Literal["company", "person"], Hashable]:
    store, order = placed
    company = company_of(placed, facts)
    if company is not None:
        for group in groups:
            records = [(source, record.company_id) for source, record in group.companies]
            orders = [(one.store.name, company_of(one, facts)) for one in group.orders]
            if group.kind == "company" and (store.name, company) in records + orders:
                return "company", id(group)
        return "company", ("company", store.name, company)
    persons = [group for group in groups if group.kind == "person"]
    if order.customer_id is None:
        email = _first_email(placed)
        return "person", _of_email(email, persons) if email else ("guest", store.name, order.order_id)
    account = (store.name, order.customer_id)
    for group in persons:
        if account in [(one.store.name, one.order.customer_id) for one in group.orders]:
            return "person", id(group)
    for group in persons:
        for source, record in group.accounts:
            if (source, record.customer_id) == account and any(key.kind == "email" for key in record.keys):
                return "person", id(group)
    of_account = [
        one for one in idle
        if (one.store.name, one.order.customer_id) == account and company_of(one, facts) is None
    ]  # fmt: skip
    emails = sorted(email for email in map(_first_email, of_account) if email)
    return "person", _of_email(emails[0], persons) if emails else ("account", *account)


def _of_email(email: str, persons: list[Party]) -> Hashable:
    for group in persons:
        if email in group.values.get("email", set()):
            return id(group)
    return ("email", email)


def _first_email(placed: Placed) -> str | None:
    """Tell the address that an order is found by: its first key, when that is an address."""
    keys = placed.order.keys
    return keys[0].value if keys and keys[0].kind == "email" else None
