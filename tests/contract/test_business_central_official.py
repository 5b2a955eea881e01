"""The Business Central decoders agree with Microsoft's published resources, examples and table fields."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from unposted.connectors.business_central import formats as business_central
from unposted.connectors.formats import Context, JsonFormat, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Master

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[3] / "shared") / "specs/business-central"
_TABLE_FIELD_OF = {"lastModifiedDateTime": "Last Modified Date Time", "taxRegistrationNumber": "VAT Registration No."}
_CUSTOMER_PAGES = ("dynamics_customer_get.md", "dynamics_customer_create.md", "dynamics_customer_update.md")


@cache
def _document(name: str) -> Any:
    path = _SPECS / name
    if not path.is_file():
        pytest.skip(f"the published definitions are missing: specs/business-central/{name}; set UNPOSTED_SHARED")
    return json.loads(path.read_text("utf-8-sig"))


def _json_format() -> JsonFormat:
    return next(found for found in business_central.FORMATS if isinstance(found, JsonFormat))


def _fields() -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(business_central._Customer)]


def test_every_field_that_is_read_is_one_of_the_resource() -> None:
    """Each field stands among the properties of the published customer resource."""
    resources = _document("api-v2.0-resources.json")["resources"]
    assert set(_fields()) <= {field["name"] for field in resources["customer"]["properties"]}


def test_other_resources_are_not_taken_for_customers() -> None:
    """An item with all the properties of any other published resource is no customer."""
    resources = _document("api-v2.0-resources.json")["resources"]
    items = {name: dict.fromkeys(field["name"] for field in found["properties"]) for name, found in resources.items()}
    assert [name for name, item in items.items() if _json_format().recognise(item)] == ["customer"]


def test_every_published_example_is_read() -> None:
    """Each customer in the API's own examples is recognised and decoded, and none of them is blocked."""
    examples = _document("api-v2.0-examples.json")["examples"]
    pages = [found for found in examples if found["doc"].endswith(_CUSTOMER_PAGES)]
    customers = [found["json"] for found in pages if "number" in (found.get("json") or {})]
    items = [RawItem(line, json.dumps(customer).encode()) for line, customer in enumerate(customers, 1)]
    context = Context(KeyMaker(), ZoneInfo("UTC"), entity="CRONUS")
    found = list(_json_format().decode(items, context))
    assert found
    assert all(_json_format().recognise(customer) for customer in customers)
    assert [(type(item), getattr(item, "blocked", None)) for item in found] == [(Master, "")] * len(customers)


def test_each_english_caption_is_a_field_of_the_customer_table() -> None:
    """The first caption of every column names a field of the published Customer table."""
    table = _document("base-app-customer-facts.json")["customerTableFields"]
    known = {field["name"].casefold() for field in table}
    assert {column[0] for column in business_central._LANGUAGES["English"]} <= known


def test_the_list_s_columns_stand_in_the_order_of_the_api_s_fields() -> None:
    """Each caption is the table field that the API page publishes under the field of the same place."""
    page = next(p for p in _document("apiv2-pages.json")["pages"].values() if p["entitySetName"] == "customers")
    sources = {field["name"]: field["source"] for field in page["fields"]} | _TABLE_FIELD_OF
    captions = business_central._LANGUAGES["English"]
    assert [sources[name].casefold() for name in _fields()] == [column[0] for column in captions[: len(_fields())]]
