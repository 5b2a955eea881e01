"""Worlds for what stands beside the headline, and where the product's answer differs from the oracle's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.oracle_beside import (
    LaneLine,
    PolicyLine,
    aged_lines,
    billing_lines,
    conflict_lines,
    key_gaps,
    policy_line,
)
from tests.support.oracle_bridge import StepLine, steps_of
from tests.support.world import World
from unposted.cards.beside import Lane
from unposted.cards.bridge import BridgeStep
from unposted.cards.explained import Explained, explain_card
from unposted.cards.sensitivity import Policy
from unposted.domain.records import Master, Record

if TYPE_CHECKING:
    import duckdb

__all__ = ["beside_differences", "explained_world", "with_settings"]

_DEFAULTS = ((), ("C-001",), ("usti/C-002", "c-003"), ("CATU/C-001", "USTI/c-002"))
_DAYS = (30, 30, 0, 5)


def with_settings(world: World, number: int) -> World:
    """Give a world catch-all customers and a look back of its own, by a number."""
    stores = tuple(
        replace(store, default_customers=_DEFAULTS[(number + place) % len(_DEFAULTS)])
        for place, store in enumerate(world.stores)
    )
    days = _DAYS[number // len(_DEFAULTS) % len(_DAYS)]
    facts = {
        source: [_incomplete(record) if number % 2 else record for record in records]
        for source, records in world.facts.items()
    }
    return replace(world, stores=stores, facts=facts, field_map=replace(world.field_map, aged_out_days=days))


def _incomplete(record: Record) -> Record:
    """Let what keeps some records from billing be that they lack a posting group."""
    if isinstance(record, Master) and record.blocked == "Invoice":
        return record._replace(blocked="missing: customer group")
    return record


def explained_world(store: duckdb.DuckDBPyConnection, world: World) -> Explained:
    """Compute the reading of a loaded world with all that stands beside it."""
    return explain_card(store, world.workspace(Path("world.toml")), world.as_of, world.window)


def beside_differences(world: World, found: Explained) -> list[str]:
    """List where what stands beside a reading differs from the oracle, a line each."""
    assert found.beside is not None
    assert found.sensitivity is not None
    lanes = (
        ("aged_out", aged_lines(world), found.beside.aged_out),
        ("cannot_bill", billing_lines(world), found.beside.cannot_bill),
        ("conflicts", conflict_lines(world), found.beside.conflicts),
    )
    pairs: list[tuple[str, object, object]] = [
        *((name, sorted(mine, key=repr), _lane(lane)) for name, mine, lane in lanes),
        ("bridge", sorted(steps_of(world), key=repr), _bridge(found.bridge)),
        *(
            (f"policy {policy.policy}", policy_line(world, policy.keys), _policy(policy))  # type: ignore[arg-type]
            for policy in found.sensitivity.policies
        ),
        *((f"gaps {fill.key}", key_gaps(world, fill.key), tuple(fill)[1:]) for fill in found.sensitivity.fill),
    ]
    told = [f"{name}: expected {mine!r}, got {theirs!r}" for name, mine, theirs in pairs if mine != theirs]
    return told + list(_untrue(found))


def _lane(lane: Lane) -> list[LaneLine]:
    return sorted(
        (
            LaneLine(row.kind, row.stores, row.reasons, row.entities, row.blocked, row.orders, row.last_order_at)
            for row in lane.rows
        ),
        key=repr,
    )  # fmt: skip


def _bridge(steps: Iterable[BridgeStep]) -> list[StepLine]:
    return sorted(
        (
            StepLine(step.step, row.kind, row.stores, row.blocked, row.orders, row.last_order_at)
            for step in steps if step.step != "everyone" for row in step.rows
        ),
        key=repr,
    )  # fmt: skip


def _policy(policy: Policy) -> PolicyLine:
    flips = [
        (flip.change, flip.kind, flip.stores, -1 if flip.blocked is None else flip.blocked) for flip in policy.flipped
    ]  # fmt: skip
    return PolicyLine(
        policy.value, policy.blocked, policy.unknown_rate_rows, policy.carries, tuple(sorted(flips))
    )  # fmt: skip


def _untrue(found: Explained) -> Iterable[str]:
    """Tell which sums do not hold: figures are those of their rows, steps go from everyone to the headline."""
    assert found.beside is not None
    reading, bridge = found.reading, found.bridge
    parts: list[Lane | BridgeStep] = [
        *bridge, found.beside.aged_out, found.beside.cannot_bill, found.beside.conflicts,
    ]  # fmt: skip
    for part in parts:
        values = [row.blocked for row in part.rows]
        known = [value for value in values if value is not None]
        total = None if values and not known else sum(known)
        if (part.count, part.blocked, part.unknown_rate_rows) != (len(values), total, len(values) - len(known)):
            yield f"{part!r} is not the sum of its rows"
    taken = bridge[1:-1]
    if bridge[0].count - sum(step.count for step in taken) != bridge[-1].count:
        yield "the bridge's counts leave a difference"
    if (bridge[0].blocked or 0) - sum(step.blocked or 0 for step in taken) != (bridge[-1].blocked or 0):
        yield "the bridge's values leave a difference"
    if (bridge[-1].count, bridge[-1].blocked) != (reading.value, reading.blocked.units):
        yield "the bridge does not end at the headline"
    if [row.party for row in bridge[-1].rows] != [row.party for row in reading.rows]:
        yield "the bridge's last step has other parties than the worklist"
    parties = [row.party for row in bridge[0].rows]
    if len(parties) != len(set(parties)):
        yield "a party is in two steps"
