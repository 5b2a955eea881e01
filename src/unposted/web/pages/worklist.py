"""The worklist: a page of a hundred lines, found by what is asked; the address says all of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.domain.filter_text import filter_of_text
from unposted.exports.words import FLAG_WORDS, SEGMENT_WORDS
from unposted.web.asked import Asked
from unposted.web.freshness import freshness_of
from unposted.web.rendering import page_of
from unposted.web.visit import Page, Visit, page

__all__ = ["PAGES", "VIEWS"]

VIEWS: tuple[tuple[str, str], ...] = (
    ("All", ""),
    ("B2B onboarding", "segment:b2b status:no_match"),
    ("DTC stuck", "segment:dtc status:no_match"),
    ("Dataverse to promote", "status:in_dataverse"),
    ("Over 1,000", "min:1000"),
    ("Ambiguous entity", "status:ambiguous"),
)
"""The views that everybody has: a name and a filter as people type it."""
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
_LABELS = {"segment": "Segment", "platform": "Platform", "store": "Store", "entity": "Entity", "status": "Status"}


@dataclass(frozen=True, slots=True)
class _Chip:
    """One value of the filter, with the address of the list without it."""

    label: str
    value: str
    url: str


@page("/worklist", frozenset(ABSENT_CUSTOMERS.roles))
def worklist(visit: Visit) -> Response:
    """Show a page of the worklist."""
    text = visit.query.get("q", "")
    kept, problem, found = visit.known.kept, None, None
    try:
        asked = Asked.of(visit.query)
        found = kept.page(asked, visit.sight) if kept else None
    except ValueError as error:
        problem, asked = str(error), Asked()
    return page_of(
        visit, "worklist.html", asked=asked, text=text if problem else asked.text, problem=problem,
        page=found,
        reading=kept.reading if kept else None, chips=_chips(visit, asked), columns=_COLUMNS,
        views=[(name, _view_url(query), filter_of_text(query) == asked.filter) for name, query in VIEWS],
        freshness=freshness_of(visit.desk, visit.known), exports=_exports(asked),
    )  # fmt: skip


def _view_url(query: str) -> str:
    return Asked(filter_of_text(query)).url()


def _exports(asked: Asked) -> tuple[tuple[str, str], ...]:
    query = f"?{urlencode({'q': asked.text})}" if asked.text else ""
    return tuple((form, f"/export/worklist.{form}{query}") for form in ("csv", "xlsx", "json"))


def _chips(visit: Visit, asked: Asked) -> tuple[_Chip, ...]:
    """List the values of the filter, each with the way to take it out."""
    chips = [
        _Chip(_LABELS[name], _word(name, value), asked.without(name, value).url())
        for name in _LABELS
        for value in getattr(asked.filter, name)
    ]
    for part in asked.filter.part:
        split, _, value = part.partition("=")
        chips.append(_Chip(f"{_LABELS[split]} is", _word(split, value), asked.without("part", part).url()))
    least = asked.filter.min_value
    if least is not None:
        shown = f"{least:,f} {visit.desk.workspace.reporting_currency}"
        chips.append(_Chip("At least", shown, asked.without("min", "").url()))
    words = asked.filter.search.split()
    chips += [_Chip("Contains", word, asked.without("search", word).url()) for word in words]
    return tuple(chips)


def _word(name: str, value: str) -> str:
    words = {"segment": SEGMENT_WORDS, "status": FLAG_WORDS}.get(name, {})
    return words.get(value, value)


PAGES: tuple[Page, ...] = (worklist,)
