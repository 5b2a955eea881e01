"""Reads sales orders, invoices and credit memos: what was entered and what was posted for which external number.

An order's `Draft` is open and its `Open` is released; posted orders vanish. Invoices and credit memos stand in one set
before and after posting; the status tells which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import msgspec

from unposted.connectors.business_central.words import (
    LOCAL_CURRENCY,
    business_day,
    changed_at,
    choice,
    currency_of,
    signed_units,
)
from unposted.connectors.fields import needed
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.masters import legal_entity, trimmed
from unposted.domain.records import Document, DocumentKind

__all__ = ["CreditMemoRow", "InvoiceRow", "OrderRow", "document_reader"]

_POSTED = frozenset({"open", "paid", "canceled", "cancelled", "corrective"})


class _DocumentRow(msgspec.Struct, gc=False, rename="camel"):
    """The fields that the three kinds share."""

    id: str | None = None
    number: str | None = None
    external_document_number: str | None = None
    posting_date: str | None = None
    customer_number: str | None = None
    currency_code: str | None = None
    total_amount_excluding_tax: Any = None
    total_amount_including_tax: Any = None
    status: Any = None
    last_modified: str | None = msgspec.field(default=None, name="lastModifiedDateTime")
    local_currency: str | None = msgspec.field(default=None, name=LOCAL_CURRENCY)


class OrderRow(_DocumentRow, gc=False, rename="camel"):
    """The fields of salesOrders that are read."""

    day: str | None = msgspec.field(default=None, name="orderDate")
    fully_shipped: bool | None = None


class InvoiceRow(_DocumentRow, gc=False, rename="camel"):
    """The fields of salesInvoices that are read."""

    day: str | None = msgspec.field(default=None, name="invoiceDate")
    order_number: str | None = None


class CreditMemoRow(_DocumentRow, gc=False, rename="camel"):
    """The fields of salesCreditMemos that are read."""

    day: str | None = msgspec.field(default=None, name="creditMemoDate")


_Row = OrderRow | InvoiceRow | CreditMemoRow


def document_reader(
    kind: DocumentKind, shape: type[OrderRow | InvoiceRow | CreditMemoRow]
) -> Callable[[Iterable[RawItem], Context], Iterator[Item]]:
    """Give the decoder of one kind of document."""
    decode = msgspec.json.Decoder(shape, float_hook=str).decode
    make = partial(_document, kind)
    return lambda items, context: json_records(items, context, decode, make, lambda row: row.id)


def _document(kind: DocumentKind, row: _Row, context: Context) -> Document:
    currency = currency_of(row.currency_code, row.local_currency, context)
    status = choice(row.status)
    is_posted = kind != "order" and status.casefold() in _POSTED
    if isinstance(row, OrderRow) and row.fully_shipped:
        status = f"{status}; fully shipped".lstrip("; ")
    return Document(
        legal_entity(None, context, "the company"),
        kind,
        needed(row.id, "id"),
        trimmed(row.number),
        trimmed(row.external_document_number),
        trimmed(row.order_number) if isinstance(row, InvoiceRow) else None,
        trimmed(row.customer_number),
        currency,
        _amount(row.total_amount_including_tax, "totalAmountIncludingTax", currency),
        _amount(row.total_amount_excluding_tax, "totalAmountExcludingTax", currency),
        business_day(row.day, "the document's date") or business_day(row.posting_date, "postingDate"),
        status,
        is_posted,
        changed_at(row.last_modified, context),
    )


def _amount(value: object, field: str, currency: str) -> int | None:
    return None if value is None else signed_units(value, field, currency)
