"""Puts the web together: every route declares who may go there, or the app refuses to start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from unposted.errors import UnpostedError
from unposted.web.api.description import PAGES as API_PAGES
from unposted.web.api.operations import BASE
from unposted.web.api_tokens import find_token
from unposted.web.desk import Desk
from unposted.web.failing import tell_failure
from unposted.web.guard import Guard
from unposted.web.hooks import PAGES as HOOKS
from unposted.web.metrics import PAGES as METRICS
from unposted.web.odata import PAGES as ODATA
from unposted.web.pages import PAGES
from unposted.web.people import Person
from unposted.web.problems import Problem, problem_of, problem_response
from unposted.web.rendering import error_page
from unposted.web.roles import PUBLIC, SIGNED_IN
from unposted.web.signing import session_cookie
from unposted.web.visit import Page, Visit, read_visit

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["EVERY_PAGE", "STATIC", "UndeclaredRoute", "check_declared", "make_app"]

EVERY_PAGE: tuple[Page, ...] = (*PAGES, *API_PAGES, *HOOKS, *METRICS, *ODATA)
"""Every route there is; none goes into the app another way."""
STATIC = Path(__file__).parent / "static"
_MOST_BYTES = 1_000_000
_DECLARED = "_unposted_page"


class UndeclaredRoute(Exception):
    """A route that does not say who may go there."""


def make_app(desk: Desk, more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """Make the app of a desk; raises UndeclaredRoute when a route does not declare who may go there."""
    routes: list[BaseRoute] = [Route(one.path, _endpoint(desk, one), methods=list(one.methods)) for one in EVERY_PAGE]
    routes += more
    check_declared(routes)
    routes.append(Mount("/static", StaticFiles(directory=STATIC), name="static"))
    app = Starlette(
        routes=routes,
        middleware=[Middleware(GZipMiddleware, minimum_size=500, compresslevel=5)],
        exception_handlers={404: _nothing_there(desk), 405: _nothing_there(desk)},
    )
    return Guard(app, desk.settings.hosts, is_secure=desk.settings.is_secure)


def check_declared(routes: Sequence[BaseRoute]) -> None:
    """Raise UndeclaredRoute for a route that nobody said who may go to."""
    for route in routes:
        declared = getattr(getattr(route, "endpoint", None), _DECLARED, None)
        if not isinstance(declared, Page) or not (declared.access in {PUBLIC, SIGNED_IN} or declared.access):
            raise UndeclaredRoute(f"{getattr(route, 'path', route)} does not declare who may go there")


def _endpoint(desk: Desk, declared: Page) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response("This is too much at once.", 413, media_type="text/plain")
        person, scope = await run_in_threadpool(_asking, desk, request)
        visit = await read_visit(request, desk, person, body)
        if declared.path.startswith(BASE):
            answer = await run_in_threadpool(_answer_program, declared, visit, scope)
        else:
            answer = await run_in_threadpool(_answer, declared, visit)
        desk.answers.count(declared.path, answer.status_code)
        return answer

    setattr(endpoint, _DECLARED, declared)
    return endpoint


def _answer(declared: Page, visit: Visit) -> Response:
    access = declared.access
    if access != PUBLIC and visit.person is None:
        return _to_sign_in(visit)
    if isinstance(access, frozenset) and visit.who.role not in access:
        return error_page(visit, 403, "Not for your role", f"As {visit.who.role} you may not see this page.")
    try:
        return declared.handler(visit)
    except UnpostedError as error:
        return error_page(visit, 400, error.message, error.next_step)
    except ValueError as error:
        return error_page(visit, 400, "That cannot be read", f"{error}.")
    except Exception as error:  # noqa: BLE001 - the person gets a page, the log what happened
        tell_failure("page failed", error, path=declared.path)
        return error_page(visit, 500, "Something went wrong here", "It was written to the log. Try again in a moment.")


def _to_sign_in(visit: Visit) -> Response:
    if visit.is_fragment:
        return Response(status_code=401, headers={"hx-redirect": "/sign-in"})
    from urllib.parse import urlencode

    if visit.method != "GET" or visit.path == "/":
        return RedirectResponse("/sign-in", 303)
    query = f"?{urlencode(dict(visit.query))}" if visit.query else ""
    return RedirectResponse(f"/sign-in?{urlencode({'next': visit.path + query})}", 303)


def _answer_program(declared: Page, visit: Visit, scope: str) -> Response:
    """Answer a call of the API: failures are problems, never pages."""
    try:
        _check_program(declared, visit, scope)
        return declared.handler(visit)
    except (Problem, UnpostedError, ValueError) as error:
        return problem_response(problem_of(error))
    except Exception as error:  # noqa: BLE001 - the program gets a problem, the log what happened
        tell_failure("call failed", error, path=declared.path)
        return problem_response(Problem(500, "Something went wrong here", "It was written to the log.", "failure"))


def _check_program(declared: Page, visit: Visit, scope: str) -> None:
    access = declared.access
    if access == PUBLIC:
        return
    if visit.person is None:
        raise Problem(401, "Nobody is signed in", "Send `Authorization: Bearer` with a token.", "not-signed-in")
    if scope == "feed" or (scope == "read" and visit.method not in {"GET", "HEAD"}):
        raise Problem(403, "Not for this token", f"Its scope is {scope}; make one with a wider scope.", "token-scope")
    if isinstance(access, frozenset) and visit.who.role not in access:
        raise Problem(403, "Not for your role", f"As {visit.who.role} you may not do this.", "not-for-role")


def _asking(desk: Desk, request: Request) -> tuple[Person | None, str]:
    """Tell who asks, by a token or by a session, and what their token may: a session may all that they may."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme:
        token = find_token(desk.shelf, secret.strip(), desk.now()) if scheme.casefold() == "bearer" else None
        is_api = request.url.path.startswith(BASE)
        return (desk.people.by_id(token.person_id), token.scope) if token and is_api else (None, "")
    cookie = request.cookies.get(session_cookie(desk))
    session = desk.sessions.find(cookie, desk.now()) if cookie else None
    return (desk.people.by_id(session.person_id), "session") if session else (None, "")


async def _body(request: Request) -> bytes | None:
    """Read a request's body; None when it is longer than any of ours."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > _MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _nothing_there(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, _error: Exception) -> Response:
        person, _scope = await run_in_threadpool(_asking, desk, request)
        visit = await read_visit(request, desk, person, b"")
        status = getattr(_error, "status_code", 404)
        if visit.path.startswith(BASE):
            return problem_response(
                Problem(status, "There is nothing here", f"{BASE}/openapi.json lists it.", "nothing")
            )
        return error_page(
            visit, status, "There is nothing here", "The address may be mistyped, or what it named is gone."
        )

    return handler
