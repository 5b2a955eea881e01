"""The ledger of what was read: files, streams, runs, and the records that could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from unposted.store import past
from unposted.store.database import END_OF_TIME

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "FileRead",
    "Quarantined",
    "StreamState",
    "clear_quarantine",
    "count_run",
    "end_run",
    "files_read",
    "finish_first_sync",
    "forget_files",
    "quarantine",
    "quarantined",
    "quarantined_ids",
    "record_file",
    "record_run",
    "record_stream",
    "release",
    "source_id_of",
    "start_run",
    "stream_states",
    "was_synced",
]

_NEWEST = {"order": "greatest(max(created_at), max(updated_at))"}


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it was when it was last read. `path` is relative to the workspace file where it can be."""

    path: str
    size: int
    modified_ns: int
    content_hash: str
    settings_hash: str
    format_name: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One record that could not be read: where it stands and why."""

    source: str
    stream: str
    path: str
    line: int
    record_id: str | None
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class StreamState:
    """How fresh a stream is; `newest` is the newest time that one of its records shows."""

    source: str
    stream: str
    records: int
    newest: datetime | None
    read_at: datetime


def source_id_of(connection: duckdb.DuckDBPyConnection, name: str, role: str, system: str) -> int:
    """Return the number of a source, giving it one when it is new."""
    row = connection.execute(
        "SELECT source_id FROM source WHERE name = ? AND role = ? AND system = ?", [name, role, system]
    ).fetchone()
    if row:
        return int(row[0])
    top = connection.execute("SELECT coalesce(max(source_id), 0) + 1 FROM source").fetchone()
    source_id = int(top[0]) if top else 1
    connection.execute("INSERT INTO source VALUES (?, ?, ?, ?, NULL)", [source_id, name, role, system])
    return source_id


def finish_first_sync(connection: duckdb.DuckDBPyConnection, source_id: int, now: datetime) -> None:
    """Note when a source was first read completely: its history begins there."""
    connection.execute(
        "UPDATE source SET first_synced_at = ? WHERE source_id = ? AND first_synced_at IS NULL",
        [_plain(now), source_id],
    )


def was_synced(connection: duckdb.DuckDBPyConnection, name: str, role: str, system: str) -> bool:
    """Tell whether a source was ever read completely."""
    row = connection.execute(
        "SELECT count(first_synced_at) FROM source WHERE name = ? AND role = ? AND system = ?", [name, role, system]
    ).fetchone()
    return row is not None and row[0] > 0


def files_read(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> dict[str, FileRead]:
    """Return the files of a stream as they were last read, by path."""
    rows = connection.execute(
        """SELECT path, size, modified_ns, content_hash, settings_hash, format_name
        FROM file_read WHERE source_id = ? AND stream = ?""",
        [source_id, stream],
    ).fetchall()
    return {row[0]: FileRead(*row) for row in rows}


def record_file(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, file: FileRead) -> None:
    """Note that a file was read as it is now."""
    _forget_file(connection, source_id, stream, file.path)
    connection.execute(
        "INSERT INTO file_read VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            source_id,
            stream,
            file.path,
            file.size,
            file.modified_ns,
            file.content_hash,
            file.settings_hash,
            file.format_name,
        ],
    )


def forget_files(
    connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, paths: Iterable[str], now: datetime
) -> None:
    """Forget files that are gone, and what could not be read in them."""
    for path in paths:
        _forget_file(connection, source_id, stream, path)
        clear_quarantine(connection, source_id, stream, path, now)


def _forget_file(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, path: str) -> None:
    connection.execute(
        "DELETE FROM file_read WHERE source_id = ? AND stream = ? AND path = ?", [source_id, stream, path]
    )


def clear_quarantine(
    connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, path: str, now: datetime
) -> None:
    """Empty the quarantine of a file that is about to be read again."""
    past.take_out(connection, source_id, stream, path, now)


def quarantine(
    connection: duckdb.DuckDBPyConnection,
    source_id: int,
    stream: str,
    path: str,
    now: datetime,
    bad: Iterable[tuple[int, str | None, str, str]],
) -> None:
    """Put records in quarantine: (line, record id, code, reason) each."""
    connection.executemany(
        "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [source_id, stream, path, line, record_id, code, reason, _plain(now)]
            for line, record_id, code, reason in bad
        ],
    )


def quarantined(connection: duckdb.DuckDBPyConnection, source_ids: Iterable[int]) -> list[Quarantined]:
    """List the quarantine of some sources, by source, stream, file and line."""
    rows = connection.execute(
        """SELECT s.name, q.stream, q.path, q.line, q.record_id, q.code, q.reason
        FROM quarantine AS q JOIN source AS s ON s.source_id = q.source_id
        WHERE list_contains(?, q.source_id) ORDER BY ALL""",
        [list(source_ids)],
    ).fetchall()
    return [Quarantined(*row) for row in rows]


def record_stream(
    connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, table: str, scope: str, now: datetime
) -> None:
    """Note a stream's number of current facts in `table` and their newest time."""
    newest = _NEWEST.get(table, "max(updated_at)")
    connection.execute("DELETE FROM stream_state WHERE source_id = ? AND stream = ?", [source_id, stream])
    connection.execute(
        f"""INSERT INTO stream_state SELECT {source_id}, ?, count(*), {newest}, ? FROM {table}_version
        WHERE source_id = {source_id} AND known_to = TIMESTAMP '{END_OF_TIME}' AND {scope}""",
        [stream, _plain(now)],
    )
    past.keep_stream(connection, source_id, stream)


