"""Reads the order grid's export (Sales › Orders › Export: CSV, or opened in Excel).

It shows the order's number and no entity id, addresses without a country, and the status's label (older versions: its
code). Dates are in the admin's zone. Amounts stand without a currency (`165.0000`) unless an extension formats them,
so the store's `currency` or a column must tell it. The tax is not among the grid's own columns: without it the net is
the total less refunds. Source: the grid's column list, sales_order_grid, and the export of admin grids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from unposted.connectors.export_amounts import amount_currency, amount_units, read_amount
from unposted.connectors.export_dates import DateOrder, date_order, export_instant
from unposted.connectors.fields import needed
from unposted.connectors.formats import Context, Item, Table, TableFormat
from unposted.connectors.masters import table_records
from unposted.connectors.scalars import id_text
from unposted.domain.countries import country_code
from unposted.domain.money import net_of_refund
from unposted.domain.records import Order
from unposted.domain.status import label_signal

__all__ = ["ORDER_GRID"]

_TOTAL = "Grand Total (Purchased)"
_COLUMNS = (
    ("id",),
    ("purchase date",),
    ("status",),
    ("grand total (purchased)",),
    ("tax amount", "tax"),
    ("total refunded",),
    ("order currency code", "order currency", "currency code", "currency"),
    ("customer id",),
    ("customer name",),
    ("bill-to name",),
    ("customer email", "real email", "email"),
    ("company name",),
    ("customer group",),
    ("shipping country", "ship-to country", "country"),
    ("billing country", "bill-to country"),
    ("phone number", "telephone", "phone"),
    ("tax/vat number", "tax vat number", "vat number", "customer taxvat"),
)


def _from_table(table: Table, context: Context) -> Iterator[Item]:
    places = [table.header[name] for name in ("purchase date",) if name in table.header]
    order, rows = date_order(table.rows, places)
    return table_records(Table(table.header, rows), context, _COLUMNS, partial(_order, order=order))


def _order(cells: Sequence[str], context: Context, order: DateOrder | None) -> Order:
    number, date, status, total_cell, tax_cell, refund_cell, code, customer_id, name, bill_to, email = cells[:11]
    company_name, group, ship_country, bill_country, phone, tax_id = cells[11:]
    order_id = needed(number, "ID")
    comma = context.decimal_comma
    amount = read_amount(needed(total_cell, _TOTAL), comma)
    currency = amount_currency(code, amount, context.currency, _TOTAL)
    total = amount_units(total_cell, _TOTAL, currency, comma)
    refunded = amount_units(refund_cell, "Total Refunded", currency, comma)
    company = company_name.strip() or None
    country = country_code(ship_country) or country_code(bill_country)
    keys = context.keys
    tax_ids = keys.tax_id(tax_id)
    return Order(
        order_id=order_id,
        name=order_id,
        created_at=export_instant(date, "Purchase Date", context.zone, order),
        signals=label_signal("adobe_commerce", needed(status, "Status")),
        currency=currency,
        total=total,
        refunded=refunded,
        net=net_of_refund(total, amount_units(tax_cell, "Tax Amount", currency, comma), refunded),
        customer_id=id_text(customer_id),
        company_name=company,
        buyer_name=name.strip() or bill_to.strip() or None,
        email=keys.shown_email(email),
        country=country,
        b2b=company is not None or bool(tax_ids) or group.strip().casefold() in context.b2b_groups,
        keys=(*keys.email(email), *tax_ids, *keys.phone(phone.strip(), country)),
    )


ORDER_GRID = TableFormat(
    "Adobe Commerce order grid export",
    "adobe_commerce",
    "orders",
    frozenset({"purchase date", "grand total (purchased)"}),
    ("ID", "Purchase Date", "Grand Total (Purchased)", "Status"),
    _from_table,
)
