"""The export of Adobe Commerce's order grid."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.storefronts import bad_codes, keys_of, order, rows, setting
from unposted.connectors.adobe_commerce.order_grid import ORDER_GRID
from unposted.connectors.formats import Bad
from unposted.domain.records import Order


def _line(**changes: str) -> dict[str, str]:
    line = {
        "ID": "000000007",
        "Purchase Point": "Main Website",
        "Purchase Date": "Apr 8, 2026 5:05:30 PM",
        "Bill-to Name": "Ida Holm",
        "Ship-to Name": "Ida Holm",
        "Grand Total (Base)": "150.0000",
        "Grand Total (Purchased)": "120.0000",
        "Status": "Processing",
        "Billing Address": "3 Harbour Street,London,,SW1A 1AA",
        "Customer Email": "Ida@Example.com",
        "Customer Group": "Wholesale",
        "Customer Name": "Ida K Holm",
        "Payment Method": "Bank Transfer",
        "Total Refunded": "",
    }
    return line | changes


_GBP = setting(currency="GBP")


def test_a_row_is_read_in_the_stores_zone_and_currency() -> None:
    """The grid shows bare amounts, so the store's `currency` tells which they are in."""
    found = order(rows(ORDER_GRID, [_line()], _GBP))
    assert found[:8] == (
        *("000000007", "000000007", datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC), "state=processing", "GBP"),
        *(12000, 0, 12000),
    )
    assert (found.customer_id, found.buyer_name, found.email, found.country) == (
        *(None, "Ida K Holm", "ida@example.com", None),
    )
    assert keys_of(found, "email") == ["ida@example.com"]
    assert not found.b2b


@pytest.mark.parametrize(
    ("cells", "currency", "total"),
    [
        ({"Grand Total (Purchased)": "£1,234.50"}, "GBP", 123450),
        ({"Grand Total (Purchased)": "1.234,50 €"}, "EUR", 123450),
        ({"Grand Total (Purchased)": "US$1,234.50"}, "USD", 123450),
        ({"Grand Total (Purchased)": "$1,234.50", "Order Currency": "CAD"}, "CAD", 123450),
        ({"Grand Total (Purchased)": "1234.5000", "Currency": "usd"}, "USD", 123450),
    ],
)
def test_an_amount_that_shows_its_currency_needs_no_setting(cells: dict[str, str], currency: str, total: int) -> None:
    """Extensions format the amounts as the admin does, or add a column."""
    found = order(rows(ORDER_GRID, [_line(**cells)]))
    assert (found.currency, found.total) == (currency, total)


@pytest.mark.parametrize("amount", ["120.0000", "$120.00"])
def test_an_amount_without_a_currency_is_refused_with_what_to_do(amount: str) -> None:
    """A dollar sign may be of many countries; the reason names the setting."""
    (bad,) = rows(ORDER_GRID, [_line(**{"Grand Total (Purchased)": amount})])
    assert isinstance(bad, Bad)
    assert (bad.line, bad.record_id, bad.code) == (2, "000000007", "missing-currency")
    assert "`currency`" in bad.reason


@pytest.mark.parametrize(
    ("label", "signals"),
    [
        ("Pending", "state=new"),
        ("pending_payment", "state=pending_payment"),
        ("Canceled", "state=canceled"),
        ("Closed", "state=closed"),
        ("On Hold", "state=holded"),
        ("Suspected Fraud", "state=payment_review"),
        ("Sent to Warehouse", "status=sent to warehouse"),
    ],
)
def test_a_status_label_or_code_becomes_the_state(label: str, signals: str) -> None:
    """Newer versions export labels, older ones codes; a merchant's own status stays to be mapped."""
    assert order(rows(ORDER_GRID, [_line(Status=label)], _GBP)).signals == signals


def test_a_24_hour_clock_with_the_half_of_the_day_is_read() -> None:
    """Some versions write `17:05:30 PM`."""
    found = order(rows(ORDER_GRID, [_line(**{"Purchase Date": "Apr 8, 2026 17:05:30 PM"})], _GBP))
    assert found.created_at == datetime(2026, 4, 8, 21, 5, 30, tzinfo=UTC)


def test_numeric_dates_are_decided_by_the_file() -> None:
    """An admin in another language exports `08/04/2026`; a day above 12 decides."""
    lines = [_line(**{"Purchase Date": "08/04/2026 17:05"}), _line(**{"Purchase Date": "13/04/2026 17:05"})]
    items = rows(ORDER_GRID, lines, _GBP)
    assert [item.created_at.month for item in items if isinstance(item, Order)] == [4, 4]
    assert bad_codes(rows(ORDER_GRID, lines[:1], _GBP)) == ["ambiguous-date"]


def test_refunds_tax_and_countries_are_read_where_there_are_columns() -> None:
    """Total Refunded is a column of the grid; tax and country are columns that extensions add."""
    cells = {"Total Refunded": "60.0000", "Tax Amount": "20.0000", "Shipping Country": "Ireland"}
    found = order(rows(ORDER_GRID, [_line(**cells)], _GBP))
    assert (found.refunded, found.net, found.country) == (6000, 5000, "IE")


def test_a_company_or_a_named_group_makes_b2b() -> None:
    """With the B2B module the grid has the company's name."""
    found = order(rows(ORDER_GRID, [_line(**{"Company Name": "Holm Ltd"})], _GBP))
    assert (found.company_name, found.company_id, found.b2b) == ("Holm Ltd", None, True)
    assert order(rows(ORDER_GRID, [_line()], setting(currency="GBP", groups=["wholesale"]))).b2b


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"ID": ""}, "missing-field"),
        ({"Purchase Date": "soon"}, "bad-date"),
        ({"Grand Total (Purchased)": "-1.0000"}, "negative-amount"),
        ({"Grand Total (Purchased)": "n/a"}, "bad-amount"),
        ({"Grand Total (Purchased)": ""}, "missing-field"),
        ({"Status": ""}, "missing-field"),
    ],
)
def test_a_bad_row_is_told_of_and_the_next_is_read(cells: dict[str, str], code: str) -> None:
    """One bad row never stops the file."""
    items = rows(ORDER_GRID, [_line(**cells), _line()], _GBP)
    assert bad_codes(items) == [code]
    assert isinstance(items[1], Order)
