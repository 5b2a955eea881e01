"""The worklist: a page of a hundred lines, found by what is asked; the address says all of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.exports.words import FLAG_WORDS, SEGMENT_WORDS
from unposted.web.asked import Asked, Wanted
from unposted.web.freshness import freshness_of
from unposted.web.rendering import page_of
from unposted.web.views import SHIPPED, drop_view, list_views, save_view
from unposted.web.visit import Page, Visit, page
from unposted.web.work import STATES

__all__ = ["PAGES"]

_COLUMNS = (
    ("name", "Customer", "text"),
    ("segment", "Segment", "text"),
    ("store", "Store", "text"),
    ("entity", "Entity", "text"),
    ("status", "Status", "text"),
    ("blocked", "Blocked", "figure"),
    ("orders", "Orders", "figure"),
    ("last", "Last order", "text"),
    ("age", "Age", "figure"),
)
_OPTIONAL = {"near": "Looks like", "seen": "First seen", "usual": "Clears in", "stuck": "Stuck"}
"""Columns that are shown only when somebody asks for them."""
_COLUMN_WORDS = {"last": "Last order", "work": "Owner and state", "action": "What to do", **_OPTIONAL}
_HIDABLE = ("segment", "store", "entity", "orders", "last", "age", *_OPTIONAL, "work", "action")
_LABELS = {"segment": "Segment", "platform": "Platform", "store": "Store", "entity": "Entity", "status": "Status"}
_SEERS = frozenset(ABSENT_CUSTOMERS.roles)


@dataclass(frozen=True, slots=True)
class _Chip:
    """One value of the filter, with the address of the list without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class _Tab:
    """A view: its name, its address, whether it is open, and its id when the asking person may remove it."""

    name: str
    url: str
    is_here: bool
    own_id: str | None = None


@page("/worklist", _SEERS)
def worklist(visit: Visit) -> Response:
    """Show a page of the worklist."""
    text = visit.query.get("q", "")
    kept, problem, found = visit.known.kept, None, None
    try:
        asked = Asked.of(visit.query, visit.person_of())
        found = kept.page(asked, visit.sight) if kept else None
    except ValueError as error:
        problem, asked = str(error), Asked()
    works = visit.desk.works.of(ABSENT_CUSTOMERS.id, [one.label for one in found.rows] if found else [])
    return page_of(
        visit, "worklist.html", asked=asked, text=text if problem else asked.wanted.text, problem=problem, page=found,
        reading=kept.reading if kept else None, chips=_chips(visit, asked), columns=_COLUMNS, works=works,
        tabs=_tabs(visit, asked), freshness=freshness_of(visit.desk, visit.known), exports=_exports(asked),
        people=visit.desk.people.all() if visit.may("work") else (), names=_names(visit), states=STATES,
        hidden=_hidden(visit), hidable=_HIDABLE, optional=_OPTIONAL, column_words=_COLUMN_WORDS,
        is_dense=visit.cookies.get("density") == "dense",
    )  # fmt: skip


@page("/worklist/change", frozenset({"owner", "finance", "operations"}), "POST")
def change(visit: Visit) -> Response:
    """Change the selected lines, or all that match: their owner, state or due date."""
    kept = visit.known.kept
    asked = Asked.of(visit.form, visit.person_of())
    if kept is None:
        return RedirectResponse(asked.url(), 303)
    picked = {value for name, value in visit.forms if name == "party"}
    wanted = asked.wanted if visit.form.get("all") else Wanted()
    parties = [label for label in kept.labels(wanted, visit.sight) if visit.form.get("all") or label in picked]
    changes = visit.work_changes()
    if not parties or not changes:
        return RedirectResponse(asked.url(), 303)
    lines = "1 line" if len(parties) == 1 else f"{len(parties):,} lines"
    undo = visit.desk.works.change(ABSENT_CUSTOMERS.id, parties, visit.who, visit.now, f"Changed {lines}.", **changes)
    return RedirectResponse(_with(asked.url(), undo=undo.undo_id), 303)


@page("/undo/{undo}", frozenset({"owner", "finance", "operations"}), "POST")
def undo(visit: Visit) -> Response:
    """Take a change back that was made some seconds ago."""
    from unposted.web.signing import safe_next

    visit.desk.works.undo(visit.params["undo"], visit.who, visit.now)
    return RedirectResponse(safe_next(visit.form.get("next", "/worklist")), 303)


