"""BigCommerce v2 orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, decoded, keys_of, order, published, recognised, setting
from unposted.connectors.bigcommerce import FORMATS
from unposted.connectors.bigcommerce.orders import ORDERS
from unposted.connectors.formats import Bad
from unposted.domain.records import Order

_BILLING: dict[str, Any] = {
    "first_name": "Ada",
    "last_name": "Moss",
    "company": "Moss Trading",
    "street_1": "12 Canal Street",
    "zip": "10001",
    "country": "United States",
    "country_iso2": "US",
    "phone": "(212) 555-0134",
    "email": " Ada.Moss@Example.com ",
    "form_fields": [],
}


def _payload(**changes: Any) -> dict[str, Any]:
    payload = {
        "id": 100,
        "customer_id": 20,
        "date_created": "Wed, 08 Apr 2026 21:05:30 +0000",
        "date_modified": "Thu, 09 Apr 2026 08:00:00 +0000",
        "status_id": 11,
        "status": "Awaiting Fulfillment",
        "total_ex_tax": "100.0000",
        "total_inc_tax": "108.2500",
        "total_tax": "8.2500",
        "refunded_amount": "0.0000",
        "payment_method": "Credit Card",
        "payment_status": "authorized",
        "currency_code": "EUR",
        "default_currency_code": "USD",
        "billing_address": _BILLING,
        "shipping_addresses": {"url": "https://example.com/v2/orders/100/shippingaddresses", "resource": "/orders/100"},
        "external_source": "M-MIG",
    }
    return payload | changes


def _one(**changes: Any) -> Order:
    return order(decoded(ORDERS, [_payload(**changes)]))


def test_an_order_is_read_with_its_party_money_and_time() -> None:
    """Amounts are in the transactional currency, times in UTC, and the keys are the billing address's."""
    found = _one()
    assert found[:8] == (
        *("100", "100", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC), "status_id=11", "USD"),
        *(10825, 0, 10000),
    )
    assert found.updated_at == datetime(2026, 4, 9, 8, tzinfo=UTC)
    assert (found.customer_id, found.company_id, found.company_name) == ("20", None, None)
    assert (found.email, found.buyer_name, found.country) == ("ada.moss@example.com", "Ada Moss", "US")
    assert keys_of(found, "email") == ["ada.moss@example.com"]
    assert keys_of(found, "phone") == ["+12125550134"]
    assert keys_of(found, "name_address") == ["ada moss|10001|12"]
    assert not found.b2b


def test_a_guest_has_no_customer_id() -> None:
    """BigCommerce writes customer 0 for a guest."""
    assert _one(customer_id=0).customer_id is None


@pytest.mark.parametrize("amount", ["108.25", "108.2500", 108.25])
def test_amounts_are_read_from_text_and_numbers_alike(amount: object) -> None:
    """The reference allows a float, a float as text and an integer."""
    assert _one(total_inc_tax=amount).total == 10825
    assert _one(total_inc_tax=108, total_ex_tax=100).net == 10000


def test_a_json_number_never_becomes_a_float() -> None:
    """Digits that a float would round away stay: the amount is read from its text."""
    body = '{"id":1,"date_created":"Wed, 08 Apr 2026 21:05:30 +0000","status_id":2,"total_inc_tax":%s,'
    body += '"default_currency_code":"USD"}'
    found = order(decoded(ORDERS, [body % "9007199254740.995"]))
    assert found.total == 900719925474100
    assert order(decoded(ORDERS, [body % "9007199254740.9850000001"])).total == 900719925474099


def test_without_a_net_total_the_tax_tells_the_net() -> None:
    """`total_tax` is used when `total_ex_tax` is not there."""
    assert _one(total_ex_tax=None).net == 10000


def test_a_partial_refund_lowers_the_net_in_proportion() -> None:
    """A refund carries tax as the order does."""
    found = _one(refunded_amount="54.1250", status_id=14)
    assert (found.total, found.refunded, found.net) == (10825, 5412, 10000 - 5412 + 412)


def test_the_display_currency_stands_in_when_the_transactional_one_is_blank() -> None:
    """Old orders lack `default_currency_code`."""
    assert _one(default_currency_code="").currency == "EUR"
    payload = _payload()
    del payload["default_currency_code"]
    assert order(decoded(ORDERS, [payload])).currency == "EUR"


def test_signals_name_a_void_payment_and_the_test_gateway() -> None:
    """Only what may change the state is told beside the status id."""
    assert _one(payment_status="Void").signals == "status_id=11;payment_status=void"
    test = _one(payment_method="Test Payment Gateway", status_id="0")
    assert test.signals == "status_id=0;payment_method=test payment gateway"


def test_an_archived_order_is_an_order() -> None:
    """Deleting in BigCommerce archives; the order was placed all the same."""
    assert _one(is_deleted=True).order_id == "100"


