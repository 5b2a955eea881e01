"""The oracle proves itself on tiny worlds: windows, states and versions, each answer worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.support.oracle import judge
from tests.support.oracle_status import state_of
from tests.support.oracle_window import bounds, days_between
from tests.support.world_examples import AS_OF, at, email, only_row, order, rows, shop, world

_TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("created", "counts"),
    [
        (at("2026-04-06T00:00:00"), True),
        (at("2026-04-06T00:00:00") - _TICK, False),
        (AS_OF, True),
        (AS_OF + _TICK, False),
    ],
)
def test_both_edges_of_the_window_belong_to_it(created: datetime, counts: bool) -> None:
    """An order placed at the window's first instant or at the as-of instant counts; one a tick outside does not."""
    assert len(rows(order(created_at=created))) == int(counts)


@pytest.mark.parametrize(
    ("zone", "as_of", "start"),
    [
        ("America/New_York", "2026-04-12T16:30:00", "2026-04-06T04:00:00"),
        ("America/New_York", "2026-04-12T03:59:59.999999", "2026-04-05T04:00:00"),
        ("America/New_York", "2026-03-12T15:00:00", "2026-03-06T05:00:00"),
        ("America/New_York", "2026-03-14T15:00:00", "2026-03-08T05:00:00"),
        ("America/New_York", "2026-03-15T15:00:00", "2026-03-09T04:00:00"),
        ("America/New_York", "2025-11-02T06:30:00", "2025-10-27T04:00:00"),
        ("Europe/Berlin", "2026-04-04T10:00:00", "2026-03-28T23:00:00"),
        ("Europe/Berlin", "2026-04-05T10:00:00", "2026-03-29T22:00:00"),
        ("America/Santiago", "2025-09-13T15:00:00", "2025-09-07T04:00:00"),
        ("America/Havana", "2025-11-08T18:00:00", "2025-11-02T04:00:00"),
        ("Asia/Kathmandu", "2026-04-12T18:15:00", "2026-04-06T18:15:00"),
        ("Asia/Kathmandu", "2026-04-12T18:14:59", "2026-04-05T18:15:00"),
        ("Pacific/Apia", "2012-01-05T02:00:00", "2011-12-30T10:00:00"),
    ],
)
def test_seven_days_begin_at_local_midnight(zone: str, as_of: str, start: str) -> None:
    """Seven days are calendar days of the zone, over clock changes, missing and doubled midnights and missing days."""
    assert bounds("7D", at(as_of), zone) == (at(start), at(as_of))


def test_a_range_ends_with_its_last_day() -> None:
    """A range of two dates runs to the last instant of the second one: 49 hours over the autumn clock change."""
    start, end = bounds("2025-11-01..2025-11-02", at("2025-12-01T00:00:00"), "America/New_York")
    assert (start, end) == (at("2025-11-01T04:00:00"), at("2025-11-03T04:59:59.999999"))


def test_a_range_never_goes_beyond_the_as_of_instant() -> None:
    """A range that reaches into the future ends at the as-of instant, and one that begins there is empty."""
    assert bounds("2026-04-11..2026-04-20", AS_OF, "UTC") == (at("2026-04-11T00:00:00"), AS_OF)
    assert rows(order(created_at=AS_OF), window="2026-04-13..2026-04-14") == ()


def test_age_counts_local_calendar_days() -> None:
    """Two minutes over local midnight are one day, 23 hours within a day are none."""
    assert days_between(at("2026-04-11T03:59:00"), at("2026-04-11T04:01:00"), "America/New_York") == 1
    assert days_between(at("2026-04-11T04:01:00"), at("2026-04-12T03:01:00"), "America/New_York") == 0


@pytest.mark.parametrize(
    ("platform", "signals", "state"),
    [
        ("shopify", "financial_status=PAID", "active"),
        ("shopify", "", "active"),
        ("shopify", "financial_status=PAID;cancelled", "cancelled"),
        ("shopify", "cancelled;financial_status=REFUNDED", "cancelled"),
        ("shopify", "test;cancelled", "test"),
        ("shopify", "financial_status=VOIDED", "refunded"),
        ("shopify", "financial_status=REFUNDED;draft_status=OPEN", "refunded"),
        ("shopify", "financial_status=PARTIALLY_REFUNDED", "active"),
        ("shopify", "draft_status=OPEN", "quote"),
        ("shopify", "draft_status=COMPLETED", "quote"),
        ("bigcommerce", "status_id=0", "incomplete"),
        ("bigcommerce", "status_id=1", "incomplete"),
        ("bigcommerce", "status_id=2", "active"),
        ("bigcommerce", "status_id=4", "refunded"),
        ("bigcommerce", "status_id=5", "cancelled"),
        ("bigcommerce", "status_id=6", "cancelled"),
        ("bigcommerce", "status_id=14", "active"),
        ("bigcommerce", "status_id=11;payment_status=void", "refunded"),
        ("bigcommerce", "status_id=5;payment_method=test payment gateway", "test"),
        ("adobe_commerce", "state=pending_payment", "incomplete"),
        ("adobe_commerce", "state=canceled", "cancelled"),
        ("adobe_commerce", "state=closed;state=pending_payment", "refunded"),
        ("adobe_commerce", "quote_status=created", "quote"),
        ("adobe_commerce", "state=new;quote_status=ordered", "quote"),
        ("adobe_commerce", "state=fraud", "active"),
        ("adobe_commerce", "state=fraud;state=canceled", "cancelled"),
    ],
)
def test_signals_decide_the_state(platform: str, signals: str, state: str) -> None:
    """Each platform's raw states become one of six, and the first of test, cancelled, refunded ... wins."""
    assert state_of(platform, {}, signals) == state


