"""The queue of webhooks' hints: kept once a delivery, and looked after by the next sync of their stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from unposted.connectors.hints import Hint
from unposted.store import streams
from unposted.store.database import transaction

if TYPE_CHECKING:
    import duckdb

__all__ = ["HintedIds", "keep_hint", "take_hints"]


@dataclass(frozen=True, slots=True)
class HintedIds:
    """The records of a stream that hints speak of. `done` forgets the hints that were taken, and no later ones."""

    connection: duckdb.DuckDBPyConnection
    source_id: int
    stream: str
    ids: tuple[str, ...]
    taken: tuple[tuple[str | None, str], ...]

    def done(self, now: datetime) -> None:
        """Note that the hints were looked after."""
        if self.taken:
            with transaction(self.connection):
                streams.finish_hints(self.connection, self.source_id, self.stream, self.taken, now)


def keep_hint(connection: duckdb.DuckDBPyConnection, source_id: int, hint: Hint, now: datetime) -> bool:
    """Put a verified hint into the queue; False when this delivery about this record is there already."""
    with transaction(connection):
        return streams.add_hint(connection, source_id, hint.stream, hint.record_id, hint.delivery, now)


def take_hints(connection: duckdb.DuckDBPyConnection, source_id: int, stream: str) -> HintedIds:
    """Return what the hints of a stream speak of; a hint without a record only asks for the stream's news."""
    rows = streams.open_hints(connection, source_id, stream)
    ids = tuple(dict.fromkeys(record_id for record_id, _ in rows if record_id))
    return HintedIds(connection, source_id, stream, ids, tuple(rows))
