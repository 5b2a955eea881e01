"""A long history of a Shopify shop comes as one file, and a file that fails is never an empty history."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.live.shopify_shop import (
    FILES,
    NOW,
    WEEK,
    Shop,
    company_row,
    customer_row,
    drain,
    node_ids,
    records,
    stream_of,
)
from unposted.connectors.live import PageRequest
from unposted.connectors.shopify.walk import Token
from unposted.domain.cursor import Span
from unposted.domain.records import Company
from unposted.errors import BadAnswer
from unposted.sandbox.services.shopify_switches import ShopifySwitches

_DAY = timedelta(days=1)
_YEAR = Span(NOW - 365 * _DAY, NOW)
_ELSEWHERE = ShopifySwitches(files=FILES)


def _shop(switches: ShopifySwitches = _ELSEWHERE, count: int = 40, step: timedelta = 7 * _DAY) -> Shop:
    shop = Shop(switches)
    shop.orders(count, step)
    return shop


def _all(count: int = 40) -> list[str]:
    return [str(5001 + place) for place in range(count)]


def test_a_long_span_is_read_from_one_file() -> None:
    """The same records as by pages; the shop is asked to start and how far it is, nothing else."""
    shop = _shop()
    pages = drain(shop.stream("orders"), _YEAR)
    assert sorted(node_ids(pages)) == _all()
    by_pages = drain(shop.stream("orders", bulk_from_days=0), _YEAR)
    assert sorted(map(json.loads, [item for page in pages for item in page.items]), key=str) == sorted(
        map(json.loads, [item for page in by_pages for item in page.items]), key=str
    )


def test_the_token_never_goes_to_the_host_of_the_file() -> None:
    """The file lies elsewhere; that host refuses credentials, and is sent none."""
    shop = _shop()
    drain(shop.stream("orders"), _YEAR)
    assert shop.service.bulk.leaks == 0


@pytest.mark.parametrize(("days", "span"), [(30, WEEK), (0, _YEAR), (400, _YEAR)])
def test_short_spans_are_read_by_pages(days: int, span: Span) -> None:
    """The setting decides; 0 is never."""
    shop = _shop()
    shop.service.switches = replace(shop.service.switches, bulk_slots=0)
    connector = shop.connector(bulk_from_days=days)
    drain(stream_of(connector, "orders"), span)
    assert "bulk operation" not in connector.spent.limits


def test_only_what_changed_in_the_span_is_in_the_file() -> None:
    """The search goes into the operation's own text: it knows no variables."""
    shop = _shop()
    span = Span(NOW - 200 * _DAY, NOW - 100 * _DAY)
    found = node_ids(drain(shop.stream("orders"), span))
    assert sorted(found) == sorted(node_ids(drain(shop.stream("orders", bulk_from_days=0), span)))
    assert 10 < len(found) < 20


def test_the_operation_is_in_the_token_before_anything_is_read() -> None:
    """Whoever is interrupted while Shopify prepares the file goes on with the same operation."""
    shop = _shop()
    first = shop.stream("orders").fetch(PageRequest(_YEAR))
    assert first.items == ()
    assert Token.of(first.next).bulk is not None
    assert sorted(node_ids(drain(shop.stream("orders"), _YEAR, first.next))) == _all()
    assert len(list(shop.service.bulk.rows(shop.service.switches))) == 1


def test_an_interrupted_backfill_goes_on_in_the_middle_of_the_file() -> None:
    """The token holds the place in the file; what was read is not read again."""
    shop = _shop(count=6000, step=timedelta(hours=1))
    stream = shop.stream("orders")
    pages = [stream.fetch(PageRequest(_YEAR))]
    while not pages[-1].items:
        pages.append(stream.fetch(PageRequest(_YEAR, pages[-1].next)))
    assert 0 < len(pages[-1].items) < 6000
    rest = drain(shop.stream("orders"), _YEAR, pages[-1].next)
    assert sorted([*node_ids(pages), *node_ids(rest)], key=int) == _all(6000)


def test_an_operation_without_a_file_is_an_empty_history() -> None:
    """COMPLETED with no objects has `url: null`."""
    assert node_ids(drain(_shop(count=0).stream("orders"), _YEAR)) == []


