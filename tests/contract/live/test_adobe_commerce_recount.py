"""Single records, the independent recount, and records that the store itself cannot deliver."""

from __future__ import annotations

import pytest

from tests.support.adobe_shop import ALL, Shop, at, plain_order, shop, span, world_shop
from tests.support.storefronts import setting
from unposted.connectors.formats import RawItem
from unposted.connectors.live import Light, PageRequest
from unposted.domain.records import Order, record_id
from unposted.errors import BadAnswer, SourceDown
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches
from unposted.sandbox.wire import json_answer


def _by_id(opened: Shop, name: str, ids: list[str]) -> list[str]:
    stream = opened.stream(name)
    assert stream.by_id is not None
    bodies = [body for page in stream.by_id(ids) for body in page.items]
    items = stream.decode([RawItem(line, body) for line, body in enumerate(bodies, 1)], setting())
    return sorted(record_id(item) for item in items)  # type: ignore[arg-type]


def _recount(opened: Shop, name: str, start: str | None = None, end: str | None = None) -> list[Light]:
    stream = opened.stream(name)
    assert stream.recount is not None
    return list(stream.recount(at(start) if start else None, at(end) if end else None))


def test_single_records_come_by_their_ids() -> None:
    """An id that is gone is left out; ids that are none of the store's are not asked for."""
    opened = world_shop()
    opened.service.remove("orders", 20_312)
    assert _by_id(opened, "orders", ["20311", "20312", "20313", "quote-1", "20311"]) == ["20311", "20313"]
    assert len(opened.asked) == 1


def test_customers_are_searched_by_the_id_that_the_answer_calls_otherwise() -> None:
    """magento/magento2#7530: the filter's name is entity_id, the answer's is id."""
    opened = world_shop()
    assert _by_id(opened, "customers", ["4101", "4102"]) == ["4101", "4102"]
    assert ("searchCriteria[filter_groups][0][filters][0][field]", "entity_id") in opened.asked[-1].query


def test_companies_and_quotes_come_by_their_ids() -> None:
    """A quote's id in the store has a prefix that the shop does not know."""
    opened = world_shop()
    assert _by_id(opened, "companies", ["880101", "1"]) == ["880101"]
    quote = opened.ids("quotes")[0]
    assert _by_id(opened, "quotes", [quote, "quote-1"]) == [quote]


def test_many_ids_are_asked_for_in_parts() -> None:
    """An address has a length that proxies bear: fifty ids a call."""
    opened = world_shop()
    ids = [str(number) for number in range(20_311, 20_431)]
    assert _by_id(opened, "orders", ids) == ids
    assert len(opened.asked) == 3


def test_the_recount_agrees_with_the_reading() -> None:
    """The same ids, times and totals by another path: by creation, in the order of ids, with six fields."""
    opened = world_shop(page_size=60)
    read = {order.order_id: order for order in opened.records() if isinstance(order, Order)}
    opened.asked.clear()
    counted = _recount(opened, "orders")
    assert {light.record_id for light in counted} == set(read)
    for light in counted:
        order = read[light.record_id]
        assert (light.currency, light.total, light.updated_at) == (order.currency, order.total, order.updated_at)
        assert f"state={light.state}" == order.signals
    assert len(opened.asked) == 5
    fields = dict(opened.asked[0].query)["fields"]
    assert fields == "items[entity_id,created_at,updated_at,state,grand_total,order_currency_code],total_count"


def test_the_recount_is_by_time_of_creation() -> None:
    """An order of the day that changed a week later belongs to its day; the end of a day belongs to the next."""
    opened = shop()
    opened.put(
        plain_order(1, "2026-04-10 10:00:00", created="2026-04-07 00:00:00"),
        plain_order(2, "2026-04-07 10:00:00", created="2026-04-06 23:59:59"),
        plain_order(3, "2026-04-08 00:00:00"),
    )
    assert [light.record_id for light in _recount(opened, "orders", "2026-04-07 00:00:00", "2026-04-08 00:00:00")] == [
        "1"
    ]


def test_a_deleted_order_is_missed_by_the_recount() -> None:
    """airbytehq/airbyte#10281: the reading never tells a deletion; what the recount lacks is gone."""
    opened = world_shop()
    opened.service.remove("orders", 20_320)
    assert "20320" not in {light.record_id for light in _recount(opened, "orders")}


