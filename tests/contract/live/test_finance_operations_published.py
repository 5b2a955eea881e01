"""Emulator and connector of Finance & Operations agree with the published entity definitions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.contract.live.finance_operations_setting import EVER, Environment, decoded, paged, stream, the_world
from unposted.connectors.finance_operations import FinanceOperationsConnection, documents, ledger
from unposted.connectors.finance_operations.books import books_of as questions_of
from unposted.connectors.finance_operations.customers import customers_question
from unposted.sandbox.finance_operations import EXTERNAL_ID_FIELD
from unposted.sandbox.services.finance_operations import FinanceOperationsSwitches
from unposted.sandbox.services.finance_operations_sets import SETS
from unposted.sandbox.wire import Call

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[4] / "shared") / "specs/finance-operations"
_DESCRIBED = {  # set: (document, schema)
    "CustomersV3": ("openapi-receivable.json", "CustomerV3"),
    "CustomerElectronicAddresses": ("openapi-receivable.json", "CustomerElectronicAddress"),
    "LegalEntities": ("openapi-core.json", "LegalEntity"),
    "ExchangeRates": ("openapi-core.json", "ExchangeRate"),
}
_DEFINED = {
    "RetailExternalIdToCustomerMaps": "RetailExternalIdToCustomerMapEntity",
    "SalesOrderHeadersV2": "SalesOrderHeaderV2Entity",
    "SalesInvoiceHeadersV2": "SalesInvoiceHeaderV2Entity",
    "FreeTextInvoiceHeaders": "FreeTextInvoiceHeaderEntity",
    "GeneralJournalAccountEntries": "GeneralJournalAccountEntryEntity",
    "CustomersV3": "CustCustomerV3Entity",
    "LegalEntities": "OMLegalEntity",
    "ExchangeRates": "ExchangeRateEntity",
}
_ADDED = {"dataAreaId", EXTERNAL_ID_FIELD, "@odata.etag"}  # by the service, and by the merchant's extension
_KINDS: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


@cache
def _document(name: str) -> Any:
    path = _SPECS / name
    if not path.is_file():
        pytest.skip(f"the published definitions are missing: specs/finance-operations/{name}; set UNPOSTED_SHARED")
    return json.loads(path.read_text("utf-8-sig"))


def _attributes(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "name" in node and "dataType" in node:
            yield str(node["name"])
        for value in node.values():
            yield from _attributes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _attributes(value)


@cache
def _answer(name: str, *query: tuple[str, str]) -> dict[str, Any]:
    environment = Environment(world=the_world())
    bearer = f"Bearer {environment.login.issue([environment.service.base])}"
    pairs = (("cross-company", "true"), *query)
    answer = environment.service(Call("GET", f"/data/{name}", pairs, {"authorization": bearer}))
    assert answer.status == 200
    found: dict[str, Any] = msgspec.json.decode(answer.body)
    return found


@pytest.mark.parametrize("name", sorted(_DEFINED))
def test_every_field_of_the_emulator_is_one_of_the_entity(name: str) -> None:
    """Rows hold no name that the entity's definition does not have."""
    known = set(_attributes(_document(f"cdm/{_DEFINED[name]}.cdm.json")))
    shown = {field for row in _answer(name)["value"] for field in row}
    assert shown - _ADDED <= known


@pytest.mark.parametrize("name", sorted(_DESCRIBED))
def test_every_value_of_the_emulator_has_its_published_type(name: str) -> None:
    """Numbers are numbers, enums are members of their list."""
    document, schema = _DESCRIBED[name]
    schemas = _document(document)["components"]["schemas"]
    published = schemas[schema]["properties"]
    for row in _answer(name)["value"]:
        for field, value in row.items():
            if field in _ADDED - {"dataAreaId"}:
                continue
            kind = published[field]
            for part in kind.get("allOf", ()):
                kind = schemas[part["$ref"].rpartition("/")[2]]
            assert isinstance(value, _KINDS[kind["type"]]), field
            assert "enum" not in kind or value in kind["enum"], field


