"""Reads Admin GraphQL orders and draft orders, from pages or from a bulk operation's JSONL.

Amounts are the shop's (`shopMoney`). The total is `totalPriceSet`, not the current one: refunds are subtracted from it.
A draft order is an order of its own, `draft-` and its number, because both kinds count their ids from the start.
In a bulk file a line item and other children stand on lines of their own, which are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from unposted.connectors.fields import instant, optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.shopify.shapes import (
    Address,
    Bag,
    Contact,
    Location,
    amount,
    amount_or_zero,
    country_of,
    email_of,
    location_tax_ids,
    name_of,
    number_of,
    order_signals,
    person_keys,
    phone_of,
    place_of,
    tags_of,
)
from unposted.domain.money import net_of_refund
from unposted.domain.records import Key, Order
from unposted.errors import BadRecord

__all__ = ["ORDERS"]

_ORDER = "gid://shopify/Order/"
_CUSTOMER = "gid://shopify/Customer/"
_DRAFT = "gid://shopify/DraftOrder/"


class _Firm(msgspec.Struct, gc=False, rename="camel"):
    id: Any = None
    name: str | None = None
    external_id: str | None = None


class _ContactOf(msgspec.Struct, gc=False, rename="camel"):
    customer: Contact | None = None


class _Purchaser(msgspec.Struct, gc=False, rename="camel"):
    """PurchasingCompany, or the Customer (then only its id is of use)."""

    id: Any = None
    company: _Firm | None = None
    location: Location | None = None
    contact: _ContactOf | None = None


class _Order(msgspec.Struct, gc=False, rename="camel"):
    """Order and DraftOrder; only a draft has `status`."""

    id: Any = None
    legacy_resource_id: Any = None
    parent_id: Any = msgspec.field(default=None, name="__parentId")
    name: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    cancelled_at: str | None = None
    test: bool | None = None
    display_financial_status: str | None = None
    status: str | None = None
    total_price_set: Bag | None = None
    total_tax_set: Bag | None = None
    total_refunded_set: Bag | None = None
    email: str | None = None
    phone: str | None = None
    tags: Any = None
    customer: Contact | None = None
    purchasing_entity: _Purchaser | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None


_NO_ADDRESS = Address()


def _is_order(item: dict[str, object]) -> bool:
    gid = item.get("id")
    if isinstance(gid, str) and gid.startswith("gid://"):
        return gid.startswith((_ORDER, _DRAFT)) and ("createdAt" in item or "totalPriceSet" in item)
    return "totalPriceSet" in item and "createdAt" in item


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Order, float_hook=str).decode
    return json_records(items, context, decode, _order, _order_id)


def _order_id(node: _Order) -> str | None:
    """Return the order's number; None for a node of another kind."""
    gid = node.id
    if type(gid) is str and gid.startswith(_ORDER) and gid[20:].isdecimal():
        return gid[20:]
    draft = number_of(gid, "DraftOrder") if type(gid) is str and gid.startswith(_DRAFT) else None
    return f"draft-{draft}" if draft else number_of(gid, "Order") or number_of(node.legacy_resource_id, "Order")


def _order(node: _Order, context: Context) -> Order | None:
    order_id = _order_id(node)
    if order_id is None:
        if node.parent_id is not None or (node.id is not None and node.created_at is None):
            return None
        raise BadRecord("missing-field", "id is missing")
    total, currency = amount(node.total_price_set, "totalPriceSet")
    tax = amount_or_zero(node.total_tax_set, "totalTaxSet", currency)
    refunded = amount_or_zero(node.total_refunded_set, "totalRefundedSet", currency)
    created = instant(node.created_at, "createdAt", context.zone)
    changed: datetime | None = created
    if node.updated_at != node.created_at:
        changed = optional_instant(node.updated_at, "updatedAt", context.zone)
    customer = node.customer
    ship, bill = node.shipping_address, node.billing_address
    firm = None if node.purchasing_entity is None else node.purchasing_entity.company
    buyer = name_of(customer) or name_of(bill or ship)
    tags = tags_of(node.tags) if node.tags else ()
    email = node.email or _other_email(node)
    if firm is None:
        company_id = company_name = None
        phone = node.phone or phone_of(customer) or (bill or ship or _NO_ADDRESS).phone
        country = country_of(bill or ship) if phone and phone[0] != "+" else None
        shown, keys = context.keys.order_keys(email, phone, country, buyer, place_of(bill or ship))
        if customer is not None and customer.tax_settings is not None:
            keys += context.keys.tax_id(customer.tax_settings.tax_id)
        b2b = customer is not None and _is_b2b(customer, context)
    else:
        company_id, company_name, b2b = number_of(firm.id, "Company"), firm.name, True
        shown, keys = context.keys.order_keys(email, None, None, None, None)
        keys += _company_keys(node, firm, context)
    return Order(
        order_id,
        node.name or order_id,
        created,
        order_signals(node.display_financial_status, node.status, node.cancelled_at is not None, node.test is True),
        currency,
        total,
        refunded,
        net_of_refund(total, tax, refunded) if refunded else total - tax,
        changed,
        _customer_id(node),
        company_id,
        company_name,
        buyer,
        shown,
        country_of(ship) or country_of(bill),
        tags,
        b2b or (tags != () and not context.b2b_tags.isdisjoint(tags)),
        None,
        tuple(keys),
    )


def _other_email(node: _Order) -> str | None:
    """Read the e-mail of the order's customer, else that of the company's contact."""
    written = email_of(node.customer)
    if not written and node.purchasing_entity is not None and node.purchasing_entity.contact is not None:
        written = email_of(node.purchasing_entity.contact.customer)
    return written


def _company_keys(node: _Order, firm: _Firm, context: Context) -> list[Key]:
    found = context.keys.external_id(firm.external_id)
    location = None if node.purchasing_entity is None else node.purchasing_entity.location
    if location is not None:
        found += location_tax_ids(context.keys, location)
        if location.billing_address is not None:
            found += person_keys(context.keys, firm.name, None, location.billing_address)
    return found


def _customer_id(node: _Order) -> str | None:
    if node.customer is not None:
        gid = node.customer.id
        return gid[23:] if type(gid) is str and gid[:23] == _CUSTOMER else number_of(gid, "Customer")
    purchaser = node.purchasing_entity
    if purchaser is None:
        return None
    if purchaser.contact is not None and purchaser.contact.customer is not None:
        return number_of(purchaser.contact.customer.id, "Customer")
    return number_of(purchaser.id, "Customer")


def _is_b2b(customer: Contact, context: Context) -> bool:
    """Tell whether an order's customer shows a tax id or a B2B tag."""
    if customer.tax_settings is not None and customer.tax_settings.tax_id:
        return True
    return bool(customer.tags) and not context.b2b_tags.isdisjoint(tags_of(customer.tags))


ORDERS = JsonFormat("Shopify GraphQL orders", "shopify", "orders", _is_order, _from_json, is_divisible=True)
