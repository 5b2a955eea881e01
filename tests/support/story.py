"""A made-up history: what the sources said when, how the workspace was edited, and when a reading was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.support import world_setting as setting
from tests.support.world import World
from tests.support.world_making import make_world
from tests.support.world_setting import Choices, one, rarely
from unposted.domain.records import Company, Customer, Key, Master, Order, Record, Staged

__all__ = ["Learned", "Story", "Taken", "make_story"]

_STEPS = [timedelta(minutes=1), timedelta(hours=3), timedelta(days=1), timedelta(days=2)]
_STATES = {
    "shopify": ["financial_status=PAID", "financial_status=PAID;cancelled", "financial_status=REFUNDED"],
    "bigcommerce": ["status_id=11", "status_id=5", "status_id=4"],
    "adobe_commerce": ["state=processing", "state=canceled", "state=closed"],
}
_EMAILS = ["ana@example.com", "ben@example.com", "cyd@example.org"]


class Learned(NamedTuple):
    """What one source said at one instant: its whole list where it is a system of Dynamics.

    `gone` are orders that the source does not hold any more.
    """

    at: datetime
    source: str
    records: tuple[Record, ...]
    gone: tuple[str, ...] = ()


class Taken(NamedTuple):
    """A reading that was taken, by the definition of that instant; the world's own facts do not count."""

    at: datetime
    definition: World


@dataclass
class Story:
    """What happened, in order of time. `first` holds the stores and systems of all definitions."""

    first: World
    learned: list[Learned] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    @property
    def events(self) -> list[Learned | Taken]:
        """All of it in order; what was learned at the instant of a reading comes before it."""
        return sorted([*self.learned, *self.taken], key=lambda event: (event.at, isinstance(event, Taken)))

    def world(self, definition: World, facts_at: datetime, masters_at: datetime, as_of: datetime) -> World:
        """Make the world in which everything stands as it was known, for the oracle."""
        dynamics = {source.name for source in self.first.dynamics}
        facts: dict[str, Sequence[Record]] = {}
        for learned in self.learned:
            if learned.source in dynamics:
                if learned.at <= masters_at:
                    facts[learned.source] = learned.records
            elif learned.at <= facts_at:
                before = facts.get(learned.source, ())
                held = [r for r in before if not isinstance(r, Order) or r.order_id not in learned.gone]
                facts[learned.source] = (*held, *learned.records)
        known = {store.name for store in definition.stores} | {item.name for item in definition.dynamics}
        return replace(
            definition, as_of=as_of, window="7D", facts={name: said for name, said in facts.items() if name in known}
        )


def make_story(choices: Choices) -> Story:
    """Make a history of some days out of a source of small numbers."""
    base = replace(make_world(choices), window="7D")
    story = Story(base)
    now = base.as_of - timedelta(days=3)
    waiting = {store.name: [_timeless(record) for record in base.facts[store.name]] for store in base.stores}
    lists = {item.name: [_timeless(record) for record in base.facts[item.name]] for item in base.dynamics}
    for store in base.stores:
        half = len(waiting[store.name]) // 2
        story.learned.append(Learned(now, store.name, _each_once(waiting[store.name][:half])))
        waiting[store.name] = waiting[store.name][half:]
    for name, records in lists.items():
        lists[name] = [record for record in records if choices.below(3)]
        story.learned.append(Learned(now, name, _each_once(lists[name])))
    definition = base
    story.taken.append(Taken(now, definition))
    for _ in range(5 + choices.below(8)):
        if choices.below(2):
            now += one(choices, _STEPS)
        deed = choices.below(6)
        if deed == 0:
            definition = _edited(choices, definition, base)
        elif deed == 1:
            store = one(choices, base.stores)
            story.learned.append(Learned(now, store.name, _each_once(waiting.pop(store.name, []))))
        elif deed in {2, 3, 4}:
            _tell_again(choices, story, now)
        else:
            name = one(choices, sorted(lists))
            lists[name] = _relisted(choices, lists[name], base.facts[name], _orders(story))
            story.learned.append(Learned(now, name, _each_once(lists[name])))
        if choices.below(3) == 0 and now > story.taken[-1].at:
            now += timedelta(minutes=1)
            story.taken.append(Taken(now, definition))
    story.taken.append(Taken(now + one(choices, _STEPS), definition))
    return story


