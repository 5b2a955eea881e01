"""How far live streams were read, what a list has shown so far, and what their facts are for a recount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from unposted.store.database import END_OF_TIME
from unposted.store.tables import FactTable

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "count_facts",
    "cursor_text",
    "forget_met",
    "held",
    "not_met",
    "note_met",
    "note_unknown",
    "put_ids",
    "save_cursor",
    "wanted_customers",
]


def cursor_text(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> str | None:
    """Return a stream's cursor as it was written; None when it was never read."""
    row = connection.execute(
        "SELECT cursor FROM stream_cursor WHERE source_id = ? AND stream = ?", [source_id, stream]
    ).fetchone()
    return str(row[0]) if row else None


def save_cursor(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, text: str) -> None:
    """Write a stream's cursor."""
    connection.execute("DELETE FROM stream_cursor WHERE source_id = ? AND stream = ?", [source_id, stream])
    connection.execute("INSERT INTO stream_cursor VALUES (?, ?, ?)", [source_id, stream, text])


def put_ids(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> None:
    """Put ids into the temporary table `these_ids`."""
    import pyarrow as pa

    batch = pa.table([pa.array(list(dict.fromkeys(ids)), pa.string())], names=["record_id"])
    connection.register("ids_batch", batch)
    try:
        connection.execute("CREATE OR REPLACE TEMP TABLE these_ids AS SELECT record_id FROM ids_batch")
    finally:
        connection.unregister("ids_batch")


def note_met(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, ids: Sequence[str]) -> None:
    """Note ids that the list which is being read has shown."""
    if ids:
        put_ids(connection, ids)
        connection.execute(f"INSERT INTO list_seen SELECT {source_id}, ?, record_id FROM temp.these_ids", [stream])


def forget_met(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> None:
    """Forget what a list has shown."""
    connection.execute("DELETE FROM list_seen WHERE source_id = ? AND stream = ?", [source_id, stream])


def not_met(source_id: int, stream: str, table: FactTable) -> str:
    """Return the condition that a fact `c` was not shown by the list, not even as a record that could not be read."""
    seen = f"SELECT record_id FROM list_seen WHERE source_id = {source_id} AND stream = '{stream}'"
    last = f"'*|' || list_last(string_split({table.record_key}, '|'))"
    return f"({table.record_key} NOT IN ({seen}) AND {last} NOT IN ({seen}))"


def count_facts(connection: duckdb.DuckDBPyConnection, table: FactTable, ours: str, condition: str) -> tuple[int, int]:
    """Count the facts of a stream that meet a condition, and all of them."""
    row = connection.execute(
        f"SELECT count(*) FILTER ({condition}), count(*) FROM {table.versions} AS c WHERE {ours}"
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def note_unknown(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> None:
    """Note that the source does not know `these_ids`."""
    connection.execute(
        f"""INSERT INTO unknown_id SELECT {source_id}, ?, record_id FROM temp.these_ids WHERE record_id NOT IN (
            SELECT record_id FROM unknown_id WHERE source_id = {source_id} AND stream = ?)""",
        [stream, stream],
    )


def wanted_customers(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> list[str]:
    """List the customer ids that a store's orders name and that are neither here nor unknown to the store."""
    rows = connection.execute(
        f"""SELECT DISTINCT customer_id FROM order_version AS o
        WHERE source_id = {source_id} AND known_to = TIMESTAMP '{END_OF_TIME}' AND customer_id IS NOT NULL
          AND customer_id NOT IN (
            SELECT customer_id FROM customer_version
            WHERE source_id = {source_id} AND known_to = TIMESTAMP '{END_OF_TIME}')
          AND customer_id NOT IN (SELECT record_id FROM unknown_id WHERE source_id = {source_id} AND stream = ?)
        ORDER BY customer_id""",
        [stream],
    ).fetchall()
    return [row[0] for row in rows]


def held(
    connection: duckdb.DuckDBPyConnection,
    table: FactTable,
    ours: str,
    start: datetime | None,
    end: datetime | None,
    *,
    is_order: bool,
) -> Iterator[tuple[Any, ...]]:
    """List (id, update time, currency, total, state) of a stream's current facts; money and state of orders only."""
    rest = "currency, total, signals" if is_order else "NULL, NULL, ''"
    created = ""
    if start is not None and end is not None and is_order:
        created = f" AND created_at >= TIMESTAMP '{_plain(start)}' AND created_at < TIMESTAMP '{_plain(end)}'"
    cursor = connection.cursor()
    cursor.execute(f"SELECT {table.record_key}, updated_at, {rest} FROM {table.versions} AS c WHERE {ours}{created}")
    while rows := cursor.fetchmany(10_000):
        yield from rows
    cursor.close()


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
