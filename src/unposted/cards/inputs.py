"""What a reading takes from the workspace: small tables that the relations join with the facts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from unposted.cards.chain import Value
from unposted.connectors.keys import KeyMaker
from unposted.domain.fx import Rate, exact_factor
from unposted.domain.identity import Placeholders
from unposted.domain.status import order_state
from unposted.domain.window import Window, day_start
from unposted.store.facts import FACT_TABLES
from unposted.store.past import history_begins
from unposted.workspace.model import Override, Rule, Store, Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["INPUT_TABLES", "Inputs", "Known", "load_inputs"]

Row: TypeAlias = Sequence[object]
_BATCH = 200

INPUT_TABLES: Mapping[str, str] = {
    "store": "source_id SMALLINT, name VARCHAR, platform VARCHAR, segment VARCHAR, entity VARCHAR",
    "order_state": "source_id SMALLINT, signals VARCHAR, state VARCHAR",
    "unknown_signal": "source_id SMALLINT, signals VARCHAR, unknown_signal VARCHAR",
    "tag_rule": "source_id SMALLINT, tag VARCHAR, entity VARCHAR",
    "country_rule": "source_id SMALLINT, country VARCHAR, entity VARCHAR",
    "entity_override": "kind VARCHAR, value VARCHAR, entity VARCHAR",
    "match_key": "kind VARCHAR, rank INTEGER",
    "window_day": "day DATE, starts_at TIMESTAMP, ends_at TIMESTAMP, age INTEGER",
    "default_customer": "source_id SMALLINT, entity VARCHAR, account VARCHAR",
    "fx_candidate": "currency VARCHAR, day DATE, good_until DATE, factor HUGEINT, rank INTEGER, origin VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one reading stands on.

    `sources` are the numbers of the configured sources by name, `values` what the relations' texts name with a colon.
    `empty` names the input tables without rows, and the fact tables without rows of these sources.
    `unsynced` are the numbers of those sources whose history begins after the instant.
    """

    sources: Mapping[str, int]
    values: Mapping[str, Value]
    empty: frozenset[str]
    unsynced: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The instants (UTC) as of which facts stand: those of the storefronts, and the records of Dynamics."""

    facts: datetime
    masters: datetime

    def unsynced(
        self, connection: duckdb.DuckDBPyConnection, workspace: Workspace, numbers: Mapping[str, int]
    ) -> list[int]:
        """List the sources that had no history then: of these each fact stands in its earliest version."""
        begins = history_begins(connection)
        dynamics = {item.name for item in workspace.dynamics}
        moments = {number: self.masters if name in dynamics else self.facts for name, number in numbers.items()}
        return [number for number, moment in moments.items() if number in begins and begins[number] > moment]


def load_inputs(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window: Window,
    rates: Iterable[Rate],
    card_start: datetime | None = None,
    known: Known | None = None,
) -> Inputs:
    """Make the input tables of one reading.

    `card_start` is where the card's own window begins (None: this one's); `known` None: as everything was known at
    the as-of instant.
    """
    known = known or Known(as_of, as_of)
    numbers = _sources(connection, workspace)
    unsynced = known.unsynced(connection, workspace, numbers)
    stores = [(numbers[store.name], store) for store in workspace.stores if store.name in numbers]
    states, unknown = _states(connection, stores)
    tables: dict[str, list[Row]] = {
        "store": [
            (number, store.name, store.platform, store.segment, _upper(store.entity)) for number, store in stores
        ],
        "order_state": states,
        "unknown_signal": unknown,
        "tag_rule": [
            (number, rule.tag.casefold(), rule.entity.upper())
            for number, store in stores
            for rule in _rules(workspace, store)
            if rule.tag
        ],
        "country_rule": [
            (number, country.upper(), rule.entity.upper())
            for number, store in stores
            for rule in _rules(workspace, store)
            for country in rule.ship_to
        ],
        "entity_override": _overrides(workspace.field_map.overrides, workspace.field_map.placeholders),
        "match_key": [(kind, rank) for rank, kind in enumerate(workspace.field_map.match_on, 1)],
        "window_day": _days(window, as_of),
        "default_customer": [row for number, store in stores for row in _default_customers(number, store)],
        "fx_candidate": [_candidate(rate, workspace.reporting_currency) for rate in rates],
    }
    for name, columns in INPUT_TABLES.items():
        _fill(connection, name, columns, _distinct(tables[name]))
    values: dict[str, Value] = {
        "as_of": known.facts,
        "masters_as_of": known.masters,
        "placed_by": as_of,
        "window_start": window.start,
        "window_end": window.end,
        "card_start": card_start or window.start,
        "awaiting_from": as_of - timedelta(minutes=workspace.field_map.awaiting_sync_minutes),
        "sources": list(numbers.values()),
        "unsynced_sources": unsynced,
    }
    empty = {name for name, rows in tables.items() if not rows}
    return Inputs(numbers, values, _without_rows(connection, numbers.values()) | empty, tuple(unsynced))


def _fill(connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[Row]) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    for batch in _batches(rows):
        line = f"({', '.join('?' for _ in columns.split(','))})"
        values = [value for row in batch for value in row]
        connection.execute(f"INSERT INTO {name} VALUES {', '.join([line] * len(batch))}", values)


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    """Cut rows into statements of a few hundred: one statement a row takes longer than the reading of a small shop."""
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]


def _distinct(rows: Iterable[Row]) -> list[Row]:
    return list(dict.fromkeys(tuple(row) for row in rows))


def _upper(entity: str | None) -> str | None:
    return entity.upper() if entity else None


def _sources(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> dict[str, int]:
    """Return the number of each configured source that was ever read."""
    wanted: set[tuple[str, str, str]] = {(item.name, "store", item.platform) for item in workspace.stores}
    wanted |= {(item.name, "dynamics", item.system) for item in workspace.dynamics}
    rows = connection.execute("SELECT name, role, system, source_id FROM source").fetchall()
    return {name: number for name, role, system, number in rows if (name, role, system) in wanted}


def _without_rows(connection: duckdb.DuckDBPyConnection, sources: Collection[int]) -> frozenset[str]:
    """Return the fact tables that hold nothing of these sources."""
    names = [name for table in FACT_TABLES for name in (table.versions, table.keys) if name]
    listed = ", ".join(map(str, sources)) or "NULL"
    found = connection.execute(
        " UNION ALL ".join(
            f"SELECT '{name}' FROM (SELECT 1 FROM {name} WHERE source_id IN ({listed}) LIMIT 1)" for name in names
        )
    ).fetchall()
    return frozenset(names) - {name for (name,) in found}


def _states(connection: duckdb.DuckDBPyConnection, stores: Iterable[tuple[int, Store]]) -> tuple[list[Row], list[Row]]:
    """Apply the status table to the few distinct signals that the orders have ever shown."""
    by_number = dict(stores)
    states: list[Row] = []
    unknown: list[Row] = []
    for number, signals in connection.execute("SELECT source_id, signals FROM order_signal ORDER BY ALL").fetchall():
        if number in by_number:
            store = by_number[number]
            state, strange = order_state(store.platform, signals, store.statuses)
            states.append((number, signals, state))
            unknown += [(number, signals, signal) for signal in strange]
    return states, unknown


def _rules(workspace: Workspace, store: Store) -> list[Rule]:
    return [rule for rule in workspace.field_map.rules if rule.store in {None, store.name}]


def _default_customers(number: int, store: Store) -> Iterator[Row]:
    """Read `ACCOUNT` (in any entity) or `ENTITY/ACCOUNT`; account numbers compare case-insensitively."""
    for written in store.default_customers:
        entity, slash, account = written.partition("/")
        yield (number, entity.strip().upper(), account.strip().lower()) if slash else (
            number, None, written.strip().lower(),
        )  # fmt: skip


def _overrides(overrides: Iterable[Override], placeholders: Iterable[str]) -> list[Row]:
    """Read each override's key as every kind of value that it can be."""
    keys = KeyMaker(Placeholders(placeholders))
    return [
        (key.kind, value, override.entity.upper())
        for override in overrides
        for key in (
            *keys.email(override.customer_key),
            *keys.external_id(override.customer_key),
            *keys.tax_id(override.customer_key),
        )
        for value in ([key.value] if key.kind != "tax_id" else _tax_forms(key.value))
    ]


def _tax_forms(value: str) -> list[str]:
    return [value[1:]] if value.startswith("~") else [value, "~" + value]


def _days(window: Window, as_of: datetime) -> list[Row]:
    """List the calendar days of the window with their exact bounds and their age on the as-of day."""
    zone = ZoneInfo(window.zone)
    today = as_of.astimezone(zone).date()
    day, last = window.start.astimezone(zone).date(), window.end.astimezone(zone).date()
    days: list[Row] = []
    while day <= last:
        following = day + timedelta(days=1)
        days.append((day, _plain(day_start(day, zone)), _plain(day_start(following, zone)), (today - day).days))
        day = following
    return days


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _candidate(rate: Rate, reporting: str) -> Row:
    until = rate.until or (rate.day + timedelta(days=7) if rate.day else None)
    factor: Decimal = exact_factor(rate, reporting)
    return (rate.currency, rate.day, until, int(factor), rate.rank, rate.origin)
