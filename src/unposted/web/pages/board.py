"""The board: the cards of a role, the main one large, with what changed and how fresh it all is."""

from __future__ import annotations

from starlette.responses import JSONResponse, RedirectResponse, Response

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.web.freshness import freshness_of
from unposted.web.rendering import page_of
from unposted.web.roles import PUBLIC, SIGNED_IN
from unposted.web.told import told_of
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES"]


@page("/", SIGNED_IN)
def board(visit: Visit) -> Response:
    """Show the cards."""
    is_shown = visit.who.role in ABSENT_CUSTOMERS.roles
    return page_of(
        visit, "board.html", card=ABSENT_CUSTOMERS, is_shown=is_shown,
        told=told_of(visit.known, ABSENT_CUSTOMERS, visit.sight) if is_shown else None,
        freshness=freshness_of(visit.desk, visit.known),
    )  # fmt: skip


@page("/theme", PUBLIC, "POST")
def theme(visit: Visit) -> Response:
    """Remember whether a browser wants it light or dark."""
    from unposted.web.signing import safe_next

    response = RedirectResponse(safe_next(visit.form.get("next", "/")), 303)
    chosen = visit.form.get("theme", "")
    if chosen in {"light", "dark"}:
        response.set_cookie("theme", chosen, max_age=365 * 86_400, samesite="lax", secure=visit.desk.settings.is_secure)
    else:
        response.delete_cookie("theme")
    return response


@page("/healthz", PUBLIC)
def health(visit: Visit) -> Response:  # noqa: ARG001 - every page takes its visit
    """Tell that the process answers."""
    return JSONResponse({"status": "ok"})


@page("/readyz", PUBLIC)
def ready(visit: Visit) -> Response:
    """Tell whether there is a reading to show."""
    is_ready = visit.known.kept is not None
    return JSONResponse({"status": "ready" if is_ready else visit.known.phase}, 200 if is_ready else 503)


PAGES: tuple[Page, ...] = (board, theme, health, ready)
