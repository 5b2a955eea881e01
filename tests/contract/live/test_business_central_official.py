"""Connector and emulator agree with what Microsoft publishes of API v2.0, so that both cannot be wrong together."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.contract.live.business_central_setting import CA, US, Environment, context
from unposted.connectors.business_central.companies import companies_from_json
from unposted.connectors.business_central.sets import entity_sets
from unposted.connectors.business_central.settings import BusinessCentralConnection
from unposted.connectors.business_central.webhooks import STREAM_OF, read_hints
from unposted.connectors.business_central.words import unescaped
from unposted.connectors.formats import Bad, RawItem
from unposted.connectors.secrets import Secret
from unposted.domain.records import LegalEntity
from unposted.sandbox.business_central import EXTERNAL_ID_SET, WEB_SERVICE, guid
from unposted.sandbox.services.business_central_errors import ENGLISH
from unposted.sandbox.services.business_central_fields import FIELDS
from unposted.sandbox.wire import Call
from unposted.sandbox.world import make_world

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[4] / "shared") / "specs/business-central"
_RESOURCE = {
    "companies": "company", "customers": "customer", "salesOrders": "salesOrder", "salesInvoices": "salesInvoice",
    "salesCreditMemos": "salesCreditMemo", "generalLedgerEntries": "generalLedgerEntry",
    "currencyExchangeRates": "currencyExchangeRate", "jobQueueLogEntries": "jobQueueLogEntry", "items": "item",
    "generalLedgerSetup": "generalLedgerSetup", "companyInformation": "companyInformation",
}  # fmt: skip
_ENUMS = {
    "salesOrders.status": "SalesOrderEntityBufferStatus", "salesInvoices.status": "InvoiceEntityAggregateStatus",
    "salesCreditMemos.status": "SalesCrMemoEntityBufferStatus", "customers.blocked": "CustomerBlocked",
}  # fmt: skip
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ROOT = "/v2.0/ustrade.example/Production/api/v2.0"
_EXAMPLES = {
    "customers": ("customer_get", "customer_create", "customer_update"),
    "salesOrders": ("salesorder_get", "salesorder_update"),
    "salesInvoices": ("salesinvoice_get", "salesinvoice_update"),
    "salesCreditMemos": ("salescreditmemo_get", "salescreditmemo_update"),
    "generalLedgerEntries": ("generalledgerentry_get",),
    "currencyExchangeRates": ("currencyexchangerate_get",),
    "jobQueueLogEntries": ("jobqueuelogentry_get",),
}


@cache
def _document(name: str) -> Any:
    path = _SPECS / name
    if not path.is_file():
        pytest.skip(f"the published definitions are missing: specs/business-central/{name}; set UNPOSTED_SHARED")
    return json.loads(path.read_text("utf-8-sig"))


def _properties(entity_set: str) -> dict[str, str]:
    resource = _document("api-v2.0-resources.json")["resources"][_RESOURCE[entity_set]]
    return {field["name"]: field["type"] for field in resource["properties"]}


@cache
def _service() -> Any:
    found = Environment(world=make_world(2026))
    found.service._login = None
    return found.service


def _rows(entity_set: str) -> Iterator[dict[str, Any]]:
    for company in ("usti", "catu"):
        path = f"{_ROOT}/companies({guid('company', company)})/{entity_set}"
        yield from json.loads(_service()(Call("GET", path)).body)["value"]


@pytest.mark.parametrize("entity_set", sorted(_RESOURCE))
def test_the_emulator_knows_the_published_fields_of_a_set(entity_set: str) -> None:
    """What can be filtered by and selected is exactly what the resource's page lists."""
    assert FIELDS[entity_set] == _properties(entity_set).keys()


@pytest.mark.parametrize("entity_set", sorted(set(_RESOURCE) - {"companies"}))
def test_the_emulator_s_rows_are_of_the_published_types(entity_set: str) -> None:
    """Every name is published, every value is of its type, every choice is a member of its enum."""
    types = _properties(entity_set)
    rows = list(_rows(entity_set))
    assert rows
    faults = {fault for row in rows for name, value in row.items() if (fault := _fault(entity_set, types, name, value))}
    assert not faults


