"""The typed records that every connector makes out of a platform's payloads.

They are named tuples: immutable, typed, and the cheapest to build by the million.
Money is in integer minor units of the record's currency; instants are aware and UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias

__all__ = [
    "Company",
    "CompanyLink",
    "Customer",
    "Document",
    "DocumentKind",
    "ExchangeRate",
    "Flow",
    "FlowGap",
    "FlowRun",
    "JobRun",
    "Key",
    "KeyKind",
    "LedgerEntry",
    "LegalEntity",
    "Master",
    "Order",
    "Record",
    "Staged",
    "StockItem",
    "record_id",
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


class LegalEntity(NamedTuple):
    """One company of the ERP. `entity` is its code, upper-case; `currency` that of its ledger, where it is shown."""

    entity: str
    name: str | None = None
    currency: str | None = None
    updated_at: datetime | None = None


DocumentKind: TypeAlias = Literal["order", "invoice", "free_text_invoice", "credit_memo"]


class Document(NamedTuple):
    """One sales document of the ERP. `external_number` is the storefront's order number or id, as somebody wrote it.

    `account` is the customer's; money is minor units of `currency`, a credit memo's as positive as an invoice's;
    None where the ERP does not show it. `day` is the document's own date, without a zone. `is_posted` tells a posted
    document from a draft.
    """

    entity: str
    kind: DocumentKind
    document_id: str
    number: str | None = None
    external_number: str | None = None
    order_number: str | None = None
    account: str | None = None
    currency: str | None = None
    total: int | None = None
    net: int | None = None
    day: date | None = None
    status: str = ""
    is_posted: bool = False
    updated_at: datetime | None = None


class LedgerEntry(NamedTuple):
    """One entry on an account of the general ledger. `amount` is debit less credit in minor units of `currency`."""

    entity: str
    entry_id: str
    account: str
    day: date
    currency: str
    amount: int
    document_number: str | None = None
    updated_at: datetime | None = None


class ExchangeRate(NamedTuple):
    """From a day on, one unit of `currency` is worth `rate` (a plain decimal) of `to_currency`.

    `entity` is empty for a table that all companies share; `until` is the last day, where the ERP says so.
    """

    entity: str
    currency: str
    to_currency: str
    day: date
    rate: str
    until: date | None = None
    updated_at: datetime | None = None


class Flow(NamedTuple):
    """One cloud flow; `state` is `on`, `off` or `suspended`."""

    flow_id: str
    name: str | None = None
    state: str = "on"
    updated_at: datetime | None = None


class FlowRun(NamedTuple):
    """One run of a cloud flow; `status` is `succeeded`, `failed`, `cancelled` or `running`, else the system's word."""

    run_id: str
    flow_id: str
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None
    updated_at: datetime | None = None


class FlowGap(NamedTuple):
    """One event that says that the history of flow runs is incomplete, in the system's own code."""

    event_id: str
    code: str
    happened_at: datetime
    updated_at: datetime | None = None


class JobRun(NamedTuple):
    """One finished run of a background job of the ERP; `job` is the object that it runs."""

    entity: str
    run_id: str
    job: str
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    error_message: str | None = None
    updated_at: datetime | None = None


class StockItem(NamedTuple):
    """One item that the ERP can sell."""

    entity: str
    number: str
    name: str | None = None
    is_blocked: bool = False
    updated_at: datetime | None = None


Record: TypeAlias = (
    Order | Customer | Company | CompanyLink | Master | Staged | LegalEntity | Document | LedgerEntry | ExchangeRate
    | Flow | FlowRun | FlowGap | JobRun | StockItem
)  # fmt: skip

_IDS: dict[type, tuple[str, ...]] = {
    Order: ("order_id",),
    Customer: ("customer_id",),
    Company: ("company_id",),
    CompanyLink: ("by", "value", "company_id"),
    Master: ("entity", "account"),
    Staged: ("record_id",),
    LegalEntity: ("entity",),
    Document: ("entity", "kind", "document_id"),
    LedgerEntry: ("entity", "entry_id"),
    ExchangeRate: ("entity", "currency", "to_currency", "day"),
    Flow: ("flow_id",),
    FlowRun: ("run_id",),
    FlowGap: ("event_id",),
    JobRun: ("entity", "run_id"),
    StockItem: ("entity", "number"),
}


def record_id(record: Record) -> str:
    """Return the id of a record within its source and stream, its parts joined by `|`."""
    return "|".join(str(getattr(record, name)) for name in _IDS[type(record)])
