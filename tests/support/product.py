"""Runs the product on a world: the facts go through the store's own merge, the reading through its own engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.world import World
from unposted.cards.engine import read_card
from unposted.cards.reading import Reading
from unposted.domain.records import Record
from unposted.store import facts
from unposted.store.database import migrate
from unposted.sync.sources import Source, sources_of

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
    read: dict[type, list[tuple[int, Record]]] = {table.record: [] for table in facts.FACT_TABLES}
    sources = [(source, world) for world in worlds for source in sources_of(world.workspace(Path("world.toml")))]
    for number, (source, world) in enumerate(sources, start=1):
        for record in world.facts.get(source.name, ()):
            read[type(record)].append((number, record))
    _add_sources(connection, [source for source, _ in sources])
    for table in facts.FACT_TABLES:
        _stage(connection, table, read[table.record])
        facts.merge(connection, table, _LEARNED)


def _add_sources(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Number the sources from 1 on, all of them read completely."""
    rows = [(number, item.name, item.role, item.system, _LEARNED) for number, item in enumerate(sources, start=1)]
    line = "(?, ?, ?, ?, timezone('UTC', ?))"
    values = [value for row in rows for value in row]
    connection.execute(f"INSERT INTO source VALUES {', '.join([line] * len(rows))}", values)


def _stage(connection: duckdb.DuckDBPyConnection, table: facts.FactTable, read: Sequence[tuple[int, Record]]) -> None:
    """Stage the records of all sources in one go, and then tell whose they are: a call a source takes longer."""
    facts.start_staging(connection, table)
    facts.stage(connection, table, 0, 0, [record for _, record in read])
    numbers = [number for number, _ in read]
    connection.execute(f"UPDATE {table.staging} SET source_id = list_extract(?, seq + 1)", [numbers])


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
