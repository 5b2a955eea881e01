"""Compares what a source says by another path with the current facts, in the store: bounded memory for any list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from unposted.domain.records import Order
from unposted.store.tables import FactTable

if TYPE_CHECKING:
    import duckdb

__all__ = ["Compared", "created_between", "differences", "put_lights", "record_recount"]

_BATCH = 20_000
_MOST_NAMED = 100_000
_KINDS = ("missing", "stale", "incorrect", "gone")
_NOT_AN_ORDER = "CAST(NULL AS TIMESTAMP) AS created_at, CAST(NULL AS BIGINT) AS total, '' AS currency, '' AS signals"
_LIGHT = "record_id VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP, state VARCHAR, currency VARCHAR, total BIGINT"


class Compared(NamedTuple):
    """What a comparison found: how many records, the ids by kind of difference, and the counts by day of creation."""

    compared: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    incorrect: tuple[str, ...]
    gone: tuple[str, ...]
    days: Mapping[date | None, tuple[int, int, int, int, int]]


def put_lights(connection: duckdb.DuckDBPyConnection, lights: Iterable[Any]) -> None:
    """Put a recount into the temporary table `there`: (id, created, updated, state, currency, total) each."""
    import pyarrow as pa

    moment = pa.timestamp("us", tz="UTC")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE there ({_LIGHT})")
    for rows in _batches(lights):
        ids, created, updated, states, currencies, totals = zip(*rows, strict=True)
        batch = pa.table(
            [
                pa.array(ids, pa.string()), pa.array(created, moment), pa.array(updated, moment),
                pa.array(states, pa.string()), pa.array(currencies, pa.string()), pa.array(totals, pa.int64()),
            ],
            names=["record_id", "created_at", "updated_at", "state", "currency", "total"],
        )  # fmt: skip
        connection.register("lights_batch", batch)
        try:
            connection.execute(
                """INSERT INTO there
                SELECT record_id, timezone('UTC', created_at), timezone('UTC', updated_at), state, currency, total
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
) -> Compared:
    """Compare `there` with the facts that meet `ours`; what the recount lists twice (rows move) counts once."""
    is_order = table.record is Order
    more = "created_at, total, currency, signals" if is_order else _NOT_AN_ORDER
    columns = f"{table.record_key} AS record_id, updated_at, {more}"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE compared AS
        WITH here AS (SELECT {columns} FROM {table.versions} AS c WHERE {ours}),
        once AS (SELECT * FROM there QUALIFY row_number() OVER (
            PARTITION BY record_id ORDER BY updated_at DESC NULLS LAST) = 1)
        SELECT coalesce(t.record_id, h.record_id) AS record_id,
            CAST(coalesce(h.created_at, t.created_at) AS DATE) AS day, CASE
            WHEN h.record_id IS NULL THEN 'missing'
            WHEN t.record_id IS NULL THEN 'gone'
            WHEN t.updated_at > h.updated_at THEN 'stale'
            WHEN t.updated_at < h.updated_at OR t.total <> h.total OR (h.currency <> '' AND t.currency <> h.currency)
              OR (t.state <> '' AND h.signals <> '' AND NOT contains(lower(h.signals), lower(t.state))) THEN 'incorrect'
            ELSE 'same' END AS verdict
        FROM once AS t FULL JOIN here AS h ON h.record_id = t.record_id"""
    )
    if held_back := list(quarantined):
        connection.execute(
            """DELETE FROM compared WHERE verdict = 'missing'
            AND (list_contains(?, record_id) OR list_contains(?, list_last(string_split(record_id, '|'))))""",
            [held_back, held_back],
        )
    found = [tuple(_ids(connection, kind)) for kind in _KINDS]
    day = "day" if is_order else "NULL"
    counts = ", ".join(f"count(*) FILTER (verdict = '{kind}')" for kind in _KINDS)
    rows = connection.execute(f"SELECT {day} AS day, count(*), {counts} FROM compared GROUP BY 1 ORDER BY 1").fetchall()
    for name in ("compared", "there"):
        connection.execute(f"DROP TABLE temp.{name}")
    missing, stale, incorrect, gone = found
    days = {row[0]: (row[1], row[2], row[3], row[4], row[5]) for row in rows}
    return Compared(sum(row[1] for row in rows), missing, stale, incorrect, gone, days)


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


def _ids(connection: duckdb.DuckDBPyConnection, kind: str) -> Iterator[str]:
    sql = f"SELECT record_id FROM compared WHERE verdict = ? ORDER BY record_id LIMIT {_MOST_NAMED}"
    return (row[0] for row in connection.execute(sql, [kind]).fetchall())


def _batches(lights: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(lights)
    while rows := list(islice(source, _BATCH)):
        yield rows


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
