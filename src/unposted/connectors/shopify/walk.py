"""Walks lists by time of change: where a walk stands, what it asks for next, and when it has come to its end.

A list is walked with Shopify's cursors, which stand for the last row's time and id: a row that changes meanwhile moves
out of the span and shifts nothing. The token keeps that time as well, so that a walk whose cursor is not known any
more, or that has come far, goes on from the time itself; rows met twice are stored once.
Customers are searched by whole days only, so they are walked from the newest back until a page is older than the span.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from unposted.connectors.live import Page, PageRequest
from unposted.connectors.shopify.admin import Admin, Asked
from unposted.connectors.shopify.answers import Connection, CursorRefused
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.connectors.shopify.queries import COMPANIES, CUSTOMERS, LOCATIONS, ORDERS, Kind
from unposted.connectors.shopify.window import Window
from unposted.domain.cursor import Span
from unposted.errors import BadAnswer

__all__ = ["Token", "Walk", "number_in", "search_of"]


class Token(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a walk stands.

    `after` is Shopify's cursor, `bound` the time of the last row, `since` the time from which the walk began anew,
    `rows` how many it has passed since; `part` is `locations` when companies are found by their locations' changes.
    A bulk operation is at byte `at` of its file after `lines` of it; `looks` counts how often it was asked about.
    """

    after: str | None = None
    bound: str | None = None
    since: str | None = None
    rows: int = 0
    part: Literal["", "locations"] = ""
    bulk: str | None = None
    at: int = 0
    lines: int = 0
    looks: int = 0
    no_bulk: bool = False

    @classmethod
    def of(cls, text: str | None) -> Token:
        """Read a token; none stands for the start."""
        return cls() if text is None else _token_of(text)

    @property
    def text(self) -> str:
        """The token as text."""
        return msgspec.json.encode(self).decode()


class _Timed(msgspec.Struct, gc=False, rename="camel"):
    id: str = ""
    updated_at: str | None = None


class _Located(msgspec.Struct, gc=False):
    company: _Timed | None = None


class _Locations(msgspec.Struct, gc=False):
    locations: Connection | None = None
    id: str = ""


_token_of = msgspec.json.Decoder(Token).decode
_timed = msgspec.json.Decoder(_Timed).decode
_located = msgspec.json.Decoder(_Located).decode
_locations_of = msgspec.json.Decoder(_Locations).decode