@page("/views", _SEERS, "POST")
def save(visit: Visit) -> Response:
    """Save a list under a name, or remove one of one's own."""
    asked = Asked.of(visit.form, visit.person_of())
    if visit.form.get("drop"):
        drop_view(visit.desk.shelf, visit.who.person_id, visit.form["drop"])
    else:
        name, shared = visit.form.get("name", ""), bool(visit.form.get("shared"))
        save_view(
            visit.desk.shelf, visit.who.person_id, name, asked.url("").removeprefix("?"), visit.now, shared=shared
        )
    return RedirectResponse(asked.url(), 303)


@page("/worklist/look", _SEERS, "POST")
def look(visit: Visit) -> Response:
    """Remember on this browser which columns are hidden and how dense the lines are."""
    response = RedirectResponse(Asked.of(visit.form, visit.person_of()).url(), 303)
    shown = {value for name, value in visit.forms if name == "column"}
    hidden = ".".join(name for name in _HIDABLE if name not in shown) or "none"
    for name, value in (("columns", hidden), ("density", visit.form.get("density", ""))):
        response.set_cookie(name, value, max_age=365 * 86_400, samesite="lax", secure=visit.desk.settings.is_secure)
    return response


def _hidden(visit: Visit) -> tuple[str, ...]:
    told = visit.cookies.get("columns")
    return tuple(_OPTIONAL) if told is None else tuple(name for name in told.split(".") if name in _HIDABLE)


def _names(visit: Visit) -> dict[str, str]:
    return {person.person_id: person.name for person in visit.desk.people.all()}


def _tabs(visit: Visit, asked: Asked) -> list[_Tab]:
    here = asked.at(None).url()
    tabs = []
    for name, query in SHIPPED:
        if "owner:" in query and not visit.may("work"):
            continue
        url = Asked(Wanted.of(query, visit.person_of())).url()
        tabs.append(_Tab(name, url, url == here))
    for view in list_views(visit.desk.shelf, visit.who.person_id):
        url = f"/worklist?{view.query}" if view.query else "/worklist"
        own = view.view_id if view.person_id == visit.who.person_id else None
        tabs.append(_Tab(view.name, url, url == here and not any(tab.is_here for tab in tabs), own))
    return tabs


def _with(url: str, **more: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(more)}"


def _exports(asked: Asked) -> tuple[tuple[str, str], ...]:
    query = f"?{urlencode({'q': asked.wanted.text})}" if asked.wanted.text else ""
    forms = [(form.upper(), f"/export/worklist.{form}{query}") for form in ("xlsx", "csv", "parquet", "json")]
    german = _with(f"/export/worklist.csv{query}", **{"for": "de"})
    return (*forms[:2], ("CSV with ; and decimal comma", german), *forms[2:])


def _chips(visit: Visit, asked: Asked) -> tuple[_Chip, ...]:
    """List the values of what is wanted, each with the way to take it out."""
    wanted, only = asked.wanted, asked.wanted.filter
    told: list[tuple[str, str, str, str]] = [
        (_LABELS[name], _word(name, value), name, value) for name in _LABELS for value in getattr(only, name)
    ]
    for part in only.part:
        split, _, value = part.partition("=")
        told.append((f"{_LABELS[split]} is", _word(split, value), "part", part))
    if only.min_value is not None:
        told.append(("At least", f"{only.min_value:,f} {visit.desk.workspace.reporting_currency}", "min", ""))
    told += [("Contains", word, "search", word) for word in only.search.split()]
    told += [("Owner", wanted.owner, "owner", "")] if wanted.owner else []
    told += [("State", state.replace("_", " "), "state", state) for state in wanted.states]
    told += [("New", "since yesterday", "new", "")] if wanted.is_new else []
    return tuple(_Chip(label, shown, asked.without(name, value).url()) for label, shown, name, value in told)


def _word(name: str, value: str) -> str:
    words = {"segment": SEGMENT_WORDS, "status": FLAG_WORDS}.get(name, {})
    return words.get(value, value)


PAGES: tuple[Page, ...] = (worklist, change, undo, save, look)
