"""The emulator's answers, and our calls, are what BigCommerce's own reference describes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.contract.live.bigcommerce_setting import HASH, NOW, TOKEN, Store, at, buyer, decoded, ids, sale
from unposted.connectors.formats import Bad
from unposted.connectors.live import Page
from unposted.domain.cursor import Span
from unposted.sandbox.wire import Answer, Call
from unposted.sandbox.world import make_world

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[4] / "shared") / "specs" / "bigcommerce"
_ORDERS, _V3, _CUSTOMERS = "openapi/orders.v2.oas2.yml", "openapi/orders.v3.yml", "openapi/customers.v3.yml"
_STORE, _HOOKS = "openapi/store_information.v2.yml", "openapi/webhooks.v3.yml"
_B2B = "b2b-openapi/"
_IO = "/api/v3/io"
# Null in the vendor's own examples, or in every store, though the reference calls them text or a link.
_MAY_BE_NULL = frozenset({"cart_id", "credit_card_type", "external_id", "external_merchant_id", "external_source"})

_IN_EXAMPLES = frozenset({"order", "custom_status", "credit_card_type"})  # shown by the vendor, left out of its schema


@cache
def _document(name: str) -> dict[str, Any]:
    import yaml

    path = _SPECS / name
    if not path.exists():
        pytest.skip(f"the published reference is missing: specs/bigcommerce/{name}; set UNPOSTED_SHARED")
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def _resolved(name: str, node: Any) -> Any:
    """Follow references; those to other hosts describe nothing that we have."""
    if isinstance(node, list):
        return [_resolved(name, one) for one in node]
    if not isinstance(node, dict):
        return node
    target = node.get("$ref")
    if isinstance(target, str):
        if not target.startswith("#/"):
            return {}
        found: Any = _document(name)
        for part in target[2:].split("/"):
            found = found[part.replace("~1", "/")]
        return _resolved(name, found)
    return {key: _resolved(name, value) for key, value in node.items() if key not in {"example", "examples"}}


def _as_json_schema(node: Any) -> Any:
    """Say nullable as JSON Schema does."""
    if isinstance(node, list):
        return [_as_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _as_json_schema(value) for key, value in node.items() if not key.startswith("x-")}
    if "oneOf" in plain:  # of shapes that overlap, such as two links, both may fit
        plain["anyOf"] = plain.pop("oneOf")
    if "cartId" in plain.get("properties", {}):  # called an integer; the vendor's own example is a UUID
        plain["properties"]["cartId"] = {"type": ["string", "integer"]}
    if plain.pop("nullable", False) and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    for name in _MAY_BE_NULL & plain.get("properties", {}).keys():
        held = plain["properties"][name]
        if isinstance(held.get("type"), str):
            plain["properties"][name] = held | {"type": [held["type"], "null"]}
    return {key: value for key, value in plain.items() if key not in {"exclusiveMaximum", "exclusiveMinimum"}}


@cache
def _schema(name: str, path: str, method: str = "get") -> dict[str, Any]:
    answers = _document(name)["paths"][path][method]["responses"]
    answer = _resolved(name, answers.get("200") or answers.get(200))
    schema: dict[str, Any] = _as_json_schema(answer["content"]["application/json"]["schema"])
    return schema


def _names(schema: Any) -> set[str]:
    """List the members that an object may have, where they are listed at all."""
    if not isinstance(schema, dict):
        return set()
    parts = [part for kind in ("allOf", "anyOf") for part in schema.get(kind, [])]
    return set(schema.get("properties", {})).union(*map(_names, parts))


def _faults(name: str, path: str, value: Any, method: str = "get") -> list[str]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(_schema(name, path, method))
    return [f"{'/'.join(map(str, fault.path))}: {fault.message[:120]}" for fault in validator.iter_errors(value)]


def _rows_schema(name: str, path: str) -> Any:
    schema = _schema(name, path)
    if schema.get("type") == "array":
        return schema["items"]
    found: list[Any] = []
    _find_rows(schema, found)
    return {"allOf": found}


def _find_rows(schema: Any, found: list[Any]) -> None:
    for part in schema.get("allOf", []):
        _find_rows(part, found)
    data = schema.get("properties", {}).get("data", {})
    if "items" in data:
        found.append(data["items"])


def _world() -> Store:
    store = Store(world=make_world(2026))
    store.order(sale(90_001, status=14))
    store.refund(7, 90_001, 20, 1.25)
    store.refund(8, 90_001, 5.5)
    store.customer(
        buyer(99), at(1), form_fields=[{"name": "VAT Number", "value": "GB123456782", "customer_id": 99}]
    )  # fmt: skip
    return store


def _get(store: Store, path: str, *query: tuple[str, str]) -> Answer:
    headers = {"x-auth-token": TOKEN, "x-store-hash": HASH, "accept": "application/json"}
    if path.startswith(_IO):
        return store.service.b2b(Call("GET", path, query, headers))
    return store.service(Call("GET", f"/stores/{HASH}{path}", query, headers))


_CONSIGNED = (("include", "consignments"), ("consignment_structure", "object"))


@pytest.mark.parametrize(
    ("name", "published", "path", "query"),
    [
        (_ORDERS, "/orders", "/v2/orders", (("limit", "250"),)),
        (_ORDERS, "/orders/{order_id}", "/v2/orders/90001", ()),
        (_ORDERS, "/orders/count", "/v2/orders/count", ()),
        (_ORDERS, "/orders/{order_id}/shipping_addresses", "/v2/orders/90001/shipping_addresses", ()),
        (_ORDERS, "/order_statuses", "/v2/order_statuses", ()),
        (_STORE, "/store", "/v2/store", ()),
        (_STORE, "/time", "/v2/time", ()),
        (_V3, "/orders/payment_actions/refunds", "/v3/orders/payment_actions/refunds", ()),
        (_CUSTOMERS, "/customers", "/v3/customers", (("limit", "250"), ("include", "addresses,formfields"))),
        (_B2B + "company.yaml", "/companies", f"{_IO}/companies", (("limit", "250"), ("isIncludeExtraFields", "1"))),
        (_B2B + "user.yaml", "/users", f"{_IO}/users", (("limit", "250"),)),
        (_B2B + "order.yaml", "/orders", f"{_IO}/orders", (("limit", "200"),)),
    ],
)
def test_an_answer_is_as_published(name: str, published: str, path: str, query: tuple[tuple[str, str], ...]) -> None:
    """Types, enums and nulls, by the vendor's own schema; and no member that it does not list."""
    answer = _get(_world(), path, *query)
    assert answer.status == 200
    value = json.loads(answer.body)
    assert _faults(name, published, value)[:20] == []
    rows = value if isinstance(value, list) else value.get("data", [])
    listed = _names(_rows_schema(name, published)) if rows and (isinstance(value, list) or "data" in value) else set()
    if listed:
        assert {member for row in rows for member in row} - listed - _IN_EXAMPLES == set()


