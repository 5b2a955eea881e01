"""Settings, people and sources: what is shown, what a rule would do, and what is written into the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.serving import SAME, Web, demo_web
from unposted.web.refreshing import compute_now


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path) as served:
        yield served


def test_every_value_shows_where_it_comes_from(web: Web) -> None:
    """The file's lines, and the defaults that are not in the file."""
    text = web.client("operations").get("/settings").text
    assert "<code>workspace.timezone</code>" in text
    assert "<code>field_map.placeholders</code>" in text
    assert "line 5" in text
    assert "default" in text


def test_a_rule_shows_what_it_moves_and_then_does_exactly_that(own: Web) -> None:
    """The preview's figures are what the card says after the rule was written into the file."""
    client = own.client("owner")
    form = {"condition": "ship_to", "value": "us", "entity": "CATU", "store": "dtc"}
    before = own.desk.workspace.path.read_text("utf-8")
    text = client.post("/settings/rule", data=form, headers=SAME).text
    assert own.desk.workspace.path.read_text("utf-8") == before
    moved = int(text.split("This rule moves ")[1].split()[0])
    assert moved > 0
    kept = own.desk.known.kept
    assert kept is not None
    old = {bucket.name: bucket.count for bucket in kept.reading.split("entity")}
    assert client.post("/settings/rule", data=form | {"write": "1"}, headers=SAME).status_code == 303
    compute_now(own.desk)
    kept = own.desk.known.kept
    assert kept is not None
    new = {bucket.name: bucket.count for bucket in kept.reading.split("entity")}
    assert new["CATU"] > old["CATU"]
    assert "[[field_map.rules]]" in own.desk.workspace.path.read_text("utf-8").removeprefix(before)
    assert own.desk.audit.lines(most=1)[0].action == "rule added"


@pytest.mark.parametrize(
    "form",
    [
        {"condition": "ship_to", "value": "Canada", "entity": "CATU"},
        {"condition": "ship_to", "value": "", "entity": "CATU"},
        {"condition": "colour", "value": "red", "entity": "CATU"},
        {"condition": "tag", "value": "x", "entity": "NOPE"},
        {"condition": "tag", "value": "x", "entity": "CATU", "store": "nowhere"},
        {"condition": "tag", "value": 'a"\n[fx]', "entity": "CATU"},
    ],
)
def test_what_is_no_rule_is_refused(own: Web, form: dict[str, str]) -> None:
    """Nothing is written, whatever stands in the fields."""
    before = own.desk.workspace.path.read_bytes()
    answer = own.client("owner").post("/settings/rule", data=form | {"write": "1"}, headers=SAME)
    assert answer.status_code == 400
    assert own.desk.workspace.path.read_bytes() == before


def test_only_the_owner_writes_rules(own: Web) -> None:
    """Others see what a rule would do."""
    before = own.desk.workspace.path.read_bytes()
    form = {"condition": "tag", "value": "eu", "entity": "CATU", "write": "1"}
    assert own.client("operations").post("/settings/rule", data=form, headers=SAME).status_code == 200
    assert own.desk.workspace.path.read_bytes() == before


def test_people_are_added_changed_and_ended_but_never_the_last_owner(own: Web) -> None:
    """Somebody can always get in."""
    client, owner = own.client("owner"), own.people["owner"]
    form = {"name": "Grace", "role": "finance", "password": "long enough"}
    assert client.post("/people", data=form, headers=SAME).status_code == 303
    assert client.post("/people", data=form, headers=SAME).status_code == 400
    for change in ({"end": "1"}, {"role": "marketing"}):
        assert client.post(f"/people/{owner.person_id}", data=change, headers=SAME).status_code == 400
    grace = next(one for one in own.desk.people.all() if one.name == "Grace")
    assert client.post(f"/people/{grace.person_id}", data={"role": "owner"}, headers=SAME).status_code == 303
    assert client.post(f"/people/{owner.person_id}", data={"end": "1"}, headers=SAME).status_code == 303
    assert client.get("/").status_code == 303


def test_the_sources_page_tells_each_stream(web: Web) -> None:
    """Records, newest, how it ended; and that a recount was never made."""
    text = web.client("engineering").get("/sources").text
    for stream in ("dtc · orders", "fno · customers", "crm · accounts"):
        assert stream in text
    assert "unposted verify" in text
    assert "wholesale · orders" in web.client("engineering").get("/runs").text


def test_the_log_is_found_by_words_and_exported(own: Web) -> None:
    """Words narrow the page and the file; formulas in the file are harmless."""
    owner = own.client("owner")
    own.desk.audit.note(own.people["owner"], "test", "=cmd|' /C calc'!A0", own.clock())
    own.desk.audit.note(own.people["owner"], "test", "other", own.clock())
    assert "other" not in owner.get("/audit?q=calc").text
    exported = owner.get("/audit.csv?q=test").text
    assert "'=cmd" in exported
    assert ",=cmd" not in exported
