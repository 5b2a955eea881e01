"""Emulator and product keep to the vendor's published schemas and examples, both flavours."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from tests.support.adobe_shop import NOW, STORE
from tests.support.storefronts import decoded, published
from unposted.connectors.adobe_commerce.companies import COMPANIES
from unposted.connectors.adobe_commerce.connection import AdobeCommerceConnection
from unposted.connectors.adobe_commerce.customers import CUSTOMERS
from unposted.connectors.adobe_commerce.listings import CARTS, COMPANY, CUSTOMER, ORDER, RESOURCES, Listing
from unposted.connectors.adobe_commerce.orders import ORDERS
from unposted.connectors.adobe_commerce.quotes import QUOTES
from unposted.connectors.formats import JsonFormat
from unposted.connectors.secrets import variable_name
from unposted.sandbox.services.adobe_commerce import AdobeCommerceService
from unposted.sandbox.services.adobe_commerce_search import projected
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.wire import Call, SteppedClock
from unposted.sandbox.world import make_world

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[4] / "shared") / "specs" / "adobe-commerce"
_FILES = {"paas": "admin-schema-2.4.9.yaml", "saas": "accs-schema.yaml"}
_RESULTS = {
    "orders": "sales-data-order-search-result-interface",
    "customers/search": "customer-data-customer-search-results-interface",
    "company": "company-data-company-search-results-interface",
    "carts/search": "quote-data-cart-search-results-interface",
}
_LISTINGS = {"orders": ORDER, "customers/search": CUSTOMER, "company": COMPANY, "carts/search": CARTS}


@lru_cache(maxsize=2)
def _schema(flavour: str) -> dict[str, Any]:
    """Read one schema file; parsing takes seconds, so once a session."""
    import yaml

    path = _SPECS / _FILES[flavour]
    if not path.exists():
        pytest.skip(f"the published schema is missing: specs/adobe-commerce/{path.name}; set UNPOSTED_SHARED")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=loader)
    return found


@lru_cache(maxsize=2)
def _service(flavour: Any) -> tuple[AdobeCommerceService, dict[str, str]]:
    clock = SteppedClock(NOW)
    login = LoginService(clock.now)
    switches = AdobeCommerceSwitches(flavour=flavour)
    service = AdobeCommerceService.of_world(make_world(2026), clock.now, STORE, switches, login)
    if flavour == "paas":
        return service, {"authorization": f"Bearer {switches.integration.token}"}
    token = login.issue(["commerce.accs"], "ims-client")
    return service, {"authorization": f"Bearer {token}", "x-api-key": "ims-client"}


def _answer(flavour: str, path: str) -> Any:
    service, headers = _service(flavour)
    prefix = "/rest/default/V1" if flavour == "paas" else "/V1"
    query = (("searchCriteria[pageSize]", "300"), ("searchCriteria[sortOrders][0][field]", "entity_id"))
    answer = service(Call("GET", f"{prefix}/{path}", query, headers))
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def _faults(flavour: str, name: str, value: object) -> list[str]:
    """List what is wrong by the schema; a null in a published example's required field counts as its type."""
    schema = {"$ref": f"#/definitions/{name}", "definitions": _schema(flavour)["definitions"]}
    errors = Draft4Validator(schema).iter_errors(value)
    return [f"{list(error.absolute_path)}: {error.message}" for error in errors if error.instance is not None]


def _unknown(flavour: str, name: str, value: Any, path: str = "") -> Iterator[str]:
    """List the fields that the schema does not know, which jsonschema lets pass."""
    definition = _schema(flavour)["definitions"].get(name, {})
    if isinstance(value, list):
        for item in value:
            yield from _unknown(flavour, name, item, path)
    if not isinstance(value, dict) or "properties" not in definition:
        return
    for field, inside in value.items():
        kind = definition["properties"].get(field)
        if kind is None:
            yield f"{path}.{field}"
            continue
        reference = kind.get("$ref") or kind.get("items", {}).get("$ref")
        if reference:
            yield from _unknown(flavour, reference.rpartition("/")[2], inside, f"{path}.{field}")


@pytest.mark.parametrize("flavour", ["paas", "saas"])
@pytest.mark.parametrize("path", list(_RESULTS))
def test_the_emulators_answers_are_of_the_published_shape(flavour: str, path: str) -> None:
    """Every search result of the whole wholesale store: types, required fields, and no field that nobody published."""
    answer = _answer(flavour, path)
    assert answer["items"]
    assert _faults(flavour, _RESULTS[path], answer) == []
    assert set(_unknown(flavour, _RESULTS[path], answer)) == set()