def _edited(choices: Choices, definition: World, base: World) -> World:
    """Edit the workspace: its field map, a store's default entity or status table, its stores, its zone."""
    kind = choices.below(6)
    if kind == 0:
        return replace(definition, field_map=setting.field_map(choices, base.stores))
    if kind == 1:
        match_on = setting.field_map(choices, base.stores).match_on
        return replace(definition, field_map=replace(definition.field_map, match_on=match_on))
    if kind == 2:
        place = choices.below(len(definition.stores))
        stores = list(definition.stores)
        stores[place] = replace(stores[place], entity=one(choices, ["USTI", "CATU", None]))
        return replace(definition, stores=tuple(stores))
    if kind == 3:
        place = choices.below(len(definition.stores))
        stores = list(definition.stores)
        signals = one(choices, _STATES[stores[place].platform][:1])
        state = one(choices, ["cancelled", "active", "refunded"])
        stores[place] = replace(stores[place], statuses={signals: state})
        return replace(definition, stores=tuple(stores))
    if kind == 4:
        return replace(definition, stores=base.stores if len(definition.stores) == 1 else definition.stores[:1])
    return replace(definition, zone=one(choices, ["UTC", "America/New_York", "Pacific/Auckland"]))


def _tell_again(choices: Choices, story: Story, now: datetime) -> None:
    """Let a store say one of its records otherwise."""
    said = [(learned.source, record) for learned in story.learned for record in learned.records]
    names = {store.name: store.platform for store in story.first.stores}
    known: list[tuple[str, Record]] = [(source, record) for source, record in said if source in names]
    if not known:
        return
    orders: list[tuple[str, Record]] = [(source, record) for source, record in known if isinstance(record, Order)]
    source, record = one(choices, orders if orders and choices.below(4) else known)
    if isinstance(record, Order) and rarely(choices, 8):
        story.learned.append(Learned(now, source, (), (record.order_id,)))
        return
    if isinstance(record, Order):
        record = _changed_order(choices, record, names[source])
    elif isinstance(record, Customer | Company):
        record = record._replace(keys=(Key("email", one(choices, _EMAILS)), Key("email", one(choices, _EMAILS))))
        record = record._replace(keys=tuple(dict.fromkeys(record.keys)))
    story.learned.append(Learned(now, source, (record,)))


def _changed_order(choices: Choices, order: Order, platform: str) -> Order:
    kind = choices.below(6)
    if kind in {0, 1}:
        return order._replace(signals=one(choices, _STATES[platform]))
    if kind == 2:
        return order._replace(country=one(choices, ["US", "CA", "DE"]))
    if kind == 3:
        email = one(choices, _EMAILS)
        others = tuple(key for key in order.keys if key.kind != "email")
        return order._replace(email=email, keys=(Key("email", email), *others))
    if kind == 4:
        return order._replace(created_at=order.created_at + timedelta(days=one(choices, [-20, 1])))
    return order._replace(total=order.total + 700, refunded=0)


def _orders(story: Story) -> list[Order]:
    return [record for learned in story.learned for record in learned.records if isinstance(record, Order)]


def _relisted(choices: Choices, listed: list[Record], pool: Sequence[Record], orders: Sequence[Order]) -> list[Record]:
    """Make the next whole list of a system of Dynamics: some are gone, some come, some show another key."""
    kept = [record for record in listed if not rarely(choices, 4)]
    if pool:
        kept.append(_timeless(one(choices, pool)))
    if orders and choices.below(2):
        keys, number = one(choices, orders[-3:]).keys, choices.below(3)
        if any(isinstance(record, Staged) for record in pool):
            kept.append(Staged("account", f"new-{number}", keys=keys))
        else:
            kept.append(Master(one(choices, ["USTI", "CATU"]), f"N-{number}", keys=keys))
    if kept and rarely(choices, 2):
        place = choices.below(len(kept))
        record = kept[place]
        if isinstance(record, Master | Staged):
            kept[place] = record._replace(keys=(Key("email", one(choices, _EMAILS)),))
    return kept


def _timeless(record: Record) -> Record:
    """Take away the update time, so that what is read later stands."""
    if isinstance(record, Order | Customer | Company | Master | Staged):
        return record._replace(updated_at=None)
    return record


def _each_once(records: Sequence[Record]) -> tuple[Record, ...]:
    """Keep the last of what is one record."""
    kept: dict[object, Record] = {}
    for record in records:
        kept[_identity(record)] = record
    return tuple(kept.values())


def _identity(record: Record) -> object:
    if isinstance(record, Master):
        return Master, record.entity.upper(), record.account
    if isinstance(record, Staged):
        return Staged, record.table, record.record_id
    return (
        (type(record), *record[:3]) if not isinstance(record, Order | Customer | Company) else (type(record), record[0])
    )
