"""The stream of v3 customers: by time of change, single ones by id, and a recount by time of creation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.bigcommerce.api import Pairs, StoreApi, V3List, moment, require
from unposted.connectors.bigcommerce.connection import LARGEST_PAGE, BigCommerceConnection
from unposted.connectors.bigcommerce.customers import CUSTOMERS
from unposted.connectors.bigcommerce.walk import (
    Bounds,
    Place,
    Row,
    after_page,
    after_tie,
    bounds_of,
    fresh,
    place_of,
    rows_of,
    token_of,
)
from unposted.connectors.fields import optional_instant
from unposted.connectors.live import Light, LiveStream, Page, PageRequest
from unposted.connectors.scalars import text
from unposted.domain.records import Customer
from unposted.errors import BadRecord

__all__ = ["CustomerStream"]

_UTC = ZoneInfo("UTC")
_PARTS = ("include", "addresses,formfields")  # form fields hold tax ids; embedded addresses end at ten, one is used


class _Lean(msgspec.Struct):
    id: object = None
    date_created: object = None
    date_modified: object = None


@dataclass(frozen=True, slots=True)
class CustomerStream:
    """Reads the customers of one store."""

    api: StoreApi
    connection: BigCommerceConnection

    def stream(self) -> LiveStream:
        """Describe the stream."""
        return LiveStream(
            "customers", (Customer,), "changes", self.fetch, CUSTOMERS.decode,
            by_id=self.by_id, recount=self.recount, wanted_by="orders", skip=self.skip,
        )  # fmt: skip

    def fetch(self, request: PageRequest) -> Page:
        """Get one page of a span."""
        assert request.span is not None
        bounds = bounds_of(request.span)
        place = place_of(request.token, bounds)
        size = self._size(request, place)
        found = self._list(place, bounds, size, (_PARTS,))
        rows = rows_of(found.data)
        following = _after_tie_page(place, found, rows, bounds) if place.is_tie else _after(place, rows, size, bounds)
        total = found.total if request.token is None else None
        return Page([row.body for row in fresh(place, rows)], token_of(following), total=total)

    def by_id(self, customer_ids: Sequence[str]) -> Iterator[Page]:
        """Get single customers, many in one call; an id that is gone is left out."""
        known = [customer_id for customer_id in dict.fromkeys(customer_ids) if customer_id.isdecimal()]
        for start in range(0, len(known), self.connection.ids_a_call):
            asked = known[start : start + self.connection.ids_a_call]
            params = (("id:in", ",".join(asked)), _PARTS, ("limit", str(LARGEST_PAGE)))
            for page in self.api.v3_pages("customers", params):
                rows = rows_of(page)
                require(all(row.record_id in asked for row in rows))
                yield Page([row.body for row in rows], None)

    def recount(self, start: datetime | None, end: datetime | None) -> Iterator[Light]:
        """List the customers that were created from one instant to before another, without any further parts."""
        first = (("date_created:min", moment(floor(start.timestamp()) - 1)),) if start else ()
        last = (("date_created:max", moment(ceil(end.timestamp()) + 1)),) if end else ()
        decode = msgspec.json.Decoder(_Lean, float_hook=str).decode
        for page in self.api.v3_pages("customers", (*first, *last, ("limit", str(LARGEST_PAGE)))):
            for lean in map(decode, page):
                created = _instant(lean.date_created)
                is_early = start is not None and created is not None and created < start
                is_late = end is not None and created is not None and created >= end
                if not is_early and not is_late:
                    yield Light(text(lean.id) or "", created, _instant(lean.date_modified))

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        """Tell which customer a request of size 1 stops at, and the token behind it.

        A list without the further parts may name it; else only its place is known.
        """
        from unposted.errors import SourceDown

        assert request.span is not None
        bounds = bounds_of(request.span)
        place = place_of(request.token, bounds)
        if place.is_tie and place.after:
            place = Place(place.bound, place.seen)
        try:
            rows = rows_of(self._list(place, bounds, 1, ()).data)
        except SourceDown:
            rows = []
        at = datetime.fromtimestamp(place.bound, UTC)
        name = rows[0].record_id if rows else f"number {place.passed + 1} of those changed from {at:%Y-%m-%d %H:%M:%S}"
        return name, token_of(msgspec.structs.replace(place, is_tie=False, passed=place.passed + 1))

    def _size(self, request: PageRequest, place: Place) -> int:
        if place.passed:
            return 1  # so that the page's number counts records
        return min(request.size or self.connection.page_size or LARGEST_PAGE, LARGEST_PAGE)

    def _list(self, place: Place, bounds: Bounds, size: int, parts: Pairs) -> V3List:
        last = place.bound + 2 if place.is_tie else bounds.end + 1
        dates = (("date_modified:min", moment(place.bound - 1)), ("date_modified:max", moment(last)))
        return self.api.v3("customers", (*dates, *_order_of(place), ("limit", str(size)), *parts))


def _order_of(place: Place) -> Pairs:
    """Within a tie the store's own cursor walks by id; where it gives none, there are only page numbers."""
    if not place.is_tie:
        page = (("page", str(place.passed + 1)),) if place.passed else ()
        return (("sort", "date_modified:asc"), *page)
    return (("after", place.after),) if place.after else (("page", str(place.page)),)


def _after(place: Place, rows: Sequence[Row], size: int, bounds: Bounds) -> Place | None:
    following = after_page(place, rows, size, bounds)
    if not place.passed or not rows:
        return following
    if following is None or following.bound <= place.bound + 1:
        return msgspec.structs.replace(place, passed=place.passed + 1)
    return following


def _after_tie_page(place: Place, found: V3List, rows: Sequence[Row], bounds: Bounds) -> Place | None:
    require(all(row.time is None or row.time >= place.bound - 1 for row in rows))
    if not rows or (found.is_last and not found.cursor):
        return after_tie(place, bounds)
    require(place.after is None or found.cursor not in {None, place.after})
    if found.cursor:
        return msgspec.structs.replace(place, after=found.cursor)
    return msgspec.structs.replace(place, page=place.page + 1)


def _instant(value: object) -> datetime | None:
    try:
        return optional_instant(text(value), "date", _UTC)
    except BadRecord:
        return None
