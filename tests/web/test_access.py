"""Who may go where: every route declares it, and every role is let in or kept out as declared."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.web.serving import SAME, Web
from unposted.web.app import EVERY_PAGE, UndeclaredRoute, make_app
from unposted.web.asked import Wanted
from unposted.web.roles import PUBLIC, ROLES, SIGNED_IN, may, sight_of
from unposted.web.visit import Page

_CARD = "ecom-customers-absent-from-d365-customer-master"


def _address(web: Web, one: Page, role: str | None) -> str:
    """Fill the parameters of a path with things that are there."""
    kept = web.desk.known.kept
    assert kept is not None
    ref = next(iter(kept.every(Wanted(), sight_of(role or "owner")))).ref
    return (
        one.path.replace("{party}", ref)
        .replace("{card}", _CARD)
        .replace("{token}", "nothing")
        .replace("{form}", "csv")
        .replace("{entities}", "rows")
        .replace("/runs/now", "/runs/now?once")
    )


@pytest.mark.parametrize("one", EVERY_PAGE, ids=lambda one: f"{one.methods[0]} {one.path}")
@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_route_lets_in_whom_it_declares(web: Web, one: Page, role: str | None) -> None:
    """Nobody signed in is sent to sign in, another role is refused, a declared one gets its answer."""
    client = web.client(role)
    answer = client.request(one.methods[0], _address(web, one, role), headers=SAME)
    if one.access == PUBLIC:
        assert answer.status_code != 403
    elif role is None and one.path.startswith("/api/"):
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
    elif role is None:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    elif one.access == SIGNED_IN or (isinstance(one.access, frozenset) and role in one.access):
        assert answer.status_code < 500
        assert (answer.status_code == 403) is ("{card}" in one.path and role == "engineering")
    else:
        assert answer.status_code == 403


def test_the_app_refuses_a_route_that_declares_nobody(web: Web) -> None:
    """A page that somebody forgot to guard never starts."""

    async def forgotten(_request: object) -> Response:
        return PlainTextResponse("secret")

    with pytest.raises(UndeclaredRoute, match="/forgotten"):
        make_app(web.desk, [Route("/forgotten", forgotten)])


def test_an_action_that_nobody_declared_is_nobodys() -> None:
    """A typing mistake in an action's name opens nothing."""
    assert not any(may(role, "wrok") for role in ROLES)
    assert sight_of("admin") == sight_of("engineering")


def test_a_path_outside_of_the_static_folder_is_not_served(web: Web) -> None:
    """Dots, encoded or not, lead nowhere."""
    client = web.client("owner")
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
        assert client.get(path).status_code == 404
    assert client.get("/static/app.css").status_code == 200