def _fault(entity_set: str, types: dict[str, str], name: str, value: Any) -> str | None:
    if name == "@odata.etag":
        return None
    kind = types.get(name, "unknown")
    if kind.startswith("NAV."):
        enum = _ENUMS.get(f"{entity_set}.{name}")
        members = {found["name"].strip() for found in _document("base-app-customer-facts.json")["enums"].get(enum, [])}
        is_fine = isinstance(value, str) and (not members or unescaped(value) in members)
        return None if is_fine else f"{name}: {value!r} is no {kind}"
    try:
        is_fine = _CHECKS[kind](value)
    except (KeyError, ValueError, TypeError):
        is_fine = False
    return None if is_fine else f"{name}: {value!r} is no {kind}"


_CHECKS: dict[str, Any] = {
    "GUID": lambda value: bool(_GUID.fullmatch(value)),
    "string": lambda value: isinstance(value, str),
    "stream": lambda value: isinstance(value, str),
    "decimal": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "int64": lambda value: isinstance(value, int),
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: bool(date.fromisoformat(value)),
    "datetime": lambda value: value.endswith("Z") and bool(datetime.fromisoformat(value)),
}


def test_the_companies_are_of_the_published_shape() -> None:
    """The list of companies has the fields of the company resource."""
    rows = json.loads(_service()(Call("GET", f"{_ROOT}/companies")).body)["value"]
    assert {row["name"] for row in rows} == {US, CA}
    types = _properties("companies")
    assert not [
        fault for row in rows for name, value in row.items() if (fault := _fault("companies", types, name, value))
    ]


@pytest.mark.parametrize("stream", [one.stream for one in entity_sets(BusinessCentralConnection())])
def test_every_field_that_is_asked_for_is_published(stream: str) -> None:
    """`$select` names fields of the resource only, or the whole request would be refused."""
    entity_set = next(one for one in entity_sets(BusinessCentralConnection()) if one.stream == stream)
    assert set(entity_set.select.split(",")) <= _properties(entity_set.name).keys()
    assert entity_set.key in _properties(entity_set.name)
    assert entity_set.time in _properties(entity_set.name)
    assert entity_set.day is None or entity_set.day in _properties(entity_set.name)


@pytest.mark.parametrize("entity_set", sorted(_RESOURCE.keys() - {"companies"}))
def test_every_set_is_an_api_page_of_the_standard_apps(entity_set: str) -> None:
    """The names of sets and of their fields are those of Microsoft's own page objects."""
    pages = _document("apiv2-pages.json")["pages"].values()
    names = {field["name"] for page in pages if page["entitySetName"] == entity_set for field in page["fields"]}
    assert FIELDS[entity_set] <= names


def test_the_customers_page_cannot_carry_an_extension_s_field() -> None:
    """It is not extensible: the storefront's id needs a page of its own, and is on no standard one."""
    pages = _document("apiv2-pages.json")["pages"].values()
    (customers,) = (page for page in pages if page["entitySetName"] == "customers")
    assert customers["extensible"] is False
    assert not [page for page in pages if page["entitySetName"] in {EXTERNAL_ID_SET, WEB_SERVICE}]


@pytest.mark.parametrize("entity_set", sorted(_EXAMPLES))
def test_every_published_example_decodes(entity_set: str) -> None:
    """Each example row of a stream's set becomes a record."""
    sets = {one.name: one for one in entity_sets(BusinessCentralConnection())}
    rows = list(_examples(entity_set))
    assert rows
    items = [RawItem(place, json.dumps(row).encode()) for place, row in enumerate(rows, 1)]
    found = list(sets[entity_set].decode(items, context(entity="CRONUS", currency="USD")))
    assert [one for one in found if isinstance(one, Bad)] == []
    assert {type(one) for one in found} == {sets[entity_set].record}


