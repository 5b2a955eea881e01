"""Reads Admin GraphQL customers, from pages or from a bulk operation's JSONL.

A contact of a company, a tax id and a B2B tag show B2B; the company written in an address does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from unposted.connectors.fields import optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.shopify.shapes import (
    Address,
    Contact,
    email_of,
    name_of,
    number_of,
    person_keys,
    phone_of,
    tags_of,
)
from unposted.domain.records import Customer
from unposted.errors import BadRecord

__all__ = ["CUSTOMERS"]

_GID = "gid://shopify/Customer/"
_ONLY_CUSTOMERS = frozenset({"defaultEmailAddress", "numberOfOrders", "amountSpent", "verifiedEmail", "taxExemptions"})


class _Node(Contact, gc=False, rename="camel"):
    legacy_resource_id: Any = None
    parent_id: Any = msgspec.field(default=None, name="__parentId")
    created_at: str | None = None
    updated_at: str | None = None
    default_address: Address | None = None
    company_contact_profiles: Any = None


def _is_customer(item: dict[str, object]) -> bool:
    gid = item.get("id")
    if isinstance(gid, str) and gid.startswith("gid://"):
        return gid.startswith(_GID)
    return not _ONLY_CUSTOMERS.isdisjoint(item)


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Node, float_hook=str).decode
    return json_records(items, context, decode, _customer, _customer_id)


def _customer_id(node: _Node) -> str | None:
    return number_of(node.id, "Customer") or number_of(node.legacy_resource_id, "Customer")


def _customer(node: _Node, context: Context) -> Customer | None:
    customer_id = _customer_id(node)
    if customer_id is None:
        if node.parent_id is not None or node.id is not None:
            return None
        raise BadRecord("missing-field", "id is missing")
    keys = context.keys
    name = name_of(node) or name_of(node.default_address)
    shown, exact = keys.addresses(email_of(node) or "")
    tax_ids = [] if node.tax_settings is None else keys.tax_id(node.tax_settings.tax_id)
    b2b_tag = not context.b2b_tags.isdisjoint(tags_of(node.tags))
    found = [*exact, *keys.folded(exact), *tax_ids, *person_keys(keys, name, phone_of(node), node.default_address)]
    return Customer(
        customer_id,
        name,
        optional_instant(node.updated_at, "updatedAt", context.zone),
        shown,
        bool(tax_ids or node.company_contact_profiles) or b2b_tag,
        tuple(found),
    )


CUSTOMERS = JsonFormat("Shopify GraphQL customers", "shopify", "customers", _is_customer, _from_json, is_divisible=True)
