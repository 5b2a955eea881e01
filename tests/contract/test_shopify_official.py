"""Every published Shopify order, customer and company is read: nothing is lost, nothing needs quarantine."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.storefronts import setting
from unposted.connectors.files import read_file
from unposted.connectors.formats import Bad, Stream
from unposted.domain.records import Company, Customer, Order
from unposted.errors import SourceFileError

_STREAMS: tuple[tuple[Stream, tuple[str, ...]], ...] = (
    ("orders", ("order", "orders", "draft_order", "draft_orders")),
    ("customers", ("customer", "customers")),
    ("companies", ("company", "companies")),
)


def _folder(*parts: str) -> Path:
    root = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[3] / "shared")
    folder = root.joinpath(*parts)
    if not folder.exists():
        pytest.skip(f"the shared payloads in {'/'.join(parts)} are missing; set UNPOSTED_SHARED")
    return folder


def _bodies() -> Iterator[tuple[str, Any]]:
    for path in sorted(_folder("specs", "shopify", "examples").glob("*.json")):
        yield path.name, json.loads(path.read_bytes())
    for path in sorted(_folder("data", "payloads").glob("shopify_*")):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in content.decode().splitlines():
            payload = json.loads(line)
            yield f"{path.name} {payload['id']}", payload["body"]


def _held(body: Any) -> Iterator[tuple[Stream, list[dict[str, Any]]]]:
    """Tell which streams a body holds records of, by its outermost names, and which records."""
    if not isinstance(body, dict) or "id" in body:
        return
    for stream, names in _STREAMS:
        for name in names:
            value = body.get(name)
            records = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
            if records:
                yield stream, records


def test_published_orders_customers_and_companies_are_read(tmp_path: Path) -> None:
    """Nothing is lost: each becomes a record. Only orders asked for without their currency cannot be known."""
    seen: Counter[type] = Counter()
    expected = 0
    for name, body in _bodies():
        path = tmp_path / "body.json"
        path.write_text(json.dumps(body), encoding="utf-8")
        for stream, records in _held(body):
            if stream == "orders" and "currency" not in records[0]:
                with pytest.raises(SourceFileError, match="no Shopify orders"):
                    read_file(path, name, "shopify", stream, setting())
                continue
            seen.update(type(item) for item in read_file(path, name, "shopify", stream, setting()).items)
            expected += len(records)
    assert seen[Bad] == 0
    assert seen.total() == expected
    assert seen[Order] >= 50
    assert seen[Customer] >= 20


def test_a_company_of_the_erp_vendors_own_fixtures_is_read(tmp_path: Path) -> None:
    """A bare GraphQL node, with an empty e-mail and phone."""
    path = _folder("specs", "shopify", "examples") / "graphql-bcapps-CompanyResponse.json"
    (found,) = read_file(path, path.name, "shopify", "companies", setting()).items
    assert isinstance(found, Company)
    assert (found.company_id, found.email) == ("52199654", None)


def test_published_answers_without_records_are_refused(tmp_path: Path) -> None:
    """The answer of a mutation or of a bulk operation's status is no list of orders."""
    for path in sorted(_folder("specs", "shopify", "examples").glob("graphql-bcapps-Bulk*")):
        with pytest.raises(SourceFileError) as raised:
            read_file(path, path.name, "shopify", "orders", setting())
        assert raised.value.code == "unknown-format"
