"""Lists of a Shopify shop are read whole: ties, edits while paging, forgotten cursors, dear pages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.live.shopify_shop import (
    NOW,
    WEEK,
    Shop,
    at,
    company_row,
    customer_row,
    draft_row,
    drain,
    node_ids,
    order_row,
    records,
    stream_of,
)
from unposted.connectors.live import PageRequest
from unposted.connectors.shopify.walk import Token
from unposted.domain.cursor import Span
from unposted.domain.records import Company, Customer, Order
from unposted.errors import BadAnswer, SourceDown, SourceRefused
from unposted.sandbox.services.shopify_switches import ShopifySwitches

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def test_every_order_of_a_span_is_read_once() -> None:
    """Three pages; the records are those of the shop, in order of change."""
    shop = Shop()
    shop.orders(600)
    pages = drain(shop.stream("orders"))
    assert [len(page.items) for page in pages] == [250, 250, 100]
    assert node_ids(pages) == [str(5001 + place) for place in range(600)]


def test_both_ends_of_a_span_belong_to_it() -> None:
    """An order changed at the first or the last second is read; one a second outside is not."""
    shop = Shop()
    span = Span(NOW - _DAY, NOW - timedelta(hours=1))
    for number, moment in enumerate((span.start, span.end), 1):
        shop.service.put_order(order_row(number, moment))
    shop.service.put_order(order_row(8, span.start - timedelta(seconds=1)))
    shop.service.put_order(order_row(9, span.end + timedelta(seconds=1)))
    assert node_ids(drain(shop.stream("orders"), span)) == ["1", "2"]


def test_a_span_with_parts_of_a_second_loses_nothing() -> None:
    """Shopify shows whole seconds, so a span's parts of a second are rounded outwards."""
    shop = Shop()
    shop.service.put_order(order_row(1, NOW - _DAY))
    shop.service.put_order(order_row(2, NOW - _MINUTE))
    half = timedelta(milliseconds=500)
    span = Span(NOW - _DAY + half, NOW - _MINUTE - half)
    assert node_ids(drain(shop.stream("orders"), span)) == ["1", "2"]


def test_many_orders_of_one_second_are_all_read() -> None:
    """Ties go over pages by id."""
    shop = Shop()
    for number in range(1, 31):
        shop.service.put_order(order_row(number, NOW - _DAY))
    assert node_ids(drain(shop.stream("orders", page_size=7))) == [str(number) for number in range(1, 31)]


def test_an_order_edited_while_paging_shifts_nothing() -> None:
    """It moves out of the span; the others are read all the same, and the next span has it.

    singer-io/tap-shopify#198.
    """
    shop = Shop()
    shop.orders(30)
    stream = shop.stream("orders", page_size=10)
    first = stream.fetch(PageRequest(WEEK))
    shop.clock.sleep(600)
    shop.service.put_order(order_row(5003, shop.clock.now()))
    rest = drain(stream, WEEK, first.next)
    assert node_ids(rest) == [str(5011 + place) for place in range(20)]
    assert node_ids(drain(stream, Span(NOW, shop.clock.now()))) == ["5003"]


def test_an_order_that_becomes_visible_late_is_read_by_a_later_span() -> None:
    """The search index of the platform lags; the same span read again has it."""
    shop = Shop()
    shop.orders(3)
    shop.service.put_order(order_row(9, NOW - timedelta(hours=2)), visible_at=NOW + timedelta(hours=1))
    stream = shop.stream("orders")
    assert "9" not in node_ids(drain(stream))
    shop.clock.sleep(7200)
    assert "9" in node_ids(drain(stream))


def test_a_removed_order_shifts_nothing() -> None:
    """A cursor stands for a time and an id, not for a place."""
    shop = Shop()
    shop.orders(30)
    stream = shop.stream("orders", page_size=10)
    first = stream.fetch(PageRequest(WEEK))
    shop.service.remove("orders", "5010")
    assert node_ids(drain(stream, WEEK, first.next)) == [str(5011 + place) for place in range(20)]


def test_a_forgotten_cursor_goes_on_from_the_last_rows_time() -> None:
    """The token keeps that time; the row of that time comes again and nothing is lost."""
    shop = Shop()
    shop.orders(30)
    stream = shop.stream("orders", page_size=10)
    token = Token.of(stream.fetch(PageRequest(WEEK)).next)
    forgotten = Token(after="bm8gc3VjaCBwbGFjZQ==", bound=token.bound, rows=token.rows).text
    assert node_ids(drain(stream, WEEK, forgotten)) == [str(5010 + place) for place in range(21)]


