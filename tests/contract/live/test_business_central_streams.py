"""What Business Central's rows become, stream by stream."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.contract.live.business_central_setting import (
    CA,
    EVER,
    US,
    Environment,
    context,
    customer,
    document,
    entry,
    read,
)
from unposted.connectors.formats import Bad
from unposted.domain.records import Document, ExchangeRate, JobRun, LedgerEntry, StockItem, record_id
from unposted.errors import SourceRefused
from unposted.sandbox.business_central import guid

ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def bc() -> Environment:
    """Two empty companies: US in US dollars, CA in Canadian dollars."""
    return Environment()


def _document(bc: Environment, stream: str, entity_set: str, company: str = CA, **fields: Any) -> Document:
    bc.service.put(company, entity_set, document("D1", **fields))
    (found,) = read(bc.stream(stream))
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize("blank", ["_x0020_", " ", ""])
def test_a_blank_choice_blocks_nobody(bc: Environment, blank: str) -> None:
    """On the wire a blank choice is `_x0020_`; older versions write a space or nothing."""
    bc.service.put(US, "customers", customer("C1", blocked=blank))
    assert [one.blocked for one in read(bc.stream("customers"))] == [""]


@pytest.mark.parametrize("choice", ["Ship", "Invoice", "All"])
def test_a_blocked_customer_stays_a_record(bc: Environment, choice: str) -> None:
    """A customer on hold is there and cannot bill; it is read, not filtered away."""
    bc.service.put(US, "customers", customer("C1", blocked=choice))
    assert [one.blocked for one in read(bc.stream("customers"))] == [f"blocked: {choice}"]
    assert not [call for call in bc.asked("/customers") if "blocked" in (call.first("$filter") or "")]


def test_each_of_several_addresses_in_one_field_is_a_key(bc: Environment) -> None:
    """The e-mail field may hold several addresses, parted by `;`."""
    bc.service.put(US, "customers", customer("C1", email="Buy@one.example; desk@two.example;"))
    (found,) = read(bc.stream("customers"))
    assert {key.value for key in found.keys if key.kind == "email"} == {"buy@one.example", "desk@two.example"}


def test_a_person_is_no_company(bc: Environment) -> None:
    """The contact type tells a person from a company."""
    bc.service.put(US, "customers", customer("C1", type="Person"))
    assert [one.is_company for one in read(bc.stream("customers"))] == [False]


def test_a_sales_order_keeps_the_number_of_the_storefront(bc: Environment) -> None:
    """An order with all that the cards need of it."""
    found = _document(bc, "sales_orders", "salesOrders", US)
    assert found == Document(
        "USTI", "order", guid("document", "D1"), "D1", "#1001", None, "C1", "USD", 10710, 10000, date(2026, 4, 10),
        "Open", False, datetime(2026, 4, 10, 10, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wire", "status"),
    [("Draft", "Draft"), ("In_x0020_Review", "In Review"), ("Open", "Open"), ("In Review", "In Review")],
)
def test_an_order_s_status_is_read_from_its_xml_name(bc: Environment, wire: str, status: str) -> None:
    """Draft is an open order and Open a released one; none of them is posted, for posted orders vanish."""
    found = _document(bc, "sales_orders", "salesOrders", status=wire)
    assert (found.status, found.is_posted) == (status, False)


def test_a_fully_shipped_order_says_so(bc: Environment) -> None:
    """Only the rows tell it; the status does not."""
    assert _document(bc, "sales_orders", "salesOrders", fullyShipped=True).status == "Open; fully shipped"


@pytest.mark.parametrize(
    ("wire", "is_posted"),
    [
        ("_x0020_", False), ("Draft", False), ("In_x0020_Review", False), ("Open", True), ("Paid", True),
        ("Canceled", True), ("Corrective", True),
    ],
)  # fmt: skip
def test_an_invoice_s_status_tells_whether_it_is_posted(bc: Environment, wire: str, is_posted: bool) -> None:
    """Drafts and posted invoices stand in one set."""
    assert _document(bc, "sales_invoices", "salesInvoices", status=wire).is_posted is is_posted


def test_an_invoice_names_its_order(bc: Environment) -> None:
    """The order is gone by then; its number is on the invoice."""
    assert _document(bc, "sales_invoices", "salesInvoices").order_number == "SO-1"


def test_a_credit_memo_s_amounts_are_positive(bc: Environment) -> None:
    """The kind tells the direction, not the sign."""
    found = _document(bc, "sales_credit_memos", "salesCreditMemos", status="Paid")
    assert (found.kind, found.total, found.net, found.is_posted) == ("credit_memo", 10710, 10000, True)


@pytest.mark.parametrize("code", ["", None, "CAD"])
def test_a_blank_currency_is_the_company_s_own(bc: Environment, code: str | None) -> None:
    """Local currency is stored as blank, with an id of zeros."""
    assert _document(bc, "sales_invoices", "salesInvoices", currencyCode=code, currencyId=ZERO).currency == "CAD"


def test_a_foreign_currency_is_kept(bc: Environment) -> None:
    """An invoice of the Canadian company in US dollars."""
    assert _document(bc, "sales_invoices", "salesInvoices", currencyCode="USD").currency == "USD"


def test_a_currency_without_cents_has_no_minor_units(bc: Environment) -> None:
    """Amounts are in the currency's own minor units."""
    found = _document(bc, "sales_invoices", "salesInvoices", currencyCode="JPY", totalAmountIncludingTax=1070)
    assert found.total == 1070


