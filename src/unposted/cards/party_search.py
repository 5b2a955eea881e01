"""Finds a party by what somebody knows of it: label, e-mail, tax id, external id, customer or order number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from unposted.cards.snapshots import LABEL
from unposted.connectors.keys import KeyMaker
from unposted.domain.identity import Placeholders

if TYPE_CHECKING:
    import duckdb

    from unposted.workspace.model import Workspace

__all__ = ["Found", "OrderLine", "close_ones", "order_states", "search"]

OrderKey: TypeAlias = tuple[int, str]


class OrderLine(NamedTuple):
    """An order as it is known: its store, ids, time (UTC), state and value in minor units, refunds taken off."""

    store: str
    order_id: str
    name: str
    created_at: datetime
    state: str
    currency: str
    value: int


@dataclass
class Found:
    """Whom the text may mean: parties with active orders in the window, by label with an order's name each.

    `keys` are what they stand under. `ids` and `orders` are the orders, active or not, that the text itself names.
    """

    parties: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    ids: list[OrderKey] = field(default_factory=list)
    orders: list[OrderLine] = field(default_factory=list)

    @property
    def first_at(self) -> datetime | None:
        """When the first of the orders was placed."""
        return min((line.created_at for line in self.orders), default=None)


def search(cursor: duckdb.DuckDBPyConnection, workspace: Workspace, asked: str) -> Found:
    """Look for a text in every kind of value that it can be, on a cursor with the orders and their parties."""
    text = asked.strip()
    _ask(cursor, workspace, text)
    found = Found()
    cursor.execute(_NAMED_ORDERS)
    named = cursor.execute("SELECT source_id, order_id FROM found_order ORDER BY ALL").fetchall()
    found.ids, found.orders = order_states(cursor, named)
    rows = cursor.execute(
        f"""WITH p AS (
            SELECT e.party AS key, starts_with(e.party, 'company|') AS is_company, e.source_id, e.order_id
            FROM order_entity AS e
        ),
        labelled AS (SELECT DISTINCT p.key, {LABEL} AS label FROM p)
        SELECT l.label, l.key, min(o.name)
        FROM p JOIN labelled AS l ON l.key = p.key
        JOIN stored_order AS o ON o.source_id = p.source_id AND o.order_id = p.order_id
        WHERE l.label = ? OR (p.source_id, p.order_id) IN (SELECT (source_id, order_id) FROM found_order)
        GROUP BY l.label, l.key""",
        [text.casefold()],
    ).fetchall()
    for label, key, order_name in rows:
        found.parties[label] = order_name
        found.keys[label] = key
    return found


def close_ones(cursor: duckdb.DuckDBPyConnection, asked: str) -> list[tuple[str, str]]:
    """List parties of the window (label, an order's name) of which an address or order number looks like a text."""
    from difflib import get_close_matches

    rows = cursor.execute(
        f"""WITH p AS (
            SELECT e.party AS key, starts_with(e.party, 'company|') AS is_company, e.email_key, o.name
            FROM order_entity AS e
            JOIN stored_order AS o ON o.source_id = e.source_id AND o.order_id = e.order_id
            LIMIT {_MOST_LOOKED_AT}
        )
        SELECT {LABEL}, p.email_key, p.name FROM p ORDER BY ALL"""
    ).fetchall()
    by_text: dict[str, tuple[str, str]] = {}
    for label, email, name in rows:
        for text in (email, name, name.removeprefix("#"), label):
            if text:
                by_text.setdefault(text.casefold(), (label, name))
    close = get_close_matches(asked.strip().casefold(), list(by_text), n=5, cutoff=0.7)
    return list(dict(by_text[text] for text in close).items())[:3]


_MOST_LOOKED_AT = 5_000
_NAMED_ORDERS = """CREATE OR REPLACE TEMP TABLE found_order AS
WITH account AS (
    SELECT k.source_id, k.customer_id FROM customer_key AS k
    JOIN asked_value AS a ON a.kind = k.kind AND a.value = k.value
    UNION
    SELECT c.source_id, c.customer_id FROM customer_version AS c
    JOIN asked_value AS a ON a.kind = 'external_id' AND a.value = lower(c.customer_id)
),
company AS (
    SELECT k.source_id, k.company_id FROM company_key AS k
    JOIN asked_value AS a ON a.kind = k.kind AND a.value = k.value
    UNION
    SELECT c.source_id, c.company_id FROM company_version AS c
    JOIN asked_value AS a ON a.kind = 'external_id' AND a.value = lower(c.company_id)
)
SELECT o.source_id, o.order_id FROM stored_order AS o JOIN asked_value AS a
    ON (a.kind = 'order' AND (lower(o.name) IN (a.value, '#' || a.value) OR lower(o.order_id) = a.value))
    OR (a.kind = 'email' AND o.email_key = a.value)
    OR (a.kind = 'external_id' AND (lower(o.customer_id) = a.value OR lower(o.company_id) = a.value))
UNION
SELECT k.source_id, k.order_id FROM order_key AS k JOIN asked_value AS a ON a.kind = k.kind AND a.value = k.value
UNION
SELECT o.source_id, o.order_id FROM stored_order AS o
JOIN account AS c ON c.source_id = o.source_id AND c.customer_id = o.customer_id
UNION
SELECT o.source_id, o.order_id FROM stored_order AS o
JOIN company AS c ON c.source_id = o.source_id AND c.company_id = o.company_id
UNION
SELECT e.source_id, e.order_id FROM order_entity AS e
JOIN company AS c ON c.source_id = e.source_id AND c.company_id = e.company_id"""


def _ask(cursor: duckdb.DuckDBPyConnection, workspace: Workspace, text: str) -> None:
    keys = KeyMaker(Placeholders(workspace.field_map.placeholders))
    made = (*keys.email(text), *keys.external_id(text), *keys.tax_id(text))
    values: list[tuple[str, str]] = [(key.kind, key.value) for key in made]
    values.append(("order", text.casefold().removeprefix("#")))
    cursor.execute("CREATE OR REPLACE TEMP TABLE asked_value (kind VARCHAR, value VARCHAR)")
    cursor.executemany("INSERT INTO asked_value VALUES (?, ?)", [list(pair) for pair in dict.fromkeys(values)])


def order_states(
    cursor: duckdb.DuckDBPyConnection, orders: Sequence[OrderKey]
) -> tuple[list[OrderKey], list[OrderLine]]:
    """Tell how some orders stand, the newest first: their ids, and beside each what is known of it."""
    cursor.execute("CREATE OR REPLACE TEMP TABLE told_order (source_id SMALLINT, order_id VARCHAR)")
    if orders:
        cursor.executemany("INSERT INTO told_order VALUES (?, ?)", [list(order) for order in orders])
    rows = cursor.execute(
        """SELECT o.source_id, o.order_id, s.name, o.name, o.created_at, coalesce(st.state, 'active'), o.currency,
            o.total - o.refunded
        FROM told_order AS t
        JOIN stored_order AS o ON o.source_id = t.source_id AND o.order_id = t.order_id
        JOIN store AS s ON s.source_id = o.source_id
        LEFT JOIN order_state AS st ON st.source_id = o.source_id AND st.signals = o.signals
        ORDER BY o.created_at DESC, s.name, o.order_id"""
    ).fetchall()
    ids = [(row[0], row[1]) for row in rows]
    lines = [
        OrderLine(store, order_id, name, created_at.replace(tzinfo=UTC), state, currency, value)
        for _, order_id, store, name, created_at, state, currency, value in rows
    ]
    return ids, lines
