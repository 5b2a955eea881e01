"""Reads companies of `/V1/company`. `reseller_id` is a sales tax permit, not a tax id of the company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from unposted.connectors.formats import Context, Item, JsonFormat, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import Address, identity_keys
from unposted.connectors.scalars import needed_id, text
from unposted.domain.countries import country_code
from unposted.domain.records import Company

__all__ = ["COMPANIES"]


class _Company(msgspec.Struct):
    id: object = None
    company_name: object = None
    legal_name: object = None
    company_email: object = None
    vat_tax_id: object = None
    street: object = None
    postcode: object = None
    country_id: object = None
    telephone: object = None


def _is_company(item: dict[str, object]) -> bool:
    return item.keys() >= {"id", "company_name", "company_email"}


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Company, float_hook=str).decode
    return json_records(items, context, decode, _company, lambda node: text(node.id))


def _company(node: _Company, context: Context) -> Company:
    name, email = text(node.company_name) or text(node.legal_name), text(node.company_email)
    lines = node.street if isinstance(node.street, list) else [node.street]
    address = Address(text(lines[0]) if lines else None, text(node.postcode), country_code(text(node.country_id)))
    phones = (text(node.telephone),)
    return Company(
        company_id=needed_id(node.id, "id"),
        name=name,
        email=context.keys.shown_email(email),
        keys=identity_keys(context.keys, name, (email,), text(node.vat_tax_id), None, phones, (address,)),
    )


COMPANIES = JsonFormat("Adobe Commerce companies JSON", "adobe_commerce", "companies", _is_company, _from_json)
