"""Which entity set a stream reads, which fields of it, and how a page becomes records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import msgspec

from unposted.connectors.business_central.documents import CreditMemoRow, InvoiceRow, OrderRow, document_reader
from unposted.connectors.business_central.formats import CUSTOMER_FIELDS, customers_from_json
from unposted.connectors.business_central.ledger import (
    EntryRow,
    RateRow,
    accounts_filter,
    entries_from_json,
    rates_from_json,
)
from unposted.connectors.business_central.operations import ItemRow, JobRow, items_from_json, jobs_from_json
from unposted.connectors.business_central.settings import BusinessCentralConnection
from unposted.connectors.business_central.words import LOCAL_CURRENCY
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.live import Way
from unposted.domain.records import (
    Document,
    DocumentKind,
    ExchangeRate,
    JobRun,
    LedgerEntry,
    Master,
    StockItem,
)

__all__ = ["EntitySet", "entity_sets"]

Decode = Callable[[Iterable[RawItem], Context], Iterator[Item]]


@dataclass(frozen=True, slots=True)
class EntitySet:
    """One entity set of API v2.0 and the stream that reads it.

    `key` is the field that a record's id in the store is made of; `day` the document's own date; `time` the field by
    which changes are read; `filter` narrows the set. `is_local` tells that rows leave out the company's own currency.
    `tells_no_end` marks sets whose records vanish without a word.
    """

    stream: str
    name: str
    record: type
    fields: tuple[str, ...]
    decode: Decode
    key: str = "id"
    kind: DocumentKind | None = None
    day: str | None = None
    way: Way = "changes"
    time: str = "lastModifiedDateTime"
    filter: str = ""
    is_local: bool = False
    is_main: bool = False
    tells_no_end: bool = False

    @property
    def select(self) -> str:
        """The fields that are asked for: those that the decoder reads, and what orders the rows."""
        return ",".join(dict.fromkeys(("id", *self.fields)))

    def id_of(self, entity: str, key: str) -> str:
        """Return the record's id in the store."""
        return "|".join(part for part in (entity, self.kind, key) if part)


def entity_sets(connection: BusinessCentralConnection) -> tuple[EntitySet, ...]:
    """List the sets that go company by company, as the settings want them."""
    return (_customers(connection), *_DOCUMENTS, _ledger(connection), _RATES, _JOBS, _ITEMS)


def _fields(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(shape) if field.encode_name != LOCAL_CURRENCY)


def _customers(connection: BusinessCentralConnection) -> EntitySet:
    decode: Decode = customers_from_json
    link = connection.external_ids
    if link is not None:
        # The joined field is read whatever the source's external_id says.
        def decode(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
            return customers_from_json(items, replace(context, external_id_field=link.field))

    return EntitySet(
        "customers", "customers", Master, CUSTOMER_FIELDS, decode, key="number", is_main=True, tells_no_end=True
    )


def _ledger(connection: BusinessCentralConnection) -> EntitySet:
    return EntitySet(
        "ledger_entries", "generalLedgerEntries", LedgerEntry, _fields(EntryRow), entries_from_json, day="postingDate",
        time=connection.ledger_time, filter=accounts_filter(connection.revenue_accounts), is_local=True,
    )  # fmt: skip


_DOCUMENTS = (
    EntitySet(
        "sales_orders", "salesOrders", Document, _fields(OrderRow), document_reader("order", OrderRow), kind="order",
        day="orderDate", is_local=True, tells_no_end=True,
    ),
    EntitySet(
        "sales_invoices", "salesInvoices", Document, _fields(InvoiceRow), document_reader("invoice", InvoiceRow),
        kind="invoice", day="invoiceDate", is_local=True,
    ),
    EntitySet(
        "sales_credit_memos", "salesCreditMemos", Document, _fields(CreditMemoRow),
        document_reader("credit_memo", CreditMemoRow), kind="credit_memo", day="creditMemoDate", is_local=True,
    ),
)  # fmt: skip
_RATES = EntitySet(
    "exchange_rates", "currencyExchangeRates", ExchangeRate, _fields(RateRow), rates_from_json, way="list",
    is_local=True, is_main=True,
)  # fmt: skip
_JOBS = EntitySet("job_queue_log", "jobQueueLogEntries", JobRun, _fields(JobRow), jobs_from_json)
_ITEMS = EntitySet("items", "items", StockItem, _fields(ItemRow), items_from_json, key="number", tells_no_end=True)
