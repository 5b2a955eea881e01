"""The Dataverse decoders agree with Microsoft's published tables, dual-write maps and examples."""

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

from unposted.connectors.dataverse import formats as dataverse
from unposted.connectors.formats import Context, JsonFormat, RawItem, Stream
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Staged

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[3] / "shared") / "specs/dataverse"
_OF_EVERY_TABLE = {"createdon", "modifiedon"}
_OF_THE_WIRE = {"@removed", "@odata.context", "msdyn_company", dataverse._SHOWN}
_TABLES = [("accounts", "Account", dataverse._Account), ("contacts", "Contact", dataverse._Contact)]


def _text(name: str) -> str:
    path = _SPECS / name
    if not path.is_file():
        pytest.skip(f"the published definitions are missing: specs/dataverse/{name}; set UNPOSTED_SHARED")
    return path.read_text("utf-8-sig")


@cache
def _document(name: str) -> Any:
    return json.loads(_text(name))


def _attributes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "sourceName" in node:
            yield node
        for value in node.values():
            yield from _attributes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _attributes(value)


def _mapped() -> set[str]:
    names = ("customersv3-accounts", "customersv3-contacts", "legalentities-companies")
    lines = [line for name in names for line in _text(f"dual-write-{name}.tsv").splitlines()]
    return {line.split("\t")[2] for line in lines if line.count("\t") >= 2}


def _json_format(stream: Stream) -> JsonFormat:
    return next(found for found in dataverse.FORMATS if isinstance(found, JsonFormat) and found.stream == stream)


def _rows(name: str) -> list[dict[str, Any]]:
    steps = _document(f"examples/{name}.json")["steps"]
    return [row for step in steps for row in step.get("response", {}).get("body", {}).get("value", [])]


@pytest.mark.parametrize(("stream", "table", "row"), _TABLES)
def test_every_column_that_is_read_is_published(stream: str, table: str, row: type[msgspec.Struct]) -> None:
    """Each column stands in the table's definition or in a dual-write map."""
    known = {found["sourceName"] for found in _attributes(_document(f"cdm/{table}.cdm.json"))}
    read = {field.encode_name for field in msgspec.structs.fields(row)}
    assert read - known - _mapped() <= _OF_EVERY_TABLE | _OF_THE_WIRE


@pytest.mark.parametrize(("table", "columns"), [("Account", dataverse._ACCOUNT), ("Contact", dataverse._CONTACT)])
def test_the_captions_are_the_published_ones(table: str, columns: tuple[tuple[str, ...], ...]) -> None:
    """A column's caption is the display name that the definition gives to the same column."""
    published = _attributes(_document(f"cdm/{table}.cdm.json"))
    shown = {found["sourceName"]: found["displayName"].casefold() for found in published if "displayName" in found}
    names = [column for column in columns if column[0] in shown and not column[-1].startswith("(")]
    assert len(names) > 5
    assert [column[0] for column in names if shown[column[0]] not in column] == []


def test_the_labels_of_the_choices_are_the_published_ones() -> None:
    """Every published label of the customer type and the state is known with its number."""
    found = {attribute["sourceName"]: attribute for attribute in _attributes(_document("cdm/Account.cdm.json"))}
    for column, labels in (("customertypecode", dataverse._CUSTOMER_TYPES), ("statecode", dataverse._STATES)):
        traits = found[column]["dataType"]["appliedTraits"]
        values = traits[0]["arguments"][0]["entityReference"]["constantValues"]
        assert values
        assert [labels.get(label.casefold()) for _, label, _, _ in values] == [int(value) for _, _, value, _ in values]


def test_the_change_feed_s_example_is_read() -> None:
    """Every account of the example is decoded, and the deleted one is left out."""
    rows = _rows("change-tracking")
    items = [RawItem(line, json.dumps(row).encode()) for line, row in enumerate(rows, 1)]
    found = list(_json_format("accounts").decode(items, Context(KeyMaker(), ZoneInfo("UTC"))))
    kept = [row["accountid"] for row in rows if "accountid" in row]
    assert len(kept) == len(rows) - 1
    assert [item.record_id for item in found if isinstance(item, Staged)] == kept
    assert all(_json_format("accounts").recognise(row) for row in rows)


def test_the_pages_of_the_example_are_read() -> None:
    """Every contact of the paging example is recognised and decoded with its name."""
    rows = _rows("paging")
    items = [RawItem(line, json.dumps(row).encode()) for line, row in enumerate(rows, 1)]
    found = list(_json_format("contacts").decode(items, Context(KeyMaker(), ZoneInfo("UTC"))))
    assert found
    assert [getattr(item, "name", None) for item in found] == [row["fullname"] for row in rows]
    assert all(_json_format("contacts").recognise(row) for row in rows)
    assert not any(_json_format("accounts").recognise(row) for row in rows)
