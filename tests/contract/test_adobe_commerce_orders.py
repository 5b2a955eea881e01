"""Adobe Commerce orders of `/V1/orders`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, decoded, keys_of, order, published, recognised, setting
from unposted.connectors.adobe_commerce import FORMATS
from unposted.connectors.adobe_commerce.orders import ORDERS
from unposted.connectors.formats import Bad
from unposted.domain.records import Order

_NAME = "Adobe Commerce orders JSON"
_BILLING: dict[str, Any] = {
    "firstname": "Ida",
    "lastname": "Holm",
    "street": ["3 Harbour Street", "Floor 2"],
    "postcode": "SW1A 1AA",
    "country_id": "GB",
    "telephone": "020 7946 0018",
    "email": "ida@example.com",
}


def _ship_to(**address: Any) -> dict[str, Any]:
    return {"shipping_assignments": [{"shipping": {"address": address, "method": "flatrate"}, "items": []}]}


def _payload(**changes: Any) -> dict[str, Any]:
    payload = {
        "entity_id": 5,
        "increment_id": "000000005",
        "state": "processing",
        "status": "picking",
        "created_at": "2026-04-08 21:05:30",
        "updated_at": "2026-04-09 08:00:00",
        "order_currency_code": "GBP",
        "base_currency_code": "USD",
        "grand_total": 120,
        "base_grand_total": 150,
        "tax_amount": 20,
        "customer_id": 3,
        "customer_group_id": 1,
        "customer_email": "Ida@Example.com",
        "customer_firstname": "Ida",
        "customer_lastname": "Holm",
        "billing_address": _BILLING,
        "extension_attributes": _ship_to(country_id="CA", postcode="V6B 1A1"),
    }
    return payload | changes


def _one(**changes: Any) -> Order:
    return order(decoded(ORDERS, [_payload(**changes)]))


def test_an_order_is_read_with_its_party_money_and_time() -> None:
    """Money is what the customer paid in; times are UTC whatever the store's zone; the state is the signal."""
    found = _one()
    assert found[:8] == (
        *("5", "000000005", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC), "state=processing", "GBP"),
        *(12000, 0, 10000),
    )
    assert found.updated_at == datetime(2026, 4, 9, 8, tzinfo=UTC)
    assert (found.customer_id, found.company_id, found.replaces) == ("3", None, None)
    assert (found.email, found.buyer_name, found.country) == ("ida@example.com", "Ida Holm", "CA")
    assert keys_of(found, "email") == ["ida@example.com"]
    assert keys_of(found, "phone") == ["+442079460018"]
    assert keys_of(found, "name_address") == ["ida holm|sw1a1aa|3"]
    assert not found.b2b


def test_null_fields_are_left_out_of_a_guests_order() -> None:
    """A guest's order has no customer id, no refund and perhaps no names; the billing address helps out."""
    payload = _payload()
    for name in ("customer_id", "customer_email", "customer_firstname", "customer_lastname", "tax_amount"):
        del payload[name]
    found = order(decoded(ORDERS, [payload]))
    assert (found.customer_id, found.email, found.buyer_name, found.net) == (None, "ida@example.com", "Ida Holm", 12000)


def test_a_json_number_never_becomes_a_float() -> None:
    """PHP writes amounts as 60.489999999999995; digits are read from the text of the number."""
    assert _one(grand_total=60.489999999999995, tax_amount=0).total == 6049
    body = '{"entity_id":1,"increment_id":"1","state":"new","created_at":"2026-04-08 00:00:00",'
    body += '"order_currency_code":"USD","grand_total":9007199254740.9850000001}'
    assert order(decoded(ORDERS, [body])).total == 900719925474099


def test_a_company_order_is_the_companys() -> None:
    """The order names its company; id 0, or an empty list for an empty object, is none."""
    attributes = {"company_order_attributes": {"order_id": 5, "company_id": 8, "company_name": "Holm Ltd"}}
    found = _one(extension_attributes=_ship_to(country_id="GB") | attributes)
    assert (found.company_id, found.company_name, found.b2b) == ("8", "Holm Ltd", True)
    assert keys_of(found, "name_address") == ["holm ltd|sw1a1aa|3"]
    nothing: list[object] = [{"company_id": 0, "company_name": "Nobody"}, [], None, {}]
    for none in nothing:
        found = _one(extension_attributes={"company_order_attributes": none})
        assert (found.company_id, found.company_name, found.b2b) == (None, None, False)


@pytest.mark.parametrize(
    ("changes", "country"),
    [
        ({}, "CA"),
        ({"extension_attributes": []}, "GB"),
        ({"extension_attributes": {"shipping_assignments": [{"shipping": {"method": None}}]}}, "GB"),
        ({"extension_attributes": {"shipping_assignments": [{"shipping": []}]}}, "GB"),
        ({"extension_attributes": {"shipping_assignments": None}, "billing_address": []}, None),
    ],
)
def test_the_country_is_the_shipping_assignments_else_the_billing_address(
    changes: dict[str, Any], country: str | None
) -> None:
    """A virtual order is shipped nowhere."""
    assert _one(**changes).country == country


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_taxvat": "DE 811 569 869"},
        {"billing_address": _BILLING | {"vat_id": "DE811569869"}},
        {"extension_attributes": _ship_to(country_id="DE", vat_id="de811569869")},
    ],
)
def test_a_tax_id_anywhere_on_the_order_makes_a_key_and_b2b(changes: dict[str, Any]) -> None:
    """The account's VAT number, and the addresses' own."""
    found = _one(**changes)
    assert keys_of(found, "tax_id") == ["DE811569869", "~811569869"]
    assert found.b2b


