"""Reads REST and webhook orders and draft orders.

`currency` is the shop's, and so is `total_price`. What was refunded is the sum of the successful refund transactions;
a body without `refunds`, or with refunds in the shopper's currency, shows it as total less current total.
Source: Admin REST reference, Order and DraftOrder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from unposted.connectors.fields import currency_code, instant, optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import truth
from unposted.connectors.scalars import id_text, json_amount, needed_amount, needed_id, text
from unposted.connectors.shopify.rest_shapes import (
    RestAddress,
    RestContact,
    rest_country,
    rest_name,
    rest_person_keys,
)
from unposted.connectors.shopify.shapes import order_signals, tags_of
from unposted.domain.money import net_of_refund
from unposted.domain.records import Key, Order

__all__ = ["REST_ORDERS"]

_OF_AN_ORDER = frozenset({"financial_status", "order_number", "invoice_sent_at", "invoice_url"})


class _Transaction(msgspec.Struct, gc=False):
    amount: Any = None
    currency: Any = None
    kind: Any = None
    status: Any = None


class _Refund(msgspec.Struct, gc=False):
    transactions: list[_Transaction] | None = None


class _Company(msgspec.Struct, gc=False):
    id: Any = None
    name: Any = None
    external_id: Any = None


class _Order(msgspec.Struct, gc=False):
    """An order, or a draft order: only a draft has `status` and no `financial_status`."""

    id: Any = None
    name: Any = None
    created_at: Any = None
    updated_at: Any = None
    cancelled_at: Any = None
    test: Any = None
    financial_status: Any = msgspec.UNSET
    status: Any = None
    currency: Any = None
    total_price: Any = None
    current_total_price: Any = None
    total_tax: Any = None
    refunds: list[_Refund] | None = None
    email: Any = None
    contact_email: Any = None
    phone: Any = None
    tags: Any = None
    customer: RestContact | None = None
    company: _Company | None = None
    shipping_address: RestAddress | None = None
    billing_address: RestAddress | None = None


def _is_order(item: dict[str, object]) -> bool:
    if "abandoned_checkout_url" in item or not isinstance(item.get("id"), int | str):
        return False
    return "total_price" in item and "created_at" in item and not _OF_AN_ORDER.isdisjoint(item)


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Order, float_hook=str).decode
    return json_records(items, context, decode, _order, lambda node: text(node.id))


def _order(node: _Order, context: Context) -> Order:
    number = needed_id(node.id, "id").rpartition("/")[2]
    draft = text(node.status) if node.financial_status is msgspec.UNSET else None
    order_id = f"draft-{number}" if draft else number
    currency = currency_code(text(node.currency), "currency")
    total = needed_amount(node.total_price, "total_price", currency)
    refunded = _refunded(node, total, currency)
    ship, bill = node.shipping_address, node.billing_address
    buyer = rest_name(node.customer) or rest_name(bill or ship)
    company_id = None if node.company is None else id_text(node.company.id)
    tags = tags_of(node.tags)
    b2b_tags = {*tags, *(tags_of(node.customer.tags) if node.customer is not None else ())}
    email = text(node.email) or text(node.contact_email) or (node.customer and text(node.customer.email))
    shown, found = context.keys.addresses(email or "")
    return Order(
        order_id=order_id,
        name=text(node.name) or order_id,
        created_at=instant(text(node.created_at), "created_at", context.zone),
        signals=_signals(node, draft),
        currency=currency,
        total=total,
        refunded=refunded,
        net=net_of_refund(total, json_amount(node.total_tax, "total_tax", currency), refunded),
        updated_at=optional_instant(text(node.updated_at), "updated_at", context.zone),
        customer_id=None if node.customer is None else id_text(node.customer.id),
        company_id=company_id,
        company_name=text(node.company.name) if company_id and node.company is not None else None,
        buyer_name=buyer,
        email=shown,
        country=rest_country(ship) or rest_country(bill),
        tags=tags,
        b2b=company_id is not None or not context.b2b_tags.isdisjoint(b2b_tags),
        keys=(*found, *_other_keys(node, company_id, buyer, context)),
    )


def _signals(node: _Order, draft: str | None) -> str:
    financial = None if node.financial_status is msgspec.UNSET else text(node.financial_status)
    is_test = truth(node.test) is True if isinstance(node.test, str | int) else False
    return order_signals(financial, draft, text(node.cancelled_at) is not None, is_test)


def _refunded(node: _Order, total: int, currency: str) -> int:
    transactions = [
        transaction
        for refund in node.refunds or ()
        for transaction in refund.transactions or ()
        if text(transaction.kind) in {None, "refund"} and text(transaction.status) in {None, "success"}
    ]
    if node.refunds is not None and all(text(one.currency) in {None, currency} for one in transactions):
        return sum(json_amount(one.amount, "refunds", currency) for one in transactions)
    if text(node.current_total_price) is None:
        return 0
    return max(0, total - json_amount(node.current_total_price, "current_total_price", currency))


def _other_keys(node: _Order, company_id: str | None, buyer: str | None, context: Context) -> list[Key]:
    keys = context.keys
    if company_id is not None and node.company is not None:
        return keys.external_id(text(node.company.external_id))
    phone = text(node.phone) or (text(node.customer.phone) if node.customer is not None else None)
    return rest_person_keys(keys, buyer, phone, node.billing_address or node.shipping_address)


REST_ORDERS = JsonFormat("Shopify REST orders", "shopify", "orders", _is_order, _from_json, is_divisible=True)
