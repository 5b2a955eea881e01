"""Signing in and out: passwords, cookies, links that work once, and who guesses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.serving import HOST, SAME, Web, demo_web
from unposted.errors import UsageError
from unposted.web.app import make_app
from unposted.web.sessions import Sessions
from unposted.web.signing import safe_next, session_cookie


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Web]:
    """Serve a web that a test may change."""
    with demo_web(tmp_path, is_demo=True) as served:
        yield served


def _sign_in(client: TestClient, name: str, password: str, **more: str) -> int:
    data = {"name": name, "password": password, **more}
    return client.post("/sign-in", data=data, headers=SAME).status_code


def test_a_name_and_its_password_sign_in(own: Web) -> None:
    """The name is taken in any case; the session opens the board; signing out ends it on the server, too."""
    client = own.client()
    assert _sign_in(client, "  oWNER ", "owner owner") == 303
    assert client.get("/").status_code == 200
    stolen = client.cookies[session_cookie(own.desk)]
    assert client.post("/sign-out", headers=SAME).status_code == 303
    client.cookies.set(session_cookie(own.desk), stolen, domain="127.0.0.1")
    assert client.get("/").status_code == 303


def test_a_wrong_password_tells_nothing(own: Web) -> None:
    """A name that nobody has and a wrong password get the same answer."""
    answers = [
        own.client().post("/sign-in", data={"name": name, "password": "wrong wrong"}, headers=SAME)
        for name in ("Owner", "Nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text.replace("Owner", "") == answers[1].text.replace("Nobody", "")


def test_the_cookie_is_for_the_server_only(own: Web) -> None:
    """No script reads it, no other site sends it, and with HTTPS it goes over nothing else."""
    client = own.client()
    answer = client.post("/sign-in", data={"name": "Owner", "password": "owner owner"}, headers=SAME)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "secure" not in cookie
    from dataclasses import replace

    own.desk.settings = replace(own.desk.settings, is_secure=True)
    secure = TestClient(make_app(own.desk), base_url="https://127.0.0.1:8420", follow_redirects=False)
    answer = secure.post("/sign-in", data={"name": "Owner", "password": "owner owner"}, headers=SAME)
    assert answer.headers["set-cookie"].startswith("__Host-")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" in answer.headers


def test_a_session_that_somebody_brings_is_not_taken_over(own: Web) -> None:
    """Signing in gives a new secret, and what the browser brought is good for nothing."""
    client = own.client("marketing")
    planted = client.cookies[session_cookie(own.desk)]
    assert _sign_in(client, "Owner", "owner owner") == 303
    given = client.cookies.get(session_cookie(own.desk), domain="127.0.0.1") or ""
    assert given != planted
    other = own.client()
    other.cookies.set(session_cookie(own.desk), planted, domain="127.0.0.1")
    assert other.get("/").status_code == 303
    made_up = own.client()
    made_up.cookies.set(session_cookie(own.desk), "made-up", domain="127.0.0.1")
    assert made_up.get("/").status_code == 303


def test_who_guesses_has_to_wait(own: Web) -> None:
    """After five wrong passwords even the right one waits, from that address and for that name."""
    client = own.client()
    assert [_sign_in(client, "Owner", "wrong wrong") for _ in range(6)] == [401] * 5 + [429]
    assert _sign_in(client, "Owner", "owner owner") == 429
    assert "Try again in 15 min" in client.post("/sign-in", data={"name": "Owner"}, headers=SAME).text


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/worklist?q=segment%3Ab2b", "/worklist?q=segment%3Ab2b"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tevil", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_to_our_own_pages_only(target: str, goes: str) -> None:
    """An address of another site is forgotten."""
    assert safe_next(target) == goes


def test_who_is_not_signed_in_comes_back_where_they_wanted_to_go(own: Web) -> None:
    """The list that a link named is shown after signing in."""
    client = own.client()
    asked = client.get("/worklist?q=segment%3Ab2b").headers["location"]
    assert asked == "/sign-in?next=%2Fworklist%3Fq%3Dsegment%253Ab2b"
    page = client.get(asked).text
    assert 'value="/worklist?q=segment%3Ab2b"' in page
    data = {"name": "Owner", "password": "owner owner", "next": "/worklist?q=segment%3Ab2b"}
    answer = client.post("/sign-in", data=data, headers=SAME)
    assert answer.headers["location"] == "/worklist?q=segment%3Ab2b"


def test_a_session_ends_after_being_idle_and_survives_a_restart(own: Web) -> None:
    """Twelve hours without a click end it; a server that starts again signs nobody out."""
    client = own.client("owner")
    own.clock.go(hours=11)
    assert client.get("/").status_code == 200
    own.desk.sessions = Sessions(own.desk.shelf)
    own.clock.go(hours=11)
    assert client.get("/").status_code == 200
    own.clock.go(hours=13)
    assert client.get("/").status_code == 303


def test_another_role_counts_from_the_next_click_on(own: Web) -> None:
    """So does the end of somebody."""
    client = own.client("finance")
    assert client.get("/worklist").status_code == 200
    own.desk.people.change_role(own.people["finance"].person_id, "engineering")
    assert client.get("/worklist").status_code == 403
    own.desk.people.end(own.people["finance"].person_id, own.clock())
    assert client.get("/").status_code == 303


def test_the_first_owner_comes_by_a_link_that_works_once(tmp_path: Path) -> None:
    """A short password is refused without using the link up; afterwards the link is good for nobody."""
    with demo_web(tmp_path) as web:
        for person in web.people.values():
            web.desk.people.end(person.person_id, web.clock())
        link = f"/welcome/{web.desk.links.make('welcome', None, web.clock())}"
        client = web.client()
        assert client.get(link).status_code == 200
        assert client.post(link, data={"name": "Ada", "password": "short"}, headers=SAME).status_code == 400
        assert client.post(link, data={"name": "Ada", "password": "long enough"}, headers=SAME).status_code == 303
        assert client.get("/").status_code == 200
        again = web.client()
        assert again.get(link).status_code == 410
        assert again.post(link, data={"name": "Eve", "password": "long enough"}, headers=SAME).status_code == 410
        assert [person.name for person in web.desk.people.all()] == ["Ada"]


def test_a_link_is_good_for_a_day(own: Web) -> None:
    """An old terminal opens nothing."""
    token = own.desk.links.make("welcome", None, own.clock())
    own.clock.go(hours=25)
    assert own.desk.links.use(token, "welcome", own.clock()) is None


def test_the_demos_link_works_once_and_on_this_computer_only(own: Web) -> None:
    """From another computer it is no link at all, and it is not used up by that."""
    link = f"/enter/{own.desk.links.make('enter', own.people['owner'].person_id, own.clock())}"
    app = make_app(own.desk)
    far = TestClient(app, base_url=HOST, follow_redirects=False, client=("192.0.2.7", 50_000))
    assert far.get(link).status_code == 410
    near = TestClient(app, base_url=HOST, follow_redirects=False, client=("127.0.0.1", 50_000))
    assert near.get(link).status_code == 303
    assert near.get("/").status_code == 200
    other = TestClient(app, base_url=HOST, follow_redirects=False, client=("127.0.0.1", 50_000))
    assert other.get(link).status_code == 410


def test_only_a_demo_has_such_a_link(tmp_path: Path) -> None:
    """On a merchant's own data there is no way in without a password."""
    with demo_web(tmp_path) as web:
        link = f"/enter/{web.desk.links.make('enter', web.people['owner'].person_id, web.clock())}"
        near = TestClient(make_app(web.desk), base_url=HOST, follow_redirects=False, client=("127.0.0.1", 50_000))
        assert near.get(link).status_code == 410


@pytest.mark.parametrize(
    ("name", "role", "password", "code"),
    [
        ("", "owner", "long enough", "bad-name"),
        ("x" * 121, "owner", "long enough", "bad-name"),
        ("a\x07b", "owner", "long enough", "bad-name"),
        ("OWNER", "owner", "long enough", "name-taken"),
        ("New", "admin", "long enough", "role-unknown"),
        ("New", "owner", "123456789", "bad-password"),
    ],
)
def test_what_cannot_be_a_person_is_told(own: Web, name: str, role: str, password: str, code: str) -> None:
    """Each with what to do about it."""
    with pytest.raises(UsageError) as refused:
        own.desk.people.add(name, role, password, own.clock())
    assert refused.value.code == code
    assert refused.value.next_step


def test_no_secret_is_kept_as_it_is(own: Web) -> None:
    """The store holds hashes of passwords, sessions and links, not themselves."""
    client = own.client("owner")
    token = client.cookies[session_cookie(own.desk)]
    link = own.desk.links.make("welcome", None, own.clock())
    kept = str([own.desk.shelf.rows(f"SELECT * FROM {name}") for name in ("web_person", "web_session", "web_link")])
    assert token not in kept
    assert link not in kept
    assert "owner owner" not in kept
