"""Reads negotiable quotes out of `/V1/carts/search`, which also lists every abandoned cart: those are left out.

A quote never becomes a counted order by itself: the order that it leads to is read on its own.
Source: B2B negotiable quote API; there is no list of quotes alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

import msgspec

from unposted.connectors.adobe_commerce.shapes import (
    UTC_ZONE,
    Address,
    Assignment,
    CompanyOf,
    company_of,
    name_of,
    present,
    ship_to,
)
from unposted.connectors.fields import currency_code, instant, optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.scalars import id_text, json_amount, needed_id, text
from unposted.domain.records import Order
from unposted.errors import BadRecord

__all__ = ["QUOTES"]


class _Quote(msgspec.Struct):
    is_regular_quote: object = None
    status: object = None
    quote_name: object = None
    negotiated_total_price: object = None


class _Extension(msgspec.Struct):
    shipping_assignments: list[Assignment] | None = None
    negotiable_quote: _Quote | list[object] | None = None


class _OfBuyer(msgspec.Struct):
    company_attributes: CompanyOf | list[object] | None = None


class _Buyer(msgspec.Struct):
    id: object = None
    email: object = None
    firstname: object = None
    lastname: object = None
    taxvat: object = None
    extension_attributes: _OfBuyer | list[object] | None = None


class _Line(msgspec.Struct):
    qty: object = None
    price: object = None


class _Currency(msgspec.Struct):
    quote_currency_code: object = None


class _Cart(msgspec.Struct):
    id: object = None
    created_at: object = None
    updated_at: object = None
    reserved_order_id: object = None
    customer: _Buyer | list[object] | None = None
    billing_address: Address | list[object] | None = None
    currency: _Currency | list[object] | None = None
    items: list[_Line] | None = None
    extension_attributes: _Extension | list[object] | None = None


def _is_cart(item: dict[str, object]) -> bool:
    return item.keys() >= {"id", "is_active", "currency", "items"}


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Cart, float_hook=str).decode
    return json_records(items, context, decode, _order, lambda node: text(node.id))


def _order(node: _Cart, context: Context) -> Order | None:
    extension = node.extension_attributes if isinstance(node.extension_attributes, _Extension) else _Extension()
    quote = extension.negotiable_quote
    if not isinstance(quote, _Quote) or not quote.is_regular_quote:
        return None
    number = needed_id(node.id, "id")
    buyer = node.customer if isinstance(node.customer, _Buyer) else _Buyer()
    billing, shipping = present(node.billing_address), ship_to(extension.shipping_assignments)
    of_buyer = buyer.extension_attributes if isinstance(buyer.extension_attributes, _OfBuyer) else _OfBuyer()
    company_id, _ = company_of(of_buyer.company_attributes)
    codes = node.currency if isinstance(node.currency, _Currency) else _Currency()
    currency = currency_code(text(codes.quote_currency_code), "quote_currency_code")
    total = json_amount(_total(node, quote), "negotiated_total_price", currency)
    email = text(buyer.email) or text(billing.email)
    keys = context.keys
    tax_ids = keys.tax_id(text(buyer.taxvat), text(billing.vat_id), text(shipping.vat_id))
    return Order(
        order_id=f"quote-{number}",  # carts and orders count their ids apart
        name=text(quote.quote_name) or text(node.reserved_order_id) or f"quote-{number}",
        created_at=instant(text(node.created_at), "created_at", UTC_ZONE),
        signals=f"quote_status={(text(quote.status) or 'created').casefold()}",
        currency=currency,
        total=total,
        refunded=0,
        net=total,
        updated_at=optional_instant(text(node.updated_at), "updated_at", UTC_ZONE),
        customer_id=id_text(buyer.id),
        company_id=company_id,
        buyer_name=name_of(buyer.firstname, buyer.lastname, billing, shipping),
        email=keys.shown_email(email),
        country=shipping.country or billing.country,
        b2b=company_id is not None or bool(tax_ids),
        keys=(*keys.email(email), *tax_ids),
    )


def _total(node: _Cart, quote: _Quote) -> str:
    """Tell what was negotiated, else what the lines come to."""
    negotiated = text(quote.negotiated_total_price)
    if negotiated is not None:
        return negotiated
    try:
        lines = [Decimal(text(line.price) or "0") * Decimal(text(line.qty) or "0") for line in node.items or ()]
        return f"{sum(lines, Decimal(0)):f}"
    except InvalidOperation:
        raise BadRecord("bad-amount", "the price or quantity of a line is no amount") from None


QUOTES = JsonFormat("Adobe Commerce negotiable quotes JSON", "adobe_commerce", "orders", _is_cart, _from_json)
