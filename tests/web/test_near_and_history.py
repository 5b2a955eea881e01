"""Near matches and history on the web: what `check --json` says, only for those who may see persons, and growing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.web.serving import SAME, Web, demo_web
from unposted.cards.engine import read_card
from unposted.exports import reading_json
from unposted.sandbox.demo import DEMO_AS_OF
from unposted.web.desk import Settings
from unposted.web.refreshing import compute_now

_ADDED = ("near", "first_seen", "usual_clear_minutes", "stuck")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path) as served:
        yield served


def _rows_of_check(web: Web) -> list[dict[str, Any]]:
    """Return the rows as `check --json` writes them."""
    with web.desk.shelf.cursor() as cursor:
        text = reading_json(read_card(cursor, web.desk.workspace, DEMO_AS_OF, with_near=True))
    rows: list[dict[str, Any]] = json.loads(text)["rows"]
    return rows


def _rows_of_web(web: Web, role: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = web.client(role).get("/api/v1/rows?limit=1000").json()["rows"]
    return rows


def test_the_rows_of_the_api_carry_what_check_says(web: Web) -> None:
    """Near matches, first seen, usual time and stuck are the same as in `check --json`."""
    told, wanted = _rows_of_web(web, "owner"), _rows_of_check(web)
    assert [{name: row[name] for name in _ADDED} for row in told] == [
        {name: row[name] for name in _ADDED} for row in wanted
    ]
    assert any(row["near"] for row in told)


def test_a_masked_role_gets_no_near_match_anywhere(web: Web) -> None:
    """Neither rows nor parties nor the chosen column show the records' names, accounts or evidence."""
    secrets = {
        text
        for row in _rows_of_check(web)
        for near in row["near"]
        for text in (near["account"], near["name"], *near["evidence"])
        if text
    }
    assert len(secrets) > 5
    for role in ("marketing", "engineering"):
        client = web.client(role)
        client.cookies.set("columns", "none", domain="127.0.0.1")
        rows = client.get("/api/v1/rows?limit=1000")
        refs = [row["party"] for row in rows.json().get("rows", [])]
        pages = [rows.text, client.get("/worklist").text, client.get("/export/worklist.json").text]
        pages += [client.get(f"/{base}/{ref}").text for ref in refs for base in ("parties", "api/v1/parties")]
        companies = {row["name"] for row in rows.json().get("rows", [])}
        assert not [secret for secret in secrets - companies for page in pages if secret in page]
        assert all(row["near"] == [] and row["first_seen"] for row in rows.json().get("rows", []))


def test_the_party_page_tells_each_near_match_and_the_history(web: Web) -> None:
    """Verdict, score and evidence in words, and how long it stands."""
    client = web.client("owner")
    for row in _rows_of_check(web):
        page = client.get(f"/parties/{row['party']}").text
        assert "First seen on the list" in page
        assert "not enough history yet" in page
        for near in row["near"]:
            assert near["account"] in page
            assert f'class="flag v-{near["verdict"]}"' in page
        if not row["near"]:
            assert "No master record looks like this customer" in page


def test_optional_columns_are_shown_to_who_asks_for_them(own: Web) -> None:
    """They are away until they are chosen, and stay chosen."""
    client = own.client("owner")
    assert "c-near" not in client.get("/worklist").text
    chosen = {"column": ["near", "seen", "usual", "stuck"]}
    assert client.post("/worklist/look", data=chosen, headers=SAME).status_code == 303
    page = client.get("/worklist").text
    assert all(f'class="text c-{name}"' in page for name in chosen["column"])
    assert "link: " in page


def test_serving_grows_the_history(own: Web) -> None:
    """A refresh of the present is kept; one of a fixed instant is not."""
    count = "SELECT count(*) FROM membership"
    assert own.desk.shelf.rows(count) == [(0,)]
    own.clock.moment = DEMO_AS_OF
    own.desk.settings = replace(own.desk.settings, as_of=None)
    assert own.desk.settings == Settings()
    compute_now(own.desk)
    assert own.desk.shelf.rows(count) == [(17,)]
    own.clock.moment += timedelta(minutes=10)
    compute_now(own.desk)
    kept = own.desk.known.kept
    assert kept is not None
    assert own.desk.shelf.rows("SELECT value FROM reading ORDER BY as_of") == [(17,), (kept.reading.value,)]
    stood = [row["first_seen"] for row in _rows_of_web(own, "owner") if row["first_order_at"] < "2026-04-12T22"]
    assert len(stood) == 17
    assert set(stood) == {"2026-04-12T22:00:00Z"}
