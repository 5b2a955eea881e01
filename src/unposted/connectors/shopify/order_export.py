"""Reads the admin's *Orders* export CSV: one row for each line item, the order's own columns only on its first row.

Order id is `Id`, or `Name` in exports without it (or where a spreadsheet has rounded the id to `5.1E+12`). There is no
customer id, so the e-mail tells the party, and no time of change: the latest of created, paid, fulfilled and cancelled
stands for it. `Billing Company` is free text and tells no company. Bogus Gateway is Shopify's gateway for tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from unposted.connectors.export_amounts import amount_units
from unposted.connectors.export_dates import DateOrder, date_order, export_instant
from unposted.connectors.fields import currency_code, instant, money, needed, tag_list
from unposted.connectors.formats import Bad, Context, Item, Table, TableFormat
from unposted.connectors.keys import KeyMaker
from unposted.connectors.masters import column_picker
from unposted.connectors.shopify.shapes import order_signals
from unposted.domain.countries import country_code
from unposted.domain.money import net_of_refund
from unposted.domain.records import Key, Order
from unposted.errors import BadRecord

__all__ = ["ORDER_EXPORT"]

_COLUMNS = (
    ("id",),
    ("name",),
    ("email",),
    ("financial status",),
    ("created at",),
    ("paid at",),
    ("fulfilled at",),
    ("cancelled at",),
    ("currency",),
    ("total",),
    ("taxes",),
    ("refunded amount",),
    ("tags",),
    ("payment method",),
    ("phone",),
    ("billing name",),
    ("billing zip",),
    ("billing address1", "billing street"),
    ("billing country",),
    ("billing phone",),
    ("shipping name",),
    ("shipping zip",),
    ("shipping address1", "shipping street"),
    ("shipping country",),
    ("shipping phone",),
)
_TEST_GATEWAYS = frozenset({"bogus", "(for testing) bogus gateway", "bogus gateway"})


def _from_table(table: Table, context: Context) -> Iterator[Item]:
    dates, rows = date_order(table.rows, [table.header["created at"]])
    pick = column_picker(table.header, _COLUMNS)
    name_place, total_place, currency_place = (table.header[name] for name in ("name", "total", "currency"))
    name, order_id = None, ""
    for line, row in rows:
        is_same = row[name_place] == name
        if is_same and not row[total_place] and not row[currency_place]:
            continue  # a further line item of the order above
        cells = pick(row)
        if is_same and not cells[0]:
            cells = (order_id, *cells[1:])
        name, order_id = row[name_place], cells[0]
        try:
            yield _order(cells, context, dates)
        except BadRecord as error:
            yield Bad(line, order_id.strip() or name.strip() or None, error.code, error.reason)


def _order(cells: Sequence[str], context: Context, dates: DateOrder | None) -> Order:
    (number, name, email, financial, created, paid, fulfilled, cancelled, currency, total, taxes, refunds) = cells[:12]
    tag_cell, method = cells[12:14]
    code = currency_code(currency, "Currency")
    if not total:
        raise BadRecord("missing-field", "Total is missing")
    units = _units(total, "Total", code, context)
    tax = _units(taxes, "Taxes", code, context)
    refunded = _units(refunds, "Refunded Amount", code, context) if refunds else 0
    placed = _instant(created, "Created at", context, dates)
    latest = _latest(created, (paid, fulfilled, cancelled))
    buyer, country, found = _buyer(cells, context.keys)
    tags = tag_list(tag_cell) if tag_cell else ()
    shown = None
    if email:
        shown, exact = context.keys.addresses(email)
        found = [*exact, *found]
    return Order(
        _order_id(number, name),
        name.strip(),
        placed,
        order_signals(financial, None, bool(cancelled.strip()), method.strip().casefold() in _TEST_GATEWAYS),
        code,
        units,
        refunded,
        net_of_refund(units, tax, refunded) if refunded else units - tax,
        placed if latest == created else _instant(latest, "a time of change", context, dates),
        None,
        None,
        None,
        buyer,
        shown,
        country,
        tags,
        bool(tags) and not context.b2b_tags.isdisjoint(tags),
        None,
        tuple(found),
    )


def _order_id(number: str, name: str) -> str:
    found = number.strip().lstrip("'")
    if found and not found.isdecimal() and "e+" in found.casefold():
        found = ""
    return found or needed(name, "Id and Name")


def _units(cell: str, field: str, currency: str, context: Context) -> int:
    """Read an amount: plain as Shopify writes it, or as a spreadsheet may have saved it again."""
    if not context.decimal_comma:
        try:
            return money(cell, field, currency)
        except BadRecord as error:
            if error.code != "bad-amount":
                raise
    return amount_units(cell, field, currency, context.decimal_comma)


def _instant(cell: str, field: str, context: Context, dates: DateOrder | None) -> datetime:
    """Read a time: as Shopify writes it, or as a spreadsheet may have saved it again."""
    if cell[:4].isdecimal():
        return instant(cell, field, context.zone)
    return export_instant(cell, field, context.zone, dates)


def _latest(created: str, others: Sequence[str]) -> str:
    """Tell the latest of an order's times; as text, which is in the order of time while the format is the same.

    Times on the two sides of a clock change compare by the wall clock, at most an hour wrong.
    """
    latest = created
    for other in others:
        if other > latest and len(other) == len(created):
            latest = other
    return latest


def _buyer(cells: Sequence[str], keys: KeyMaker) -> tuple[str | None, str | None, list[Key]]:
    """Read who pays, with the billing address before the shipping one: name, ship-to country, keys."""
    (phone, name, postcode, street, country, bill_phone) = cells[14:20]
    (ship_name, ship_postcode, ship_street, ship_country, ship_phone) = cells[20:]
    if not name:
        name, postcode, street = ship_name, ship_postcode, ship_street
    found = keys.name_address(name, postcode.lstrip("'"), street)
    phone = (phone or bill_phone or ship_phone).lstrip("'")
    code = country_code(ship_country or country)
    if phone:
        found += keys.phone(phone, None if phone[0] == "+" else country_code(country) or code)
    return name.strip() or None, code, found


ORDER_EXPORT = TableFormat(
    "Shopify orders export",
    "shopify",
    "orders",
    frozenset({"name", "financial status"}),
    ("Name", "Created at", "Currency", "Total"),
    _from_table,
)
