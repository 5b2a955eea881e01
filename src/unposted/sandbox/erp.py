"""What the made-up merchant's ERP holds beside the customer master: it follows from the world, and from nothing else.

Whoever has a master record in the company that bills (`sandbox.known`) gets a sales order within a day of each order
that stands, with the storefront's order number as its reference, and an invoice one to three days later; a record on
hold is not billed. Who is absent has nothing here. Amounts are whole cents; nothing here knows how a system writes
them down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal, NamedTuple, TypeAlias

from unposted.sandbox.known import Trade, trades
from unposted.sandbox.scene import EXPORTED
from unposted.sandbox.shopify import CATALOG
from unposted.sandbox.values import ZONE, World, local

__all__ = [
    "COMPANIES",
    "RATES",
    "RECEIVABLE",
    "REVENUE",
    "TAX",
    "ErpBooks",
    "ErpCompany",
    "ErpCreditMemo",
    "ErpEntry",
    "ErpInvoice",
    "ErpItem",
    "ErpOrder",
    "ErpRate",
    "books_of",
]

EntityCode: TypeAlias = Literal["usti", "catu"]
Source: TypeAlias = Literal["dtc", "trade", "office"]

RECEIVABLE, TAX = "130100", "222200"
REVENUE: dict[Source, str] = {"dtc": "401100", "trade": "401200", "office": "401900"}
_PREFIX = {"usti": "US", "catu": "CA"}
_OFFICE_TAX_PERCENT = {"usti": 7, "catu": 13}
_OFFICE_WORK = ("Freight claim", "Display hire", "Trade fair stand", "Pallet deposit", "Repair", "Storage")


class ErpCompany(NamedTuple):
    """A legal entity, the currency of its ledger, and its country (ISO alpha-2)."""

    entity: EntityCode
    name: str
    currency: Literal["USD", "CAD"]
    country: Literal["US", "CA"]


class ErpRate(NamedTuple):
    """From a day on, one unit of `currency` is worth `rate` units of `to_currency`; `until` None: still."""

    currency: str
    to_currency: str
    day: date
    until: date | None
    rate: str


class ErpItem(NamedTuple):
    """Something that can be sold; `price` is cents of the company's currency."""

    entity: EntityCode
    number: str
    name: str
    price: int
    is_blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpOrder:
    """A sales order. `reference` is the storefront's order number; `invoice` the number of what it was billed with."""

    entity: EntityCode
    number: str
    account: str
    reference: str
    source: Source
    currency: str
    total: int
    tax: int
    entered: datetime
    changed: datetime
    email: str = ""
    invoice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpInvoice:
    """An invoice; without `order` it was written by hand (a free-text invoice), `posted` None is a draft of one."""

    entity: EntityCode
    number: str
    account: str
    reference: str
    source: Source
    currency: str
    total: int
    tax: int
    written: datetime
    posted: datetime | None
    order: str | None = None
    text: str = ""

    @property
    def day(self) -> date:
        """The document's own date."""
        return _day(self.posted or self.written)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpCreditMemo:
    """A posted credit memo against `invoice`; its amounts are as positive as an invoice's."""

    entity: EntityCode
    number: str
    account: str
    reference: str
    source: Source
    currency: str
    total: int
    tax: int
    posted: datetime
    order: str
    invoice: str

    @property
    def day(self) -> date:
        """The document's own date."""
        return _day(self.posted)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpEntry:
    """One posting to the general ledger: debit less credit, in the document's and in the company's currency."""

    entity: EntityCode
    serial: int
    account: str
    kind: Literal["receivable", "revenue", "tax"]
    day: date
    posted: datetime
    document: str
    currency: str
    amount: int
    home_currency: str
    home_amount: int


@dataclass(frozen=True, slots=True)
class ErpBooks:
    """Everything that the ERP holds beside its customers, each list in the order in which it came about."""

    companies: tuple[ErpCompany, ...]
    orders: tuple[ErpOrder, ...]
    invoices: tuple[ErpInvoice, ...]
    free_text_invoices: tuple[ErpInvoice, ...]
    credit_memos: tuple[ErpCreditMemo, ...]
    entries: tuple[ErpEntry, ...]
    rates: tuple[ErpRate, ...]
    items: tuple[ErpItem, ...]


COMPANIES = (ErpCompany("usti", "US Trade Inc", "USD", "US"), ErpCompany("catu", "CA Trade ULC", "CAD", "CA"))
RATES = (
    ErpRate("CAD", "USD", date(2026, 2, 1), date(2026, 2, 28), "0.7195"),
    ErpRate("CAD", "USD", date(2026, 3, 1), date(2026, 3, 31), "0.7248"),
    ErpRate("CAD", "USD", date(2026, 4, 1), None, "0.73"),
)


def books_of(world: World) -> ErpBooks:
    """Derive the ERP's books from the world."""
    orders: list[ErpOrder] = []
    invoices: list[ErpInvoice] = []
    memos: list[ErpCreditMemo] = []
    for trade in sorted(trades(world), key=_entered):
        if EXPORTED - trade.placed < timedelta(days=1):
            continue
        order = _order(trade, len(orders) + 1)
        invoice = _invoice(trade, order, len(invoices) + 1)
        memo = _memo(trade, invoice, len(memos) + 1) if invoice else None
        if invoice:
            order = replace(order, invoice=invoice.number, changed=invoice.written)
            invoices.append(invoice)
        if memo:
            memos.append(memo)
        orders.append(order)
    by_hand = tuple(_free_texts(world))
    entries = tuple(_entries((*invoices, *(invoice for invoice in by_hand if invoice.posted)), memos))
    return ErpBooks(COMPANIES, tuple(orders), tuple(invoices), by_hand, tuple(memos), entries, RATES, tuple(_items()))


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _entered(trade: Trade) -> datetime:
    """The interface brings an order over within a day."""
    return trade.placed + timedelta(hours=4 + trade.number % 17, seconds=trade.number % 59)


