"""REST and webhook orders and draft orders become records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, decoded, order
from unposted.connectors.shopify.rest_orders import REST_ORDERS
from unposted.domain.records import Order

_BODY: dict[str, Any] = {
    "id": 5001,
    "name": "#1001",
    "created_at": "2026-04-10T10:00:00-04:00",
    "updated_at": "2026-04-11T04:30:00-04:00",
    "cancelled_at": None,
    "test": False,
    "financial_status": "partially_refunded",
    "currency": "USD",
    "total_price": "110.50",
    "current_total_price": "90.00",
    "total_tax": "10.50",
    "email": "Ana@Example.com",
    "phone": None,
    "tags": "VIP, Canada",
    "customer": {"id": 77, "email": "other@example.com", "first_name": "Ana", "last_name": "Adler", "tags": ""},
    "shipping_address": {"country_code": "CA"},
    "billing_address": {"name": "A. Adler", "address1": "12 Main Street", "zip": "10001", "country": "United States",
                        "phone": "212-555-0147", "company": "Adler Supplies"},
    "refunds": [
        {"transactions": [{"kind": "refund", "status": "success", "amount": "50.25", "currency": "USD"},
                          {"kind": "refund", "status": "failure", "amount": "9.00", "currency": "USD"}]},
        {"transactions": [{"kind": "refund", "amount": "5.00"},
                          {"kind": "sale", "status": "success", "amount": "1.00"}]},
        {"transactions": []},
    ],
}  # fmt: skip


def _order(**changes: Any) -> Order:
    return order(decoded(REST_ORDERS, [{**_BODY, **changes}]))


def test_an_order_is_read_whole() -> None:
    """Numeric ids become text, times UTC, tags a list; refunds are the successful refund transactions."""
    found = _order()
    assert found._replace(keys=()) == Order(
        order_id="5001",
        name="#1001",
        created_at=datetime(2026, 4, 10, 14, tzinfo=UTC),
        signals="financial_status=PARTIALLY_REFUNDED",
        currency="USD",
        total=11050,
        refunded=5525,
        net=5000,
        updated_at=datetime(2026, 4, 11, 8, 30, tzinfo=UTC),
        customer_id="77",
        buyer_name="Ana Adler",
        email="ana@example.com",
        country="CA",
        tags=("vip", "canada"),
    )
    assert set(found.keys) == {
        ("email", "ana@example.com"),
        ("phone", "+12125550147"),
        ("name_address", "ana adler|10001|12"),
    }


@pytest.mark.parametrize(
    ("changes", "refunded"),
    [
        ({"refunds": []}, 0),
        ({"refunds": None}, 2050),
        ({"refunds": None, "current_total_price": None}, 0),
        ({"refunds": None, "current_total_price": "120.00"}, 0),
        ({"refunds": [{"transactions": [{"kind": "refund", "amount": "70.00", "currency": "EUR"}]}]}, 2050),
    ],
)
def test_refunds_that_are_not_told_show_in_the_current_total(changes: dict[str, Any], refunded: int) -> None:
    """A trimmed body, or refunds in the shopper's own currency."""
    assert _order(**changes).refunded == refunded


@pytest.mark.parametrize(
    ("changes", "signals"),
    [
        ({"financial_status": "paid"}, "financial_status=PAID"),
        ({"financial_status": None}, ""),
        ({"financial_status": "voided", "cancelled_at": "2026-04-11T00:00:00Z"}, "financial_status=VOIDED;cancelled"),
        ({"financial_status": "paid", "test": True}, "financial_status=PAID;test"),
        ({"financial_status": "paid", "test": "TRUE"}, "financial_status=PAID;test"),
    ],
)
def test_signals_are_those_of_graphql(changes: dict[str, Any], signals: str) -> None:
    """The same table of states serves both."""
    assert _order(**changes).signals == signals


def test_a_draft_order_is_a_quote_with_an_id_of_its_own() -> None:
    """It has a status and no financial status."""
    draft = {name: value for name, value in _BODY.items() if name != "financial_status"}
    found = order(decoded(REST_ORDERS, [{**draft, "status": "invoice_sent", "name": "#D1"}]))
    assert (found.order_id, found.signals) == ("draft-5001", "draft_status=INVOICE_SENT")


def test_an_order_for_a_company_is_the_companys() -> None:
    """The body tells only its id; the buyer's address is not the company's."""
    found = _order(company={"id": 9, "location_id": 10})
    assert (found.company_id, found.b2b) == ("9", True)
    assert {key.kind for key in found.keys} == {"email"}


@pytest.mark.parametrize("email", [None, "", "  "])
def test_other_fields_stand_in_for_a_blank_email(email: str | None) -> None:
    """The contact's, then the customer's."""
    assert _order(email=email, contact_email="bo@example.com").email == "bo@example.com"
    assert _order(email=email).email == "other@example.com"
    assert _order(email=email, customer=None).email is None


def test_b2b_shows_in_the_tags_of_order_and_customer() -> None:
    """The company in an address is free text."""
    assert _order(tags="wholesale").b2b
    assert _order(customer={"id": 1, "tags": "gold, B2B"}).b2b
    assert not _order().b2b


def test_amounts_and_ids_may_be_text_or_numbers() -> None:
    """Tools that save payloads turn one into the other."""
    found = _order(id="gid://shopify/Order/5001", total_price=110.5, total_tax=10)
    assert (found.order_id, found.total) == ("5001", 11050)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": None}, "missing-field"),
        ({"created_at": "soon"}, "bad-date"),
        ({"total_price": None}, "missing-field"),
        ({"total_price": "ten"}, "bad-amount"),
        ({"total_price": -1}, "negative-amount"),
        ({"total_price": [1]}, "bad-amount"),
        ({"currency": None}, "missing-field"),
        ({"refunds": [{"transactions": [{"kind": "refund", "amount": "x"}]}]}, "bad-amount"),
        ({"customer": "x"}, "bad-shape"),
    ],
)
def test_a_record_that_cannot_be_read_goes_to_quarantine(changes: dict[str, Any], code: str) -> None:
    """The record beside it is read."""
    items = decoded(REST_ORDERS, [{**_BODY, **changes}, _BODY])
    assert bad_codes(items) == [code]
    assert isinstance(items[1], Order)
