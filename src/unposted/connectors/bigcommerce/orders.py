"""Reads BigCommerce v2 orders.

Every amount is in `default_currency_code`, which is the currency that the shopper paid in; `currency_code` is only the
one shown. `billing_address.company` is free text and tells no company. `refunded_amount` is always 0: a live source
puts the refunds of v3 into the order as `refunds`. Source: Orders V2 and V3 references.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.bigcommerce.refunds import refunds_total
from unposted.connectors.fields import currency_code, instant, needed, optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import full_name
from unposted.connectors.scalars import id_text, json_amount, needed_amount, needed_id, text
from unposted.connectors.tax_fields import tax_ids_in
from unposted.domain.countries import country_code
from unposted.domain.money import net_of_refund
from unposted.domain.records import Order
from unposted.domain.status import label_signal

__all__ = ["ORDERS", "order_signals"]

_UTC = ZoneInfo("UTC")
_TEST_GATEWAY = "test payment gateway"
_OF_AN_ORDER = frozenset({"id", "status_id", "total_inc_tax", "date_created"})


class _Address(msgspec.Struct):
    first_name: object = None
    last_name: object = None
    street_1: object = None
    zip: object = None
    country: object = None
    country_iso2: object = None
    phone: object = None
    email: object = None
    form_fields: object = None


class _Order(msgspec.Struct):
    id: object = None
    customer_id: object = None
    date_created: object = None
    date_modified: object = None
    status_id: object = None
    total_inc_tax: object = None
    total_ex_tax: object = None
    total_tax: object = None
    refunded_amount: object = None
    payment_method: object = None
    payment_status: object = None
    currency_code: object = None
    default_currency_code: object = None
    billing_address: _Address | list[object] | None = None
    shipping_addresses: object = None
    consignments: object = None
    refunds: object = None


_NO_ADDRESS = _Address()


def _is_order(item: dict[str, object]) -> bool:
    return item.keys() >= _OF_AN_ORDER


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Order, float_hook=str).decode
    return json_records(items, context, decode, _order, lambda node: text(node.id))


def _order(node: _Order, context: Context) -> Order:
    order_id = needed_id(node.id, "id")
    currency = currency_code(text(node.default_currency_code) or text(node.currency_code), "default_currency_code")
    total = needed_amount(node.total_inc_tax, "total_inc_tax", currency)
    tax = _tax(node, total, currency)
    refunded, net = _refunded(node, total, tax, currency)
    billing = node.billing_address if isinstance(node.billing_address, _Address) else _NO_ADDRESS
    billing_country = country_code(text(billing.country_iso2)) or country_code(text(billing.country))
    name = full_name(text(billing.first_name), text(billing.last_name))
    email = text(billing.email)
    keys = context.keys
    tax_ids = keys.tax_id(*tax_ids_in(billing.form_fields))
    return Order(
        order_id=order_id,
        name=order_id,
        created_at=instant(text(node.date_created), "date_created", _UTC),
        signals=";".join(order_signals(node.status_id, node.payment_status, node.payment_method)),
        currency=currency,
        total=total,
        refunded=refunded,
        net=net,
        updated_at=optional_instant(text(node.date_modified), "date_modified", _UTC),
        customer_id=id_text(node.customer_id),
        buyer_name=name,
        email=keys.shown_email(email),
        country=_ship_to(node) or billing_country,
        b2b=bool(tax_ids),
        keys=(
            *keys.email(email),
            *tax_ids,
            *keys.phone(text(billing.phone), billing_country),
            *keys.name_address(name, text(billing.zip), text(billing.street_1)),
        ),
    )


def order_signals(status_id: object, payment_status: object, payment_method: object) -> Iterator[str]:
    """Tell an order's own states (see domain.status)."""
    yield label_signal("bigcommerce", needed(text(status_id), "status_id"))
    if (text(payment_status) or "").casefold() == "void":
        yield "payment_status=void"
    if (text(payment_method) or "").casefold() == _TEST_GATEWAY:
        yield f"payment_method={_TEST_GATEWAY}"


def _refunded(node: _Order, total: int, tax: int, currency: str) -> tuple[int, int]:
    """Tell what was given back, and the net of tax of what is left."""
    if isinstance(node.refunds, list) and node.refunds:
        back = refunds_total(node.refunds, currency)
        return back.amount, total - tax - (back.amount - back.tax)
    refunded = json_amount(node.refunded_amount, "refunded_amount", currency)
    return refunded, net_of_refund(total, tax, refunded)


def _tax(node: _Order, total: int, currency: str) -> int:
    if text(node.total_ex_tax) is None:
        return json_amount(node.total_tax, "total_tax", currency)
    return total - json_amount(node.total_ex_tax, "total_ex_tax", currency)


def _ship_to(node: _Order) -> str | None:
    """Tell the first country of the consignments, else of the shipping addresses, where the order holds them."""
    return next((found for found in map(_country, _places(node)) if found), None)


def _places(node: _Order) -> Iterator[object]:
    consignments = node.consignments if isinstance(node.consignments, list) else [node.consignments]
    parts = [part for part in consignments if isinstance(part, dict)]
    for kind in ("shipping", "pickups"):
        for part in parts:
            held = part.get(kind)
            yield from held if isinstance(held, list) else ()
    if isinstance(node.shipping_addresses, list):
        yield from node.shipping_addresses


def _country(place: object) -> str | None:
    if not isinstance(place, dict):
        return None
    inner = place.get("address") or place.get("location")
    fields = inner if isinstance(inner, dict) else place
    written = (text(fields.get(name)) for name in ("country_iso2", "country_alpha2", "country"))
    return next((code for code in map(country_code, written) if code), None)


ORDERS = JsonFormat("BigCommerce v2 orders JSON", "bigcommerce", "orders", _is_order, _from_json)
