"""Keeps what the card said: the definition that it stood on, its figures, and who stood on its list from when to when.

A reading that says what the one before it said takes no new line; one transaction holds all that a reading leaves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from unposted.store.database import END_OF_TIME

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "InForce",
    "Stay",
    "Taken",
    "definition_at",
    "keep",
    "keep_copy",
    "last_kept",
    "newest_definition",
    "stays_of",
    "update_stays",
]


@dataclass(frozen=True, slots=True)
class Taken:
    """The figures of a reading; `definition` and `rates` name kept copies, amounts are minor units."""

    card: str
    window_text: str
    as_of: datetime
    definition: str
    rates: str | None
    value: int
    blocked: int | None
    unknown_rate_rows: int


class InForce(NamedTuple):
    """The copies that a reading of an instant stands on, and since when they are in force (UTC)."""

    definition: str
    rates: str | None
    since: datetime


class Stay(NamedTuple):
    """One stay of a party on the list; `left_at` None: it is still there. Instants are UTC."""

    entered_at: datetime
    left_at: datetime | None


def keep_copy(connection: duckdb.DuckDBPyConnection, content_hash: str, content: str) -> None:
    """Keep a copy unless it is there."""
    connection.execute(
        """INSERT INTO definition SELECT ?, ? WHERE NOT EXISTS (
            SELECT 1 FROM definition WHERE content_hash = ?)""",
        [content_hash, content, content_hash],
    )


def keep(connection: duckdb.DuckDBPyConnection, taken: Taken, sources: Iterable[int]) -> None:
    """Write down a reading, and that these sources are counted from then on unless they were before."""
    as_of = _plain(taken.as_of)
    connection.execute(
        """INSERT INTO source_counted SELECT s.source_id, ? FROM source AS s
        WHERE list_contains(?, s.source_id)
          AND NOT EXISTS (SELECT 1 FROM source_counted AS c WHERE c.source_id = s.source_id)""",
        [as_of, list(sources)],
    )
    said = [taken.definition, taken.rates, taken.value, taken.blocked, taken.unknown_rate_rows]
    line = [taken.card, taken.window_text, *said]
    last = connection.execute(
        """SELECT as_of, card, window_text, definition, rates, value, blocked, unknown_rate_rows FROM reading
        ORDER BY as_of DESC LIMIT 1"""
    ).fetchone()
    if last and list(last[1:]) == line:
        connection.execute("UPDATE reading SET until = ? WHERE as_of = ?", [as_of, last[0]])
    else:
        connection.execute(
            "INSERT INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [taken.card, taken.window_text, as_of, as_of, *said],
        )


def last_kept(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    """Tell the instant of the newest kept reading (UTC); None when there is none."""
    row = connection.execute("SELECT max(until) FROM reading").fetchone()
    return row[0].replace(tzinfo=UTC) if row and row[0] else None


def definition_at(connection: duckdb.DuckDBPyConnection, moment: datetime) -> InForce | None:
    """Return what was in force at an instant: what the last reading up to it stood on.

    Before the first reading that of the first is told; None when there is none at all.
    """
    row = connection.execute(
        """SELECT d.content, r.content, t.as_of
        FROM (
            SELECT definition, rates, as_of FROM reading
            ORDER BY CASE WHEN as_of <= ? THEN 0 ELSE 1 END,
                CASE WHEN as_of <= ? THEN -epoch_us(as_of) ELSE epoch_us(as_of) END
            LIMIT 1
        ) AS t
        JOIN definition AS d ON d.content_hash = t.definition
        LEFT JOIN definition AS r ON r.content_hash = t.rates""",
        [_plain(moment), _plain(moment)],
    ).fetchone()
    return None if row is None else InForce(row[0], row[1], row[2].replace(tzinfo=UTC))


def newest_definition(connection: duckdb.DuckDBPyConnection) -> str | None:
    """Return what the newest kept reading's definition is kept under."""
    row = connection.execute("SELECT definition FROM reading ORDER BY as_of DESC LIMIT 1").fetchone()
    return row[0] if row else None


def update_stays(
    connection: duckdb.DuckDBPyConnection, card: str, as_of: datetime, standing: str, cleared_from: datetime | None
) -> None:
    """Note who entered and who left by a reading: `standing` is the query of all who stand on its list now.

    It gives party, last_order_at, store, segment and entity. Who left has cleared when its last order is not older
    than `cleared_from`; None: nobody has, because the definition changed. What did not change is not written.
    """
    moment = _plain(as_of)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE standing AS {standing}")
    still = f"m.card = ? AND m.left_at = TIMESTAMP '{END_OF_TIME}'"
    connection.execute(
        f"""UPDATE membership AS m SET left_at = ?, cleared = coalesce(last_order_at >= ?, FALSE)
        WHERE {still} AND m.party NOT IN (SELECT party FROM temp.standing)""",
        [moment, _plain(cleared_from) if cleared_from else None, card],
    )
    connection.execute(
        f"""UPDATE membership AS m SET last_order_at = s.last_order_at FROM temp.standing AS s
        WHERE {still} AND m.party = s.party AND m.last_order_at <> s.last_order_at""",
        [card],
    )
    connection.execute(
        f"""INSERT INTO membership SELECT ?, s.party, ?, TIMESTAMP '{END_OF_TIME}', s.last_order_at, s.store, s.segment,
            s.entity, FALSE
        FROM temp.standing AS s
        WHERE s.party NOT IN (SELECT m.party FROM membership AS m WHERE {still})
        ORDER BY s.party""",
        [card, moment, card],
    )
    connection.execute("DROP TABLE temp.standing")


def stays_of(connection: duckdb.DuckDBPyConnection, card: str, party: str, until: datetime) -> list[Stay]:
    """List a party's stays on a card's list as they were known at an instant, the first one first."""
    rows = connection.execute(
        "SELECT entered_at, left_at FROM membership WHERE card = ? AND party = ? AND entered_at <= ? ORDER BY 1",
        [card, party, _plain(until)],
    ).fetchall()
    return [
        Stay(entered.replace(tzinfo=UTC), left.replace(tzinfo=UTC) if left <= _plain(until) else None)
        for entered, left in rows
    ]


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
