"""Sales orders, posted invoices with credit notes, and free-text invoices, as documents.

Posted invoices include posted free-text ones (without an order number); a negative total is a credit note, for there
is no set of those. An order's totals are only told when the service has calculated them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from unposted.connectors.fields import currency_code, instant, needed, optional_instant
from unposted.connectors.finance_operations.settings import FinanceOperationsConnection
from unposted.connectors.finance_operations.values import day, needed_day, signed_units
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import legal_entity, trimmed, truth, with_named_field
from unposted.domain.records import Document

__all__ = [
    "CREATED",
    "FREE_TEXT_FIELDS",
    "INVOICE_FIELDS",
    "ORDER_FIELDS",
    "free_text_decoder",
    "invoice_decoder",
    "invoice_id",
    "order_decoder",
]

CREATED = "OrderCreationDateTime"
_Node = TypeVar("_Node")


class _Order(msgspec.Struct, gc=False, rename="pascal"):
    data_area_id: str | None = msgspec.field(default=None, name="dataAreaId")
    sales_order_number: str | None = None
    sales_order_status: str | None = None
    ordering_customer_account_number: str | None = None
    currency_code: str | None = None
    order_total_amount: object = None
    order_total_tax_amount: object = None
    are_totals_calculated: str | bool | None = None
    order_creation_date_time: str | None = None


class _Invoice(msgspec.Struct, gc=False, rename="pascal"):
    data_area_id: str | None = msgspec.field(default=None, name="dataAreaId")
    invoice_number: str | None = None
    invoice_date: str | None = None
    ledger_voucher: str | None = None
    sales_order_number: str | None = None
    invoice_customer_account_number: str | None = None
    currency_code: str | None = None
    total_invoice_amount: object = None
    total_tax_amount: object = None


class _FreeText(msgspec.Struct, gc=False, rename="pascal"):
    data_area_id: str | None = msgspec.field(default=None, name="dataAreaId")
    free_text_number: str | None = None
    invoice_id: str | None = None
    customer_account: str | None = None
    currency_code: str | None = None
    invoice_date: str | None = None
    is_posted: str | bool | None = None


def _names(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))


ORDER_FIELDS, INVOICE_FIELDS, FREE_TEXT_FIELDS = _names(_Order), _names(_Invoice), _names(_FreeText)
Decode = Callable[[Iterable[RawItem], Context], Iterator[Item]]


def order_decoder(connection: FinanceOperationsConnection) -> Decode:
    """Make the decoder of sales orders; a time of change is one that the settings name beside that of creation."""
    time_field = connection.orders_time_field
    referred = with_named_field(_decoder(_Order), connection.orders_reference_field)
    changed = with_named_field(referred, None if time_field == CREATED else time_field)
    return lambda items, context: json_records(
        items,
        context,
        changed,
        _order,
        lambda node: _id(node[0][0].data_area_id, "order", node[0][0].sales_order_number),
    )


def invoice_decoder(connection: FinanceOperationsConnection) -> Decode:
    """Make the decoder of posted invoices."""
    decode = with_named_field(_decoder(_Invoice), connection.invoices_reference_field)
    return lambda items, context: json_records(
        items, context, decode, _invoice, lambda node: _id(node[0].data_area_id, "invoice", _number(node[0]))
    )


def free_text_decoder(connection: FinanceOperationsConnection) -> Decode:
    """Make the decoder of free-text invoices."""
    decode = with_named_field(_decoder(_FreeText), connection.free_text_reference_field)
    return lambda items, context: json_records(
        items, context, decode, _free_text,
        lambda node: _id(node[0].data_area_id, "free_text_invoice", node[0].free_text_number),
    )  # fmt: skip


def invoice_id(number: str, voucher: str | None) -> str:
    """Tell an invoice apart: a number may come again in another year, its voucher does not."""
    return f"{number}~{voucher}" if voucher else number


def _decoder(kind: type[_Node]) -> Callable[[bytes], _Node]:
    return msgspec.json.Decoder(kind, float_hook=str).decode


def _id(company: str | None, kind: str, number: str | None) -> str | None:
    return f"{company.strip().upper()}|{kind}|{number}" if company and number else number


def _number(row: _Invoice) -> str | None:
    return invoice_id(row.invoice_number, trimmed(row.ledger_voucher)) if row.invoice_number else None


def _order(node: tuple[tuple[_Order, str | None], str | None], context: Context) -> Document:
    (row, reference), changed = node
    number = needed(row.sales_order_number, "SalesOrderNumber")
    created = optional_instant(row.order_creation_date_time, CREATED, context.zone)
    currency = currency_code(row.currency_code, "CurrencyCode")
    total = net = None
    if truth(row.are_totals_calculated):
        total = signed_units(row.order_total_amount, "OrderTotalAmount", currency)
        net = total - signed_units(row.order_total_tax_amount, "OrderTotalTaxAmount", currency)
    return Document(
        entity=legal_entity(row.data_area_id, context, "dataAreaId"),
        kind="order",
        document_id=number,
        number=number,
        external_number=trimmed(reference),
        order_number=number,
        account=trimmed(row.ordering_customer_account_number),
        currency=currency,
        total=total,
        net=net,
        day=created.astimezone(context.zone).date() if created else None,
        status=row.sales_order_status or "",
        updated_at=instant(changed, "the time of change", context.zone) if changed else None,
    )


def _invoice(node: tuple[_Invoice, str | None], context: Context) -> Document:
    row, reference = node
    number = needed(row.invoice_number, "InvoiceNumber")
    currency = currency_code(row.currency_code, "CurrencyCode")
    total = signed_units(row.total_invoice_amount, "TotalInvoiceAmount", currency)
    net = total - signed_units(row.total_tax_amount, "TotalTaxAmount", currency)
    sign = -1 if total < 0 else 1
    return Document(
        entity=legal_entity(row.data_area_id, context, "dataAreaId"),
        kind="credit_memo" if total < 0 else "invoice",
        document_id=invoice_id(number, trimmed(row.ledger_voucher)),
        number=number,
        external_number=trimmed(reference),
        order_number=trimmed(row.sales_order_number),
        account=trimmed(row.invoice_customer_account_number),
        currency=currency,
        total=total * sign,
        net=net * sign,
        day=needed_day(row.invoice_date, "InvoiceDate"),
        is_posted=True,
    )


def _free_text(node: tuple[_FreeText, str | None], context: Context) -> Document:
    row, reference = node
    return Document(
        entity=legal_entity(row.data_area_id, context, "dataAreaId"),
        kind="free_text_invoice",
        document_id=needed(row.free_text_number, "FreeTextNumber"),
        number=trimmed(row.invoice_id),
        external_number=trimmed(reference),
        account=trimmed(row.customer_account),
        currency=currency_code(row.currency_code, "CurrencyCode"),
        day=day(row.invoice_date, "InvoiceDate"),
        is_posted=truth(row.is_posted) is True,
    )