def test_a_row_whose_currency_nothing_tells_is_quarantined(bc: Environment) -> None:
    """Not a guess: without local currency a blank one cannot be read."""
    bc.change(denied=frozenset({"generalLedgerSetup", "companyInformation"}))
    bc.service.put(CA, "salesInvoices", document("D1", currencyCode=""))
    (found,) = read(bc.stream("sales_invoices"))
    assert isinstance(found, Bad)
    assert found.code == "missing-currency"


def test_a_big_amount_keeps_every_cent(bc: Environment) -> None:
    """Amounts never go through a float."""
    assert (
        _document(bc, "sales_invoices", "salesInvoices", totalAmountIncludingTax=9007199254740.93).total
        == 900719925474093
    )


def test_a_negative_order_is_read(bc: Environment) -> None:
    """An order of returns only has a negative total."""
    assert _document(bc, "sales_orders", "salesOrders", totalAmountIncludingTax=-12.5).total == -1250


@pytest.mark.parametrize("day", ["0001-01-01", "", None])
def test_a_missing_date_is_the_posting_date(bc: Environment, day: str | None) -> None:
    """A blank date is the year 1 on the wire, never a date of ours."""
    assert _document(bc, "sales_invoices", "salesInvoices", invoiceDate=day).day == date(2026, 4, 11)


def test_a_vanished_order_ends_by_the_recount(bc: Environment) -> None:
    """Posting deletes the order; the list of keys does not show it any more, and is read daily."""
    bc.service.put(US, "salesOrders", document("O1"))
    bc.service.put(US, "salesOrders", document("O2"))
    stream = bc.stream("sales_orders")
    assert stream.recount is not None
    assert stream.recount_daily
    before = {light.record_id for light in stream.recount(None, None)}
    bc.service.remove(US, "salesOrders", guid("document", "O1"))
    after = {light.record_id for light in stream.recount(None, None)}
    assert before - after == {f"USTI|order|{guid('document', 'O1')}"}
    assert before == {f"USTI|order|{guid('document', number)}" for number in ("O1", "O2")}


def test_the_recount_s_ids_are_those_of_the_store(bc: Environment) -> None:
    """Reading and recount speak of the same records, in every stream that has both."""
    bc.service.put(US, "customers", customer("C1"))
    bc.service.put(CA, "salesInvoices", document("I1"))
    bc.service.put(CA, "salesCreditMemos", document("M1"))
    bc.service.put(US, "generalLedgerEntries", entry(1))
    bc.service.put(US, "items", _item())
    connector = bc.connector(revenue_accounts=("40100",))
    for stream in connector.streams:
        if stream.recount is not None:
            read_ids = {record_id(record) for record in read(stream)}
            assert {light.record_id for light in stream.recount(None, None)} == read_ids, stream.name


