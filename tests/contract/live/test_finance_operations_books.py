"""Orders, invoices, credit notes, ledger entries, rates and companies of Finance & Operations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.contract.live.finance_operations_setting import Environment, asked, decoded, paged, read, stream, the_world
from unposted.connectors.formats import Bad
from unposted.domain.cursor import Span
from unposted.domain.records import Document, ExchangeRate, LedgerEntry, LegalEntity, record_id
from unposted.sandbox.erp import REVENUE, books_of
from unposted.sandbox.finance_operations_books import rate_row
from unposted.sandbox.services.finance_operations import FinanceOperationsSwitches


def _documents(environment: Environment, name: str, span: Span | None = None, **settings: object) -> list[Document]:
    found = read(environment.connect(**settings), name, span)
    assert not [item for item in found if isinstance(item, Bad)]
    return [item for item in found if isinstance(item, Document)]


def _open() -> Environment:
    return Environment(FinanceOperationsSwitches(page_size=100), the_world())


def test_orders_carry_the_storefronts_number() -> None:
    """Number, account and reference are those of the books."""
    found = {(one.number, one.account, one.external_number) for one in _documents(_open(), "sales_orders")}
    assert found == {(one.number, one.account, one.reference) for one in books_of(the_world()).orders}


def test_the_field_of_the_storefronts_number_is_a_setting() -> None:
    """Some write it into the requisition number."""
    found = _documents(_open(), "sales_orders", orders_reference_field="CustomerRequisitionNumber")
    assert {one.external_number for one in found} == {one.reference.lstrip("#") for one in books_of(the_world()).orders}


@pytest.mark.parametrize("name", ["SalesOrderHeadersV3", "SalesOrderHeadersV4"])
def test_the_set_of_orders_is_a_setting(name: str) -> None:
    """Newer builds have another one."""
    environment = Environment(FinanceOperationsSwitches(order_sets=(name,)), the_world())
    assert len(_documents(environment, "sales_orders", orders_set=name)) == len(books_of(the_world()).orders)


def test_totals_that_are_not_calculated_are_not_told() -> None:
    """Nought would be a lie."""
    found = {one.number: one for one in _documents(_open(), "sales_orders")}
    for order in books_of(the_world()).orders:
        expected = (order.total, order.total - order.tax) if order.invoice else (None, None)
        assert (found[order.number].total, found[order.number].net) == expected


def test_a_span_holds_both_of_its_ends() -> None:
    """An order that was made in the very second of an end is read by both spans."""
    order = books_of(the_world()).orders[300]
    moment = order.entered.replace(microsecond=0)
    for span in (Span(moment, moment + timedelta(days=1)), Span(moment - timedelta(days=1), moment)):
        assert order.number in {one.number for one in _documents(_open(), "sales_orders", span)}


def test_a_span_that_begins_within_a_second_takes_the_whole_second() -> None:
    """The service keeps no fractions."""
    order = books_of(the_world()).orders[300]
    start = order.entered.replace(microsecond=700_000)
    assert order.number in {one.number for one in _documents(_open(), "sales_orders", Span(start, start))}


def test_spans_side_by_side_lose_no_order() -> None:
    """Week by week the same orders as at once."""
    starts = [datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=7 * week) for week in range(11)]
    environment = _open()
    found = {one.number for start in starts
             for one in _documents(environment, "sales_orders", Span(start, start + timedelta(days=7)))}  # fmt: skip
    assert found == {order.number for order in books_of(the_world()).orders}


def test_a_field_that_tells_changes_may_be_read_by() -> None:
    """With an extension an order that was invoiced later is read again, with its time."""
    environment = Environment(FinanceOperationsSwitches(modified_field="EcomModified"), the_world())
    order = next(one for one in books_of(the_world()).orders if one.changed - one.entered > timedelta(days=2))
    span = Span(order.changed - timedelta(minutes=1), order.changed + timedelta(minutes=1))
    found = {one.number: one for one in _documents(environment, "sales_orders", span, orders_time_field="EcomModified")}
    assert found[order.number].updated_at == order.changed.replace(microsecond=0)
    assert order.number not in {one.number for one in _documents(environment, "sales_orders", span)}


def test_posted_invoices_include_free_text_ones_and_credit_notes() -> None:
    """One set has all three; a credit note is a row below zero, and positive here."""
    found = {one.number: one for one in _documents(_open(), "invoices")}
    books = books_of(the_world())
    for memo in books.credit_memos:
        one = found[memo.number]
        assert (one.kind, one.total, one.net) == ("credit_memo", memo.total, memo.total - memo.tax)
    for invoice in (*books.invoices, *(one for one in books.free_text_invoices if one.posted)):
        one = found[invoice.number]
        assert (one.kind, one.total, one.order_number) == ("invoice", invoice.total, invoice.order)
        assert (one.day, one.external_number, one.is_posted) == (invoice.day, invoice.reference, True)


def test_an_invoice_number_that_comes_again_is_another_invoice() -> None:
    """Its voucher tells the two apart."""
    environment = Environment()
    for year, voucher in (("2025", "V1"), ("2026", "V2")):
        environment.service.put(
            "SalesInvoiceHeadersV2", _invoice(InvoiceDate=f"{year}-03-01T12:00:00Z", LedgerVoucher=voucher)
        )
    found = _documents(
        environment, "invoices", Span(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    )
    assert len({record_id(one) for one in found}) == 2


def _invoice(**changes: object) -> dict[str, object]:
    return {
        "dataAreaId": "usti", "InvoiceNumber": "I-1", "InvoiceDate": "2026-04-10T12:00:00Z", "LedgerVoucher": "V1",
        "SalesOrderNumber": "", "InvoiceCustomerAccountNumber": "C-1", "CustomersOrderReference": "#1",
        "CurrencyCode": "USD", "TotalInvoiceAmount": 10.1, "TotalTaxAmount": 0,
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("written", "cents"), [("0.1", 10), ("1234567.89", 123_456_789), ("-19.99", 1_999), ("4.35", 435), ("100", 10_000)]
)
def test_amounts_keep_their_digits(written: str, cents: int) -> None:
    """No amount goes through a binary fraction."""
    found = stream(Environment().connect(), "invoices")
    body = (
        '{"dataAreaId":"usti","InvoiceNumber":"1","InvoiceDate":"2026-04-10T12:00:00Z","CurrencyCode":"USD",'
        f'"TotalInvoiceAmount":{written}}}'
    )
    (one,) = decoded(found, [body.encode()])
    assert isinstance(one, Document)
    assert one.total == cents


@pytest.mark.parametrize("hour", [0, 23])
def test_an_invoice_of_a_day_is_in_every_span_of_that_day(hour: int) -> None:
    """A day is written at noon and begins at each company's own hour: spans of days take a day more."""
    environment = Environment()
    environment.service.put("SalesInvoiceHeadersV2", _invoice())
    start = datetime(2026, 4, 10, hour, tzinfo=UTC)
    assert len(_documents(environment, "invoices", Span(start, start + timedelta(minutes=5)))) == 1


