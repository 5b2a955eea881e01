"""What a file is told to be: by its header or its first records, never by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from tests.support.storefronts import setting
from unposted.connectors.files import FileReading, read_file
from unposted.connectors.formats import Stream
from unposted.errors import SourceFileError

_SHOPIFY = (
    "Name,Email,Financial Status,Currency,Total,Created at\n#1,a@example.com,paid,USD,1.00,2026-04-10 10:00:00 -0400\n"
)
_BIGCOMMERCE = "Order ID,Order Status,Order Date,Order Total (inc tax),Currency Code\n1,Shipped,2026-04-10,1.00,USD\n"
_NODE = {"id": "gid://shopify/Order/1", "createdAt": "2026-04-10T10:00:00Z", "totalPriceSet": None}
_BC = "No.;Name;E-Mail;VAT Registration No.\nC1;Acme;a@example.com;DE1\n"


def _file(folder: Path, content: str | bytes) -> Path:
    path = folder / "whatever.bin"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _read(path: Path, platform: str, stream: Stream, columns: dict[str, str] | None = None) -> FileReading:
    context = setting(columns=columns or {})
    return read_file(path, "exports/x.csv", platform, stream, context)


def _fault(path: Path, platform: str, stream: Stream, columns: dict[str, str] | None = None) -> SourceFileError:
    with pytest.raises(SourceFileError) as raised:
        list(_read(path, platform, stream, columns).items)
    assert "exports/x.csv" in raised.value.message
    assert str(path.parent) not in raised.value.message + raised.value.next_step
    return raised.value


@pytest.mark.parametrize(
    ("content", "platform", "stream", "name"),
    [
        (_SHOPIFY, "shopify", "orders", "Shopify orders export"),
        (
            "\ufeff" + _SHOPIFY.replace("Name", '" NAME "').replace("Total", "TOTAL "),
            "shopify",
            "orders",
            "Shopify orders",
        ),
        (_BIGCOMMERCE, "bigcommerce", "orders", "BigCommerce order export"),
        (_BC, "business_central", "customers", "Business Central"),
        (json.dumps({"data": {"orders": {"nodes": [_NODE]}}}), "shopify", "orders", "Shopify GraphQL orders"),
        (json.dumps(_NODE) + "\n" + json.dumps(_NODE), "shopify", "orders", "Shopify GraphQL orders"),
        ("\ufeff \n" + json.dumps([_NODE]), "shopify", "orders", "Shopify GraphQL orders"),
    ],
)
def test_a_file_is_known_by_what_is_in_it(
    content: str, platform: str, stream: Stream, name: str, tmp_path: Path
) -> None:
    """The name `whatever.bin` tells nothing."""
    assert _read(_file(tmp_path, content), platform, stream).format_name.startswith(name)


@pytest.mark.parametrize(
    ("content", "platform", "stream", "words"),
    [
        (_BIGCOMMERCE, "shopify", "orders", ["BigCommerce orders", "Shopify orders"]),
        (_SHOPIFY, "bigcommerce", "orders", ["Shopify orders", "BigCommerce orders"]),
        (_SHOPIFY, "shopify", "customers", ["Shopify orders", "Shopify customers"]),
        (json.dumps([_NODE]), "adobe_commerce", "orders", ["Shopify orders", "Adobe Commerce orders"]),
        (json.dumps([_NODE]), "shopify", "customers", ["Shopify orders", "Shopify customers"]),
        (_BC, "finance_operations", "customers", ["Business Central customers", "Finance & Operations customers"]),
    ],
)
def test_another_platforms_file_is_named(
    content: str, platform: str, stream: Stream, words: list[str], tmp_path: Path
) -> None:
    """The error says what the file is and what it is listed as."""
    fault = _fault(_file(tmp_path, content), platform, stream)
    assert fault.code == "wrong-file"
    assert all(word in fault.message for word in words)


@pytest.mark.parametrize("content", ["a,b\n1,2\n", '{"a": 1}', '[{"a": 1}, {"b": 2}]', "%PDF-1.7\n", "<html>\n"])
def test_an_unknown_file_is_refused_with_a_way_out(content: str, tmp_path: Path) -> None:
    """For a table the nearest format and what it lacks is named, and how to say which columns it has."""
    fault = _fault(_file(tmp_path, content), "shopify", "orders")
    assert fault.code == "unknown-format"
    assert "columns = {" in fault.next_step
    if content.startswith("a,b"):
        assert "Shopify orders export: it lacks" in fault.message
        assert "financial status" in fault.message
        assert "a, b" in fault.next_step


def test_a_known_table_without_a_necessary_column_names_it(tmp_path: Path) -> None:
    """Nothing could be read without it."""
    content = _SHOPIFY.replace("Created at", "Made").replace("Currency", "Money")
    fault = _fault(_file(tmp_path, content), "shopify", "orders")
    assert fault.code == "missing-column"
    assert "Created at, Currency" in fault.message


def test_the_first_of_two_columns_of_one_name_counts(tmp_path: Path) -> None:
    """An export may hold its header's name again in a later column."""
    content = _SHOPIFY.replace("\n#1", ",Total\n#1").replace("-0400\n", "-0400,9.99\n")
    (record,) = _read(_file(tmp_path, content), "shopify", "orders").items
    assert getattr(record, "total", None) == 100


