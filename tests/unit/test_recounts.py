"""A recount held against the current facts: what is missing, stale, incorrect or gone, to the record and by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.support.kept import NOW, Shelf, bad, keep, order
from unposted.connectors.live import Light
from unposted.domain.records import Customer, Master, Order, Staged
from unposted.store import recounts
from unposted.store.database import transaction
from unposted.sync.books import Differences
from unposted.sync.kept_books import KeptBooks

_HOUR = timedelta(hours=1)
_DAY = NOW.date()


def _light(record_id: str, **more: Any) -> Light:
    """Make what a recount shows of `kept.order`."""
    values = {"created_at": NOW.replace(hour=6), "updated_at": NOW.replace(hour=9), "currency": "USD", "total": 1000}
    return Light(record_id, **{**values, **more})


def _orders(*orders: Order) -> KeptBooks:
    books = Shelf().books("orders", Order)
    keep(books, *orders)
    return books


def _compared(here: Order | None, there: Light | None) -> Differences:
    books = _orders(*([here] if here else []))
    return books.compare([there] if there else [], NOW - timedelta(days=3), NOW)


_SAME = [
    (order("1"), _light("1")),
    (order("1"), _light("1", state="paid")),
    (order("1", signals="status_id=7;status=Awaiting Payment"), _light("1", state="awaiting payment")),
    (order("1"), _light("1", total=None, currency=None)),
    (order("1"), _light("1", updated_at=None)),
    (order("1", updated_at=None), _light("1")),
    (order("1", signals=""), _light("1", state="paid")),
    (order("1", total=0), _light("1", total=0)),
    (order("1", currency=""), _light("1")),
]
_STALE = [
    (order("1"), _light("1", updated_at=NOW)),
    (order("1"), _light("1", updated_at=NOW.replace(hour=9, microsecond=1))),
    (order("1"), _light("1", updated_at=NOW, total=5, state="refunded")),
]
_INCORRECT = [
    (order("1"), _light("1", updated_at=NOW - 12 * _HOUR)),
    (order("1"), _light("1", total=1001)),
    (order("1"), _light("1", total=-1000)),
    (order("1"), _light("1", currency="CAD")),
    (order("1"), _light("1", state="REFUNDED")),
    (order("1"), _light("1", state="paid", updated_at=None, total=7)),
]


@pytest.mark.parametrize(
    ("verdict", "here", "there"),
    [
        *[("", *pair) for pair in _SAME],
        *[("stale", *pair) for pair in _STALE],
        *[("incorrect", *pair) for pair in _INCORRECT],
        ("missing", None, _light("1")),
        ("gone", order("1"), None),
    ],
)
def test_a_record_gets_one_verdict(verdict: str, here: Order | None, there: Light | None) -> None:
    """Older than the source's is stale, as old and different is incorrect; what one side lacks cannot differ."""
    found = _compared(here, there)
    assert found.compared == 1
    expected = {kind: ("1",) if kind == verdict else () for kind in ("missing", "stale", "incorrect", "gone")}
    assert {kind: getattr(found, kind) for kind in expected} == expected
    assert found.ids == (("1",) if verdict else ())


def test_differences_are_counted_by_the_day_of_creation() -> None:
    """UTC days: compared, missing, stale, incorrect and gone, of each; our day stands where both have one."""
    yesterday = NOW - timedelta(days=1)
    books = _orders(
        order("1"), order("2"), order("3", created_at=yesterday), order("4", created_at=yesterday),
        order("5", created_at=datetime.combine(_DAY, datetime.min.time(), NOW.tzinfo)),
    )  # fmt: skip
    lights = [
        _light("1"), _light("2", total=1), _light("3", updated_at=NOW, created_at=yesterday),
        _light("6", created_at=yesterday), _light("7", created_at=yesterday),
    ]  # fmt: skip
    found = books.compare(lights, NOW - timedelta(days=3), NOW)
    assert found.days == {_DAY - timedelta(days=1): (4, 2, 1, 0, 1), _DAY: (3, 0, 0, 1, 1)}
    assert (found.missing, found.stale, found.incorrect, found.gone) == (("6", "7"), ("3",), ("2",), ("4", "5"))
    assert found.ids == ("6", "7", "3", "2", "4", "5")


def test_only_orders_of_the_span_are_held_against_it() -> None:
    """From the first instant on, and before the last one."""
    start = NOW - timedelta(days=1)
    books = _orders(
        order("before", created_at=start - timedelta(microseconds=1)), order("first", created_at=start),
        order("last", created_at=NOW - timedelta(microseconds=1)), order("after", created_at=NOW),
    )  # fmt: skip
    assert books.compare([], start, NOW).gone == ("first", "last")
    assert len(books.compare([], None, None).gone) == 4


