"""What the store's payloads become: states, currencies, guests, companies, edits, and fields that are not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.adobe_shop import ALL, Shop, drained, plain_order, shop, world_shop
from tests.support.storefronts import setting
from unposted.connectors.formats import RawItem
from unposted.domain.records import Company, Customer, Key, Order
from unposted.domain.status import order_state
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches


def _order(switches: AdobeCommerceSwitches | None = None, **fields: Any) -> Order:
    """Put one order into a store and read it back."""
    opened = shop(switches)
    opened.put(plain_order(1, "2026-04-07 10:00:00", **fields))
    (order,) = opened.records()
    assert isinstance(order, Order)
    return order


def _customers(*rows: dict[str, Any]) -> list[Customer]:
    opened = shop()
    for row in rows:
        opened.service.put("customers", row)
    return [record for record in opened.records("customers") if isinstance(record, Customer)]


def _customer(**fields: Any) -> dict[str, Any]:
    times = {"created_at": "2026-01-01 10:00:00", "updated_at": "2026-04-01 10:00:00"}
    return {
        "id": 7,
        "email": "ida@example.com",
        "firstname": "Ida",
        "lastname": "Holm",
        "group_id": 1,
        **times,
        **fields,
    }


@pytest.mark.parametrize(
    ("state", "status", "counted_as"),
    [
        ("processing", "fraud", "active"),
        ("payment_review", "fraud", "active"),
        ("canceled", "awaiting_pickup_by_courier", "cancelled"),
        ("closed", "complete", "refunded"),
        ("pending_payment", "pending_paypal", "incomplete"),
        ("holded", "vip_check", "active"),
        ("new", "pending", "active"),
        ("complete", "shipped_by_partner", "active"),
    ],
)
def test_the_state_decides_and_not_the_status(state: str, status: str, counted_as: str) -> None:
    """Merchants edit statuses and extensions add many; the state says what an order is."""
    order = _order(state=state, status=status)
    assert order_state("adobe_commerce", order.signals, {})[0] == counted_as


def test_the_total_is_in_the_orders_currency() -> None:
    """magento/magento2#10255: base totals are the website's; what the customer pays is grand_total."""
    order = _order(grand_total=137.5, base_grand_total=100.37, order_currency_code="CAD", base_currency_code="USD")
    assert (order.total, order.currency) == (13_750, "CAD")


def test_amounts_never_pass_through_a_float() -> None:
    """A JSON number keeps its digits: 4321.10 is 4321.10, also where a float would not say so."""
    assert _order(grand_total=4321.1).total == 432_110
    assert _order(grand_total=9_007_199_254_740.99).total == 900_719_925_474_099


def test_a_yen_has_no_cents() -> None:
    """Minor units are the currency's own."""
    assert _order(grand_total=4400, order_currency_code="JPY").total == 4400


def test_a_refund_takes_its_own_tax_along() -> None:
    """The net of what is left follows tax_refunded, where the store tells it."""
    order = _order(grand_total=107, tax_amount=7, total_refunded=53.5, tax_refunded=3.5)
    assert (order.total, order.refunded, order.net) == (10_700, 5350, 5000)


def test_fields_without_a_value_are_not_there() -> None:
    """A store leaves out what is null: no refund, no customer, no company, and nothing breaks."""
    order = _order(customer_id=None, total_refunded=None, customer_firstname=None, customer_lastname=None)
    assert (order.customer_id, order.refunded, order.company_id) == (None, 0, None)
    assert order.buyer_name == "Ada Birch"


def test_a_guest_is_known_by_the_address_that_he_gave() -> None:
    """magento/magento2#13493: a guest's order is linked to no account, even when one has his address."""
    order = _order(customer_id=None, customer_is_guest=1, customer_group_id=0)
    assert order.customer_id is None
    assert Key("email", "ada.birch@example.com") in order.keys


def test_a_guest_who_opened_an_account_later_may_have_no_name() -> None:
    """magento/magento2#19166: customer_id is set, the name's fields and the group are missing."""
    order = _order(customer_id=12, customer_firstname=None, customer_lastname=None, customer_group_id=None)
    assert (order.customer_id, order.buyer_name) == ("12", "Ada Birch")


def test_an_order_that_was_edited_names_the_one_before() -> None:
    """magento/magento2#10195, #39315: an edit cancels the order and makes `-1`; the relation tells, not the suffix."""
    opened = shop()
    opened.put(
        plain_order(10, "2026-04-07 10:00:00", increment_id="000000010", state="canceled", relation_child_id="11"),
        plain_order(11, "2026-04-07 10:05:00", increment_id="000000010-1", relation_parent_id="10"),
    )
    first, second = (record for record in opened.records() if isinstance(record, Order))
    assert (first.replaces, second.replaces) == (None, "10")
    assert first.order_id != second.order_id


def test_a_suffix_alone_is_no_edit() -> None:
    """magento/magento2#39089: reorders got a `-1` too, without any relation."""
    assert _order(increment_id="000000010-1").replaces is None


@pytest.mark.parametrize("company_id", [0, None])
def test_company_zero_is_no_company(company_id: int | None) -> None:
    """An order or account with company_id 0, or none, is a person's."""
    attributes = {"company_order_attributes": {"order_id": 1, "company_id": company_id}}
    order = _order(extension_attributes=attributes)
    assert (order.company_id, order.b2b) == (None, False)
    (customer,) = _customers(_customer(extension_attributes={"company_attributes": {"company_id": company_id}}))
    assert not customer.b2b


def test_an_order_for_a_company_names_it() -> None:
    """B2B shows in the order itself: id and name."""
    attributes = {"company_order_attributes": {"order_id": 1, "company_id": 4, "company_name": "Kestrel Supply"}}
    order = _order(extension_attributes=attributes)
    assert (order.company_id, order.company_name, order.b2b) == ("4", "Kestrel Supply", True)


