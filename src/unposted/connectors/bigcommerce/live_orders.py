"""The stream of v2 orders: by time of change, single ones by id, and a recount by id within the time of creation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.bigcommerce.api import Pairs, StoreApi, moment, require
from unposted.connectors.bigcommerce.connection import LARGEST_PAGE, BigCommerceConnection
from unposted.connectors.bigcommerce.order_parts import complete
from unposted.connectors.bigcommerce.orders import ORDERS, order_signals
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
from unposted.connectors.fields import currency_code, optional_instant
from unposted.connectors.live import Light, LiveStream, Page, PageRequest
from unposted.connectors.scalars import needed_amount, text
from unposted.domain.records import Order
from unposted.errors import BadAnswer, BadRecord

__all__ = ["OrderStream"]

_UTC = ZoneInfo("UTC")
_INCOMPLETE = "0"
_SETTLED = timedelta(minutes=2)


class _Lean(msgspec.Struct):
    """What a recount needs of an order."""

    id: object = None
    date_created: object = None
    date_modified: object = None
    status_id: object = None
    payment_status: object = None
    payment_method: object = None
    total_inc_tax: object = None
    currency_code: object = None
    default_currency_code: object = None
    is_deleted: object = None


@dataclass(frozen=True, slots=True)
class OrderStream:
    """Reads the orders of one store."""

    api: StoreApi
    connection: BigCommerceConnection

    def stream(self) -> LiveStream:
        """Describe the stream."""
        from unposted.connectors.bigcommerce.poison import skip_order

        return LiveStream(
            "orders", (Order,), "changes", self.fetch, ORDERS.decode,
            by_id=self.by_id, recount=self.recount, recount_daily=True, skip=lambda request: skip_order(self, request),
        )  # fmt: skip

    def fetch(self, request: PageRequest) -> Page:
        """Get one page of a span."""
        assert request.span is not None
        bounds = bounds_of(request.span)
        place = place_of(request.token, bounds)
        size = min(request.size or self.connection.page_size or LARGEST_PAGE, LARGEST_PAGE)
        rows = self.rows(place, bounds, size)
        following = _after_tie_page(place, rows, bounds) if place.is_tie else after_page(place, rows, size, bounds)
        total = self._total(bounds) if request.token is None and len(rows) == size else None
        return self._page(fresh(place, rows), token_of(following), total)

    def rows(self, place: Place, bounds: Bounds, size: int) -> list[Row]:
        """Get the orders at a place: in the order of change, within a tie in the order of ids."""
        last = place.bound + 2 if place.is_tie else bounds.end + 1
        dates = (("min_date_modified", moment(place.bound - 1)), ("max_date_modified", moment(last)))
        return rows_of(self.api.rows("orders", (*dates, *_order_of(place), ("limit", str(size)), *self._include())))

    def by_id(self, order_ids: Sequence[str]) -> Iterator[Page]:
        """Get single orders: ids that lie close together in one call; an id that is gone is left out."""
        numbers = sorted({int(order_id) for order_id in order_ids if order_id.isdecimal()})
        for group in _groups(numbers):
            ids = (("min_id", str(group[0])), ("max_id", str(group[-1])), ("limit", str(LARGEST_PAGE)))
            wanted = frozenset(map(str, group))
            rows = rows_of(self.api.rows("orders", (*ids, ("sort", "id:asc"), *self._include())))
            require(all(group[0] <= int(row.record_id or 0) <= group[-1] for row in rows))
            yield self._page([row for row in rows if row.record_id in wanted], None, None)

    def recount(self, start: datetime | None, end: datetime | None) -> Iterator[Light]:
        """List the orders that were created from one instant to before another, in the order of their ids.

        The store's own count must not be higher than what it lists (incomplete orders aside).
        """
        began = self.api.caller.clock.now()
        filters = _created(start, end)
        listed: Counter[str] = Counter()
        for lean in self._lean(filters):
            listed[text(lean.status_id) or ""] += 1
            light = _light(lean)
            is_left_out = lean.is_deleted is True and self.connection.archived == "left-out"
            if not is_left_out and _is_within(light.created_at, start, end):
                yield light
        if self.connection.count_check and filters and end is not None and end <= began - _SETTLED:
            self._check_count(filters, listed)

    def _lean(self, filters: Pairs) -> Iterator[_Lean]:
        decode = msgspec.json.Decoder(_Lean, float_hook=str).decode
        after = 0
        while True:
            place = (("min_id", str(after + 1)), ("sort", "id:asc"), ("limit", str(LARGEST_PAGE)))
            found = [decode(body) for body in self.api.rows("orders", (*filters, *place))]
            numbers = [int(text(lean.id) or 0) for lean in found]
            require(all(number > after for number in numbers))
            if not numbers:
                return
            after = max(numbers)
            yield from found

    def _check_count(self, filters: Pairs, listed: Counter[str]) -> None:
        counted = sum(status.count for status in self.api.counted(filters).statuses if str(status.id) != _INCOMPLETE)
        seen = listed.total() - listed[_INCOMPLETE]
        if counted > seen:
            raise BadAnswer(
                "list-short",
                f"{self.api.caller.source}: the store counts {counted:,} orders where it lists {seen:,}.",
                "Run the command again; if it stays so and the difference is archived orders, set count_check = false.",
            )

    def _page(self, rows: Sequence[Row], following: str | None, total: int | None) -> Page:
        removed: list[str] = []
        if self.connection.archived == "left-out":
            removed = [row.record_id for row in rows if _is_archived(row)]
            gone = frozenset(removed)
            rows = [row for row in rows if row.record_id not in gone]
        return Page(complete(self.api, self.connection, rows), following, removed, total=total)

    def _total(self, bounds: Bounds) -> int:
        dates = (("min_date_modified", moment(bounds.start - 1)), ("max_date_modified", moment(bounds.end + 1)))
        return self.api.counted(dates).count

    def _include(self) -> Pairs:
        if self.connection.shipping_country == "billing":
            return ()
        return (("include", "consignments"), ("consignment_structure", "object"))


def _order_of(place: Place) -> Pairs:
    if not place.is_tie:
        return (("sort", "date_modified:asc"),)
    before = (("max_id", str(int(place.before) - 1)),) if place.before else ()
    return (("sort", "id:asc"), ("min_id", str(int(place.after or 0) + 1)), *before)


def _after_tie_page(place: Place, rows: Sequence[Row], bounds: Bounds) -> Place | None:
    numbers = [int(row.record_id) for row in rows if row.record_id.isdecimal()]
    after = int(place.after or 0)
    require(all(number > after for number in numbers) and numbers == sorted(numbers))
    if numbers:
        return msgspec.structs.replace(place, after=str(numbers[-1]))
    if place.before:
        return msgspec.structs.replace(place, after=place.before, before=None)
    return after_tie(place, bounds)


def _groups(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Cut ascending ids into groups that one page surely holds."""
    group: list[int] = []
    for number in numbers:
        if group and number - group[0] >= LARGEST_PAGE:
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def _created(start: datetime | None, end: datetime | None) -> Pairs:
    first = (("min_date_created", moment(floor(start.timestamp()) - 1)),) if start else ()
    last = (("max_date_created", moment(ceil(end.timestamp()) + 1)),) if end else ()
    return (*first, *last)


def _is_within(created: datetime | None, start: datetime | None, end: datetime | None) -> bool:
    if created is None:
        return True
    return (start is None or start <= created) and (end is None or created < end)


def _light(lean: _Lean) -> Light:
    currency, total = None, None
    try:
        currency = currency_code(text(lean.default_currency_code) or text(lean.currency_code), "default_currency_code")
        total = needed_amount(lean.total_inc_tax, "total_inc_tax", currency)
    except BadRecord:
        pass  # the order itself is in quarantine then; here it only has to exist
    return Light(
        text(lean.id) or "",
        _instant(lean.date_created),
        _instant(lean.date_modified),
        ";".join(order_signals(lean.status_id, lean.payment_status, lean.payment_method)),
        currency,
        total,
    )


def _instant(value: object) -> datetime | None:
    try:
        return optional_instant(text(value), "date", _UTC)
    except BadRecord:
        return None


def _is_archived(row: Row) -> bool:
    return msgspec.json.decode(row.body, type=_Lean).is_deleted is True
