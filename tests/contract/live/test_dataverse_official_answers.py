"""The emulated environment answers in Microsoft's published names and shapes, and the published examples are read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.live.dataverse_stage import BASE, NOW, Stage, decoded, stage, stream
from unposted.connectors.dataverse.columns import ACCOUNTS, CONTACTS, sorted_rows
from unposted.connectors.live import Page
from unposted.connectors.odata import odata_page
from unposted.domain.records import Flow
from unposted.sandbox.services.dataverse_tables import DUAL_WRITE, TABLES
from unposted.sandbox.transport import InProcess

_SPECS = Path(os.environ.get("UNPOSTED_SHARED") or Path(__file__).parents[4] / "shared") / "specs/dataverse"
_OF_EVERY_TABLE = {"createdon", "modifiedon"}
_PLACEHOLDER = "[Organization URI]"


@cache
def _document(name: str) -> Any:
    path = _SPECS / name
    if not path.is_file():
        pytest.skip(f"the published definitions are missing: specs/dataverse/{name}; set UNPOSTED_SHARED")
    return json.loads(path.read_text("utf-8-sig"))


def _names(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "sourceName" in node:
            yield node["sourceName"]
        for value in node.values():
            yield from _names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _names(value)


def _mapped() -> set[str]:
    lines: list[str] = []
    for name in ("accounts", "contacts"):
        path = _SPECS / f"dual-write-customersv3-{name}.tsv"
        if not path.is_file():
            pytest.skip(f"the published maps are missing: specs/dataverse/{path.name}; set UNPOSTED_SHARED")
        lines += path.read_text("utf-8-sig").splitlines()
    return {line.split("\t")[2] for line in lines if line.count("\t") >= 2}


def _attributes(columns: set[str]) -> set[str]:
    return {column[1:].removesuffix("_value") if column.startswith("_") else column for column in columns}


def _get(made: Stage, path: str, **headers: str) -> Any:
    token = made.login.issue((BASE,))
    transport = InProcess({BASE: made.service}, made.clock)
    with httpx2.Client(transport=transport) as client:
        return client.get(f"{BASE}/api/data/v9.2/{path}", headers={"Authorization": f"Bearer {token}"} | headers)


@pytest.mark.parametrize(("table", "entity"), [("accounts", "Account"), ("contacts", "Contact")])
def test_account_and_contact_columns_are_the_published_ones(table: str, entity: str) -> None:
    """Every column is an attribute of the published table, or stands in dual-write's maps."""
    published = set(_names(_document(f"cdm/{entity}.cdm.json"))) | _mapped()
    found = _attributes(set(TABLES[table].columns) - DUAL_WRITE)
    assert found - published - _OF_EVERY_TABLE - {"transactioncurrencyid", "parentcustomerid"} == set()
    assert _attributes(set(DUAL_WRITE)) - _mapped() - {"msdyn_company"} == set()


@pytest.mark.parametrize(("table", "name"), [("flowruns", "flowrun"), ("flowevents", "flowevent")])
def test_flow_columns_are_the_published_ones(table: str, name: str) -> None:
    """Every column of runs and events stands in the published reference, and the table's names do."""
    document = _document(f"{name}-columns.json")
    published = {column["logicalName"] for column in document["columns"]}
    assert _attributes(set(TABLES[table].columns)) - published - _OF_EVERY_TABLE == set()
    given = document["table"]
    assert (TABLES[table].set, TABLES[table].name, TABLES[table].key) == (
        given["EntitySetName"], given["LogicalName"], given["PrimaryIdAttribute"],
    )  # fmt: skip


def test_run_values_are_of_the_published_types() -> None:
    """Whole numbers, times and texts within the published lengths."""
    columns = {column["logicalName"]: column for column in _document("flowrun-columns.json")["columns"]}
    for entry in stage().service.shelves["flowruns"].entries():
        for name, value in entry.row.items():
            column = columns.get(name)
            if column is None or value is None:
                continue
            if column["type"] in {"Integer", "Picklist", "BigInt"}:
                assert isinstance(value, int), name
            else:
                assert isinstance(value, str), name
            if column["type"] in {"String", "Memo"} and column["constraint"]:
                assert len(value) <= int(column["constraint"]), name


def test_the_flows_answer_has_the_published_shape() -> None:
    """A list of flows has the example's context, annotations and columns."""
    example = _document("examples/workflows-list.json")["example"]
    published = {column["logicalName"] for column in _document("examples/workflows-list.json")["columns"]}
    answer = _get(stage(), "workflows?$filter=category eq 5 and statecode eq 1&$select=category,name,statecode,type",
                  Prefer='odata.include-annotations="*"')  # fmt: skip
    row, wanted = answer.json()["value"][0], example["response"]["body"]["value"][0]
    assert set(row) <= set(wanted)
    assert _attributes(set(TABLES["workflows"].columns)) <= published
    assert answer.headers["preference-applied"] == example["response"]["headers"]["Preference-Applied"]


