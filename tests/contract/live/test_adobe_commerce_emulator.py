"""The emulator keeps to the store's own ways, asked by hand and without the product."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pytest

from tests.support.adobe_shop import NOW, STORE
from unposted.sandbox.services.adobe_commerce import AdobeCommerceService
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches
from unposted.sandbox.wire import Answer, Call, SteppedClock
from unposted.sandbox.world import make_world

_HEADERS = {"authorization": f"Bearer {AdobeCommerceSwitches().integration.token}"}
_FIRST = "searchCriteria[filter_groups][0][filters][0]"


@lru_cache(maxsize=8)
def _service(switches: AdobeCommerceSwitches | None = None) -> AdobeCommerceService:
    clock = SteppedClock(NOW)
    return AdobeCommerceService.of_world(make_world(2026), clock.now, STORE, switches)


def _ask(path: str, *pairs: tuple[str, str], switches: AdobeCommerceSwitches | None = None) -> Answer:
    return _service(switches)(Call("GET", f"/rest/default/V1/{path}", pairs, _HEADERS))


def _found(path: str, *pairs: tuple[str, str], switches: AdobeCommerceSwitches | None = None) -> Any:
    answer = _ask(path, *pairs, switches=switches)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def _count(field: str, kind: str, value: str) -> int:
    pairs = ((f"{_FIRST}[field]", field), (f"{_FIRST}[condition_type]", kind), (f"{_FIRST}[value]", value))
    return int(_found("orders", *pairs)["total_count"])


def test_without_a_page_size_everything_comes_and_none_is_shown() -> None:
    """magento/magento2#35310: `page_size` is missing in the answer when nobody asked for one."""
    found = _found("orders", ("searchCriteria", ""))
    assert len(found["items"]) == found["total_count"] == 245
    assert "page_size" not in found["search_criteria"]


def test_without_search_criteria_the_store_refuses() -> None:
    """The message keeps its placeholder; the value stands beside it."""
    answer = _ask("orders")
    assert answer.status == 400
    assert json.loads(answer.body)["parameters"] == {"fieldName": "searchCriteria"}


@pytest.mark.parametrize("page", [3, 4, 99])
def test_a_page_past_the_end_is_the_last_one(page: int) -> None:
    """magento/magento2#3787: page 99 of 3 is page 3."""
    pairs = (("searchCriteria[pageSize]", "100"), ("searchCriteria[sortOrders][0][field]", "entity_id"))
    last = _found("orders", *pairs, ("searchCriteria[currentPage]", "3"))["items"]
    assert len(last) == 45
    assert _found("orders", *pairs, ("searchCriteria[currentPage]", str(page)))["items"] == last


def test_a_store_without_clamping_sends_an_empty_page() -> None:
    """magento/magento2#26986 is said to be fixed: then a page past the end is empty."""
    pairs = (("searchCriteria[pageSize]", "100"), ("searchCriteria[currentPage]", "9"))
    assert _found("orders", *pairs, switches=AdobeCommerceSwitches(repeats_last_page=False))["items"] == []


def test_both_spellings_are_the_same() -> None:
    """`filter_groups` and `filterGroups`, `condition_type` and `conditionType`."""
    snake = (("searchCriteria[filter_groups][0][filters][0][field]", "entity_id"),
             ("searchCriteria[filter_groups][0][filters][0][value]", "20320"),
             ("searchCriteria[filter_groups][0][filters][0][condition_type]", "lt"))  # fmt: skip
    camel = tuple((name.replace("_g", "G").replace("_t", "T"), value) for name, value in snake)
    assert snake != camel
    assert _found("orders", *snake)["total_count"] == _found("orders", *camel)["total_count"] == 9


def test_groups_are_and_filters_are_or() -> None:
    """(id 20311 or 20312) and id above 20311."""
    key = "searchCriteria[filter_groups]"
    either = ((f"{key}[0][filters][0][field]", "entity_id"), (f"{key}[0][filters][0][value]", "20311"),
              (f"{key}[0][filters][1][field]", "entity_id"), (f"{key}[0][filters][1][value]", "20312"))  # fmt: skip
    above = ((f"{key}[1][filters][0][field]", "entity_id"), (f"{key}[1][filters][0][value]", "20311"),
             (f"{key}[1][filters][0][condition_type]", "gt"))  # fmt: skip
    assert _found("orders", *either)["total_count"] == 2
    assert [row["entity_id"] for row in _found("orders", *either, *above)["items"]] == [20_312]


@pytest.mark.parametrize(
    ("field", "kind", "value", "count"),
    [
        ("entity_id", "eq", "20311", 1),
        ("entity_id", "neq", "20311", 244),
        ("entity_id", "in", "20311,20312,1", 2),
        ("entity_id", "nin", "20311,20312", 243),
        ("entity_id", "moreq", "20555", 1),
        ("entity_id", "from", "20555", 1),
        ("entity_id", "to", "20311", 1),
        ("customer_id", "null", "", 3),
        ("customer_id", "notnull", "", 242),
        ("increment_id", "like", "0000203%", 89),
        ("increment_id", "nlike", "0000203%", 156),
        ("created_at", "lteq", "2026-02-14 08:02:45", 1),
        ("created_at", "lt", "2026-02-14 08:02:45", 0),
        ("state", "finset", "closed", 2),
        ("state", "nfinset", "closed", 243),
    ],
)
def test_every_condition_compares_in_its_way(field: str, kind: str, value: str, count: int) -> None:
    """The sixteen condition types, on the wholesale store's 245 orders."""
    assert _count(field, kind, value) == count