@pytest.mark.parametrize("error", ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
def test_a_failed_operation_is_read_by_pages_instead(error: str) -> None:
    """Its partial file is no result, and the history is not empty (airbytehq/airbyte#62499)."""
    shop = _shop(replace(_ELSEWHERE, bulk_error=error))  # type: ignore[arg-type]
    connector = shop.connector()
    assert node_ids(drain(stream_of(connector, "orders"), _YEAR)) == _all()
    assert connector.spent.limits["bulk operation"] == f"orders: failed (FAILED {error}); read by pages"


def test_a_denied_field_that_fails_the_operation_is_found_by_pages() -> None:
    """ACCESS_DENIED ends the whole operation; pages keep the orders and name the field."""
    shop = _shop(replace(_ELSEWHERE, denied=frozenset({"Order.email"})))
    connector = shop.connector()
    assert node_ids(drain(stream_of(connector, "orders"), _YEAR)) == _all()
    assert connector.narrowed == {"orders.email"}


def test_a_file_that_holds_less_than_was_counted_is_an_error() -> None:
    """Objects were dropped on the way: no success (airbytehq/airbyte#85372)."""
    shop = _shop(replace(_ELSEWHERE, bulk_loses=3))
    with pytest.raises(BadAnswer, match="37 of 40 objects") as raised:
        drain(shop.stream("orders"), _YEAR)
    assert raised.value.code == "bulk-short"


def test_a_shop_whose_slots_are_taken_is_read_by_pages() -> None:
    """Other apps may hold all of them for days (estuary/connectors PR#4113)."""
    shop = _shop(replace(_ELSEWHERE, bulk_taken=5))
    connector = shop.connector()
    assert node_ids(drain(stream_of(connector, "orders"), _YEAR)) == _all()
    assert "OPERATION_IN_PROGRESS" in connector.spent.limits["bulk operation"]


def test_a_file_that_is_gone_is_read_by_pages() -> None:
    """Its address is good for seven days."""
    shop = _shop()
    first = shop.stream("orders").fetch(PageRequest(_YEAR))
    shop.clock.sleep(8 * 86_400)
    assert node_ids(drain(shop.stream("orders"), _YEAR, first.next)) == _all()


def test_an_operation_that_nobody_knows_is_read_by_pages() -> None:
    """A token may be older than the shop's memory."""
    shop = _shop()
    token = Token(bulk="gid://shopify/BulkOperation/1").text
    assert node_ids(drain(shop.stream("orders"), _YEAR, token)) == _all()


def test_a_host_that_gives_whole_files_only_is_read_too() -> None:
    """Ranges are a courtesy."""
    shop = _shop(replace(_ELSEWHERE, has_ranges=False))
    assert sorted(node_ids(drain(shop.stream("orders"), _YEAR))) == _all()


def test_waiting_for_the_file_is_told() -> None:
    """Whoever looks on reads what is waited for."""
    shop = _shop()
    drain(shop.stream("orders"), _YEAR)
    assert {why for _, why in shop.waits} == {"Shopify prepares the file of orders"}
    assert sum(seconds for seconds, _ in shop.waits) >= 20


def test_a_file_that_takes_hours_hands_the_place_back_now_and_then() -> None:
    """Each time the token is another one, so nobody takes it for a walk that stands still."""
    shop = _shop(replace(_ELSEWHERE, bulk_seconds=4000.0))
    pages = drain(shop.stream("orders"), _YEAR)
    assert len({page.next for page in pages}) == len(pages) > 5
    assert sorted(node_ids(pages)) == _all()


@pytest.mark.parametrize("orphans_first", [True, False])
def test_locations_may_stand_before_their_companies(orphans_first: bool) -> None:
    """Lines of a file come in any order; each company has all its tax ids."""
    shop = Shop(replace(_ELSEWHERE, orphans_first=orphans_first))
    for number in (7, 8):
        shop.service.put_company(company_row(number, NOW - 40 * _DAY, locations=3))
    stream = shop.stream("companies")
    found = [one for one in records(stream, drain(stream, _YEAR)) if isinstance(one, Company)]
    assert {one.company_id for one in found} == {"7", "8"}
    assert {len([key for key in one.keys if key.value.startswith("DE1366959")]) for one in found} == {3}


def test_customers_are_read_from_a_file_too() -> None:
    """Their search by whole days holds there as well."""
    shop = Shop(_ELSEWHERE)
    for number in range(1, 50):
        shop.service.put_customer(customer_row(number, NOW - number * _DAY))
    assert len(node_ids(drain(shop.stream("customers"), _YEAR))) == 49
