"""The store as the web uses it: a cursor for each request, and one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

from unposted.store.database import transaction

if TYPE_CHECKING:
    import duckdb

__all__ = ["Shelf", "plain", "utc"]


class Shelf:
    """Cursors on the one store that this process holds: readers get their own, writers take turns."""

    def __init__(self, store: duckdb.DuckDBPyConnection) -> None:
        """Take the open store."""
        self._store = store
        self._turn = RLock()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor for reading."""
        cursor = self._store.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor in a transaction that commits at the end of the block, or not at all."""
        with self._turn, self.cursor() as cursor, transaction(cursor):
            yield cursor

    @contextmanager
    def turn(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor to a writer that makes its own transactions, while no other writer of ours is at work."""
        with self._turn, self.cursor() as cursor:
            yield cursor

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one question and return its rows."""
        with self.cursor() as cursor:
            return cursor.execute(sql, list(values)).fetchall()


def plain(moment: datetime) -> datetime:
    """Return an instant as the store keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def utc(moment: datetime) -> datetime:
    """Return an instant of the store with its zone."""
    return moment.replace(tzinfo=UTC)
