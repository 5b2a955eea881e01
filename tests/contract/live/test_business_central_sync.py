"""Business Central read by the sync itself: spans, quarantine, hints and recounts end in the right facts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.contract.live.business_central_setting import CA, NOW, US, Environment, customer, document
from tests.support.product import empty_store
from unposted.connectors.formats import Context
from unposted.connectors.keys import KeyMaker
from unposted.domain.cursor import Pace
from unposted.domain.records import Document, Master
from unposted.sandbox.business_central import guid
from unposted.store import ledger
from unposted.store.database import END_OF_TIME
from unposted.store.facts import FACT_TABLES
from unposted.sync.kept_books import KeptBooks
from unposted.sync.live import StreamReader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BEGIN = NOW - timedelta(days=40)


@pytest.fixture
def bc() -> Environment:
    """Thirty customers and an order in each company."""
    found = Environment()
    for company, code in ((US, "U"), (CA, "C")):
        for place in range(30):
            found.service.put(
                company, "customers", customer(f"{code}{place:02d}", NOW - timedelta(hours=20 * place + 1))
            )
        found.service.put(company, "salesOrders", document(f"{code}-SO"))
    return found


def _reader(bc: Environment, store: DuckDBPyConnection, stream: str = "customers") -> StreamReader:
    found = bc.stream(stream)
    source = ledger.source_id_of(store, "bc", "dynamics", "business_central")
    books = KeptBooks(store, source, found, bc.clock)
    context = Context(KeyMaker(), ZoneInfo("UTC"))
    return StreamReader("bc", found, books, context, bc.clock, Pace(), lambda _: None, lambda: False)


def _current(store: DuckDBPyConnection, record: type = Master) -> set[str]:
    table = next(table for table in FACT_TABLES if table.record is record)
    sql = f"SELECT {table.record_key} FROM {table.versions} AS c WHERE known_to = TIMESTAMP '{END_OF_TIME}'"
    return {key for (key,) in store.execute(sql).fetchall()}


def _wanted() -> set[str]:
    return {f"{entity}|{code}{place:02d}" for entity, code in (("USTI", "U"), ("CATU", "C")) for place in range(30)}


def test_the_news_of_both_companies_are_kept(bc: Environment) -> None:
    """A first reading goes through all spans and both companies; another one finds nothing new."""
    store = empty_store()
    _reader(bc, store).news(BEGIN)
    assert _current(store) == _wanted()
    bc.clock.sleep(3600)
    again = _reader(bc, store)
    again.news(BEGIN)
    assert again.tally.stored == 0
    assert _current(store) == _wanted()


@pytest.mark.parametrize("status", [400, 500])
def test_one_record_that_cannot_be_delivered_is_quarantined(bc: Environment, status: int) -> None:
    """Everything else is read, and the one is named by its id in the store."""
    bc.change(poison=frozenset({guid("customer", "U07")}), poison_status=status)
    store = empty_store()
    reader = _reader(bc, store)
    reader.news(BEGIN)
    assert _current(store) == _wanted() - {"USTI|U07"}
    assert reader.tally.quarantined == 1
    assert any("USTI|U07" in remark for remark in reader.tally.remarks)


def test_a_notification_brings_its_customer(bc: Environment) -> None:
    """Its ids are Business Central's own; what is kept goes by the store's."""
    store = empty_store()
    company = guid("company", "usti")
    _reader(bc, store).single([f"{company}|{guid('customer', 'U03')}", f"{company}|{guid('customer', 'gone')}"])
    assert _current(store) == {"USTI|U03"}


def test_a_posted_order_ends_with_the_recount(bc: Environment) -> None:
    """It vanishes without a word; the recount ends it, and brings what was missed."""
    store = empty_store()
    _reader(bc, store, "sales_orders").news(BEGIN)
    assert len(_current(store, Document)) == 2
    bc.service.remove(US, "salesOrders", guid("document", "U-SO"))
    bc.service.put(CA, "salesOrders", document("OLD", "2019-01-01T00:00:00Z"))
    _reader(bc, store, "sales_orders").recount(None, None)
    assert _current(store, Document) == {f"CATU|order|{guid('document', number)}" for number in ("C-SO", "OLD")}


def test_a_customer_that_changes_while_it_is_read_is_kept_in_its_newest_version(bc: Environment) -> None:
    """What changes behind our back comes with the next reading."""
    store = empty_store()
    _reader(bc, store).news(BEGIN)
    bc.clock.sleep(600)
    bc.service.put(US, "customers", customer("U00", bc.clock.now() - timedelta(minutes=5), blocked="All"))
    reader = _reader(bc, store)
    reader.news(BEGIN)
    assert reader.tally.stored == 1


def test_a_row_that_cannot_be_read_does_not_borrow_another_company_s(bc: Environment) -> None:
    """The same number in the other company is another customer: the bad row stays in quarantine."""
    bc.service.put(US, "customers", customer("C05", displayName={"bad": 1}) | {"id": guid("customer", "US C05")})
    store = empty_store()
    reader = _reader(bc, store)
    reader.news(BEGIN)
    assert _current(store) == _wanted()
    assert reader.tally.quarantined == 1