def test_the_published_flow_is_read() -> None:
    """The example's flow becomes a record that is on."""
    rows = _document("examples/workflows-list.json")["example"]["response"]["body"]["value"]
    flows = stream(stage().flows(), "flows")
    (flow,) = decoded(flows, [Page([json.dumps(row).encode() for row in rows], None)])
    assert isinstance(flow, Flow)
    assert (flow.flow_id, flow.state) == (rows[0]["workflowid"], "on")


def test_a_page_s_link_looks_as_published() -> None:
    """The cookie names its page, holds another cookie encoded once more, and says whether changes are tracked."""
    step = _document("examples/paging.json")["steps"][0]
    wanted = step["response"]["body"]["@odata.nextLink"].partition("$skiptoken=")[2]
    answer = _get(stage(), "contacts?$select=fullname", Prefer="odata.maxpagesize=2")
    body = answer.json()
    link = body["@odata.nextLink"].partition("$skiptoken=")[2]
    head = "%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22"
    assert wanted.startswith(head)
    assert link.startswith(head)
    assert link.endswith("%20istracking=%22False%22%20/%3E") is wanted.endswith("%20istracking=%22False%22%20/%3E")
    assert set(body["value"][0]) == set(step["response"]["body"]["value"][0])
    assert body["@odata.context"].endswith("$metadata#contacts(fullname)")


def test_the_change_feed_looks_as_published() -> None:
    """Contexts, the mark's form and a deletion's row are those of the example."""
    first, second = (step["response"]["body"] for step in _document("examples/change-tracking.json")["steps"][:2])
    made = stage(is_empty=True)
    ids = [made.put_account(number, NOW - timedelta(days=1)) for number in range(2)]
    select = "accounts?$select=name,accountnumber,telephone1"
    body = _get(made, select, Prefer="odata.track-changes").json()
    assert set(body) == set(first)
    assert body["@odata.deltaLink"].count("%21") == first["@odata.deltaLink"].count("%21") == 1
    made.service.remove("accounts", ids[0])
    link = body["@odata.deltaLink"].partition("/v9.2/")[2]
    changed = _get(made, link).json()
    assert set(changed) == set(second)
    assert changed["@odata.context"].endswith("/$delta")
    assert set(changed["value"][-1]) == set(second["value"][-1])
    assert changed["value"][-1]["@odata.context"].endswith("$metadata#accounts/$deletedEntity")


def test_the_published_change_feed_is_read() -> None:
    """Of the example's second answer one account is there and one is gone."""
    body = _document("examples/change-tracking.json")["steps"][1]["response"]["body"]
    rows = sorted_rows(odata_page(json.dumps(body).encode()), ACCOUNTS, lambda row: row)
    assert [json.loads(row)["accountid"] for row in rows.items] == ["60c4e274-0d87-e711-80e5-00155db19e6d"]
    assert rows.removed == ["2e451703-c686-e711-80e5-00155db19e6d"]


def test_the_published_pages_are_read() -> None:
    """Every contact of the paging example is there, and none is taken for gone."""
    for step in _document("examples/paging.json")["steps"]:
        page = odata_page(json.dumps(step["response"]["body"]).encode())
        rows = sorted_rows(page, CONTACTS, lambda row: row)
        assert (len(rows.items), rows.removed) == (2, [])
        assert page.next_link is not None
        assert page.next_link.startswith(_PLACEHOLDER)


@pytest.mark.parametrize("option", ["$filter", "$orderby", "$expand", "$top"])
def test_tracking_refuses_what_is_published(option: str) -> None:
    """The four options that tracking does not allow are those of the document, refused in its words."""
    document = _document("examples/change-tracking.json")
    assert option in document["unsupportedQueryOptions"]
    answer = _get(stage(), f"accounts?{option}=1", Prefer="odata.track-changes")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == (
        f'The "{option}" query parameter isn\'t supported when Change Tracking is enabled.'
    )


@pytest.mark.parametrize(("kind", "place"), [("requests", 0), ("time", 1), ("concurrency", 2)])
def test_the_throttles_are_the_published_ones(kind: Any, place: int) -> None:
    """Status, code, message and header of the three limits are the document's."""
    document = _document("examples/service-protection-limits.json")
    limit = document["limits"][place]
    made = stage()
    made.service.throttle(kind, 30)
    answer = _get(made, "accounts")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["message"]) == (429, limit["hexCode"], limit["message"])
    assert answer.headers["retry-after"] == "30"
    assert set(document["remainingHeaders"]) <= set(_get(made, "accounts").headers)


def test_a_count_stops_at_five_thousand() -> None:
    """The emulator's count is as short as the real one."""
    made = stage(is_empty=True)
    for number in range(5_001):
        made.put_account(number, NOW - timedelta(days=1))
    assert _get(made, "accounts/$count").content.decode("utf-8-sig") == "5000"
    assert _get(made, "accounts?$count=true&$select=name").json()["@odata.count"] == 5_000
