"""Reads REST and webhook customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from unposted.connectors.fields import optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.scalars import needed_id, text
from unposted.connectors.shopify.rest_shapes import RestContact, rest_name, rest_person_keys
from unposted.connectors.shopify.shapes import tags_of
from unposted.domain.records import Customer

__all__ = ["REST_CUSTOMERS"]

_OF_A_CUSTOMER = frozenset({
    "orders_count", "verified_email", "accepts_marketing", "email_marketing_consent", "tax_exempt", "total_spent",
})  # fmt: skip
_COMMON = frozenset({
    "id", "email", "first_name", "last_name", "phone", "tags", "note", "state", "created_at", "updated_at", "currency",
    "addresses", "default_address", "last_order_id", "last_order_name", "admin_graphql_api_id",
})  # fmt: skip


def _is_customer(item: dict[str, object]) -> bool:
    """Tell a customer by a field that only Shopify's have, or, cut down to some fields, by having no others."""
    if "id" not in item or "email" not in item or "total_price" in item:
        return False
    return not _OF_A_CUSTOMER.isdisjoint(item) or item.keys() <= _COMMON


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(RestContact, float_hook=str).decode
    return json_records(items, context, decode, _customer, lambda node: text(node.id))


def _customer(node: RestContact, context: Context) -> Customer:
    keys = context.keys
    name = rest_name(node) or rest_name(node.default_address)
    shown, exact = keys.addresses(text(node.email) or "")
    return Customer(
        needed_id(node.id, "id").rpartition("/")[2],
        name,
        optional_instant(text(node.updated_at), "updated_at", context.zone),
        shown,
        not context.b2b_tags.isdisjoint(tags_of(node.tags)),
        (*exact, *keys.folded(exact), *rest_person_keys(keys, name, text(node.phone), node.default_address)),
    )


REST_CUSTOMERS = JsonFormat(
    "Shopify REST customers", "shopify", "customers", _is_customer, _from_json, is_divisible=True
)
