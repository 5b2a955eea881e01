"""The typed records that every connector makes out of a platform's payloads.

They are named tuples: immutable, typed, and the cheapest to build by the million.
Money is in integer minor units of the record's currency; instants are aware and UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

__all__ = [
    "Company",
    "CompanyLink",
    "Customer",
    "Key",
    "KeyKind",
    "Master",
    "Order",
    "Record",
    "Staged",
]

KeyKind: TypeAlias = Literal["external_id", "tax_id", "email", "phone", "name_address", "email_folded"]


class Key(NamedTuple):
    """One normalised, usable identity value; placeholders never become keys."""

    kind: KeyKind
    value: str


class Order(NamedTuple):
    """One commerce order, in its newest version.

    `signals` are the platform's own states, `name=value` or a bare word, joined by `;` (see domain.status).
    `total`, `refunded` and `net` are minor units of `currency`; `net` is without tax, less refunds without tax.
    `country` is the ship-to country (ISO 3166 alpha-2, upper-case), else the billing country.
    `keys` are the identity values that the order shows: the company's when `company_id` is set, else the person's.
    `replaces` is the id of the order that this one was edited out of.
    """

    order_id: str
    name: str
    created_at: datetime
    signals: str
    currency: str
    total: int
    refunded: int
    net: int
    updated_at: datetime | None = None
    customer_id: str | None = None
    company_id: str | None = None
    company_name: str | None = None
    buyer_name: str | None = None
    email: str | None = None
    country: str | None = None
    tags: tuple[str, ...] = ()
    b2b: bool = False
    replaces: str | None = None
    keys: tuple[Key, ...] = ()


class Customer(NamedTuple):
    """One customer account of a storefront. `b2b` tells a company, tax id, B2B group or tag on the account."""

    customer_id: str
    name: str | None = None
    updated_at: datetime | None = None
    email: str | None = None
    b2b: bool = False
    keys: tuple[Key, ...] = ()


class Company(NamedTuple):
    """One company of a storefront's B2B module. `keys` are its own and its main contact's."""

    company_id: str
    name: str | None = None
    updated_at: datetime | None = None
    email: str | None = None
    keys: tuple[Key, ...] = ()


class CompanyLink(NamedTuple):
    """Tells that orders found `by` order id, customer id or e-mail key `value` are bought for a company.

    Only for platforms whose orders do not say so themselves (BigCommerce B2B Edition).
    """

    company_id: str
    by: Literal["order", "customer", "email"]
    value: str


class Master(NamedTuple):
    """One record of a Dynamics 365 customer master. `entity` is the company code, upper-case.

    `blocked` is empty, or says in the system's words why the record cannot bill; a blocked record is a record.
    """

    entity: str
    account: str
    name: str | None = None
    is_company: bool = True
    blocked: str = ""
    one_time: bool = False
    updated_at: datetime | None = None
    keys: tuple[Key, ...] = ()


class Staged(NamedTuple):
    """One Dataverse account or contact: a customer that may never have been promoted to the master.

    `account_number` and `company_code` are the dual-write columns, None when they are blank or not exported.
    """

    table: Literal["account", "contact"]
    record_id: str
    name: str | None = None
    account_number: str | None = None
    company_code: str | None = None
    customer_type: int | None = None
    sellable: bool | None = None
    active: bool = True
    created_at: datetime | None = None
    updated_at: datetime | None = None
    keys: tuple[Key, ...] = ()


Record: TypeAlias = Order | Customer | Company | CompanyLink | Master | Staged
