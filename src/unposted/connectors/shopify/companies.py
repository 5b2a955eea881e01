"""Reads Admin GraphQL companies, from pages or from a bulk operation's JSONL.

The tax id lives on a company's locations. In a bulk file these are lines of their own, before or after their
company's, so companies are handed on at the end of the file, in its order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from unposted.connectors.fields import optional_instant
from unposted.connectors.formats import Bad, Context, Item, JsonFormat, RawItem
from unposted.connectors.items import bad_json_item
from unposted.connectors.shopify.shapes import (
    Contact,
    Location,
    email_of,
    location_tax_ids,
    number_of,
    person_keys,
    phone_of,
)
from unposted.domain.records import Company, Key
from unposted.errors import BadRecord

__all__ = ["COMPANIES"]

_GID = "gid://shopify/Company/"


class _Edge(msgspec.Struct, gc=False, rename="camel"):
    node: Location | None = None


class _Locations(msgspec.Struct, gc=False, rename="camel"):
    nodes: list[Location | None] | None = None
    edges: list[_Edge] | None = None


class _MainContact(msgspec.Struct, gc=False, rename="camel"):
    customer: Contact | None = None


class _Node(Location, gc=False, rename="camel"):
    """A company; or, in a bulk file, one of its children."""

    id: Any = None
    parent_id: Any = msgspec.field(default=None, name="__parentId")
    name: str | None = None
    external_id: str | None = None
    updated_at: str | None = None
    main_contact: _MainContact | None = None
    locations: _Locations | None = None


def _is_company(item: dict[str, object]) -> bool:
    gid = item.get("id")
    return isinstance(gid, str) and gid.startswith(_GID)


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = msgspec.json.Decoder(_Node, float_hook=str).decode
    companies: list[tuple[int, _Node]] = []
    apart: dict[str, list[Location]] = defaultdict(list)
    for line, body in items:
        try:
            node = decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield bad_json_item(line, error)
            continue
        if _is_company({"id": node.id}):
            companies.append((line, node))
        elif node.parent_id is not None:
            apart[str(node.parent_id)].append(node)
        elif node.id is None:
            yield Bad(line, None, "missing-field", "id is missing")
    for line, node in companies:
        company_id = number_of(node.id, "Company")
        try:
            yield _company(company_id or "", node, [*_inline(node), *apart.get(node.id, ())], context)
        except BadRecord as error:
            yield Bad(line, company_id, error.code, error.reason)


def _inline(node: _Node) -> Iterator[Location]:
    if node.locations is not None:
        yield from (location for location in node.locations.nodes or () if location is not None)
        yield from (edge.node for edge in node.locations.edges or () if edge.node is not None)


def _company(company_id: str, node: _Node, locations: Iterable[Location], context: Context) -> Company:
    keys = context.keys
    contact = None if node.main_contact is None else node.main_contact.customer
    shown, exact = keys.addresses(email_of(contact) or "")
    found: list[Key] = [*keys.external_id(node.external_id), *exact, *keys.folded(exact)]
    found += keys.phone(phone_of(contact))
    for location in locations:
        found += location_tax_ids(keys, location)
        for address in (location.billing_address, location.shipping_address):
            found += person_keys(keys, node.name, location.phone, address)
    return Company(
        company_id,
        node.name,
        optional_instant(node.updated_at, "updatedAt", context.zone),
        shown,
        tuple(dict.fromkeys(found)),
    )


COMPANIES = JsonFormat("Shopify GraphQL companies", "shopify", "companies", _is_company, _from_json)
