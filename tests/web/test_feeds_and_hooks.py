"""What other machines call: OData for spreadsheets, metrics for Prometheus, webhooks of the platforms."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.web.serving import Web, demo_web
from unposted.sandbox.site_workspaces import workspace_text
from unposted.web.api_tokens import make_token
from unposted.web.odata import ROW
from unposted.workspace.reading import read_workspace

_SECRET = "a-long-webhook-secret"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path, with_trend=False) as served:
        yield served


def _feed(web: Web, role: str = "finance") -> str:
    return f"/odata/{make_token(web.desk.shelf, web.people[role].person_id, 'BI', 'feed', 30, web.clock())}/"


def _rows(web: Web, query: str, role: str = "finance") -> list[dict[str, Any]]:
    answer = web.client().get(f"{_feed(web, role)}rows?{query}")
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["value"]
    return listed


def test_the_service_describes_what_it_gives(web: Web) -> None:
    """The metadata names every property that a row has, and the sets lead to them."""
    base, client = _feed(web), web.client()
    schema = ET.fromstring(client.get(f"{base}$metadata").text)
    space = "{http://docs.oasis-open.org/odata/ns/edm}"
    row = next(one for one in schema.iter(f"{space}EntityType") if one.get("Name") == "row")
    assert {one.get("Name") for one in row.iter(f"{space}Property")} == set(ROW)
    assert {one["name"] for one in client.get(base).json()["value"]} == {"rows", "readings"}
    assert set(client.get(f"{base}rows").json()["value"][0]) == set(ROW)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 17),
        ("$filter=segment eq 'b2b'", 6),
        ("$filter=blocked gt 1000 and segment eq 'b2b'", 5),
        ("$filter=not (segment eq 'b2b') or orders ge 4", 12),
        ("$filter=contains(name,'Wholesale')", 1),
        ("$filter=company eq null", 12),
        ("$filter=first_order_at lt 2026-04-08T00:00:00Z and is_new eq false", 8),
        ("$filter=name eq 'it''s'", 0),
        ("$top=3", 3),
        ("$skip=15", 2),
    ],
)
def test_a_query_keeps_what_it_says(web: Web, query: str, count: int) -> None:
    """The usual comparisons, functions and pages of a spreadsheet's query."""
    rows = _rows(web, query)
    if "first_order_at" in query:
        assert all(row["first_order_at"] < "2026-04-08" and not row["is_new"] for row in rows)
    elif "company" in query:
        assert all(row["company"] is None for row in rows)
    else:
        assert len(rows) == count


