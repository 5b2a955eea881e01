"""Books of live streams in a store in memory, and short ways to look into them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from tests.support.product import empty_store
from unposted.connectors.formats import Bad
from unposted.connectors.live import LiveStream, Page, PageRequest
from unposted.domain.cursor import Cursor
from unposted.domain.records import Order, Record
from unposted.sandbox.wire import SteppedClock
from unposted.store import ledger
from unposted.store.database import transaction
from unposted.sync.books import Batch, Kept
from unposted.sync.kept_books import KeptBooks

if TYPE_CHECKING:
    import duckdb

__all__ = ["NOW", "Shelf", "bad", "keep", "order", "read_list"]

NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)


def bad(record_id: str | None, code: str = "bad-shape") -> Bad:
    """Make a record that could not be read."""
    return Bad(1, record_id, code, "a field has the wrong type")


def order(order_id: str, total: int = 1000, **more: Any) -> Order:
    """Make an order of today, in dollars."""
    values: dict[str, Any] = {
        "name": f"#{order_id}", "created_at": NOW.replace(hour=6), "signals": "financial_status=PAID",
        "currency": "USD", "total": total, "refunded": 0, "net": total, "updated_at": NOW.replace(hour=9),
    }  # fmt: skip
    return Order(order_id, **{**values, **more})


@dataclass
class Shelf:
    """A store, and one source in it; each stream has its books."""

    clock: SteppedClock = field(default_factory=lambda: SteppedClock(NOW))
    store: duckdb.DuckDBPyConnection = field(default_factory=empty_store)
    source_id: int = 0

    def __post_init__(self) -> None:
        self.source_id = self.source("shop")

    def source(self, name: str) -> int:
        """Return the number of a source."""
        with transaction(self.store):
            return ledger.source_id_of(self.store, name, "store", "shopify")

    def books(self, name: str, *records: type, scope: str = "TRUE", source_id: int | None = None) -> KeptBooks:
        """Open the books of a stream for a run."""
        stream = LiveStream(name, records, "list", _nobody, _nothing, scope=scope)
        return KeptBooks(self.store, source_id or self.source_id, stream, self.clock)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        return self.store.execute(sql).fetchall()

    def current(self, table: str, column: str) -> list[str]:
        """List what is current in a kind's table."""
        sql = f"SELECT {column} FROM {table}_version WHERE known_to > TIMESTAMP '9000-01-01' ORDER BY 1"
        return [row[0] for row in self.rows(sql)]

    def quarantine(self) -> list[str]:
        """List the ids of what is in quarantine."""
        return [row[0] for row in self.rows("SELECT record_id FROM quarantine ORDER BY 1")]

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of all tables."""
        names = self.rows("SELECT table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY 1")
        return {name: self.rows(f"SELECT * FROM {name} ORDER BY ALL") for (name,) in names}


def keep(books: KeptBooks, *records: Record, bad: Sequence[Bad] = (), removed: Sequence[str] = ()) -> Kept:
    """Keep one page of a list."""
    return books.keep(Batch([*records], [*bad], [*removed], 1, is_list=True), books.cursor())


def read_list(books: KeptBooks, *records: Record, bad: Sequence[Bad] = (), end_missing: bool = True) -> int:
    """Read a whole list of one page, and return how many ended."""
    books.start_list(Cursor(list_began=NOW))
    keep(books, *records, bad=bad)
    return books.end_list(Cursor(listed_at=NOW), end_missing=end_missing)


def _nobody(_request: PageRequest) -> Page:
    return Page((), None)


def _nothing(*_given: object) -> Iterator[NoReturn]:
    yield from ()
