"""Counts what a store has by another path than the reading: by time of creation, by id, with the fewest fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from unposted.connectors.adobe_commerce.answers import PageTooBig
from unposted.connectors.adobe_commerce.criteria import Condition, Group, Search, utc_text
from unposted.connectors.adobe_commerce.listings import CARTS, Listing
from unposted.connectors.adobe_commerce.searching import Searcher
from unposted.connectors.adobe_commerce.shapes import UTC_ZONE
from unposted.connectors.fields import currency_code, optional_instant
from unposted.connectors.live import Light
from unposted.connectors.scalars import json_amount, text
from unposted.errors import BadAnswer, BadRecord

__all__ = ["is_quote", "lights"]


class _Quote(msgspec.Struct):
    is_regular_quote: object = None
    status: object = None
    negotiated_total_price: object = None


class _Extension(msgspec.Struct):
    negotiable_quote: _Quote | list[object] | None = None


class _Currency(msgspec.Struct):
    quote_currency_code: object = None


class _Row(msgspec.Struct):
    entity_id: int | str | None = None
    id: int | str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    state: object = None
    grand_total: object = None
    order_currency_code: object = None
    currency: _Currency | list[object] | None = None
    extension_attributes: _Extension | list[object] | None = None


_read = msgspec.json.Decoder(_Row, float_hook=str).decode


def lights(searcher: Searcher, listing: Listing, start: datetime | None, end: datetime | None) -> Iterator[Light]:
    """List the records created from `start` to before `end` (None: all), in the order of their ids."""
    created: list[Group] = []
    if start is not None:
        created.append([Condition("created_at", "gteq", utc_text(start))])
    if end is not None:
        created.append([Condition("created_at", "lt", utc_text(end))])
    after = 0
    while True:
        groups = [*created, [Condition("entity_id", "gt", str(after))]]
        size = searcher.page_size(None)
        try:
            found = searcher.find(listing, Search(groups, [("entity_id", "ASC")], size, listing.light_fields))
        except PageTooBig as error:
            searcher.note(error)
            continue
        rows = [_read(item) for item in found.items or ()]
        yield from (light for light in (_light(listing, row) for row in rows) if light is not None)
        reached = max((_number(listing, row) for row in rows), default=after)
        if size >= found.total_count:
            return
        if reached <= after:
            raise BadAnswer(
                "list-short",
                f"{searcher.caller.source} counts {found.total_count} {listing.name} and lists none of them.",
                "Run the command again; if it stays so, see what stands between us and the store's API.",
            )
        after = reached


def is_quote(body: bytes) -> bool:
    """Tell a negotiable quote from the carts among which it is listed; what cannot be read is kept for the decoder."""
    try:
        quote = _quote(_read(body))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return True
    return quote is not None and bool(quote.is_regular_quote)


def _quote(row: _Row) -> _Quote | None:
    extension = row.extension_attributes if isinstance(row.extension_attributes, _Extension) else _Extension()
    return extension.negotiable_quote if isinstance(extension.negotiable_quote, _Quote) else None


def _number(listing: Listing, row: _Row) -> int:
    written = str(getattr(row, listing.id_name) or "")
    return int(written) if written.isdecimal() else 0


def _light(listing: Listing, row: _Row) -> Light | None:
    state, code, amount = text(row.state) or "", text(row.order_currency_code), row.grand_total
    if listing is CARTS:
        quote = _quote(row)
        if quote is None or not quote.is_regular_quote:
            return None
        state, amount = text(quote.status) or "", quote.negotiated_total_price
        code = text(row.currency.quote_currency_code) if isinstance(row.currency, _Currency) else None
    if not _number(listing, row):
        return None  # what shows no id can be compared with nothing
    currency, total = _money(code, amount)
    return Light(
        record_id=f"{listing.id_prefix}{_number(listing, row)}",
        created_at=_moment(row.created_at),
        updated_at=_moment(row.updated_at),
        state=state,
        currency=currency,
        total=total,
    )


def _money(code: str | None, amount: object) -> tuple[str | None, int | None]:
    try:
        currency = currency_code(code, "order_currency_code")
        return currency, None if amount is None else json_amount(amount, "grand_total", currency)
    except BadRecord:
        return None, None


def _moment(value: str | None) -> datetime | None:
    try:
        return optional_instant(value, "created_at", UTC_ZONE)
    except BadRecord:
        return None
