"""Computes a reading and keeps it: once a refresh, never once a request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from unposted.cards.conditions import folded, search_text
from unposted.cards.engine import read_card
from unposted.cards.reading import Reading
from unposted.cards.rows import cursor_of
from unposted.web.beside import beside_of
from unposted.web.kept import Kept
from unposted.web.masking import alias_of, open_name
from unposted.web.shelf import Shelf

if TYPE_CHECKING:
    import duckdb

    from unposted.workspace.model import Workspace

__all__ = ["attach_kept", "drop_kept", "keep", "parties_of"]

_numbers = count(1)
_PARTS = ("ranked_value", "absent_order", "party_order", "absent_value", "party_match")
_QUESTIONS = {
    "bought": """SELECT v.label AS party, s.name AS store, s.platform, o.order_id, o.order_name, o.created_at,
            o.currency, o.value, o.net, o.is_blocked, list_sort(list(DISTINCT q.entity)) AS entities
        FROM absent_order AS o
        JOIN ranked_value AS v ON v.party = o.party
        JOIN store AS s ON s.source_id = o.source_id
        JOIN party_order AS q ON q.party = o.party AND q.source_id = o.source_id AND q.order_id = o.order_id
        GROUP BY ALL ORDER BY v.label, o.created_at, o.order_id""",
    "tried": """SELECT DISTINCT v.label AS party, k.rank AS place, a.kind, a.value
        FROM absent_value AS a
        JOIN ranked_value AS v ON v.party = a.party
        JOIN match_key AS k ON k.kind = a.kind ORDER BY ALL""",
    "held": """SELECT DISTINCT v.label AS party, m.kind, m.entity, m.account
        FROM party_match AS m JOIN ranked_value AS v ON v.party = m.party ORDER BY ALL""",
    "near": "SELECT * FROM near_found ORDER BY rank, place",
}
_TEXTS = "rank, party, kind, name, company, emails, tax_ids, external_ids"
_BATCH = 5_000


def attach_kept(store: duckdb.DuckDBPyConnection) -> None:
    """Make the place in memory where readings are kept."""
    store.execute("ATTACH IF NOT EXISTS ':memory:' AS kept")


def keep(
    store: duckdb.DuckDBPyConnection,
    shelf: Shelf,
    workspace: Workspace,
    as_of: datetime,
    key: bytes,
    before: Collection[str] | None,
    *,
    in_history: bool = False,
) -> Kept:
    """Compute the main card as of an instant and keep it; `before` are the parties of a day before, if known.

    `in_history` writes it into the history, too: it is then one that was taken of its own instant.
    """
    reading = read_card(store, workspace, as_of, with_near=True, keep=in_history, more=_PARTS)
    number = next(_numbers)
    table = f"kept.line_{number}"
    cursor = cursor_of(reading.rows)
    if reading.rows:
        reading.standing(reading.rows[0])  # the history is read while the relations are there
    _put_texts(cursor, key, before)
    cursor.execute(
        f"""CREATE TABLE {table} AS
        SELECT w.*, t.alias, t.alias_ref, t.open_name, t.sort_name, t.search_text, t.open_text, t.is_new,
            CASE WHEN len(w.stores) = 1 THEN w.stores[1] ELSE 'several' END AS store_bucket
        FROM worklist AS w JOIN line_text AS t ON t.rank = w.rank ORDER BY w.rank"""
    )
    cursor.execute("DROP TABLE temp.line_text")
    for part, question in _QUESTIONS.items():
        cursor.execute(f"CREATE TABLE kept.{part}_{number} AS {question}")
    stores = cursor.execute("SELECT DISTINCT unnest(stores) FROM worklist ORDER BY 1").fetchall()
    entities = cursor.execute(
        "SELECT DISTINCT unnest(list_concat(coalesce(expected_entities, []), coalesce(missing_entities, [])))"
        " FROM worklist ORDER BY 1"
    ).fetchall()
    new = None if before is None else int(shelf.rows(f"SELECT count(*) FILTER (is_new) FROM {table}")[0][0])
    cursor.close()
    beside = beside_of(shelf, workspace, as_of)
    return Kept(number, replace(reading, rows=()), table, _names(stores), _names(entities), shelf, new, beside)


def drop_kept(shelf: Shelf, kept: Kept) -> None:
    """Forget a reading that nobody looks at any more."""
    with shelf.cursor() as cursor:
        for part in ("line", *_QUESTIONS):
            cursor.execute(f"DROP TABLE IF EXISTS kept.{part}_{kept.number}")


def parties_of(reading: Reading) -> dict[str, tuple[str, int | None]]:
    """Return the parties of a computed reading with their names and blocked values."""
    rows = cursor_of(reading.rows).execute("SELECT party, name, blocked FROM worklist").fetchall()
    return {party: (name, blocked) for party, name, blocked in rows}


def _put_texts(cursor: duckdb.DuckDBPyConnection, key: bytes, before: Collection[str] | None) -> None:
    """Write what is searched and shown of each line: full for those who may see persons, open for everybody."""
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in _SHAPE}
    rows = cursor.execute(f"SELECT {_TEXTS} FROM worklist ORDER BY rank")
    while batch := rows.fetchmany(_BATCH):
        for line in batch:
            for name, value in zip(_SHAPE, _texts(line, key, before), strict=True):
                columns[name].append(value)
    table = pa.table({name: pa.array(columns[name], kind) for name, kind in _shape().items()})
    cursor.register("line_text_batch", table)
    cursor.execute("CREATE OR REPLACE TEMP TABLE line_text AS SELECT * FROM line_text_batch")
    cursor.unregister("line_text_batch")


_SHAPE = ("rank", "alias", "alias_ref", "open_name", "sort_name", "search_text", "open_text", "is_new")


def _shape() -> dict[str, Any]:
    import pyarrow as pa

    kinds = {"rank": pa.int64(), "is_new": pa.bool_()}
    return {name: kinds.get(name, pa.string()) for name in _SHAPE}


def _texts(line: tuple[Any, ...], key: bytes, before: Collection[str] | None) -> tuple[Any, ...]:
    rank, party, kind, name, company, emails, tax_ids, external_ids = line
    alias = alias_of(party, key)
    shown = open_name(kind, company, alias)
    return (
        rank, alias, alias.replace(" ", "-").lower(), folded(shown), folded(name),
        search_text(party, name, company, emails or (), tax_ids or (), external_ids or ()),
        search_text(alias, shown, None), before is not None and party not in before,
    )  # fmt: skip


def _names(rows: list[tuple[Any, ...]]) -> tuple[str, ...]:
    return tuple(row[0] for row in rows if row[0] is not None)
