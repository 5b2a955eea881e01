"""What a token of a Shopify shop lets us see is found out and said, narrowings above all."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx2
import pytest

from tests.contract.live.shopify_shop import FILES, NOW, SHOP, Shop, company_row, customer_row, order_row
from unposted.connectors.live import Fact, needed_secrets
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.errors import SignIn
from unposted.sandbox.services.shopify_switches import ALL_SCOPES, ShopifySwitches
from unposted.sandbox.transport import InProcess
from unposted.sandbox.wire import SteppedClock


def _facts(shop: Shop, **settings: object) -> list[Fact]:
    connector = shop.connector(**settings)  # type: ignore[arg-type]
    try:
        return list(connector.examine())
    finally:
        connector.close()


class _Forgetful(InProcess):
    """A proxy that loses the place in a list on its way."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.read())
        if "after" in asked["variables"]:
            asked["variables"]["after"] = None
        return super().handle_request(
            httpx2.Request(request.method, request.url, headers=dict(request.headers), json=asked)
        )


def _levels(facts: list[Fact]) -> dict[str, str]:
    return {fact.check: fact.level for fact in facts}


def test_a_shop_that_is_fully_open_has_nothing_to_warn_of() -> None:
    """The facts come in a fixed order, credentials first."""
    shop = Shop()
    shop.orders(10)
    shop.service.put_company(company_row(7, NOW))
    facts = _facts(shop, streams=("all",))
    assert [fact.check for fact in facts] == [
        "credentials", "scope read_orders", "scope read_customers", "scope read_companies", "scope read_draft_orders",
        "version", "oldest record", "companies", "paging", "clock", "limits",
    ]  # fmt: skip
    assert {fact.level for fact in facts} == {"ok"}
    assert "1 companies" in facts[7].text


def test_a_wrong_token_fails_at_once() -> None:
    """Before any fact is told."""
    connector = Shop().connector(token="shpat_of_yesterday")
    with pytest.raises(SignIn):
        next(connector.examine())


def test_sixty_days_are_said_aloud() -> None:
    """Without read_all_orders older orders are silently absent (airbytehq/airbyte#58668)."""
    shop = Shop(ShopifySwitches(scopes=ALL_SCOPES - {"read_all_orders"}))
    for days in range(0, 100, 10):
        shop.service.put_order(order_row(100 - days, NOW - timedelta(days=days)))
    facts = {fact.check: fact for fact in _facts(shop)}
    assert facts["scope read_all_orders"].level == "warn"
    assert "60 days" in facts["scope read_all_orders"].text
    assert facts["oldest record"].level == "warn"
    assert "11 Feb 2026" in facts["oldest record"].text


@pytest.mark.parametrize(
    ("lost", "check", "level"),
    [
        ({"read_orders"}, "scope read_orders", "fail"),
        ({"read_customers"}, "scope read_customers", "warn"),
        ({"read_customers", "read_companies"}, "scope read_companies", "warn"),
        ({"read_draft_orders"}, "scope read_draft_orders", "warn"),
    ],
)
def test_each_missing_scope_is_named_with_what_it_hides(lost: set[str], check: str, level: str) -> None:
    """Without orders there is nothing to find; the others narrow."""
    shop = Shop(ShopifySwitches(scopes=ALL_SCOPES - lost))
    shop.orders(3)
    facts = _facts(shop, streams=("all",))
    assert _levels(facts)[check] == level
    assert "the scope is missing" in next(fact.text for fact in facts if fact.check == check)


def test_a_scope_of_a_stream_that_is_not_read_is_not_asked_for() -> None:
    """Who reads no draft orders need not grant them."""
    facts = _facts(Shop(ShopifySwitches(scopes=ALL_SCOPES - {"read_draft_orders"})))
    assert "scope read_draft_orders" not in _levels(facts)


def test_a_token_that_may_write_is_warned_of() -> None:
    """Reading is enough; and the right to write includes it."""
    shop = Shop(ShopifySwitches(scopes=(ALL_SCOPES - {"read_orders"}) | {"write_orders", "read_orders"}))
    facts = {fact.check: fact for fact in _facts(shop)}
    assert facts["scope read_orders"].level == "ok"
    assert (facts["rights"].level, "write_orders" in facts["rights"].text) == ("warn", True)


def test_an_ended_version_is_warned_of() -> None:
    """Fields may differ from what was asked for."""
    facts = {fact.check: fact for fact in _facts(Shop(), api_version="2025-10")}
    assert facts["version"].level == "warn"
    assert "2026-01" in facts["version"].text


def test_protected_fields_are_warned_of_once_each() -> None:
    """Orders and customers are looked at, before anything is synced."""
    shop = Shop(ShopifySwitches(denied=frozenset({"Order.email", "Customer.firstName"})))
    shop.orders(10)
    shop.service.put_customer(customer_row(5, NOW))
    texts = [fact.text for fact in _facts(shop) if fact.check == "protected fields"]
    assert [text.partition(";")[0] for text in texts] == [
        "customers: the app may not read firstName",
        "orders: the app may not read customer.firstName",
        "orders: the app may not read email",
    ]


def test_a_clock_that_goes_wrong_is_warned_of() -> None:
    """More than two minutes between Shopify's clock and ours."""
    shop = Shop()
    transport = InProcess({SHOP: shop.service, FILES: shop.service}, SteppedClock(NOW + timedelta(minutes=3)))
    facts = {fact.check: fact for fact in _facts(shop, transport=transport)}
    assert (facts["clock"].level, "+180 s" in facts["clock"].text) == ("warn", True)


def test_pages_that_repeat_fail() -> None:
    """Two tiny pages must not share a record."""
    shop = Shop()
    shop.orders(5)

    facts = {fact.check: fact for fact in _facts(shop, transport=_Forgetful(shop.mounts(), shop.clock))}
    assert facts["paging"].level == "fail"


def test_an_empty_shop_is_told() -> None:
    """No order can be seen: the reader should know before he trusts a zero."""
    facts = {fact.check: fact for fact in _facts(Shop())}
    assert (facts["oldest record"].level, facts["oldest record"].text) == ("warn", "no order can be seen")


def test_every_setting_is_described() -> None:
    """The workspace reader and the pages of the docs show these words."""
    import msgspec

    described = msgspec.json.schema(ShopifyConnection)["$defs"]["ShopifyConnection"]["properties"]
    own = set(ShopifyConnection.__annotations__) - {"SECRETS", "STREAMS"}
    assert {name for name in own if "description" in described[name] and "examples" in described[name]} == own


def test_the_token_is_the_one_secret_that_is_needed() -> None:
    """The webhooks' secret may be missing."""
    names = needed_secrets(ShopifyConnection(url="https://x.myshopify.com"))
    assert [(name.name, name.is_optional) for name in names] == [("token", False), ("webhook_secret", True)]
