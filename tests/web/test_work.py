"""What people decide about parties: changed one by one or by the hundred, found again, logged, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.readings import NAUGHTY
from tests.web.serving import SAME, Web, demo_web
from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.errors import UsageError
from unposted.web.asked import Asked, Wanted
from unposted.web.roles import sight_of

_PARTY = "p-73124dc37759acde"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path) as served:
        yield served


def _found(web: Web, text: str, role: str = "owner") -> int:
    kept = web.desk.known.kept
    assert kept is not None
    me = web.people[role].person_id
    return kept.found(Wanted.of(text, lambda name: me if name == "me" else None), sight_of(role)).count


def test_thirty_rows_are_assigned_in_one_change_and_taken_back(own: Web) -> None:
    """All that match get the owner; the list of mine is those; undo gives back what was before."""
    client = own.client("operations")
    answer = client.post(
        "/worklist/change", data={"q": "segment:dtc", "all": "1", "owner": ["me", "keep"]}, headers=SAME
    )
    assert answer.status_code == 303
    assert _found(own, "owner:me", "operations") == 11
    assert _found(own, "owner:none", "operations") == 6
    undo = parse_qs(urlsplit(answer.headers["location"]).query)["undo"][0]
    page = client.get(answer.headers["location"]).text
    assert f"/undo/{undo}" in page
    assert "Changed 11 lines." in page
    assert client.post(f"/undo/{undo}", data={"next": "/worklist"}, headers=SAME).status_code == 303
    assert _found(own, "owner:me", "operations") == 0
    assert own.desk.audit.first_broken() is None


def test_undo_is_for_its_maker_and_for_some_seconds(own: Web) -> None:
    """Somebody else cannot take it back, nor anybody later."""
    works, owner, finance = own.desk.works, own.people["owner"], own.people["finance"]
    undo = works.change(ABSENT_CUSTOMERS.id, [_PARTY], owner, own.clock(), "", state="waiting")
    assert not works.undo(undo.undo_id, finance, own.clock())
    own.clock.go(seconds=30)
    assert not works.undo(undo.undo_id, owner, own.clock())
    assert works.of(ABSENT_CUSTOMERS.id, [_PARTY])[_PARTY].state == "waiting"


def test_selected_lines_are_changed_and_no_others(own: Web) -> None:
    """State, due date and reason go to the ticked lines."""
    client = own.client("finance")
    form = {"party": [_PARTY], "state": "dismissed", "reason": "a test order", "due": "2026-04-20", "owner": "keep"}
    client.post("/worklist/change", data=form, headers=SAME)
    assert _found(own, "state:dismissed") == 1
    assert _found(own, "state:open") == 16
    work = own.desk.works.of(ABSENT_CUSTOMERS.id, [_PARTY])[_PARTY]
    assert (work.state, work.reason, str(work.due), work.owner) == ("dismissed", "a test order", "2026-04-20", None)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"state": "dismissed"}, 400),
        ({"state": "gone"}, 400),
        ({"due": "31.12.2026"}, 400),
        ({"owner": "nobody-has-this-id"}, 303),
        ({}, 303),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(own: Web, form: dict[str, str], code: int) -> None:
    """Dismissing needs a reason, a day is a day, a state is one that there is."""
    answer = own.client("owner").post(f"/parties/{_PARTY}/work", data=form, headers=SAME)
    assert answer.status_code == code
    assert own.desk.works.of(ABSENT_CUSTOMERS.id, [_PARTY])[_PARTY].state == "open"


@pytest.mark.parametrize("path", ["/worklist/change", f"/parties/{_PARTY}/work", f"/parties/{_PARTY}/notes"])
@pytest.mark.parametrize("role", ["marketing", "engineering"])
def test_who_only_looks_changes_nothing(own: Web, path: str, role: str) -> None:
    """Roles without work are refused, whatever they send."""
    form = {"all": "1", "owner": "me", "text": "x", "party": _PARTY}
    assert own.client(role).post(path, data=form, headers=SAME).status_code == 403


def test_a_note_is_shown_as_it_was_written(own: Web) -> None:
    """Whatever it holds, it is text on the page, and the history tells that it was written."""
    client = own.client("owner")
    for text in ("<script>alert(1)</script>", *NAUGHTY):
        client.post(f"/parties/{_PARTY}/notes", data={"text": text}, headers=SAME)
    page = client.get(f"/parties/{_PARTY}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Note written" in page
    with pytest.raises(UsageError):
        own.desk.works.write_note(ABSENT_CUSTOMERS.id, _PARTY, "  ", own.people["owner"], own.clock())


def test_what_people_decided_stays_when_the_reading_is_computed_anew(own: Web) -> None:
    """Owners and notes belong to the party, not to the reading."""
    from unposted.web.refreshing import compute_now

    own.desk.works.change(ABSENT_CUSTOMERS.id, [_PARTY], own.people["owner"], own.clock(), "", state="in_progress")
    compute_now(own.desk)
    assert _found(own, "state:in_progress") == 1


def test_a_view_is_saved_shared_and_removed(own: Web) -> None:
    """One's own views are one's own; shared ones are everybody's to see and their maker's to remove."""
    owner, finance = own.client("owner"), own.client("finance")
    owner.post("/views", data={"name": "Canada", "q": "entity:CATU", "shared": "1"}, headers=SAME)
    owner.post("/views", data={"name": "Secret <b>", "q": "min:5"}, headers=SAME)
    mine, theirs = owner.get("/worklist").text, finance.get("/worklist").text
    assert "Canada" in mine
    assert "Secret &lt;b&gt;" in mine
    assert "Canada" in theirs
    assert "Secret" not in theirs
    view = own.desk.shelf.rows("SELECT view_id FROM web_view WHERE name = 'Canada'")[0][0]
    finance.post("/views", data={"drop": view}, headers=SAME)
    assert "Canada" in owner.get("/worklist").text
    owner.post("/views", data={"drop": view}, headers=SAME)
    assert "Canada" not in owner.get("/worklist").text


def test_what_is_asked_comes_back_from_its_address() -> None:
    """Owner, state and newness are part of the text, whatever names there are."""
    wanted = Wanted.of('segment:b2b owner:"Ada L." state:waiting state:open is:new x', lambda _name: "id")
    assert wanted.text == 'segment:b2b x owner:"Ada L." state:open state:waiting is:new'
    assert Wanted.of(wanted.text, lambda _name: "id") == wanted
    assert Asked.of({"q": wanted.text}, lambda _name: "id").wanted == wanted
    for text in ("owner:eve", "state:nowhere", "is:old"):
        with pytest.raises(ValueError, match="there"):
            Wanted.of(text)
