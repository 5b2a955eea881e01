"""Writes facts: each record is kept in versions, and a record that did not change makes no new one.

Records are staged as they are read, then merged in one go: the newest of several versions of one record by the
platform's own update time (equal or missing: the later one read), compared with the current version by content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from unposted.domain.records import Record
from unposted.store.database import END_OF_TIME
from unposted.store.tables import END_OF_KIND, FACT_TABLES, TIME, FactTable, arrow_type, table_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["FACT_TABLES", "FactTable", "Merged", "end", "merge", "put", "stage", "start_staging", "table_of"]

_KIND = f"split_part(part, '{END_OF_KIND}', 1)"
_VALUE = f"substr(part, position('{END_OF_KIND}' IN part) + 1)"
_BATCH = "staged_batch"


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did, in records: `stored` made a new version, `unchanged` did not, `ended` are gone."""

    stored: int
    unchanged: int
    ended: int


def start_staging(connection: duckdb.DuckDBPyConnection, table: FactTable) -> None:
    """Make the empty staging table of a kind of record."""
    columns = ", ".join(f"{name} {kind}" for name, kind in table.columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table.staging} (source_id SMALLINT, seq BIGINT, {columns})")


def stage(
    connection: duckdb.DuckDBPyConnection, table: FactTable, source_id: int, first_seq: int, records: Iterable[Record]
) -> int:
    """Stage a source's records of one kind, numbered from `first_seq` in the order they were read; returns how many."""
    with _registered(connection, table, first_seq, [table.row(record) for record in records]) as count:
        if count:
            connection.execute(f"INSERT INTO {table.staging} {_batch_of(table, source_id)}")
    return count


def put(
    connection: duckdb.DuckDBPyConnection,
    table: FactTable,
    source_id: int,
    now: datetime,
    records: Iterable[Record],
    *,
    newest_read: bool = False,
) -> Merged:
    """Stage and merge a source's records of one kind in one go: they are few enough not to be written down between."""
    with _registered(connection, table, 0, [table.row(record) for record in records]) as count:
        if not count:
            return Merged(0, 0, 0)
        return _merged(connection, table, f"({_batch_of(table, source_id)})", now, None, newest_read=newest_read)


@contextmanager
def _registered(
    connection: duckdb.DuckDBPyConnection, table: FactTable, first_seq: int, rows: Sequence[tuple[object, ...]]
) -> Iterator[int]:
    """Show rows to the store as a view, without copying them; gives how many they are."""
    import pyarrow as pa

    if not rows:
        yield 0
        return
    arrays = [
        pa.array(column, arrow_type(kind))
        for (_, kind), column in zip(table.columns, zip(*rows, strict=True), strict=True)
    ]
    seq = pa.array(range(first_seq, first_seq + len(rows)), pa.int64())
    connection.register(_BATCH, pa.table([seq, *arrays], names=["seq", *[name for name, _ in table.columns]]))
    try:
        yield len(rows)
    finally:
        connection.unregister(_BATCH)


def _batch_of(table: FactTable, source_id: int) -> str:
    """Return the query of the registered rows as they are staged: zoned instants as plain UTC timestamps."""
    utc = [f"timezone('UTC', {name}) AS {name}" if kind == TIME else name for name, kind in table.columns]
    return f"SELECT CAST({source_id} AS SMALLINT) AS source_id, seq, {', '.join(utc)} FROM {_BATCH}"


def merge(
    connection: duckdb.DuckDBPyConnection,
    table: FactTable,
    now: datetime,
    *,
    whole: str | None = None,
    newest_read: bool = False,
) -> Merged:
    """Merge the staged records of one kind into the facts, known from `now` (UTC) on.

    `whole` is a condition on current facts of which the staged records are the complete list:
    those that are not among them end. `newest_read`: they are the source's newest word, whatever their times say.
    """
    merged = _merged(connection, table, table.staging, now, whole, newest_read=newest_read)
    connection.execute(f"DROP TABLE IF EXISTS temp.{table.staging}")
    return merged


