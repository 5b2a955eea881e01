"""A Shopify shop is counted again by another path, and single records are fetched by their ids."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.live.shopify_shop import (
    NOW,
    WEEK,
    Shop,
    company_row,
    customer_row,
    draft_row,
    drain,
    node_ids,
    order_row,
    records,
    stream_of,
)
from unposted.connectors.formats import Bad
from unposted.connectors.live import Light, LiveStream
from unposted.domain.records import Company, Order
from unposted.errors import SourceRefused
from unposted.sandbox.services.shopify import ShopifyService
from unposted.sandbox.services.shopify_switches import ALL_SCOPES, ShopifySwitches
from unposted.sandbox.world import make_world

_DAY = timedelta(days=1)
_NARROW = ShopifySwitches(scopes=ALL_SCOPES - {"read_all_orders"})


def _counted(stream: LiveStream, *span: object) -> list[Light]:
    assert stream.recount is not None
    return list(stream.recount(*(span or (None, None))))  # type: ignore[arg-type]


def _fetched(stream: LiveStream, ids: list[str]) -> list[object]:
    assert stream.by_id is not None
    return list(records(stream, stream.by_id(ids)))


def test_a_recount_agrees_with_what_was_read() -> None:
    """Ids, states, currencies and totals, for every order of the made-up world."""
    shop = Shop()
    shop.service = ShopifyService.of_world(make_world(7), shop.clock.now, "http://sandbox/shopify")
    stream = shop.stream("orders")
    read = [one for one in records(stream, drain(stream, WEEK)) if isinstance(one, Order)]
    counted = {light.record_id: light for light in _counted(stream)}
    assert len(read) > 100
    for order in read:
        light = counted[order.order_id]
        assert (light.created_at, light.updated_at) == (order.created_at, order.updated_at)
        assert (light.state, light.currency, light.total) == (order.signals, order.currency, order.total)


def test_a_recount_goes_by_the_time_of_creation() -> None:
    """From one instant to before another, whatever changed since."""
    shop = Shop()
    start, end = NOW - 3 * _DAY, NOW - 2 * _DAY
    for number, created in enumerate((start - timedelta(seconds=1), start, end - timedelta(seconds=1), end), 1):
        shop.service.put_order(order_row(number, NOW, created))
    assert [light.record_id for light in _counted(shop.stream("orders"), start, end)] == ["2", "3"]


def test_a_recount_misses_what_was_deleted() -> None:
    """The API leaves no tombstone; only the count tells."""
    shop = Shop()
    shop.orders(600)
    shop.service.remove("orders", "5300")
    counted = {light.record_id for light in _counted(shop.stream("orders"))}
    assert (len(counted), "5300" in counted) == (599, False)


def test_a_recount_reads_few_fields() -> None:
    """Neither names nor addresses nor e-mails: its page costs less."""
    shop = Shop(ShopifySwitches(denied=frozenset({"Order.email", "Order.customer"})))
    shop.orders(3)
    connector = shop.connector()
    assert len(_counted(stream_of(connector, "orders"))) == 3
    assert connector.narrowed == frozenset()


def test_hidden_orders_are_not_counted_as_deleted() -> None:
    """A token that sees 60 days cannot count 90 (airbytehq/airbyte#58668)."""
    shop = Shop(_NARROW)
    shop.orders(3)
    stream = shop.stream("orders")
    with pytest.raises(SourceRefused, match="hides orders from before 11 Feb 2026"):
        _counted(stream, NOW - 90 * _DAY, NOW)
    assert len(_counted(stream, NOW - 59 * _DAY, NOW)) == 3


def test_customers_are_counted_by_their_day_and_cut_to_the_instant() -> None:
    """Their search has no `created_at`; it is `customer_date`."""
    shop = Shop()
    for number in range(1, 101):
        shop.service.put_customer(customer_row(number, NOW, created=NOW - number * timedelta(hours=1)))
    counted = _counted(shop.stream("customers"), NOW - timedelta(hours=20), NOW - timedelta(hours=10))
    assert [light.record_id for light in counted] == [str(number) for number in range(20, 10, -1)]


def test_companies_are_counted_daily_for_nothing_else_tells_that_one_is_gone() -> None:
    """The other streams are counted when somebody verifies."""
    shop = Shop()
    shop.service.put_company(company_row(7, NOW))
    connector = shop.connector()
    assert [one.name for one in connector.streams if one.recount_daily] == ["companies"]
    assert [light.record_id for light in _counted(stream_of(connector, "companies"))] == ["7"]


def test_draft_orders_are_counted_under_their_own_ids() -> None:
    """A draft's id is that of its record, its state its own."""
    shop = Shop()
    shop.service.put_draft(draft_row(5, NOW - _DAY))
    (light,) = _counted(shop.stream("draft_orders"))
    assert (light.record_id, light.state) == ("draft-5", "draft_status=OPEN")


@pytest.mark.parametrize("exponent", [0.38, 1.0])
def test_hundreds_of_orders_are_fetched_by_id(exponent: float) -> None:
    """At most 250 at a time, fewer where they cost too much."""
    shop = Shop(ShopifySwitches(exponent=exponent))
    shop.orders(600)
    ids = [str(5001 + place) for place in range(0, 600, 1)]
    assert len(_fetched(shop.stream("orders"), ids)) == 600


def test_an_order_that_is_gone_is_left_out() -> None:
    """The node is null and nobody denied it."""
    shop = Shop()
    shop.orders(3)
    found = _fetched(shop.stream("orders"), ["5001", "777", "no-number", "5003"])
    assert [one.order_id for one in found if isinstance(one, Order)] == ["5001", "5003"]


def test_an_order_that_is_hidden_by_its_age_is_not_left_out() -> None:
    """It may well be there: it goes to quarantine, where people see it, and is not taken for deleted."""
    shop = Shop(_NARROW)
    shop.service.put_order(order_row(100, NOW - 90 * _DAY))
    shop.service.put_order(order_row(200, NOW - 10 * _DAY))
    found = _fetched(shop.stream("orders"), ["100", "200", "300"])
    assert [one.order_id for one in found if isinstance(one, Order)] == ["200"]
    assert [one.record_id for one in found if isinstance(one, Bad)] == ["100"]


def test_a_company_fetched_by_id_has_all_its_locations() -> None:
    """Those beyond the first ten too."""
    shop = Shop()
    shop.service.put_company(company_row(7, NOW, locations=15))
    (found,) = _fetched(shop.stream("companies"), ["7"])
    assert isinstance(found, Company)
    assert len([key for key in found.keys if key.value.startswith("DE1366959")]) == 15


def test_draft_orders_and_customers_are_fetched_by_id() -> None:
    """Each by the id that it is stored under."""
    shop = Shop()
    shop.service.put_draft(draft_row(5, NOW))
    shop.service.put_customer(customer_row(6, NOW))
    connector = shop.connector()
    for name, one in (("draft_orders", "draft-5"), ("customers", "6")):
        stream = stream_of(connector, name)
        assert stream.by_id is not None
        assert node_ids(stream.by_id([one])) == [one.removeprefix("draft-")]
