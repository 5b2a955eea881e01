"""The pieces that Shopify's GraphQL nodes share, and what is read out of them.

Fields that shops and tools write now as text, now as a number are `Any`; decode with `float_hook=str`, so that no
amount goes through a float. Names: Admin GraphQL API 2026-10.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import msgspec

from unposted.connectors.fields import currency_code, money, tag_list
from unposted.connectors.keys import KeyMaker
from unposted.connectors.remembered import Remembered
from unposted.connectors.scalars import text
from unposted.domain.countries import country_code
from unposted.domain.records import Key
from unposted.domain.status import label_signal
from unposted.errors import BadRecord

__all__ = [
    "Address",
    "Bag",
    "Contact",
    "Email",
    "Location",
    "Phone",
    "TaxSettings",
    "amount",
    "amount_or_zero",
    "country_of",
    "email_of",
    "location_tax_ids",
    "name_of",
    "number_of",
    "order_signals",
    "person_keys",
    "phone_of",
    "place_of",
    "tags_of",
]


_ZERO = frozenset({None, "", "0", "0.0", "0.00"})
_CURRENCIES = Remembered(partial(currency_code, field="currencyCode"))


def _folded_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag.strip().casefold() for tag in tags if tag.strip()))


_TAGS = Remembered(_folded_tags)


class Money(msgspec.Struct, gc=False, rename="camel"):
    """MoneyV2."""

    amount: Any = None
    currency_code: Any = None


class Bag(msgspec.Struct, gc=False, rename="camel"):
    """MoneyBag: the amount in the shop's currency; the shopper's only stands in where a query left the shop's out."""

    shop_money: Money | None = None
    presentment_money: Money | None = None


class Email(msgspec.Struct, gc=False, rename="camel"):
    """CustomerEmailAddress."""

    email_address: str | None = None


class Phone(msgspec.Struct, gc=False, rename="camel"):
    """CustomerPhoneNumber."""

    phone_number: str | None = None


class TaxSettings(msgspec.Struct, gc=False, rename="camel"):
    """The tax id of a customer (2026-07 and later) or of a company's location."""

    tax_id: str | None = None
    tax_registration_id: str | None = None


class Address(msgspec.Struct, gc=False, rename="camel"):
    """MailingAddress and CompanyAddress, which differ in the name of the country's code."""

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    address1: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    country_code_v2: str | None = msgspec.field(default=None, name="countryCodeV2")
    phone: str | None = None


class Location(msgspec.Struct, gc=False, rename="camel"):
    """CompanyLocation; `tax_registration_id` is its deprecated field."""

    phone: str | None = None
    tax_settings: TaxSettings | None = None
    tax_registration_id: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None


class Contact(msgspec.Struct, gc=False, rename="camel"):
    """A Customer inside another node; `email` and `phone` are its deprecated fields."""

    id: Any = None
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    default_email_address: Email | None = None
    default_phone_number: Phone | None = None
    tags: Any = None
    tax_settings: TaxSettings | None = None


def number_of(gid: Any, kind: str) -> str | None:
    """Return the number in a global id (`gid://shopify/Order/123`) of this kind, or a bare id; None for other kinds."""
    if type(gid) is str and gid.startswith(f"gid://shopify/{kind}/") and gid[15 + len(kind) :].isdecimal():
        return gid[15 + len(kind) :]
    found = text(gid)
    if found is None or not found.startswith("gid://"):
        return found
    head, _, number = found.partition("?")[0].rpartition("/")
    return number if head.rpartition("/")[2] == kind else None


def amount(bag: Bag | None, field: str) -> tuple[int, str]:
    """Read an amount that must be there into minor units, with its currency."""
    shop = None if bag is None else bag.shop_money or bag.presentment_money
    if shop is None or shop.amount is None or shop.amount == "":
        raise BadRecord("missing-field", f"{field} is missing")
    code = _CURRENCIES[shop.currency_code]
    return money(shop.amount, field, code), code


def amount_or_zero(bag: Bag | None, field: str, currency: str) -> int:
    """Read an amount that may be missing, which is zero; it must be in the currency of the total."""
    shop = None if bag is None else bag.shop_money or bag.presentment_money
    if shop is None or shop.amount in _ZERO:
        return 0
    if shop.currency_code not in {None, currency} and _CURRENCIES[shop.currency_code] != currency:
        raise BadRecord("mixed-currency", f"{field} is in another currency than the total")
    return money(shop.amount, field, currency)


def email_of(contact: Contact | None) -> str | None:
    """Return a customer's e-mail address as written."""
    if contact is None:
        return None
    current = contact.default_email_address
    return contact.email if current is None else current.email_address or contact.email


def phone_of(contact: Contact | None) -> str | None:
    """Return a customer's phone number as written."""
    if contact is None:
        return None
    current = contact.default_phone_number
    return contact.phone if current is None else current.phone_number or contact.phone


def name_of(node: Contact | Address | None) -> str | None:
    """Return the full name of a customer or of an address."""
    if node is None:
        return None
    whole = node.name if isinstance(node, Address) else node.display_name
    whole = whole or f"{node.first_name or ''} {node.last_name or ''}"
    return whole.strip() or None


def country_of(address: Address | None) -> str | None:
    """Return an address's country as an ISO alpha-2 code."""
    if address is None:
        return None
    return country_code(address.country_code_v2 or address.country_code or address.country)


def tags_of(tags: Any) -> tuple[str, ...]:
    """Return tags, a list or comma-joined text, trimmed and casefolded."""
    if not tags:
        return ()
    if isinstance(tags, str):
        return tag_list(tags)
    if not isinstance(tags, list):
        return ()
    return _TAGS[tuple(tag for tag in tags if type(tag) is str)]


def place_of(address: Address | None) -> tuple[str, str] | None:
    """Return an address's postcode and street, for the key of name and address."""
    if address is None or not address.zip or not address.address1:
        return None
    return address.zip, address.address1


def person_keys(keys: KeyMaker, name: str | None, phone: str | None, address: Address | None) -> list[Key]:
    """Make the phone and the name-and-address key; the phone's country is the address's."""
    if address is None:
        return keys.phone(phone)
    found = keys.name_address(name, address.zip, address.address1)
    phone = phone or address.phone
    if phone:
        found += keys.phone(phone, None if phone[0] == "+" else country_of(address))
    return found


def location_tax_ids(keys: KeyMaker, location: Location) -> list[Key]:
    """Make the tax id keys of a company's location."""
    settings = location.tax_settings
    return keys.tax_id(location.tax_registration_id, None if settings is None else settings.tax_registration_id)


@lru_cache(maxsize=256)
def order_signals(financial: str | None, draft: str | None, cancelled: bool, test: bool) -> str:
    """Write an order's signals as the status table has them: upper-case, with underscores."""
    found = []
    if financial and financial.strip():
        found.append(label_signal("shopify", financial))
    if draft and draft.strip():
        found.append(f"draft_status={draft.strip().upper()}")
    return ";".join([*found, *(["cancelled"] if cancelled else []), *(["test"] if test else [])])
