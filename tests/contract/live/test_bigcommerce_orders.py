"""BigCommerce orders, live: how their list is walked, and where it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qsl, unquote

import pytest

from tests.contract.live.bigcommerce_setting import HASH, NOW, SPAN, Store, at, sale
from unposted.connectors.live import PageRequest
from unposted.domain.cursor import Span
from unposted.errors import BadAnswer, SourceRefused
from unposted.sandbox.services.bigcommerce_gate import v2_refusal
from unposted.sandbox.wire import Answer, Call


def _filled(store: Store, count: int, *, same_second: bool = False) -> Store:
    for number in range(1, count + 1):
        store.order(sale(20_000 + number, 10 if same_second else number))
    return store


def test_a_span_without_orders_ends_at_a_204_without_a_body() -> None:
    """An empty list is no JSON at all. Reproduces aligent/bigcommerce-v3-api-php-client#161."""
    store = Store()
    pages = store.read()
    assert [(list(page.items), page.next) for page in pages] == [([], None)]


def test_a_200_without_a_body_is_half_an_answer_and_no_end() -> None:
    """Only a 204 ends a list; anything else without a body is asked again."""
    store = _filled(Store(), 3)
    store.after = lambda number, answer: Answer(200) if number == 1 else answer
    assert len(store.orders()) == 3
    assert len(store.waits) == 1


def test_all_pages_are_read_however_small_they_are() -> None:
    """Each page begins at the time of the last order of the page before."""
    store = _filled(Store(), 57)
    assert len(store.orders(size=10)) == 57
    assert len(store.orders(size=1)) == 57
    assert not [call for call in store.calls if call.first("page")]


def test_no_page_of_orders_is_numbered_or_larger_than_the_store_allows() -> None:
    """More than 250 would be answered with 413."""
    store = _filled(Store(), 3)
    store.read(page_size=None)
    assert {call.first("limit") for call in store.asked("/v2/orders")} == {"250"}


def test_an_order_that_changes_between_two_pages_hides_no_other() -> None:
    """By page number the others would move forward by one place, and one of them would be skipped."""
    store = _filled(Store(), 40)

    def change(number: int, _call: Call) -> None:
        if number in {2, 3, 4}:
            store.order(sale(20_000 + number, number, changed=60 + number))

    store.before = change
    found = store.orders(size=10)
    assert len(found) == 40
    assert found["20003"].updated_at == at(63)


def test_more_orders_of_one_second_than_a_page_holds_are_all_read() -> None:
    """A mass update gives hundreds of orders one time; they are walked by id."""
    store = _filled(Store(), 61, same_second=True)
    store.order(sale(30_000, 11))
    assert len(store.orders(size=20)) == 62


def test_an_order_that_leaves_a_crowded_second_hides_no_other() -> None:
    """Within one second the walk goes by id, so nothing moves forward."""
    store = _filled(Store(), 60, same_second=True)

    def change(number: int, _call: Call) -> None:
        if 2 <= number <= 9:
            store.order(sale(20_000 + number, 10, changed=100 + number))

    store.before = change
    assert len(store.orders(size=20)) == 60


def test_single_orders_of_one_second_are_read_one_at_a_time() -> None:
    """With pages of one order the walk goes on as well."""
    store = _filled(Store(), 7, same_second=True)
    assert len(store.orders(size=1)) == 7


@pytest.mark.parametrize("includes", [True, False])
def test_both_ends_of_a_span_are_part_of_it(includes: bool) -> None:
    """It is not written whether the store's filters include their bounds, so we ask for a second more."""
    store = Store({"includes_bounds": includes})
    store.order(sale(1, 0))
    store.order(sale(2, (SPAN.end - SPAN.start).total_seconds() / 60))
    assert set(store.orders()) == {"1", "2"}