@pytest.mark.parametrize("flavour", ["paas", "saas"])
def test_store_views_are_of_the_published_shape(flavour: str) -> None:
    """StoreConfigs is a bare list."""
    configs = _answer(flavour, "store/storeConfigs")
    assert configs
    for config in configs:
        assert _faults(flavour, "store-data-store-config-interface", config) == []


@pytest.mark.parametrize("flavour", ["paas", "saas"])
@pytest.mark.parametrize(("path", "listing"), list(_LISTINGS.items()), ids=list(_LISTINGS))
def test_every_field_that_we_ask_for_is_published(flavour: str, path: str, listing: Listing) -> None:
    """The projections of reading and recount name only fields of the schema, at every depth."""
    row = _schema(flavour)["definitions"][_RESULTS[path]]["properties"]["items"]["items"]["$ref"].rpartition("/")[2]
    for fields in (listing.fields, listing.light_fields):
        assert list(_unknown(flavour, row, _named(fields))) == []


def _named(fields: str) -> dict[str, Any]:
    """Write a projection as an object with those fields."""
    text = re.sub(r"([\w-]+)", r'"\1"', fields)
    text = re.sub(r'"(?=[,\]]|$)', '":0', text).replace("[", ":{").replace("]", "}")
    found: dict[str, Any] = json.loads("{" + text + "}")
    return found


@pytest.mark.parametrize("flavour", ["paas", "saas"])
@pytest.mark.parametrize("path", [*_RESULTS, "store/storeConfigs"])
def test_the_paths_that_we_call_are_published(flavour: str, path: str) -> None:
    """Each flavour's own schema has them, with or without a slash at the end."""
    paths = _schema(flavour)["paths"]
    assert f"/V1/{path}" in paths or f"/V1/{path}/" in paths


_EXAMPLES: tuple[tuple[str, JsonFormat, Listing, int], ...] = (
    ("order-with-shipping-assignments", ORDERS, ORDER, 1),
    ("negotiable-quote-cart-submitted", QUOTES, CARTS, 1),
    ("negotiable-quote-cart-initial", QUOTES, CARTS, 0),
    ("customer-company-user-1", CUSTOMERS, CUSTOMER, 1),
    ("customer-company-user-3", CUSTOMERS, CUSTOMER, 1),
    ("company-get", COMPANIES, COMPANY, 1),
    ("company-search", COMPANIES, COMPANY, 2),
)


@pytest.mark.parametrize(("name", "form", "listing", "count"), _EXAMPLES, ids=[example[0] for example in _EXAMPLES])
def test_the_published_examples_decode_as_we_would_have_asked_for_them(
    name: str, form: JsonFormat, listing: Listing, count: int
) -> None:
    """Trimmed to the fields that we name, each example gives the record that the whole one gives: nothing is missed."""
    example = published("specs", "adobe-commerce", "examples", f"{name}.json")
    rows = example.get("items") if name == "company-search" else [example]
    whole = decoded(form, rows)
    trimmed = decoded(form, [projected(row, listing.fields) for row in rows])
    assert [type(item).__name__ for item in whole].count("Bad") == 0
    assert len(whole) == count
    assert trimmed == whole


def test_a_trimmed_search_result_has_no_order_to_decode() -> None:
    """The published example of a projection: ids alone are no orders, and each says what it lacks."""
    rows = published("specs", "adobe-commerce", "examples", "orders-search-fields-filtered.json")["items"]
    assert {type(item).__name__ for item in decoded(ORDERS, rows)} == {"Bad"}


@pytest.mark.parametrize(("path", "listing"), list(_LISTINGS.items()), ids=list(_LISTINGS))
def test_the_emulators_rows_lose_nothing_by_the_projection(path: str, listing: Listing) -> None:
    """Least fields: what we do not ask for changes no record."""
    form = {"orders": ORDERS, "customers": CUSTOMERS, "companies": COMPANIES, "quotes": QUOTES}[listing.name]
    rows = _answer("paas", path)["items"]
    assert decoded(form, [projected(row, listing.fields) for row in rows]) == decoded(form, rows)


def test_the_page_names_every_setting_and_secret() -> None:
    """docs/connectors/adobe_commerce.md explains each field of the connection and each secret's variable."""
    page = (Path(__file__).parents[3] / "docs" / "connectors" / "adobe_commerce.md").read_text("utf-8")
    settings = AdobeCommerceConnection.__struct_fields__
    variables = [variable_name("trade", secret.name) for secret in AdobeCommerceConnection.SECRETS]
    resources = [listing.resource for listing in RESOURCES]
    assert not [name for name in (*settings, *variables, *resources) if f"`{name}`" not in page]