def test_the_recount_is_another_path_than_the_reading(bc: Environment) -> None:
    """A count by `$count` and keys without a span: a filter that loses rows is seen."""
    bc.service.put(US, "customers", customer("OLD", "1995-01-01T00:00:00Z"))
    stream = bc.stream("customers")
    assert stream.recount is not None
    assert [light.record_id for light in stream.recount(None, None)] == ["USTI|OLD"]
    counted = bc.asked("/customers/$count")
    assert len(counted) == 2
    assert {call.first("$filter") for call in bc.asked("/customers")} == {None}


def test_a_change_that_does_not_move_the_time_of_change_shows_in_the_recount(bc: Environment) -> None:
    """The time does not always move (MicrosoftDocs/dynamics365smb-devitpro-pb#1762): states are listed too."""
    bc.service.put(US, "customers", customer("C1", blocked="All"))
    stream = bc.stream("customers")
    assert stream.recount is not None
    (light,) = stream.recount(None, None)
    assert (light.state, light.updated_at) == ("All", datetime(2026, 4, 10, 10, tzinfo=UTC))


def test_the_recount_of_documents_shows_status_and_amounts(bc: Environment) -> None:
    """Enough to tell a wrong one from a missing one; by the document's own date where days are given."""
    bc.service.put(CA, "salesInvoices", document("I1", currencyCode="", status="Paid"))
    bc.service.put(CA, "salesInvoices", document("I2", invoiceDate="2025-01-01"))
    stream = bc.stream("sales_invoices")
    assert stream.recount is not None
    (light,) = stream.recount(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 30, tzinfo=UTC))
    assert (light.state, light.currency, light.total) == ("Paid", "CAD", 10710)


def test_a_bad_record_does_not_stop_the_recount(bc: Environment) -> None:
    """Where a row cannot be shown the keys alone are listed."""
    bc.service.put(US, "customers", customer("C1"))
    bc.service.put(US, "customers", customer("C2"))
    bc.change(poison=frozenset({guid("customer", "C2")}))
    stream = bc.stream("customers")
    assert stream.recount is not None
    assert {light.record_id for light in stream.recount(None, None)} == {"USTI|C1", "USTI|C2"}


def test_single_records_are_fetched_by_the_store_s_ids(bc: Environment) -> None:
    """Ids of both companies in one question; one that is gone is left out."""
    for company, number in ((US, "A'1"), (CA, "B2")):
        bc.service.put(company, "customers", customer(number))
    stream = bc.stream("customers")
    assert stream.by_id is not None
    found = list(stream.by_id(["USTI|A'1", "CATU|B2", "CATU|GONE", "NOBODY|A'1"]))
    assert [(page.entity, len(page.items)) for page in found] == [("USTI", 1), ("CATU", 1)]


def test_single_documents_are_fetched_by_id(bc: Environment) -> None:
    """A document's id in the store has its kind in the middle."""
    bc.service.put(CA, "salesInvoices", document("I1"))
    stream = bc.stream("sales_invoices")
    assert stream.by_id is not None
    (page,) = stream.by_id([f"CATU|invoice|{guid('document', 'I1')}"])
    assert (page.entity, len(page.items)) == ("CATU", 1)


def test_hundreds_of_single_records_never_ask_for_two_fields_in_one_or(bc: Environment) -> None:
    """`or` is allowed on one field only; numbers and ids are asked for apart, some at a time."""
    for place in range(95):
        bc.service.put(US, "customers", customer(f"C{place}"))
    stream = bc.stream("customers")
    assert stream.by_id is not None
    wanted = [f"USTI|C{place}" for place in range(90)] + [
        f"USTI|{guid('customer', f'C{place}')}" for place in range(90, 95)
    ]
    assert sum(len(page.items) for page in stream.by_id(wanted)) == 95
    assert len(bc.asked("/customers")) == 4


