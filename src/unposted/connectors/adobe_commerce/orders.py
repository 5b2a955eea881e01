"""Reads orders of `/V1/orders`.

The state decides, for merchants edit statuses. An order that was edited is cancelled and a new one with
`relation_parent_id` stands for it; suffixes of the number tell nothing. `ext_customer_id` is the customer's id in the
system behind the store, where an integration writes it. Source: Admin REST schema 2.4.9.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from unposted.connectors.scalars import id_text, json_amount, needed_amount, needed_id, text
from unposted.domain.money import net_of_refund
from unposted.domain.records import Order
from unposted.domain.status import label_signal

__all__ = ["ORDERS"]


class _Extension(msgspec.Struct):
    shipping_assignments: list[Assignment] | None = None
    company_order_attributes: CompanyOf | list[object] | None = None


class _Order(msgspec.Struct):
    entity_id: object = None
    increment_id: object = None
    state: object = None
    status: object = None
    created_at: object = None
    updated_at: object = None
    order_currency_code: object = None
    grand_total: object = None
    tax_amount: object = None
    total_refunded: object = None
    tax_refunded: object = None
    customer_id: object = None
    customer_group_id: object = None
    customer_email: object = None
    customer_firstname: object = None
    customer_lastname: object = None
    customer_taxvat: object = None
    ext_customer_id: object = None
    relation_parent_id: object = None
    billing_address: Address | list[object] | None = None
    extension_attributes: _Extension | list[object] | None = None


_NO_EXTENSION = _Extension()


def _is_order(item: dict[str, object]) -> bool:
    """Tell an order from an invoice, shipment or credit memo, which all name the order that they are of."""
    return item.keys() >= {"entity_id", "increment_id"} and "order_id" not in item


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Order, float_hook=str).decode
    return json_records(items, context, decode, _order, lambda node: text(node.entity_id))


def _order(node: _Order, context: Context) -> Order:
    order_id = needed_id(node.entity_id, "entity_id")
    currency = currency_code(text(node.order_currency_code), "order_currency_code")
    total = needed_amount(node.grand_total, "grand_total", currency)
    refunded = json_amount(node.total_refunded, "total_refunded", currency)
    extension = node.extension_attributes if isinstance(node.extension_attributes, _Extension) else _NO_EXTENSION
    billing, shipping = present(node.billing_address), ship_to(extension.shipping_assignments)
    company_id, company_name = company_of(extension.company_order_attributes)
    buyer = name_of(node.customer_firstname, node.customer_lastname, billing, shipping)
    email = text(node.customer_email) or text(billing.email)
    keys = context.keys
    tax_ids = keys.tax_id(text(node.customer_taxvat), text(billing.vat_id), text(shipping.vat_id))
    group = (text(node.customer_group_id) or "").casefold()
    return Order(
        order_id=order_id,
        name=text(node.increment_id) or order_id,
        created_at=instant(text(node.created_at), "created_at", UTC_ZONE),
        signals=_signal(node),
        currency=currency,
        total=total,
        refunded=refunded,
        net=_net(node, total, refunded, currency),
        updated_at=optional_instant(text(node.updated_at), "updated_at", UTC_ZONE),
        customer_id=id_text(node.customer_id),
        company_id=company_id,
        company_name=company_name,
        buyer_name=buyer,
        email=keys.shown_email(email),
        country=shipping.country or billing.country,
        b2b=company_id is not None or bool(tax_ids) or group in context.b2b_groups,
        replaces=id_text(node.relation_parent_id),
        keys=(
            *keys.external_id(id_text(node.ext_customer_id)),
            *keys.email(email),
            *tax_ids,
            *keys.phone(text(billing.telephone), billing.country),
            *keys.name_address(company_name or buyer, text(billing.postcode), billing.first_street),
        ),
    )


def _signal(node: _Order) -> str:
    state = text(node.state)
    if state is not None:
        return f"state={state.casefold()}"
    status = text(node.status)
    return label_signal("adobe_commerce", status) if status else ""


def _net(node: _Order, total: int, refunded: int, currency: str) -> int:
    tax = json_amount(node.tax_amount, "tax_amount", currency)
    if node.tax_refunded is None:
        return net_of_refund(total, tax, refunded)
    return total - tax - (refunded - json_amount(node.tax_refunded, "tax_refunded", currency))


ORDERS = JsonFormat("Adobe Commerce orders JSON", "adobe_commerce", "orders", _is_order, _from_json)
