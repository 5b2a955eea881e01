"""Reading a span of changes page by page: ends, ties, rows that move meanwhile, and pages that tell no truth."""

from __future__ import annotations

import json

import pytest

from tests.support.adobe_shop import ALL, Shop, at, drained, plain_order, shop, span
from unposted.connectors.live import PageRequest
from unposted.errors import BadAnswer
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches
from unposted.sandbox.wire import Call


def _filled(count: int, switches: AdobeCommerceSwitches | None = None, **settings: object) -> Shop:
    """Open a store with orders of a minute each."""
    opened = shop(switches, **settings)  # type: ignore[arg-type]
    opened.put(*(plain_order(number, f"2026-04-07 10:{number:02d}:00") for number in range(1, count + 1)))
    return opened


def _same_second(count: int) -> Shop:
    """Open a store with orders that all changed in one second, put there in no order."""
    opened = shop()
    for number in sorted(range(1, count + 1), key=lambda number: number * 7 % 11):
        opened.put(plain_order(number, "2026-04-07 10:00:00"))
    return opened


def _texts(numbers: range) -> list[str]:
    return [str(number) for number in numbers]


@pytest.mark.parametrize("repeats", [True, False])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 8])
def test_the_reading_ends_where_total_count_says(repeats: bool, count: int) -> None:
    """magento/magento2#3787, #8099, #26986: a page past the end may repeat the last one; both kinds of store end."""
    opened = _filled(count, AdobeCommerceSwitches(repeats_last_page=repeats))
    assert opened.ids(size=4) == _texts(range(1, count + 1))
    assert len(opened.asked) == max(1, -(-count // 4))


@pytest.mark.parametrize("repeats", [True, False])
def test_pages_by_number_end_too(repeats: bool) -> None:
    """airbytehq/airbyte#14861: a pager that waits for an empty page never ends where the last page is repeated."""
    switches = AdobeCommerceSwitches(repeats_last_page=repeats, ignores_sort=True)
    opened = _filled(9, switches)
    pages = drained(opened.stream("orders"), ALL, size=3, most=12)
    assert len(pages) <= 4


def test_orders_of_one_second_are_all_read() -> None:
    """estuary/connectors#5205: what shares the second of the last row is neither lost nor read for ever."""
    opened = _same_second(10)
    assert opened.ids(size=3) == _texts(range(1, 11))


def test_a_second_that_a_page_cuts_is_read_to_its_end() -> None:
    """Ties across a page's edge are told apart by id."""
    opened = _filled(2)
    opened.put(*(plain_order(number, "2026-04-07 10:30:00") for number in (9, 7, 8, 5)))
    assert opened.ids(size=3) == ["1", "2", "5", "7", "8", "9"]


def test_a_span_includes_both_its_ends() -> None:
    """Orders that changed in the first and in the last second of a span belong to it, their neighbours do not."""
    opened = shop()
    for number, second in enumerate(("09:59:59", "10:00:00", "10:30:00", "11:00:00", "11:00:01"), 1):
        opened.put(plain_order(number, f"2026-04-07 {second}"))
    assert opened.ids(wanted=span("2026-04-07 10:00:00", "2026-04-07 11:00:00")) == ["2", "3", "4"]


def test_times_in_filters_are_utc() -> None:
    """magento/magento2#24985: filters are UTC whatever zone the merchant's admin shows."""
    opened = _filled(1)
    opened.ids(wanted=span("2026-04-07 03:00:00", "2026-04-07 23:59:59"))
    values = [value for name, value in opened.asked[-1].query if name.endswith("[value]")]
    assert values == ["2026-04-07 03:00:00", "2026-04-07 23:59:59"]


def test_an_order_that_is_edited_while_we_page_costs_no_other() -> None:
    """singer-io/tap-shopify#198: a row that leaves the span shifts none of those behind it."""
    opened = _filled(9)

    def edit(_call: Call) -> None:
        if len(opened.asked) == 2:
            opened.put(plain_order(1, "2026-04-12 22:29:00"), plain_order(2, "2026-04-12 22:29:00"))

    opened.between.append(edit)
    wanted = span("2026-04-07 00:00:00", "2026-04-08 00:00:00")
    assert set(opened.ids(wanted=wanted, size=3)) >= set(_texts(range(3, 10)))


def test_an_order_that_leaves_a_crowded_second_costs_no_other() -> None:
    """Within one second the walk goes by id, so that a row that leaves shifts nothing there either."""
    opened = _same_second(9)

    def edit(_call: Call) -> None:
        if len(opened.asked) == 2:
            opened.put(plain_order(1, "2026-04-12 22:29:00"))

    opened.between.append(edit)
    wanted = span("2026-04-07 00:00:00", "2026-04-08 00:00:00")
    assert set(opened.ids(wanted=wanted, size=3)) >= set(_texts(range(2, 10)))


def test_an_order_that_appears_ahead_of_us_is_read() -> None:
    """What comes into the span behind the present page is met by a later one."""
    opened = _filled(6)

    def add(_call: Call) -> None:
        if len(opened.asked) == 2:
            opened.put(plain_order(50, "2026-04-07 11:00:00"))

    opened.between.append(add)
    assert "50" in opened.ids(size=3)


def test_every_search_says_its_order() -> None:
    """magento/magento2#25001, #41036: without a sort rows repeat and vanish; the id is the last key, ascending."""
    opened = _filled(5)
    opened.ids(size=2)
    for call in opened.asked:
        sort = [value for name, value in call.query if "sortOrders" in name]
        assert sort == ["updated_at", "ASC", "entity_id", "ASC"]


def test_a_page_that_came_before_is_asked_for_again() -> None:
    """A cache that answers with an older page once is asked again, and no row is lost or counted as progress."""
    opened = _filled(6, auth="bearer")
    stream = opened.stream("orders")
    first = stream.fetch(PageRequest(ALL, None, 3))
    opened.instead.append(opened.service(opened.asked[-1]))
    second = stream.fetch(PageRequest(ALL, first.next, 3))
    assert len(second.items) == 3
    assert not set(first.items) & set(second.items)
    assert len(opened.asked) == 3


def test_a_page_that_comes_again_and_again_is_an_error() -> None:
    """A store that gives the same page to whatever is asked is found out after three tries."""
    opened = _filled(6, auth="bearer")
    stream = opened.stream("orders")
    first = stream.fetch(PageRequest(ALL, None, 3))
    opened.instead += [opened.service(opened.asked[-1])] * 5
    with pytest.raises(BadAnswer, match="not asked for"):
        stream.fetch(PageRequest(ALL, first.next, 3))


def test_a_page_whose_rows_were_shuffled_on_the_way_loses_nothing() -> None:
    """Rows of the right page in the wrong order are all taken, and the next page follows them."""
    opened = _filled(9, auth="bearer")
    stream = opened.stream("orders")
    stream.fetch(PageRequest(ALL, None, 3))
    answer = opened.service(opened.asked[-1])
    body = json.loads(answer.body)
    body["items"] = body["items"][1:] + body["items"][:1]
    opened.instead.append(answer._replace(body=json.dumps(body).encode()))
    assert sorted(opened.ids(size=3)) == _texts(range(1, 10))


def test_a_store_that_ignores_the_time_filter_is_found_out() -> None:
    """Rows from outside the span are an error that names the database's time zone, not a silent success."""
    opened = _filled(5, AdobeCommerceSwitches(ignores_time=True))
    with pytest.raises(BadAnswer, match="not asked for") as caught:
        opened.ids(wanted=span("2026-04-08 00:00:00", "2026-04-09 00:00:00"))
    assert "UTC" in caught.value.next_step


def test_rows_in_disorder_are_passed_by_number() -> None:
    """Where one page's rows stand in disorder its last row is no place to go on from."""
    opened = _filled(8, AdobeCommerceSwitches(ignores_sort=True))
    assert opened.ids(size=3) == ["8", "7", "6", "5", "4", "3", "2", "1"]


def test_a_token_goes_on_with_another_page_size() -> None:
    """The sync may ask for smaller pages in the middle of a span."""
    opened = _filled(9)
    stream = opened.stream("orders")
    page = stream.fetch(PageRequest(ALL, None, 4))
    got = list(page.items)
    for size in (1, 2, 100):
        page = stream.fetch(PageRequest(ALL, page.next, size))
        got += page.items
    assert page.next is None
    assert len(set(got)) == len(got) == 9


def test_the_stores_own_greatest_page_is_kept_to() -> None:
    """Input limits answer 400 `Maximum SearchCriteria pageSize is %max`: the walk goes on with pages that fit."""
    opened = _filled(7, AdobeCommerceSwitches(page_limit=3), page_size=50)
    assert opened.ids() == _texts(range(1, 8))
    sizes = [value for call in opened.asked for name, value in call.query if name.endswith("[pageSize]")]
    assert sizes == ["50", "3", "3", "3"]


def test_the_store_says_how_many_the_span_has() -> None:
    """The first page tells the total, for the progress bar."""
    opened = _filled(5)
    assert opened.stream("orders").fetch(PageRequest(ALL, None, 2)).total == 5


def test_companies_are_listed_by_id() -> None:
    """A list without times is walked by id, whatever was put in first."""
    opened = shop()
    for number in (3, 1, 2):
        opened.service.put("companies", {"id": number, "company_name": f"Firm {number}", "company_email": ""})
    assert opened.ids("companies", None, size=2) == ["1", "2", "3"]


def test_only_the_fields_that_are_used_are_asked_for() -> None:
    """Least fields: names of people who ship, remote addresses and payment data stay in the store."""
    opened = _filled(1)
    (page,) = drained(opened.stream("orders"), ALL)
    for word in (b"remote_ip", b"payment", b"protect_code", b'"items"', b"braintree"):
        assert word not in page.items[0]
    assert b"order_currency_code" in page.items[0]


def test_a_late_order_is_read_once_it_can_be_seen() -> None:
    """An order may show itself after its own time; the same span then gives it."""
    opened = _filled(2)
    opened.service.put("orders", plain_order(9, "2026-04-07 10:01:30"), visible_at=at("2026-04-12 22:40:00"))
    assert opened.ids() == ["1", "2"]
    opened.clock.sleep(900)
    assert opened.ids() == ["1", "9", "2"]
