"""Our queries and the sandbox's answers keep to what Shopify publishes: the 2026-10 introspection and payloads."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, build_client_schema, parse, validate

from tests.contract.live.shopify_shop import NOW, WEEK, Shop, drain
from unposted.connectors.live import PageRequest
from unposted.connectors.replies import Reply
from unposted.connectors.shopify import queries
from unposted.connectors.shopify.admin import _page_of
from unposted.connectors.shopify.answers import judge
from unposted.domain.cursor import Span
from unposted.sandbox.services.shopify import ShopifyService
from unposted.sandbox.services.shopify_types import NOT_NULL, ROOTS, TYPES
from unposted.sandbox.world import make_world

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[4] / "shared") / "specs" / "shopify"
_SCALARS: dict[str, type | tuple[type, ...]] = {
    "ID": str, "String": str, "DateTime": str, "Decimal": str, "UnsignedInt64": str, "URL": str, "Boolean": bool,
    "Int": int, "Float": (int, float),
}  # fmt: skip
_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=2)
def _introspection(version: str) -> dict[str, Any]:
    path = _SPECS / f"admin-graphql-introspection-{version}.json.gz"
    if not path.exists():
        pytest.skip(f"the published schema is missing: specs/shopify/{path.name}; set UNPOSTED_SHARED")
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))["data"]
    return found


@lru_cache(maxsize=2)
def _schema(version: str) -> GraphQLSchema:
    return build_client_schema(_introspection(version), assume_valid=True)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def _types() -> dict[str, dict[str, Any]]:
    return {kind["name"]: kind for kind in _introspection("2026-10")["__schema"]["types"]}


def _documents(version: str) -> Iterator[str]:
    search = "updated_at:>='2026-01-01T00:00:00Z' updated_at:<='2026-02-01T00:00:00Z'"
    for number, kind in enumerate(queries.KINDS):
        yield queries.page_document(number, version, _NONE)
        yield queries.light_document(kind, "UPDATED_AT")
        if kind is not queries.LOCATIONS:
            yield queries.light_document(kind)
            yield queries.nodes_document(number, version, _NONE)
            yield queries.bulk_document(kind, version, _NONE, search)
    yield queries.page_document(0, version, frozenset({"email", "customer", "purchasingEntity.company"}))
    yield queries.more_locations_document(_NONE)
    yield from (queries.WHO_WE_ARE, queries.SCOPES, queries.COMPANIES_SEEN, queries.OLDEST_ORDER)
    yield from (queries.START_BULK, queries.LOOK_AT_BULK)


@pytest.mark.parametrize("version", ["2026-07", "2026-10"])
def test_every_query_is_valid_in_the_published_schema(version: str) -> None:
    """No unknown field, argument, type or enum value."""
    schema = _schema(version)
    faults = {fault.message for text in _documents(version) for fault in validate(schema, parse(text))}
    assert faults == set()


def test_no_query_asks_for_a_deprecated_field() -> None:
    """They disappear with a version, some within a year."""
    from graphql import NoDeprecatedCustomRule

    schema = _schema("2026-10")
    found = [
        fault.message
        for text in _documents("2026-10")
        for fault in validate(schema, parse(text), [NoDeprecatedCustomRule])
    ]
    assert found == []


def _named(kind: dict[str, Any]) -> str:
    while kind["ofType"]:
        kind = kind["ofType"]
    return str(kind["name"])


def test_the_sandboxs_types_are_the_published_ones() -> None:
    """Each field that the sandbox knows is there, of the type that it thinks, null only where it may be."""
    faults = []
    for name, fields in TYPES.items():
        published = {field["name"]: field for field in _types()[name]["fields"]}
        for field, kind in fields.items():
            if field not in published:
                faults.append(f"{name}.{field} is not published")
                continue
            found = _named(published[field]["type"])
            plain = kind.lstrip("*|")
            wanted = f"{plain}Connection" if kind.startswith("*") else plain
            if wanted and found != wanted:
                faults.append(f"{name}.{field} is {found}")
            must_be = published[field]["type"]["kind"] == "NON_NULL"
            if f"{name}.{field}" in NOT_NULL and not must_be:
                faults.append(f"{name}.{field} may be null")
    roots = {field["name"] for name in ("QueryRoot", "Mutation") for field in _types()[name]["fields"]}
    assert faults == []
    assert ROOTS.keys() <= roots


def _faults(value: Any, wanted: dict[str, Any], path: str) -> Iterator[str]:
    """Compare an answer with a published type: nulls, lists, enum members and scalars."""
    if wanted["kind"] == "NON_NULL":
        if value is None:
            yield f"{path} is null"
        wanted = wanted["ofType"]
    if value is None:
        return
    if wanted["kind"] == "LIST":
        for item in value:
            yield from _faults(item, wanted["ofType"], path)
        return
    kind = _types()[wanted["name"]]
    if kind["kind"] in {"SCALAR", "ENUM"}:
        if not _fits(value, kind):
            yield f"{path}: {value} is no {kind['name']}"
        return
    kind = _types()[value["__typename"]] if kind["kind"] == "UNION" else kind
    fields = {field["name"]: field for field in kind["fields"]}
    for name, inside in value.items():
        if name != "__typename":
            yield from _faults(inside, fields[name]["type"], f"{path}.{name}")


def _fits(value: Any, kind: dict[str, Any]) -> bool:
    if kind["kind"] == "SCALAR":
        return isinstance(value, _SCALARS[kind["name"]])
    return value in {member["name"] for member in kind["enumValues"]}


def _world() -> Shop:
    shop = Shop()
    shop.service = ShopifyService.of_world(make_world(7), shop.clock.now, "http://sandbox/shopify")
    return shop


@pytest.mark.parametrize(
    ("name", "kind"),
    [("orders", "Order"), ("customers", "Customer"), ("companies", "Company"), ("draft_orders", "DraftOrder")],
)
def test_the_sandboxs_records_are_of_the_published_types(name: str, kind: str) -> None:
    """What the connector reads from the made-up world is what the schema allows."""
    shop = _world()
    everything = Span(NOW.replace(year=2022), NOW)
    pages = drain(shop.stream(name, bulk_from_days=0), everything)
    items = [json.loads(item) for page in pages for item in page.items]
    assert items
    wanted = {"kind": "OBJECT", "name": kind, "ofType": None}
    assert {fault for item in items for fault in _faults(item, wanted, kind)} == set()


def test_the_sandboxs_lines_of_a_bulk_operation_are_of_the_published_types() -> None:
    """The same records by the other way."""
    shop = _world()
    pages = drain(shop.stream("orders"), Span(NOW.replace(year=2022), NOW))
    items = [json.loads(item) for page in pages for item in page.items]
    wanted = {"kind": "OBJECT", "name": "Order", "ofType": None}
    assert len(items) > 500
    assert {fault for item in items for fault in _faults(item, wanted, "Order")} == set()


def test_the_sandboxs_bulk_operation_is_of_the_published_type() -> None:
    """Counts and sizes are texts, the address may be null."""
    shop = _world()
    shop.stream("orders").fetch(PageRequest(Span(NOW.replace(year=2022), NOW)))
    document = queries.LOOK_AT_BULK
    wanted = {"kind": "OBJECT", "name": "BulkOperation", "ofType": None}
    for seconds in (0.0, 5.0, 60.0):
        shop.clock.sleep(seconds)
        data = shop.ask(document, id="gid://shopify/BulkOperation/4310577000")["data"]
        assert set(_faults(data["bulkOperation"], wanted, "BulkOperation")) == set()


def test_the_published_empty_page_is_read_with_its_cost() -> None:
    """The ERP vendor's own fixture of a customers' page (its list has another name than ours)."""
    path = _SPECS / "examples" / "graphql-bcapps-CustomersResult.json"
    if not path.exists():
        pytest.skip("the published payloads are missing; set UNPOSTED_SHARED")
    body = path.read_bytes().replace(b'"customers"', b'"page"')
    assert judge(Reply(200, {}, body), NOW) is None
    found = _page_of(body)
    assert found.data is not None
    assert found.data.page is not None
    assert (found.data.page.items, found.data.page.page_info.has_next_page) == ([], False)
    assert found.extensions is not None
    assert found.extensions.cost is not None
    assert found.extensions.cost.throttle_status is not None
    assert found.extensions.cost.throttle_status.restore_rate == 100


def test_the_published_answers_are_judged_fine() -> None:
    """None of them holds an error of GraphQL; `userErrors` is none."""
    seen = 0
    for path in sorted((_SPECS / "examples").glob("graphql-bcapps-*.json")):
        if path.name == "graphql-bcapps-BulkMutationResponse.json":
            continue
        seen += 1
        assert judge(Reply(200, {}, path.read_bytes()), NOW) is None, path.name
    if not seen:
        pytest.skip("the published payloads are missing; set UNPOSTED_SHARED")
    assert WEEK.end == NOW
