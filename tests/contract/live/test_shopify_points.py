"""A Shopify shop's points are kept to by the shop's own figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.live.shopify_shop import NOW, WEEK, Shop, drain, node_ids, stream_of
from unposted.connectors.live import PageRequest
from unposted.domain.cursor import Span
from unposted.sandbox.services.shopify_switches import ShopifySwitches

_SMALL = ShopifySwitches(maximum=200.0, restore=50.0)


def test_a_page_waits_until_the_points_for_it_are_back() -> None:
    """No call is throttled: what the last page asked for is known, and so is what is left."""
    shop = Shop(_SMALL)
    shop.orders(1000)
    connector = shop.connector()
    assert len(node_ids(drain(stream_of(connector, "orders")))) == 1000
    assert connector.spent.calls == 4
    assert {why for _, why in shop.waits} == {"Shopify's points come back"}
    assert connector.spent.waited == pytest.approx(shop.clock.monotonic())


def test_a_throttled_call_waits_just_as_long_as_the_points_need() -> None:
    """THROTTLED comes with status 200 and says what is missing: (asked - available) / restored a second."""
    shop = Shop(_SMALL)
    shop.orders(10)
    shop.service.bucket.drain(1000)
    connector = shop.connector()
    assert len(node_ids(drain(stream_of(connector, "orders")))) == 10
    assert connector.spent.calls == 2
    ((seconds, why),) = shop.waits
    assert why == "Shopify's points are used up"
    assert 1 < seconds < 4
    assert connector.spent.retries == 0


def test_points_that_another_app_takes_are_seen() -> None:
    """The bucket is the token's: the server's figure counts, not our sum (Shopify/shopify-api-js#602)."""
    shop = Shop(_SMALL)
    shop.orders(500)
    connector = shop.connector()
    stream = stream_of(connector, "orders")
    first = stream.fetch(PageRequest(WEEK))
    shop.service.bucket.drain(1000)
    assert len(node_ids(drain(stream, WEEK, first.next))) == 250
    assert shop.waits[-1][1] == "Shopify's points are used up"


def test_a_query_whose_price_is_not_known_yet_is_not_repeated_without_pause() -> None:
    """An expected price of 0 must not end in calls that are throttled again and again (BCApps PR#10417)."""
    shop = Shop(ShopifySwitches(maximum=200.0, restore=1.0))
    shop.orders(10)
    shop.service.bucket.drain(1000)
    connector = shop.connector()
    drain(stream_of(connector, "orders"))
    assert connector.spent.calls == 2
    assert len(shop.waits) == 1


def test_a_page_that_the_bucket_never_holds_is_made_smaller() -> None:
    """Waiting for more points than the bucket holds would last for ever."""
    shop = Shop(ShopifySwitches(maximum=40.0, restore=10.0))
    shop.orders(60)
    assert len(node_ids(drain(shop.stream("orders")))) == 60


def test_the_points_are_shown_among_the_limits() -> None:
    """Who asks for the limits reads what the server last said."""
    shop = Shop(_SMALL)
    shop.orders(1)
    connector = shop.connector()
    drain(stream_of(connector, "orders"))
    assert connector.spent.limits["points"].endswith("of 200 points left, 50 a second come back")


def test_waiting_fills_the_bucket_for_the_next_page() -> None:
    """Between two reads an hour apart no wait is due."""
    shop = Shop(_SMALL)
    shop.orders(500)
    stream = shop.stream("orders")
    first = stream.fetch(PageRequest(WEEK))
    shop.clock.sleep(3600)
    drain(stream, WEEK, first.next)
    assert shop.waits == []


def test_a_busy_shop_is_read_in_few_calls() -> None:
    """Half an hour of changes in a shop with many orders takes one call."""
    shop = Shop()
    shop.orders(3000)
    drain(shop.stream("orders"), Span(NOW - timedelta(minutes=30), NOW))
    assert shop.service.calls == 1
