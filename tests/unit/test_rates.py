"""Which exchange rate a day gets: the ERP's own table before the workspace's, the direct rate before the inverse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import duckdb
import pytest

from unposted.cards.rates import known_rates
from unposted.domain.fx import Rate
from unposted.domain.records import ExchangeRate
from unposted.domain.window import window_of
from unposted.store import facts, ledger
from unposted.store.database import migrate
from unposted.workspace.model import Dynamics, FieldMap, Fx, Workspace

_AS_OF = datetime(2026, 4, 12, 18, tzinfo=UTC)
_ZONE = ZoneInfo("America/New_York")
_WORKSPACE = Workspace(
    Path("unposted.toml"), "US Trade", _ZONE, "USD", (),
    (Dynamics("fno", "finance_operations", MappingProxyType({})),), (), FieldMap(),
    Fx(MappingProxyType({"CAD": Decimal("0.70")})),
)  # fmt: skip


@pytest.fixture
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty store."""
    connection = duckdb.connect()
    migrate(connection)
    yield connection
    connection.close()


def _learn(store: duckdb.DuckDBPyConnection, at: datetime, *rates: ExchangeRate) -> None:
    number = ledger.source_id_of(store, "fno", "dynamics", "finance_operations")
    table = facts.table_of(ExchangeRate)
    facts.start_staging(store, table)
    facts.stage(store, table, number, 0, rates)
    facts.merge(store, table, at)
    ledger.finish_first_sync(store, number, at)


def _rates(store: duckdb.DuckDBPyConnection, as_of: datetime = _AS_OF) -> list[Rate]:
    found = known_rates(store, _WORKSPACE, as_of, window_of("7D", as_of, _ZONE))
    return [rate for rate in found if rate.rank == 1]


def test_the_erps_rate_is_good_until_the_next_one() -> None:
    """It begins on its day and ends where the ERP says so, else never."""
    store = duckdb.connect()
    migrate(store)
    _learn(
        store, datetime(2026, 4, 1, tzinfo=UTC),
        ExchangeRate("", "CAD", "USD", date(2026, 3, 1), "0.73"),
        ExchangeRate("", "EUR", "USD", date(2026, 3, 1), "1.10", date(2026, 4, 30)),
    )  # fmt: skip
    assert [(rate.currency, rate.rate, rate.until) for rate in _rates(store)] == [
        ("CAD", Decimal("0.73"), date.max),
        ("EUR", Decimal("1.10"), date(2026, 4, 30)),
    ]


def test_the_other_direction_serves_where_there_is_no_direct_rate(store: duckdb.DuckDBPyConnection) -> None:
    """A Canadian company keeps US dollars in Canadian ones; so the rate is turned round, to 15 digits."""
    _learn(
        store, datetime(2026, 4, 1, tzinfo=UTC),
        ExchangeRate("CATU", "USD", "CAD", date(2026, 3, 1), "1.25"),
        ExchangeRate("CATU", "USD", "EUR", date(2026, 3, 1), "0.9"),
        ExchangeRate("USTI", "EUR", "USD", date(2026, 3, 1), "1.10"),
    )  # fmt: skip
    assert [(rate.currency, rate.rate) for rate in _rates(store)] == [("EUR", Decimal("1.10")), ("CAD", Decimal("0.8"))]


def test_a_rate_that_had_ended_or_not_begun_is_left_out(store: duckdb.DuckDBPyConnection) -> None:
    """Only what touches the window is taken."""
    _learn(
        store, datetime(2026, 4, 1, tzinfo=UTC),
        ExchangeRate("", "CAD", "USD", date(2026, 1, 1), "0.71", date(2026, 3, 31)),
        ExchangeRate("", "CAD", "USD", date(2026, 4, 20), "0.75"),
    )  # fmt: skip
    assert not _rates(store)


def test_a_reading_of_the_past_uses_the_rate_that_was_known_then(store: duckdb.DuckDBPyConnection) -> None:
    """A rate that the ERP corrected later does not change what was said before."""
    _learn(store, datetime(2026, 4, 1, tzinfo=UTC), ExchangeRate("", "CAD", "USD", date(2026, 3, 1), "0.73"))
    _learn(store, datetime(2026, 4, 14, tzinfo=UTC), ExchangeRate("", "CAD", "USD", date(2026, 3, 1), "0.99"))
    assert [rate.rate for rate in _rates(store)] == [Decimal("0.73")]
    assert [rate.rate for rate in _rates(store, datetime(2026, 4, 15, tzinfo=UTC))] == [Decimal("0.99")]


@pytest.mark.parametrize(
    "rate",
    [ExchangeRate("", "XQQ", "USD", date(2026, 3, 1), "2"), ExchangeRate("", "CAD", "USD", date(2026, 3, 1), "0")],
)
def test_a_rate_that_cannot_be_is_left_out(store: duckdb.DuckDBPyConnection, rate: ExchangeRate) -> None:
    """A currency that nobody knows and a rate of nothing are no rates."""
    _learn(store, datetime(2026, 4, 1, tzinfo=UTC), rate)
    assert not _rates(store)


def test_a_source_that_is_not_configured_gives_no_rates(store: duckdb.DuckDBPyConnection) -> None:
    """What a removed source once said is not used."""
    _learn(store, datetime(2026, 4, 1, tzinfo=UTC), ExchangeRate("", "CAD", "USD", date(2026, 3, 1), "0.73"))
    found = known_rates(store, replace(_WORKSPACE, dynamics=()), _AS_OF, window_of("7D", _AS_OF, _ZONE))
    assert [(rate.currency, rate.rank) for rate in found] == [("USD", 0), ("CAD", 3)]
