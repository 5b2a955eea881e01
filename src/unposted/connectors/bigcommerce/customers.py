"""Reads BigCommerce customers, v3 (with or without addresses and form fields) and v2.

The account's `company` is free text and tells no company; a customer group that the workspace names, or a tax id, does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.fields import optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import Address, full_name, identity_keys
from unposted.connectors.scalars import id_text, needed_id, text
from unposted.connectors.tax_fields import tax_ids_in
from unposted.domain.countries import country_code
from unposted.domain.records import Customer

__all__ = ["CUSTOMERS"]

_UTC = ZoneInfo("UTC")
_OF_A_CUSTOMER = frozenset({"customer_group_id", "email", "first_name", "last_name"})


class _Customer(msgspec.Struct):
    id: object = None
    email: object = None
    first_name: object = None
    last_name: object = None
    company: object = None
    phone: object = None
    customer_group_id: object = None
    date_modified: object = None
    addresses: object = None
    attributes: object = None
    form_fields: object = None


def _is_customer(item: dict[str, object]) -> bool:
    return item.keys() >= _OF_A_CUSTOMER and "status_id" not in item


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Customer, float_hook=str).decode
    return json_records(items, context, decode, _customer, lambda node: text(node.id))


def _customer(node: _Customer, context: Context) -> Customer:
    customer_id = needed_id(node.id, "id")
    name = full_name(text(node.first_name), text(node.last_name)) or text(node.company)
    email = text(node.email)
    first = _first_address(node.addresses)
    tax_ids = context.keys.tax_id(*tax_ids_in(node.form_fields), *tax_ids_in(node.attributes))
    group = id_text(node.customer_group_id)
    address = Address(
        text(first.get("address1")) or text(first.get("street_1")),
        text(first.get("postal_code")) or text(first.get("zip")),
        country_code(text(first.get("country_code")) or text(first.get("country_iso2")) or text(first.get("country"))),
    )
    phones = (text(node.phone), text(first.get("phone")))
    return Customer(
        customer_id=customer_id,
        name=name,
        updated_at=optional_instant(text(node.date_modified), "date_modified", _UTC),
        email=context.keys.shown_email(email),
        b2b=bool(tax_ids) or (group or "").casefold() in context.b2b_groups,
        keys=(*tax_ids, *identity_keys(context.keys, name, (email,), None, None, phones, (address,))),
    )


def _first_address(addresses: object) -> dict[str, object]:
    first = addresses[0] if isinstance(addresses, list) and addresses else None
    return first if isinstance(first, dict) else {}


CUSTOMERS = JsonFormat("BigCommerce customers JSON", "bigcommerce", "customers", _is_customer, _from_json)
