"""The made-up ERP's books follow from the world, and add up."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest

from unposted.sandbox.erp import COMPANIES, RATES, ErpBooks, books_of
from unposted.sandbox.known import trades
from unposted.sandbox.scene import AS_OF, EXPORTED, WINDOW_START
from unposted.sandbox.shopify import order_names
from unposted.sandbox.values import World, local
from unposted.sandbox.world import make_world

_ABSENT = ("Wholesale-X", "Granite Peak Provisioning", "Northlight Interiors", "Bluestem Hospitality Group")


@pytest.fixture(scope="module")
def world() -> World:
    """The demo's world."""
    return make_world(2026)


@pytest.fixture(scope="module")
def books(world: World) -> ErpBooks:
    """Its books."""
    return books_of(world)


def test_the_same_world_gives_the_same_books(world: World, books: ErpBooks) -> None:
    """Nothing is drawn anew."""
    assert books_of(make_world(2026)) == books
    assert books_of(make_world(7)) != books


def test_both_companies_have_every_kind_of_document(books: ErpBooks) -> None:
    """Whoever reads one company only misses something of each kind."""
    for kind in (books.orders, books.invoices, books.free_text_invoices, books.credit_memos, books.entries):
        assert {document.entity for document in kind} == {company.entity for company in COMPANIES}
    assert {invoice.posted is None for invoice in books.free_text_invoices} == {True, False}


def test_an_order_is_billed_to_a_record_of_its_own_company(world: World, books: ErpBooks) -> None:
    """Each document names an account that the master has in the same company."""
    accounts = {(record.entity, record.account) for record in world.masters}
    for documents in (books.orders, books.invoices, books.free_text_invoices, books.credit_memos):
        assert all((document.entity, document.account) in accounts for document in documents)


def test_references_are_the_storefronts_own_order_numbers(world: World, books: ErpBooks) -> None:
    """Each order's reference is a sale of one of the storefronts, and none comes twice."""
    numbers = {*order_names(world).values(), *(str(sale.number) for sale in world.trade_sales)}
    references = [order.reference for order in books.orders]
    assert set(references) <= numbers
    assert len(set(references)) == len(references) > 500


def test_an_absent_party_has_no_document(world: World, books: ErpBooks) -> None:
    """What the card counts as missing is missing here too."""
    references = {order.reference for order in books.orders}
    absent = {str(sale.number) for sale in world.trade_sales if sale.buyer.firm and sale.buyer.firm.name in _ABSENT}
    assert absent
    assert not absent & references


def test_what_was_cancelled_voided_or_tested_is_not_billed(world: World, books: ErpBooks) -> None:
    """Only an order that stands, or stood until it was refunded, is in the ERP."""
    names = order_names(world)
    gone = {names[sale.number] for sale in world.shop_sales if sale.cancelled or sale.test}
    assert not gone & {order.reference for order in books.orders}


def test_a_young_order_is_not_there_yet(world: World, books: ErpBooks) -> None:
    """What was placed within a day of the export is still on its way; what is older is there."""
    known = {trade.reference: trade for trade in trades(world)}
    young = {name for name, trade in known.items() if EXPORTED - trade.placed < timedelta(days=1)}
    assert young
    assert {order.reference for order in books.orders} == set(known) - young
    assert all(order.entered <= EXPORTED for order in books.orders)


def test_an_invoice_follows_its_order_within_three_days(books: ErpBooks) -> None:
    """Every invoice belongs to an order that is one to three days older; some orders have none yet."""
    orders = {order.number: order for order in books.orders}
    for invoice in books.invoices:
        order = orders[invoice.order or ""]
        assert order.invoice == invoice.number
        assert timedelta(days=1) <= invoice.written - order.entered <= timedelta(days=3)
    assert len(books.invoices) < len(books.orders)


def test_a_record_on_hold_is_not_billed(world: World, books: ErpBooks) -> None:
    """An order of a blocked customer waits without an invoice."""
    held = {record.account for record in world.masters if record.hold != "No"}
    assert held & {order.account for order in books.orders}
    assert not held & {invoice.account for invoice in books.invoices}


def test_a_refund_is_a_credit_memo_of_its_amount(world: World, books: ErpBooks) -> None:
    """What was refunded of an invoice stands on a credit memo, tax in proportion."""
    refunded = {trade.reference: trade.refunded for trade in trades(world) if trade.refunded}
    assert books.credit_memos
    for memo in books.credit_memos:
        assert memo.total == refunded[memo.reference]
        assert 0 <= memo.tax < memo.total


def test_every_document_posts_to_nothing(books: ErpBooks) -> None:
    """Receivable, revenue and tax of a document add up to nought in both currencies."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for entry in books.entries:
        sums[entry.document][0] += entry.amount
        sums[entry.document][1] += entry.home_amount
    posted = len(books.invoices) + len(books.credit_memos)
    posted += sum(1 for invoice in books.free_text_invoices if invoice.posted)
    assert len(sums) == posted
    assert all(pair == [0, 0] for pair in sums.values())


def test_a_canadian_dollar_is_seventy_three_cents_all_week(books: ErpBooks) -> None:
    """The worked example's rate holds in its week, and another one before."""
    latest = max(RATES, key=lambda rate: rate.day)
    assert (latest.currency, latest.to_currency, latest.rate, latest.until) == ("CAD", "USD", "0.73", None)
    assert latest.day <= WINDOW_START.date() < AS_OF.date()
    assert {rate.rate for rate in books.rates} - {"0.73"}


def test_a_us_dollar_sale_of_the_canadian_company_is_kept_in_both_currencies(books: ErpBooks) -> None:
    """Its ledger shows dollars of the sale and more of its own."""
    foreign = [entry for entry in books.entries if entry.entity == "catu" and entry.currency == "USD"]
    assert foreign
    assert all(abs(entry.home_amount) > abs(entry.amount) for entry in foreign)
    assert local("2026-02-01 00:00:00").date() <= min(entry.day for entry in foreign)
