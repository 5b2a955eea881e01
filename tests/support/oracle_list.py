"""The oracle of a comparison: whom each line of a list means, and why it is not on the worklist.

 1. A line means somebody of the window by the first of: an order's id or name, an external id, a tax id, an address,
    the account of a master record that a party meets by the field map's keys (in the line's entity, if it names one).
 2. A line's tax id stands there in every stored form that it may meet. Somebody's values are the party's, and all that
    the orders that do not count, their accounts and companies show.
 3. A line that means an earlier line's party is there twice. A present party whose orders expect other entities than
    the line's is told so.
 4. A line that means nobody is looked for at orders before the window, after it, at accounts and companies, in the
    customer master, in Dataverse, in this order.

Lines that could mean two are not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.support.oracle_bridge import Contact, contacts_of, line_of
from tests.support.oracle_facts import Facts, Placed, company_of, facts_of
from tests.support.oracle_row import entities_of, hit_masters
from tests.support.oracle_window import bounds
from tests.support.world import World
from unposted.connectors.files.lists import ListLine
from unposted.domain.records import Key

__all__ = ["reasons_of"]

_KINDS = ("order", "external_id", "tax_id", "email", "account")


def reasons_of(world: World, lines: Sequence[ListLine]) -> list[str | None]:
    """Tell the reason of each line; None where it could mean several parties."""
    facts = facts_of(world)
    contacts = contacts_of(world, facts)
    found: list[str | None] = []
    seen: list[int] = []
    for line in lines:
        meant = _meant(world, facts, contacts, line)
        if len(meant) > 1:
            found.append(None)
        elif not meant:
            found.append(_outside(world, facts, line))
        elif meant[0] in seen:
            found.append("twice")
        else:
            seen.append(meant[0])
            found.append(_reason(world, facts, contacts[meant[0]], line))
    return found


def _meant(world: World, facts: Facts, contacts: list[Contact], line: ListLine) -> list[int]:
    for kind in _KINDS:
        values = [value for one, value in line.keys if one == kind]
        met = [
            place for place, contact in enumerate(contacts)
            if any(_is_met(world, facts, contact, kind, value, line.entity) for value in values)
        ]  # fmt: skip
        if met:
            return met
    return []


def _is_met(world: World, facts: Facts, contact: Contact, kind: str, value: str, entity: str | None) -> bool:
    orders = [placed for _, placed in contact.idle] + (contact.party.orders if contact.party else [])
    if kind == "order":
        return any(_is_named(placed, value) for placed in orders)
    if kind == "account":
        masters = hit_masters(world, facts, contact.party) if contact.party else []
        return any(one.account.lower() == value and entity in (None, one.entity.upper()) for one in masters)
    own = contact.party.values.get(kind, set()) if contact.party else set()
    return value in [*own, *_idle_values(facts, contact, kind)]


def _idle_values(facts: Facts, contact: Contact, kind: str) -> Iterable[str]:
    for _, placed in contact.idle:
        company = company_of(placed, facts)
        name = placed.store.name
        yield from _of(placed.order.keys, kind)
        identity = company or placed.order.customer_id
        if kind == "external_id" and identity:
            yield identity.lower()
        for source, record in facts.companies:
            if (source, record.company_id) == (name, company):
                yield from _of(record.keys, kind)
        for source, account in facts.accounts:
            if company is None and (source, account.customer_id) == (name, placed.order.customer_id):
                yield from _of(account.keys, kind)


def _reason(world: World, facts: Facts, contact: Contact, line: ListLine) -> str:
    step = line_of(world, facts, contact).step
    if step == "absent":
        return "agreed"
    party = contact.party
    if party is not None and line.entity:
        expected = {entity for placed in party.orders for entity in entities_of(world, party, placed)}
        if expected and line.entity not in expected:
            return "entity"
    return step


def _outside(world: World, facts: Facts, line: ListLine) -> str:
    start, end = bounds(world.window, world.as_of, world.zone)
    shown = [placed for placed in facts.orders if _shows(placed, line)]
    if any(placed.order.created_at < start for placed in shown):
        return "not_in_window"
    if any(placed.order.created_at > end for placed in shown):
        return "timing"
    accounts = [(account.customer_id, account.keys) for _, account in facts.accounts]
    companies = [(company.company_id, company.keys) for _, company in facts.companies]
    for identity, keys in [*accounts, *companies]:
        if _meets(line, keys) or ("external_id", identity.lower()) in line.keys:
            return "not_in_window"
    for master in facts.masters:
        is_account = ("account", master.account.lower()) in line.keys
        if _meets(line, master.keys) or (is_account and line.entity in (None, master.entity.upper())):
            return "master_only"
    if any(_meets(line, staged.keys) for staged in facts.staged):
        return "staging"
    return "unknown" if line.keys else "no_key"


def _shows(placed: Placed, line: ListLine) -> bool:
    keys = placed.order.keys
    email = keys[0].value if keys and keys[0].kind == "email" else None
    named = any(_is_named(placed, value) for kind, value in line.keys if kind == "order")
    return named or ("email", email) in line.keys


def _is_named(placed: Placed, value: str) -> bool:
    return value in (placed.order.order_id.lower(), placed.order.name.replace("#", "").lower())


def _meets(line: ListLine, keys: tuple[Key, ...]) -> bool:
    return any(
        (kind, value) == (key.kind, key.value)
        for kind, value in line.keys if kind in ("email", "tax_id", "external_id")
        for key in keys
    )  # fmt: skip


def _of(keys: tuple[Key, ...], kind: str) -> Iterable[str]:
    return [key.value for key in keys if key.kind == kind]