def stream_states(connection: duckdb.DuckDBPyConnection, source_ids: Iterable[int]) -> list[StreamState]:
    """Return the state of every stream that was read, by source and stream."""
    rows = connection.execute(
        """SELECT s.name, t.stream, t.records, t.newest, t.read_at
        FROM stream_state AS t JOIN source AS s ON s.source_id = t.source_id
        WHERE list_contains(?, t.source_id) ORDER BY s.name, t.stream""",
        [list(source_ids)],
    ).fetchall()
    return [
        StreamState(name, stream, records, _utc(newest), read_at.replace(tzinfo=UTC))
        for name, stream, records, newest, read_at in rows
    ]


def record_run(
    connection: duckdb.DuckDBPyConnection,
    source_id: int,
    stream: str,
    now: datetime,
    counts: tuple[int, int, int, int],
) -> None:
    """Write one stream's line of a run over files: fetched = stored + unchanged + quarantined."""
    run_id = start_run(connection, source_id, stream, now)
    fetched, stored, unchanged, quarantined = counts
    count_run(connection, run_id, 0, fetched, (stored, unchanged, 0, quarantined))
    end_run(connection, run_id, now, 0, "done", "")


def start_run(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, now: datetime) -> int:
    """Open a stream's line in the ledger; a line that was never closed is of a run that was killed."""
    connection.execute(
        """UPDATE sync_run SET outcome = 'killed' WHERE source_id = ? AND stream = ? AND outcome = 'running'""",
        [source_id, stream],
    )
    row = connection.execute("SELECT coalesce(max(run_id), 0) + 1 FROM sync_run").fetchone()
    run_id = int(row[0]) if row else 1
    connection.execute(
        """INSERT INTO sync_run (run_id, started_at, source_id, stream, fetched, stored, unchanged, quarantined, gone,
            pages, calls, outcome) VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 'running')""",
        [run_id, _plain(now), source_id, stream],
    )
    return run_id


def count_run(
    connection: duckdb.DuckDBPyConnection, run_id: int, pages: int, fetched: int, counts: tuple[int, int, int, int]
) -> None:
    """Add to a run's line: pages, records fetched, and (stored, unchanged, gone, quarantined)."""
    connection.execute(
        """UPDATE sync_run SET pages = pages + ?, fetched = fetched + ?, stored = stored + ?,
            unchanged = unchanged + ?, gone = gone + ?, quarantined = quarantined + ? WHERE run_id = ?""",
        [pages, fetched, *counts, run_id],
    )


def end_run(
    connection: duckdb.DuckDBPyConnection, run_id: int, now: datetime, calls: int, outcome: str, remark: str
) -> None:
    """Close a run's line."""
    connection.execute(
        "UPDATE sync_run SET ended_at = ?, calls = ?, outcome = ?, remark = ? WHERE run_id = ?",
        [_plain(now), calls, outcome, remark or None, run_id],
    )


def quarantined_ids(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> list[str]:
    """List the ids of a stream's records that are in quarantine."""
    rows = connection.execute(
        "SELECT record_id FROM quarantine WHERE source_id = ? AND stream = ? AND record_id IS NOT NULL",
        [source_id, stream],
    ).fetchall()
    return [row[0] for row in rows]


def release(
    connection: duckdb.DuckDBPyConnection, source_id: int, stream: str, path: str, ids: Iterable[str], now: datetime
) -> None:
    """Take records out of quarantine: they were read, or are about to be put there anew."""
    past.take_out(connection, source_id, stream, path, now, "list_contains(?, record_id)", [list(ids)])


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
