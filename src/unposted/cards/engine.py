"""Computes a reading: the relations in their order, on the facts as they were known at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from unposted.cards.catalogue import ABSENT_CUSTOMERS, Card
from unposted.cards.chain import chain, last_use
from unposted.cards.inputs import load_inputs
from unposted.cards.rates import known_rates
from unposted.cards.reading import Input, Reading
from unposted.cards.rows import StoredRows
from unposted.cards.totals import computed_totals
from unposted.domain.fx import Rate, rate_of
from unposted.domain.window import Window, window_of
from unposted.store import ledger
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

_BESIDE = ("worklist_split", "worklist_currency", "unmapped_status", "used_rate")

__all__ = ["compute", "read_card"]


def read_card(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window_text: str | None = None,
    card: Card = ABSENT_CUSTOMERS,
) -> Reading:
    """Compute a card as of an instant; `window_text` defaults to the card's own window (see domain.window).

    The reading's rows are read from the store when they are looked at: keep it open until then.
    """
    as_of = as_of.astimezone(UTC)
    window = window_of(window_text or card.window, as_of, workspace.timezone)
    rates = known_rates(connection, workspace, as_of, window)
    cursor = connection.cursor()
    try:
        return _read(cursor, workspace, as_of, window, rates, card)
    except BaseException:
        cursor.close()
        raise


def _read(
    cursor: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window: Window,
    rates: Iterable[Rate],
    card: Card,
) -> Reading:
    numbers = compute(cursor, workspace, as_of, window, rates, (card.relation, *_BESIDE))
    unmapped = cursor.execute("SELECT signal, orders FROM unmapped_status ORDER BY signal").fetchall()
    used = cursor.execute("SELECT currency, origin, lowest, highest FROM used_rate ORDER BY ALL").fetchall()
    inputs = [Input(*_state(state)) for state in ledger.stream_states(cursor, numbers.values())]
    held = len(ledger.quarantined(cursor, numbers.values()))
    totals = computed_totals(cursor, workspace.reporting_currency, card.alert_above)
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
        rows=StoredRows(cursor, card.relation, totals.value),
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


def _state(state: ledger.StreamState) -> tuple[str, str, int, datetime | None, datetime]:
    return state.source, state.stream, state.records, state.newest, state.read_at


def _fx_text(line: tuple[Any, ...], reporting: str) -> str:
    currency, origin, lowest, highest = line
    low, high = (f"{rate_of(int(factor), currency, reporting):f}" for factor in (lowest, highest))
    return f"{currency} {low} ({origin})" if low == high else f"{currency} {low} to {high} ({origin})"
