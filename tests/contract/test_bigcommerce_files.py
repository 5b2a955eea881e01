"""BigCommerce files as a merchant has them, through the file reader."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.storefronts import published, setting
from unposted.connectors.files import read_file
from unposted.connectors.formats import Bad, Stream
from unposted.domain.records import CompanyLink, Order
from unposted.errors import SourceFileError

_EXPORT = """Order ID;Order Status;Order Date;Order Total (inc tax);Currency Code;Customer Email;Shipping Country
1001;Awaiting Fulfillment;08/04/2026 17:05:30;1.334,50;EUR;jörg@example.org;Österreich
1002;Shipped;13/04/2026 09:00;20,00;EUR;bo@example.org;Austria
1003;Shipped;14/04/2026 09:00;-20,00;EUR;bo@example.org;Austria
"""


def test_an_export_in_windows_1252_with_semicolons_is_read(tmp_path: Path) -> None:
    """Separator, encoding and decimal comma are those of a European Excel; a negative total goes to quarantine."""
    path = tmp_path / "whatever.txt"
    path.write_bytes(_EXPORT.encode("cp1252"))
    reading = read_file(path, "whatever.txt", "bigcommerce", "orders", setting("Europe/Vienna"))
    first, second, third = reading.items
    assert reading.format_name == "BigCommerce order export"
    assert isinstance(first, Order)
    assert (first.order_id, first.total, first.email, first.country) == ("1001", 133450, "jörg@example.org", None)
    assert isinstance(second, Order)
    assert second.country == "AT"
    assert isinstance(third, Bad)
    assert (third.line, third.code) == (4, "negative-amount")


@pytest.mark.parametrize(
    ("name", "stream", "record"),
    [
        ("v2-get-orders-200-response", "orders", Order),
        ("v2-get-orders-order-id-200-response", "orders", Order),
        ("b2b-get-orders-200-with-extra-fields", "companies", CompanyLink),
    ],
)
def test_an_answer_of_the_api_saved_as_a_file_is_read(name: str, stream: Stream, record: type, tmp_path: Path) -> None:
    """A bare list, a single order and an envelope with `data`."""
    path = tmp_path / "page.json"
    path.write_text(json.dumps(published("specs", "bigcommerce", "examples", f"{name}.json")), encoding="utf-8")
    items = list(read_file(path, "page.json", "bigcommerce", stream, setting()).items)
    assert [type(item) for item in items] == [record]


def test_an_export_listed_as_another_platforms_is_refused(tmp_path: Path) -> None:
    """The error says what the file is."""
    path = tmp_path / "orders.csv"
    path.write_text(_EXPORT, encoding="utf-8")
    with pytest.raises(SourceFileError, match="BigCommerce"):
        read_file(path, "orders.csv", "adobe_commerce", "orders", setting())
