"""Makes records of tables that bear our own column names (see columns.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from unposted.connectors.export_amounts import amount_currency, amount_units, read_amount
from unposted.connectors.export_dates import DateOrder, date_order, export_instant
from unposted.connectors.fields import needed, optional_instant, tag_list
from unposted.connectors.formats import Context, Item, Table
from unposted.connectors.keys import KeyMaker
from unposted.connectors.masters import Address, identity_keys, legal_entity, table_records, truth
from unposted.domain.countries import country_code
from unposted.domain.money import net_of_refund
from unposted.domain.records import Company, Customer, Key, Master, Order, Staged
from unposted.domain.status import label_signal

__all__ = ["decoder_for"]

_CANCELLED = frozenset({"cancelled", "canceled"})
_DATES = ("created_at", "updated_at")
_ORDER = (
    *("order_id", "order_name", "created_at", "updated_at", "cancelled_at", "status", "financial_status", "test"),
    *("currency", "total", "tax", "refunded", "customer_id", "customer_name", "email", "phone", "company_id"),
    *("company_name", "tax_id", "external_id", "ship_country", "bill_country", "postcode", "street", "tags"),
)
_PARTY = ("name", "email", "phone", "tax_id", "external_id", "postcode", "street", "country")


def _places(names: Sequence[str]) -> list[tuple[str, ...]]:
    return [(name,) for name in names]


def _text(cell: str) -> str | None:
    """Trim a cell, and take away the apostrophe that keeps a spreadsheet from reading digits as a number."""
    return cell.strip().lstrip("'") or None


def _id(cell: str) -> str | None:
    text = _text(cell)
    return None if text == "0" else text


def _orders(table: Table, context: Context, platform: str) -> Iterator[Item]:
    places = [table.header[name] for name in _DATES if name in table.header]
    order, rows = date_order(table.rows, places)
    make = partial(_order, platform=platform, dates=order)
    return table_records(Table(table.header, rows), context, _places(_ORDER), make)


def _order(cells: Sequence[str], context: Context, platform: str, dates: DateOrder | None) -> Order:
    (order_id, name, created, updated, cancelled, status, financial, test, currency, total, tax, refunded) = cells[:12]
    (customer_id, buyer, email, phone, company_id, company, tax_id, external_id) = cells[12:20]
    (ship_country, bill_country, postcode, street, tag_cell) = cells[20:]
    number = needed(_text(order_id), "order_id")
    comma = context.decimal_comma
    shown = read_amount(needed(total, "total"), comma)
    code = amount_currency(currency, shown, context.currency, "total")
    units = amount_units(total, "total", code, comma)
    returned = amount_units(refunded, "refunded", code, comma)
    taxes = amount_units(tax, "tax", code, comma)
    tags = tag_list(tag_cell)
    country = country_code(ship_country) or country_code(bill_country)
    found = _keys(context.keys, (buyer, email, phone, tax_id, external_id, postcode, street, country or ""))
    return Order(
        order_id=number,
        name=_text(name) or number,
        created_at=export_instant(created, "created_at", context.zone, dates),
        signals=";".join(_signals(platform, status.strip() or financial.strip(), cancelled, test)),
        currency=code,
        total=units,
        refunded=returned,
        net=net_of_refund(units, taxes, returned),
        updated_at=export_instant(updated, "updated_at", context.zone, dates) if updated.strip() else None,
        customer_id=_id(customer_id),
        company_id=_id(company_id),
        company_name=_text(company),
        buyer_name=_text(buyer),
        email=context.keys.shown_email(email),
        country=country,
        tags=tags,
        b2b=bool(_id(company_id) or _text(tax_id)) or not context.b2b_tags.isdisjoint(tags),
        keys=tuple(key for key in found if key.kind != "email_folded"),
    )


def _signals(platform: str, status: str, cancelled: str, test: str) -> Iterator[str]:
    """Tell the status as the platform itself would, then what the other columns say."""
    stopped = cancelled.strip().casefold()
    if status.casefold() in _CANCELLED or (stopped and truth(stopped) is not False):
        yield "cancelled"
    if status and status.casefold() not in _CANCELLED:
        yield label_signal(platform, status)
    if truth(test):
        yield "test"


def _keys(keys: KeyMaker, cells: Sequence[str]) -> tuple[Key, ...]:
    name, email, phone, tax_id, external_id, postcode, street, country = cells
    return identity_keys(
        keys,
        _text(name),
        emails=(email,),
        phones=(_text(phone),),
        tax_id=_text(tax_id),
        external_id=_text(external_id),
        addresses=(Address(_text(street), _text(postcode), _text(country)),),
    )


def _customers(table: Table, context: Context) -> Iterator[Item]:
    names = ("customer_id", "updated_at", *_PARTY, "group", "tags", "company_id", "company_name")
    return table_records(table, context, _places(names), _customer)


def _customer(cells: Sequence[str], context: Context) -> Customer:
    customer_id, updated = cells[:2]
    group, tag_cell, company_id, company_name = cells[10:]
    b2b = bool(_id(company_id) or _text(company_name) or _text(cells[5]))
    return Customer(
        needed(_text(customer_id), "customer_id"),
        _text(cells[2]),
        optional_instant(updated, "updated_at", context.zone),
        context.keys.shown_email(cells[3]),
        b2b or group.strip().casefold() in context.b2b_groups or not context.b2b_tags.isdisjoint(tag_list(tag_cell)),
        _keys(context.keys, cells[2:10]),
    )


def _companies(table: Table, context: Context) -> Iterator[Item]:
    return table_records(table, context, _places(("company_id", "updated_at", *_PARTY)), _company)


def _company(cells: Sequence[str], context: Context) -> Company:
    return Company(
        needed(_text(cells[0]), "company_id"),
        _text(cells[2]),
        optional_instant(cells[1], "updated_at", context.zone),
        context.keys.shown_email(cells[3]),
        _keys(context.keys, cells[2:10]),
    )


def _masters(table: Table, context: Context) -> Iterator[Item]:
    names = ("account", "updated_at", *_PARTY, "entity", "kind", "blocked", "one_time")
    return table_records(table, context, _places(names), _master)


def _master(cells: Sequence[str], context: Context) -> Master:
    entity, kind, blocked, one_time = cells[10:]
    stopped = truth(blocked)
    words = "" if stopped is False else "blocked" if stopped else blocked.strip()
    return Master(
        legal_entity(entity, context, "entity"),
        needed(_text(cells[0]), "account"),
        _text(cells[2]),
        kind.strip().casefold() not in {"person", "contact"},
        words,
        truth(one_time) is True,
        optional_instant(cells[1], "updated_at", context.zone),
        _keys(context.keys, cells[2:10]),
    )


def _staged(table: Table, context: Context, contact: bool) -> Iterator[Item]:
    names = ("record_id", "updated_at", *_PARTY)
    more = ("created_at", "account_number", "company_code", "customer_type", "sellable", "active")
    return table_records(table, context, _places((*names, *more)), partial(_staged_record, contact=contact))


def _staged_record(cells: Sequence[str], context: Context, contact: bool) -> Staged:
    created, account_number, company_code, customer_type, sellable, active = cells[10:]
    return Staged(
        "contact" if contact else "account",
        needed(_text(cells[0]), "record_id"),
        _text(cells[2]),
        _text(account_number),
        company_code.strip().upper() or None,
        int(customer_type) if customer_type.strip().isdecimal() else None,
        truth(sellable),
        truth(active) is not False,
        optional_instant(created, "created_at", context.zone),
        optional_instant(cells[1], "updated_at", context.zone),
        _keys(context.keys, cells[2:10]),
    )


def decoder_for(kind: str, platform: str) -> Callable[[Table, Context], Iterator[Item]]:
    """Give the decoder of a kind of table (columns.column_kind); the platform says what an order's status means."""
    decoders: dict[str, Callable[[Table, Context], Iterator[Item]]] = {
        "orders": partial(_orders, platform=platform),
        "customers": _customers,
        "companies": _companies,
        "masters": _masters,
        "accounts": partial(_staged, contact=False),
        "contacts": partial(_staged, contact=True),
    }
    return decoders[kind]
