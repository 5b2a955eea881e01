"""Reads a table by a time column so that nothing is lost when a row changes while its page is being read.

Each page begins anew at the time of the last row of the page before, inclusively; only where a whole page has one
single time does the service's own link lead on. A row that leaves the span shifts nobody. Rows met twice are stored
once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from unposted.connectors.dataverse.web_api import Query, WebApi, with_select
from unposted.connectors.odata import ODataPage, instant_literal

__all__ = ["Place", "TimeWalk", "key_of", "times_of"]


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a page begins: at `bound`, or (one time has more than a page) where `link` leads to."""

    bound: str | None = None
    link: str | None = None


class _Step(NamedTuple):
    page: ODataPage
    next: Place | None


class TimeWalk:
    """Walks through a table by `column`, a time that only grows when a row changes; `only` is a further filter."""

    def __init__(self, api: WebApi, query: Query, column: str, only: str = "") -> None:
        """Take the API, what is asked for, and by which column; a blank `only` filters nothing more."""
        self._api = api
        self.query = query
        self._column = column
        self._only = only

    def step(self, start: datetime | None, end: datetime, place: Place | None, size: int | None) -> _Step:
        """Get the page at a place (None: the first one) of what changed from `start` (None: ever) to `end`."""
        place = place or Place()
        page = self._get(self.query, start, end, place, size)
        return _Step(page, self._after(page, place))

    def skip(self, start: datetime | None, end: datetime, place: Place | None) -> tuple[str, Place | None]:
        """Find the key of the one row at a place, and the place behind it, without asking for the row itself."""
        place = place or Place()
        keys = self.query._replace(select=(self.query.table.key,))
        link = with_select(place.link, self.query.table.key) if place.link else None
        page = self._get(keys, start, end, Place(place.bound, link), 1)
        found = key_of(page, self.query.table.key)
        if page.next_link is None:
            return found, None
        return found, Place(place.bound, with_select(page.next_link, ",".join(self.query.select)))

    def _get(self, query: Query, start: datetime | None, end: datetime, place: Place, size: int | None) -> ODataPage:
        if place.link is not None:
            return self._api.next_page(query, place.link, size)
        return self._api.first_page(query, self._options(start, end, place.bound), size)

    def _options(self, start: datetime | None, end: datetime, bound: str | None) -> dict[str, str]:
        since = bound or (instant_literal(start.replace(microsecond=0)) if start else None)
        parts = [f"{self._column} ge {since}"] if since else []
        parts.append(f"{self._column} le {instant_literal(_whole_second_after(end))}")
        if self._only:
            parts.append(self._only)
        table = self.query.table
        # an elastic table sorts by one column only
        order = self._column if table.is_elastic else f"{self._column},{table.key}"
        return {"$filter": " and ".join(parts), "$orderby": order}

    def _after(self, page: ODataPage, place: Place) -> Place | None:
        if page.next_link is None:
            return None
        times = times_of(page, self._column)
        if times is None:
            return Place(place.bound, page.next_link)
        first, last = (instant_literal(moment) for moment in times)
        moves_on = last > first and (place.bound is None or last > place.bound)
        return Place(last) if moves_on else Place(place.bound, page.next_link)


def times_of(page: ODataPage, column: str) -> tuple[datetime, datetime] | None:
    """Return the times of a page's first and last row; None for an empty page, or where one has none."""
    if not page.value:
        return None
    first, last = (_column(row, column) for row in (page.value[0], page.value[-1]))
    return (_read(first), _read(last)) if isinstance(first, str) and isinstance(last, str) else None


def key_of(page: ODataPage, key: str) -> str:
    """Return the key of a page's only row, as the store writes it; blank for an empty page."""
    return str(_column(page.value[0], key) or "").strip("{}").lower() if page.value else ""


def _column(row: msgspec.Raw, column: str) -> object:
    found: dict[str, Any] = msgspec.json.decode(row)
    return found.get(column)


def _read(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _whole_second_after(moment: datetime) -> datetime:
    """Return the moment, or the next whole second: the service shows no fractions, and may keep some."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
