"""The order export of BigCommerce's control panel."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.storefronts import bad_codes, keys_of, order, rows, setting
from unposted.connectors.bigcommerce.order_export import ORDER_EXPORT
from unposted.connectors.formats import Bad
from unposted.domain.records import Order


def _line(**changes: str) -> dict[str, str]:
    line = {
        "Order ID": "1001",
        "Order Status": "Awaiting Fulfillment",
        "Order Date": "04/08/2026",
        "Order Time": "17:05:30",
        "Subtotal (inc tax)": "1,234.50",
        "Tax Total": "94.50",
        "Order Total (inc tax)": "1,334.50",
        "Order Total (ex tax)": "1,240.00",
        "Refund Amount": "0.00",
        "Customer ID": "20",
        "Customer Name": "Ada Moss",
        "Customer Email": "Ada@example.com",
        "Customer Phone": "212-555-0134",
        "Payment Method": "Credit Card",
        "Date Shipped": "",
        "Order Currency Code": "USD",
        "Exchange Rate": "1.0000000000",
        "Billing First Name": "Ada",
        "Billing Last Name": "Moss",
        "Billing Street 1": "12 Canal Street",
        "Billing Zip": "10001",
        "Billing Country": "United States",
        "Billing Email": "accounts@example.com",
        "Shipping Country": "Canada",
        "Customer Group Name": "Trade",
    }
    return line | changes


_DECIDES = _line(**{"Order ID": "1002", "Order Date": "04/13/2026"})


def test_a_row_is_read_as_the_order_that_the_api_would_show() -> None:
    """The status label becomes the status id, country names become codes, the time is in the store's zone."""
    found = rows(ORDER_EXPORT, [_line(), _DECIDES])[0]
    assert isinstance(found, Order)
    assert found[:8] == (
        *("1001", "1001", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC), "status_id=11", "USD"),
        *(133450, 0, 124000),
    )
    assert (found.customer_id, found.buyer_name, found.email) == ("20", "Ada Moss", "ada@example.com")
    assert (found.country, found.company_id, found.updated_at) == ("CA", None, None)
    assert keys_of(found, "email") == ["ada@example.com", "accounts@example.com"]
    assert keys_of(found, "phone") == ["+12125550134"]
    assert keys_of(found, "name_address") == ["ada moss|10001|12"]


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("04/08/2026", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC)),
        ("2026-04-08", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC)),
        ("Apr 8th 2026", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC)),
        ("8th Apr 2026", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC)),
    ],
)
def test_the_export_date_formats_that_merchants_choose_are_read(date: str, moment: datetime) -> None:
    """The date format of exports is a setting of the store."""
    found = rows(ORDER_EXPORT, [_line(**{"Order Date": date}), _DECIDES])[0]
    assert isinstance(found, Order)
    assert found.created_at == moment


def test_a_file_with_the_day_first_is_read_so() -> None:
    """One date with a number above 12 decides for the whole file."""
    items = rows(ORDER_EXPORT, [_line(), _line(**{"Order ID": "1002", "Order Date": "13/04/2026"})])
    assert [item.created_at.month for item in items if isinstance(item, Order)] == [8, 4]


def test_the_shipping_date_decides_too() -> None:
    """All dates of an export are written alike."""
    found = order(rows(ORDER_EXPORT, [_line(**{"Date Shipped": "04/20/2026"})]))
    assert found.created_at.month == 4


def test_dates_that_nothing_decides_are_refused_not_guessed() -> None:
    """The reason says how to export again."""
    items = rows(ORDER_EXPORT, [_line(), _line(**{"Order ID": "1002", "Order Date": "04/09/2026"})])
    assert bad_codes(items) == ["ambiguous-date", "ambiguous-date"]
    assert isinstance(items[0], Bad)
    assert (items[0].line, items[0].record_id) == (2, "1001")
    assert "name the month" in items[0].reason


def test_without_a_time_the_order_stands_at_the_days_beginning() -> None:
    """The default template has no time; the day is one of the store's zone."""
    found = order(rows(ORDER_EXPORT, [_line(**{"Order Time": "", "Order Date": "04/13/2026"})]))
    assert found.created_at == datetime(2026, 4, 13, 4, tzinfo=UTC)


def test_a_guest_and_a_test_order_are_told() -> None:
    """Customer 0 is a guest; the test gateway is a signal."""
    line = _DECIDES | {"Customer ID": "0", "Payment Method": "Test Payment Gateway", "Order Status": "Completed"}
    found = order(rows(ORDER_EXPORT, [line]))
    assert found.customer_id is None
    assert found.signals == "status_id=10;payment_method=test payment gateway"


def test_a_label_of_the_merchants_own_is_kept() -> None:
    """A renamed status is reported as unmapped, so that the store's settings can map it."""
    assert order(rows(ORDER_EXPORT, [_DECIDES | {"Order Status": "On the Truck"}])).signals == "status=on the truck"


def test_a_named_group_or_a_tax_id_makes_b2b() -> None:
    """The workspace's B2B groups, by name, and a tax id column that the merchant added."""
    assert order(rows(ORDER_EXPORT, [_DECIDES], setting(groups=["trade"]))).b2b
    assert not order(rows(ORDER_EXPORT, [_DECIDES])).b2b
    taxed = order(rows(ORDER_EXPORT, [_DECIDES | {"VAT Number": "DE811569869"}]))
    assert taxed.b2b
    assert keys_of(taxed, "tax_id") == ["DE811569869", "~811569869"]


def test_a_display_currency_is_refused_unless_a_column_tells_the_real_one() -> None:
    """With an exchange rate the order code is only what the shopper saw."""
    shown = _DECIDES | {"Order Currency Code": "EUR", "Exchange Rate": "0.92"}
    assert bad_codes(rows(ORDER_EXPORT, [shown])) == ["unclear-currency"]
    assert order(rows(ORDER_EXPORT, [shown | {"Transactional Currency Code": "USD"}])).currency == "USD"


def test_without_a_currency_column_the_amount_or_the_store_tells() -> None:
    """A template may leave the code out."""
    bare = {name: cell for name, cell in _DECIDES.items() if name != "Order Currency Code"}
    assert bad_codes(rows(ORDER_EXPORT, [bare])) == ["missing-currency"]
    assert order(rows(ORDER_EXPORT, [bare], setting(currency="CAD"))).currency == "CAD"
    assert order(rows(ORDER_EXPORT, [bare | {"Order Total (inc tax)": "£12.00"}])).currency == "GBP"


def test_a_line_of_a_further_product_is_no_order() -> None:
    """A template with a line for each product leaves the order's columns blank on the others."""
    product = dict.fromkeys(_DECIDES, "") | {"Subtotal (inc tax)": "5.00"}
    assert order(rows(ORDER_EXPORT, [_DECIDES, product])).order_id == "1002"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Order ID": ""}, "missing-field"),
        ({"Order Date": "tomorrow"}, "bad-date"),
        ({"Order Total (inc tax)": "many"}, "bad-amount"),
        ({"Order Total (inc tax)": ""}, "missing-field"),
        ({"Order Total (inc tax)": "-5.00"}, "negative-amount"),
        ({"Order Currency Code": "XYZ"}, "unknown-currency"),
        ({"Order Status": " "}, "missing-field"),
    ],
)
def test_a_bad_row_is_told_of_and_the_next_is_read(changes: dict[str, str], code: str) -> None:
    """One bad row never stops the file."""
    items = rows(ORDER_EXPORT, [_DECIDES | changes, _DECIDES])
    assert bad_codes(items) == [code]
    assert isinstance(items[1], Order)
