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


class _Reader:
    """Makes orders of the rows of one file; remembers what it has read, because most values come again and again."""

    def __init__(self, context: Context, dates: DateOrder | None) -> None:
        """Take the source's context and the file's order of day and month."""
        self._context = context
        self._dates = dates
        self._addresses = context.keys.addresses
        self._amounts = Remembered(self._amounts_in)
        self._tags = Remembered(tag_list)
        self._country = Remembered(country_code)
        self._signals = Remembered(_signals)

    def order(self, cells: Sequence[str]) -> Order:
        """Make the order of a row's picked cells."""
        (number, name, email, financial, created, paid, fulfilled, cancelled, currency, total, taxes, refunds) = cells[
            :12
        ]
        (tag_cell, method, phone, *places) = cells[12:]
        totals, tax_amounts, refund_amounts = self._amounts[currency]
        if not total:
            raise BadRecord("missing-field", "Total is missing")
        units, tax, refunded = totals[total], tax_amounts[taxes], refund_amounts[refunds]
        placed = self._instant(created, "Created at")
        latest = created
        if paid != created or fulfilled or cancelled:
            latest = _latest(created, (paid, fulfilled, cancelled))
        buyer, country, keys = self._buyer(phone, places)
        tags = self._tags[tag_cell]
        shown = None
        if email:
            shown, exact = self._addresses(email)
            keys = (*exact, *keys)
        return Order(
            number if number.isdecimal() else _order_id(number, name),
            name,
            placed,
            self._signals[financial, cancelled != "", method],
            currency_code(currency, "Currency"),
            units,
            refunded,
            net_of_refund(units, tax, refunded) if refunded else units - tax,
            placed if latest == created else self._instant(latest, "a time of change"),
            None,
            None,
            None,
            buyer,
            shown,
            country,
            tags,
            tags != () and not self._context.b2b_tags.isdisjoint(tags),
            None,
            keys,
        )


ORDER_EXPORT = TableFormat(
    "Shopify orders export",
    "shopify",
    "orders",
    frozenset({"name", "financial status"}),
    ("Name", "Created at", "Currency", "Total"),
    _from_table,
)
