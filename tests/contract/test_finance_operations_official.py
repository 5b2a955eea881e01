"""The Finance & Operations decoders agree with Microsoft's published entity definitions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from unposted.connectors.finance_operations import FORMATS, formats
from unposted.connectors.formats import Context, JsonFormat, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Master

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[3] / "shared") / "specs/finance-operations"
_NOT_IN_THE_ENTITY = {"dataAreaId"}
_NO_HOLDS = {"No", "Never"}


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


def _json_format() -> JsonFormat:
    return next(found for found in FORMATS if isinstance(found, JsonFormat))


def _fields() -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(formats.CustomerRow)}


def test_every_field_that_is_read_is_one_of_the_entity() -> None:
    """Each field stands in the entity's definition; dataAreaId alone is added by the service."""
    known = set(_attributes(_document("cdm/CustCustomerV3Entity.cdm.json")))
    assert _fields() - _NOT_IN_THE_ENTITY <= known


def test_every_field_that_is_read_is_one_of_the_service() -> None:
    """Each field stands in the OData description of CustomersV3 too."""
    schemas = _document("openapi-receivable.json")["components"]["schemas"]
    assert _fields() <= set(schemas["CustomerV3"]["properties"])


def test_each_published_hold_is_understood() -> None:
    """Of the published statuses, `No` and `Never` alone do not block."""
    schemas = _document("openapi-receivable.json")["components"]["schemas"]
    published = schemas["CustVendorBlocked"]["enum"]
    assert {status for status in published if not formats._hold(status)} == _NO_HOLDS


def test_a_record_with_every_published_field_is_read() -> None:
    """A full record, as the service sends it, is decoded: a field that is not read never gets in the way."""
    schemas = _document("openapi-receivable.json")["components"]["schemas"]
    values = {"integer": 1, "number": 1.5, "boolean": True}
    published = schemas["CustomerV3"]["properties"]
    record = {name: values.get(kind.get("type", ""), "No") for name, kind in published.items()}
    context = Context(KeyMaker(), ZoneInfo("UTC"))
    (found,) = _json_format().decode([RawItem(1, json.dumps(record).encode())], context)
    assert isinstance(found, Master)
    assert (found.entity, found.account) == ("NO", "No")


@pytest.mark.parametrize(
    "entity",
    [
        "CustCustomerGroupEntity", "CustomerPostalAddressEntity", "ExchangeRateEntity", "FreeTextInvoiceHeaderEntity",
        "GeneralJournalAccountEntryEntity", "OMLegalEntity", "PaymentTermEntity", "RetailExternalIdToCustomerMapEntity",
        "SalesInvoiceHeaderV2Entity", "SalesInvoiceLineV2Entity", "SalesOrderHeaderV2Entity", "TaxGroupEntity",
    ],
)  # fmt: skip
def test_other_entities_are_not_taken_for_customers(entity: str) -> None:
    """An item with all the fields of another published entity is no customer."""
    names = list(_attributes(_document(f"cdm/{entity}.cdm.json")))
    assert names
    assert not _json_format().recognise(dict.fromkeys(names))
