"""Reads BigCommerce B2B Edition: its companies, and which orders, accounts and addresses buy for them.

A v2 order does not say for which company it was bought; B2B Edition says it by the order's id, by the buyer's account
and by e-mail address. Source: B2B Edition server-to-server API v3; its times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from unposted.connectors.formats import Bad, Context, Item, JsonFormat, RawItem
from unposted.connectors.items import bad_json_item
from unposted.connectors.masters import Address, identity_keys
from unposted.connectors.scalars import id_text, needed_id, text
from unposted.connectors.tax_fields import tax_ids_in
from unposted.domain.countries import country_code
from unposted.domain.records import Company, CompanyLink, Record
from unposted.errors import BadRecord

__all__ = ["COMPANIES", "COMPANY_ORDERS", "COMPANY_USERS"]


class _Company(msgspec.Struct, rename="camel"):
    company_id: object = None
    company_name: object = None
    company_email: object = None
    company_phone: object = None
    address_line1: object = None
    zip_code: object = None
    country: object = None
    extra_fields: object = None
    uuid: object = None
    updated_at: object = None


class _User(msgspec.Struct, rename="camel"):
    id: object = None
    company_id: object = None
    customer_id: object = None
    bc_id: object = None
    email: object = None


class _Order(msgspec.Struct, rename="camel"):
    bc_order_id: object = None
    company_id: object = None


def _is_order(item: dict[str, object]) -> bool:
    return "bcOrderId" in item


def _is_user(item: dict[str, object]) -> bool:
    return item.keys() >= {"companyId", "email"} and ("role" in item or "companyRoleId" in item) and not _is_order(item)


def _is_company(item: dict[str, object]) -> bool:
    return item.keys() >= {"companyId", "companyName", "companyEmail"} and not _is_order(item)


def _company(node: _Company, context: Context) -> Iterator[Record]:
    company_id = needed_id(node.company_id, "companyId")
    name, email = text(node.company_name), text(node.company_email)
    address = Address(text(node.address_line1), text(node.zip_code), country_code(text(node.country)))
    keys = context.keys
    yield Company(
        company_id=company_id,
        name=name,
        updated_at=_unix_time(node.updated_at, "updatedAt"),
        email=keys.shown_email(email),
        keys=(
            *keys.tax_id(*tax_ids_in(node.extra_fields)),
            *identity_keys(keys, name, (email,), None, text(node.uuid), (text(node.company_phone),), (address,)),
        ),
    )
    yield from _email_links(company_id, email, context)


def _user(node: _User, context: Context) -> Iterator[Record]:
    company_id = needed_id(node.company_id, "companyId")
    customer_id = id_text(node.customer_id) or id_text(node.bc_id)
    if customer_id is not None:
        yield CompanyLink(company_id, "customer", customer_id)
    yield from _email_links(company_id, text(node.email), context)


def _order(node: _Order, context: Context) -> Iterator[Record]:  # noqa: ARG001 - one shape for all three
    company_id = id_text(node.company_id)
    if company_id is not None:
        yield CompanyLink(company_id, "order", needed_id(node.bc_order_id, "bcOrderId"))


def _email_links(company_id: str, email: str | None, context: Context) -> Iterator[CompanyLink]:
    for key in context.keys.email(email):
        yield CompanyLink(company_id, "email", key.value)


def _unix_time(value: object, field: str) -> datetime | None:
    seconds = text(value)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRecord("bad-date", f"{field} is no Unix time") from None


def _decoder(
    shape: type[Any], make: Callable[[Any, Context], Iterator[Record]], id_name: str
) -> Callable[[Iterable[RawItem], Context], Iterator[Item]]:
    def decode(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
        decoded = msgspec.json.Decoder(shape, float_hook=str).decode
        for line, body in items:
            try:
                node = decoded(body)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                yield bad_json_item(line, error)
                continue
            try:
                yield from list(make(node, context))
            except BadRecord as error:
                yield Bad(line, text(getattr(node, id_name)), error.code, error.reason)

    return decode


COMPANIES = JsonFormat(
    "BigCommerce B2B Edition companies JSON",
    "bigcommerce",
    "companies",
    _is_company,
    _decoder(_Company, _company, "company_id"),
)
COMPANY_USERS = JsonFormat(
    "BigCommerce B2B Edition users JSON", "bigcommerce", "companies", _is_user, _decoder(_User, _user, "id")
)
COMPANY_ORDERS = JsonFormat(
    "BigCommerce B2B Edition orders JSON",
    "bigcommerce",
    "companies",
    _is_order,
    _decoder(_Order, _order, "bc_order_id"),
)
