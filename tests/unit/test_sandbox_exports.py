"""The demo world as export files: the same orders and masters, written as people export them."""

from __future__ import annotations

import ast
import csv
import sys
from pathlib import Path
from typing import Any

import pytest

import unposted.sandbox
from tests.support.plain_card import rows
from unposted.sandbox.demo import write_demo
from unposted.sandbox.exports import write_export_demo

_ADDRESS = ("Billing Name", "Billing Zip", "Billing Country", "Shipping Name", "Shipping Country")


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as raw payloads."""
    return write_demo(tmp_path_factory.mktemp("raw")).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as export files."""
    return write_export_demo(tmp_path_factory.mktemp("exports")).parent


def _table(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def _orders(folder: Path, name: str) -> dict[str, dict[str, str]]:
    """Give the first row of each order, by its id."""
    return {row["Id"]: row for row in _table(folder / "exports/shopify" / name) if row["Total"]}


def test_every_order_stands_in_the_csv_with_the_same_money(raw: Path, folder: Path) -> None:
    """Total, refund, time, buyer, tags and cancellation are those of the payload, but for what the CSV cannot say."""
    found = _orders(folder, "orders_export_1.csv")
    newest: dict[str, Any] = {}
    for node in rows(raw, "shopify/orders*.json"):
        kept = newest.get(node["legacyResourceId"])
        if kept is None or kept["updatedAt"] < node["updatedAt"]:
            newest[node["legacyResourceId"]] = node
    assert len(newest) - len(found) == 3
    for number, row in found.items():
        node = newest[number]
        assert row["Name"] == node["name"]
        assert row["Email"] == (node["email"] or "")
        assert float(row["Total"]) == float(node["totalPriceSet"]["shopMoney"]["amount"])
        assert float(row["Refunded Amount"]) == float(node["totalRefundedSet"]["shopMoney"]["amount"])
        assert bool(row["Cancelled at"]) == (node["cancelledAt"] is not None)
        assert (row["Payment Method"] == "bogus") == node["test"]
        assert row["Tags"] == ", ".join(node["tags"])
        assert row["Shipping Country"] == (node["shippingAddress"] or {}).get("countryCodeV2", "")


def test_an_order_has_its_own_columns_on_its_first_row_only(folder: Path) -> None:
    """A second line item repeats name, e-mail and creation time, and nothing else of the order."""
    table = _table(folder / "exports/shopify/orders_export_1.csv")
    items = [row for row in table if not row["Total"]]
    assert 100 < len(items) < len(table) / 2
    for row in items:
        assert row["Name"]
        assert row["Created at"]
        assert row["Lineitem name"]
        assert not any(row[column] for column in (*_ADDRESS, "Currency", "Financial Status", "Id", "Tags"))
    orders = [row for row in table if row["Total"]]
    sums = {row["Name"]: 0.0 for row in orders}
    for row in table:
        sums[row["Name"]] += int(row["Lineitem quantity"]) * float(row["Lineitem price"])
    assert all(sums[row["Name"]] == pytest.approx(float(row["Subtotal"])) for row in orders)


def test_csv_times_are_the_shops_wall_clock_with_its_offset(folder: Path) -> None:
    """Winter and summer time both occur in two months of orders."""
    created = {row["Created at"][-5:] for row in _orders(folder, "orders_export_1.csv").values()}
    assert created == {"-0400", "-0500"}
    assert "2026-04-06 00:00:00 -0400" in {row["Created at"] for row in _orders(folder, "orders_export_1.csv").values()}


def test_an_earlier_export_has_an_older_version_of_an_order(folder: Path) -> None:
    """It was not cancelled yet; the file's name sorts after the newer one's."""
    newer, older = (_orders(folder, name) for name in ("orders_export_1.csv", "orders_export_earlier.csv"))
    assert len(older) == 1
    for number, row in older.items():
        assert not row["Cancelled at"]
        assert newer[number]["Cancelled at"]


def test_customers_are_exported_with_their_ids(raw: Path, folder: Path) -> None:
    """Ids and postcodes carry the apostrophe that keeps a spreadsheet from making numbers of them."""
    table = _table(folder / "exports/shopify/customers_export.csv")
    ids = {node["legacyResourceId"] for node in rows(raw, "shopify/customers*.json")}
    assert {row["Customer ID"] for row in table} == {f"'{number}" for number in ids}
    assert all(row["Default Address Zip"].startswith("'") for row in table)


def test_each_entity_exports_its_own_customers_under_upper_case_headers(raw: Path, folder: Path) -> None:
    """With a byte order mark and Windows line ends; the company is in the file's name alone."""
    for entity in ("usti", "catu"):
        path = folder / f"exports/finance_operations/customers-{entity}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbfCUSTOMERACCOUNT,")
        assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n")
        table = _table(path, "utf-8-sig")
        assert all(name.isupper() for name in table[0])
        assert "DATAAREAID" not in table[0]
        nodes = [node for node in rows(raw, "finance_operations/*.json") if node["dataAreaId"] == entity]
        assert [(row["CUSTOMERACCOUNT"], row["PRIMARYCONTACTEMAIL"], row["ECOMCUSTOMERID"]) for row in table] == [
            (node["CustomerAccount"], node["PrimaryContactEmail"], node["EcomCustomerId"]) for node in nodes
        ]


def test_the_same_seed_gives_the_same_export_bytes(tmp_path: Path, folder: Path) -> None:
    """Every file, byte for byte, the workspace file too."""
    again = write_export_demo(tmp_path).parent
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert len(names) >= 12
    assert all((folder / name).read_bytes() == (again / name).read_bytes() for name in names)


def test_the_sandbox_shares_no_code_with_the_product() -> None:
    """No module of ours but its own: what the decoders misunderstand, the sandbox must not misunderstand too.

    Beside the standard library it knows a JSON encoder, a GraphQL parser, and the wire and keys of sign-ins.
    """
    known = sys.stdlib_module_names | {"msgspec", "graphql", "httpx2", "cryptography"}
    paths = sorted(Path(unposted.sandbox.__file__).parent.rglob("*.py"))
    assert len(paths) > 30
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.startswith("unposted.sandbox") or name.split(".")[0] in known, (
                    path,
                    name,
                )