def test_consignments_are_as_published() -> None:
    """What `include=consignments` puts into an order is the answer of the path of the consignments."""
    value = json.loads(_get(_world(), "/v2/orders", ("limit", "250"), *_CONSIGNED).body)
    schema = _as_json_schema(_resolved(_ORDERS, {"$ref": "#/components/schemas/orderConsignment_Get"}))
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema)
    assert [fault.message for row in value for fault in validator.iter_errors(row["consignments"])] == []
    assert len(value) > 50


def test_webhooks_are_made_and_listed_as_published() -> None:
    """POST and GET of /v3/hooks."""
    store = Store()
    path, headers = f"/stores/{HASH}/v3/hooks", {"x-auth-token": TOKEN, "accept": "application/json"}
    asked = {"scope": "store/order/*", "destination": "https://unposted.example/hooks", "headers": {"x": "y"}}
    made = store.service(Call("POST", path, (), headers, json.dumps(asked).encode()))
    assert _faults(_HOOKS, "/hooks", json.loads(made.body), "post") == []
    assert _faults(_HOOKS, "/hooks", json.loads(_get(store, "/v3/hooks").body)) == []
    refused = store.service(Call("POST", path, (), headers, b'{"scope":"store/order/*","destination":"http://x"}'))
    assert refused.status == 422


def _published_parameters(name: str, path: str) -> set[str]:
    place = _document(name)["paths"][path]
    listed = [*place.get("parameters", []), *place["get"].get("parameters", [])]
    return {one["name"] for one in _resolved(name, listed) if one.get("in") == "query"}


_PUBLISHED = {
    "/v2/orders": (_ORDERS, "/orders"),
    "/v2/orders/count": (_ORDERS, "/orders/count"),
    "/v3/orders/payment_actions/refunds": (_V3, "/orders/payment_actions/refunds"),
    "/v3/customers": (_CUSTOMERS, "/customers"),
    f"{_IO}/companies": (_B2B + "company.yaml", "/companies"),
    f"{_IO}/users": (_B2B + "user.yaml", "/users"),
    f"{_IO}/orders": (_B2B + "order.yaml", "/orders"),
}


