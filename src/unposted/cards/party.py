"""Everything that is known of one party: its orders, keys, the matches that were tried, the entities, its stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.chain import chain
from unposted.cards.inputs import Inputs, load_inputs
from unposted.cards.making import make_relations
from unposted.cards.party_search import Found, close_ones, order_states, search
from unposted.domain.window import Window, window_of
from unposted.store.readings import Stay, stays_of
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["Held", "KnownOrder", "PartyFile", "Several", "Try", "open_party_file"]

_DETAIL = (
    "order_gap", "party_in_dataverse", "party_match", "party_near", "party_presence", "party_probe", "party_value",
)  # fmt: skip
_GIVEN = {
    "open_party": "SELECT 1 AS party, CAST(? AS VARCHAR) AS key, ? AS is_company, ? AS is_person",
    "absent_party": "SELECT 1 AS party",
}


class KnownOrder(NamedTuple):
    """An order of the party. `entities` expect it when it counts (`state` active, in the window, not replaced)."""

    store: str
    order_id: str
    name: str
    created_at: datetime
    state: str
    currency: str
    value: int
    counts: bool
    entities: tuple[str, ...]
    is_blocked: bool


class Try(NamedTuple):
    """One match that was tried: a value of a key, and which master records show it, in the entity and elsewhere."""

    kind: str
    value: str
    is_matched_on: bool
    records: tuple[tuple[str, str], ...]


class Held(NamedTuple):
    """An entity that the party's orders expect, and whether it holds a record of the party."""

    entity: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class PartyFile:
    """What is known of a party as of an instant; `window` is the one that its active orders were looked for in."""

    party: str
    kind: str
    as_of: datetime
    window: Window
    orders: tuple[KnownOrder, ...]
    tries: tuple[Try, ...]
    match_on: tuple[str, ...]
    entities: tuple[Held, ...]
    near: str | None
    is_in_dataverse: bool
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """Not one party goes by what was asked for: labels, each with the name of one order.

    `parties` are those that do, `close` those that nearly do when nobody does.
    """

    parties: tuple[tuple[str, str], ...]
    close: tuple[tuple[str, str], ...] = ()


def open_party_file(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime, asked: str, window_text: str | None
) -> PartyFile | Several:
    """Find a party by its label, or by an e-mail, tax id, external id, customer, company or order number.

    Without an active order in the window all of its orders are looked at.
    """
    cursor = connection.cursor()
    try:
        window = window_of(window_text or ABSENT_CUSTOMERS.window, as_of, workspace.timezone)
        inputs = _prepare(cursor, workspace, as_of, window)
        found = search(cursor, workspace, asked)
        if not found.parties and found.first_at is not None and found.first_at < window.start:
            window = Window(found.first_at, as_of, window.zone)
            inputs = _prepare(cursor, workspace, as_of, window)
            found = search(cursor, workspace, asked)
        if not found.parties:
            stays = tuple(stays_of(cursor, ABSENT_CUSTOMERS.id, asked.strip().casefold(), as_of))
            if found.orders or stays:
                return _inactive(found, stays, as_of, window, workspace)
            return Several((), tuple(close_ones(cursor, asked)))
        if len(found.parties) > 1:
            return Several(tuple(sorted(found.parties.items())))
        return _file(cursor, workspace, as_of, window, inputs, found)
    finally:
        cursor.close()


def _prepare(cursor: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime, window: Window) -> Inputs:
    inputs = load_inputs(cursor, workspace, as_of, window, ())
    make_relations(cursor, ("order_entity", "stored_order", "known_customer", "known_customer_key"), inputs)
    return inputs


def _inactive(
    found: Found, stays: tuple[Stay, ...], as_of: datetime, window: Window, workspace: Workspace
) -> PartyFile:
    """Tell of orders of which none counts, which have no party, or of a party that is only remembered."""
    orders = tuple(KnownOrder(*line, False, (), False) for line in found.orders)
    return PartyFile("", "none", as_of, window, orders, (), workspace.field_map.match_on, (), None, False, stays)