class Walk:
    """The walk over one stream of one shop."""

    def __init__(self, admin: Admin, kind: Kind, settings: ShopifyConnection, window: Window) -> None:
        """Take the shop, the stream's kind, the settings, and how far back orders are shown."""
        self._window = window
        self._admin = admin
        self._kind = kind
        self._settings = settings

    def fetch(self, request: PageRequest, token: Token) -> Page:
        """Fetch the page at a token."""
        kind = LOCATIONS if token.part else self._kind
        try:
            found = self._admin.page(kind, self._asked(request, token))
        except CursorRefused:
            if token.bound is None or token.bound == token.since:
                raise  # the walk began there already
            token = Token(since=token.bound, part=token.part)
            found = self._admin.page(kind, self._asked(request, token))
        items = found.items
        following = self._next(request, token, found, items)
        if token.part:
            items = self._companies_of(items)
        elif kind is COMPANIES:
            items += self._further_locations(items)
        return Page(items, None if following is None else following.text)

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        """Pass over the one record at a token that cannot be delivered whole: its id and time still can."""
        token = Token.of(request.token)
        kind = LOCATIONS if token.part else self._kind
        asked = self._asked(request, token)._replace(size=1)
        found = self._admin.light_page(kind, asked, "UPDATED_AT")
        following = self._next(request, token, found, found.items)
        row = _timed(found.items[0]) if found.items else _Timed()
        return number_in(row.id), None if following is None else following.text

    def by_id(self, ids: Sequence[str]) -> Iterable[Page]:
        """Fetch single records by the ids under which they are stored."""
        numbers = [number for record_id in ids if (number := record_id.removeprefix("draft-")).isdecimal()]
        gids = [f"gid://shopify/{self._kind.node}/{number}" for number in numbers]
        for items in self._admin.nodes(self._kind, gids):
            found = {number_in(_timed(item).id) for item in items} if self._kind is ORDERS else set()
            numbers = [number for number in numbers if number not in found]
            more = self._further_locations(items) if self._kind is COMPANIES else []
            yield Page([*items, *more], None)
        if self._kind is ORDERS:
            yield from self._unseen(numbers)

    def _unseen(self, numbers: list[str]) -> Iterable[Page]:
        """Name orders that are hidden by their age: a node without fields ends in quarantine, not as deleted."""
        hidden = self._window.hidden(numbers)
        if hidden:
            yield Page([b'{"id":"gid://shopify/Order/%b"}' % number.encode() for number in hidden], None)

    def _asked(self, request: PageRequest, token: Token) -> Asked:
        since = None if token.since is None else datetime.fromisoformat(token.since)
        return Asked(request.size, token.after, search_of(self._kind, request.span, self._settings, since))

    def _next(self, request: PageRequest, token: Token, found: Connection, items: Sequence[bytes]) -> Token | None:
        """Tell where the walk goes on; None at its end."""
        info = found.page_info
        times = self._times(items)
        if not info.has_next_page or self._is_past(request.span, times):
            return self._next_part(request, token)
        if info.end_cursor is None or info.end_cursor == token.after:
            raise self._repeated()
        rows = token.rows + len(found.nodes)
        bound = times[-1] if times else token.bound
        if rows >= self._settings.cursor_reach and not self._kind.is_newest_first and bound and bound != token.since:
            return Token(since=bound, bound=bound, part=token.part)
        return msgspec.structs.replace(token, after=info.end_cursor, bound=bound, rows=rows)

    def _repeated(self) -> BadAnswer:
        return BadAnswer(
            "page-repeated",
            f"{self._admin.caller.source} gives the same place in its list of {self._kind.stream} twice.",
            "Run the command again; what was read so far is kept.",
        )

    def _next_part(self, request: PageRequest, token: Token) -> Token | None:
        """After the companies that changed come those of which a location did."""
        is_done = self._kind is not COMPANIES or request.span is None or token.part == "locations"
        return None if is_done else Token(part="locations")

    def _times(self, items: Sequence[bytes]) -> list[str]:
        """List the rows' times of change as written: all of customers, else only the last one."""
        rows = items if self._kind.is_newest_first else items[-1:]
        return [changed for row in rows if (changed := _timed(row).updated_at) is not None]

    def _is_past(self, span: Span | None, times: Sequence[str]) -> bool:
        """Tell that a whole page of a list that is walked from the newest back is older than the span."""
        if span is None or not self._kind.is_newest_first or not times:
            return False
        return max(map(datetime.fromisoformat, times)) < span.start

    def _companies_of(self, items: Iterable[bytes]) -> list[bytes]:
        """Fetch the companies whose locations are listed."""
        owners = (_located(item).company for item in items)
        ids = dict.fromkeys(number_in(owner.id) for owner in owners if owner is not None)
        return [item for page in self.by_id(list(ids)) for item in page.items]

    def _further_locations(self, items: Iterable[bytes]) -> list[bytes]:
        """Fetch the locations that did not fit on a page of companies, as items that name their company."""
        found: list[bytes] = []
        for item in items:
            company = _locations_of(item)
            part, owner = company.locations, msgspec.json.encode(company.id)
            after = None
            while part is not None and part.page_info.has_next_page:
                if part.page_info.end_cursor in {None, after}:
                    raise self._repeated()
                after = part.page_info.end_cursor
                part = self._admin.more_locations(COMPANIES, company.id, after)
                found += [b'{"__parentId":' + owner + b"," + row[1:] for row in part.items]
        return found


def search_of(kind: Kind, span: Span | None, settings: ShopifyConnection, since: datetime | None = None) -> str:
    """Write the search for what changed in a span; values are quoted, for unquoted times find other rows.

    Source: shopify.dev, API search syntax; Shopify/shopify-api-ruby#588.
    """
    if span is None:
        return "" if since is None else f"updated_at:>='{_second(since)}'"
    if kind is CUSTOMERS:
        around = timedelta(days=settings.customer_overlap_days)
        first, last = span.start.astimezone(UTC) - around, span.end.astimezone(UTC) + around
        return f"updated_at:>='{first:%Y-%m-%d}' updated_at:<='{last:%Y-%m-%d}'"
    end = span.end + timedelta(seconds=1) if span.end.microsecond else span.end
    return f"updated_at:>='{_second(since or span.start)}' updated_at:<='{_second(end)}'"


def number_in(gid: str) -> str:
    """Return the number of a global id; a draft order's is that of its record."""
    number = gid.rpartition("/")[2]
    return f"draft-{number}" if "/DraftOrder/" in gid else number


def _second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
