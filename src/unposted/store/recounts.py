"""Compares what a source says by another path with the current facts, in the store: bounded memory for any list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from unposted.domain.records import Order
from unposted.store.tables import FactTable

if TYPE_CHECKING:
    import duckdb

__all__ = ["created_between", "differences", "put_lights", "record_recount"]

_BATCH = 20_000
_MOST_NAMED = 100_000
_LIGHT = "record_id VARCHAR, updated_at TIMESTAMP, state VARCHAR, currency VARCHAR, total BIGINT"


def put_lights(connection: duckdb.DuckDBPyConnection, lights: Iterable[Any]) -> None:
    """Put a recount into the temporary table `there`: (id, created, updated, state, currency, total) each."""
    import pyarrow as pa

    connection.execute(f"CREATE OR REPLACE TEMP TABLE there ({_LIGHT})")
    for rows in _batches(lights):
        ids, _, updated, states, currencies, totals = zip(*rows, strict=True)
        batch = pa.table(
            [
                pa.array(ids, pa.string()), pa.array(updated, pa.timestamp("us", tz="UTC")),
                pa.array(states, pa.string()), pa.array(currencies, pa.string()), pa.array(totals, pa.int64()),
            ],
            names=["record_id", "updated_at", "state", "currency", "total"],
        )  # fmt: skip
        connection.register("lights_batch", batch)
        try:
            connection.execute(
                """INSERT INTO there SELECT record_id, timezone('UTC', updated_at), state, currency, total
                FROM lights_batch"""
            )
        finally:
            connection.unregister("lights_batch")


def created_between(table: FactTable, start: datetime | None, end: datetime | None) -> str:
    """Return the condition on facts created from one instant to before another; only orders have such a time."""
    if start is None or end is None or table.record is not Order:
        return "TRUE"
    return f"created_at >= TIMESTAMP '{_plain(start)}' AND created_at < TIMESTAMP '{_plain(end)}'"


def differences(
    connection: duckdb.DuckDBPyConnection, table: FactTable, ours: str, quarantined: Iterable[str]
) -> tuple[int, dict[str, tuple[str, ...]]]:
    """Compare `there` with the facts that meet `ours`: how many were compared, and the ids by kind of difference."""
    money = "total, currency, signals" if table.record is Order else "NULL AS total, NULL AS currency, '' AS signals"
    columns = f"{table.record_key} AS record_id, updated_at, {money}"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE compared AS
        WITH here AS (SELECT {columns} FROM {table.versions} AS c WHERE {ours})
        SELECT coalesce(t.record_id, h.record_id) AS record_id, CASE
            WHEN h.record_id IS NULL THEN 'missing'
            WHEN t.record_id IS NULL THEN 'gone'
            WHEN t.updated_at > h.updated_at THEN 'stale'
            WHEN t.updated_at < h.updated_at OR t.total <> h.total OR t.currency <> h.currency
              OR (t.state <> '' AND NOT contains(lower(h.signals), lower(t.state))) AND h.signals <> '' THEN 'incorrect'
            ELSE 'same' END AS verdict
        FROM there AS t FULL JOIN here AS h ON h.record_id = t.record_id"""
    )
    row = connection.execute("SELECT count(*) FROM compared").fetchone()
    held_back = frozenset(quarantined)
    found = {kind: tuple(_ids(connection, kind, held_back)) for kind in ("missing", "stale", "incorrect", "gone")}
    connection.execute("DROP TABLE temp.compared")
    connection.execute("DROP TABLE temp.there")
    return (int(row[0]) if row else 0), found


def record_recount(
    connection: duckdb.DuckDBPyConnection,
    source_id: int,
    stream: str,
    day: object,
    now: datetime,
    counts: tuple[int, int, int, int, int],
) -> None:
    """Write what the recount of a stream and day found: (compared, missing, stale, incorrect, gone)."""
    connection.execute(
        "DELETE FROM recount WHERE source_id = ? AND stream = ? AND day IS NOT DISTINCT FROM ?",
        [source_id, stream, day],
    )
    values = [source_id, stream, day, *counts, now.astimezone(UTC).replace(tzinfo=None)]
    connection.execute("INSERT INTO recount VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def _ids(connection: duckdb.DuckDBPyConnection, kind: str, held_back: frozenset[str]) -> Iterator[str]:
    sql = f"SELECT record_id FROM compared WHERE verdict = ? ORDER BY record_id LIMIT {_MOST_NAMED}"
    for (record_id,) in connection.execute(sql, [kind]).fetchall():
        if kind != "missing" or (record_id not in held_back and record_id.rpartition("|")[2] not in held_back):
            yield record_id


def _batches(lights: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(lights)
    while rows := list(islice(source, _BATCH)):
        yield rows


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
