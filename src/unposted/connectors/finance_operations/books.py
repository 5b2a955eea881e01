"""The streams beside customers: documents by their time, ledger entries by day, companies and rates as lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.fields import optional_instant
from unposted.connectors.finance_operations import documents, ledger
from unposted.connectors.finance_operations.customers import COMPANY, companies_filter, grouped
from unposted.connectors.finance_operations.questions import Question, any_of, days_filter, instants_filter
from unposted.connectors.finance_operations.settings import FinanceOperationsConnection
from unposted.connectors.finance_operations.walk import Walk
from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import Light, LiveStream, Page, PageRequest
from unposted.connectors.odata import text_literal
from unposted.domain.cursor import Span
from unposted.domain.records import Document, ExchangeRate, LedgerEntry, LegalEntity, record_id
from unposted.errors import BadRecord

__all__ = ["Book", "book_streams", "books_of"]

Decode: TypeAlias = Callable[[Iterable[RawItem], Context], Iterator[Item]]
_UTC = ZoneInfo("UTC")
_NO_DAY = "1900-01-02T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Book:
    """One of these streams: what is asked, and by which field it is read (none: as a whole).

    `created` is the field that the recount reads by. `number` is the field that single records are found by.
    """

    name: str
    question: Question
    decode: Decode
    record: type
    time_field: str = ""
    is_day: bool = False
    created: str = ""
    number: str = ""
    takes_undated: bool = False
    scope: str = "TRUE"
    is_main: bool = False

    def within(self, span: Span, field: str, *, is_day: bool) -> Question:
        """Ask for a span of time."""
        condition = days_filter(field, span) if is_day else instants_filter(field, span)
        if self.takes_undated:
            condition = f"({condition}) or {field} le {_NO_DAY}"
        return self.question.where(condition)


def books_of(connection: FinanceOperationsConnection) -> tuple[Book, ...]:
    """List the streams that the settings allow: the ledger is only read on accounts that they name."""
    found = [_legal_entities(connection), _rates(connection), _orders(connection), _invoices(connection),
             _free_texts(connection)]  # fmt: skip
    return (*found, _ledger(connection)) if connection.revenue_accounts else tuple(found)


def book_streams(walk: Walk, books: Iterable[Book]) -> Iterator[LiveStream]:
    """Make the streams."""
    for book in books:
        yield LiveStream(
            name=book.name,
            records=(book.record,),
            way="changes" if book.time_field else "list",
            fetch=_fetcher(walk, book),
            decode=book.decode,
            by_id=_finder(walk, book) if book.number else None,
            recount=_recounter(walk, book) if book.created else None,
            scope=book.scope,
            main=book.is_main,
            skip=lambda request, book=book: walk.skip(book.question, request),  # type: ignore[misc]
        )


def _fetcher(walk: Walk, book: Book) -> Callable[[PageRequest], Page]:
    def fetch(request: PageRequest) -> Page:
        question = book.question
        if request.span is not None and book.time_field:
            question = book.within(request.span, book.time_field, is_day=book.is_day)
        return walk.page(question, request)

    return fetch


def _finder(walk: Walk, book: Book) -> Callable[[Sequence[str]], Iterator[Page]]:
    def by_id(ids: Sequence[str]) -> Iterator[Page]:
        for company, rests in grouped(ids, 3):
            numbers = dict.fromkeys(number.partition("~")[0] for _, number in rests)
            here = f"{COMPANY} eq {text_literal(company)}"
            yield Page(list(walk.rows(book.question.where(here, any_of(book.number, numbers)))), None)

    return by_id


def _recounter(walk: Walk, book: Book) -> Callable[[datetime | None, datetime | None], Iterator[Light]]:
    """Read the documents once more by their creation; the rows are few and made light by the same decoder."""
    context = Context(KeyMaker(), _UTC)

    def recount(start: datetime | None, end: datetime | None) -> Iterator[Light]:
        question = book.question
        if start is not None and end is not None:
            question = book.within(Span(start, end), book.created, is_day=book.is_day)
        for body in walk.rows(question):
            for item in book.decode([RawItem(1, body)], context):
                created = _created(body, book.created)
                if isinstance(item, Bad):
                    if item.record_id:
                        yield Light(item.record_id, created, None)
                elif _is_between(created, start, end, is_day=book.is_day):
                    yield _light(item, created)

    return recount


def _light(record: object, created: datetime | None) -> Light:
    assert isinstance(record, Document | LedgerEntry)
    if isinstance(record, LedgerEntry):
        return Light(record_id(record), created, None, "", record.currency, record.amount)
    return Light(record_id(record), created, record.updated_at, record.status, record.currency, record.total)


def _created(body: bytes, field: str) -> datetime | None:
    found = msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get(field)
    try:
        return optional_instant(msgspec.json.decode(found, type=str | None) if found else None, field, _UTC)
    except (BadRecord, msgspec.MsgspecError):
        return None


def _is_between(created: datetime | None, start: datetime | None, end: datetime | None, *, is_day: bool) -> bool:
    """Tell whether a row was created from one instant to before another; a day counts whole."""
    if created is None or start is None or end is None:
        return True
    if is_day:
        return start.astimezone(UTC).date() <= created.date() <= end.astimezone(UTC).date()
    return start <= created < end


# ---- what is asked


def _legal_entities(connection: FinanceOperationsConnection) -> Book:
    codes = connection.company_codes
    question = Question(
        connection.legal_entities_set, ("LegalEntityId",), ledger.ENTITY_FIELDS, any_of("LegalEntityId", codes)
    )
    return Book("legal_entities", question, ledger.decode_entities, LegalEntity, is_main=True)


def _rates(connection: FinanceOperationsConnection) -> Book:
    question = Question(
        connection.rates_set, ("RateTypeName", "FromCurrency", "ToCurrency", "StartDate"), ledger.RATE_FIELDS,
        f"RateTypeName eq {text_literal(connection.rate_type)}",
    )  # fmt: skip
    return Book(
        "exchange_rates", question, lambda items, context: ledger.decode_rates(items, context, connection),
        ExchangeRate, is_main=True,
    )  # fmt: skip


def _orders(connection: FinanceOperationsConnection) -> Book:
    fields = (*documents.ORDER_FIELDS, connection.orders_reference_field)
    question = Question(
        connection.orders_set, (COMPANY, "SalesOrderNumber"), fields, companies_filter(connection),
        order=(connection.orders_time_field,),
    )  # fmt: skip
    return Book(
        "sales_orders", question, documents.order_decoder(connection), Document,
        time_field=connection.orders_time_field, created=documents.CREATED, number="SalesOrderNumber",
        scope="kind = 'order'",
    )  # fmt: skip


def _invoices(connection: FinanceOperationsConnection) -> Book:
    fields = (*documents.INVOICE_FIELDS, connection.invoices_reference_field)
    question = Question(
        connection.invoices_set, (COMPANY, "InvoiceNumber", "InvoiceDate", "LedgerVoucher"), fields,
        companies_filter(connection), order=("InvoiceDate",),
    )  # fmt: skip
    return Book(
        "invoices", question, documents.invoice_decoder(connection), Document, time_field="InvoiceDate", is_day=True,
        created="InvoiceDate", number="InvoiceNumber", scope="kind IN ('invoice', 'credit_memo')",
    )  # fmt: skip


def _free_texts(connection: FinanceOperationsConnection) -> Book:
    fields = (*documents.FREE_TEXT_FIELDS, connection.free_text_reference_field)
    question = Question(
        connection.free_text_set, (COMPANY, "FreeTextNumber"), fields, companies_filter(connection),
        order=("InvoiceDate",),
    )  # fmt: skip
    return Book(
        "free_text_invoices", question, documents.free_text_decoder(connection), Document, time_field="InvoiceDate",
        is_day=True, created="InvoiceDate", number="FreeTextNumber", takes_undated=True,
        scope="kind = 'free_text_invoice'",
    )  # fmt: skip


def _ledger(connection: FinanceOperationsConnection) -> Book:
    fields = (*ledger.ENTRY_FIELDS, connection.ledger_company_field)
    question = Question(
        connection.ledger_set, (connection.ledger_id_field,), fields, ledger.accounts_filter(connection),
        order=("AccountingDate",),
    )  # fmt: skip
    codes = connection.company_codes
    return Book(
        "ledger", question.where(any_of(connection.ledger_company_field, codes)),
        lambda items, context: ledger.decode_entries(items, context, connection), LedgerEntry,
        time_field="AccountingDate", is_day=True, created="AccountingDate",
    )  # fmt: skip
