"""Reads the control panel's order export (CSV or XLSX), in the default template or a merchant's own.

The date format is the store's setting *export date format* (`m/d/Y`, `d/m/Y`, `M jS Y`, …), see export_dates.
Template columns: control panel, Orders › Export orders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial

from unposted.connectors.export_amounts import amount_currency, amount_units, read_amount
from unposted.connectors.export_dates import DateOrder, date_order, export_instant
from unposted.connectors.fields import needed
from unposted.connectors.formats import Context, Item, Table, TableFormat
from unposted.connectors.masters import full_name, table_records
from unposted.connectors.scalars import id_text
from unposted.domain.countries import country_code
from unposted.domain.money import net_of_refund
from unposted.domain.records import Order
from unposted.domain.status import label_signal
from unposted.errors import BadRecord

__all__ = ["ORDER_EXPORT"]

_TEST_GATEWAY = "test payment gateway"
_DATES = ("order date", "date shipped", "todays date")
_COLUMNS = (
    ("order id",),
    ("order date",),
    ("order time",),
    ("order status",),
    ("order total (inc tax)",),
    ("order total (ex tax)",),
    ("tax total",),
    ("refund amount", "refunded amount", "amount refunded"),
    ("transactional currency code", "order currency code", "currency code", "currency"),
    ("exchange rate",),
    ("payment method",),
    ("customer id",),
    ("customer name", "billing name"),
    ("billing first name",),
    ("billing last name",),
    ("customer email",),
    ("billing email",),
    ("customer phone",),
    ("billing phone",),
    ("shipping country code", "shipping country iso2", "shipping country"),
    ("billing country code", "billing country iso2", "billing country"),
    ("billing zip",),
    ("billing street 1",),
    ("customer group name", "customer group"),
    ("vat number", "vat id", "vat no", "tax id", "tax number", "ein", "abn", "gstin"),
)


def _from_table(table: Table, context: Context) -> Iterator[Item]:
    places = [table.header[name] for name in _DATES if name in table.header]
    order, rows = date_order(table.rows, places)
    transacted = "transactional currency code" in table.header
    make = partial(_order, order=order, transacted=transacted)
    return table_records(Table(table.header, rows), context, _COLUMNS, make)


def _order(cells: Sequence[str], context: Context, order: DateOrder | None, transacted: bool) -> Order | None:
    (number, date, time, status, total_cell, net_cell, tax_cell, refund_cell, code, rate, method) = cells[:11]
    (customer_id, name, first, last, email, billing_email, phone, billing_phone) = cells[11:19]
    (ship_country, bill_country, postcode, street, group, tax_id) = cells[19:]
    if not (number.strip() or date.strip() or total_cell.strip()):
        return None  # a further product line of the order above
    order_id = needed(id_text(number), "Order ID")
    currency = _currency(code, needed(total_cell, "Order Total (inc tax)"), "1" if transacted else rate, context)
    comma = context.decimal_comma
    total = amount_units(total_cell, "Order Total (inc tax)", currency, comma)
    refunded = amount_units(refund_cell, "Refund Amount", currency, comma)
    tax = amount_units(tax_cell, "Tax Total", currency, comma)
    if net_cell.strip():
        tax = total - amount_units(net_cell, "Order Total (ex tax)", currency, comma)
    buyer = name.strip() or full_name(first, last)
    country = country_code(bill_country)
    keys = context.keys
    tax_ids = keys.tax_id(tax_id)
    return Order(
        order_id=order_id,
        name=order_id,
        created_at=export_instant(f"{date} {time}".strip(), "Order Date", context.zone, order),
        signals=";".join(_signals(status, method)),
        currency=currency,
        total=total,
        refunded=refunded,
        net=net_of_refund(total, tax, refunded),
        customer_id=id_text(customer_id),
        buyer_name=buyer,
        email=keys.shown_email(email, billing_email),
        country=country_code(ship_country) or country,
        b2b=bool(tax_ids) or group.strip().casefold() in context.b2b_groups,
        keys=(
            *keys.email(email, billing_email),
            *tax_ids,
            *keys.phone(phone.strip() or billing_phone.strip(), country),
            *keys.name_address(buyer, postcode, street),
        ),
    )


def _currency(code: str, total: str, rate: str, context: Context) -> str:
    """Tell the currency of a row's amounts; `Order Currency Code` is only the one shown when its rate is not 1."""
    try:
        shown_only = bool(rate.strip()) and Decimal(rate.strip()) != 1
    except InvalidOperation:
        shown_only = False
    if shown_only:
        raise BadRecord(
            "unclear-currency",
            "Exchange Rate is not 1, so Order Total need not be in Order Currency Code: "
            "add the column Transactional Currency Code, or read this order from the v2 orders JSON",
        )
    amount = read_amount(total, context.decimal_comma)
    return amount_currency(code, amount, context.currency, "Order Total (inc tax)")


def _signals(status: str, method: str) -> Iterator[str]:
    yield label_signal("bigcommerce", needed(status, "Order Status"))
    if method.strip().casefold() == _TEST_GATEWAY:
        yield f"payment_method={_TEST_GATEWAY}"


ORDER_EXPORT = TableFormat(
    "BigCommerce order export",
    "bigcommerce",
    "orders",
    frozenset({"order id", "order total (inc tax)"}),
    ("Order ID", "Order Date", "Order Status", "Order Total (inc tax)"),
    _from_table,
)