def test_a_long_walk_starts_anew_before_lists_may_end() -> None:
    """Some lists end at 25,000 rows; the walk begins again at a time, and meets every order."""
    shop = Shop()
    shop.orders(1200)
    pages = drain(shop.stream("orders", cursor_reach=500))
    assert set(node_ids(pages)) == {str(5001 + place) for place in range(1200)}
    assert [Token.of(page.next).since is not None for page in pages[:-1]].count(True) >= 2


def test_a_long_walk_over_one_second_comes_to_its_end() -> None:
    """Where a time is all that is left to begin with, the cursor is kept."""
    shop = Shop()
    for number in range(1, 801):
        shop.service.put_order(order_row(number, NOW - _DAY))
    assert set(node_ids(drain(shop.stream("orders", cursor_reach=250)))) == {str(number) for number in range(1, 801)}


def test_a_list_that_stands_still_is_an_error() -> None:
    """The same cursor twice would go on for ever."""
    shop = Shop(ShopifySwitches(repeats_pages=True))
    shop.orders(3)
    stream = shop.stream("orders", page_size=2)
    with pytest.raises(BadAnswer) as raised:
        drain(stream)
    assert raised.value.code == "page-repeated"


@pytest.mark.parametrize(
    ("size", "setting", "held"), [(None, 100, 100), (10, 100, 10), (None, 9000, 250), (300, None, 250)]
)
def test_a_page_has_the_rows_that_are_asked_for(size: int | None, setting: int | None, held: int) -> None:
    """The request's size, else the setting, never more than Shopify allows."""
    shop = Shop()
    shop.orders(260)
    assert len(shop.stream("orders", page_size=setting).fetch(PageRequest(WEEK, None, size)).items) == held


@pytest.mark.parametrize("exponent", [0.6, 0.8, 1.0])
def test_a_page_that_costs_too_much_is_asked_for_smaller(exponent: float) -> None:
    """No waiting, no retry; the size is kept for the pages that follow."""
    shop = Shop(ShopifySwitches(exponent=exponent))
    shop.orders(300)
    connector = shop.connector()
    stream = stream_of(connector, "orders")
    assert node_ids(drain(stream)) == [str(5001 + place) for place in range(300)]
    assert connector.spent.retries == 0
    before = shop.service.calls
    stream.fetch(PageRequest(WEEK))
    assert shop.service.calls == before + 1


def test_an_order_that_costs_too_much_alone_is_refused() -> None:
    """One row is the least that can be asked for."""
    shop = Shop(ShopifySwitches(max_cost=10))
    shop.orders(2)
    with pytest.raises(SourceRefused, match="dtc: Even one record costs more points"):
        drain(shop.stream("orders"))


def test_a_record_that_shopify_fails_at_can_be_passed_over() -> None:
    """Its page fails; alone it is told by its id, and the walk goes on behind it."""
    shop = Shop(ShopifySwitches(poisoned=frozenset({"gid://shopify/Order/5003"})))
    shop.orders(6)
    stream = shop.stream("orders")
    with pytest.raises(SourceDown) as raised:
        stream.fetch(PageRequest(WEEK, None, 5))
    assert raised.value.code == "source-failing"
    second = stream.fetch(PageRequest(WEEK, None, 2))
    assert stream.skip is not None
    skipped, following = stream.skip(PageRequest(WEEK, second.next, 1))
    assert skipped == "5003"
    assert node_ids(drain(stream, WEEK, following)) == ["5004", "5005", "5006"]


def test_the_last_record_can_be_passed_over_too() -> None:
    """There is nothing behind it."""
    shop = Shop(ShopifySwitches(poisoned=frozenset({"gid://shopify/Order/5002"})))
    shop.orders(2)
    stream = shop.stream("orders")
    first = stream.fetch(PageRequest(WEEK, None, 1))
    assert stream.skip is not None
    assert stream.skip(PageRequest(WEEK, first.next, 1)) == ("5002", None)


def test_customers_of_half_an_hour_take_one_page() -> None:
    """Shopify searches customers by whole days; walked from the newest back, the day need not be read."""
    shop = Shop()
    for number in range(900):
        shop.service.put_customer(customer_row(1 + number, NOW - _MINUTE * number))
    before = shop.service.calls
    pages = drain(shop.stream("customers"), Span(NOW - 30 * _MINUTE, NOW))
    assert {str(1 + number) for number in range(31)} <= set(node_ids(pages))
    assert shop.service.calls - before == 2


def test_customers_changed_at_any_time_of_a_day_are_read() -> None:
    """A search by time of day would be cut to its day; the day before and after are asked for too."""
    shop = Shop()
    span = Span(NOW - 3 * _DAY, NOW - 2 * _DAY)
    for number in range(72 * 2 + 1):
        shop.service.put_customer(customer_row(1 + number, NOW - timedelta(minutes=30) * number))
    stream = shop.stream("customers", page_size=5)
    found = [one for one in records(stream, drain(stream, span)) if isinstance(one, Customer)]
    inside = [one for one in found if one.updated_at is not None and span.start <= one.updated_at <= span.end]
    assert len({one.customer_id for one in inside}) == 49
    assert len(found) < 120