@pytest.mark.parametrize("includes", [True, False])
@pytest.mark.parametrize("size", [1, 10, 20])
def test_neighbouring_seconds_are_all_read(includes: bool, size: int) -> None:
    """Crowded seconds that follow each other lose nothing at their edges."""
    store = Store({"includes_bounds": includes})
    for number in range(90):
        store.order(sale(500 + number * 7 % 90, 10 + number // 30 / 60))
    assert len(store.orders(size=size)) == 90


def test_two_spans_that_meet_share_their_edge() -> None:
    """The order of the common second is in both; it is stored once."""
    store = _filled(Store(), 20)
    edge = at(10)
    first = store.orders(span=Span(SPAN.start, edge))
    second = store.orders(span=Span(edge, SPAN.end))
    assert "20010" in first.keys() & second.keys()
    assert len(first.keys() | second.keys()) == 20


def test_a_store_that_gives_fewer_than_asked_is_read_to_its_end() -> None:
    """A short page is no end: a store may cut pages without a word. The first 250 are not all."""
    store = _filled(Store({"largest_page": 50, "clamps": True}), 260)
    assert len(store.orders()) == 260


def test_a_limit_above_the_largest_is_refused_with_advice() -> None:
    """413 tells to set page_size."""
    store = _filled(Store({"largest_page": 100}), 3)
    with pytest.raises(SourceRefused) as caught:
        store.read()
    assert "413" in caught.value.message
    assert "page_size" in caught.value.next_step


def test_dates_are_asked_for_with_their_offset_percent_encoded() -> None:
    """A bare plus sign would arrive as a space, and the filter would be none."""
    store = _filled(Store(), 1)
    store.read()
    raw = store.asked("/v2/orders")[0].raw_query
    assert "+" not in raw
    sent = dict(parse_qsl(raw))["min_date_modified"]
    assert re.fullmatch(r"2026-04-05T22:29:59\+00:00", sent)
    assert "%2B00%3A00" in raw
    assert unquote(raw)


def test_a_store_that_ignores_the_filter_stops_the_reading() -> None:
    """All orders instead of the changed ones are no answer. Reproduces bigcommerce/bigcommerce-api-ruby#60."""
    store = Store({"ignores_dates": True})
    store.order(sale(1, -100_000))
    with pytest.raises(BadAnswer) as caught:
        store.read()
    assert caught.value.code == "page-repeated"


def test_dates_are_compared_as_times_and_not_as_text() -> None:
    """Wed comes before Tue in the alphabet. Reproduces airbytehq/airbyte#8416 and #9935."""
    store = Store()
    for day in range(6):
        store.order(sale(100 + day, day * 1_440 + 5))
    assert list(store.orders(size=1)) == [str(100 + day) for day in range(6)]


def test_a_list_that_repeats_its_last_page_ends() -> None:
    """A store that gives the same page for ever is not read for ever. Reproduces airbytehq/airbyte#14861."""
    store = _filled(Store(), 5)
    held: list[Answer] = []

    def repeat(_number: int, answer: Answer) -> Answer:
        if answer.status == 200 and not held:
            held.append(answer)
        return answer if answer.status == 200 else held[0]

    store.after = repeat
    assert len(store.orders()) == 5


def test_pages_are_asked_for_in_the_order_of_change_with_their_consignments() -> None:
    """The ship-to country comes with the order: no call for each of them. Reproduces bigcommerce/api#78."""
    store = _filled(Store(), 30)
    store.read(size=10)
    lists = store.asked("/v2/orders")
    assert lists[0].first("sort") == "date_modified:asc"
    assert {(call.first("include"), call.first("consignment_structure")) for call in lists} == {
        ("consignments", "object")
    }
    assert not store.asked("/shipping_addresses")


def test_every_call_asks_for_json() -> None:
    """Without that v2 answers in XML."""
    store = _filled(Store(), 1)
    assert len(store.orders()) == 1
    assert {call.headers["accept"] for call in store.calls} == {"application/json"}


def test_an_answer_in_xml_is_no_data() -> None:
    """A proxy that drops the header is told of, in plain words."""
    store = _filled(Store(), 1)
    store.before = lambda _number, call: store.service(call._replace(headers={**call.headers, "accept": "*/*"}))
    with pytest.raises(BadAnswer) as caught:
        store.read()
    assert "not data" in caught.value.message


def test_the_first_page_tells_how_many_orders_there_are() -> None:
    """For the progress bar; small spans cost no call for it."""
    store = _filled(Store(), 25)
    pages = store.read(size=20)
    assert pages[0].total == 25
    assert len(store.asked("/count")) == 1
    store.calls.clear()
    assert store.read()[0].total is None
    assert not store.asked("/count")


def test_an_interrupted_walk_goes_on_from_its_token() -> None:
    """A token is all that is needed, in another process and another hour."""
    store = _filled(Store(), 30)
    first = store.stream("orders").fetch(PageRequest(SPAN, None, 10))
    store.clock.sleep(3_600)
    assert first.next is not None
    again = store.stream("orders")
    token: str | None = first.next
    found = set(first.items)
    while token is not None:
        page = again.fetch(PageRequest(SPAN, token, 10))
        found.update(page.items)
        token = page.next
    assert len(found) == 30


def test_an_unknown_store_is_refused_in_the_stores_own_words() -> None:
    """v2 answers with a list of errors; its message is shown, the token is not."""
    store = Store()
    store.before = lambda _number, _call: v2_refusal(404)
    with pytest.raises(SourceRefused) as caught:
        store.read()
    assert "The requested resource was not found." in caught.value.message


def test_the_store_is_named_by_its_hash_in_every_path() -> None:
    """…/stores/abc123/v2/orders."""
    store = _filled(Store(), 1)
    store.read()
    assert {call.path for call in store.calls} == {f"/stores/{HASH}/v2/orders"}


def test_fractions_of_seconds_at_the_ends_of_a_span_are_kept() -> None:
    """A span ends at our clock's instant; the second that it lies in is read whole."""
    store = Store()
    store.order(sale(1, 0))
    span = Span(at(0) + timedelta(milliseconds=900), NOW)
    assert set(store.orders(span=span)) == {"1"}
