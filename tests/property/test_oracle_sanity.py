"""The oracle on made worlds: what must hold for every world, whatever its answer is."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import oracle
from tests.support.oracle import Expected, judge
from tests.support.oracle_compare import canonical
from tests.support.worlds import World, random_world, worlds
from unposted.cards.reading import Row
from unposted.domain.records import Key, Master

_FEW = settings(max_examples=100, deadline=None)
_NUMBERED = settings(max_examples=200, deadline=None)
_SEEDS = st.integers(min_value=0, max_value=10**9)
_ALLOWED = [
    "unposted.cards.reading", "unposted.connectors.files.lists", "unposted.domain.records", "unposted.workspace.model",
]  # fmt: skip


def _same(one: Expected, other: Expected) -> bool:
    plain = [replace(expected, rows=()) for expected in (one, other)]
    rows = [sorted(map(repr, map(canonical, expected.rows))) for expected in (one, other)]
    return plain[0] == plain[1] and rows[0] == rows[1]


@_FEW
@given(worlds())
def test_every_split_adds_up(world: World) -> None:
    """Each split's counts add up to the headline and its known values to the blocked total."""
    expected = judge(world)
    for parts in expected.splits.values():
        assert sum(count for count, _ in parts.values()) == expected.value == len(expected.rows)
        assert sum(units or 0 for _, units in parts.values()) == (expected.blocked.units or 0)


@_FEW
@given(worlds())
def test_rows_add_up(world: World) -> None:
    """Rows add up to the blocked value in the reporting currency and in each order currency."""
    expected = judge(world)
    assert sum(row.blocked or 0 for row in expected.rows) == (expected.blocked.units or 0)
    for amount in expected.blocked.by_currency:
        parts = [part for row in expected.rows for part in row.blocked_by_currency]
        assert amount.units == sum(part.units for part in parts if part.currency == amount.currency)


@_NUMBERED
@given(_SEEDS)
def test_reading_everything_twice_changes_nothing(seed: int) -> None:
    """Sources read a second time from the beginning give the same reading."""
    world = random_world(seed)
    doubled = {name: [*records, *records] for name, records in world.facts.items()}
    assert _same(judge(world), judge(replace(world, facts=doubled)))


@_NUMBERED
@given(_SEEDS)
def test_the_order_of_sources_does_not_matter(seed: int) -> None:
    """Stores and systems may be listed and read in any order."""
    world = random_world(seed)
    facts = dict(reversed(list(world.facts.items())))
    turned = replace(world, stores=world.stores[::-1], dynamics=world.dynamics[::-1], facts=facts)
    assert _same(judge(world), judge(turned))


@_NUMBERED
@given(_SEEDS)
def test_absent_parties_are_some_of_all_parties(seed: int) -> None:
    """Without any master every party is absent; masters only ever take rows away."""
    world = random_world(seed)
    assert judge(world).value <= judge(_without_masters(world)).value


def _without_masters(world: World) -> World:
    facts = {
        name: [record for record in records if not isinstance(record, Master)] for name, records in world.facts.items()
    }
    return replace(world, facts=facts)


@_NUMBERED
@given(_SEEDS)
def test_a_matching_master_in_every_missing_entity_removes_the_row(seed: int) -> None:
    """Once each missing entity holds a record with one of a party's values, the party is no longer absent."""
    world = random_world(seed)
    for row in judge(world).rows:
        values: dict[str, tuple[str, ...]] = {"external_id": row.external_ids, "tax_id": row.tax_ids}
        keys = [Key(kind, values[kind][0]) for kind in world.field_map.match_on if values.get(kind)]
        if not keys:
            continue
        entities = row.missing_entities or ("USTI",)
        added = [Master(entity, f"new-{entity}", keys=(keys[0],)) for entity in entities]
        facts = {**world.facts, "erp": [*world.facts["erp"], *added]}
        after = judge(replace(world, facts=facts))
        assert after.value < judge(world).value
        assert _who(row) not in [_who(other) for other in after.rows]


def _who(row: Row) -> tuple[object, ...]:
    return row.kind, row.stores, row.emails, row.external_ids, row.tax_ids, row.missing_entities, row.first_order_at


@_NUMBERED
@given(_SEEDS)
def test_rows_are_ranked(seed: int) -> None:
    """Known values come first, larger before smaller."""
    blocked = [row.blocked for row in judge(random_world(seed)).rows]
    known = [units for units in blocked if units is not None]
    assert blocked == sorted(known, reverse=True) + [None] * (len(blocked) - len(known))


def test_the_made_worlds_reach_every_answer() -> None:
    """A few hundred numbered worlds show every status, flag, segment and kind, and both states of the alert."""
    seen: set[str] = set()
    for seed in range(600):
        expected = judge(random_world(seed))
        seen.add(expected.alert.state)
        seen.update("unmapped status" for _ in expected.unmapped_statuses)
        for row in expected.rows:
            seen.update([row.status, row.segment, row.kind, *(f"flag {flag}" for flag in row.flags)])
        for parts in expected.splits.values():
            seen.update(parts)
    statuses = {"awaiting_sync", "in_dataverse", "near_match", "other_entity", "no_key"}
    notes = {"ambiguous", "unmapped", "conflict", "unknown_rate"}
    flags = {f"flag {name}" for name in (statuses | notes) - {"awaiting_sync"}}
    buckets = {"several", "ambiguous", "unmapped", "USTI", "CATU", "DEUG", "shopify", "bigcommerce", "adobe_commerce"}
    wanted = statuses | flags | buckets | {"no_match", "b2b", "dtc", "company", "person", "firing", "ok"}
    assert wanted | {"unmapped status"} <= seen


def test_the_oracle_shares_no_code_with_the_product() -> None:
    """The oracle and the worlds import only record types and plain values of the product.

    What compares the two judges nothing: it also asks whether the product's own ways of adding up agree.
    """
    folder = Path(oracle.__file__).parent
    for path in [*folder.glob("oracle*.py"), *folder.glob("world*.py")]:
        if path.name == "oracle_compare.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unposted"):
                assert node.module in _ALLOWED, f"{path.name} imports {node.module}"
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith("unposted") for name in node.names), path.name
