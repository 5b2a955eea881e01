"""From when on the orders of every store were read: what lies before was not measured, and no figure is made of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from unposted.domain.cursor import Cursor
from unposted.store import ledger, streams
from unposted.sync.sources import Source, sources_of
from unposted.web.shelf import utc

if TYPE_CHECKING:
    import duckdb

    from unposted.workspace.model import Workspace

__all__ = ["covered_from", "never_read"]

_MASTERS = frozenset({"finance_operations", "business_central"})


def covered_from(cursor: duckdb.DuckDBPyConnection, workspace: Workspace) -> datetime | None:
    """Return the instant from which on every store's orders are known; None when a store was never read.

    A live store tells how far back it was read; of files all that is known is their oldest order.
    """
    starts = [_start(cursor, source) for source in sources_of(workspace) if source.role == "store"]
    known = [start for start in starts if start is not None]
    return max(known) if known and len(known) == len(starts) else None


def never_read(cursor: duckdb.DuckDBPyConnection, workspace: Workspace) -> tuple[str, ...]:
    """Name the sources without which there is no number: every customer master, and the stores when none was read."""
    unread = [
        source
        for source in sources_of(workspace)
        if not ledger.was_synced(cursor, source.name, source.role, source.system)
    ]
    masters = [source.name for source in unread if source.system in _MASTERS]
    stores = [source.name for source in unread if source.role == "store"]
    return (*(stores if len(stores) == len(workspace.stores) else ()), *masters)


def _start(cursor: duckdb.DuckDBPyConnection, source: Source) -> datetime | None:
    numbers = cursor.execute(
        "SELECT source_id FROM source WHERE name = ? AND role = ? AND system = ?",
        [source.name, source.role, source.system],
    ).fetchall()
    if not numbers:
        return None
    if source.setting.connect is not None:
        text = streams.cursor_text(cursor, numbers[0][0], "orders")
        return Cursor.loads(text).since if text else None
    rows = cursor.execute("SELECT min(created_at) FROM order_version WHERE source_id = ?", [numbers[0][0]]).fetchall()
    return utc(rows[0][0]) if rows[0][0] else None