def test_free_text_invoices_are_read_with_their_drafts() -> None:
    """A draft has neither a number nor a day, and is there in every reading."""
    found = _documents(_open(), "free_text_invoices")
    books = {one.reference: one for one in books_of(the_world()).free_text_invoices}
    assert len(found) == len(books_of(the_world()).free_text_invoices)
    drafts = [one for one in found if not one.is_posted]
    assert len(drafts) == 2
    assert all((one.number, one.day) == (None, None) for one in drafts)
    late = Span(datetime(2026, 4, 11, tzinfo=UTC), datetime(2026, 4, 12, tzinfo=UTC))
    assert len(_documents(_open(), "free_text_invoices", late)) == 2
    assert {one.external_number for one in found} == set(books)


def test_a_bad_document_is_known_by_the_id_that_finds_it() -> None:
    """Company, kind and number: with it the record is asked for again."""
    environment = Environment()
    environment.service.put("SalesInvoiceHeadersV2", _invoice(CurrencyCode="XXQ"))
    connector = environment.connect()
    (bad,) = read(connector, "invoices")
    assert isinstance(bad, Bad)
    assert (bad.code, bad.record_id) == ("unknown-currency", "USTI|invoice|I-1~V1")
    finder = stream(connector, "invoices").by_id
    assert finder is not None
    assert [len(page.items) for page in finder([bad.record_id or ""])] == [1]


def test_documents_of_one_kind_are_told_from_the_others() -> None:
    """Three streams share a table: each has its own condition."""
    connector = _open().connect()
    assert stream(connector, "sales_orders").scope == "kind = 'order'"
    assert stream(connector, "invoices").scope == "kind IN ('invoice', 'credit_memo')"
    assert stream(connector, "free_text_invoices").scope == "kind = 'free_text_invoice'"


def test_the_main_card_needs_customers_companies_and_rates_alone() -> None:
    """Documents and ledger are read when the workspace lists them."""
    connector = _open().connect(revenue_accounts=("401100",))
    assert {one.name for one in connector.streams if one.main} == {"customers", "legal_entities", "exchange_rates"}


@pytest.mark.parametrize("name", ["sales_orders", "invoices", "free_text_invoices"])
def test_single_documents_are_found(name: str) -> None:
    """By company and number."""
    environment = _open()
    found = stream(environment.connect(), name)
    wanted = sorted(record_id(one) for one in _documents(environment, name))[::13]
    assert found.by_id is not None
    items = [item for page in found.by_id(wanted) for item in page.items]
    assert sorted(record_id(one) for one in decoded(found, items)) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["sales_orders", "invoices", "free_text_invoices", "ledger"])