def _consignments(*countries: str) -> dict[str, Any]:
    shipping = [{"id": number, "country": "", "country_iso2": code} for number, code in enumerate(countries)]
    return {"pickups": [], "shipping": shipping, "downloads": [], "email": {"gift_certificates": []}}


@pytest.mark.parametrize(
    ("changes", "country"),
    [
        ({}, "US"),
        ({"consignments": _consignments("CA", "MX")}, "CA"),
        ({"consignments": [_consignments("CA")]}, "CA"),
        ({"consignments": {"shipping": [{"address": {"country": "Canada"}}]}}, "CA"),
        ({"consignments": {"pickups": [{"location": {"country_alpha2": "CA"}}], "shipping": []}}, "CA"),
        ({"consignments": {"url": "https://example.com", "resource": "/orders/100/consignments"}}, "US"),
        ({"shipping_addresses": [{"country_iso2": "", "country": ""}, {"country": "United Kingdom"}]}, "GB"),
        ({"shipping_addresses": [{"country_iso2": "DE"}], "consignments": _consignments("CA")}, "CA"),
        ({"billing_address": {"country": "Holland", "country_iso2": ""}}, "NL"),
        ({"billing_address": {}}, None),
        ({"billing_address": []}, None),
    ],
)
def test_the_country_is_the_consignments_then_the_shipping_address_then_the_billing(
    changes: dict[str, Any], country: str | None
) -> None:
    """Links to resources that were not included tell no country."""
    assert _one(**changes).country == country


def test_a_tax_id_in_a_form_field_makes_a_key_and_b2b() -> None:
    """A VAT number stands in a form field that the merchant named."""
    fields = [{"name": "Delivery", "value": "at the back"}, {"name": "VAT Number", "value": "DE 811 569 869"}]
    found = _one(billing_address=_BILLING | {"form_fields": fields})
    assert keys_of(found, "tax_id") == ["DE811569869", "~811569869"]
    assert found.b2b


def test_a_placeholder_address_is_shown_but_is_no_key() -> None:
    """`noreply@…` is nobody's."""
    found = _one(billing_address=_BILLING | {"email": "noreply@example.com"})
    assert found.email == "noreply@example.com"
    assert keys_of(found, "email") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": None}, "missing-field"),
        ({"total_inc_tax": "a lot"}, "bad-amount"),
        ({"total_inc_tax": None}, "missing-field"),
        ({"total_inc_tax": "-1.00"}, "negative-amount"),
        ({"default_currency_code": "XYZ"}, "unknown-currency"),
        ({"date_created": "0000-00-00"}, "bad-date"),
        ({"date_created": ""}, "missing-field"),
        ({"status_id": None}, "missing-field"),
        ({"billing_address": "12 Canal Street"}, "bad-shape"),
    ],
)
def test_a_bad_order_is_told_of_in_its_place_and_the_others_are_read(changes: dict[str, Any], code: str) -> None:
    """The reason names the field; the order before and after it are whole."""
    items = decoded(ORDERS, [_payload(id=1), _payload(**changes), _payload(id=3)])
    assert [item.order_id for item in items if isinstance(item, Order)] == ["1", "3"]
    bad = items[1]
    assert isinstance(bad, Bad)
    assert (bad.line, bad.code) == (2, code)
    if code != "bad-shape" and "id" not in changes:
        assert bad.record_id == "100"


def test_broken_json_is_one_bad_record() -> None:
    """A line that is cut does not stop the file."""
    assert bad_codes(decoded(ORDERS, ['{"id": 1, "status', _payload()])) == ["bad-json"]


def test_only_an_order_is_recognised_as_one() -> None:
    """Products, customers and webhook bodies are no orders."""
    assert recognised(FORMATS, _payload()) == ["BigCommerce v2 orders JSON"]
    assert recognised(FORMATS, {"id": 1, "order_id": 100, "product_id": 5}) == []
    assert recognised(FORMATS, {"scope": "store/order/created", "data": {"type": "order", "id": 1}}) == []


@pytest.mark.parametrize(
    ("name", "signals"),
    [
        ("v2-get-orders-200-response.json", "status_id=11"),
        ("v2-get-orders-order-id-200-response.json", "status_id=7"),
        ("v2-get-orders-order-id-200-multiple-items.json", "status_id=11;payment_method=test payment gateway"),
    ],
)
def test_the_vendors_own_examples_are_read(name: str, signals: str) -> None:
    """Every order among BigCommerce's published answers decodes."""
    payload = published("specs", "bigcommerce", "examples", name)
    orders = payload if isinstance(payload, list) else [payload]
    assert all(recognised(FORMATS, one) == ["BigCommerce v2 orders JSON"] for one in orders)
    found = decoded(ORDERS, orders, setting())
    assert [item.signals for item in found if isinstance(item, Order)] == [signals]
    assert bad_codes(found) == []
