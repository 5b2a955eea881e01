"""The stage on which the made-up world is set up: hands out ids and keeps what each system will know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from unposted.sandbox.people import People
from unposted.sandbox.values import (
    Buyer,
    Firm,
    Lead,
    MasterRecord,
    Person,
    Quote,
    ShopFirm,
    Shopper,
    ShopSale,
    TradeSale,
    World,
    local,
)

__all__ = ["AS_OF", "EXPORTED", "WINDOW_START", "Scene"]

WINDOW_START = local("2026-04-06 00:00:00")
AS_OF = local("2026-04-12 18:00:00")
EXPORTED = local("2026-04-12 18:30:00")
_FIRST_SHOPPER, _FIRST_SHOP_SALE, _FIRST_BUYER, _FIRST_TRADE_SALE, _FIRST_FIRM = (
    7_214_300_118_201, 6_018_442_990_117, 4_101, 20_311, 880_101,
)  # fmt: skip
_PREFIX = {"usti": "US", "catu": "CA"}


@dataclass
class Scene:
    """What was set up so far. Each system's lists grow; `world` puts them in order and numbers the sales."""

    rng: Random
    people: People
    shoppers: list[Shopper] = field(default_factory=list)
    shop_sales: list[ShopSale] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)
    firms: list[Firm] = field(default_factory=list)
    trade_sales: list[TradeSale] = field(default_factory=list)
    masters: list[MasterRecord] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)

    def shopper(self, person: Person, tags: tuple[str, ...] = ()) -> Shopper:
        """Open an account in the DTC shop."""
        account = _FIRST_SHOPPER + 32_768 * len(self.shoppers)
        self.shoppers.append(Shopper(account, person, self._joined(), tags))
        return self.shoppers[-1]

    def guest(self, person: Person) -> Shopper:
        """Send somebody to the DTC shop who opens no account."""
        return Shopper(None, person, self._joined())

    def firm(self, name: str, email: str, at: Person, tax_id: str | None = None, uuid: str | None = None) -> Firm:
        """Register a company in the wholesale store, at somebody's address and phone number."""
        firm = Firm(_FIRST_FIRM + len(self.firms), name, email, at.phone or "", at.place, tax_id, uuid)
        self.firms.append(firm)
        return firm

    def buyer(self, person: Person, firm: Firm | None = None, trade_name: str = "") -> Buyer:
        """Open an account in the wholesale store, for a company or for oneself."""
        account = _FIRST_BUYER + len(self.buyers)
        self.buyers.append(Buyer(account, person, self._joined(), firm, firm.name if firm else trade_name))
        return self.buyers[-1]

    def visitor(self, person: Person) -> Buyer:
        """Send somebody to the wholesale store who opens no account."""
        return Buyer(0, person, self._joined())

    def shop_sale(self, sale: ShopSale) -> None:
        """Take an order of the DTC shop."""
        self.shop_sales.append(sale)

    def trade_sale(self, sale: TradeSale) -> None:
        """Take an order of the wholesale store."""
        self.trade_sales.append(sale)

    def master(self, entity: Literal["usti", "catu"], at: Person, *, organization: str = "", email: str | None = None,
               phone: str | None = None, tax_id: str = "", external_id: str = "", hold: str = "No",
               one_time: bool = False) -> MasterRecord:  # fmt: skip
        """Create a customer master record for somebody, or for the organization at his address.

        `email` and `phone` are his own unless they are given; blank leaves them out.
        """
        record = MasterRecord(
            entity=entity,
            account=f"{_PREFIX[entity]}-{1001 + len(self.masters):06d}",
            place=at.place,
            organization=organization,
            first="" if organization else at.first,
            last="" if organization else at.last,
            email=(at.email or "") if email is None else email,
            phone=(at.phone or "") if phone is None else phone,
            tax_id=tax_id,
            external_id=external_id,
            hold=hold,
            one_time=one_time,
        )
        self.masters.append(record)
        return record

    def soon_after(self, placed: datetime) -> datetime:
        """Tell when an order was last touched: some hours after it was placed, before the export was taken."""
        later = placed + timedelta(seconds=self.rng.randint(30, 200_000))
        return later if later < EXPORTED else placed

    def world(self) -> World:
        """Put everything in its system's order and number the sales."""
        shop = sorted(self.shop_sales, key=lambda sale: sale.placed)
        trade = sorted(self.trade_sales, key=lambda sale: sale.placed)
        numbers = {sale.placed: _FIRST_TRADE_SALE + place for place, sale in enumerate(trade)}
        return World(
            tuple(_numbered_shop_sale(sale, _FIRST_SHOP_SALE + 32_768 * place) for place, sale in enumerate(shop)),
            tuple(self.shoppers),
            tuple(self.quotes),
            tuple(_numbered_trade_sale(sale, _FIRST_TRADE_SALE + place, numbers) for place, sale in enumerate(trade)),
            tuple(self.buyers),
            tuple(self.firms),
            tuple(sorted(self.masters, key=lambda record: (record.entity, record.account))),
            tuple(self.leads),
        )

    def shop_firm(self, name: str, tax_id: str) -> ShopFirm:
        """Register a company in the DTC shop's own B2B module."""
        number = self.rng.randint(10_000_000, 99_999_999)
        return ShopFirm(number, name, f"TRADE-{number % 10_000:04d}", tax_id, self.people.place())

    def _joined(self) -> datetime:
        return local("2023-01-09 09:00:00") + timedelta(minutes=self.rng.randint(0, 1_500_000))


def _numbered_shop_sale(sale: ShopSale, number: int) -> ShopSale:
    older = sale.older and replace(sale.older, number=number)
    return replace(sale, number=number, older=older)


def _numbered_trade_sale(sale: TradeSale, number: int, numbers: Mapping[datetime, int]) -> TradeSale:
    older = sale.older and replace(sale.older, number=number)
    return replace(sale, number=number, older=older, replaces=numbers[sale.edits] if sale.edits else None)
