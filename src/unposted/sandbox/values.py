"""The made-up world's values: people, firms, sales, customer master records and Dataverse rows.

Amounts are whole cents, tax included; instants are aware and UTC. Nothing here knows how a platform writes it down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

__all__ = [
    "Buyer",
    "Firm",
    "Goods",
    "Lead",
    "MasterRecord",
    "Person",
    "Place",
    "Quote",
    "ShopFirm",
    "ShopSale",
    "Shopper",
    "TradeSale",
    "World",
    "goods_in",
    "local",
    "pages",
    "tax_in",
]

ZONE = ZoneInfo("America/New_York")
_TAX_PERCENT = {("US", "dtc"): 7, ("CA", "dtc"): 13, ("US", "trade"): 0, ("CA", "trade"): 5}
_PACKS = (24, 12, 8, 6, 4, 3, 2)


class Place(NamedTuple):
    """A postal address."""

    street: str
    city: str
    province: str
    province_code: str
    postcode: str
    country: Literal["US", "CA"]


class Person(NamedTuple):
    """Somebody who buys; `email` and `phone` (E.164) may be missing at the till."""

    first: str
    last: str
    email: str | None
    phone: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Shopper:
    """A customer of the DTC shop; without an `account` number a guest."""

    account: int | None
    person: Person
    joined: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShopFirm:
    """A company of the DTC shop's own B2B module."""

    number: int
    name: str
    external_id: str
    tax_id: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSale:
    """An order of the DTC shop, in US dollars. `older` is the version of it that an earlier page still shows."""

    shopper: Shopper
    placed: datetime
    changed: datetime
    total: int
    ship_to: Place | None
    refunded: int = 0
    financial: str | None = "PAID"
    cancelled: datetime | None = None
    test: bool = False
    source: str = "web"
    tags: tuple[str, ...] = ()
    firm: ShopFirm | None = None
    older: ShopSale | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """A draft order of the DTC shop: no sale yet, or (COMPLETED) one that stands among the orders too."""

    shopper: Shopper
    placed: datetime
    total: int
    status: Literal["OPEN", "INVOICE_SENT", "COMPLETED"]


@dataclass(frozen=True, slots=True)
class Firm:
    """A company of the wholesale store. `uuid` is the id that another system gave it."""

    number: int
    name: str
    email: str
    phone: str
    place: Place
    tax_id: str | None = None
    uuid: str | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of the wholesale store, for a company or for himself; account 0 is a guest."""

    account: int
    person: Person
    joined: datetime
    firm: Firm | None = None
    trade_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeSale:
    """An order of the wholesale store, in `currency`. With `ship_to` the consignments stand inside the order.

    `edits` is when the order was placed that this one was edited out of, and `replaces` that one's number; only Adobe
    Commerce tells.
    """

    buyer: Buyer
    placed: datetime
    changed: datetime
    total: int
    currency: Literal["USD", "CAD"] = "USD"
    ship_to: Place | None = None
    status: int = 11
    paid: str = ""
    method: str = "Invoice"
    older: TradeSale | None = None
    number: int = 0
    edits: datetime | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterRecord:
    """A record of the customer master of one legal entity; an organization has a name, a person first and last.

    `group` is the customer group where it is not the usual one.
    """

    entity: Literal["usti", "catu"]
    account: str
    place: Place
    organization: str = ""
    first: str = ""
    last: str = ""
    email: str = ""
    phone: str = ""
    tax_id: str = ""
    external_id: str = ""
    hold: str = "No"
    one_time: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A Dataverse account (with a name) or contact. `number` and `company` are empty until it is promoted."""

    place: Place
    created: datetime
    name: str = ""
    first: str = ""
    last: str = ""
    email: str | None = None
    phone: str | None = None
    tax_id: str | None = None
    number: str | None = None
    company: str | None = None
    customer_type: int | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Everything that the four systems know, each list in the order in which its system would send it."""

    shop_sales: tuple[ShopSale, ...]
    shoppers: tuple[Shopper, ...]
    quotes: tuple[Quote, ...]
    trade_sales: tuple[TradeSale, ...]
    buyers: tuple[Buyer, ...]
    firms: tuple[Firm, ...]
    masters: tuple[MasterRecord, ...]
    leads: tuple[Lead, ...]


class Goods(NamedTuple):
    """One line of an order: `quantity` pieces at `price` cents."""

    title: str
    sku: str
    quantity: int
    price: int


def local(text: str) -> datetime:
    """Read a wall-clock time of the merchant (`2026-04-09 14:25:10`) as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def tax_in(total: int, country: str, trade: Literal["dtc", "trade"]) -> int:
    """Tell the sales tax inside a total, in cents."""
    percent = _TAX_PERCENT[country, trade]
    return total * percent // (100 + percent)


def goods_in(subtotal: int, number: int, catalog: Sequence[tuple[str, str]], packs: bool) -> Goods:
    """Make the line that an order's subtotal stands for, in packs for the trade."""
    title, sku = catalog[number % len(catalog)]
    quantity = next((pack for pack in _PACKS if packs and subtotal % pack == 0), 1)
    return Goods(title, sku, quantity, subtotal // quantity)


def pages(rows: Sequence[Mapping[str, object]], size: int) -> list[Sequence[Mapping[str, object]]]:
    """Cut rows into pages, as an API would."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]
