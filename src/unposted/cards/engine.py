"""Computes a reading: the relations in their order, on the facts as they were known at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from unposted.cards.advice import advice
from unposted.cards.catalogue import ABSENT_CUSTOMERS, Card
from unposted.cards.chain import chain, last_use
from unposted.cards.inputs import load_inputs
from unposted.cards.reading import CurrencyAmount, Input, Reading, Row
from unposted.cards.totals import totals_of
from unposted.collector import without_collector
from unposted.connectors.ecb import read_rates
from unposted.domain.fx import Rate, rate_of
from unposted.domain.window import Window, window_of
from unposted.store import ledger
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

_List: TypeAlias = "list[str] | None"
_BATCH = 10_000

__all__ = ["compute", "read_card", "workspace_rates"]


def read_card(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window_text: str | None = None,
    card: Card = ABSENT_CUSTOMERS,
) -> Reading:
    """Compute a card as of an instant; `window_text` defaults to the card's own window (see domain.window)."""
    as_of = as_of.astimezone(UTC)
    window = window_of(window_text or card.window, as_of, workspace.timezone)
    rates = workspace_rates(workspace, window)
    cursor = connection.cursor()
    try:
        numbers = compute(cursor, workspace, as_of, window, rates, (card.relation, "unmapped_status", "used_rate"))
        rows = _rows(cursor, card.relation)
        unmapped = cursor.execute("SELECT signal, orders FROM unmapped_status ORDER BY signal").fetchall()
        used = cursor.execute("SELECT currency, origin, lowest, highest FROM used_rate ORDER BY ALL").fetchall()
        inputs = [Input(*_state(state)) for state in ledger.stream_states(cursor, numbers.values())]
        held = len(ledger.quarantined(cursor, numbers.values()))
    finally:
        cursor.close()
    totals = totals_of(rows, workspace.reporting_currency, card.alert_above)
    return Reading(
        card=card.id,
        label=card.label,
        workspace=workspace.name,
        definition_version=card.version,
        as_of=as_of,
        window=window,
        value=totals.value,
        alert=totals.alert,
        blocked=totals.blocked,
        splits=totals.splits,
        in_dataverse=totals.in_dataverse,
        quarantined=held,
        unmapped_statuses=tuple((signal, orders) for signal, orders in unmapped),
        inputs=tuple(inputs),
        fx=tuple(_fx_text(line, workspace.reporting_currency) for line in used),
        rows=rows,
    )


def compute(
    cursor: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window: Window,
    rates: Iterable[Rate],
    wanted: tuple[str, ...],
    *,
    keep_all: bool = False,
) -> dict[str, int]:
    """Make the wanted relations on a cursor, dropping the others as soon as nothing needs them.

    `keep_all` leaves every relation open to be looked at. Returns the numbers of the configured sources.
    """
    numbers = load_inputs(cursor, workspace, as_of, window, rates)
    values = {
        "as_of": as_of,
        "window_start": window.start,
        "window_end": window.end,
        "awaiting_from": as_of - timedelta(minutes=workspace.field_map.awaiting_sync_minutes),
    }
    relations = chain(wanted)
    last = last_use(relations)
    for place, relation in enumerate(relations):
        cursor.execute(relation.statement(values))
        if not keep_all:
            for used in relations[:place]:
                if last.get(used.name) == place and not used.is_inline and used.name not in wanted:
                    cursor.execute(f"DROP TABLE temp.{used.name}")
    return numbers


def workspace_rates(workspace: Workspace, window: Window) -> list[Rate]:
    """Collect the rates that the workspace names for the days of a window."""
    from decimal import Decimal

    zone = ZoneInfo(window.zone)
    rates = [Rate(workspace.reporting_currency, Decimal(1), "own currency", 0)]
    if workspace.fx.file:
        first, last = window.start.astimezone(zone).date() - timedelta(days=7), window.end.astimezone(zone).date()
        rates += read_rates(workspace.fx.file, workspace.fx.file.name, workspace.reporting_currency, first, last)
    return rates + [Rate(currency, rate, "fixed in the workspace", 3) for currency, rate in workspace.fx.rates.items()]


def _state(state: ledger.StreamState) -> tuple[str, str, int, datetime | None, datetime]:
    return state.source, state.stream, state.records, state.newest, state.read_at


def _fx_text(line: tuple[Any, ...], reporting: str) -> str:
    currency, origin, lowest, highest = line
    low, high = (f"{rate_of(int(factor), currency, reporting):f}" for factor in (lowest, highest))
    return f"{currency} {low} ({origin})" if low == high else f"{currency} {low} to {high} ({origin})"


_STATUSES = ("awaiting_sync", "in_dataverse", "near_match", "other_entity", "no_key")
_FLAGS = (*_STATUSES, "ambiguous", "unmapped", "conflict")
_COLUMNS = """rank, party, name, kind, company, segment, stores, platforms, emails, tax_ids, external_ids,
    expected_entities, missing_entities, exists_in, status, matched_evidence, currencies, currency_values, blocked,
    blocked_net, orders, first_order_at, last_order_at, age_days, is_awaiting_sync, is_in_dataverse, is_near_match,
    is_other_entity, is_no_key, is_ambiguous, is_unmapped, is_conflict"""


def _rows(cursor: duckdb.DuckDBPyConnection, relation: str) -> tuple[Row, ...]:
    lines = cursor.execute(f"SELECT {_COLUMNS} FROM {relation} ORDER BY rank")
    rows: list[Row] = []
    with without_collector():
        while batch := lines.fetchmany(_BATCH):
            rows += [_row(*line) for line in batch]
    return tuple(rows)


def _row(
    rank: int, party: str, name: str, kind: str, company: str | None, segment: str, stores: _List, platforms: _List,
    emails: _List, tax_ids: _List, external_ids: _List, expected: _List, missing: _List, exists_in: _List, status: str,
    evidence: str | None, currencies: list[str], values: list[int], blocked: int | None, net: int | None, orders: int,
    first_at: datetime, last_at: datetime, age_days: int, *applies: bool,
) -> Row:  # fmt: skip
    flags, route, action = _told(status, segment, applies, blocked is None)
    return Row(
        rank, party, name, kind, company, segment, tuple(stores or ()), tuple(platforms or ()), tuple(emails or ()),
        tuple(tax_ids or ()), tuple(external_ids or ()), tuple(expected or ()), "ambiguous" in flags,
        tuple(missing or ()), tuple(exists_in or ()), status, flags, evidence,
        tuple(map(CurrencyAmount, currencies, values)), blocked, net, orders, first_at.replace(tzinfo=UTC),
        last_at.replace(tzinfo=UTC), age_days, route, action,
    )  # fmt: skip


@cache
def _told(status: str, segment: str, applies: tuple[bool, ...], is_unknown: bool) -> tuple[tuple[str, ...], str, str]:
    """Return the flags beside a status, the route and the recommended action."""
    flags = [name for name, is_so in zip(_FLAGS, applies, strict=True) if is_so and name != status]
    if is_unknown:
        flags.append("unknown_rate")
    route, action = advice(status, segment, is_ambiguous="ambiguous" in flags, is_unmapped="unmapped" in flags)
    return tuple(flags), route, action