def _merged(
    connection: duckdb.DuckDBPyConnection,
    table: FactTable,
    staged: str,
    now: datetime,
    whole: str | None,
    *,
    newest_read: bool,
) -> Merged:
    """Merge what is staged in a table or query."""
    names = [name for name, _ in table.columns]
    moment = now.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    ids, on_ids = _ids(table), _same_record(table, "c", "n")
    hashed = ", ".join(f"n.{name}" for name in names if name != "updated_at")
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE incoming AS
        SELECT n.*, md5_number(CAST(row({hashed}) AS VARCHAR)) AS content_hash
        FROM {staged} AS n {_newest_only(connection, table, staged)}"""
    )
    met = f"EXISTS (SELECT 1 FROM incoming AS n WHERE {on_ids})"
    # arg_max_null: a newest version that shows no time of change has none, whatever the one before it showed.
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE latest AS
        SELECT {ids}, max(version) AS version, max_by(content_hash, version) AS content_hash,
            arg_max_null(updated_at, version) AS updated_at, max(known_to) = TIMESTAMP '{END_OF_TIME}' AS is_current
        FROM {table.versions} AS c WHERE ({whole or "FALSE"}) OR {met} GROUP BY {ids}"""
    )
    if not whole and not _count(connection, "latest"):
        return _all_new(connection, table, moment)
    is_older = "FALSE" if newest_read else "coalesce(n.updated_at < c.updated_at, FALSE)"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE changed AS
        SELECT n.*, coalesce(c.version, 0) + 1 AS version
        FROM incoming AS n LEFT JOIN latest AS c ON {on_ids}
        WHERE c.version IS NULL OR NOT c.is_current
           OR (c.content_hash <> n.content_hash AND NOT {is_older})"""
    )
    gone = f"UNION ALL SELECT {ids} FROM latest AS c WHERE is_current AND NOT {met}" if whole else ""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE ending AS SELECT {ids} FROM changed WHERE version > 1 {gone}")
    incoming, stored, ending = (_count(connection, name) for name in ("incoming", "changed", "ending"))
    replaced = _count(connection, "changed", "version > 1")
    if ending:
        _close(connection, table, moment)
    if stored:
        _insert(connection, table, moment)
    if incoming > stored:
        _touch(connection, table, newest_read=newest_read)
    _drop(connection, "incoming", "latest", "changed", "ending")
    return Merged(stored, incoming - stored, ending - replaced)


def _all_new(connection: duckdb.DuckDBPyConnection, table: FactTable, moment: str) -> Merged:
    """Store records of which none was known: most batches of a first reading."""
    connection.execute("CREATE OR REPLACE TEMP VIEW changed AS SELECT *, 1 AS version FROM temp.incoming")
    stored = _count(connection, "incoming")
    _insert(connection, table, moment)
    connection.execute("DROP VIEW temp.changed")
    _drop(connection, "incoming", "latest")
    return Merged(stored, 0, 0)


def _drop(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    for name in names:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")


def end(connection: duckdb.DuckDBPyConnection, table: FactTable, now: datetime, condition: str) -> int:
    """End the current facts that meet a condition on the table of versions `c`; returns how many."""
    moment = now.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE ending AS SELECT {_ids(table)} FROM {table.versions} AS c
        WHERE known_to = TIMESTAMP '{END_OF_TIME}' AND ({condition})"""
    )
    ended = _count(connection, "ending")
    if ended:
        _close(connection, table, moment)
    connection.execute("DROP TABLE temp.ending")
    return ended


def _ids(table: FactTable) -> str:
    return ", ".join(["source_id", *table.ids])


def _same_record(table: FactTable, one: str, other: str, names: Sequence[str] = ()) -> str:
    """Return the condition that two rows are of one record; `names` are the id columns of `one` where they differ."""
    pairs = zip(["source_id", *(names or table.ids)], ["source_id", *table.ids], strict=True)
    return " AND ".join(f"{one}.{mine} = {other}.{theirs}" for mine, theirs in pairs)


def _newest_only(connection: duckdb.DuckDBPyConnection, table: FactTable, staged: str) -> str:
    """Return the clause that keeps one version of each record, empty when none was met twice.

    A version replaces the one read before it unless both show an update time and its own is older: so versions
    after the last one without a time compare by time, and that one stands when nothing follows it.
    """
    ids = _ids(table)
    row = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {staged} GROUP BY {ids} HAVING count(*) > 1)").fetchone()
    if row is None or not row[0]:
        return ""
    return f"""JOIN (
            SELECT {ids}, coalesce(max(seq) FILTER (updated_at IS NULL), -1) AS reset
            FROM {staged} GROUP BY {ids}
        ) AS untimed USING ({ids})
        QUALIFY row_number() OVER (
            PARTITION BY {ids}
            ORDER BY CASE WHEN seq > reset THEN 0 WHEN seq = reset THEN 1 ELSE 2 END,
                updated_at DESC NULLS LAST, seq DESC
        ) = 1"""


