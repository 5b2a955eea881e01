"""The oracle's reading of the facts: newest versions, active orders of the window, and whom each order is for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from tests.support.oracle_status import state_of
from tests.support.oracle_window import bounds
from tests.support.world import World
from unposted.domain.records import Company, CompanyLink, Customer, Master, Order, Staged
from unposted.workspace.model import Store

__all__ = ["Facts", "Placed", "active_orders", "company_of", "facts_of"]

_Versioned = TypeVar("_Versioned", Order, Customer, Company, Master, Staged)


class Placed(NamedTuple):
    """An order with the store that it was placed in."""

    store: Store
    order: Order


@dataclass
class Facts:
    """The newest version of each record; accounts and companies stand beside the name of their store."""

    orders: list[Placed]
    accounts: list[tuple[str, Customer]]
    companies: list[tuple[str, Company]]
    links: list[tuple[str, CompanyLink]]
    masters: list[Master]
    staged: list[Staged]


def facts_of(world: World) -> Facts:
    """Keep the newest version of each record of a world."""
    facts = Facts([], [], [], [], [], [])
    stores = {store.name: store for store in world.stores}
    for source, records in world.facts.items():
        orders = _newest([r for r in records if isinstance(r, Order)], lambda r: r.order_id)
        facts.orders += [Placed(stores[source], order) for order in orders]
        accounts = _newest([r for r in records if isinstance(r, Customer)], lambda r: r.customer_id)
        facts.accounts += [(source, account) for account in accounts]
        companies = _newest([r for r in records if isinstance(r, Company)], lambda r: r.company_id)
        facts.companies += [(source, company) for company in companies]
        facts.links += [(source, r) for r in records if isinstance(r, CompanyLink)]
        facts.masters += _newest([r for r in records if isinstance(r, Master)], lambda r: (r.entity.upper(), r.account))
        facts.staged += _newest([r for r in records if isinstance(r, Staged)], lambda r: (r.table, r.record_id))
    return facts


def _newest(records: list[_Versioned], identity: Callable[[_Versioned], Hashable]) -> list[_Versioned]:
    kept: dict[Hashable, _Versioned] = {}
    for record in records:
        known = kept.get(identity(record))
        if known is None or not _older(record.updated_at, known.updated_at):
            kept[identity(record)] = record
    return list(kept.values())


def _older(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


def active_orders(world: World, facts: Facts) -> list[Placed]:
    """List the active orders of the window; an order that was edited into a newer one is not among them."""
    start, end = bounds(world.window, world.as_of, world.zone)
    found = []
    for placed in facts.orders:
        store, order = placed
        if not start <= order.created_at <= end:
            continue
        if state_of(store.platform, store.statuses, order.signals) != "active":
            continue
        if any(_edited_into(placed, newer, world.as_of) for newer in facts.orders):
            continue
        found.append(placed)
    return found


def _edited_into(old: Placed, new: Placed, as_of: datetime) -> bool:
    same_store = old.store.name == new.store.name
    is_another = old.order.order_id != new.order.order_id
    return same_store and is_another and new.order.replaces == old.order.order_id and new.order.created_at <= as_of


def company_of(placed: Placed, facts: Facts) -> str | None:
    """Tell the id of the company that an order was bought for: by itself, else by the store's links."""
    store, order = placed
    if order.company_id is not None:
        return order.company_id
    links = [link for source, link in facts.links if source == store.name]
    clear = [link for link in links if not any(_contradict(link, other) for other in links)]
    emails = [key.value for key in order.keys if key.kind == "email"]
    customers = [order.customer_id] if order.customer_id is not None else []
    for by, values in [("order", [order.order_id]), ("customer", customers), ("email", emails)]:
        claimants = {link.company_id for link in clear if link.by == by and link.value in values}
        if len(claimants) == 1:
            return claimants.pop()
    return None


def _contradict(one: CompanyLink, other: CompanyLink) -> bool:
    return (one.by, one.value) == (other.by, other.value) and one.company_id != other.company_id
