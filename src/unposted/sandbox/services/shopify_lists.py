"""Keeps the shop's records in order for its lists: searched, sorted, and cut into pages by cursors.

A cursor holds the last row's value and id, so that rows which move away shift nothing, and a mark of the arguments
that it was made with: with others it is refused. A list is made once for many pages, until a record changes, becomes
visible or grows older than the window.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from unposted.sandbox.services.shopify_project import Connected, QueryRefused
from unposted.sandbox.services.shopify_search import search
from unposted.sandbox.shelf import Entry, Shelf
from unposted.sandbox.wire import Now

__all__ = ["CursorRefused", "ListArguments", "Listed", "Lists"]

_KEPT = 64
_SORTS = {"UPDATED_AT", "CREATED_AT", "PROCESSED_AT", "ID", "NUMBER"}
_USUAL = {"orders": "PROCESSED_AT"}


class CursorRefused(Exception):
    """The cursor was made for another search or order."""


class ListArguments(NamedTuple):
    """The arguments of a list."""

    first: int | None
    after: str | None
    query: str
    sort: str
    reverse: bool

    @classmethod
    def of(cls, kind: str, given: Mapping[str, Any]) -> ListArguments:
        """Read them as they were given, with Shopify's defaults."""
        first = given.get("first")
        if first is None or not 1 <= first <= 250:
            raise QueryRefused("you must provide one of first or last, from 1 to 250", "BAD_REQUEST")
        sort = given.get("sortKey") or _USUAL.get(kind, "ID")
        return cls(first, given.get("after"), given.get("query") or "", sort, bool(given.get("reverse")))


@dataclass(slots=True)
class Listed:
    """A list in ascending order, with its keys; good until an instant, while the shelf does not change."""

    kind: str
    entries: list[Entry]
    keys: list[tuple[Any, int]]
    warnings: tuple[str, ...]
    mark: int
    serial: int
    made_at: datetime
    good_until: datetime | None

    def page(self, arguments: ListArguments) -> Connected:
        """Cut the page after a cursor."""
        place = None if arguments.after is None else self._read(arguments.after)
        first = arguments.first or 0
        if arguments.reverse:
            end = len(self.keys) if place is None else bisect_left(self.keys, place)
            start = max(0, end - first)
            chosen, has_next, has_previous = range(end - 1, start - 1, -1), start > 0, end < len(self.keys)
        else:
            start = 0 if place is None else bisect_right(self.keys, place)
            end = min(len(self.keys), start + first)
            chosen, has_next, has_previous = range(start, end), end < len(self.keys), start > 0
        rows = [self.entries[at].row for at in chosen]
        return Connected(rows, lambda at: self._cursor(self.keys[chosen[at]]), has_next, has_previous)

    def _cursor(self, key: tuple[Any, int]) -> str:
        value = key[0].isoformat() if isinstance(key[0], datetime) else key[0]
        return base64.b64encode(json.dumps({"m": self.mark, "v": value, "i": key[1]}).encode()).decode()

    def _read(self, cursor: str) -> tuple[Any, int]:
        try:
            found = json.loads(base64.b64decode(cursor, validate=True))
            value, number, mark = found["v"], found["i"], found["m"]
        except (binascii.Error, ValueError, KeyError, TypeError):
            raise CursorRefused from None
        if mark != self.mark:
            raise CursorRefused
        return (datetime.fromisoformat(value) if isinstance(value, str) else value), number


class Lists:
    """Every list of one shop. `window` hides orders that are older (None: shows all)."""

    def __init__(self, shelves: Mapping[str, Shelf], now: Now) -> None:
        """Take the records by list, and the time."""
        self._shelves = shelves
        self._now = now
        self._kept: dict[tuple[object, ...], Listed] = {}

    def get(self, kind: str, arguments: ListArguments, window: timedelta | None, *, by_day: bool) -> Listed:
        """Return a list, the one made before if it is still good."""
        key = (kind, arguments.query, arguments.sort, window, by_day)
        kept = self._kept.get(key)
        if kept is not None and self.is_good(kept):
            return kept if kept.mark == _mark(kind, arguments) else self._marked(kept, arguments)
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        made = self._kept[key] = self._made(kind, arguments, window, by_day=by_day)
        return made

    def visible(self, kind: str, window: timedelta | None) -> Iterator[Entry]:
        """List the records that can be seen now."""
        oldest = None if window is None or kind != "orders" else self._now() - window
        return (one for one in self._shelves[kind].entries() if oldest is None or one.created_at >= oldest)

    def now(self) -> datetime:
        """Return the present instant."""
        return self._now()

    def is_good(self, listed: Listed) -> bool:
        """Tell that a list would be the same if it were made anew."""
        now = self._now()
        if listed.serial != self._shelves[listed.kind].serial or now < listed.made_at:
            return False
        return listed.good_until is None or now < listed.good_until

    def _marked(self, kept: Listed, arguments: ListArguments) -> Listed:
        """Return the same list walked from its other end: its cursors are others."""
        return Listed(
            kept.kind, kept.entries, kept.keys, kept.warnings, _mark(kept.kind, arguments), kept.serial,
            kept.made_at, kept.good_until,
        )  # fmt: skip

    def _made(self, kind: str, arguments: ListArguments, window: timedelta | None, *, by_day: bool) -> Listed:
        if arguments.sort not in _SORTS:
            message = f"Argument 'sortKey' has an invalid value ({arguments.sort})"
            raise QueryRefused(message, "argumentLiteralsIncompatible")
        found = search(kind, arguments.query, by_day=by_day)
        seen = list(self.visible(kind, window))
        chosen = [(_key(entry, arguments.sort), entry) for entry in seen if found.test(entry)]
        chosen.sort(key=lambda pair: pair[0])
        return Listed(
            kind, [entry for _, entry in chosen], [key for key, _ in chosen], found.warnings, _mark(kind, arguments),
            self._shelves[kind].serial, self._now(), self._good_until(kind, seen, window),
        )  # fmt: skip

    def _good_until(self, kind: str, seen: list[Entry], window: timedelta | None) -> datetime | None:
        """Tell when the list changes by itself: a record becomes visible, or the oldest one leaves the window."""
        instants = list(self._shelves[kind].coming())
        if window is not None and kind == "orders":
            instants += [entry.created_at + window for entry in seen]
        return min(instants, default=None)


def _key(entry: Entry, sort: str) -> tuple[Any, int]:
    number = int(entry.row["id"].rpartition("/")[2])
    if sort in {"ID", "NUMBER"}:
        return number, number
    if sort == "UPDATED_AT":
        return entry.updated_at, number
    processed = entry.row.get("processedAt") if sort == "PROCESSED_AT" else None
    return (datetime.fromisoformat(processed) if processed else entry.created_at), number


def _mark(kind: str, arguments: ListArguments) -> int:
    return zlib.crc32(f"{kind}|{arguments.query}|{arguments.sort}|{arguments.reverse}".encode())
