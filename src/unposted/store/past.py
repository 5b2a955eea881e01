"""What the ledger said at earlier instants: how fresh each stream was, and how many records were in quarantine."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

__all__ = ["PastState", "history_begins", "keep_stream", "quarantined_at", "states_at", "take_out"]

PastState = tuple[str, str, int, datetime | None, datetime]
"""Source, stream, records, newest, read at: what a reading says of one of its inputs. Instants are UTC."""


def history_begins(connection: duckdb.DuckDBPyConnection) -> dict[int, datetime]:
    """Tell for each source since when it has a history (UTC): its first completed sync, or a reading before it ended.

    A source that has none yet is not told.
    """
    rows = connection.execute(
        """SELECT s.source_id, least(s.first_synced_at, c.counted_from) AS begins
        FROM source AS s LEFT JOIN source_counted AS c ON c.source_id = s.source_id
        WHERE coalesce(s.first_synced_at, c.counted_from) IS NOT NULL"""
    ).fetchall()
    return {source_id: begins.replace(tzinfo=UTC) for source_id, begins in rows}


def keep_stream(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> None:
    """Write down what the ledger says of a stream now, beside what it said before."""
    of_stream = "WHERE source_id = ? AND stream = ?"
    connection.execute(
        f"""DELETE FROM stream_past {of_stream} AND read_at = (
            SELECT max(read_at) FROM stream_state {of_stream})""",
        [source_id, stream] * 2,
    )
    connection.execute(
        f"""INSERT INTO stream_past SELECT source_id, stream, records, newest, read_at FROM stream_state {of_stream}""",
        [source_id, stream],
    )


def take_out(
    connection: duckdb.DuckDBPyConnection,
    source_id: int,
    stream: str,
    path: str,
    now: datetime,
    condition: str = "TRUE",
    values: Sequence[object] = (),
) -> None:
    """Take records of a path out of quarantine, and remember how many were there until now."""
    where = f"source_id = ? AND stream = ? AND path = ? AND {condition}"
    given = [source_id, stream, path, *values]
    connection.execute(
        f"""INSERT INTO quarantine_past SELECT source_id, seen_at, ?, count(*) FROM quarantine
        WHERE {where} GROUP BY source_id, seen_at""",
        [_plain(now), *given],
    )
    connection.execute(f"DELETE FROM quarantine WHERE {where}", given)


def states_at(
    connection: duckdb.DuckDBPyConnection, sources: Collection[int], unsynced: Collection[int], moment: datetime
) -> list[PastState]:
    """Return what was known of every stream at an instant, by source and stream.

    Of the `unsynced` sources, whose history begins later, the newest state is told.
    """
    rows = connection.execute(
        """SELECT s.name, p.stream, max_by(p.records, p.read_at), arg_max_null(p.newest, p.read_at), max(p.read_at)
        FROM stream_past AS p JOIN source AS s ON s.source_id = p.source_id
        WHERE list_contains(?, p.source_id) AND (p.read_at <= ? OR list_contains(?, p.source_id))
        GROUP BY s.name, p.stream ORDER BY s.name, p.stream""",
        [list(sources), _plain(moment), list(unsynced)],
    ).fetchall()
    return [
        (source, stream, records, newest and newest.replace(tzinfo=UTC), read_at.replace(tzinfo=UTC))
        for source, stream, records, newest, read_at in rows
    ]


def quarantined_at(
    connection: duckdb.DuckDBPyConnection, sources: Collection[int], unsynced: Collection[int], moment: datetime
) -> int:
    """Count the records that were in quarantine at an instant; of `unsynced` sources those that are there now."""
    first = [list(sources), _plain(moment), list(unsynced)]
    row = connection.execute(
        """SELECT (SELECT count(*) FROM quarantine
                WHERE list_contains(?, source_id) AND (seen_at <= ? OR list_contains(?, source_id)))
            + (SELECT coalesce(sum(records), 0) FROM quarantine_past
                WHERE list_contains(?, source_id) AND seen_at <= ? AND released_at > ?
                  AND NOT list_contains(?, source_id))""",
        [*first, list(sources), _plain(moment), _plain(moment), list(unsynced)],
    ).fetchone()
    return int(row[0]) if row else 0


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
