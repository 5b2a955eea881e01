"""How far live streams were read, what a list has shown so far, and what their facts are for a recount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from unposted.store import past
from unposted.store.database import END_OF_TIME
from unposted.store.tables import FactTable

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "add_hint",
    "count_facts",
    "cursor_text",
    "finish_hints",
    "forget_cursors",
    "forget_met",
    "has_unread",
    "not_met",
    "note_met",
    "note_unknown",
    "open_hints",
    "put_ids",
    "release_not_met",
    "save_cursor",
    "wanted_by_orders",
    "was_busy",
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


def forget_cursors(connection: duckdb.DuckDBPyConnection, source_id: int) -> None:
    """Forget how far the streams of a source were read, and which ids it did not know."""
    for table in ("stream_cursor", "list_seen", "unknown_id"):
        connection.execute(f"DELETE FROM {table} WHERE source_id = ?", [source_id])


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


def has_unread(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, pattern: str) -> bool:
    """Tell whether the list has shown a record that could not be read and is called like a pattern."""
    row = connection.execute(
        """SELECT EXISTS (SELECT 1 FROM list_seen WHERE source_id = ? AND stream = ? AND starts_with(record_id, '*|')
            AND regexp_full_match(substr(record_id, 3), ?))""",
        [source_id, stream, pattern],
    ).fetchone()
    return row is not None and bool(row[0])


def release_not_met(
    connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, path: str, now: datetime
) -> None:
    """Take out of quarantine what the list, now read to its end, has not shown as unreadable again."""
    not_met = "'*|' || record_id NOT IN (SELECT record_id FROM list_seen WHERE source_id = ? AND stream = ?)"
    past.take_out(connection, source_id, stream, path, now, not_met, [source_id, stream])


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


def wanted_by_orders(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, table: FactTable) -> list[str]:
    """List the customers or companies that a store's orders name and that are neither here nor unknown to the store."""
    (column,) = table.ids
    current = f"source_id = {source_id} AND known_to = TIMESTAMP '{END_OF_TIME}'"
    rows = connection.execute(
        f"""SELECT DISTINCT {column} FROM order_version WHERE {current} AND {column} IS NOT NULL
          AND {column} NOT IN (SELECT {column} FROM {table.versions} WHERE {current})
          AND {column} NOT IN (SELECT record_id FROM unknown_id WHERE source_id = {source_id} AND stream = ?)
        ORDER BY {column}""",
        [stream],
    ).fetchall()
    return [row[0] for row in rows]


def add_hint(
    connection: duckdb.DuckDBPyConnection,
    source_id: int,
    stream: str,
    record_id: str | None,
    delivery: str,
    now: datetime,
) -> bool:
    """Keep a hint; False when the same delivery about the same record was kept before.

    One event may be told in several deliveries of one mark, each about another record.
    """
    known = connection.execute(
        """SELECT 1 FROM hint WHERE source_id = ? AND delivery = ? AND stream = ?
            AND record_id IS NOT DISTINCT FROM ? LIMIT 1""",
        [source_id, delivery, stream, record_id],
    ).fetchone()
    if known:
        return False
    values = [source_id, stream, record_id, delivery, _plain(now)]
    connection.execute("INSERT INTO hint VALUES (?, ?, ?, ?, ?, NULL)", values)
    return True


def open_hints(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> list[tuple[str | None, str]]:
    """List the (record id, delivery) of a stream's hints that nobody has looked after."""
    return connection.execute(
        "SELECT record_id, delivery FROM hint WHERE source_id = ? AND stream = ? AND done_at IS NULL ORDER BY ALL",
        [source_id, stream],
    ).fetchall()


def finish_hints(
    connection: duckdb.DuckDBPyConnection,
    source_id: int,
    stream: str,
    hints: Sequence[tuple[str | None, str]],
    now: datetime,
) -> None:
    """Note that these hints, each a (record id, delivery), were looked after."""
    connection.execute(
        """UPDATE hint SET done_at = ? WHERE source_id = ? AND stream = ? AND done_at IS NULL
            AND list_contains(?, coalesce(record_id, '') || '|' || delivery)""",
        [_plain(now), source_id, stream, [f"{record_id or ''}|{delivery}" for record_id, delivery in hints]],
    )


def was_busy(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> bool:
    """Tell whether each of the last five finished runs of a stream fetched something."""
    row = connection.execute(
        """SELECT count(*), count(*) FILTER (fetched > 0) FROM (
            SELECT fetched FROM sync_run WHERE source_id = ? AND stream = ? AND outcome = 'done'
            ORDER BY run_id DESC LIMIT 5)""",
        [source_id, stream],
    ).fetchone()
    return row is not None and row[0] == 5 and row[1] == 5


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
