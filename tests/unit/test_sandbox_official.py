"""Every name in the demo's payloads is one that the vendor publishes, with a value of the published type."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.plain_card import files, rows
from unposted.sandbox.demo import write_demo

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[3] / "shared") / "specs"
_SCALARS: dict[str, type | tuple[type, ...]] = {
    "ID": str, "String": str, "DateTime": str, "Decimal": str, "UnsignedInt64": str, "URL": str, "Boolean": bool,
    "Int": int, "Float": (int, float),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, written once."""
    return write_demo(tmp_path_factory.mktemp("demo")).parent


def _published(name: str) -> bytes:
    path = _SPECS / name
    if not path.exists():
        pytest.skip(f"the published definitions are missing: specs/{name}; set UNPOSTED_SHARED")
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


@lru_cache(maxsize=1)
def _shopify_types() -> dict[str, dict[str, Any]]:
    schema = json.loads(_published("shopify/admin-graphql-introspection-2026-10.json.gz"))["data"]["__schema"]
    return {kind["name"]: kind for kind in schema["types"]}


def _faults(value: Any, wanted: dict[str, Any], path: str) -> Iterator[str]:
    """Compare a value with a GraphQL type: names, nulls, lists, enum members and scalars."""
    if wanted["kind"] == "NON_NULL":
        if value is None:
            yield f"{path} is null"
            return
        wanted = wanted["ofType"]
    if value is None:
        return
    if wanted["kind"] == "LIST":
        for item in value:
            yield from _faults(item, wanted["ofType"], path)
        return
    kind = _shopify_types()[wanted["name"]]
    if kind["kind"] == "SCALAR":
        if not isinstance(value, _SCALARS[kind["name"]]):
            yield f"{path} is no {kind['name']}"
    elif kind["kind"] == "ENUM":
        if value not in {member["name"] for member in kind["enumValues"]}:
            yield f"{path}: {value} is no {kind['name']}"
    else:
        yield from _object_faults(value, kind, path)


def _object_faults(value: dict[str, Any], kind: dict[str, Any], path: str) -> Iterator[str]:
    if kind["kind"] == "UNION":
        assert value["__typename"] in {member["name"] for member in kind["possibleTypes"]}
        kind = _shopify_types()[value["__typename"]]
    fields = {field["name"]: field for field in kind["fields"]}
    for name, inside in value.items():
        if name == "__typename":
            continue
        if name not in fields:
            yield f"{path}.{name} is not in {kind['name']}"
        elif fields[name]["isDeprecated"]:
            yield f"{path}.{name} is deprecated"
        else:
            yield from _faults(inside, fields[name]["type"], f"{path}.{name}")


@pytest.mark.parametrize(
    ("pattern", "name", "connection"),
    [
        ("shopify/orders*.json", "orders", "OrderConnection"),
        ("shopify/customers*.json", "customers", "CustomerConnection"),
        ("shopify/draft_orders.json", "draftOrders", "DraftOrderConnection"),
    ],
)
def test_shopify_pages_have_the_published_fields(folder: Path, pattern: str, name: str, connection: str) -> None:
    """No unknown or deprecated field, no null where none may be, no value outside its enum."""
    wanted = {"kind": "OBJECT", "name": connection, "ofType": None}
    pages = files(folder, pattern)
    assert pages
    faults = {fault for page in pages for fault in _faults(page["data"][name], wanted, name)}
    assert faults == set()


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield name
            yield from _names(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _names(inside)


@pytest.mark.parametrize(
    ("pattern", "specification"),
    [
        ("bigcommerce/orders*.json", "bigcommerce/openapi/orders.v2.oas2.yml"),
        ("bigcommerce/customers*.json", "bigcommerce/openapi/customers.v3.yml"),
        ("bigcommerce/companies*.json", "bigcommerce/b2b-openapi/company.yaml"),
        ("bigcommerce/company_users*.json", "bigcommerce/b2b-openapi/user.yaml"),
    ],
)
def test_bigcommerce_records_have_the_published_names(folder: Path, pattern: str, specification: str) -> None:
    """Every member's name stands in the specification as a property."""
    published = set(re.findall(r"^\s*['\"]?(\w+)['\"]?:", _published(specification).decode(), re.MULTILINE))
    used = {name for node in rows(folder, pattern) for name in _names(node)}
    assert len(used) > 10
    assert used - published == set()


def test_bigcommerce_orders_have_the_types_of_the_published_example(folder: Path) -> None:
    """Texts are texts, numbers are numbers: the shape of the vendor's own example order."""
    example = json.loads(_published("bigcommerce/examples/v2-get-orders-200-response.json"))[0]
    seen = 0
    for node in rows(folder, "bigcommerce/orders*.json"):
        for name in node.keys() & example.keys():
            if node[name] is not None and example[name] is not None:
                seen += 1
                assert type(node[name]) is type(example[name]), name
    assert seen > 10_000
    node = next(rows(folder, "bigcommerce/orders*.json"))
    assert node["billing_address"].keys() == example["billing_address"].keys()
    assert example.keys() - node.keys() == {
        "shipping_cost_tax_class_id",
        "handling_cost_tax_class_id",
        "wrapping_cost_tax_class_id",
    }


def test_finance_and_operations_records_have_the_published_names(folder: Path) -> None:
    """All but the company code and the extension field are attributes of the entity."""
    text = _published("finance-operations/cdm/CustCustomerV3Entity.cdm.json").decode()
    published = set(re.findall(r'"name": "(\w+)"', text))
    for node in rows(folder, "finance_operations/*.json"):
        assert node.keys() - published == {"@odata.etag", "dataAreaId", "EcomCustomerId"}


@pytest.mark.parametrize(("table", "entity"), [("accounts", "Account"), ("contacts", "Contact")])
def test_dataverse_columns_are_the_published_or_dual_writes(folder: Path, table: str, entity: str) -> None:
    """A column is the table's own or one that the dual-write map of customers names."""
    text = _published(f"dataverse/cdm/{entity}.cdm.json").decode().lower()
    mapped = _published(f"dataverse/dual-write-customersv3-{table}.tsv").decode().lower()
    own = set(re.findall(r'"(?:sourcename|name)": "(\w+)"', text))
    written = set(re.findall(r"\t([a-z]\w+)", mapped))
    shared = {"msdyn_company", "createdon", "modifiedon", "address1_line1", "address1_city", "address1_stateorprovince",
              "address1_postalcode", "address1_country"}  # fmt: skip
    for node in rows(folder, f"dataverse/{table}.json"):
        plain = {name.partition("@")[0] for name in node} - {""}
        columns = {re.sub(r"^_(\w+)_value$", r"\1", name) for name in plain}
        assert columns - own - written - shared == set()
