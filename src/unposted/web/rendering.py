"""Turns values into pages: the templates, and how amounts, times and words are written there."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from unposted.exports.words import FLAG_WORDS, ROUTE_WORDS, SEGMENT_WORDS, STATUS_WORDS, money_words
from unposted.web.drawing import bars, sparkline, waterfall
from unposted.web.visit import Visit
from unposted.web.work import Undo

__all__ = ["error_page", "page_of"]

_HERE = Path(__file__).parent
_NAV = (
    ("Board", "/", ""), ("Worklist", "/worklist", "main"), ("Sources", "/sources", "settings"),
    ("Runs", "/runs", "settings"), ("Settings", "/settings", "settings"), ("People", "/people", "people"),
    ("Audit", "/audit", "audit"),
)  # fmt: skip
_THEMES = ("light", "dark")
_WORDS = {"segment": SEGMENT_WORDS, "status": FLAG_WORDS, "route": ROUTE_WORDS}
_VERDICTS = {
    "link": "Link: this is the same customer",
    "ask": "Ask: it may be the same customer",
    "create": "Create: most likely another customer",
}
_PLATFORMS = {"shopify": "Shopify", "bigcommerce": "BigCommerce", "adobe_commerce": "Adobe Commerce"}


def page_of(visit: Visit, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a page, with what every page shows."""
    zone = visit.desk.workspace.timezone
    theme = visit.cookies.get("theme", "")
    values |= {
        "visit": visit,
        "known": visit.known,
        "workspace": visit.desk.workspace.name,
        "nav": [(label, path) for label, path, need in _NAV if _is_shown(visit, need)],
        "theme": theme if theme in _THEMES else "system",
        "when": lambda moment: _when(moment, zone),
        "is_demo": visit.desk.settings.is_demo,
        "undo": _undo(visit),
        "undo_next": _without_undo(visit),
    }
    return HTMLResponse(_templates().get_template(template).render(values), status)


def error_page(visit: Visit, status: int, title: str, words: str) -> HTMLResponse:
    """Render what went wrong: what, why, and what to do."""
    return page_of(visit, "error.html", status, title=title, words=words, code=status)


def _undo(visit: Visit) -> Undo | None:
    asked = visit.query.get("undo", "")
    return visit.desk.works.undoable(asked, visit.person, visit.now) if asked and visit.person else None


def _without_undo(visit: Visit) -> str:
    left = {name: value for name, value in visit.query.items() if name != "undo"}
    return f"{visit.path}?{urlencode(left)}" if left else visit.path


def _is_shown(visit: Visit, need: str) -> bool:
    from unposted.cards.catalogue import ABSENT_CUSTOMERS

    if need == "main":
        return visit.person is not None and visit.person.role in ABSENT_CUSTOMERS.roles
    return not need or visit.may(need)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"money": _money, "count": _count, "word": _word, "signed": _signed, "names": _names}
    environment.filters |= {"minutes": _minutes, "verdict": _VERDICTS.__getitem__, "bits": _bits}
    environment.globals |= {
        "bars": bars, "sparkline": sparkline, "waterfall": waterfall, "asset": _asset, "platforms": _PLATFORMS,
        "status_words": STATUS_WORDS,
    }  # fmt: skip
    return environment


def _money(units: int | None, currency: str, *, with_code: bool = True) -> str:
    return money_words(units, currency, with_code=with_code)


def _count(number: int) -> str:
    return f"{number:,}"


def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else f"\N{MINUS SIGN}{-number:,}" if number < 0 else "±0"


def _word(value: str, kind: str) -> str:
    if kind == "platform":
        return _PLATFORMS.get(value, value)
    return _WORDS.get(kind, {}).get(value, value)


def _minutes(minutes: int) -> str:
    """Write a span as people say it, in the largest unit that fits twice."""
    for unit, length in (("days", 1440), ("hours", 60)):
        if minutes >= 2 * length:
            return f"{minutes / length:.0f} {unit}"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _bits(score: int) -> str:
    """Say how sure a score is: bits are doublings of the odds, 0 being as likely as not."""
    return "as likely as not" if score == 0 else f"{_signed(score)} bits"


def _names(values: tuple[str, ...]) -> str:
    return ", ".join(values)


@lru_cache(maxsize=20_000)
def _when(moment: datetime | None, zone: ZoneInfo) -> Markup:
    """Write an instant in the business zone; the exact one stands in the element for machines and for pointing at."""
    if moment is None:
        return Markup("never")
    here = moment.astimezone(zone)
    exact = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        exact, here.strftime("%a %d %b %Y %H:%M:%S"), zone.key, here.strftime("%d %b %Y %H:%M")
    )


@cache
def _asset(name: str) -> str:
    """Return the address of a file that never changes under it."""
    digest = sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return str(escape(f"/static/{name}?{digest}"))
