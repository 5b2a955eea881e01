"""Batches of a sync in the store: put in one go they are what staging and merging makes of them, in little memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from unposted.domain.records import Customer, Key, Order
from unposted.store import facts
from unposted.store.database import open_store, within_memory

_AT = datetime(2026, 4, 12, 18, tzinfo=UTC)
Write = Callable[[duckdb.DuckDBPyConnection, datetime, Sequence[Order]], facts.Merged]


def _order(number: int, minute: int = 0, total: int = 100) -> Order:
    keys = (Key("email", f"b{number}@mail.example"), Key("phone", f"+1303555{number:04d}"))
    return Order(
        str(number), f"#{number}", _AT, "paid", "USD", total, 0, total, _AT + timedelta(minutes=minute), keys=keys
    )


def _put(store: duckdb.DuckDBPyConnection, now: datetime, orders: Sequence[Order]) -> facts.Merged:
    return facts.put(store, facts.table_of(Order), 1, now, orders)


def _staged(store: duckdb.DuckDBPyConnection, now: datetime, orders: Sequence[Order]) -> facts.Merged:
    table = facts.table_of(Order)
    facts.start_staging(store, table)
    facts.stage(store, table, 1, 0, orders)
    return facts.merge(store, table, now)


_RUNS = (
    [_order(1), _order(2), _order(1, 5, 120)],  # all new, one of them twice
    [_order(3), _order(4)],  # all new beside what is there
    [_order(1, 5, 120), _order(2, 9, 130), _order(5)],  # unchanged, changed, new
    [_order(2, 1, 999)],  # older than what is there
)


def _told(write: Write) -> tuple[list[facts.Merged], list[tuple[object, ...]]]:
    store = open_store(Path(":memory:"))
    merged = [write(store, _AT + timedelta(hours=place), orders) for place, orders in enumerate(_RUNS)]
    tables = ("order_version", "order_key", "order_signal")
    rows = [row for table in tables for row in store.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()]
    store.close()
    return merged, rows


def test_a_batch_put_in_one_go_is_what_staging_and_merging_makes_of_it() -> None:
    """New, changed, unchanged, repeated and older records end the same in every table."""
    merged, rows = _told(_put)
    assert (merged, rows) == _told(_staged)
    assert merged == [facts.Merged(2, 0, 0), facts.Merged(2, 0, 0), facts.Merged(2, 1, 0), facts.Merged(0, 1, 0)]


def test_a_batch_of_nothing_changes_nothing() -> None:
    """No record of a kind is no reason to touch its tables."""
    store = open_store(Path(":memory:"))
    assert facts.put(store, facts.table_of(Customer), 1, _AT, []) == facts.Merged(0, 0, 0)
    assert store.execute("SELECT count(*) FROM customer_version").fetchone() == (0,)
    store.close()


@pytest.mark.parametrize("limit", [None, "128MB"])
def test_the_store_takes_little_memory_for_a_while(limit: str | None, tmp_path: Path) -> None:
    """Within the block it is limited, afterwards it has what it had before."""
    store = open_store(tmp_path / "store.duckdb")
    before = store.execute("SELECT current_setting('memory_limit')").fetchone()
    with within_memory(store, limit):
        inside = store.execute("SELECT current_setting('memory_limit')").fetchone()
    assert (inside == before) is (limit is None)
    assert store.execute("SELECT current_setting('memory_limit')").fetchone() == before
    store.close()
