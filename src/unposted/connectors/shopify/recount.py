"""Counts a shop's records again by their time of creation, with few fields: another path than the walk by change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import msgspec

from unposted.connectors.live import Light
from unposted.connectors.shopify.admin import Admin, Asked
from unposted.connectors.shopify.queries import CUSTOMERS, ORDERS, Kind
from unposted.connectors.shopify.shapes import Bag, amount, order_signals
from unposted.connectors.shopify.walk import number_in
from unposted.connectors.shopify.window import Window
from unposted.errors import BadAnswer, BadRecord

__all__ = ["Recount", "recount_of"]

Recount: TypeAlias = Callable[[datetime | None, datetime | None], Iterator[Light]]


class _Light(msgspec.Struct, gc=False, rename="camel"):
    id: str
    created_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_at: str | None = None
    test: bool | None = None
    display_financial_status: str | None = None
    status: str | None = None
    total_price_set: Bag | None = None


_light = msgspec.json.Decoder(_Light, float_hook=str).decode


def recount_of(
    admin: Admin, kind: Kind, window: Window
) -> Callable[[datetime | None, datetime | None], Iterator[Light]]:
    """Make the recount of one stream: created from one instant to before another, or everything."""

    def recount(start: datetime | None, end: datetime | None) -> Iterator[Light]:
        if kind is ORDERS:
            window.must_hold(start)
        search = _search(kind, start, end)
        after: str | None = None
        while True:
            found = admin.light_page(kind, Asked(None, after, search))
            for row in map(_light, found.items):
                if _is_in(row.created_at, start, end):
                    yield _seen(row)
            info = found.page_info
            if not info.has_next_page:
                return
            if info.end_cursor is None or info.end_cursor == after:
                raise BadAnswer(
                    "page-repeated",
                    f"{admin.caller.source} gives the same place in its list of {kind.stream} twice.",
                    "Run the command again.",
                )
            after = info.end_cursor

    return recount


def _search(kind: Kind, start: datetime | None, end: datetime | None) -> str:
    """Ask for the time of creation; for customers, who are found by whole days, with a day more at each end."""
    if kind is CUSTOMERS:
        first = "" if start is None else f"customer_date:>='{start.astimezone(UTC) - timedelta(days=1):%Y-%m-%d}'"
        last = "" if end is None else f"customer_date:<='{end.astimezone(UTC) + timedelta(days=1):%Y-%m-%d}'"
    else:
        first = "" if start is None else f"created_at:>='{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
        last = "" if end is None else f"created_at:<='{end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    return f"{first} {last}".strip()


def _is_in(created: datetime | None, start: datetime | None, end: datetime | None) -> bool:
    if created is None:
        return True
    return (start is None or created >= start) and (end is None or created < end)


def _seen(row: _Light) -> Light:
    total = currency = None
    if row.total_price_set is not None:
        try:
            total, currency = amount(row.total_price_set, "totalPriceSet")
        except BadRecord:
            pass  # the record itself is in quarantine; that it exists still counts
    state = order_signals(row.display_financial_status, row.status, row.cancelled_at is not None, row.test is True)
    return Light(number_in(row.id), row.created_at, row.updated_at, state, currency, total)