def _file(
    cursor: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window: Window,
    inputs: Inputs,
    found: Found,
) -> PartyFile:
    (label,) = found.parties
    key = found.keys[label]
    _detail(cursor, inputs, key)
    held = {entity for (entity,) in cursor.execute("SELECT entity FROM party_presence").fetchall()}
    expected = cursor.execute("SELECT DISTINCT entity FROM party_order WHERE entity IS NOT NULL ORDER BY 1").fetchall()
    near = cursor.execute("SELECT evidence FROM party_near").fetchone()
    staged = cursor.execute("SELECT count(*) FROM party_in_dataverse").fetchone()
    return PartyFile(
        party=label,
        kind="company" if key.startswith("company|") else "person",
        as_of=as_of,
        window=window,
        orders=_orders(cursor, found),
        tries=_tries(cursor, workspace.field_map.match_on),
        match_on=workspace.field_map.match_on,
        entities=tuple(Held(entity, entity in held) for (entity,) in expected),
        near=near[0] if near else None,
        is_in_dataverse=bool(staged and staged[0]),
        stays=tuple(stays_of(cursor, ABSENT_CUSTOMERS.id, label, as_of)),
    )


def _detail(cursor: duckdb.DuckDBPyConnection, inputs: Inputs, key: str) -> None:
    """Make the relations on a party as if it alone were still to be judged."""
    made = {relation.name for relation in chain(("order_entity", "stored_order"))}
    given = {"open_party": [key, key.startswith("company|"), key.startswith("person|")], "absent_party": []}
    for relation in chain(_DETAIL):
        if relation.name in _GIVEN:
            text = f"CREATE OR REPLACE TEMP TABLE {relation.name} AS {_GIVEN[relation.name]}"
            cursor.execute(text, given[relation.name])
        elif relation.name not in made or relation.is_inline:
            cursor.execute(relation.statement(inputs.values))


def _orders(cursor: duckdb.DuckDBPyConnection, found: Found) -> tuple[KnownOrder, ...]:
    counted = {
        (source_id, order_id): (tuple(sorted(entities or ())), is_blocked)
        for source_id, order_id, entities, is_blocked in cursor.execute(
            """SELECT o.source_id, o.order_id, list(DISTINCT o.entity) FILTER (o.entity IS NOT NULL),
                bool_or(g.order_id IS NOT NULL)
            FROM party_order AS o
            LEFT JOIN order_gap AS g ON g.source_id = o.source_id AND g.order_id = o.order_id
            GROUP BY o.source_id, o.order_id"""
        ).fetchall()
    }
    wanted = list({*counted, *found.ids})
    return tuple(
        KnownOrder(*line, order in counted, *counted.get(order, ((), False)))
        for order, line in zip(*order_states(cursor, wanted), strict=True)
    )


def _tries(cursor: duckdb.DuckDBPyConnection, match_on: Sequence[str]) -> tuple[Try, ...]:
    """List the party's values by the order of the field map, each with the master records that show it."""
    rows = cursor.execute(
        """SELECT v.kind, v.value,
            list(DISTINCT {'entity': m.entity, 'account': m.account}) FILTER (m.entity IS NOT NULL)
        FROM (SELECT DISTINCT kind, value FROM party_value) AS v
        LEFT JOIN known_master_key AS m ON m.kind = v.kind AND (m.value = v.value
            OR (v.kind = 'tax_id' AND m.value = '~' || v.value) OR (v.kind = 'tax_id' AND '~' || m.value = v.value))
        GROUP BY v.kind, v.value"""
    ).fetchall()
    ranks: Mapping[str, int] = {kind: rank for rank, kind in enumerate(match_on)}
    tries = [
        Try(kind, value, kind in ranks, tuple(sorted((one["entity"], one["account"]) for one in records or ())))
        for kind, value, records in rows
    ]
    return tuple(sorted(tries, key=lambda one: (ranks.get(one.kind, len(ranks)), one.kind, one.value)))
