"""Computes a reading: the relations in their order, on the facts as they were known at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from unposted.cards.catalogue import ABSENT_CUSTOMERS, Card
from unposted.cards.inputs import load_inputs
from unposted.cards.making import make_relations
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

BESIDE = ("worklist_split", "worklist_currency", "unmapped_status", "used_rate")

__all__ = ["BESIDE", "compute", "read_card"]


def read_card(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window_text: str | None = None,
    card: Card = ABSENT_CUSTOMERS,
    more: tuple[str, ...] = (),
) -> Reading:
    """Compute a card as of an instant; `window_text` defaults to the card's own window (see domain.window).

    The reading's rows are read from the store when they are looked at: keep it open until then.
    `more` names relations that are to stand on the rows' cursor beside them.
    """
    as_of = as_of.astimezone(UTC)
    window = window_of(window_text or card.window, as_of, workspace.timezone)
    rates = known_rates(connection, workspace, as_of, window)
    cursor = connection.cursor()
    try:
        return _read(cursor, workspace, as_of, window, rates, card, more)
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
    more: tuple[str, ...],
) -> Reading:
    numbers = compute(cursor, workspace, as_of, window, rates, (card.relation, *BESIDE, *more))
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
) -> Mapping[str, int]:
    """Make the wanted relations on a cursor, and of the others only what they need, for as long as they need it.

    `keep_all` makes every relation and leaves it open to be looked at. Returns the numbers of the configured sources.
    """
    inputs = load_inputs(cursor, workspace, as_of, window, rates)
    make_relations(cursor, wanted, inputs, keep_all=keep_all)
    return inputs.sources


def _state(state: ledger.StreamState) -> tuple[str, str, int, datetime | None, datetime]:
    return state.source, state.stream, state.records, state.newest, state.read_at


def _fx_text(line: tuple[Any, ...], reporting: str) -> str:
    currency, origin, lowest, highest = line
    low, high = (f"{rate_of(int(factor), currency, reporting):f}" for factor in (lowest, highest))
    return f"{currency} {low} ({origin})" if low == high else f"{currency} {low} to {high} ({origin})"
