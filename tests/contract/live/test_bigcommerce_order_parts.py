"""BigCommerce orders, live: refunds, ship-to countries, money, states and what is archived."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.live.bigcommerce_setting import AUSTIN, TORONTO, Store, buyer, decoded, sale
from unposted.connectors.formats import Bad
from unposted.domain.records import Order
from unposted.domain.status import order_state
from unposted.errors import SourceRefused

_REFUNDS = "/payment_actions/refunds"


def test_the_refund_of_a_partly_refunded_order_is_subtracted() -> None:
    """The order itself says 0.0000 for ever; v3 knows what was given back, and the tax in it."""
    store = Store()
    store.order(sale(1, status=14), total_ex_tax="100.0000")
    store.refund(7, 1, 53.5, 3.5)
    found = store.orders()["1"]
    assert (found.total, found.refunded, found.net) == (107_00, 53_50, 50_00)


def test_several_refunds_of_one_order_add_up() -> None:
    """Each is a record of its own; tax may be kept by giving back less, and is negative then."""
    store = Store()
    store.order(sale(1, status=14), total_ex_tax="100.0000")
    store.refund(7, 1, 10)
    store.refund(8, 1, 20, -0.5)
    found = store.orders()["1"]
    assert (found.refunded, found.net) == (30_00, 100_00 - 30_50)


def test_what_the_provider_declined_was_not_given_back() -> None:
    """A refund that failed is listed like the others."""
    store = Store()
    store.order(sale(1, status=14), total_ex_tax="107.0000")
    paid = [{"id": 1, "amount": 15, "is_declined": False}, {"id": 2, "amount": 5, "is_declined": True}]
    store.refund(7, 1, 20, 2, payments=paid)
    found = store.orders()["1"]
    assert (found.refunded, found.net) == (15_00, 107_00 - 15_00 + 1_50)


def test_refunds_are_fetched_for_many_orders_in_one_call() -> None:
    """Never one call for each order; and none at all where nothing was refunded."""
    store = Store()
    for number in range(1, 61):
        store.order(sale(number, number, status=14 if number % 2 else 11))
        store.refund(900 + number, number, 1)
    found = store.orders()
    assert next(call.first("order_id:in") for call in store.asked(_REFUNDS)) == ",".join(map(str, range(1, 60, 2)))
    assert len(store.asked(_REFUNDS)) <= 3
    assert found["1"].refunded == 1_00
    assert found["2"].refunded == 0


def test_the_ids_of_one_call_are_bounded() -> None:
    """An address must not grow too long: many refunded orders take several calls."""
    store = Store({"refund_meta": True})
    for number in range(1, 31):
        store.order(sale(number, number, status=4))
        store.refund(900 + number, number, 107)
    found = store.orders(ids_a_call=10)
    assert sum(order.refunded for order in found.values()) == 30 * 107_00
    lists = {call.first("order_id:in") or "" for call in store.asked(_REFUNDS)}
    assert max(len(one.split(",")) for one in lists) == 10


@pytest.mark.parametrize("meta", [True, False])
def test_refunds_of_more_than_one_page_are_all_read(meta: bool) -> None:
    """With page figures and without them."""
    store = Store({"refund_meta": meta, "largest_page": 250})
    store.order(sale(1, status=14))
    for number in range(300):
        store.refund(1_000 + number, 1, 0.1)
    assert store.orders()["1"].refunded == 30_00


def test_the_payment_status_alone_tells_a_refund() -> None:
    """A merchant may move a refunded order on to Shipped."""
    store = Store()
    store.order(sale(1, status=2, paid="partially refunded"))
    store.refund(7, 1, 7)
    assert store.orders()["1"].refunded == 7_00


def test_without_refunds_by_setting_nothing_is_asked_for() -> None:
    """For a token that may not read them."""
    store = Store()
    store.order(sale(1, status=14))
    store.refund(7, 1, 7)
    assert store.orders(refunds=False)["1"].refunded == 0
    assert not store.asked(_REFUNDS)


def test_the_country_of_the_consignment_is_the_ship_to_country() -> None:
    """Billed in Texas, shipped to Ontario: no call for the address."""
    store = Store()
    store.order(sale(1, ship_to=TORONTO))
    store.order(sale(2, 2, ship_to=AUSTIN))
    assert {number: order.country for number, order in store.orders().items()} == {"1": "CA", "2": "US"}


def test_without_consignments_the_billing_country_stands_in() -> None:
    """A store that does not return them is said to by `connector test`."""
    store = Store({"gives_consignments": False})
    store.order(sale(1, ship_to=TORONTO))
    assert store.orders()["1"].country == "US"
    said = {fact.check: fact for fact in store.connector().examine()}
    assert said["ship-to country"].level == "warn"
    assert "billing" in said["ship-to country"].text


def test_by_setting_the_address_of_each_order_is_asked_for() -> None:
    """Dear, so only where the consignments are missing; the real path has an underscore, the link has none."""
    store = Store({"gives_consignments": False})
    store.order(sale(1, ship_to=TORONTO))
    store.order(sale(2, 2))
    assert store.orders(shipping_country="addresses")["1"].country == "CA"
    assert len(store.asked("/shipping_addresses")) == 2


def test_addresses_are_not_asked_for_where_the_consignments_came() -> None:
    """The setting costs nothing in a store that returns them."""
    store = Store()
    store.order(sale(1, ship_to=TORONTO))
    assert store.orders(shipping_country="addresses")["1"].country == "CA"
    assert not store.asked("/shipping_addresses")


def test_by_setting_the_billing_country_stands_and_nothing_is_included() -> None:
    """The lightest way."""
    store = Store()
    store.order(sale(1, ship_to=TORONTO))
    assert store.orders(shipping_country="billing")["1"].country == "US"
    assert not [call for call in store.calls if call.first("include")]


def test_a_digital_order_goes_nowhere_and_has_its_billing_country() -> None:
    """It has downloads and no shipping."""
    store = Store()
    nowhere: dict[str, Any] = {"pickups": [], "shipping": [], "downloads": [{}], "email": {"gift_certificates": []}}
    store.order(sale(1), consignments=nowhere, shipping_address_count=0)
    assert store.orders()["1"].country == "US"


@pytest.mark.parametrize("amounts", ["text", "numbers", "mixed"])
def test_amounts_may_be_text_or_numbers_whole_or_not(amounts: str) -> None:
    """Float, float as text, integer, says the reference; no cent may be lost."""
    store = Store({"amounts": amounts})
    store.order(sale(1, total=4_503_599_627_37))
    store.order(sale(2, 2, total=300_00))
    assert {order.total for order in store.orders().values()} == {4_503_599_627_37, 300_00}


def test_amounts_are_in_the_currency_that_the_shopper_paid_in() -> None:
    """`default_currency_code` is the shopper's; `currency_code` is only the one shown."""
    store = Store()
    store.order(sale(1), default_currency_code="CAD", currency_code="EUR", store_default_currency_code="USD")
    assert store.orders()["1"].currency == "CAD"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *[(number, "incomplete") for number in (0, 1)],
        *[(number, "active") for number in (2, 3, 7, 8, 9, 10, 11, 12, 13, 14)],
        (4, "refunded"), (5, "cancelled"), (6, "cancelled"),
    ],
)  # fmt: skip
def test_every_status_has_its_state(status: int, state: str) -> None:
    """By number: merchants rename the labels. Reproduces anujtenani/goaffpro#56 for 0, Incomplete."""
    store = Store()
    store.order(sale(1, status=status), status="Bestellung", custom_status="Bestellung")
    assert order_state("bigcommerce", store.orders()["1"].signals, {})[0] == state