def test_ledger_entries_are_debit_less_credit_in_the_company_s_currency(bc: Environment) -> None:
    """A revenue entry is negative; the row itself shows no currency."""
    bc.service.put(CA, "generalLedgerEntries", entry(1, creditAmount=128.4))
    found = read(bc.stream("ledger_entries", revenue_accounts=("40100",)))
    assert found == [
        LedgerEntry("CATU", guid("entry", 1), "40100", date(2026, 4, 10), "CAD", -12840, "INV-1",
                    datetime(2026, 4, 10, 10, tzinfo=UTC)),
    ]  # fmt: skip


def test_a_correction_has_a_negative_debit(bc: Environment) -> None:
    """Business Central corrects by negative amounts on the same side."""
    bc.service.put(US, "generalLedgerEntries", entry(1, debitAmount=-5, creditAmount=0))
    assert [one.amount for one in read(bc.stream("ledger_entries", revenue_accounts=("40100",)))] == [-500]


def test_only_the_named_revenue_accounts_are_asked_for(bc: Environment) -> None:
    """Numbers and ranges, all on one field, within the span."""
    for number, account in enumerate(("40100", "40200", "44000", "44999", "45000"), 1):
        bc.service.put(US, "generalLedgerEntries", entry(number, account))
    found = read(bc.stream("ledger_entries", revenue_accounts=("40100", "44000..44999")))
    assert {one.account for one in found} == {"40100", "44000", "44999"}


def test_ledger_entries_without_accounts_are_refused(bc: Environment) -> None:
    """The whole ledger is not read by oversight."""
    with pytest.raises(SourceRefused, match="revenue_accounts") as caught:
        read(bc.stream("ledger_entries"))
    assert caught.value.code == "no-revenue-accounts"


def test_ledger_entries_may_be_read_by_posting_date(bc: Environment) -> None:
    """Where the time of change cannot be trusted, or is slow, the date of posting is asked for."""
    bc.service.put(US, "generalLedgerEntries", entry(1))
    stream = bc.stream("ledger_entries", revenue_accounts=("40100",), ledger_time="postingDate")
    assert len(read(stream)) == 1
    (asked, *_) = bc.asked("/generalLedgerEntries")
    assert "postingDate ge 2000-01-01 and postingDate le" in (asked.first("$filter") or "")
    assert "lastModifiedDateTime" not in (asked.first("$filter") or "")


@pytest.mark.parametrize(
    ("amount", "relational", "rate"),
    [(100, 73, "0.73"), (1, 1.2, "1.2"), (0.5, 1, "2"), (100, 100, "1"), (3, 1, "0.3333333333333333333333333333")],
)
def test_a_rate_is_relational_amount_by_amount(bc: Environment, amount: float, relational: float, rate: str) -> None:
    """Local currency for one unit of the foreign one."""
    bc.service.put(
        US, "currencyExchangeRates", _rate(exchangeRateAmount=amount, relationalExchangeRateAmount=relational)
    )
    assert [one.rate for one in read(bc.stream("exchange_rates"))] == [rate]


def test_a_rate_is_dated_and_against_the_company_s_own_currency(bc: Environment) -> None:
    """A blank relational currency is the local one; a named one is kept."""
    bc.service.put(CA, "currencyExchangeRates", _rate())
    bc.service.put(CA, "currencyExchangeRates", _rate(id=guid("r2"), relationalCurrencyCode="GBP"))
    changed = datetime(2026, 4, 1, 6, tzinfo=UTC)
    assert read(bc.stream("exchange_rates")) == [
        ExchangeRate("CATU", "EUR", "CAD", date(2026, 4, 1), "0.73", None, changed),
        ExchangeRate("CATU", "EUR", "GBP", date(2026, 4, 1), "0.73", None, changed),
    ]


