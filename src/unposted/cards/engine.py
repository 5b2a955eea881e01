"""Computes a reading: the relations in their order, on the facts as they were known at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from unposted.cards.catalogue import ABSENT_CUSTOMERS, Card
from unposted.cards.inputs import Inputs, Known, load_inputs
from unposted.cards.keeping import keep_reading
from unposted.cards.making import make_relations
from unposted.cards.near import NEAR_RELATIONS, find_near, prepare_near
from unposted.cards.rates import known_rates
from unposted.cards.reading import Input, Reading
from unposted.cards.rows import StoredRows
from unposted.cards.standing import Standings
from unposted.cards.totals import computed_totals
from unposted.domain.fx import Rate, rate_of
from unposted.domain.window import Window, window_of
from unposted.store import past
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

BESIDE = ("worklist_split", "worklist_currency", "unmapped_status", "used_rate")

__all__ = ["BESIDE", "compute", "read_card", "reading_on"]


def read_card(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window_text: str | None = None,
    card: Card = ABSENT_CUSTOMERS,
    *,
    with_near: bool = False,
    keep: bool = False,
    more: tuple[str, ...] = (),
) -> Reading:
    """Compute a card as of an instant; `window_text` defaults to the card's own window (see domain.window).

    `with_near` finds the near matches of each row, too. `keep` writes the reading into the history (see cards.keeping):
    it is then one that was taken of its own instant.
    The reading's rows are read from the store when they are looked at: keep it open until then.
    `more` names relations that are to stand on the rows' cursor beside them.
    """
    as_of = as_of.astimezone(UTC)
    window = window_of(window_text or card.window, as_of, workspace.timezone)
    rates = known_rates(connection, workspace, as_of, window)
    cursor = connection.cursor()
    try:
        if with_near:
            prepare_near(cursor)
        near = NEAR_RELATIONS if with_near else ()
        made = compute(cursor, workspace, as_of, window, rates, (card.relation, *BESIDE, *near, *more))
        reading = reading_on(cursor, workspace, as_of, window, made, card, with_near=with_near)
        if keep:
            keep_reading(cursor, workspace, reading, window_text, rates, card)
    except BaseException:
        cursor.close()
        raise
    return reading


def reading_on(
    cursor: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window: Window,
    made: Inputs,
    card: Card = ABSENT_CUSTOMERS,
    *,
    with_near: bool = False,
) -> Reading:
    """Make the reading of a card that is computed on a cursor; `made` is what its relations stand on.

    `with_near` judges near matches, for which NEAR_RELATIONS must be there.
    """
    if with_near:
        find_near(cursor)
    unmapped = cursor.execute("SELECT signal, orders FROM unmapped_status ORDER BY signal").fetchall()
    used = cursor.execute("SELECT currency, origin, lowest, highest FROM used_rate ORDER BY ALL").fetchall()
    numbers = made.sources.values()
    inputs = [Input(*state) for state in past.states_at(cursor, numbers, made.unsynced, as_of)]
    held = past.quarantined_at(cursor, numbers, made.unsynced, as_of)
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
        rows=StoredRows(cursor, card.relation, totals.value, with_near=with_near),
        history=Standings(cursor, card.id, as_of),
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
    stand_ins: tuple[tuple[str, str], ...] = (),
    card_start: datetime | None = None,
    known: Known | None = None,
) -> Inputs:
    """Make the wanted relations on a cursor, and of the others only what they need, for as long as they need it.

    `keep_all` makes every relation and leaves it open to be looked at; for `stand_ins` see cards.chain, for
    `card_start` cards.inputs. `known` None: facts as they were known at the as-of instant.
    Returns what the relations stand on.
    """
    inputs = load_inputs(cursor, workspace, as_of, window, rates, card_start, known)
    make_relations(cursor, wanted, inputs, keep_all=keep_all, stand_ins=stand_ins)
    return inputs


def _fx_text(line: tuple[Any, ...], reporting: str) -> str:
    currency, origin, lowest, highest = line
    low, high = (f"{rate_of(int(factor), currency, reporting):f}" for factor in (lowest, highest))
    return f"{currency} {low} ({origin})" if low == high else f"{currency} {low} to {high} ({origin})"
