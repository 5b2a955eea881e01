"""Who is absent under one mixture of definition, master records, storefront facts and time, and why each order is so.

Two readings are explained by going from one to the other in steps, one ingredient at a time: a snapshot is what holds
after a step. It keeps the relations that tell how each order stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from unposted.cards.engine import compute
from unposted.cards.inputs import Known
from unposted.domain.window import Window
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["LABEL", "Ingredients", "OrderId", "OrderLook", "Snapshot", "take_snapshot"]

OrderId: TypeAlias = tuple[int, str]
LABEL = "(CASE WHEN p.is_company THEN 'c-' ELSE 'p-' END) || substr(sha256(p.key), 1, 16)"
_WANTED = (
    "absent_party", "known_master", "known_master_key", "open_party", "order_entity", "order_gap", "party_order",
    "party_probe", "party_value", "replaced_order", "stored_order",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a snapshot is made of: the definition, the instants of the facts, and the instant that it is read at."""

    workspace: Workspace
    known: Known
    as_of: datetime
    window: Window


class OrderLook(NamedTuple):
    """How an order stands: its party's key and entities when it counts; else its state, None when it is not known.

    `is_placed`: its creation lies in the window. `is_replaced`: it was edited into a newer one.
    """

    party: str | None
    entities: frozenset[str | None]
    state: str | None
    is_known: bool
    is_placed: bool
    is_past: bool
    is_replaced: bool


