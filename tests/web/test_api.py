"""The API: described by itself, the same numbers as the pages, tagged, and never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.web.serving import SAME, Web, demo_web
from unposted.web.api.calls import OPERATIONS
from unposted.web.api.description import description
from unposted.web.api_tokens import make_token

_CARD = "ecom-customers-absent-from-d365-customer-master"
_PARTY = "p-73124dc37759acde"
_JSON = {"content-type": "application/json", **SAME}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path) as served:
        yield served


def _check(path: str, method: str, status: int, body: Any) -> None:
    """Hold an answer against the description."""
    told = json.loads(description())
    schema = told["paths"][path][method]["responses"][str(status)]["content"]["application/json"]["schema"]
    jsonschema.validate(body, {**schema, "components": told["components"]}, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("role", ["owner", "marketing"])
@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/cards", "/cards"),
        ("/cards/{card}", f"/cards/{_CARD}"),
        ("/readings/{card}", f"/readings/{_CARD}"),
        ("/readings/{card}/beside", f"/readings/{_CARD}/beside"),
        ("/readings/{card}/bridge", f"/readings/{_CARD}/bridge"),
        ("/readings/{card}/sensitivity", f"/readings/{_CARD}/sensitivity"),
        ("/rows", "/rows?limit=5&sort=name"),
        ("/parties/{party}", "/parties/{party}"),
        ("/parties/{party}/notes", "/parties/{party}/notes"),
        ("/sources", "/sources"),
        ("/runs", "/runs"),
    ],
)
def test_an_answer_is_what_the_description_says(web: Web, path: str, address: str, role: str) -> None:
    """Every answer validates; every refusal is a problem that the description names."""
    client = web.client(role)
    party = client.get("/api/v1/rows").json()["rows"][0]["party"]
    answer = client.get(f"/api/v1{address}".replace("{party}", party))
    if answer.status_code == 200:
        _check(path, "get", 200, answer.json())
    else:
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not-for-role"


def test_every_operation_is_described_with_its_access() -> None:
    """The description is OpenAPI 3.1 and names each operation once."""
    told = json.loads(description())
    assert told["openapi"] == "3.1.0"
    named = [one["operationId"] for methods in told["paths"].values() for one in methods.values()]
    assert sorted(named) == sorted(one.name for one in OPERATIONS)
    assert all(one["description"].startswith("For ") for methods in told["paths"].values() for one in methods.values())


def test_the_reading_is_the_worked_example_and_every_part_opens_its_rows(web: Web) -> None:
    """Each split adds up, and each part's address gives as many rows with as much blocked."""
    client = web.client("finance")
    reading = client.get(f"/api/v1/readings/{_CARD}").json()
    assert (reading["value"], reading["blocked"]["amount"], reading["in_dataverse"]) == (17, "61200.00", 4)
    for split in reading["splits"]:
        assert sum(part["count"] for part in split["parts"]) == 17
        for part in split["parts"]:
            rows = client.get(part["url"]).json()
            assert (rows["count"], rows["blocked"]["amount"]) == (part["count"], part["blocked"])


def test_pages_follow_one_another_to_the_last_row(web: Web) -> None:
    """`next` leads through all rows, once each, and `previous` back."""
    client = web.client("operations")
    address: str | None = "/api/v1/rows?limit=4&sort=-orders"
    seen: list[str] = []
    pages: list[list[str]] = []
    back = None
    while address:
        page = client.get(address).json()
        pages.append([row["party"] for row in page["rows"]])
        seen += pages[-1]
        address, back = page["next"], page["previous"]
    assert len(seen) == len(set(seen)) == 17
    assert back is not None
    assert [row["party"] for row in client.get(back).json()["rows"]] == pages[-2]


