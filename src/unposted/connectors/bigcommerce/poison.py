"""Passes over an order that the store cannot deliver: finds out which one it is, by letting the store count.

Counting names no order's contents, so it works where listing fails. Ids and times are halved down to the one order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from unposted.connectors.bigcommerce.api import moment
from unposted.connectors.bigcommerce.walk import Place, bounds_of, place_of, token_of
from unposted.connectors.live import PageRequest
from unposted.errors import SourceDown

if TYPE_CHECKING:
    from unposted.connectors.bigcommerce.live_orders import OrderStream

__all__ = ["skip_order"]

_HIGHEST_ID = 2**40


def skip_order(orders: OrderStream, request: PageRequest) -> tuple[str, str | None]:
    """Tell the id of the order that a request of size 1 stops at, and the token that reads everything but it."""
    assert request.span is not None
    bounds = bounds_of(request.span)
    place = place_of(request.token, bounds)
    if place.is_tie:
        number = _first_id(orders, place, int(place.after or 0))
        return str(number), token_of(msgspec.structs.replace(place, after=str(number)))

    def is_reached(second: int) -> bool:
        dates = (("min_date_modified", moment(place.bound - 1)), ("max_date_modified", moment(second)))
        return orders.api.counted(dates).count > 0

    second = _lowest(is_reached, place.bound - 1, bounds.end + 1)
    tie = Place(max(second - 1, place.bound), place.seen, is_tie=True)
    after = 0
    while True:
        number = _first_id(orders, tie, after)
        probe = msgspec.structs.replace(tie, after=str(number - 1))
        try:
            orders.rows(probe, bounds, 1)
        except SourceDown:
            return str(number), token_of(msgspec.structs.replace(tie, before=str(number)))
        after = number


def _first_id(orders: OrderStream, place: Place, after: int) -> int:
    """Find the lowest id behind another among the orders of a place."""
    dates = (("min_date_modified", moment(place.bound - 1)), ("max_date_modified", moment(place.bound + 2)))

    def is_reached(number: int) -> bool:
        ids = (("min_id", str(after + 1)), ("max_id", str(number)))
        return orders.api.counted((*dates, *ids)).count > 0

    step = 1
    while not is_reached(after + step):
        step *= 2
        if step > _HIGHEST_ID:
            raise SourceDown(
                "source-down",
                f"{orders.api.caller.source}: it fails at an order that it does not count.",
                "Run the command again; what was read so far is kept.",
            )
    return _lowest(is_reached, after + 1, after + step)


def _lowest(is_reached: Callable[[int], bool], low: int, high: int) -> int:
    """Find the lowest number that reaches; `high` does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_reached(middle) else (middle + 1, high)
    return low