def test_a_page_of_the_emulator_is_a_published_collection() -> None:
    """Next link, count, context and value: nothing else."""
    schemas = _document("openapi-receivable.json")["components"]["schemas"]
    page = _answer("CustomersV3", ("$count", "true"))
    assert set(page) <= set(schemas["ODataCollection"]["properties"])
    assert page["@odata.count"] == len(page["value"])


def test_an_error_of_the_emulator_has_the_published_envelope() -> None:
    """The described fields are there; the inner error is what recordings add."""
    schemas = _document("openapi-receivable.json")["components"]["schemas"]
    environment = Environment(FinanceOperationsSwitches(roles=frozenset()), the_world())
    bearer = f"Bearer {environment.login.issue([environment.service.base])}"
    answer = environment.service(Call("GET", "/data/CustomersV3", (), {"authorization": bearer}))
    error = msgspec.json.decode(answer.body)["error"]
    assert set(error) == {*schemas["ODataErrorError"]["properties"], "innererror"}


def test_every_option_that_is_sent_is_published() -> None:
    """The connector uses no query option that the service does not describe."""
    published = {found["name"] for found in _document("openapi-receivable.json")["components"]["parameters"].values()}
    environment = Environment(FinanceOperationsSwitches(page_size=60), the_world())
    connector = environment.connect(revenue_accounts=("401100",), further_emails=True)
    list(connector.examine())
    for found in connector.streams:
        list(paged(found, EVER if found.way == "changes" else None))
    assert {name for call in environment.service.asked for name, _ in call.query} <= published


@pytest.mark.parametrize(
    ("entity", "fields"),
    [
        ("SalesOrderHeaderV2Entity", documents.ORDER_FIELDS), ("SalesInvoiceHeaderV2Entity", documents.INVOICE_FIELDS),
        ("FreeTextInvoiceHeaderEntity", documents.FREE_TEXT_FIELDS), ("ExchangeRateEntity", ledger.RATE_FIELDS),
        ("GeneralJournalAccountEntryEntity", ledger.ENTRY_FIELDS), ("OMLegalEntity", ledger.ENTITY_FIELDS),
    ],
)  # fmt: skip
def test_every_field_that_is_read_is_one_of_the_entity(entity: str, fields: tuple[str, ...]) -> None:
    """DataAreaId alone is added by the service."""
    assert set(fields) - _ADDED <= set(_attributes(_document(f"cdm/{entity}.cdm.json")))


def test_the_settings_own_names_are_published() -> None:
    """Sets, keys and default fields of the questions are those of the definitions."""
    connection = FinanceOperationsConnection(
        url="https://x.example", tenant="t", client_id="c", revenue_accounts=("401100",)
    )
    questions = [customers_question(connection), *(book.question for book in questions_of(connection))]
    for question in questions:
        known = set(_attributes(_document(f"cdm/{_DEFINED[question.set]}.cdm.json"))) | {"dataAreaId"}
        assert {*question.key, *question.order, *question.fields} <= known, question.set
        assert SETS[question.set].key == question.key


def test_each_published_conversion_factor_is_understood() -> None:
    """From `One` to `TenThousand`."""
    factors = _document("openapi-core.json")["components"]["schemas"]["ExchangeRateDisplayFactor"]["enum"]
    found = stream(Environment().connect(), "exchange_rates")
    rates = ["1", "10", "100", "1000", "10000"]
    for factor, rate in zip(factors, rates, strict=True):
        body = {"FromCurrency": "CAD", "ToCurrency": "USD", "StartDate": "2026-04-01T12:00:00Z", "Rate": int(rate),
                "ConversionFactor": factor}  # fmt: skip
        page = msgspec.json.encode(body)
        (one,) = decoded(found, [page])
        assert one.rate == "1"  # type: ignore[union-attr]