def test_an_empty_object_may_be_a_list() -> None:
    """PHP writes an empty object as `[]`; that is as good as none."""
    order = _order(AdobeCommerceSwitches(empty_as_list=True), extension_attributes={"company_order_attributes": []})
    assert (order.company_id, order.country) == (None, "US")


def test_extension_attributes_may_be_an_empty_list() -> None:
    """magento/magento2#3967: shipping assignments can be missing altogether; the billing country stands in."""
    assert _order(extension_attributes=[]).country == "US"


def test_goods_go_where_they_are_shipped() -> None:
    """magento/magento2#2628: the ship-to address stands in the shipping assignments only."""
    assignment = {"shipping": {"address": {"country_id": "CA"}, "method": "flatrate"}, "items": []}
    assert _order(extension_attributes={"shipping_assignments": [assignment]}).country == "CA"


def test_a_virtual_order_ships_nowhere() -> None:
    """Its shipping has no address: the billing country counts."""
    assert (
        _order(is_virtual=1, extension_attributes={"shipping_assignments": [{"shipping": {"method": None}}]}).country
        == "US"
    )


def test_times_without_a_zone_are_utc() -> None:
    """magento/magento2#24985, #28181: OCA/connector-magento#181 lost an hour or two of orders by reading local time."""
    order = _order()
    assert order.created_at.isoformat() == "2026-04-07T10:00:00+00:00"


def test_a_number_that_another_system_wrote_is_an_identity() -> None:
    """ext_customer_id is the customer's id in the system behind the store."""
    assert Key("external_id", "us-001042") in _order(ext_customer_id="US-001042").keys


def test_custom_attributes_may_be_texts_lists_or_nothing() -> None:
    """A value of any kind does not break the account, and a tax id in one is found."""
    attributes = [
        {"attribute_code": "interests", "value": ["linen", "oak"]},
        {"attribute_code": "note", "value": None},
        {"attribute_code": "vat_number", "value": "GB123456789"},
    ]
    (customer,) = _customers(_customer(custom_attributes=attributes))
    assert customer.b2b


def test_the_same_address_on_two_websites_is_two_accounts() -> None:
    """Accounts are shared per website: both are kept, each under its own id."""
    found = _customers(_customer(id=7, website_id=1), _customer(id=8, website_id=2))
    assert [customer.customer_id for customer in found] == ["7", "8"]


def test_abandoned_carts_are_no_quotes() -> None:
    """The search lists every cart; only negotiable quotes are handed on, under ids that no order has."""
    opened = world_shop()
    carts = len(opened.service.shelves["carts"])
    quotes = opened.ids("quotes")
    assert 0 < len(quotes) < carts
    assert all(number.startswith("quote-") for number in quotes)
    assert sum(len(page.items) for page in drained(opened.stream("quotes"), ALL)) == len(quotes)


def test_a_quote_counts_as_a_quote() -> None:
    """No status of a negotiable quote makes it a sale."""
    states = {
        order_state("adobe_commerce", record.signals, {})[0]
        for record in world_shop().records("quotes")
        if isinstance(record, Order)
    }
    assert states == {"quote"}


def test_a_broken_order_is_set_aside_and_the_rest_is_read() -> None:
    """mailchimp/mc-magento2#678's kind: one record that nobody can read stands in the way of no other."""
    opened = shop()
    opened.put(
        plain_order(1, "2026-04-07 10:00:00"),
        plain_order(2, "2026-04-07 10:01:00", grand_total="free"),
        plain_order(3, "2026-04-07 10:02:00"),
    )
    assert _kinds(opened) == ["Order", "Bad", "Order"]


def _kinds(opened: Shop) -> list[str]:
    stream = opened.stream("orders")
    bodies = [body for page in drained(stream, ALL) for body in page.items]
    items = stream.decode([RawItem(line, body) for line, body in enumerate(bodies, 1)], setting())
    return [type(item).__name__ for item in items]


def test_companies_carry_their_tax_id() -> None:
    """vat_tax_id is an identity of the company; reseller_id is a permit and none."""
    opened = shop()
    row = {"id": 4, "company_name": "Kestrel Supply", "company_email": "ap@kestrel.example", "street": [],
           "vat_tax_id": "47-1180364", "reseller_id": "TX-99-1234567", "reject_reason": None}  # fmt: skip
    opened.service.put("companies", row)
    (company,) = opened.records("companies", None)
    assert isinstance(company, Company)
    assert [key.value for key in company.keys if key.kind == "tax_id"] == ["471180364"]


def test_the_streams_share_a_table_without_meeting() -> None:
    """Quotes are orders of another kind: each stream's scope leaves out the other's."""
    opened = shop(quotes=True)
    scopes = {stream.name: stream.scope for stream in opened.connector.streams}
    assert scopes["orders"] == "order_id NOT LIKE 'quote-%'"
    assert scopes["quotes"] == "order_id LIKE 'quote-%'"


@pytest.mark.parametrize("wanted", [True, False])
def test_quotes_are_read_when_the_workspace_wants_them(wanted: bool) -> None:
    """Reading them means reading every cart, so it is a setting."""
    assert shop(quotes=wanted).stream("quotes").main is wanted


def test_streams_come_in_the_order_in_which_they_are_read() -> None:
    """Orders first; customers are wanted for them; companies unless there are none."""
    assert [stream.name for stream in shop().connector.streams] == ["orders", "customers", "companies", "quotes"]
    assert [stream.name for stream in shop(b2b=False).connector.streams] == ["orders", "customers", "quotes"]
    assert shop().stream("customers").wanted_by == "orders"