@dataclass
class Snapshot:
    """The relations of one mixture, open on a cursor."""

    cursor: duckdb.DuckDBPyConnection
    made_of: Ingredients

    @cached_property
    def absent(self) -> Mapping[str, str]:
        """The keys of the absent parties by their labels."""
        rows = self.cursor.execute(
            f"SELECT {LABEL}, p.key FROM absent_party AS a JOIN open_party AS p ON p.party = a.party"
        ).fetchall()
        return dict(rows)

    def gaps(self, keys: Collection[str]) -> dict[str, list[OrderId]]:
        """List the blocked orders of some absent parties, by key."""
        self._ask("asked_party", ["key"], [(key,) for key in keys])
        found: dict[str, list[OrderId]] = {key: [] for key in keys}
        rows = self.cursor.execute(
            """SELECT p.key, g.source_id, g.order_id FROM asked_party AS k
            JOIN open_party AS p ON p.key = k.key
            JOIN order_gap AS g ON g.party = p.party ORDER BY ALL"""
        ).fetchall()
        for key, source_id, order_id in rows:
            found[key].append((source_id, order_id))
        return found

    def entities(self, keys: Collection[str]) -> dict[str, frozenset[str | None]]:
        """Tell which entities the blocked orders of some absent parties expect, by key."""
        self._ask("asked_party", ["key"], [(key,) for key in keys])
        rows = self.cursor.execute(
            """SELECT p.key, list(DISTINCT coalesce(o.entity, '')) FROM asked_party AS k
            JOIN open_party AS p ON p.key = k.key
            JOIN order_gap AS g ON g.party = p.party
            JOIN party_order AS o ON o.party = g.party AND o.source_id = g.source_id AND o.order_id = g.order_id
            GROUP BY p.key"""
        ).fetchall()
        return {key: frozenset(entity or None for entity in listed) for key, listed in rows}

    def probes(self, keys: Collection[str]) -> list[tuple[str, str, str]]:
        """List what some open parties are looked for by: (key of the party, kind, value)."""
        self._ask("asked_party", ["key"], [(key,) for key in keys])
        return self.cursor.execute(
            """SELECT DISTINCT p.key, v.kind, v.value FROM asked_party AS k
            JOIN open_party AS p ON p.key = k.key
            JOIN party_probe AS v ON v.party = p.party ORDER BY ALL"""
        ).fetchall()

    def met(self, probes: Iterable[tuple[str, str, str]]) -> dict[str, set[tuple[str, str]]]:
        """Tell which master records (entity, account) such values meet here, by the key of the party."""
        self._ask("asked_probe", ["key", "kind", "value"], list(probes))
        found: dict[str, set[tuple[str, str]]] = {}
        rows = self.cursor.execute(
            """SELECT DISTINCT a.key, m.entity, m.account FROM asked_probe AS a
            JOIN known_master_key AS m ON m.kind = a.kind AND m.value = a.value"""
        ).fetchall()
        for key, entity, account in rows:
            found.setdefault(key, set()).add((entity, account))
        return found

    def held(self, records: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Tell which of these master records (entity, account) are there."""
        self._ask("asked_record", ["entity", "account"], list(records))
        rows = self.cursor.execute(
            """SELECT DISTINCT m.entity, m.account FROM asked_record AS a
            JOIN known_master AS m ON m.entity = a.entity AND m.account = a.account"""
        ).fetchall()
        return set(rows)

    def look(self, orders: Iterable[OrderId]) -> dict[OrderId, OrderLook]:
        """Tell how some orders stand here; one that is not known stands as nothing."""
        listed = list(orders)
        self._ask_orders(listed)
        window = self.made_of.window
        bounds = [window.start.replace(tzinfo=None), window.end.replace(tzinfo=None)]
        rows = self.cursor.execute(
            """SELECT a.source_id, a.order_id, min(e.party), list(DISTINCT coalesce(e.entity, '')),
                min(st.state), bool_or(o.order_id IS NOT NULL),
                bool_or(o.created_at BETWEEN ? AND ?), bool_or(o.created_at < ?), bool_or(r.order_id IS NOT NULL)
            FROM asked_order AS a
            LEFT JOIN stored_order AS o ON o.source_id = a.source_id AND o.order_id = a.order_id
            LEFT JOIN order_state AS st ON st.source_id = o.source_id AND st.signals = o.signals
            LEFT JOIN replaced_order AS r ON r.source_id = a.source_id AND r.order_id = a.order_id
            LEFT JOIN order_entity AS e ON e.source_id = a.source_id AND e.order_id = a.order_id
            GROUP BY a.source_id, a.order_id""",
            [*bounds, bounds[0]],
        ).fetchall()
        return {
            (source_id, order_id): OrderLook(
                party, frozenset(entity or None for entity in entities), state, is_known, bool(is_placed),
                bool(is_past), is_replaced,
            )
            for source_id, order_id, party, entities, state, is_known, is_placed, is_past, is_replaced in rows
        }  # fmt: skip

    def with_earlier(self, orders: Iterable[OrderId]) -> set[OrderId]:
        """Tell which of these orders follow an earlier one, not of these, of the same account, company or address."""
        self._ask_orders(list(orders))
        not_asked = "(e.source_id, e.order_id) NOT IN (SELECT (source_id, order_id) FROM asked_order)"
        rows = self.cursor.execute(
            f"""WITH asked AS (
                SELECT o.* FROM asked_order AS a
                JOIN stored_order AS o ON o.source_id = a.source_id AND o.order_id = a.order_id
            )
            SELECT DISTINCT a.source_id, a.order_id FROM asked AS a
            JOIN stored_order AS e ON e.source_id = a.source_id AND e.customer_id = a.customer_id
            WHERE e.created_at < a.created_at AND {not_asked}
            UNION
            SELECT DISTINCT a.source_id, a.order_id FROM asked AS a
            JOIN stored_order AS e ON e.source_id = a.source_id AND e.company_id = a.company_id
            WHERE e.created_at < a.created_at AND {not_asked}
            UNION
            SELECT DISTINCT a.source_id, a.order_id FROM asked AS a
            JOIN stored_order AS e ON e.email_key = a.email_key
            WHERE e.created_at < a.created_at AND {not_asked}"""
        ).fetchall()
        return set(rows)

    def close(self) -> None:
        """Give back what the relations take."""
        self.cursor.close()

    def _ask_orders(self, orders: list[OrderId]) -> None:
        self._ask("asked_order", ["source_id", "order_id"], orders, ["SMALLINT", "VARCHAR"])

    def _ask(
        self, name: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]], types: Sequence[str] = ()
    ) -> None:
        """Put rows into a table of their own, each once; all columns are text unless `types` says otherwise."""
        import pyarrow as pa

        listed = list(dict.fromkeys(rows))
        cells = zip(*listed, strict=True) if listed else ([] for _ in columns)
        kinds = list(types or ["VARCHAR"] * len(columns))
        arrays = [
            pa.array(column, pa.string() if kind == "VARCHAR" else pa.int64())
            for column, kind in zip(cells, kinds, strict=True)
        ]
        self.cursor.register("asked_rows", pa.table(arrays, names=list(columns)))
        try:
            chosen = ", ".join(
                f"CAST({column} AS {kind}) AS {column}" for column, kind in zip(columns, kinds, strict=True)
            )
            self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {chosen} FROM asked_rows")
        finally:
            self.cursor.unregister("asked_rows")


def take_snapshot(connection: duckdb.DuckDBPyConnection, made_of: Ingredients) -> Snapshot:
    """Work out who is absent under a mixture; no value is needed, so no rates are."""
    cursor = connection.cursor()
    try:
        compute(cursor, made_of.workspace, made_of.as_of, made_of.window, (), _WANTED, known=made_of.known)
    except BaseException:
        cursor.close()
        raise
    return Snapshot(cursor, made_of)
