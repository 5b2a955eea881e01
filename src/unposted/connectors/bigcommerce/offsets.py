"""Walks a B2B Edition list by offset, so that a record that leaves it while we read hides none of the others.

There is no other paging. When the total falls, the records behind have moved forward: the page is put away, and a page
that begins so many places earlier is read instead. The walk is bounded by the time at which it began: a record that
changes meanwhile leaves it, and is found by a second, short walk over what has changed since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

__all__ = ["Offset", "Part", "after_offset", "moved", "next_offset", "offset_of", "offset_token"]

_SLACK = 300  # seconds that the clocks of both sides may differ


class Part(NamedTuple):
    """One list: its path, what to ask beside the page, and the most records that a page may have."""

    path: str
    params: tuple[tuple[str, str], ...]
    largest: int


class Offset(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a walk stands: in which list, behind how many records, of how many.

    The list is bounded by `until` (Unix seconds); with `is_after` it is what has changed since then.
    """

    until: int
    part: int = 0
    offset: int = 0
    total: int | None = None
    is_after: bool = False

    @property
    def times(self) -> tuple[tuple[str, str], ...]:
        """Bound the list; it is not written whether the bounds are part of it, so it reaches a second further."""
        if self.is_after:
            return (("minModified", str(self.until - _SLACK)),)
        return (("minModified", "1"), ("maxModified", str(self.until + 1)))


def offset_of(token: str | None, now: int) -> Offset:
    """Read a token; without one the walk begins now."""
    return msgspec.json.decode(token, type=Offset) if token else Offset(now)


def offset_token(place: Offset | None) -> str | None:
    """Write a place as a token; None at the end of the walk."""
    return None if place is None else msgspec.json.encode(place).decode()


def moved(place: Offset, total: int | None) -> int:
    """Tell how many records have left the list since the page before."""
    return max(0, (place.total or 0) - total) if total is not None else 0


def next_offset(place: Offset, got: int, total: int | None) -> Offset | None:
    """Tell where the same list goes on; None at its end, which is an empty page or the total that the store gives."""
    back = moved(place, total)
    if back:
        return msgspec.structs.replace(place, offset=max(0, place.offset - back), total=total)
    offset = place.offset + got
    if got == 0 or (total is not None and offset >= total):
        return None
    return msgspec.structs.replace(place, offset=offset, total=total)


def after_offset(place: Offset, parts: Sequence[Part], got: int, total: int | None) -> Offset | None:
    """Tell where to go on after a page: in the same list, in its changes since, in the next list, or nowhere."""
    following = next_offset(place, got, total)
    if following is not None:
        return following
    if not place.is_after:
        return Offset(place.until, place.part, is_after=True)
    return Offset(place.until, place.part + 1) if place.part + 1 < len(parts) else None
