"""Keeps readings that were taken of their own instant, and finds what an earlier one stood on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from unposted.cards.catalogue import Card
from unposted.cards.rates import FILE_RANK, file_days
from unposted.domain.fx import Rate
from unposted.store import ledger, readings
from unposted.store.database import transaction
from unposted.workspace.copies import copy_of, digest, rates_copy, rates_from, workspace_from

if TYPE_CHECKING:
    import duckdb

    from unposted.cards.reading import Reading
    from unposted.workspace.model import Workspace

__all__ = ["keep_reading", "workspace_at"]

_STANDING = """SELECT party, last_order_at, CASE WHEN len(stores) = 1 THEN stores[1] ELSE 'several' END AS store,
    segment, entity_bucket AS entity FROM worklist"""


def workspace_at(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, moment: datetime
) -> tuple[Workspace, datetime | None]:
    """Return the workspace as its counting part was in force at an instant, and since when (None: since ever).

    Before the first kept reading, that of the first is in force. Without any kept reading it is the one given.
    """
    found = readings.definition_at(connection, moment)
    if found is None:
        return workspace, None
    then = workspace_from(found.definition, workspace)
    if found.rates:
        then = replace(then, fx=replace(then.fx, kept=rates_from(found.rates)))
    return then, found.since


def keep_reading(
    cursor: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    reading: Reading,
    window_text: str | None,
    rates: Iterable[Rate],
    card: Card,
) -> None:
    """Keep a reading with what it stands on, in one transaction, on the cursor that its worklist stands on.

    One that is not newer than the last one kept leaves nothing: history only grows at its end.
    """
    last = readings.last_kept(cursor)
    if last is not None and last >= reading.as_of:
        return
    window = (window_text or card.window).strip().upper()
    definition = copy_of(workspace)
    told = _rates_text(workspace, reading, rates)
    with transaction(cursor):
        sources = [ledger.source_id_of(cursor, *source) for source in _sources(workspace)]
        readings.keep_copy(cursor, digest(definition), definition)
        if told:
            readings.keep_copy(cursor, digest(told), told)
        if window == card.window:
            is_same = readings.newest_definition(cursor) in {None, digest(definition)}
            cleared_from = reading.window.start if is_same else None
            readings.update_stays(cursor, card.id, reading.as_of, _STANDING, cleared_from)
        taken = readings.Taken(
            card.id, window, reading.as_of, digest(definition), digest(told) if told else None, reading.value,
            reading.blocked.units, reading.blocked.unknown_rate_rows,
        )  # fmt: skip
        readings.keep(cursor, taken, sources)


def _sources(workspace: Workspace) -> list[tuple[str, str, str]]:
    """List all that is configured: what was never read counts as known, too, namely to be empty."""
    stores = [(store.name, "store", str(store.platform)) for store in workspace.stores]
    return stores + [(item.name, "dynamics", str(item.system)) for item in workspace.dynamics]


def _rates_text(workspace: Workspace, reading: Reading, rates: Iterable[Rate]) -> str | None:
    if workspace.fx.file is None:
        return None
    first, last = file_days(reading.window)
    return rates_copy(first, last, tuple(rate for rate in rates if rate.rank == FILE_RANK))