def test_who_has_it_already_gets_nothing_again(own: Web) -> None:
    """An ETag stays while the answer does, and changes with it."""
    client = own.client("owner")
    first = client.get("/api/v1/rows")
    tag = first.headers["etag"]
    again = client.get("/api/v1/rows", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    client.patch(f"/api/v1/parties/{_PARTY}", content='{"owner": "me"}', headers=_JSON)
    assert client.get("/api/v1/rows", headers={"if-none-match": tag}).status_code == 200


def test_a_party_is_changed_and_noted(own: Web) -> None:
    """Only what is named changes; null takes the owner away; the note is there."""
    client = own.client("operations")
    answer = client.patch(f"/api/v1/parties/{_PARTY}", content='{"owner": "me", "due": "2026-04-30"}', headers=_JSON)
    assert answer.status_code == 200
    _check("/parties/{party}", "patch", 200, answer.json())
    assert (answer.json()["owner_name"], answer.json()["due"], answer.json()["state"]) == (
        "Operations",
        "2026-04-30",
        "open",
    )
    answer = client.patch(f"/api/v1/parties/{_PARTY}", content='{"state": "waiting", "owner": null}', headers=_JSON)
    assert (answer.json()["owner"], answer.json()["due"], answer.json()["state"]) == (None, "2026-04-30", "waiting")
    note = client.post(f"/api/v1/parties/{_PARTY}/notes", content='{"text": "asked the buyer"}', headers=_JSON)
    assert note.status_code == 201
    assert [one["text"] for one in client.get(f"/api/v1/parties/{_PARTY}/notes").json()["notes"]] == ["asked the buyer"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/rows?sort=password", "", 400),
        ("GET", "/rows?limit=0", "", 400),
        ("GET", "/rows?limit=100000", "", 400),
        ("GET", "/rows?q=foo%3Abar", "", 400),
        ("GET", "/rows?at=%00", "", 400),
        ("GET", "/parties/nobody", "", 404),
        ("GET", "/readings/nothing", "", 404),
        ("GET", "/nothing", "", 404),
        ("DELETE", "/rows", "", 405),
        ("PATCH", f"/parties/{_PARTY}", "", 422),
        ("PATCH", f"/parties/{_PARTY}", "[]", 422),
        ("PATCH", f"/parties/{_PARTY}", '{"colour": "red"}', 422),
        ("PATCH", f"/parties/{_PARTY}", '{"state": "dismissed"}', 400),
        ("PATCH", f"/parties/{_PARTY}", '{"owner": "nobody"}', 422),
        ("PATCH", f"/parties/{_PARTY}", '{"due": "tomorrow"}', 422),
        ("POST", f"/parties/{_PARTY}/notes", '{"text": ""}', 422),
        ("POST", f"/parties/{_PARTY}/notes", '{"text": "\\ud800"}', 422),
        ("POST", f"/parties/{_PARTY}/notes", '{"text": "   "}', 400),
    ],
)
def test_what_makes_no_sense_is_a_problem(web: Web, method: str, path: str, body: str, status: int) -> None:
    """A problem with what to do, and nothing is changed."""
    answer = web.client("owner").request(method, f"/api/v1{path}", content=body, headers=_JSON)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_a_token_may_what_its_scope_and_its_person_may(own: Web) -> None:
    """Reading does not write, a feed's token opens no API, an ended person's token nothing; a token opens no page."""
    shelf, now = own.desk.shelf, own.clock()
    made = {
        (role, scope): {"authorization": f"Bearer {make_token(shelf, own.people[role].person_id, 'x', scope, 30, now)}"}
        for role in ("finance", "marketing") for scope in ("read", "write", "feed")
    }  # fmt: skip
    client = own.client()

    def status(who: tuple[str, str], method: str, path: str, body: str = "") -> int:
        return client.request(method, f"/api/v1{path}", content=body, headers=made[who]).status_code

    change = ("PATCH", f"/parties/{_PARTY}", '{"state": "waiting"}')
    assert status(("finance", "read"), "GET", "/rows") == 200
    assert status(("finance", "read"), *change) == 403
    assert status(("finance", "write"), *change) == 200
    assert status(("finance", "feed"), "GET", "/rows") == 403
    assert status(("marketing", "write"), *change) == 403
    assert "Okonjo" not in client.get("/api/v1/rows", headers=made["marketing", "read"]).text
    assert client.get("/worklist", headers=made["finance", "write"]).status_code == 303
    assert client.get("/api/v1/rows", headers={"authorization": "Bearer nothing"}).status_code == 401
    assert client.get("/api/v1/rows", headers={"authorization": "Basic eDp5"}).status_code == 401
    own.desk.people.end(own.people["finance"].person_id, own.clock())
    assert status(("finance", "read"), "GET", "/rows") == 401
