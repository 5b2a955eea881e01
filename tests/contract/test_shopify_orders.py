"""Admin GraphQL orders and draft orders become records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, decoded, keys_of, order, recognised, setting
from unposted.connectors.formats import Bad
from unposted.connectors.shopify import FORMATS
from unposted.connectors.shopify.orders import ORDERS
from unposted.domain.records import Order


def _money(amount: Any, currency: str = "USD") -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


_ADDRESS = {"name": "Ana Adler", "address1": "12 Main Street", "zip": "10001", "countryCodeV2": "US", "phone": None}
_NODE: dict[str, Any] = {
    "id": "gid://shopify/Order/5001",
    "name": "#1001",
    "createdAt": "2026-04-10T14:00:00Z",
    "updatedAt": "2026-04-11T08:30:00Z",
    "cancelledAt": None,
    "test": False,
    "displayFinancialStatus": "PAID",
    "email": "Ana@Example.com",
    "phone": "(212) 555-0147",
    "tags": ["VIP ", "vip", "Canada"],
    "totalPriceSet": _money("110.50"),
    "totalTaxSet": _money("10.50"),
    "totalRefundedSet": _money("0.0"),
    "customer": {"id": "gid://shopify/Customer/77", "displayName": "Ana Adler", "tags": []},
    "purchasingEntity": {"__typename": "Customer", "id": "gid://shopify/Customer/77"},
    "shippingAddress": {**_ADDRESS, "countryCodeV2": "CA"},
    "billingAddress": _ADDRESS,
}
_COMPANY: dict[str, Any] = {
    "__typename": "PurchasingCompany",
    "company": {"id": "gid://shopify/Company/9", "name": "Adler Supplies", "externalId": "ERP-0042"},
    "location": {
        "id": "gid://shopify/CompanyLocation/10",
        "taxSettings": {"taxRegistrationId": "DE 136 695 976"},
        "billingAddress": {"address1": "Hafenstr. 5", "zip": "20457", "countryCode": "DE"},
    },
    "contact": {"customer": {"id": "gid://shopify/Customer/78", "email": "buyer@example.org"}},
}


def _order(**changes: Any) -> Order:
    return order(decoded(ORDERS, [{**_NODE, **changes}]))


def test_an_order_by_a_person_is_read_whole() -> None:
    """Every field of the record, ids without their prefix, times in UTC, money in cents, tags casefolded."""
    found = _order()
    assert found._replace(keys=()) == Order(
        order_id="5001",
        name="#1001",
        created_at=datetime(2026, 4, 10, 14, tzinfo=UTC),
        signals="financial_status=PAID",
        currency="USD",
        total=11050,
        refunded=0,
        net=10000,
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
    ("changes", "signals"),
    [
        ({"displayFinancialStatus": "PARTIALLY_REFUNDED"}, "financial_status=PARTIALLY_REFUNDED"),
        ({"displayFinancialStatus": None}, ""),
        ({"cancelledAt": "2026-04-11T00:00:00Z"}, "financial_status=PAID;cancelled"),
        ({"test": True}, "financial_status=PAID;test"),
        ({"displayFinancialStatus": "BRAND_NEW"}, "financial_status=BRAND_NEW"),
    ],
)
def test_signals_say_what_the_platform_says(changes: dict[str, Any], signals: str) -> None:
    """They are mapped to a state elsewhere."""
    assert _order(**changes).signals == signals


def test_an_order_for_a_company_shows_the_companys_keys() -> None:
    """External id and tax id stand in the order itself; the buyer's e-mail too, the buyer's address not."""
    found = _order(purchasingEntity=_COMPANY)
    assert (found.company_id, found.company_name, found.customer_id, found.b2b) == ("9", "Adler Supplies", "77", True)
    assert keys_of(found, "external_id") == ["erp-0042"]
    assert keys_of(found, "tax_id") == ["DE136695976", "~136695976"]
    assert keys_of(found, "email") == ["ana@example.com"]
    assert keys_of(found, "name_address") == ["adler supplies|20457|5"]
    assert keys_of(found, "phone") == []


def test_the_contact_of_a_company_stands_in_for_a_missing_customer() -> None:
    """An order may be readable where its customer is not."""
    found = _order(purchasingEntity=_COMPANY, customer=None, email=None)
    assert (found.customer_id, found.email) == ("78", "buyer@example.org")


def test_a_company_order_with_nothing_but_the_companys_id_is_read() -> None:
    """Location, contact and external id may all be missing."""
    found = _order(purchasingEntity={"company": {"id": "gid://shopify/Company/9"}})
    assert (found.company_id, found.company_name, found.b2b) == ("9", None, True)


def test_refunds_reduce_the_net_in_the_orders_own_tax_share() -> None:
    """55.25 of 110.50 refunded carries half the tax."""
    found = _order(totalRefundedSet=_money("55.25"))
    assert (found.refunded, found.net) == (5525, 5000)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("409.94", "USD", 40994), ("1200", "JPY", 1200), ("1.2345", "KWD", 1234), ("0.0", "USD", 0), (12, "USD", 1200)],
)
def test_amounts_keep_their_currencys_digits(amount: Any, currency: str, units: int) -> None:
    """Yen have none, dinars three; a rest is rounded half-even."""
    found = _order(totalPriceSet=_money(amount, currency), totalTaxSet=None, totalRefundedSet=None)
    assert (found.total, found.currency) == (units, currency)


def test_an_amount_that_is_a_json_number_never_becomes_a_float() -> None:
    """1234567890.12 has more digits than a 32-bit float, 0.145 no binary form."""
    text = '{"id": "gid://shopify/Order/1", "createdAt": "2026-04-10T14:00:00Z", "totalPriceSet": %s}'
    bodies = [text % '{"shopMoney": {"amount": %s, "currencyCode": "USD"}}' % amount for amount in ("0.145", "0.155")]
    assert [getattr(item, "total", None) for item in decoded(ORDERS, bodies)] == [14, 16]


@pytest.mark.parametrize(
    ("changes", "country"),
    [
        ({}, "CA"),
        ({"shippingAddress": None}, "US"),
        ({"shippingAddress": {"country": "Germany"}}, "DE"),
        ({"shippingAddress": None, "billingAddress": None}, None),
        ({"shippingAddress": {"countryCodeV2": None, "country": None}}, "US"),
    ],
)
def test_the_country_is_where_it_ships_else_where_the_bill_goes(changes: dict[str, Any], country: str | None) -> None:
    """Digital goods ship nowhere."""
    assert _order(**changes).country == country


def test_a_guest_without_anything_still_counts() -> None:
    """A sale over the counter has no customer, no e-mail, no address."""
    nothing = dict.fromkeys(
        ("email", "phone", "customer", "purchasingEntity", "shippingAddress", "billingAddress", "tags", "updatedAt")
    )
    found = _order(**nothing)
    assert (found.customer_id, found.email, found.buyer_name, found.keys) == (None, None, None, ())
    assert (found.tags, found.updated_at) == ((), None)


@pytest.mark.parametrize(
    "customer",
    [
        {"defaultEmailAddress": {"emailAddress": "bo@example.com"}},
        {"email": "bo@example.com", "defaultEmailAddress": None},
        {"email": "bo@example.com", "defaultEmailAddress": {"emailAddress": None}},
    ],
)
def test_the_customers_email_stands_in_for_a_blank_one(customer: dict[str, Any]) -> None:
    """Under its new name or its old one."""
    found = _order(email="", customer={"id": "gid://shopify/Customer/7", **customer})
    assert found.email == "bo@example.com"
    assert keys_of(found, "email") == ["bo@example.com"]


def test_a_placeholder_address_is_shown_but_is_no_key() -> None:
    """People type something to get past a form."""
    found = _order(email="noreply@example.com")
    assert found.email == "noreply@example.com"
    assert keys_of(found, "email") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": ["Wholesale"]},
        {"tags": "vip, B2B"},
        {"customer": {"id": "1", "tags": ["b2b"]}},
        {"customer": {"id": "1", "taxSettings": {"taxId": "DE136695976"}}},
    ],
)
def test_b2b_shows_in_tags_and_tax_ids(changes: dict[str, Any]) -> None:
    """Of the order or of its customer."""
    assert _order(**changes).b2b
    assert not _order().b2b


def test_a_tax_id_of_the_customer_is_a_key() -> None:
    """Customers have them since 2026-07."""
    found = _order(customer={"id": "1", "taxSettings": {"taxId": "DE136695976"}})
    assert "DE136695976" in keys_of(found, "tax_id")


def test_draft_orders_are_quotes_with_ids_of_their_own() -> None:
    """Drafts and orders each count from one end of the same numbers."""
    draft = {**_NODE, "id": "gid://shopify/DraftOrder/5001", "name": "#D7", "status": "INVOICE_SENT"}
    del draft["displayFinancialStatus"]
    found = order(decoded(ORDERS, [draft]))
    assert (found.order_id, found.name, found.signals) == ("draft-5001", "#D7", "draft_status=INVOICE_SENT")


def test_children_of_a_bulk_file_are_passed_over() -> None:
    """Line items before and after their order; an order that is itself a child of its customer counts."""
    lines = [
        {"id": "gid://shopify/LineItem/1", "__parentId": "gid://shopify/Order/5001", "title": "Mug"},
        {**_NODE, "__parentId": "gid://shopify/Customer/77"},
        {"title": "no id at all", "__parentId": "gid://shopify/Order/5001"},
        {"id": "gid://shopify/Customer/77", "createdAt": None},
    ]
    assert [getattr(item, "order_id", None) for item in decoded(ORDERS, lines)] == ["5001"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": None}, "missing-field"),
        ({"createdAt": None}, "missing-field"),
        ({"createdAt": "10/04/26"}, "bad-date"),
        ({"updatedAt": "soon"}, "bad-date"),
        ({"totalPriceSet": None}, "missing-field"),
        ({"totalPriceSet": _money("")}, "missing-field"),
        ({"totalPriceSet": _money("ten")}, "bad-amount"),
        ({"totalPriceSet": _money("-1.00")}, "negative-amount"),
        ({"totalPriceSet": _money("1.00", "XXZ")}, "unknown-currency"),
        ({"totalPriceSet": {"shopMoney": {"amount": "1.00"}}}, "missing-field"),
        ({"totalRefundedSet": _money("1.00", "EUR")}, "mixed-currency"),
        ({"customer": [1]}, "bad-shape"),
    ],
)
def test_a_record_that_cannot_be_read_goes_to_quarantine(changes: dict[str, Any], code: str) -> None:
    """With its line and id; the records beside it are read."""
    items = decoded(ORDERS, [_NODE, {**_NODE, "id": "gid://shopify/Order/6", **changes}, _NODE])
    assert bad_codes(items) == [code]
    assert [type(item) for item in items] == [Order, Bad, Order]
    bad = items[1]
    assert isinstance(bad, Bad)
    assert bad.line == 2
    assert bad.record_id == (None if code == "bad-shape" or "id" in changes else "6")
    assert "example.com" not in bad.reason


def test_lines_that_are_no_json_go_to_quarantine() -> None:
    """A damaged line does not end the file."""
    assert bad_codes(decoded(ORDERS, ['{"id"', "[1]", '{"id": "x\\ud800"}'])) == ["bad-json", "bad-shape", "bad-json"]


@pytest.mark.parametrize(
    ("payload", "names"),
    [
        (_NODE, ["Shopify GraphQL orders"]),
        ({**_NODE, "id": "gid://shopify/DraftOrder/1"}, ["Shopify GraphQL orders"]),
        ({"id": "gid://shopify/LineItem/1", "createdAt": "x"}, []),
        ({"id": "gid://shopify/Customer/1", "createdAt": "x"}, ["Shopify GraphQL customers"]),
        ({"id": "gid://shopify/Company/1", "name": "x"}, ["Shopify GraphQL companies"]),
        ({"id": 1, "total_price": "1", "created_at": "x", "financial_status": None}, ["Shopify REST orders"]),
        ({"id": 1, "total_price": "1", "created_at": "x", "abandoned_checkout_url": "x", "order_number": 1}, []),
        ({"id": 1, "email": None, "orders_count": 0}, ["Shopify REST customers"]),
        ({"accountid": "x"}, []),
    ],
)
def test_each_shape_is_known_by_one_format(payload: dict[str, Any], names: list[str]) -> None:
    """By the global id's kind, or by fields that no other record has."""
    assert recognised(FORMATS, payload) == names


def test_times_without_an_offset_are_the_shops() -> None:
    """Some tools drop the offset when they save a payload."""
    (found,) = decoded(ORDERS, [{**_NODE, "createdAt": "2026-04-10T10:00:00"}], setting("America/New_York"))
    assert getattr(found, "created_at", None) == datetime(2026, 4, 10, 14, tzinfo=UTC)