def test_order_selection_count_and_paging(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Descending, few columns, the count of all, and next links to the last row."""
    rows = _rows(web, "$orderby=orders desc,name&$select=name,orders")
    assert [row["orders"] for row in rows] == sorted((row["orders"] for row in rows), reverse=True)
    assert set(rows[0]) == {"name", "orders"}
    monkeypatch.setattr("unposted.web.odata._MOST", 5)
    client, address, seen = web.client(), f"{_feed(web)}rows?$count=true", []
    while address:
        page = client.get(address).json()
        assert page["@odata.count"] == 17
        seen += [row["party"] for row in page["value"]]
        address = page.get("@odata.nextLink", "").replace("http://127.0.0.1:8420", "")
    assert len(set(seen)) == len(seen) == 17


@pytest.mark.parametrize(
    "query",
    ["$filter=password eq 1", "$filter=name eq", "$filter=name like 'x'", "$filter=(name eq 'x'", "$filter=name gt 5",
     "$orderby=nothing", "$select=secret", "$top=-1", "$expand=x", "$skip=abc", "$filter=" + "(" * 5000],
)  # fmt: skip
def test_what_is_no_query_is_told(web: Web, query: str) -> None:
    """An error as OData writes it, never a failure."""
    answer = web.client().get(f"{_feed(web)}rows?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_the_feed_masks_as_the_pages_do(web: Web) -> None:
    """Marketing's spreadsheet holds no person, and a filter cannot ask for one."""
    rows = _rows(web, "", "marketing")
    assert len(rows) == 17
    assert "Okonjo" not in json.dumps(rows)
    assert _rows(web, "$filter=contains(emails,'example')", "marketing") == []
    assert web.client().get("/odata/nothing/rows").status_code == 401


def test_metrics_are_for_a_token_and_hold_no_person(own: Web) -> None:
    """Ages, counts and the headline; engineering sees no money; nobody without a token sees anything."""
    client = own.client()
    assert client.get("/metrics").status_code == 401
    secret = make_token(own.desk.shelf, own.people["operations"].person_id, "prom", "read", 30, own.clock())
    text = client.get("/metrics", headers={"authorization": f"Bearer {secret}"}).text
    assert "unposted_card_value{" in text
    assert "unposted_blocked_amount{" in text
    assert "61200.0" in text
    assert "unposted_answers_total" in text
    assert "unposted_blocked_amount{" not in own.client("engineering").get("/metrics").text
    assert own.client("marketing").get("/metrics").status_code == 401


@pytest.fixture
def live(own: Web, tmp_path: Path) -> Web:
    """Let the workspace be one that is read live, with secrets for its webhooks."""
    path = tmp_path / "live.toml"
    path.write_text(workspace_text("all", "http://127.0.0.1:1"), encoding="utf-8")
    own.desk.workspace = read_workspace(path)
    names = ("DTC_WEBHOOK_SECRET", "WHOLESALE_WEBHOOK_HEADER", "BC_CLIENT_STATE", "CRM_WEBHOOK_KEY")
    own.desk.settings = replace(own.desk.settings, environment={f"UNPOSTED_{name}": _SECRET for name in names})
    return own


def _shopify(body: bytes, secret: str = _SECRET) -> dict[str, str]:
    mark = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "x-shopify-hmac-sha256": mark, "x-shopify-shop-domain": "127.0.0.1", "x-shopify-topic": "orders/updated",
        "x-shopify-event-id": "e-1",
    }  # fmt: skip


def test_a_signed_delivery_becomes_a_hint_once(live: Web) -> None:
    """The record is looked after by the next sync; the same delivery again changes nothing."""
    body = b'{"id": 6018442990117, "admin_graphql_api_id": "gid://shopify/Order/6018442990117"}'
    for _ in range(2):
        assert live.client().post("/hooks/dtc", content=body, headers=_shopify(body)).status_code == 200
    hints = live.desk.shelf.rows("SELECT stream, record_id FROM hint")
    assert [hint[0] for hint in hints] == ["orders"]
    assert live.desk.wake.is_set()


@pytest.mark.parametrize(
    ("source", "headers", "status"),
    [
        ("dtc", {}, 401),
        ("dtc", _shopify(b"{}", "another secret"), 401),
        ("wholesale", {"x-unposted-hook": "wrong"}, 401),
        ("bc", {}, 401),
        ("crm", {}, 401),
        ("trade", {}, 401),
        ("fno", {}, 404),
        ("nothing", {}, 404),
    ],
)
def test_a_forged_delivery_is_refused_and_forgotten(
    live: Web, source: str, headers: dict[str, str], status: int
) -> None:
    """Nothing is kept of what nobody signed."""
    body = b'{"value": [{"clientState": "wrong", "resource": "x"}]}' if source == "bc" else b"{}"
    assert live.client().post(f"/hooks/{source}", content=body, headers=headers).status_code == status
    assert live.desk.shelf.rows("SELECT count(*) FROM hint") == [(0,)]


def test_business_centrals_handshake_is_echoed_as_text(live: Web) -> None:
    """The token comes back as plain text, which no browser takes for a page."""
    answer = live.client().post("/hooks/bc?validationToken=<script>alert(1)</script>")
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