def test_the_direction_is_descending_unless_it_is_said() -> None:
    """A sort without a direction begins with the newest."""
    pairs = (("searchCriteria[sortOrders][0][field]", "entity_id"), ("searchCriteria[pageSize]", "1"))
    assert _found("orders", *pairs)["items"][0]["entity_id"] == 20_555
    ascending = ("searchCriteria[sortOrders][0][direction]", "ASC")
    assert _found("orders", *pairs, ascending)["items"][0]["entity_id"] == 20_311


def test_without_a_sort_pages_overlap() -> None:
    """magento/magento2#25001: rows repeat and vanish."""
    service = AdobeCommerceService.of_world(make_world(2026), SteppedClock(NOW).now, STORE)
    seen: list[int] = []
    for page in ("1", "2", "3"):
        query = (("searchCriteria[pageSize]", "100"), ("searchCriteria[currentPage]", page))
        rows = json.loads(service(Call("GET", "/rest/all/V1/orders", query, _HEADERS)).body)["items"]
        seen += [row["entity_id"] for row in rows]
    assert len(set(seen)) < 245


@pytest.mark.parametrize(
    ("path", "field"), [("customers/search", "id"), ("orders", "billing_address"), ("orders", "x")]
)
def test_a_field_that_cannot_be_searched_by_is_refused(path: str, field: str) -> None:
    """magento/magento2#7530, #6935: `id` is no column of customers, and the words are those of the database."""
    answer = _ask(path, (f"{_FIRST}[field]", field), (f"{_FIRST}[value]", "1"))
    assert answer.status == 400
    assert b"Unknown column" in answer.body


def test_an_answer_is_trimmed_to_the_fields_that_are_named() -> None:
    """magento/magento2#23609: the rows' fields must be named inside items[...]."""
    pairs = (("searchCriteria[pageSize]", "2"), ("searchCriteria[sortOrders][0][field]", "entity_id"))
    found = _found("orders", *pairs, ("fields", "items[entity_id,billing_address[city]],total_count"))
    assert found.keys() == {"items", "total_count"}
    assert [row.keys() for row in found["items"]] == [{"entity_id", "billing_address"}] * 2
    assert found["items"][0]["billing_address"].keys() == {"city"}
    assert _found("orders", *pairs, ("fields", "entity_id")) == {}


def test_a_single_order_and_one_that_is_not_there() -> None:
    """A record has an address of its own; an unknown one answers 404 in the store's words."""
    assert _found("orders/20311")["entity_id"] == 20_311
    assert _found("orders/20311", ("fields", "entity_id,state")).keys() == {"entity_id", "state"}
    answer = _ask("orders/1")
    assert answer.status == 404
    assert b"doesn't exist" in answer.body


def test_input_limits_name_the_greatest_page() -> None:
    """When they are on, a page has twenty rows unless it is said, and more than the limit is refused."""
    switches = AdobeCommerceSwitches(page_limit=300)
    assert len(_found("orders", ("searchCriteria", ""), switches=switches)["items"]) == 20
    answer = _ask("orders", ("searchCriteria[pageSize]", "301"), switches=switches)
    assert json.loads(answer.body) == {"message": "Maximum SearchCriteria pageSize is %max", "parameters": {"max": 300}}


def test_paths_that_do_not_exist_answer_404() -> None:
    """Another method, another version, another flavour's address, and a module that is absent."""
    service = _service()
    for method, path in (
        ("POST", "/rest/all/V1/orders"),
        ("GET", "/rest/all/V2/orders"),
        ("GET", "/V1/orders"),
        ("GET", "/rest/retail/V1/orders"),
        ("GET", "/rest/all/V1/products"),
    ):
        assert service(Call(method, path, (("searchCriteria", ""),), _HEADERS)).status == 404
    assert _ask("company", ("searchCriteria", ""), switches=AdobeCommerceSwitches(has_b2b=False)).status == 404


def test_null_fields_are_left_out() -> None:
    """A guest has no customer_id, an unpaid order no total_paid, an unrefunded one no total_refunded."""
    rows = _found("orders", ("searchCriteria", ""))["items"]
    guests = [row for row in rows if row["customer_is_guest"]]
    assert len(guests) == 3
    assert not [row for row in guests if "customer_id" in row or "customer_firstname" in row]
    assert [row["state"] for row in rows if "total_refunded" in row] == ["closed"]
    assert {"total_paid" in row for row in rows} == {True, False}
    assert not [row for row in rows if None in row.values()]


def test_the_base_totals_are_the_websites() -> None:
    """Canadian orders show other figures in base currency than in their own."""
    rows = [row for row in _found("orders", ("searchCriteria", ""))["items"] if row["order_currency_code"] == "CAD"]
    assert rows
    assert all(row["base_grand_total"] < row["grand_total"] and row["base_currency_code"] == "USD" for row in rows)
