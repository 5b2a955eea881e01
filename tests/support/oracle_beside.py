"""The oracle of what stands beside the headline: aged out, present but unable to bill, conflicts; key sensitivity.

1. Aged out: the card over a window that begins `aged_out_days` calendar days earlier; its absent parties of which no
active order was placed in the card's own window. Parties are those of the longer window.
2. A record cannot bill when it is blocked or one-time in every source that shows it, or a default customer of the
order's store. An order cannot be billed when every record that its party meets in an entity that it expects cannot
(in any entity, when it expects none). Only parties that are not absent are looked at.
3. A conflict: a party's keys hit two records of one entity, or a record is hit by two parties; by the field map's keys,
in any entity.
4. Sensitivity is the card's own oracle, run again for each policy.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tests.support.oracle_bridge import first_key
from tests.support.oracle_facts import Facts, Placed, facts_of
from tests.support.oracle_money import converted, known_total
from tests.support.oracle_party import Party, parties_of
from tests.support.oracle_row import entities_of, hit_masters, listed, row_of
from tests.support.oracle_window import bounds
from tests.support.world import World
from unposted.workspace.model import MatchKey

__all__ = ["LaneLine", "PolicyLine", "aged_lines", "billing_lines", "conflict_lines", "key_gaps", "policy_line"]


class LaneLine(NamedTuple):
    """One line beside the headline as far as it is determined."""

    kind: str
    stores: tuple[str, ...]
    reasons: tuple[str, ...]
    entities: tuple[str, ...]
    blocked: int | None
    orders: int
    last_order_at: datetime


class PolicyLine(NamedTuple):
    """The headline under a policy; `flips` are (change, kind, stores, blocked), in order."""

    value: int
    blocked: int | None
    unknown_rate_rows: int
    carries: tuple[tuple[str, int], ...]
    flips: tuple[tuple[str, str, tuple[str, ...], int], ...]


def aged_lines(world: World) -> list[LaneLine]:
    """List who is aged out."""
    start, _ = bounds(world.window, world.as_of, world.zone)
    wider = replace(world, window=_longer(world.window, world.field_map.aged_out_days))
    facts = facts_of(wider)
    found = []
    for party in parties_of(wider, facts):
        row = row_of(wider, facts, party)
        if row is not None and all(placed.order.created_at < start for placed in party.orders):
            line = row.kind, row.stores, (), row.missing_entities, row.blocked, row.orders, row.last_order_at
            found.append(LaneLine(*line))
    return found


def _longer(window: str, days: int) -> str:
    if window.endswith("D"):
        return f"{int(window[:-1]) + days}D"
    first, last = window.split("..")
    return f"{date.fromisoformat(first) - timedelta(days=days)}..{last}"


def billing_lines(world: World) -> list[LaneLine]:
    """List who is present but cannot be billed."""
    facts = facts_of(world)
    found = []
    for party in parties_of(world, facts):
        if row_of(world, facts, party) is not None:
            continue
        concerned: list[Placed] = []
        notes: list[tuple[str, str]] = []
        for placed in party.orders:
            expected: set[str] | set[None] = entities_of(world, party, placed) or {None}
            for entity in expected:
                flaws = _flaws(world, facts, party, placed, entity)
                if all(flaw is not None for _, flaw in flaws):
                    concerned += [placed] if placed not in concerned else []
                    notes += [(where, flaw) for where, flaw in flaws if flaw]
        if concerned:
            reasons, entities = listed(flaw for _, flaw in notes), listed(where for where, _ in notes)
            found.append(_line(world, party, reasons, entities, concerned))
    return found


def _flaws(
    world: World, facts: Facts, party: Party, placed: Placed, entity: str | None
) -> list[tuple[str, str | None]]:
    """Tell what is wrong with each record that a party meets in an entity (None: in any)."""
    records = {(master.entity.upper(), master.account) for master in hit_masters(world, facts, party)}
    return [
        (where, _flaw(facts, placed, where, account)) for where, account in records if entity is None or where == entity
    ]  # fmt: skip


def _flaw(facts: Facts, placed: Placed, entity: str, account: str) -> str | None:
    for written in placed.store.default_customers:
        if written.lower() == account.lower() or written.lower() == f"{entity}/{account}".lower():
            return "default_customer"
    shown = [one for one in facts.masters if (one.entity.upper(), one.account) == (entity, account)]
    if any(not one.blocked and not one.one_time for one in shown):
        return None
    if any(one.blocked and not one.blocked.startswith("missing: ") for one in shown):
        return "blocked"
    return "incomplete" if any(one.blocked for one in shown) else "one_time"


def conflict_lines(world: World) -> list[LaneLine]:
    """List who takes part in a conflict."""
    facts = facts_of(world)
    parties = parties_of(world, facts)
    met = [
        {(master.entity.upper(), master.account) for master in hit_masters(world, facts, party)} for party in parties
    ]  # fmt: skip
    found = []
    for party, records in zip(parties, met, strict=True):
        notes = set()
        for entity, account in records:
            if len([1 for where, _ in records if where == entity]) > 1:
                notes.add(("two_records", entity))
            if len([1 for others in met if (entity, account) in others]) > 1:
                notes.add(("two_parties", entity))
        if notes:
            reasons, entities = listed(flaw for flaw, _ in notes), listed(entity for _, entity in notes)
            found.append(_line(world, party, reasons, entities, party.orders))
    return found


def _line(
    world: World, party: Party, reasons: tuple[str, ...], entities: tuple[str, ...], orders: list[Placed]
) -> LaneLine:
    left = [(order.currency, order.total - order.refunded) for _, order in orders]
    return LaneLine(
        party.kind, listed(placed.store.name for placed in party.orders), reasons, entities,
        converted(left, world.reporting_currency, world.rates), len(orders),
        max(order.created_at for _, order in orders),
    )  # fmt: skip


def policy_line(world: World, keys: tuple[MatchKey, ...]) -> PolicyLine:
    """Run the oracle again under another policy."""
    facts = facts_of(world)
    parties = parties_of(world, facts)
    other = replace(world, field_map=replace(world.field_map, match_on=keys))
    own_rows = [row_of(world, facts, party) for party in parties]
    rows = [row_of(other, facts, party) for party in parties]
    flips = []
    for was, now in zip(own_rows, rows, strict=True):
        if now is not None and was is None:
            flips.append(("enters", now.kind, now.stores, -1 if now.blocked is None else now.blocked))
        if was is not None and now is None:
            flips.append(("leaves", was.kind, was.stores, -1 if was.blocked is None else was.blocked))
    counts = dict.fromkeys(keys, 0)
    for party, now in zip(parties, rows, strict=True):
        if now is None:
            counts[first_key(other, facts, party)] += 1  # type: ignore[index]
    absent = [row for row in rows if row is not None]
    return PolicyLine(
        len(absent), known_total(row.blocked for row in absent), len([1 for row in absent if row.blocked is None]),
        tuple(counts.items()), tuple(sorted(flips)),
    )  # fmt: skip


def key_gaps(world: World, key: str) -> tuple[int, int, int, int]:
    """Count the parties, those without a value of a key, the master records, those without one."""
    facts = facts_of(world)
    parties = parties_of(world, facts)
    masters = facts.masters
    lacking = [party for party in parties if not party.values.get(key)]
    bare = [master for master in masters if not any(one.kind == key for one in master.keys)]
    return len(parties), len(lacking), len(masters), len(bare)