def test_a_customer_edited_while_walking_back_shifts_nothing() -> None:
    """He moves to the front, which was passed; the next span has him."""
    shop = Shop()
    for number in range(40):
        shop.service.put_customer(customer_row(1 + number, NOW - _MINUTE * (number + 1)))
    stream = shop.stream("customers", page_size=10)
    first = stream.fetch(PageRequest(WEEK))
    shop.clock.sleep(60)
    shop.service.put_customer(customer_row(25, shop.clock.now()))
    assert set(node_ids(drain(stream, WEEK, first.next))) == {str(1 + number) for number in range(10, 40)} - {"25"}


def test_a_companys_changed_location_brings_the_company() -> None:
    """The tax id lives on the location, whose change does not move the company's own time (BCApps PR#4823)."""
    shop = Shop()
    shop.service.put_company(company_row(7, NOW - 30 * _DAY))
    shop.service.put_company(company_row(8, NOW - 30 * _DAY))
    place = company_row(7, NOW)["locations"]["nodes"][0]
    place |= {"createdAt": at(NOW - 30 * _DAY), "updatedAt": at(NOW - _DAY)}
    place["taxSettings"] = {"taxRegistrationId": "DE811907980"}
    shop.service.put_location("gid://shopify/Company/7", place)
    stream = shop.stream("companies")
    (found,) = records(stream, drain(stream))
    assert isinstance(found, Company)
    assert (found.company_id, "DE811907980" in {key.value for key in found.keys}) == ("7", True)


def test_all_locations_of_a_big_company_are_read() -> None:
    """A page brings ten of a company; the others are fetched and join it."""
    shop = Shop()
    shop.service.put_company(company_row(7, NOW - _DAY, locations=73))
    shop.service.put_company(company_row(8, NOW - _DAY))
    stream = shop.stream("companies", companies_way="list")
    found = {one.company_id: one for one in records(stream, drain(stream, None)) if isinstance(one, Company)}
    tax_ids = {key.value for key in found["7"].keys if key.value.startswith("DE1366959")}
    assert len(tax_ids) == 73
    assert stream.way == "list"


def test_draft_orders_and_orders_share_no_record() -> None:
    """Both kinds count their ids from the start; each stream's scope tells its own."""
    shop = Shop()
    shop.service.put_order(order_row(5, NOW - _DAY))
    shop.service.put_draft(draft_row(5, NOW - _DAY))
    connector = shop.connector()
    found = {}
    for name in ("orders", "draft_orders"):
        stream = stream_of(connector, name)
        (record,) = records(stream, drain(stream))
        assert isinstance(record, Order)
        found[name] = record.order_id
    assert found == {"orders": "5", "draft_orders": "draft-5"}
    scopes = {stream.name: stream.scope for stream in connector.streams}
    assert (scopes["orders"], scopes["draft_orders"]) == ("order_id NOT LIKE 'draft-%'", "order_id LIKE 'draft-%'")


@pytest.mark.parametrize("size", [7, 6])
def test_the_same_token_goes_on_with_pages_of_any_size(size: int) -> None:
    """A cursor does not depend on the number of rows."""
    shop = Shop()
    shop.orders(30)
    stream = shop.stream("orders", page_size=10)
    first = stream.fetch(PageRequest(WEEK))
    assert node_ids(drain(stream, WEEK, first.next, size)) == [str(5011 + place) for place in range(20)]


def test_only_the_fields_that_are_read_are_asked_for() -> None:
    """Neither line items nor notes nor amounts in the shopper's currency leave the shop."""
    shop = Shop()
    shop.orders(1)
    (page,) = drain(shop.stream("orders"))
    row = json.loads(page.items[0])
    assert row.keys() == {
        "id", "name", "createdAt", "updatedAt", "cancelledAt", "test", "displayFinancialStatus", "totalPriceSet",
        "totalTaxSet", "totalRefundedSet", "email", "phone", "tags", "customer", "purchasingEntity",
        "billingAddress", "shippingAddress",
    }  # fmt: skip
    assert row["totalPriceSet"] == {"shopMoney": {"amount": "110.50", "currencyCode": "USD"}}


def test_an_unknown_state_is_kept_as_it_is_written() -> None:
    """Each version of the API brings new words."""
    shop = Shop(replace(ShopifySwitches(), status_words=(("PAID", "SETTLED_LATER"),)))
    shop.orders(1)
    stream = shop.stream("orders")
    (found,) = records(stream, drain(stream))
    assert isinstance(found, Order)
    assert found.signals == "financial_status=SETTLED_LATER"
