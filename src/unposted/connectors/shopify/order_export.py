"""Reads the admin's *Orders* export CSV: one row for each line item, the order's own columns only on its first row.

Order id is `Id`, or `Name` in exports without it (or where a spreadsheet has rounded the id to `5.1E+12`). There is no
customer id, so the e-mail tells the party, and no time of change: the latest of created, paid, fulfilled and cancelled
stands for it. `Billing Company` is free text and tells no company. Bogus Gateway is Shopify's gateway for tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from unposted.connectors.export_amounts import amount_units
from unposted.connectors.export_dates import DateOrder, date_order, export_instant
from unposted.connectors.fields import currency_code, instant, money, needed, tag_list
from unposted.connectors.formats import Bad, Context, Item, Table, TableFormat, TableParts
from unposted.connectors.masters import column_picker
from unposted.connectors.remembered import Remembered
from unposted.connectors.shopify.shapes import order_signals
from unposted.domain.countries import country_code
from unposted.domain.money import net_of_refund
from unposted.domain.records import Order
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
_NOTHING = frozenset({"", "0.00", "0"})
_TEST_GATEWAYS = frozenset({"bogus", "(for testing) bogus gateway", "bogus gateway"})


def _from_table(table: Table, context: Context) -> Iterator[Item]:
    dates, rows = date_order(table.rows, [table.header["created at"]])
    return _from_rows(Table(table.header, rows), context, dates)


def _from_rows(table: Table, context: Context, dates: DateOrder | None = None) -> Iterator[Item]:
    order_of = _Reader(context, dates).order
    pick = column_picker(table.header, _COLUMNS)
    name_place, total_place, currency_place = (table.header[name] for name in ("name", "total", "currency"))
    name, order_id = None, ""
    for line, row in table.rows:
        is_same = row[name_place] == name
        if is_same and not row[total_place] and not row[currency_place]:
            continue  # a further line item of the order above
        cells = pick(row)
        if is_same and not cells[0]:
            cells = (order_id, *cells[1:])
        name, order_id = row[name_place], cells[0]
        try:
            yield order_of(cells)
        except BadRecord as error:
            yield Bad(line, order_id.strip() or name.strip() or None, error.code, error.reason)


class _Reader:
    """Makes the orders of one file; remembers what it has read, because most values come again and again."""

    def __init__(self, context: Context, dates: DateOrder | None) -> None:
        """Take the source's context and the order of day and month in the file."""
        self._context = context
        self._dates = dates
        self._currencies = Remembered(partial(currency_code, field="Currency"))
        self._offsets = Remembered(_offset)
        self._countries = Remembered(country_code)
        self._keys = context.keys.order_keys
        self._signals = Remembered(_signals)

    def order(self, cells: Sequence[str]) -> Order:
        """Make the order of a row's picked cells."""
        (number, name, email, financial, created, paid, fulfilled, cancelled, currency, total, taxes, refunds,
         tag_cell, method, phone, buyer, postcode, street, bill_country, bill_phone,
         ship_name, ship_postcode, ship_street, ship_country, ship_phone) = cells  # fmt: skip
        code = self._currencies[currency]
        if not total:
            raise BadRecord("missing-field", "Total is missing")
        units = self._units(total, "Total", code)
        tax = self._units(taxes, "Taxes", code)
        refunded = 0 if refunds in _NOTHING else self._units(refunds, "Refunded Amount", code)
        placed = changed = self._instant(created, "Created at")
        latest = (
            _latest(created, (paid, fulfilled, cancelled)) if fulfilled or cancelled or paid != created else created
        )
        if latest != created:
            changed = self._instant(latest, "a time of change")
        tags = tag_list(tag_cell) if tag_cell else ()
        if not buyer:
            buyer, postcode, street = ship_name, ship_postcode, ship_street
        country = self._countries[ship_country or bill_country]
        phone = phone or bill_phone or ship_phone
        shown, keys = self._keys(
            email, phone.lstrip("'"), self._countries[bill_country] or country, buyer, (postcode.lstrip("'"), street)
        )
        return Order(
            number if number.isdecimal() else _order_id(number, name),
            name,
            placed,
            self._signals[financial, cancelled != "", method],
            code,
            units,
            refunded,
            net_of_refund(units, tax, refunded) if refunded else units - tax,
            changed,
            None,
            None,
            None,
            buyer or None,
            shown,
            country,
            tags,
            tags != () and not self._context.b2b_tags.isdisjoint(tags),
            None,
            tuple(keys),
        )

    def _units(self, cell: str, field: str, currency: str) -> int:
        """Read an amount: plain as Shopify writes it, or as a spreadsheet saved it again."""
        comma = self._context.decimal_comma
        if not comma:
            try:
                return money(cell, field, currency)
            except BadRecord as error:
                if error.code != "bad-amount":
                    raise
        return amount_units(cell, field, currency, comma)

    def _instant(self, cell: str, field: str) -> datetime:
        """Read a time as Shopify writes it (`2026-04-10 10:00:00 -0400`), or as a spreadsheet saved it again."""
        if len(cell) == 25 and cell[19] == " ":
            try:
                return datetime.fromisoformat(cell[:19] + "+00:00") - self._offsets[cell[20:]]
            except (ValueError, OverflowError):
                pass
        if cell[:4].isdecimal():
            return instant(cell, field, self._context.zone)
        return export_instant(cell, field, self._context.zone, self._dates)


def _signals(cells: tuple[str, bool, str]) -> str:
    financial, cancelled, method = cells
    return order_signals(financial, None, cancelled, method.strip().casefold() in _TEST_GATEWAYS)


def _offset(text: str) -> timedelta:
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{text}").utcoffset()
    if offset is None:
        raise ValueError
    return offset


def _order_id(number: str, name: str) -> str:
    found = number.strip().lstrip("'")
    if "e+" in found.casefold():
        found = ""
    return found or needed(name, "Id and Name")


def _latest(created: str, others: Sequence[str]) -> str:
    """Tell the latest of an order's times; as text, which is in the order of time while the format is the same.

    Times on the two sides of a clock change compare by the wall clock, at most an hour wrong.
    """
    latest = created
    for other in others:
        if other > latest and len(other) == len(created):
            latest = other
    return latest


def _is_dated_as_shopify_does(header: dict[str, int], row: Sequence[str]) -> bool:
    """Tell whether a first row's date starts with its year: then the order of day and month is never asked for."""
    return row[header["created at"]][:4].isdecimal()


ORDER_EXPORT = TableFormat(
    "Shopify orders export",
    "shopify",
    "orders",
    frozenset({"name", "financial status"}),
    ("Name", "Created at", "Currency", "Total"),
    _from_table,
    TableParts("name", _is_dated_as_shopify_does, _from_rows),
)