def _asked() -> Iterator[Call]:
    store = _world()
    for number in range(40):
        store.order(sale(91_000 + number, 5))
        store.customer(buyer(700 + number, email=f"p{number}@x.example"), at(5))
    for name in ("orders", "customers", "companies", "company_users", "company_orders"):
        store.read(name, size=10, b2b=True, b2b_channels=(1,))
    for stream in store.connector(b2b=True).streams:
        if stream.by_id is not None:
            list(stream.by_id(["90001", "99"]))
        if stream.recount is not None:
            list(stream.recount(at(0), NOW))
    list(store.connector(b2b=True).examine())
    yield from store.calls


def test_our_calls_name_only_published_parameters() -> None:
    """A parameter that the API does not know it ignores without a word."""
    seen = set()
    for call in _asked():
        path = call.path.removeprefix(f"/stores/{HASH}")
        if path in _PUBLISHED:
            seen.add(path)
            assert {key for key, _ in call.query} - _published_parameters(*_PUBLISHED[path]) == set(), path
    assert seen == _PUBLISHED.keys()


def test_our_sorts_are_published() -> None:
    """The name, and a direction behind a colon."""
    sorts = {(call.path.rpartition("/")[2], call.first("sort")) for call in _asked() if call.first("sort")}
    customers = _document(_CUSTOMERS)["paths"]["/customers"]["get"]["parameters"]
    v3 = next(one["schema"]["enum"] for one in _resolved(_CUSTOMERS, customers) if one["name"] == "sort")
    orders = _resolved(_ORDERS, {"$ref": "#/components/parameters/sort"})["schema"]["enum"]
    for path, sort in sorts:
        name, _, direction = str(sort).partition(":")
        assert str(sort) in v3 if path == "customers" else (name in orders and direction == "asc")


def _examples(pattern: str) -> Iterator[Any]:
    folder = _SPECS / "examples"
    if not folder.exists():
        pytest.skip("the published examples are missing: specs/bigcommerce/examples; set UNPOSTED_SHARED")
    for path in sorted(folder.glob(pattern)):
        yield json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("stream", "pattern", "count"),
    [
        ("orders", "v2-get-orders-200-*.json", 1),
        ("orders", "v2-get-orders-order-id-200-*.json", 2),
        ("customers", "v3-get-customers-200-*.json", 1),
        ("company_orders", "b2b-get-orders-200-*.json", 2),
    ],
)
def test_published_examples_decode(stream: str, pattern: str, count: int) -> None:
    """Every example payload of our streams becomes a record; the customer's own id is 0 there, which names nobody."""
    rows = [
        row
        for value in _examples(pattern)
        for row in (value if isinstance(value, list) else value.get("data", [value]))
    ]
    assert len(rows) == count
    for row in rows:
        row.setdefault("id", 1)
    found = decoded(Store().stream(stream), [Page([json.dumps(row).encode() for row in rows], None)])
    assert [item for item in found if isinstance(item, Bad)] == []
    assert len(found) == count


def test_the_published_refund_is_counted() -> None:
    """50 given back, 5 of it tax; the example payment was not declined."""
    (refund,) = [value["data"] for value in _examples("v3-get-orders-payment-actions-refunds-*.json")]
    store = Store()
    store.order(sale(180, status=14), total_ex_tax="100.0000")
    store.service.put_refund(refund, at(5))
    found = store.orders()["180"]
    assert (found.refunded, found.net) == (50_00, 100_00 - 45_00)


def test_the_world_is_read_whole_and_nothing_of_it_is_bad() -> None:
    """Every order, customer, company and link of the made-up store, through the wire."""
    store = Store(world=make_world(2026))
    assert store.world is not None
    ever = Span(at(-3_000_000), NOW)
    orders = store.orders(span=ever)
    assert set(orders) == {str(one.number) for one in store.world.trade_sales}
    customers = ids(store.records("customers", span=ever))
    assert set(customers) == {str(one.account) for one in store.world.buyers if one.account}
    assert set(ids(store.records("companies"))) == {str(firm.number) for firm in store.world.firms}
    links = store.records("company_orders", span=ever)
    bought = {one.number for one in store.world.trade_sales if one.buyer.firm}
    assert {re.split(r"\|", name)[1] for name in ids(links)} == {str(number) for number in bought}