def test_a_named_customer_group_makes_b2b() -> None:
    """The workspace names the groups that are B2B."""
    assert order(decoded(ORDERS, [_payload(customer_group_id=2)], setting(groups=["2"]))).b2b
    assert not order(decoded(ORDERS, [_payload(customer_group_id=None)], setting(groups=["2"]))).b2b


def test_an_edited_order_names_the_one_that_it_replaces() -> None:
    """Relation fields decide; a `-1` at the number's end tells nothing, for reorders have it too."""
    assert _one(relation_parent_id="4", increment_id="000000004-1").replaces == "4"
    assert _one(increment_id="000000004-1").replaces is None
    assert _one(relation_parent_id=0).replaces is None


@pytest.mark.parametrize(
    ("state", "status", "signals"),
    [
        ("Complete", "shipped_by_us", "state=complete"),
        (None, "pending_payment", "state=pending_payment"),
        (None, "Picked", "status=picked"),
        (None, None, ""),
    ],
)
def test_the_state_is_the_signal_and_the_status_stands_in(state: str | None, status: str | None, signals: str) -> None:
    """Merchants rename statuses; a default one still tells the state where the state is missing."""
    assert _one(state=state, status=status).signals == signals


def test_a_refund_lowers_the_net_by_its_own_tax_where_it_is_told() -> None:
    """With `tax_refunded` the net is exact; without, the refund carries tax as the order does."""
    assert _one(total_refunded=30, tax_refunded=0).net == 10000 - 3000
    assert _one(total_refunded=30).net == 10000 - 3000 + 500


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grand_total": None}, "missing-field"),
        ({"grand_total": -1}, "negative-amount"),
        ({"grand_total": "float"}, "bad-amount"),
        ({"order_currency_code": "string"}, "unknown-currency"),
        ({"order_currency_code": None}, "missing-field"),
        ({"created_at": None}, "missing-field"),
        ({"created_at": "0000-00-00 00:00:00"}, "bad-date"),
        ({"extension_attributes": "?"}, "bad-shape"),
    ],
)
def test_a_bad_order_is_told_of_in_its_place_and_the_others_are_read(changes: dict[str, Any], code: str) -> None:
    """The reason names the field; the order before and after it are whole."""
    items = decoded(ORDERS, [_payload(entity_id=1), _payload(**changes), _payload(entity_id=3)])
    assert [item.order_id for item in items if isinstance(item, Order)] == ["1", "3"]
    bad = items[1]
    assert isinstance(bad, Bad)
    assert (bad.line, bad.code) == (2, code)
    assert bad.record_id == (None if code == "bad-shape" else "5")


def test_documents_of_an_order_are_not_recognised_as_orders() -> None:
    """Invoices, shipments and credit memos have numbers and totals too."""
    assert recognised(FORMATS, _payload()) == [_NAME]
    invoice = {"entity_id": 1, "increment_id": "000000001", "order_id": 5, "state": 2, "grand_total": 120}
    assert recognised(FORMATS, invoice) == []
    assert recognised(FORMATS, published("specs", "adobe-commerce", "examples", "invoice-created.json")) == []


def test_the_vendors_own_order_is_read() -> None:
    """Adobe's published order decodes whole."""
    payload = published("specs", "adobe-commerce", "examples", "order-with-shipping-assignments.json")
    assert recognised(FORMATS, payload) == [_NAME]
    found = order(decoded(ORDERS, [payload]))
    assert found[:5] == ("3", "000000003", datetime(2017, 8, 21, 22, 22, 19, tzinfo=UTC), "state=new", "USD")
    assert (found.total, found.customer_id, found.email, found.country) == (16500, "3", "jdoe@example.com", "US")


def test_an_answer_trimmed_to_two_fields_is_bad_for_what_it_lacks() -> None:
    """Adobe's example of `fields=` shows numbers only: no order can be made of them."""
    payload = published("specs", "adobe-commerce", "examples", "orders-search-fields-filtered.json")
    assert all(recognised(FORMATS, one) == [_NAME] for one in payload["items"])
    items = decoded(ORDERS, payload["items"])
    assert bad_codes(items) == ["missing-field"] * 3
    assert [item.record_id for item in items if isinstance(item, Bad)] == ["3003", "3140", "9435"]


def test_an_event_skeleton_with_type_names_for_values_is_bad() -> None:
    """The published event payload says `float` where an amount stands."""
    payload = published("specs", "adobe-commerce", "examples", "event-plugin-sales-api-order_management-place.json")
    assert recognised(FORMATS, payload) == [_NAME]
    assert bad_codes(decoded(ORDERS, [payload])) == ["bad-shape"]