def test_a_guest_has_no_account() -> None:
    """`customer_id` 0 is nobody, even when the address belongs to an account."""
    store = Store()
    store.order(sale(1, buyer=buyer(0)))
    found = store.orders()["1"]
    assert found.customer_id is None
    assert found.email == "jane@lakeside.example"


def test_an_archived_order_that_is_listed_is_kept() -> None:
    """Archiving is what the API calls DELETE; it undoes no sale."""
    store = Store()
    store.order(sale(1), is_deleted=True)
    assert set(store.orders()) == {"1"}


def test_by_setting_an_archived_order_is_gone() -> None:
    """It is told as removed, so that it ends where it was stored before."""
    store = Store()
    store.order(sale(1), is_deleted=True)
    store.order(sale(2, 2))
    pages = store.read(archived="left-out")
    assert next(name for page in pages for name in page.removed) == "1"
    assert set(store.orders(archived="left-out")) == {"2"}


def test_a_token_that_may_not_read_refunds_is_told_so() -> None:
    """It stops the reading: a refunded order must not count in full without a word."""
    store = Store({"scopes": frozenset({"store_v2_customers_read_only"})})
    with pytest.raises(SourceRefused) as caught:
        store.read()
    assert caught.value.code == "not-allowed"
    assert "scope" in caught.value.message


def test_an_order_with_an_unreadable_total_goes_to_quarantine_alone() -> None:
    """The others of its page are read."""
    store = Store()
    store.order(sale(1), total_inc_tax="many")
    store.order(sale(2, 2))
    found = decoded(store.stream("orders"), store.read())
    assert {item.record_id for item in found if isinstance(item, Bad)} == {"1"}
    assert {item.order_id for item in found if isinstance(item, Order)} == {"2"}