def test_a_zone_changes_no_instant() -> None:
    """The source may write its times with any offset."""
    from zoneinfo import ZoneInfo

    far = ZoneInfo("Asia/Kolkata")
    light = _light("1", created_at=NOW.replace(hour=6).astimezone(far), updated_at=NOW.replace(hour=9).astimezone(far))
    found = _orders(order("1")).compare([light], (NOW - timedelta(days=3)).astimezone(far), NOW.astimezone(far))
    assert (found.ids, found.days) == ((), {_DAY: (1, 0, 0, 0, 0)})


@pytest.mark.parametrize("turn", [1, -1])
def test_a_record_that_the_recount_lists_twice_counts_once(turn: int) -> None:
    """Rows that move while pages are counted come twice; the newer word is the one that counts."""
    lights = [_light("1"), _light("1", updated_at=NOW), _light("9"), _light("9")][::turn]
    found = _orders(order("1")).compare(lights, NOW - timedelta(days=3), NOW)
    assert (found.compared, found.missing, found.stale) == (2, ("9",), ("1",))


def test_what_is_in_quarantine_is_not_missing() -> None:
    """By its whole id or by the part that it showed; what is missing beside it is."""
    books = Shelf().books("customers", Master)
    keep(books, Master("USTI", "C-1"), bad=[bad("C-2"), bad("USTI|C-3")])
    lights = [Light(f"USTI|C-{number}", None, None) for number in range(1, 5)]
    found = books.compare(lights, None, None)
    assert (found.missing, found.compared) == (("USTI|C-4",), 2)


def test_a_list_has_no_days() -> None:
    """All of it is one number; the recount's own times of creation do not cut it."""
    books = Shelf().books("customers", Customer)
    keep(books, Customer("c1", updated_at=NOW), Customer("c2"), Customer("c3"))
    lights = [Light("c1", NOW, NOW + _HOUR), Light("c2", NOW - timedelta(days=9), NOW), Light("c4", None, None)]
    found = books.compare(lights, NOW - timedelta(days=1), NOW)
    assert found.days == {None: (4, 1, 1, 0, 1)}
    assert (found.missing, found.stale, found.gone) == (("c4",), ("c1",), ("c3",))


def test_nothing_on_both_sides_is_nothing() -> None:
    """No days, no differences."""
    assert _orders().compare(iter(()), None, None) == Differences(0)


def test_another_stream_or_source_of_the_same_table_is_not_compared() -> None:
    """Contacts are not gone because a recount of accounts does not list them."""
    shelf = Shelf()
    accounts, contacts = (shelf.books(f"{kind}s", Staged, scope=f"kind = '{kind}'") for kind in ("account", "contact"))
    elsewhere = shelf.books("accounts", Staged, scope="kind = 'account'", source_id=shelf.source("other"))
    keep(accounts, Staged("account", "a1"))
    keep(contacts, Staged("contact", "p1"))
    keep(elsewhere, Staged("account", "a9"))
    assert accounts.compare([Light("a1", None, None)], None, None) == Differences(1, days={None: (1, 0, 0, 0, 0)})


def test_a_long_recount_is_compared_in_batches() -> None:
    """More than fit into one go, from a generator that is read once."""
    books = Shelf().books("customers", Customer)
    count = 45_000
    keep(books, *[Customer(str(number)) for number in range(1, count)])
    found = books.compare((Light(str(number), None, None) for number in range(count)), None, None)
    assert (found.compared, found.missing, found.gone) == (count, ("0",), ())


def test_a_comparison_leaves_nothing_behind() -> None:
    """Two in a row give the same, and the store keeps no temporary table."""
    books = _orders(order("1"))
    first, second = (books.compare([_light("1", total=3)], None, None) for _ in range(2))
    assert first == second
    names = [
        row[0] for row in books.connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    ]
    assert not {"there", "compared"} & set(names)


@pytest.mark.parametrize("day", [date(2026, 4, 12), None])
def test_the_last_recount_of_a_day_is_the_one_that_stands(day: date | None) -> None:
    """Of each stream and day, or of a whole list."""
    shelf = Shelf()
    for compared, stream in ((5, "orders"), (7, "orders"), (9, "customers")):
        with transaction(shelf.store):
            recounts.record_recount(shelf.store, shelf.source_id, stream, day, NOW, (compared, 1, 2, 3, 4))
    assert shelf.rows("SELECT stream, day, compared, missing, stale, incorrect, gone FROM recount ORDER BY 1") == [
        ("customers", day, 9, 1, 2, 3, 4), ("orders", day, 7, 1, 2, 3, 4)
    ]  # fmt: skip