def test_an_empty_page_is_fine_for_any_platform(tmp_path: Path) -> None:
    """It has no record that could be wrong."""
    reading = _read(_file(tmp_path, '{"data": {"customers": {"edges": []}}}'), "shopify", "customers")
    assert list(reading.items) == []


def test_a_record_kind_that_comes_late_is_still_found(tmp_path: Path) -> None:
    """In a bulk file the children may stand before their order."""
    child = {"id": "gid://shopify/LineItem/1", "__parentId": "gid://shopify/Order/1"}
    lines = [json.dumps(child)] * 300 + [json.dumps(_NODE)]
    assert _read(_file(tmp_path, "\n".join(lines)), "shopify", "orders").format_name == "Shopify GraphQL orders"


def test_the_table_on_the_second_sheet_is_found(tmp_path: Path) -> None:
    """A workbook's cover sheet is passed over."""
    path = tmp_path / "book"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["Exported", "by nobody"])
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["No.", "Name", "E-Mail", "VAT Registration No."])
        sheet.write_row(1, 0, ["C1", "Acme", "a@example.com", "DE1"])
    assert _read(path, "business_central", "customers").format_name.startswith("Business Central")


def test_a_missing_file_is_an_error_of_its_own(tmp_path: Path) -> None:
    """It may have gone since the workspace was read."""
    assert _fault(tmp_path / "gone", "shopify", "orders").code == "unreadable-file"


_OWN = {"order_id": "Bestellnummer", "created_at": "Datum", "currency": "Währung", "total": "Summe"}
_GERMAN = "Bestellnummer;Datum;Währung;Summe;email\n7;10.04.2026 09:30;EUR;1.234,50;a@example.com\n"


def test_a_foreign_table_is_read_by_the_columns_given(tmp_path: Path) -> None:
    """A column that already bears our name needs no entry; columns of other streams are no matter."""
    path = _file(tmp_path, _GERMAN.encode("cp1252"))
    (record,) = _read(path, "shopify", "orders", {**_OWN, "group": "Gruppe"}).items
    assert getattr(record, "order_id", None) == "7"
    assert getattr(record, "total", None) == 123450
    assert getattr(record, "email", None) == "a@example.com"


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({**_OWN, "tax": "Steuer"}, ["'Steuer'", "tax"]),
        ({name: header for name, header in _OWN.items() if name != "total"}, ["no column for total"]),
    ],
)
def test_a_column_that_is_not_there_is_named(columns: dict[str, str], words: list[str], tmp_path: Path) -> None:
    """Given in `columns` but not in the file, or necessary and not given."""
    fault = _fault(_file(tmp_path, _GERMAN), "shopify", "orders", columns)
    assert fault.code == "missing-column"
    assert all(word in fault.message for word in words)


def test_a_platforms_own_file_beside_a_foreign_one_is_still_known(tmp_path: Path) -> None:
    """One store may have its orders from elsewhere and its customers as the platform exports them."""
    reading = _read(_file(tmp_path, _SHOPIFY), "shopify", "orders", {"order_id": "Bestellnummer"})
    assert reading.format_name == "Shopify orders export"


def test_a_table_with_our_own_names_needs_no_columns(tmp_path: Path) -> None:
    """That is what our names are for."""
    path = _file(tmp_path, "order_id,created_at,currency,total\n1,2026-04-10,USD,5\n")
    assert len(list(_read(path, "bigcommerce", "orders").items)) == 1


def test_the_stores_currency_stands_in_for_a_currency_column(tmp_path: Path) -> None:
    """A shop with one currency seldom writes it into its tables."""
    path = _file(tmp_path, "Nr,created_at,total\n1,2026-04-10,5\n")
    (record,) = read_file(path, "x", "shopify", "orders", setting(currency="EUR", columns={"order_id": "Nr"})).items
    assert getattr(record, "currency", None) == "EUR"
