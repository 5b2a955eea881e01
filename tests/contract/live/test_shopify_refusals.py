"""What a Shopify shop refuses is told in plain words, and what it denies is never taken for missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from tests.contract.live.shopify_shop import (
    NOW,
    Shop,
    company_row,
    customer_row,
    drain,
    node_ids,
    order_row,
    records,
    stream_of,
)
from unposted.domain.records import Order
from unposted.errors import BadAnswer, SignIn, SourceDown, SourceRefused
from unposted.sandbox.services.shopify_switches import ALL_SCOPES, ShopifySwitches
from unposted.sandbox.transport import InProcess

_DAY = timedelta(days=1)


class _Altered(httpx2.BaseTransport):
    """Passes answers on with another body."""

    def __init__(self, shop: Shop, alter: Callable[[bytes], bytes], times: int = 1000) -> None:
        self._inner = InProcess(shop.mounts(), shop.clock)
        self._alter = alter
        self._times = times

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = self._inner.handle_request(request)
        self._times -= 1
        if self._times < 0:
            return response
        return httpx2.Response(
            200, headers=[("Content-Type", "application/json")], content=self._alter(response.read())
        )


def _code(shop: Shop, name: str = "orders", **more: object) -> tuple[type[Exception], str]:
    with pytest.raises((SignIn, SourceRefused, BadAnswer, SourceDown)) as raised:
        drain(stream_of(shop.connector(**more), name))  # type: ignore[arg-type]
    error = raised.value
    assert error.message.startswith("dtc")
    assert "shpat" not in error.message + error.next_step
    return type(error), error.code


def test_a_wrong_token_is_a_matter_of_signing_in() -> None:
    """401, with `errors` as a text; the token is in no message."""
    assert _code(Shop(), token="shpat_somebody_elses") == (SignIn, "sign-in-refused")


@pytest.mark.parametrize("status", [402, 423])
def test_a_frozen_or_locked_shop_is_told(status: int) -> None:
    """Its errors are a text too."""
    assert _code(Shop(ShopifySwitches(shop_status=status))) == (SourceRefused, "not-allowed")


def test_a_shop_that_is_not_there_is_told() -> None:
    """404: the address or the version is wrong."""
    assert _code(Shop(ShopifySwitches(shop_status=404))) == (SourceRefused, "request-refused")


def test_a_version_that_is_still_to_come_is_refused() -> None:
    """Only ended versions are answered by others."""
    assert _code(Shop(), api_version="2031-01") == (SourceRefused, "request-refused")


@pytest.mark.parametrize(
    ("stream", "scope"),
    [("orders", "read_orders"), ("customers", "read_customers"), ("draft_orders", "read_draft_orders")],
)
def test_a_missing_scope_is_refused_not_empty(stream: str, scope: str) -> None:
    """HTTP 200, `data.orders` null and ACCESS_DENIED: an empty list would hide everything."""
    scopes = ALL_SCOPES - {scope}
    assert _code(Shop(ShopifySwitches(scopes=scopes)), stream) == (SourceRefused, "not-allowed")


@pytest.mark.parametrize(
    ("denied", "path"),
    [
        ("Order.email", "orders.email"),
        ("Order.customer", "orders.customer"),
        ("Order.phone", "orders.phone"),
        ("Customer.defaultEmailAddress", "orders.customer.defaultEmailAddress"),
        ("CustomerEmailAddress.emailAddress", "orders.customer.defaultEmailAddress.emailAddress"),
        ("MailingAddress.zip", "orders.billingAddress.zip"),
    ],
)
def test_a_denied_field_is_named_and_its_order_kept(denied: str, path: str) -> None:
    """Protected customer data: the field is null with an error for each order; no order is lost."""
    shop = Shop(ShopifySwitches(denied=frozenset({denied})))
    shop.orders(30)
    connector = shop.connector()
    stream = stream_of(connector, "orders")
    pages = drain(stream)
    assert len(node_ids(pages)) == 30
    assert all(isinstance(one, Order) for one in records(stream, pages))
    assert path in connector.narrowed
    assert path in connector.spent.limits["denied fields"]


def test_a_denied_field_is_asked_for_once() -> None:
    """The next page leaves it out, so it brings no errors."""
    shop = Shop(ShopifySwitches(denied=frozenset({"Order.email"})))
    shop.orders(30)
    stream = shop.stream("orders", page_size=10)
    first, second, third = drain(stream)
    assert "email" in json.loads(first.items[0])
    assert "email" not in json.loads(second.items[0])
    assert len(third.items) == 10


def test_rows_that_are_left_out_after_too_many_errors_are_fetched() -> None:
    """After so many errors Shopify truncates the results; without the denied fields the page comes whole."""
    shop = Shop(ShopifySwitches(denied=frozenset({"Order.email", "Order.phone"}), error_limit=100))
    shop.orders(250)
    assert node_ids(drain(shop.stream("orders"))) == [str(5001 + place) for place in range(250)]


def test_a_field_that_takes_its_row_along_does_not_lose_the_row() -> None:
    """Where a denied field may not be null, its object is null: here the company that an order is for."""
    shop = Shop(ShopifySwitches(denied=frozenset({"PurchasingCompany.company"})))
    company = company_row(7, NOW)
    purchaser = {"__typename": "PurchasingCompany", "company": company, "location": None, "contact": None}
    shop.service.put_order(order_row(1, NOW - _DAY, purchasingEntity=purchaser))
    connector = shop.connector()
    assert node_ids(drain(stream_of(connector, "orders"))) == ["1"]
    assert "orders.purchasingEntity.company" in connector.narrowed


def test_customers_that_the_scope_hides_in_orders_are_named() -> None:
    """Without read_customers an order's customer is null with ACCESS_DENIED."""
    shop = Shop(ShopifySwitches(scopes=ALL_SCOPES - {"read_customers", "read_companies"}))
    shop.orders(3)
    connector = shop.connector()
    assert len(node_ids(drain(stream_of(connector, "orders")))) == 3
    assert "orders.customer" in connector.narrowed