@pytest.mark.parametrize("name", ["customers", "companies", "quotes"])
def test_the_other_streams_can_be_recounted(name: str) -> None:
    """Everything that a stream gives can be counted without it."""
    opened = world_shop(page_size=20)
    assert sorted(light.record_id for light in _recount(opened, name)) == sorted(
        opened.ids(name, None if name == "companies" else ALL)
    )


def test_the_recount_ends_where_the_last_page_is_repeated() -> None:
    """magento/magento2#26986: total_count ends the recount as well."""
    opened = shop(page_size=2)
    opened.put(*(plain_order(number, "2026-04-07 10:00:00") for number in range(1, 5)))
    assert [light.record_id for light in _recount(opened, "orders")] == ["1", "2", "3", "4"]
    assert len(opened.asked) == 2


def test_recount_and_single_records_keep_to_the_stores_greatest_page() -> None:
    """Input limits may be met first by a recount or by ids: no record falls behind a page's end."""
    for name in ("orders", "customers"):
        opened = world_shop(switches=AdobeCommerceSwitches(page_limit=7))
        ids = sorted(light.record_id for light in _recount(opened, name))
        assert len(ids) == len(opened.service.shelves[name])
        fresh = world_shop(switches=AdobeCommerceSwitches(page_limit=7))
        assert _by_id(fresh, name, ids[:30]) == ids[:30]


def test_a_recount_that_lists_nothing_of_what_it_counts_is_an_error() -> None:
    """A recount that ends short would make records seem gone."""
    opened = world_shop()
    opened.instead.append(json_answer({"items": [], "search_criteria": {}, "total_count": 245}))
    with pytest.raises(BadAnswer, match="counts 245 orders"):
        _recount(opened, "orders")


def _read_around(opened: Shop) -> tuple[list[str], list[str]]:
    """Read as the sync does: a page that fails is asked for one by one, one that still fails is skipped."""
    stream = opened.stream("orders")
    assert stream.skip is not None
    got: list[bytes] = []
    skipped: list[str] = []
    token: str | None = None
    for _ in range(60):
        request = PageRequest(span("2026-04-07 00:00:00", "2026-04-08 00:00:00"), token)
        try:
            page = stream.fetch(request)
        except SourceDown:
            try:
                page = stream.fetch(request._replace(size=1))
            except SourceDown:
                told, token = stream.skip(request._replace(size=1))
                skipped.append(told)
                if token is None:
                    break
                continue
        got += page.items
        token = page.next
        if token is None:
            break
    else:
        raise AssertionError("the reading does not end")
    items = stream.decode([RawItem(line, body) for line, body in enumerate(got, 1)], setting())
    return list(dict.fromkeys(record_id(item) for item in items)), skipped  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "broken", [{3}, {1}, {6}, {3, 4}, {1, 6}, {5, 6}, {1, 2, 3, 4, 5, 6}, set()], ids=lambda broken: str(sorted(broken))
)
@pytest.mark.parametrize("in_one_second", [True, False])
def test_an_order_that_the_store_cannot_deliver_is_passed(broken: set[int], in_one_second: bool) -> None:
    """mailchimp/mc-magento2#195's kind: a record that answers 500 is passed, and every other one around it is read."""
    opened = shop(AdobeCommerceSwitches(broken=frozenset(broken)), tries=2)
    minutes = [0 if in_one_second else number for number in range(1, 7)]
    opened.put(*(plain_order(number, f"2026-04-07 10:{minute:02d}:00") for number, minute in enumerate(minutes, 1)))
    read, skipped = _read_around(opened)
    assert set(read) == {str(number) for number in range(1, 7)} - {str(number) for number in broken}
    assert bool(skipped) is bool(broken)
    assert all("after id" in told for told in skipped)


@pytest.mark.parametrize("status", [500, 503])
def test_a_store_that_is_down_has_no_broken_record(status: int) -> None:
    """Skipping while nothing at all is delivered would lose good records: it raises instead."""
    opened = shop(tries=2)
    opened.put(plain_order(1, "2026-04-07 10:00:00"))
    opened.instead += [json_answer({"message": "Internal Error."}, status)] * 30
    stream = opened.stream("orders")
    assert stream.skip is not None
    with pytest.raises(SourceDown):
        stream.skip(PageRequest(ALL, None, 1))