@pytest.mark.parametrize(
    "fields", [{"exchangeRateAmount": 0}, {"relationalExchangeRateAmount": 0}, {"startingDate": ""}]
)
def test_a_rate_that_cannot_be_is_quarantined(bc: Environment, fields: dict[str, Any]) -> None:
    """Nothing is divided by zero, and a rate without a date is none."""
    bc.service.put(CA, "currencyExchangeRates", _rate(**fields))
    assert [type(one) for one in read(bc.stream("exchange_rates"))] == [Bad]


def test_a_failed_job_tells_its_message_without_the_call_s_id(bc: Environment) -> None:
    """Equal failures read the same."""
    bc.service.put(US, "jobQueueLogEntries", {
        "id": guid("j"), "startDateTime": "2026-04-28T20:00:03Z", "endDateTime": "0001-01-01T00:00:00Z",
        "objectIdToRun": 30104, "objectTypeToRun": "Codeunit", "status": "In_x0020_Process",
        "errorMessage": f"Not everything can be mapped.  CorrelationId:  {guid('x')}.",
        "lastModifiedDateTime": "2026-04-28T20:01:45Z",
    })  # fmt: skip
    assert read(bc.stream("job_queue_log")) == [
        JobRun("USTI", guid("j"), "Codeunit 30104", "In Process", datetime(2026, 4, 28, 20, 0, 3, tzinfo=UTC), None,
               "Not everything can be mapped.", datetime(2026, 4, 28, 20, 1, 45, tzinfo=UTC)),
    ]  # fmt: skip


def test_items_become_stock_items(bc: Environment) -> None:
    """A blocked item cannot be sold."""
    bc.service.put(US, "items", _item(blocked=True))
    changed = datetime(2026, 4, 1, 6, tzinfo=UTC)
    assert read(bc.stream("items")) == [StockItem("USTI", "1000", "Bicycle", True, changed)]


def test_the_main_card_needs_companies_customers_and_rates(bc: Environment) -> None:
    """Other streams are read when the workspace lists them."""
    assert [one.name for one in bc.connector().streams if one.main] == ["companies", "customers", "exchange_rates"]


def test_deletions_that_nobody_tells_are_looked_for_daily(bc: Environment) -> None:
    """Customers, orders and items vanish without a word."""
    daily = [one.name for one in bc.connector().streams if one.recount_daily]
    assert daily == ["customers", "sales_orders", "items"]


def test_documents_of_one_table_are_told_apart(bc: Environment) -> None:
    """Three streams share the store's documents; each knows its own by kind."""
    scopes = {one.name: one.scope for one in bc.connector().streams if Document in one.records}
    assert scopes == {
        "sales_orders": "kind = 'order'", "sales_invoices": "kind = 'invoice'",
        "sales_credit_memos": "kind = 'credit_memo'",
    }  # fmt: skip


def test_a_wrong_type_is_quarantined_and_the_page_goes_on(bc: Environment) -> None:
    """A number that became an object is told by its field; the row beside it is read."""
    bc.service.put(US, "customers", customer("C1", displayName={"en": "x"}))
    bc.service.put(US, "customers", customer("C2"))
    found = read(bc.stream("customers"), EVER, given=context())
    assert {type(one).__name__ for one in found} == {"Bad", "Master"}


def _rate(**fields: Any) -> dict[str, Any]:
    return {
        "id": guid("r1"), "currencyCode": "EUR", "startingDate": "2026-04-01", "exchangeRateAmount": 100,
        "relationalCurrencyCode": "", "relationalExchangeRateAmount": 73,
        "lastModifiedDateTime": "2026-04-01T06:00:00Z",
    } | fields  # fmt: skip


def _item(**fields: Any) -> dict[str, Any]:
    return {
        "id": guid("i1"), "number": "1000", "displayName": "Bicycle", "blocked": False,
        "lastModifiedDateTime": "2026-04-01T06:00:00Z",
    } | fields  # fmt: skip
