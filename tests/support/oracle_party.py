"""The oracle's parties: who stands behind the active orders, and which values and descriptions they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from tests.support.oracle_facts import Facts, Placed, active_orders, company_of
from tests.support.oracle_identity import same
from tests.support.world import World
from unposted.domain.records import Company, Customer, Key

__all__ = ["Party", "groups_of", "parties_of"]

_Item = TypeVar("_Item")


@dataclass
class Party:
    """A company or a person with active orders in the window.

    `accounts` of a company are those that placed its orders; of a person all that are the person's, with orders or not.
    `ids` are the party's own platform ids: a company's company ids, a person's customer ids; `places` of a company
    are those with the store of each.
    """

    kind: Literal["company", "person"]
    orders: list[Placed]
    accounts: list[tuple[str, Customer]]
    companies: list[tuple[str, Company]]
    ids: set[str]
    places: set[tuple[str, str]] = field(default_factory=set)
    values: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Collect the values of every kind of key."""
        for placed in self.orders:
            self._take(placed.order.keys)
        for _, company in self.companies:
            self._take(company.keys)
        for _, account in self.accounts:
            if self.kind == "person":
                self._take(account.keys)
            else:
                self._take(tuple(key for key in account.keys if key.kind == "email"))
        self.values.setdefault("external_id", set()).update(identity.lower() for identity in self.ids)

    def _take(self, keys: tuple[Key, ...]) -> None:
        for key in keys:
            self.values.setdefault(key.kind, set()).add(key.value)

    @property
    def company_name(self) -> str | None:
        """The company's name: of its first record that has one, else of its newest order; None for a person."""
        if self.kind == "person":
            return None
        records = sorted(self.companies, key=lambda pair: (pair[0], pair[1].company_id))
        for _, company in records:
            if company.name:
                return company.name
        alphabetical = sorted(self.orders, key=lambda placed: (placed.store.name, placed.order.order_id))
        newest_first = sorted(alphabetical, key=lambda placed: placed.order.created_at, reverse=True)
        for placed in newest_first:
            if placed.order.company_name:
                return placed.order.company_name
        return None

    @property
    def segment(self) -> str:
        """Whether anything about the party says business."""
        signs = [
            self.kind == "company",
            any(placed.order.b2b or placed.order.company_name for placed in self.orders),
            any(placed.store.segment == "b2b" for placed in self.orders),
            any(account.b2b for _, account in self.accounts),
            bool(self.values.get("tax_id")),
        ]
        return "b2b" if any(signs) else "dtc"

    @property
    def emails(self) -> set[str]:
        """Every address to show, placeholders among them."""
        shown = [placed.order.email for placed in self.orders]
        shown += [account.email for _, account in self.accounts]
        shown += [company.email for _, company in self.companies]
        return {email for email in shown if email} | self.values.get("email", set())


def parties_of(world: World, facts: Facts) -> list[Party]:
    """Find the parties that placed the active orders of the window."""
    return [group for group in groups_of(world, facts) if group.orders]


def groups_of(world: World, facts: Facts) -> list[Party]:
    """Find everybody that accounts, companies and the active orders of the window tell of, with orders or not."""
    for_companies: list[tuple[Placed, str]] = []
    for_persons: list[Placed] = []
    for placed in active_orders(world, facts):
        company = company_of(placed, facts)
        if company is None:
            for_persons.append(placed)
        else:
            for_companies.append((placed, company))
    return _companies(for_companies, facts) + _persons(for_persons, facts)


@dataclass
class _Piece:
    """A part of a party: one record or one order, and what it knows about who it belongs to."""

    account: tuple[str, str] | None
    keys: tuple[Key, ...]
    placed: Placed | None = None
    customer: tuple[str, Customer] | None = None
    company: tuple[str, Company] | None = None


def _companies(orders: list[tuple[Placed, str]], facts: Facts) -> list[Party]:
    pieces = [
        _Piece((source, company.company_id), company.keys, company=(source, company))
        for source, company in facts.companies
    ]
    pieces += [_Piece((placed.store.name, company), placed.order.keys, placed=placed) for placed, company in orders]
    parties = []
    for group in _grouped(pieces, _same_company):
        placed_orders = [piece.placed for piece in group if piece.placed]
        buyers = [(placed.store.name, placed.order.customer_id) for placed in placed_orders]
        accounts = [(source, account) for source, account in facts.accounts if (source, account.customer_id) in buyers]
        companies = [piece.company for piece in group if piece.company]
        places = {piece.account for piece in group if piece.account}
        ids = {identity for _, identity in places}
        parties.append(Party("company", placed_orders, accounts, companies, ids, places))
    return parties


def _persons(orders: list[Placed], facts: Facts) -> list[Party]:
    pieces = [
        _Piece((source, account.customer_id), account.keys, customer=(source, account))
        for source, account in facts.accounts
    ]
    for placed in orders:
        customer_id = placed.order.customer_id
        account = None if customer_id is None else (placed.store.name, customer_id)
        pieces.append(_Piece(account, placed.order.keys, placed=placed))
    parties = []
    for group in _grouped(pieces, _same_person):
        placed_orders = [piece.placed for piece in group if piece.placed]
        accounts = [piece.customer for piece in group if piece.customer]
        ids = {piece.account[1] for piece in group if piece.account}
        parties.append(Party("person", placed_orders, accounts, [], ids))
    return parties


def _same_company(one: _Piece, other: _Piece) -> bool:
    return one.account == other.account or _share(("external_id", "tax_id"), one.keys, other.keys)


def _same_person(one: _Piece, other: _Piece) -> bool:
    same_account = one.account is not None and one.account == other.account
    return same_account or _share(("email",), one.keys, other.keys)


def _share(kinds: tuple[str, ...], some: tuple[Key, ...], others: tuple[Key, ...]) -> bool:
    for one in some:
        for other in others:
            if one.kind in kinds and one.kind == other.kind and same(one.kind, one.value, other.value):
                return True
    return False


def _grouped(items: list[_Item], belong_together: Callable[[_Item, _Item], bool]) -> list[list[_Item]]:
    """Put together whatever belongs together, directly or through others."""
    groups: list[list[_Item]] = []
    for item in items:
        touched = [group for group in groups if any(belong_together(item, member) for member in group)]
        groups = [group for group in groups if not any(group is one for one in touched)]
        groups.append([item] + [member for group in touched for member in group])
    return groups
