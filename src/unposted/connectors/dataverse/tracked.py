"""Reads a table whose changes are tracked: all of it once, then what changed and what was deleted since a mark.

A mark is the service's delta link and lives for seven days; it goes on giving the columns that were asked for when it
was made, so a mark of other columns is as good as none. Where the table's changes are not tracked the walk by
modifiedon stands in, with marks of our own; deletions are then found by a recount only.
Source: Power Apps developer guide, use change tracking to synchronize data with external systems.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from unposted.connectors.dataverse.answers import is_untracked
from unposted.connectors.dataverse.walk import Place, TimeWalk, key_of
from unposted.connectors.dataverse.web_api import Query, WebApi, with_select
from unposted.connectors.live import DeltaExpired
from unposted.connectors.odata import ODataPage
from unposted.errors import SourceRefused

__all__ = ["Piece", "Tracked"]

_OVERLAP = timedelta(minutes=30)
_LAG = timedelta(minutes=2)
_REFUSED = frozenset({"request-refused"})


class _Token(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in the reading, as text: a `link` of the service, or a place of our own walk from `since` to `until`.

    `columns` tells which columns it gives; `is_whole` that everything is being read, not what changed.
    """

    columns: int = 0
    link: str | None = None
    is_whole: bool = False
    since: datetime | None = None
    until: datetime | None = None
    place: Place | None = None


class Piece(NamedTuple):
    """A page with the token of the next one, and (on the last one) the mark to go on from."""

    page: ODataPage
    next: str | None
    delta: str | None


class Tracked:
    """Reads one table by its tracked changes; `query` is asked for when it is needed, for it takes calls to know."""

    def __init__(self, api: WebApi, query: Callable[[], Query]) -> None:
        """Take the API, and how to find what to ask for."""
        self._api = api
        self._query_of = query
        self.is_off = False

    def piece(self, text: str | None, size: int | None) -> Piece:
        """Get the page of a token or mark; None begins with everything. Raises DeltaExpired when it is no good."""
        token = msgspec.json.decode(text, type=_Token) if text else None
        if token is None:
            return self._begin(size)
        if token.link is None:
            return self._own(self._settled(token), size)
        return self._follow(token, size)

    def skip(self, text: str | None) -> tuple[str, str | None]:
        """Find the id of the one row at a token, and the token behind it, without asking for the row itself."""
        token = msgspec.json.decode(text, type=_Token) if text else _Token(self._sum(), is_whole=True)
        if token.link is None and (self.is_off or text):
            token = self._settled(token)
            found, place = self._walk().skip(token.since, token.until or self._now(), token.place)
            return found, _text(msgspec.structs.replace(token, place=place)) if place else None
        query = self._query()
        keys = query._replace(select=(query.table.key,))
        if token.link is None:
            page = self._api.first_page(keys, {}, 1)
        else:
            page = self._api.next_page(keys, with_select(token.link, query.table.key), 1)
        link = page.next_link and with_select(page.next_link, ",".join(query.select))
        return key_of(page, query.table.key), _text(msgspec.structs.replace(token, link=link)) if link else None

    def _begin(self, size: int | None) -> Piece:
        if not self.is_off:
            try:
                page = self._api.first_page(self._query(), {}, size)
            except SourceRefused as error:
                if not is_untracked(error):
                    raise
                self.is_off = True
            else:
                return self._pieced(page, is_whole=True)
        return self._own(self._settled(_Token(self._sum(), is_whole=True)), size)

    def _follow(self, token: _Token, size: int | None) -> Piece:
        """Follow a link; one that is refused while everything is being read means: begin again."""
        try:
            if token.columns != self._sum() or token.link is None:
                raise DeltaExpired
            page = self._api.next_page(self._query(), token.link, size)
        except SourceRefused as error:
            if error.code not in _REFUSED:
                raise
            if not token.is_whole:
                raise DeltaExpired from None
        except DeltaExpired:
            if not token.is_whole:
                raise
        else:
            return self._pieced(page, is_whole=token.is_whole)
        return self._begin(size)

    def _pieced(self, page: ODataPage, *, is_whole: bool) -> Piece:
        mark = page.delta_link and _text(_Token(self._sum(), page.delta_link))
        following = page.next_link and _text(_Token(self._sum(), page.next_link, is_whole))
        return Piece(page, following or None, None if following else mark)

    def _own(self, token: _Token, size: int | None) -> Piece:
        """Take a step of our own walk."""
        if token.columns != self._sum() and not token.is_whole:
            raise DeltaExpired
        self.is_off = True
        until = token.until or self._now()
        page, place = self._walk().step(token.since, until, token.place, size)
        if place is None:
            return Piece(page, None, _text(_Token(token.columns, since=until)))
        return Piece(page, _text(msgspec.structs.replace(token, place=place)), None)

    def _settled(self, token: _Token) -> _Token:
        """Give a mark of our own, which only says since when, a beginning a little before that and an end."""
        if token.until is not None:
            return token
        since = token.since - _OVERLAP if token.since else None
        return msgspec.structs.replace(token, since=since, until=self._now())

    def _now(self) -> datetime:
        """Return the latest time that nobody is writing at any more."""
        return self._api.clock.now() - _LAG

    def _walk(self) -> TimeWalk:
        return TimeWalk(self._api, self._query()._replace(is_tracked=False), "modifiedon")

    def _query(self) -> Query:
        return self._query_of()._replace(is_tracked=True)

    def _sum(self) -> int:
        return zlib.crc32(",".join(sorted(self._query_of().select)).encode())


def _text(token: _Token) -> str:
    return msgspec.json.encode(token).decode()
