"""Reads customers of `/V1/customers/search`.

`company_attributes.company_id` 0 is no company. A custom attribute's value may be a text, a list or null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from unposted.connectors.adobe_commerce.shapes import UTC_ZONE, Address, CompanyOf, company_of, name_of
from unposted.connectors.fields import optional_instant
from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import Address as MasterAddress
from unposted.connectors.masters import identity_keys
from unposted.connectors.scalars import needed_id, text
from unposted.connectors.tax_fields import tax_ids_in
from unposted.domain.records import Customer

__all__ = ["CUSTOMERS"]


class _Extension(msgspec.Struct):
    company_attributes: CompanyOf | list[object] | None = None


class _Customer(msgspec.Struct):
    id: object = None
    group_id: object = None
    updated_at: object = None
    email: object = None
    firstname: object = None
    lastname: object = None
    taxvat: object = None
    addresses: list[Address] | None = None
    extension_attributes: _Extension | list[object] | None = None
    custom_attributes: object = None


def _is_customer(item: dict[str, object]) -> bool:
    return item.keys() >= {"email", "firstname", "lastname"} and ("group_id" in item or "website_id" in item)


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Customer, float_hook=str).decode
    return json_records(items, context, decode, _customer, lambda node: text(node.id))


def _customer(node: _Customer, context: Context) -> Customer:
    customer_id = needed_id(node.id, "id")
    addresses = node.addresses or []
    extension = node.extension_attributes if isinstance(node.extension_attributes, _Extension) else _Extension()
    company_id, _ = company_of(extension.company_attributes)
    name = name_of(node.firstname, node.lastname, *addresses)
    email = text(node.email)
    keys = context.keys
    vat_ids = [text(address.vat_id) for address in addresses]
    tax_ids = keys.tax_id(text(node.taxvat), *vat_ids, *tax_ids_in(node.custom_attributes))
    phones = [text(address.telephone) for address in addresses]
    places = [MasterAddress(address.first_street, text(address.postcode), address.country) for address in addresses]
    group = (text(node.group_id) or "").casefold()
    return Customer(
        customer_id=customer_id,
        name=name,
        updated_at=optional_instant(text(node.updated_at), "updated_at", UTC_ZONE),
        email=keys.shown_email(email),
        b2b=company_id is not None or bool(tax_ids) or group in context.b2b_groups,
        keys=(*tax_ids, *identity_keys(keys, name, (email,), None, None, phones, places)),
    )


CUSTOMERS = JsonFormat("Adobe Commerce customers JSON", "adobe_commerce", "customers", _is_customer, _from_json)