def test_the_published_company_becomes_a_legal_entity() -> None:
    """The example of the companies page."""
    (row,) = (
        found["json"]
        for found in _document("api-v2.0-examples.json")["examples"]
        if found["doc"].endswith("dynamics_company_get.md") and found.get("json")
    )
    (found,) = companies_from_json([RawItem(1, json.dumps(row).encode())], context())
    assert isinstance(found, LegalEntity)
    assert (found.entity, found.name) == ("CRONUS US", "CRONUS USA, Inc.")


def _examples(entity_set: str) -> Iterator[dict[str, Any]]:
    for found in _document("api-v2.0-examples.json")["examples"]:
        page = found["doc"].rpartition("/dynamics_")[2].removesuffix(".md")
        row = found.get("json")
        is_answer = isinstance(row, dict) and row.keys() >= {"id"}
        if page in _EXAMPLES[entity_set] and is_answer:
            yield row


def test_the_published_notifications_are_understood() -> None:
    """The four of the documentation: an updated item, a created and a deleted customer, a collection of invoices."""
    (body,) = (
        found["json"]
        for found in _document("api-v2.0-examples.json")["examples"]
        if found["doc"].endswith("dynamics-subscriptions.md") and "value" in (found.get("json") or {})
    )
    now = datetime.fromisoformat("2018-10-26T13:00:00Z")
    hints = read_hints(Secret("someClientState"), {}, json.dumps(body).encode(), now)
    assert isinstance(hints, list)
    assert [(hint.stream, hint.record_id is not None, hint.is_gone) for hint in hints] == [
        ("items", True, False), ("customers", True, False), ("customers", True, True), ("sales_invoices", False, False),
    ]  # fmt: skip


def test_the_emulator_s_subscription_has_the_published_fields() -> None:
    """A subscription answers what the resource's page lists."""
    bc = Environment()
    bc.service.subscriptions._call_back = lambda address: (200, address.partition("validationToken=")[2])
    bc.service._login = None
    body = {"notificationUrl": "https://x.example/", "resource": "/api/v2.0/companies(1)/customers", "clientState": "s"}
    made = json.loads(bc.service(Call("POST", f"{_ROOT}/subscriptions", body=json.dumps(body).encode())).body)
    resource = _document("api-v2.0-resources.json")["resources"]["subscriptions"]
    assert made.keys() - {"@odata.etag"} == {field["name"] for field in resource["properties"]}


def test_the_emulator_s_error_codes_are_published() -> None:
    """Codes of the published table; the families of two more are named there, one is of the gateway."""
    published = {found["code"] for found in _document("odata-error-codes.json")["errors"]}
    unpublished = ENGLISH.keys() - published
    assert unpublished == {"Authorization_RequestDenied", "Application_TooManyRequests", "NoEnvironment"}


def test_every_published_error_code_is_judged() -> None:
    """None of the published codes is taken for a page of records."""
    from unposted.connectors.business_central.answers import Place, judge_of
    from unposted.connectors.replies import Reply

    judge = judge_of(Place("CRONUS", "customers"), "Do something.")
    for found in _document("odata-error-codes.json")["errors"]:
        body = json.dumps({"error": {"code": found["code"], "message": found["message"]}}).encode()
        for status in (400, 401, 403, 404, 500):
            verdict = judge(Reply(status, {}, body), datetime.fromisoformat("2026-04-12T12:00:00Z"))
            assert verdict is not None, (status, found["code"])
            assert "C00690" not in str(getattr(verdict, "message", getattr(verdict, "why", "")))


def test_the_openapi_of_v1_has_the_sets_that_stayed_the_same() -> None:
    """Microsoft publishes an OpenAPI of v1.0 only; the sets that are in both are named alike."""
    path = _SPECS / "BCOAS1.0.yaml"
    if not path.is_file():
        pytest.skip("the published definitions are missing: specs/business-central/BCOAS1.0.yaml; set UNPOSTED_SHARED")
    text = path.read_text("utf-8")
    named = set(re.findall(r'^ "/companies\(\{company_id\}\)/(\w+)":', text, re.MULTILINE))
    assert {"customers", "salesOrders", "salesInvoices", "salesCreditMemos", "generalLedgerEntries", "items"} <= named
    assert {"customers", "items"} <= STREAM_OF.keys()
