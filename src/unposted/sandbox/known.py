"""Who of the made-up world's buyers has a customer master record, and in which legal entity an order needs one.

The same rules as the demo's workspace, told once more in few words, because the sandbox stands on its own: the ERP
knows a buyer by the storefront's id, a tax id or an e-mail address; marketplace addresses are nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from unposted.sandbox.shopify import order_names
from unposted.sandbox.values import MasterRecord, Place, ShopSale, TradeSale, World, tax_in

__all__ = ["Trade", "trades"]

_GONE_IN_THE_SHOP = frozenset({"VOIDED"})
_GONE_IN_TRADE = frozenset({0, 1, 4, 5, 6})
_GID = "gid://shopify/customer/"


class Trade(NamedTuple):
    """One order of a storefront that stands, and the master record that it is billed to; amounts are cents."""

    entity: Literal["usti", "catu"]
    account: str
    is_on_hold: bool
    number: int
    reference: str
    source: Literal["dtc", "trade"]
    placed: datetime
    currency: str
    total: int
    tax: int
    refunded: int
    email: str


def trades(world: World) -> Iterator[Trade]:
    """Give every order that stands, or stood until it was refunded, of somebody who has the record that it needs."""
    known = _Known(world)
    names = order_names(world)
    for sale in world.shop_sales:
        if not (sale.test or sale.cancelled or sale.financial in _GONE_IN_THE_SHOP):
            yield from _shop_trade(known, sale, names[sale.number])
    for trade_sale in world.trade_sales:
        is_gone = trade_sale.status in _GONE_IN_TRADE or trade_sale.paid == "void" or "Test" in trade_sale.method
        if not is_gone:
            yield from _trade(known, trade_sale)


class _Known:
    """The master records by what they are found by."""

    def __init__(self, world: World) -> None:
        self._by: dict[tuple[str, str, str], MasterRecord] = {}
        for record in world.masters:
            for kind, value in _shown(record):
                self._by.setdefault((record.entity, kind, value), record)
        self._firm_emails: dict[int, list[str]] = {}
        for buyer in world.buyers:
            if buyer.firm and buyer.person.email:
                self._firm_emails.setdefault(buyer.firm.number, []).append(buyer.person.email)

    def record(
        self, entity: str, ids: tuple[str | int | None, ...], tax_id: str | None, emails: tuple[str | None, ...]
    ) -> MasterRecord | None:
        """Find the record of somebody in a company, by the first of his values that one has."""
        wanted = [("id", str(value).lower()) for value in ids if value]
        wanted += [("tax", _tax(tax_id))] if tax_id else []
        wanted += [("email", email.lower()) for email in emails if email and not email.startswith("noreply@")]
        return next((found for kind, value in wanted if (found := self._by.get((entity, kind, value)))), None)

    def firm_emails(self, number: int) -> tuple[str, ...]:
        """Give the addresses of all who buy for a firm."""
        return tuple(self._firm_emails.get(number, ()))


def _shown(record: MasterRecord) -> Iterator[tuple[str, str]]:
    if record.external_id:
        yield "id", record.external_id.lower().removeprefix(_GID)
    if record.tax_id:
        yield "tax", _tax(record.tax_id)
    for email in record.email.lower().split(";"):
        if email.strip() and not email.strip().startswith("noreply@"):
            yield "email", email.strip()


def _tax(text: str) -> str:
    plain = "".join(char for char in text.upper() if char.isalnum())
    return plain[2:] if plain[:2] in {"US", "CA"} else plain


def _entity(place: Place | None, tags: tuple[str, ...] = ()) -> Literal["usti", "catu"]:
    is_canadian = (place is not None and place.country == "CA") or any(tag.lower() == "canada" for tag in tags)
    return "catu" if is_canadian else "usti"


def _shop_trade(known: _Known, sale: ShopSale, name: str) -> Iterator[Trade]:
    entity = _entity(sale.ship_to, sale.tags)
    person, firm = sale.shopper.person, sale.firm
    if firm:
        record = known.record(entity, (firm.external_id, firm.number), firm.tax_id, ())
    else:
        record = known.record(entity, (sale.shopper.account,), None, (person.email,))
    if record:
        tax = tax_in(sale.total, sale.ship_to.country if sale.ship_to else "US", "dtc")
        yield Trade(
            record.entity, record.account, record.hold != "No", sale.number, name, "dtc", sale.placed, "USD",
            sale.total, tax, sale.refunded, person.email or "",
        )  # fmt: skip


def _trade(known: _Known, sale: TradeSale) -> Iterator[Trade]:
    buyer = sale.buyer
    place = sale.ship_to or buyer.person.place
    firm = buyer.firm
    if firm:
        emails = (firm.email, *known.firm_emails(firm.number))
        record = known.record(_entity(place), (firm.uuid, firm.number), firm.tax_id, emails)
    else:
        record = known.record(_entity(place), (buyer.account,), None, (buyer.person.email,))
    if record:
        yield Trade(
            record.entity, record.account, record.hold != "No", sale.number, str(sale.number), "trade", sale.placed,
            sale.currency, sale.total, tax_in(sale.total, place.country, "trade"), 0, buyer.person.email or "",
        )  # fmt: skip
