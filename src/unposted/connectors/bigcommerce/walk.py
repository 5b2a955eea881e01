"""Walks a list by time of change, so that a record that changes while we read can shift nothing.

Each page begins at the time of the last record of the page before, and never at a page number. Where a whole page has
one single time the list of that time is walked by another order (*tie*), which each stream does in its own way.
Times are whole seconds. It is not written anywhere whether the store's filters include their bounds, so each request
asks for a second more on both sides; what was given just before is not given again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.bigcommerce.api import require
from unposted.connectors.fields import optional_instant
from unposted.connectors.scalars import text
from unposted.domain.cursor import Span
from unposted.errors import BadRecord

__all__ = ["Bounds", "Place", "Row", "after_page", "after_tie", "bounds_of", "fresh", "place_of", "rows_of", "token_of"]

_UTC = ZoneInfo("UTC")
_CERTAINLY_FULL = 10  # the smallest page that a store could be content with though we asked for more


class Row(NamedTuple):
    """One undecoded record with what the walk needs of it; `time` is its last change in Unix seconds."""

    record_id: str
    time: int | None
    body: bytes

    @property
    def mark(self) -> str:
        """Tell this version of the record from others."""
        return f"{self.record_id}@{self.time}"


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a walk stands: records changed at `bound` or later are next, but for the versions in `seen`.

    With `is_tie` the records of `bound` and of the second after it are being walked in another order: behind the one
    that `after` names (or, without, on page `page`) and before the one that `before` names, which is passed over.
    `passed` counts records behind `bound` that the store cannot deliver.
    """

    bound: int
    seen: tuple[str, ...] = ()
    is_tie: bool = False
    after: str | None = None
    before: str | None = None
    page: int = 1
    passed: int = 0


class Bounds(NamedTuple):
    """A span in whole Unix seconds, both ends included."""

    start: int
    end: int


class _Dated(msgspec.Struct):
    id: object = None
    date_modified: object = None


def bounds_of(span: Span) -> Bounds:
    """Widen a span to whole seconds."""
    return Bounds(floor(span.start.timestamp()), ceil(span.end.timestamp()))


def place_of(token: str | None, bounds: Bounds) -> Place:
    """Read a token; without one the walk begins at the start of the span."""
    return msgspec.json.decode(token, type=Place) if token else Place(bounds.start)


def token_of(place: Place | None) -> str | None:
    """Write a place as a token; None at the end of the walk."""
    return None if place is None else msgspec.json.encode(place).decode()


def rows_of(bodies: Iterable[msgspec.Raw]) -> list[Row]:
    """Find id and time of each record; one whose time cannot be read moves the walk nowhere."""
    decode = msgspec.json.Decoder(_Dated, float_hook=str).decode
    found = []
    for body in bodies:
        raw = bytes(body)
        dated = decode(raw)
        found.append(Row(text(dated.id) or "", _seconds(text(dated.date_modified)), raw))
    return found


def fresh(place: Place, rows: Sequence[Row]) -> list[Row]:
    """Leave out the versions that the page before has given."""
    seen = frozenset(place.seen)
    return [row for row in rows if row.mark not in seen]


def after_page(place: Place, rows: Sequence[Row], size: int, bounds: Bounds) -> Place | None:
    """Tell where to go on after a page in the order of change; None when there is nothing more.

    The end is a page that brings nothing new. A page that is shorter than asked for is no end: a store may give fewer.
    """
    times = [row.time for row in rows if row.time is not None]
    require(all(time >= place.bound - 1 for time in times))
    latest = max(times, default=place.bound)
    is_long = len(rows) >= min(size, _CERTAINLY_FULL)
    if not is_long and (latest <= place.bound or not fresh(place, rows)):
        return None
    if latest <= place.bound or (is_long and min(times) == latest):
        bound = max(latest, place.bound)
        return Place(bound, _marks(rows, bound), is_tie=True)
    return Place(latest, _marks(rows, latest)) if latest <= bounds.end + 1 else None


def after_tie(place: Place, bounds: Bounds) -> Place | None:
    """Tell where to go on when the records of one time, and of the second after it, have been given."""
    return Place(place.bound + 2) if place.bound + 1 < bounds.end else None


def _marks(rows: Iterable[Row], bound: int) -> tuple[str, ...]:
    return tuple(row.mark for row in rows if row.time is not None and row.time >= bound - 1)


def _seconds(written: str | None) -> int | None:
    try:
        found = optional_instant(written, "date_modified", _UTC)
    except BadRecord:
        return None
    return None if found is None else floor(found.timestamp())