def _order(trade: Trade, serial: int) -> ErpOrder:
    entered = _entered(trade)
    return ErpOrder(
        entity=trade.entity, number=f"{_PREFIX[trade.entity]}-SO-{serial:06d}", account=trade.account,
        reference=trade.reference, source=trade.source, currency=trade.currency, total=trade.total, tax=trade.tax,
        entered=entered, changed=entered, email=trade.email,
    )  # fmt: skip


def _invoice(trade: Trade, order: ErpOrder, serial: int) -> ErpInvoice | None:
    posted = order.entered + timedelta(days=1 + trade.number % 3)
    if trade.is_on_hold or posted > EXPORTED:
        return None
    return ErpInvoice(
        entity=order.entity, number=f"{_PREFIX[order.entity]}-INV-{serial:06d}", account=order.account,
        reference=order.reference, source=order.source, currency=order.currency, total=order.total, tax=order.tax,
        written=posted, posted=posted, order=order.number,
    )  # fmt: skip


def _memo(trade: Trade, invoice: ErpInvoice, serial: int) -> ErpCreditMemo | None:
    """Credit what was refunded, with tax in the invoice's own proportion, some hours after the invoice."""
    posted = invoice.written + timedelta(hours=5)
    if not trade.refunded or posted > EXPORTED:
        return None
    tax = int((Decimal(trade.refunded) * invoice.tax / invoice.total).to_integral_value(ROUND_HALF_EVEN))
    return ErpCreditMemo(
        entity=invoice.entity, number=f"{_PREFIX[invoice.entity]}-CRN-{serial:06d}", account=invoice.account,
        reference=invoice.reference, source=invoice.source, currency=invoice.currency, total=trade.refunded, tax=tax,
        posted=posted, order=invoice.order or "", invoice=invoice.number,
    )  # fmt: skip


def _free_texts(world: World) -> Iterator[ErpInvoice]:
    """Write some invoices by hand to firms of the master that may be billed; the last of each company is a draft."""
    for company in COMPANIES:
        firms = [record for record in world.masters if record.entity == company.entity and record.organization]
        billed = [record for record in firms if record.hold == "No" and not record.one_time][: len(_OFFICE_WORK)]
        for place, (record, text) in enumerate(zip(billed, _OFFICE_WORK, strict=False)):
            net = 120_00 + 35_50 * place
            tax = net * _OFFICE_TAX_PERCENT[company.entity] // 100
            written = local("2026-02-19 10:15:00") + timedelta(days=9 * place)
            is_draft = place == len(billed) - 1
            yield ErpInvoice(
                entity=company.entity, number=f"{_PREFIX[company.entity]}-FTI-{place + 1:06d}", account=record.account,
                reference=f"{text} {place + 1}", source="office", currency=company.currency, total=net + tax, tax=tax,
                written=written, posted=None if is_draft else written + timedelta(hours=2), text=text,
            )  # fmt: skip


def _entries(invoices: Sequence[ErpInvoice], memos: Sequence[ErpCreditMemo]) -> Iterator[ErpEntry]:
    documents: list[tuple[datetime, int, ErpInvoice | ErpCreditMemo]] = [
        *((invoice.posted or invoice.written, 1, invoice) for invoice in invoices),
        *((memo.posted, -1, memo) for memo in memos),
    ]
    serial = 0
    for posted, sign, document in sorted(documents, key=lambda one: (one[0], one[2].number)):
        for entry in _postings(posted, sign, document):
            serial += 1
            yield replace(entry, serial=serial)


def _postings(posted: datetime, sign: int, document: ErpInvoice | ErpCreditMemo) -> Iterator[ErpEntry]:
    """Debit what the customer owes, credit revenue and tax; in both currencies they add up to nothing."""
    home = next(company.currency for company in COMPANIES if company.entity == document.entity)
    total, tax = document.total * sign, document.tax * sign
    home_total, home_tax = (_converted(part, document.currency, home, document.day) for part in (total, tax))
    parts: tuple[tuple[str, Literal["receivable", "revenue", "tax"], int, int], ...] = (
        (RECEIVABLE, "receivable", total, home_total),
        (REVENUE[document.source], "revenue", tax - total, home_tax - home_total),
        (TAX, "tax", -tax, -home_tax),
    )
    for account, kind, amount, home_amount in parts:
        if amount:
            yield ErpEntry(
                entity=document.entity, serial=0, account=account, kind=kind, day=document.day, posted=posted,
                document=document.number, currency=document.currency, amount=amount, home_currency=home,
                home_amount=home_amount,
            )  # fmt: skip


def _converted(cents: int, currency: str, to_currency: str, day: date) -> int:
    if currency == to_currency:
        return cents
    found = [rate for rate in RATES if rate.day <= day] or RATES
    rate = Decimal(found[-1].rate)
    value = Decimal(cents) * rate if found[-1].currency == currency else Decimal(cents) / rate
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def _items() -> Iterator[ErpItem]:
    for company in COMPANIES:
        for place, (name, sku) in enumerate(CATALOG):
            yield ErpItem(company.entity, sku, name, 19_00 + 23_50 * place)
            yield ErpItem(company.entity, f"{sku}-T", f"{name}, trade pack", 99_00 + 87_25 * place)
        yield ErpItem(company.entity, "OLD-001", "Tin lantern", 9_00, is_blocked=True)