def test_a_null_that_nobody_denied_narrows_nothing() -> None:
    """A guest at the till has no e-mail and no customer (frappe/ecommerce_integrations#416, dubinc/dub PR#2607)."""
    shop = Shop()
    shop.service.put_order(order_row(1, NOW - _DAY, email=None, customer=None, purchasingEntity=None))
    connector = shop.connector()
    stream = stream_of(connector, "orders")
    (found,) = records(stream, drain(stream))
    assert isinstance(found, Order)
    assert (found.email, found.customer_id) == (None, None)
    assert connector.narrowed == frozenset()


def test_denied_fields_of_one_stream_leave_the_others_alone() -> None:
    """What orders may not show customers may."""
    shop = Shop(ShopifySwitches(denied=frozenset({"Order.email"})))
    shop.orders(1)
    shop.service.put_customer(customer_row(5, NOW - _DAY))
    connector = shop.connector()
    drain(stream_of(connector, "orders"))
    (page,) = drain(stream_of(connector, "customers"))
    assert json.loads(page.items[0])["defaultEmailAddress"] == {"emailAddress": "ana5@example.com"}


def test_a_failure_inside_status_200_is_tried_again() -> None:
    """INTERNAL_SERVER_ERROR beside half of the data is no answer."""
    shop = Shop()
    shop.orders(3)

    def half(body: bytes) -> bytes:
        found = json.loads(body)
        found["data"]["page"]["nodes"] = found["data"]["page"]["nodes"][:1]
        found["errors"] = [{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
        return json.dumps(found).encode()

    connector = shop.connector(transport=_Altered(shop, half, times=2))
    assert len(node_ids(drain(stream_of(connector, "orders")))) == 3
    assert connector.spent.retries == 2


def test_a_page_for_people_is_no_answer() -> None:
    """A proxy's page with status 200 is never an empty list."""
    shop = Shop()
    assert _code(shop, transport=_Altered(shop, lambda _: b"<!DOCTYPE html><p>Back soon")) == (BadAnswer, "bad-answer")


def test_a_cut_answer_is_tried_again() -> None:
    """The half of a body is no page."""
    shop = Shop()
    shop.orders(3)
    connector = shop.connector(transport=_Altered(shop, lambda body: body[: len(body) // 2], times=1))
    assert len(node_ids(drain(stream_of(connector, "orders")))) == 3


def test_an_answer_without_the_list_is_an_error() -> None:
    """Data that lacks what was asked for is not an empty list."""
    shop = Shop()
    assert _code(shop, transport=_Altered(shop, lambda _: b'{"data":{}}'))[0] is BadAnswer


def test_a_field_that_the_version_does_not_know_is_told() -> None:
    """A syntax or field error is an error of the query, not an empty shop."""
    shop = Shop()
    fault = b'{"errors":[{"message":"Field \'x\' doesn\'t exist","extensions":{"code":"undefinedField"}}]}'
    assert _code(shop, transport=_Altered(shop, lambda _: fault)) == (SourceRefused, "request-refused")


def test_an_older_version_is_not_asked_for_newer_fields() -> None:
    """Customer.taxSettings is there from 2026-07 on; before, asking for it would fail every page."""
    shop = Shop()
    shop.orders(1)
    shop.service.put_customer(customer_row(5, NOW - _DAY))
    connector = shop.connector(api_version="2026-04")
    assert len(node_ids(drain(stream_of(connector, "orders")))) == 1
    (page,) = drain(stream_of(connector, "customers"))
    assert "taxSettings" not in json.loads(page.items[0])


def test_an_ended_version_falls_forward_and_that_is_shown() -> None:
    """Shopify answers as the oldest version that is left; only a header tells."""
    shop = Shop()
    shop.orders(1)
    connector = shop.connector(api_version="2025-07")
    assert len(node_ids(drain(stream_of(connector, "orders")))) == 1
    assert connector.spent.limits["version"] == "2025-07 was asked for, 2026-01 answers"


def test_a_changed_approval_is_noticed_by_a_fresh_connector() -> None:
    """What was denied once is not remembered for ever."""
    shop = Shop(ShopifySwitches(denied=frozenset({"Order.email"})))
    shop.orders(1)
    drain(shop.stream("orders"))
    shop.service.switches = replace(shop.service.switches, denied=frozenset())
    connector = shop.connector()
    (page,) = drain(stream_of(connector, "orders"))
    assert json.loads(page.items[0])["email"] == "ana5001@example.com"
