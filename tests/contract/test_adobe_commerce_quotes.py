"""Negotiable quotes among the carts of Adobe Commerce."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, decoded, keys_of, order, published, recognised
from unposted.connectors.adobe_commerce import FORMATS
from unposted.connectors.adobe_commerce.quotes import QUOTES

_NAME = "Adobe Commerce negotiable quotes JSON"


def _cart(**changes: Any) -> dict[str, Any]:
    quote = {"quote_id": 4, "is_regular_quote": True, "status": "processing_by_admin", "quote_name": "Spring stock"}
    cart = {
        "id": 4,
        "created_at": "2026-04-08 20:30:38",
        "updated_at": "2026-04-08 20:46:20",
        "is_active": True,
        "items": [{"qty": 15, "price": 12.48}, {"qty": 10, "price": 17.16}],
        "customer": {
            "id": 2,
            "email": "Kay@Example.org",
            "firstname": "Kay",
            "lastname": "Roe",
            "taxvat": "DE811569869",
            "extension_attributes": {"company_attributes": {"company_id": 1}},
        },
        "billing_address": {"country_id": "US"},
        "currency": {"quote_currency_code": "USD"},
        "extension_attributes": {"negotiable_quote": quote},
    }
    return cart | changes


def _quote(**changes: Any) -> dict[str, Any]:
    quote = {"is_regular_quote": True, "status": "created"}
    return {"extension_attributes": {"negotiable_quote": quote | changes}}


def test_a_quote_is_read_as_an_order_with_the_quotes_status() -> None:
    """Its id is kept apart from orders' ids; without a negotiated price its lines add up."""
    found = order(decoded(QUOTES, [_cart()]))
    assert found[:8] == (
        *("quote-4", "Spring stock", datetime(2026, 4, 8, 20, 30, 38, tzinfo=UTC)),
        *("quote_status=processing_by_admin", "USD", 35880, 0, 35880),
    )
    assert (found.customer_id, found.company_id, found.b2b, found.country) == ("2", "1", True, "US")
    assert keys_of(found, "email") == ["kay@example.org"]
    assert keys_of(found, "tax_id") == ["DE811569869", "~811569869"]


def test_the_negotiated_price_is_the_total() -> None:
    """What was agreed on wins over the lines."""
    assert order(decoded(QUOTES, [_cart(**_quote(negotiated_total_price=300.5))])).total == 30050


def test_a_quote_without_a_status_is_still_a_quote() -> None:
    """It must not count as an order."""
    assert order(decoded(QUOTES, [_cart(**_quote(status=None))])).signals == "quote_status=created"


@pytest.mark.parametrize(
    "changes",
    [
        {"extension_attributes": {}},
        {"extension_attributes": []},
        {"extension_attributes": {"negotiable_quote": []}},
        _quote(is_regular_quote=None),
        _quote(is_regular_quote=False),
    ],
)
def test_an_abandoned_cart_is_left_out(changes: dict[str, Any]) -> None:
    """The search lists every cart; only a regular quote is one."""
    assert decoded(QUOTES, [_cart(**changes)]) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"currency": None}, "missing-field"),
        ({"created_at": "never"}, "bad-date"),
        ({"items": [{"qty": "some", "price": 1}]}, "bad-amount"),
    ],
)
def test_a_bad_quote_is_told_of(changes: dict[str, Any], code: str) -> None:
    """A quote that cannot be read goes to quarantine like an order."""
    assert bad_codes(decoded(QUOTES, [_cart(**changes)])) == [code]


def test_the_vendors_own_carts_are_read() -> None:
    """Of Adobe's two published carts only the submitted one is a quote."""
    initial = published("specs", "adobe-commerce", "examples", "negotiable-quote-cart-initial.json")
    submitted = published("specs", "adobe-commerce", "examples", "negotiable-quote-cart-submitted.json")
    assert [recognised(FORMATS, cart) for cart in (initial, submitted)] == [[_NAME], [_NAME]]
    found = order(decoded(QUOTES, [initial, submitted]))
    assert (found.order_id, found.name, found.signals) == (
        "quote-4",
        "Discount request",
        "quote_status=processing_by_admin",
    )
    assert found.company_id == "1"