def test_the_recount_sees_what_the_stream_read(name: str) -> None:
    """All of it, with status and total."""
    connector = _open().connect(revenue_accounts=tuple(REVENUE.values()))
    found = stream(connector, name)
    assert found.recount is not None
    lights = {light.record_id: light for light in found.recount(None, None)}
    records = {record_id(one): one for one in read(connector, name)}  # type: ignore[arg-type]
    assert lights.keys() == records.keys()
    some = next(iter(records.values()))
    amount = some.amount if isinstance(some, LedgerEntry) else some.total  # type: ignore[union-attr]
    assert lights[record_id(some)].total == amount  # type: ignore[arg-type]


def test_a_recount_of_a_time_sees_what_was_made_in_it() -> None:
    """From one instant to before another."""
    found = stream(_open().connect(), "sales_orders")
    assert found.recount is not None
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)
    expected = {one.number for one in books_of(the_world()).orders if start <= one.entered < end}
    assert {light.record_id.rpartition("|")[2] for light in found.recount(start, end)} == expected


def test_the_ledger_is_read_on_the_named_accounts() -> None:
    """With or without dimensions behind the account; a longer number is another account."""
    environment = _open()
    entry = read(environment.connect(revenue_accounts=("401200",)), "ledger")
    assert {one.account for one in entry} == {"401200"}  # type: ignore[union-attr]
    assert not read(environment.connect(revenue_accounts=("4012",)), "ledger")
    assert read(environment.connect(revenue_accounts=("130100",)), "ledger")


def test_the_ledger_adds_up_to_what_was_invoiced() -> None:
    """Revenue is a credit: less than nothing, in the documents' currency."""
    entries = read(_open().connect(revenue_accounts=tuple(REVENUE.values())), "ledger")
    books = books_of(the_world())
    net = sum(one.total - one.tax for one in (*books.invoices, *books.free_text_invoices) if one.posted)
    net -= sum(one.total - one.tax for one in books.credit_memos)
    assert sum(one.amount for one in entries if isinstance(one, LedgerEntry)) == -net


def test_without_accounts_there_is_no_ledger() -> None:
    """Nobody reads a whole ledger by mistake."""
    assert "ledger" not in {one.name for one in _open().connect().streams}


def test_legal_entities_are_listed() -> None:
    """Their codes are upper-case; their currency is not shown there."""
    found = read(_open().connect(), "legal_entities")
    assert found == [LegalEntity("CATU", "CA Trade ULC"), LegalEntity("USTI", "US Trade Inc")]


@pytest.mark.parametrize(("units", "is_reversed"), [(1, False), (100, False), (1, True)])
def test_a_rate_is_that_of_one_unit_in_the_set_direction(units: int, is_reversed: bool) -> None:
    """`Hundred` means that the rate is for a hundred; which way it points is a setting."""
    switches = FinanceOperationsSwitches(rate_units=units, are_rates_reversed=is_reversed)  # type: ignore[arg-type]
    environment = Environment(switches, the_world())
    found = read(environment.connect(rate_direction="to_from" if is_reversed else "from_to"), "exchange_rates")
    assert found == [
        ExchangeRate("", "CAD", "USD", date(2026, 2, 1), "0.7195", date(2026, 2, 28)),
        ExchangeRate("", "CAD", "USD", date(2026, 3, 1), "0.7248", date(2026, 3, 31)),
        ExchangeRate("", "CAD", "USD", date(2026, 4, 1), "0.73", None),
    ]


def test_rates_of_one_type_are_read() -> None:
    """A budget's rates are no rates of the day."""
    environment = _open()
    budget = read(environment.connect(rate_type="Budget"), "exchange_rates")
    assert {one.rate for one in budget} == {"0.7"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change", [{"Rate": 0}, {"ConversionFactor": "Dozen"}, {"FromCurrency": "XXQ"}, {"StartDate": ""}]
)
def test_a_rate_that_cannot_be_true_goes_to_quarantine(change: dict[str, object]) -> None:
    """The others are read."""
    environment = Environment()
    rates = [rate_row(rate) for rate in books_of(the_world()).rates]
    for row in (rates[0] | change, *rates[1:]):
        environment.service.put("ExchangeRates", row)
    found = read(environment.connect(), "exchange_rates")
    assert [isinstance(one, Bad) for one in found].count(True) == 1
    assert len(found) == 3


def test_lists_of_companies_and_rates_end() -> None:
    """They are short, and read to the end like everything else."""
    environment = Environment(FinanceOperationsSwitches(page_size=1), the_world())
    connector = environment.connect()
    for name, count in (("legal_entities", 2), ("exchange_rates", 3)):
        assert sum(len(page.items) for page in paged(stream(connector, name))) == count
    assert len(asked(environment, "LegalEntities")) >= 2