@pytest.mark.parametrize("signals", ["financial_status=VOIDED", "cancelled", "test", "draft_status=OPEN"])
def test_only_active_orders_count(signals: str) -> None:
    """A party whose only order is not active is not on the card."""
    assert rows(order(signals=signals)) == ()


def test_a_store_overrides_the_table() -> None:
    """A store may call a known state something else; another store keeps the table's meaning."""
    stores = (shop(statuses={"financial_status=PAID": "incomplete"}), shop("eu"))
    row = only_row(order(), stores=stores, eu=[order("2")])
    assert (row.stores, row.orders) == (("eu",), 1)


def test_unknown_states_count_and_are_reported() -> None:
    """Active orders of the window tell their unknown signals, once each; a store's override makes one known."""
    strange = "financial_status=WIBBLE;financial_status=WIBBLE"
    made = world(
        stores=(shop(), shop("eu", statuses={"financial_status=WIBBLE": "active"})),
        facts={
            "web": [
                order("1", signals=strange),
                order("2", signals=strange),
                order("3", signals=f"{strange};cancelled"),
                order("4", signals=strange, created_at=AS_OF + _TICK),
            ],
            "eu": [order("1", signals=strange)],
        },
    )
    expected = judge(made)
    assert dict(expected.unmapped_statuses) == {"financial_status=WIBBLE": 2}
    assert expected.rows[0].orders == 3


@pytest.mark.parametrize(
    ("first", "second", "newest"),
    [
        ("2026-04-10T13:00:00", "2026-04-10T14:00:00", "second"),
        ("2026-04-10T14:00:00", "2026-04-10T13:00:00", "first"),
        ("2026-04-10T14:00:00", "2026-04-10T14:00:00", "second"),
        ("2026-04-10T14:00:00", None, "second"),
        (None, "2026-04-10T14:00:00", "second"),
        (None, None, "second"),
    ],
)
def test_an_order_met_twice_counts_in_its_newest_version(first: str | None, second: str | None, newest: str) -> None:
    """The newer update time wins; where times are equal or missing, the version read later does."""
    totals = {"first": 100, "second": 200}
    versions = [
        order(total=totals[name], updated_at=time and at(time)) for name, time in [("first", first), ("second", second)]
    ]
    row = only_row(*versions)
    assert (row.orders, row.blocked) == (1, totals[newest])


def test_a_newer_version_may_cancel() -> None:
    """An order that was active and is cancelled in its newest version is not active."""
    assert rows(order(updated_at=at("2026-04-10T13:00:00")), order(signals="cancelled", updated_at=AS_OF)) == ()


def test_the_same_number_in_two_stores_is_two_orders() -> None:
    """Order ids belong to their store."""
    assert only_row(order("7"), eu=[order("7")]).orders == 2


def test_an_edited_order_counts_once() -> None:
    """The order that an edit replaced is gone, whatever became of the new one; other stores do not matter."""
    old, new = order("1", total=100), order("1-1", total=300, replaces="1")
    assert only_row(old, new).blocked == 300
    assert rows(old, new._replace(signals="cancelled")) == ()
    assert only_row(old, eu=[new]).orders == 2


def test_an_edit_counts_from_when_it_was_made() -> None:
    """Before the edit the old order stood; after it the old one is gone even from a window that ends earlier."""
    old, new = order("1", total=100), order("1-1", total=300, replaces="1", created_at=at("2026-04-12T06:00:00"))
    assert only_row(old, new, as_of=at("2026-04-12T05:00:00")).blocked == 100
    assert rows(old, new, window="2026-04-09..2026-04-11") == ()


def test_alert_fires_above_ten() -> None:
    """Ten absent parties are fine, eleven fire the alert."""
    orders = [order(str(number), keys=email(f"guest{number}@example.org")) for number in range(11)]
    ten, eleven = world(facts={"web": orders[:10]}), world(facts={"web": orders})
    assert [(judge(made).value, judge(made).alert.state) for made in (ten, eleven)] == [(10, "ok"), (11, "firing")]
