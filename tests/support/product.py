"""Runs the product on a world: the facts go through the store's own merge, the reading through its own engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.world import World
from unposted.cards.engine import read_card
from unposted.cards.reading import Reading
from unposted.domain.records import Record
from unposted.store import facts, ledger
from unposted.store.database import migrate
from unposted.sync.sources import sources_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["empty_store", "load_worlds", "read_world", "renamed"]

_LEARNED = datetime(2000, 1, 1, tzinfo=UTC)
_FACTS = (
    "source", "order_version", "order_key", "customer_version", "customer_key", "company_version", "company_key",
    "company_link_version", "master_version", "master_key", "staged_version", "staged_key", "order_signal",
)  # fmt: skip


def empty_store() -> duckdb.DuckDBPyConnection:
    """Open a store in memory."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    migrate(connection)
    return connection


def load_worlds(connection: duckdb.DuckDBPyConnection, worlds: Sequence[World]) -> None:
    """Put the facts of worlds with unlike source names into an emptied store, learned before anybody looks."""
    for name in _FACTS:
        connection.execute(f"TRUNCATE {name}")
    for table in facts.FACT_TABLES:
        facts.start_staging(connection, table)
    seq = 0
    for world in worlds:
        for source in sources_of(world.workspace(Path("world.toml"))):
            number = ledger.source_id_of(connection, source.name, source.role, source.system)
            for kind, records in _by_type(world.facts.get(source.name, ())).items():
                seq += facts.stage(connection, facts.table_of(kind), number, seq, records)
            ledger.finish_first_sync(connection, number, _LEARNED)
    for table in facts.FACT_TABLES:
        facts.merge(connection, table, _LEARNED)


def renamed(world: World, prefix: str) -> World:
    """Give a world's sources names of its own, so that it can stand in one store with others."""
    rules = tuple(replace(rule, store=rule.store and prefix + rule.store) for rule in world.field_map.rules)
    return replace(
        world,
        stores=tuple(replace(store, name=prefix + store.name) for store in world.stores),
        dynamics=tuple(replace(item, name=prefix + item.name) for item in world.dynamics),
        field_map=replace(world.field_map, rules=rules),
        facts={prefix + name: records for name, records in world.facts.items()},
    )


def read_world(connection: duckdb.DuckDBPyConnection, world: World) -> Reading:
    """Compute the reading of a world that was loaded."""
    return read_card(connection, world.workspace(Path("world.toml")), world.as_of, world.window)


def _by_type(records: Iterable[Record]) -> dict[type, list[Record]]:
    found: dict[type, list[Record]] = {}
    for record in records:
        found.setdefault(type(record), []).append(record)
    return found
