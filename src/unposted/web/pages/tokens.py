"""The tokens of the signed-in person."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from unposted.errors import UsageError
from unposted.web.api_tokens import SCOPES, end_token, list_tokens, make_token
from unposted.web.rendering import page_of
from unposted.web.roles import SIGNED_IN
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]


def _show(visit: Visit, status: int = 200, secret: str = "", problem: str = "") -> Response:
    listed = list_tokens(visit.desk.shelf, visit.who.person_id)
    base = f"{'https' if visit.desk.settings.is_secure else 'http'}://{visit.host}"
    return page_of(
        visit, "tokens.html", status, tokens=listed, scopes=SCOPES, secret=secret, problem=problem, base=base,
        scope=visit.form.get("scope", "read"),
    )  # fmt: skip


@page("/tokens", SIGNED_IN)
def tokens(visit: Visit) -> Response:
    """List the tokens and offer to make one."""
    return _show(visit)


@page("/tokens", SIGNED_IN, "POST")
def make(visit: Visit) -> Response:
    """Make a token and show its secret, this once."""
    days = visit.form.get("days", "90")
    name, scope = visit.form.get("name", ""), visit.form.get("scope", "")
    try:
        number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
        secret = make_token(visit.desk.shelf, visit.who.person_id, name, scope, number, visit.now)
    except UsageError as error:
        return _show(visit, 400, problem=f"{error.message} {error.next_step}")
    visit.desk.audit.note(visit.who, "token made", visit.who.person_id, visit.now, name=name, scope=scope, days=days)
    return _show(visit, secret=secret)


@page("/tokens/{token}/end", SIGNED_IN, "POST")
def end(visit: Visit) -> Response:
    """End a token."""
    if end_token(visit.desk.shelf, visit.who.person_id, visit.params["token"], visit.now):
        visit.desk.audit.note(visit.who, "token ended", visit.params["token"], visit.now)
    return RedirectResponse("/tokens", 303)


PAGES: tuple[Page, ...] = (tokens, make, end)
