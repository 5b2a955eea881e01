"""The pieces that Shopify's REST and webhook bodies share: snake case, numeric ids, tags in one comma-joined text."""

from __future__ import annotations

from typing import Any

import msgspec

from unposted.connectors.keys import KeyMaker
from unposted.connectors.masters import full_name
from unposted.connectors.scalars import text
from unposted.domain.countries import country_code
from unposted.domain.records import Key

__all__ = ["RestAddress", "RestContact", "rest_country", "rest_name", "rest_person_keys"]


class RestAddress(msgspec.Struct, gc=False):
    """An address of an order or a customer."""

    name: Any = None
    first_name: Any = None
    last_name: Any = None
    address1: Any = None
    zip: Any = None
    country: Any = None
    country_code: Any = None
    phone: Any = None


class RestContact(msgspec.Struct, gc=False):
    """A customer, on its own or in an order."""

    id: Any = None
    email: Any = None
    first_name: Any = None
    last_name: Any = None
    phone: Any = None
    tags: Any = None
    updated_at: Any = None
    default_address: RestAddress | None = None


def rest_name(node: RestContact | RestAddress | None) -> str | None:
    """Return the full name of a customer or of an address."""
    if node is None:
        return None
    whole = text(node.name) if isinstance(node, RestAddress) else None
    return whole or full_name(text(node.first_name), text(node.last_name))


def rest_country(address: RestAddress | None) -> str | None:
    """Return an address's country as an ISO alpha-2 code."""
    return None if address is None else country_code(text(address.country_code) or text(address.country))


def rest_person_keys(keys: KeyMaker, name: str | None, phone: str | None, address: RestAddress | None) -> list[Key]:
    """Make the phone and the name-and-address key; the phone's country is the address's."""
    if address is None:
        return keys.phone(phone)
    found = keys.name_address(name, text(address.zip), text(address.address1))
    return found + keys.phone(phone or text(address.phone), rest_country(address))
