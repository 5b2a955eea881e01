"""Signing in and out; the first owner; the demo's link that works once."""

from __future__ import annotations

import ipaddress
from math import ceil

from starlette.responses import RedirectResponse, Response

from unposted.errors import SignIn, UsageError
from unposted.web.oidc import BACK
from unposted.web.people import MIN_PASSWORD, Person, folded
from unposted.web.rendering import error_page, page_of
from unposted.web.roles import PUBLIC
from unposted.web.signing import safe_next, session_cookie, set_session, unset_session
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]

_STATE = "unposted-oidc"
_WRONG = "The name or the password is wrong."


@page("/sign-in", PUBLIC)
def ask(visit: Visit) -> Response:
    """Ask for a name and a password."""
    target = safe_next(visit.query.get("next", "/"))
    if visit.person is not None:
        return RedirectResponse(target, 303)
    return page_of(visit, "sign_in.html", next=target, name="", problem=None)


@page("/sign-in", PUBLIC, "POST")
def sign_in(visit: Visit) -> Response:
    """Sign somebody in who knows a name and its password."""
    desk, name, target = visit.desk, visit.form.get("name", ""), safe_next(visit.form.get("next", "/"))
    keys = (f"name {folded(name)[:200]}", f"client {visit.client}")
    wait = desk.throttle.wait_of(*keys)
    if wait > 0:
        words = f"Too many wrong passwords. Try again in {ceil(wait / 60)} min."
        return page_of(visit, "sign_in.html", 429, next=target, name=name, problem=words)
    person = desk.people.with_password(name, visit.form.get("password", ""))
    if person is None:
        desk.throttle.failed(*keys)
        return page_of(visit, "sign_in.html", 401, next=target, name=name, problem=_WRONG)
    desk.throttle.succeeded(*keys)
    desk.audit.note(person, "sign-in", person.person_id, visit.now, way="password")
    return _signed_in(visit, person, target)


@page("/sign-in/oidc", PUBLIC)
def to_provider(visit: Visit) -> Response:
    """Send the browser to the identity provider."""
    if visit.desk.oidc is None:
        return error_page(visit, 404, "There is nothing here", "Sign in with your name and password.")
    base = f"{'https' if visit.desk.settings.is_secure else 'http'}://{visit.host}"
    url, state = visit.desk.oidc.begin(base, safe_next(visit.query.get("next", "/")))
    response = RedirectResponse(url, 303)
    response.set_cookie(
        _STATE, state, max_age=600, path="/sign-in/oidc", httponly=True, samesite="lax",
        secure=visit.desk.settings.is_secure,
    )  # fmt: skip
    return response


@page(BACK, PUBLIC)
def from_provider(visit: Visit) -> Response:
    """Sign somebody in whom the provider vouches for, if an owner has added them."""
    if visit.desk.oidc is None:
        return error_page(visit, 404, "There is nothing here", "Sign in with your name and password.")
    try:
        claims, target = visit.desk.oidc.finish(visit.cookies.get(_STATE, ""), visit.query)
    except SignIn as error:
        return error_page(visit, 401, error.message, error.next_step)
    person = visit.desk.people.by_provider(claims.subject, claims.name)
    if person is None:
        words = "You were recognised, but nobody has let you in here. Ask an owner to add you under your name there."
        return error_page(visit, 403, "You are not on the list", words)
    visit.desk.audit.note(person, "sign-in", person.person_id, visit.now, way="provider")
    response = _signed_in(visit, person, safe_next(target))
    response.delete_cookie(_STATE, path="/sign-in/oidc")
    return response


@page("/sign-out", PUBLIC, "POST")
def sign_out(visit: Visit) -> Response:
    """End this browser's session."""
    token = visit.cookies.get(session_cookie(visit.desk))
    if token:
        visit.desk.sessions.end(token, visit.now)
    if visit.person is not None:
        visit.desk.audit.note(visit.person, "sign-out", visit.person.person_id, visit.now)
    response = RedirectResponse("/sign-in", 303)
    response.headers["clear-site-data"] = '"cache"'
    unset_session(visit.desk, response)
    return response


@page("/welcome/{token}", PUBLIC)
def welcome(visit: Visit) -> Response:
    """Ask the first owner for a name and a password."""
    if visit.desk.links.look(visit.params["token"], "welcome", visit.now) is None:
        return _used_up(visit)
    return page_of(visit, "welcome.html", name="", problem=None, least=MIN_PASSWORD)


@page("/welcome/{token}", PUBLIC, "POST")
def first_owner(visit: Visit) -> Response:
    """Add the first owner and sign them in."""
    desk, token, name = visit.desk, visit.params["token"], visit.form.get("name", "")
    if desk.people.all() or desk.links.look(token, "welcome", visit.now) is None:
        return _used_up(visit)
    try:
        person = desk.people.add(name, "owner", visit.form.get("password", ""), visit.now)
    except UsageError as error:
        words = f"{error.message} {error.next_step}"
        return page_of(visit, "welcome.html", 400, name=name, problem=words, least=MIN_PASSWORD)
    desk.links.use(token, "welcome", visit.now)
    desk.audit.note(person, "person added", person.person_id, visit.now, name=person.name, role=person.role)
    return _signed_in(visit, person, "/")


@page("/enter/{token}", PUBLIC)
def enter(visit: Visit) -> Response:
    """Sign the demo's owner in, on this computer only, once."""
    if not visit.desk.settings.is_demo or not _is_here(visit.client):
        return _used_up(visit)
    link = visit.desk.links.use(visit.params["token"], "enter", visit.now)
    person = visit.desk.people.by_id(link.person_id) if link and link.person_id else None
    if person is None:
        return RedirectResponse("/", 303) if visit.person else _used_up(visit)
    visit.desk.audit.note(person, "sign-in", person.person_id, visit.now, way="demo link")
    return _signed_in(visit, person, "/")


def _signed_in(visit: Visit, person: Person, target: str) -> Response:
    """Begin a session that nobody knew before, and end the one that the browser brought."""
    old = visit.cookies.get(session_cookie(visit.desk))
    if old:
        visit.desk.sessions.end(old, visit.now)
    response = RedirectResponse(target, 303)
    set_session(visit.desk, response, visit.desk.sessions.begin(person.person_id, visit.now))
    return response


def _used_up(visit: Visit) -> Response:
    return error_page(
        visit, 410, "This link is good no more",
        "It works once and for a day. Start the server again for a new one, or sign in with your name.",
    )  # fmt: skip


def _is_here(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False


PAGES: tuple[Page, ...] = (
    ask, sign_in, to_provider, from_provider, sign_out, welcome, first_owner, enter,
)  # fmt: skip
