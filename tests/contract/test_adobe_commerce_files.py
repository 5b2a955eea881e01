"""Adobe Commerce files as a merchant has them, through the file reader."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.support.storefronts import published, setting
from unposted.connectors.files import read_file
from unposted.connectors.formats import Stream
from unposted.domain.records import Company, Customer, Order
from unposted.errors import SourceFileError

_GRID = """ID,"Purchase Point","Purchase Date","Bill-to Name","Grand Total (Purchased)",Status,"Customer Email"
000000007,"Main Website","Apr 8, 2026 5:05:30 PM","Ida Holm",120.0000,Processing,ida@example.com
000000008,"Main Website","Apr 9, 2026 5:05:30 PM","Ida Holm",30.0000,Canceled,ida@example.com
"""


def test_a_gzipped_order_grid_is_read(tmp_path: Path) -> None:
    """Leading zeros of the order's number stay."""
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + _GRID.encode()))
    reading = read_file(path, "export.csv.gz", "adobe_commerce", "orders", setting(currency="GBP"))
    assert reading.format_name == "Adobe Commerce order grid export"
    orders = [item for item in reading.items if isinstance(item, Order)]
    assert [(order.order_id, order.total, order.signals) for order in orders] == [
        ("000000007", 12000, "state=processing"),
        ("000000008", 3000, "state=canceled"),
    ]


@pytest.mark.parametrize(
    ("name", "stream", "records"),
    [
        ("order-with-shipping-assignments", "orders", [Order]),
        ("negotiable-quote-cart-submitted", "orders", [Order]),
        ("negotiable-quote-cart-initial", "orders", []),
        ("customer-company-user-3", "customers", [Customer]),
        ("company-get", "companies", [Company]),
        ("company-search", "companies", [Company, Company]),
    ],
)
def test_an_answer_of_the_api_saved_as_a_file_is_read(
    name: str, stream: Stream, records: list[type], tmp_path: Path
) -> None:
    """Single records that hold lists of their own, and search results."""
    path = tmp_path / "page.json"
    path.write_text(json.dumps(published("specs", "adobe-commerce", "examples", f"{name}.json")), encoding="utf-8")
    items = list(read_file(path, "page.json", "adobe_commerce", stream, setting()).items)
    assert [type(item) for item in items] == records


def test_a_grid_without_its_status_is_told_of(tmp_path: Path) -> None:
    """The column that is missing is named."""
    path = tmp_path / "export.csv"
    path.write_text(_GRID.replace("Status", "Colour"), encoding="utf-8")
    with pytest.raises(SourceFileError, match="Status"):
        read_file(path, "export.csv", "adobe_commerce", "orders", setting())
