"""The admin's Orders export: line items, repeated rows, spreadsheets' damage."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.storefronts import bad_codes, keys_of, order, rows, setting
from unposted.connectors.files import read_file
from unposted.connectors.formats import Bad
from unposted.connectors.shopify.order_export import ORDER_EXPORT
from unposted.domain.records import Order

_FIRST = {
    "Name": "#1001",
    "Email": "Ana@Example.com",
    "Financial Status": "partially_refunded",
    "Paid at": "2026-04-10 10:00:00 -0400",
    "Fulfilled at": "",
    "Currency": "USD",
    "Taxes": "10.50",
    "Total": "110.50",
    "Created at": "2026-04-10 10:00:00 -0400",
    "Lineitem name": "Mug, large",
    "Billing Name": "Ana Adler",
    "Billing Address1": "12 Main Street",
    "Billing Company": "Adler Supplies",
    "Billing Zip": "'10001",
    "Billing Country": "US",
    "Billing Phone": "'+12125550147",
    "Shipping Name": "Bo Brown",
    "Shipping Address1": "9 Lake Road",
    "Shipping Zip": "M5V 2T6",
    "Shipping Country": "CA",
    "Shipping Phone": "",
    "Cancelled at": "",
    "Payment Method": "Shopify Payments",
    "Refunded Amount": "55.25",
    "Id": "5000000000001",
    "Tags": "VIP, Canada",
    "Phone": "",
}
_SECOND = {"Name": "#1001", "Email": "Ana@Example.com", "Lineitem name": "Socks"}


def _order(**changes: str) -> Order:
    return order(rows(ORDER_EXPORT, [{**_FIRST, **{name.replace("_", " "): value for name, value in changes.items()}}]))


def test_an_order_is_read_whole() -> None:
    """Every field of the record; a free-text company is none; the bill's address tells who pays."""
    found = _order()
    assert found._replace(keys=()) == Order(
        order_id="5000000000001",
        name="#1001",
        created_at=datetime(2026, 4, 10, 14, tzinfo=UTC),
        signals="financial_status=PARTIALLY_REFUNDED",
        currency="USD",
        total=11050,
        refunded=5525,
        net=5000,
        updated_at=datetime(2026, 4, 10, 14, tzinfo=UTC),
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


def test_line_items_after_the_first_belong_to_the_order_above() -> None:
    """They bear its name and e-mail and nothing else of it."""
    other = {**_FIRST, "Name": "#1002", "Id": "5000000000002"}
    items = rows(ORDER_EXPORT, [_FIRST, _SECOND, _SECOND, other, {**_SECOND, "Name": "#1002"}])
    assert [getattr(item, "order_id", None) for item in items] == ["5000000000001", "5000000000002"]


def test_line_items_of_a_bad_order_are_no_further_faults() -> None:
    """One order, one entry in quarantine."""
    items = rows(ORDER_EXPORT, [{**_FIRST, "Total": "ten"}, _SECOND, _SECOND])
    assert bad_codes(items) == ["bad-amount"]


def test_an_order_that_is_repeated_keeps_its_id() -> None:
    """Several payments may repeat an order's columns, with the id only once."""
    items = rows(ORDER_EXPORT, [_FIRST, {**_FIRST, "Id": "", "Total": "120.00"}])
    assert [getattr(item, "order_id", None) for item in items] == ["5000000000001", "5000000000001"]


@pytest.mark.parametrize(
    ("number", "order_id"),
    [("5000000000001", "5000000000001"), ("'5000000000001", "5000000000001"), ("", "#1001"), ("5.00012E+12", "#1001")],
)
def test_the_name_stands_in_for_an_id_that_is_missing_or_rounded(number: str, order_id: str) -> None:
    """A spreadsheet rounds long ids, so that many orders would share one."""
    assert _order(Id=number).order_id == order_id


def test_an_export_without_ids_is_read_by_names() -> None:
    """Exports before 2016 have no id."""
    first = {name: value for name, value in _FIRST.items() if name not in {"Id", "Tags", "Shipping Phone"}}
    assert order(rows(ORDER_EXPORT, [first])).order_id == "#1001"


@pytest.mark.parametrize(
    ("changes", "signals"),
    [
        ({"Financial_Status": "paid"}, "financial_status=PAID"),
        ({"Financial_Status": ""}, ""),
        (
            {"Financial_Status": "voided", "Cancelled_at": "2026-04-11 09:00:00 -0400"},
            "financial_status=VOIDED;cancelled",
        ),
        ({"Financial_Status": "paid", "Payment_Method": "Bogus"}, "financial_status=PAID;test"),
    ],
)
def test_signals_are_those_of_the_api(changes: dict[str, str], signals: str) -> None:
    """The same table of states serves both; the gateway for tests is the only sign of a test order."""
    assert _order(**changes).signals == signals


def test_the_latest_time_stands_for_the_time_of_change() -> None:
    """The export has none of its own."""
    found = _order(Fulfilled_at="2026-04-12 09:30:00 -0400", Cancelled_at="2026-04-11 09:00:00 -0400")
    assert found.updated_at == datetime(2026, 4, 12, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("created", "utc"),
    [
        ("2026-04-10 10:00:00 -0400", "2026-04-10T14:00Z"),
        ("2026-04-10 10:00:00 +0530", "2026-04-10T04:30Z"),
        ("2026-04-10T10:00:00-04:00", "2026-04-10T14:00Z"),
        ("2026-04-10 10:00", "2026-04-10T14:00Z"),
        ("10.04.2026 10:00", "2026-04-10T14:00Z"),
        ("4/13/2026 10:00", "2026-04-13T14:00Z"),
    ],
)
def test_times_are_read_also_after_a_spreadsheet(created: str, utc: str) -> None:
    """Without an offset they are the shop's own."""
    found = _order(Created_at=created, Paid_at="")
    assert found.created_at == datetime.fromisoformat(utc)


def test_a_date_that_may_be_two_is_refused() -> None:
    """Whether 4/10/2026 is in April nobody knows."""
    assert bad_codes(rows(ORDER_EXPORT, [{**_FIRST, "Created at": "4/10/2026 10:00"}])) == ["ambiguous-date"]


def test_who_pays_is_the_shipping_address_when_there_is_no_other() -> None:
    """Name, phone and country are taken from there."""
    found = _order(Billing_Name="", Billing_Phone="", Billing_Country="", Shipping_Phone="416 555 0123")
    assert found.buyer_name == "Bo Brown"
    assert keys_of(found, "name_address") == ["bo brown|m5v2t6|9"]
    assert keys_of(found, "phone") == ["+14165550123"]


def test_b2b_shows_in_the_orders_tags() -> None:
    """The company in an address is free text."""
    assert _order(Tags="Wholesale, vip").b2b
    assert not _order().b2b


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Total": ""}, "missing-field"),
        ({"Total": "ten"}, "bad-amount"),
        ({"Total": "-5.00"}, "negative-amount"),
        ({"Currency": "DOLLAR"}, "unknown-currency"),
        ({"Currency": ""}, "missing-field"),
        ({"Created_at": ""}, "missing-field"),
        ({"Created_at": "2026-13-10 10:00:00 -0400"}, "bad-date"),
        ({"Created_at": "2026-04-10 10:00:00 *0400"}, "bad-date"),
        ({"Fulfilled_at": "9999-99-99 10:00:00 -0400"}, "bad-date"),
        ({"Id": "", "Name": " "}, "missing-field"),
    ],
)
def test_a_row_that_cannot_be_read_goes_to_quarantine(changes: dict[str, str], code: str) -> None:
    """With its line and id; the next order is read."""
    named = {name.replace("_", " "): value for name, value in changes.items()}
    items = rows(ORDER_EXPORT, [{**_FIRST, **named}, {**_FIRST, "Name": "#2", "Id": "2"}])
    assert bad_codes(items) == [code]
    assert isinstance(items[0], Bad)
    assert items[0].line == 2
    assert isinstance(items[1], Order)


def test_an_export_saved_by_a_german_spreadsheet_is_read(tmp_path: Path) -> None:
    """Semicolons, decimal commas, Windows-1252 and quoted cells over several lines."""
    text = (
        "Name;Email;Financial Status;Currency;Total;Taxes;Created at;Lineitem name;Billing Name;Shipping Country\r\n"
        '#1;joerg@example.com;paid;EUR;1.334,50;213,10;10.04.2026 09:30;"Becher; groß";Jörg Müller;DE\r\n'
        '#1;joerg@example.com;;;;;;"Teller\r\nmit ""Rand""";;\r\n'
        "#2;bo@example.com;paid;EUR;20,00;;11.04.2026 09:30;Teller;Bo;AT\r\n"
    )
    path = tmp_path / "x"
    path.write_bytes(text.encode("cp1252"))
    first, second = read_file(path, "x", "shopify", "orders", setting("Europe/Berlin")).items
    assert isinstance(first, Order)
    assert (first.total, first.net, first.buyer_name, first.country) == (133450, 112140, "Jörg Müller", "DE")
    assert first.created_at == datetime(2026, 4, 10, 7, 30, tzinfo=UTC)
    assert isinstance(second, Order)
    assert second.total == 2000
