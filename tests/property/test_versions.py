"""Facts keep their versions: whatever is read in whatever order, nothing is lost, doubled or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.product import empty_store
from unposted.domain.records import Customer, Key, Master
from unposted.store import facts

if TYPE_CHECKING:
    import duckdb

_DAY_ONE = datetime(2026, 4, 1, tzinfo=UTC)
_CUSTOMERS = facts.table_of(Customer)
_MASTERS = facts.table_of(Master)


class _Delivery(NamedTuple):
    """One record as it is read in one run."""

    run: int
    record: int
    hour: int | None
    name: str


_deliveries = st.lists(
    st.builds(
        _Delivery, st.integers(0, 3), st.integers(0, 2), st.one_of(st.none(), st.integers(0, 5)), st.sampled_from("ab")
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    """One store in memory, emptied before each use."""
    connection = empty_store()
    yield connection
    connection.close()


def _customer(delivery: _Delivery) -> Customer:
    updated = None if delivery.hour is None else _DAY_ONE + timedelta(hours=delivery.hour)
    return Customer(str(delivery.record), delivery.name, updated, keys=(Key("email", f"{delivery.name}@example.com"),))


def _empty(store: duckdb.DuckDBPyConnection) -> None:
    for name in ("customer_version", "customer_key", "master_version", "master_key"):
        store.execute(f"TRUNCATE {name}")


def _merge(store: duckdb.DuckDBPyConnection, run: int, records: list[Customer]) -> facts.Merged:
    facts.start_staging(store, _CUSTOMERS)
    facts.stage(store, _CUSTOMERS, 1, 0, records)
    return facts.merge(store, _CUSTOMERS, _DAY_ONE + timedelta(days=run))


def _current(store: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = store.execute(
        "SELECT customer_id, name FROM customer_version WHERE known_to > TIMESTAMP '9999-01-01'"
    ).fetchall()
    assert len({customer for customer, _ in rows}) == len(rows), "a record has two current versions"
    return dict(rows)


@settings(max_examples=30)
@given(deliveries=_deliveries)
def test_the_newest_version_stands_and_every_record_has_one(
    store: duckdb.DuckDBPyConnection, deliveries: list[_Delivery]
) -> None:
    """Of timed versions the newest by update time stands, the later one read where times are equal."""
    timed = [item._replace(hour=item.hour or 0) for item in deliveries]
    _empty(store)
    for run in range(4):
        _merge(store, run, [_customer(item) for item in timed if item.run == run])
    expected: dict[str, tuple[int, str]] = {}
    for item in sorted(timed, key=lambda item: item.run):
        before, hour = expected.get(str(item.record)), item.hour or 0
        if before is None or hour >= before[0]:
            expected[str(item.record)] = (hour, item.name)
    assert _current(store) == {record: name for record, (_, name) in expected.items()}


@settings(max_examples=20)
@given(deliveries=_deliveries)
def test_reading_the_same_again_makes_no_version(store: duckdb.DuckDBPyConnection, deliveries: list[_Delivery]) -> None:
    """A second reading of the same records stores nothing and leaves the same rows."""
    _empty(store)
    records = [_customer(item) for item in deliveries]
    _merge(store, 0, records)
    before = store.execute("SELECT * EXCLUDE (updated_at) FROM customer_version ORDER BY ALL").fetchall()
    again = _merge(store, 1, records)
    assert again.stored == 0
    assert store.execute("SELECT * EXCLUDE (updated_at) FROM customer_version ORDER BY ALL").fetchall() == before


@settings(max_examples=20)
@given(deliveries=_deliveries)
def test_versions_follow_one_another_without_gap_or_overlap(
    store: duckdb.DuckDBPyConnection, deliveries: list[_Delivery]
) -> None:
    """Each version is known from the instant the one before it ends; its keys live exactly as long."""
    _empty(store)
    for run in range(4):
        _merge(store, run, [_customer(item) for item in deliveries if item.run == run])
    rows = store.execute(
        "SELECT customer_id, version, known_from, known_to FROM customer_version ORDER BY 1, 2"
    ).fetchall()
    for one, following in pairwise(rows):
        if one[0] == following[0]:
            assert (following[1], following[2]) == (one[1] + 1, one[3])
    spans = store.execute(
        "SELECT customer_id, version, known_from, known_to FROM customer_key ORDER BY 1, 2"
    ).fetchall()
    assert spans == rows


def test_a_master_record_that_a_whole_list_no_longer_shows_ends(store: duckdb.DuckDBPyConnection) -> None:
    """A whole list ends what it lacks, within its scope, and a record that comes back gets a new version."""
    _empty(store)

    def merge(day: int, accounts: str) -> facts.Merged:
        facts.start_staging(store, _MASTERS)
        facts.stage(store, _MASTERS, 1, 0, [Master("USTI", account, account) for account in accounts])
        return facts.merge(store, _MASTERS, _DAY_ONE + timedelta(days=day), whole="source_id = 1")

    assert merge(0, "ABC") == facts.Merged(3, 0, 0)
    assert merge(1, "AB") == facts.Merged(0, 2, 1)
    assert merge(2, "ABC") == facts.Merged(1, 2, 0)
    rows = store.execute("SELECT account, max(version) FROM master_version GROUP BY 1 ORDER BY 1").fetchall()
    assert rows == [("A", 1), ("B", 1), ("C", 2)]