def _close(connection: duckdb.DuckDBPyConnection, table: FactTable, moment: str) -> None:
    """End the current versions that are replaced or gone."""
    targets = [(table.versions, table.ids)]
    if table.keys:
        targets.append((table.keys, table.key_ids))
    for target, columns in targets:
        connection.execute(
            f"""UPDATE {target} AS v SET known_to = TIMESTAMP '{moment}' FROM ending AS e
            WHERE v.known_to = TIMESTAMP '{END_OF_TIME}' AND {_same_record(table, "v", "e", columns)}"""
        )


def _touch(connection: duckdb.DuckDBPyConnection, table: FactTable, *, newest_read: bool) -> None:
    """Remember the newer update time of records whose content stayed, so that an older delivery is known as older."""
    connection.execute(
        f"""UPDATE {table.versions} AS v SET updated_at = n.updated_at FROM incoming AS n
        WHERE v.known_to = TIMESTAMP '{END_OF_TIME}' AND {_same_record(table, "v", "n")}
          AND v.content_hash = n.content_hash AND n.updated_at IS NOT NULL
          AND (v.updated_at IS NULL OR n.updated_at {"<>" if newest_read else ">"} v.updated_at)"""
    )


def _insert(connection: duckdb.DuckDBPyConnection, table: FactTable, moment: str) -> None:
    names = [name for name, _ in table.columns if name not in (*table.ids, "keys", "updated_at")]
    head = ["source_id", *table.ids, "version", "known_from", "known_to"]
    known = ["source_id", *table.ids, "version", f"TIMESTAMP '{moment}'", f"TIMESTAMP '{END_OF_TIME}'"]
    into, values = [*head, "content_hash", "updated_at", *names], [*known, "content_hash", "updated_at", *names]
    if table.name == "order":
        into.append("email_key")
        values.append(f"CASE WHEN keys LIKE 'email{END_OF_KIND}%' THEN substr(split_part(keys, chr(31), 1), 7) END")
    order = f"ORDER BY {table.sort}, seq" if table.sort else "ORDER BY seq"
    connection.execute(
        f"INSERT INTO {table.versions} ({', '.join(into)}) SELECT {', '.join(values)} FROM changed {order}"
    )
    if table.name == "order":
        _insert_order_keys(connection, known)
        connection.execute(
            """INSERT INTO order_signal SELECT DISTINCT source_id, signals FROM changed AS c WHERE NOT EXISTS (
            SELECT 1 FROM order_signal AS s WHERE s.source_id = c.source_id AND s.signals = c.signals)"""
        )
    elif table.keys:
        _insert_keys(connection, table, known)


def _insert_order_keys(connection: duckdb.DuckDBPyConnection, known: list[str]) -> None:
    """Write the values beside the first e-mail address, which stands on the order itself."""
    connection.execute(
        f"""INSERT INTO order_key (source_id, order_id, version, known_from, known_to, created_at, kind, value)
        SELECT {", ".join(known)}, created_at, {_KIND}, {_VALUE}
        FROM ({_key_parts(("source_id", "order_id", "created_at"))}) AS k
        WHERE NOT (place = 1 AND part LIKE 'email{END_OF_KIND}%')
        ORDER BY created_at, seq, place"""
    )


def _insert_keys(connection: duckdb.DuckDBPyConnection, table: FactTable, known: list[str]) -> None:
    columns = ["source_id", *table.key_ids, "version", "known_from", "known_to", "kind", "nth", "value"]
    connection.execute(
        f"""INSERT INTO {table.keys} ({", ".join(columns)})
        SELECT {", ".join(known)}, {_KIND},
            row_number() OVER (PARTITION BY source_id, seq, {_KIND} ORDER BY place), {_VALUE}
        FROM ({_key_parts(("source_id", *table.ids))}) AS k
        ORDER BY seq, place"""
    )


def _key_parts(names: Sequence[str]) -> str:
    """Return the query that gives each identity value of the changed records a row, with these columns."""
    return f"""SELECT {", ".join(names)}, version, seq, unnest(parts) AS part, generate_subscripts(parts, 1) AS place
        FROM (SELECT *, string_split(keys, chr(31)) AS parts FROM changed WHERE keys IS NOT NULL)"""


def _count(connection: duckdb.DuckDBPyConnection, name: str, condition: str = "TRUE") -> int:
    row = connection.execute(f"SELECT count(*) FROM temp.{name} WHERE {condition}").fetchone()
    return int(row[0]) if row else 0
