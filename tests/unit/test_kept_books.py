"""The books of a live stream in the store: whole batches or nothing, lists that end what they do not show, wants."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from tests.support.kept import NOW, Shelf, bad, keep, order, read_list
from unposted.domain.cursor import Cursor, Span
from unposted.domain.records import Company, CompanyLink, Customer, Master, Order, Staged
from unposted.sync.books import Batch, Kept, is_nameless

_CURSOR = Cursor(since=NOW - timedelta(days=1), until=NOW, token="next")


def _spoilt(where: str) -> tuple[Batch, Cursor]:
    """Make a batch that has something for every table and fails at one place of its writing."""
    batch = Batch(
        [Customer("c1", "new name"), Customer("c3", "third"), Company("f1")], [bad("c9")], ["c2"], 1, is_list=True
    )
    cursor = replace(_CURSOR, token="later")
    if where == "record":
        batch.records.append(Company("f2", cast("Any", object())))
    elif where == "quarantine":
        batch.bad.append(bad("c8")._replace(reason=cast("Any", None)))
    elif where == "met":
        batch.bad.append(bad("c8"))
        batch.records.append(Company(cast("Any", 7), "no text"))
    else:
        cursor = replace(cursor, delta=cast("Any", object()))
    return batch, cursor


@pytest.mark.parametrize("where", ["record", "quarantine", "met", "cursor"])
def test_a_batch_that_cannot_be_kept_leaves_everything_as_it_was(where: str) -> None:
    """Facts, cursor, quarantine, what the list has shown, and the ledger; the next batch is kept as if nothing was."""
    shelf = Shelf()
    books = shelf.books("customers", Customer, Company)
    books.keep(Batch([Customer("c1", "old"), Customer("c2")], [bad("c3")], pages=1, is_list=True), _CURSOR)
    before = shelf.everything()
    batch, cursor = _spoilt(where)
    with pytest.raises(Exception, match=r"."):
        books.keep(batch, cursor)
    assert shelf.everything() == before
    assert books.cursor() == _CURSOR
    batch, _ = _spoilt("cursor")
    assert books.keep(batch, replace(_CURSOR, token=None)) == Kept(3, 0, 1)
    assert shelf.current("customer", "customer_id") == ["c1", "c3"]


def test_a_batch_is_kept_with_its_cursor_and_its_numbers() -> None:
    """Fetched = stored + unchanged + quarantined, over all batches of the run."""
    shelf = Shelf()
    books = shelf.books("customers", Customer)
    assert books.cursor() == Cursor()
    assert books.keep(Batch([Customer("c1"), Customer("c2")], pages=1), _CURSOR) == Kept(2, 0, 0)
    span = Span(NOW - timedelta(days=2), NOW)
    later = replace(_CURSOR, span=span, token="2", paused_at=NOW)
    assert books.keep(Batch([Customer("c1"), Customer("c3")], [bad("c4")], ["c2"], 2), later) == Kept(1, 1, 1)
    assert books.cursor() == later
    assert shelf.rows("SELECT pages, fetched, stored, unchanged, quarantined, gone, outcome FROM sync_run") == [
        (3, 5, 3, 1, 1, 1, "running")
    ]


def test_an_older_delivery_does_not_overwrite_unless_it_was_asked_for() -> None:
    """A page that was built before the last one is old news; an answer by id is the newest word."""
    shelf = Shelf()
    books = shelf.books("customers", Customer)
    newer, older = Customer("c1", "new", NOW), Customer("c1", "old", NOW - timedelta(hours=1))
    books.keep(Batch([newer]), _CURSOR)
    assert books.keep(Batch([older]), _CURSOR) == Kept(0, 1, 0)
    assert shelf.current("customer", "name") == ["new"]
    assert books.keep(Batch([older], is_asked=True), _CURSOR) == Kept(1, 0, 0)
    assert shelf.current("customer", "name") == ["old"]


def test_what_a_list_does_not_show_ends() -> None:
    """How many that would be is known before; not ending them keeps them all."""
    shelf = Shelf()
    books = shelf.books("customers", Customer)
    read_list(books, *[Customer(f"c{number}") for number in range(5)])
    books.start_list(Cursor(list_began=NOW))
    keep(books, Customer("c1"))
    keep(books, Customer("c3"))
    assert books.missing_from_list() == (3, 5)
    assert books.end_list(Cursor(), end_missing=False) == 0
    assert len(shelf.current("customer", "customer_id")) == 5
    assert read_list(books, Customer("c1"), Customer("c3")) == 3
    assert shelf.current("customer", "customer_id") == ["c1", "c3"]
    assert shelf.rows("SELECT count(*) FROM list_seen") == [(0,)]


def test_a_list_that_is_begun_anew_forgets_what_the_broken_one_met() -> None:
    """A record that was only seen by the list that broke off is missing from the whole one."""
    shelf = Shelf()
    books = shelf.books("customers", Customer)
    read_list(books, Customer("c1"), Customer("c2"))
    books.start_list(Cursor(list_began=NOW))
    keep(books, Customer("c1"))
    assert read_list(books, Customer("c2")) == 1
    assert shelf.current("customer", "customer_id") == ["c2"]


@pytest.mark.parametrize("shown", ["C-1", "USTI|C-1"])
def test_a_record_that_cannot_be_read_is_there_all_the_same(shown: str) -> None:
    """Whether it shows its whole id or only the account: what is known of it stays."""
    shelf = Shelf()
    books = shelf.books("customers", Master)
    read_list(books, Master("USTI", "C-1"), Master("USTI", "C-2"))
    assert read_list(books, Master("USTI", "C-2"), bad=[bad(shown)]) == 0
    assert shelf.current("master", "account") == ["C-1", "C-2"]
    assert shelf.quarantine() == [shown]


def test_a_whole_id_speaks_for_its_own_company_alone() -> None:
    """Another company's customer of the same number that is not listed any more ends."""
    shelf = Shelf()
    books = shelf.books("customers", Master)
    read_list(books, Master("USTI", "C-1"), Master("CATU", "C-1"))
    assert read_list(books, bad=[bad("USTI|C-1")]) == 1
    assert shelf.current("master", "entity") == ["USTI"]


@pytest.mark.parametrize("name", ["unread-0a1b2c", "row 5 of CustomersV3"])
def test_a_record_that_does_not_show_its_id_may_be_any(name: str) -> None:
    """Then nothing ends by not being listed, and the next whole list settles it."""
    shelf = Shelf()
    books = shelf.books("customers", Master)
    read_list(books, Master("USTI", "C-1"), Master("USTI", "C-2"))
    books.start_list(Cursor(list_began=NOW))
    keep(books, Master("USTI", "C-2"), bad=[bad(name)])
    assert books.missing_from_list() == (0, 2)
    assert books.end_list(Cursor(), end_missing=True) == 0
    assert shelf.current("master", "account") == ["C-1", "C-2"]
    assert read_list(books, Master("USTI", "C-2")) == 1
    assert shelf.quarantine() == []


def test_names_that_are_no_ids_are_known() -> None:
    """An account may hold blanks and words, and is an id."""
    assert [is_nameless(one) for one in (None, "unread-00ff", "row 12 of LegalEntities")] == [True] * 3
    assert [is_nameless(one) for one in ("", "C 1", "row", "unread", "USTI|row 5 of X", "row five of X")] == [False] * 6


def test_streams_that_share_a_table_end_only_their_own() -> None:
    """Accounts beside contacts, drafts beside orders, links by order beside others, companies beside their links."""
    shelf = Shelf()
    accounts = shelf.books("accounts", Staged, scope="kind = 'account'")
    contacts = shelf.books("contacts", Staged, scope="kind = 'contact'")
    read_list(accounts, Staged("account", "a1"), Staged("account", "a2"))
    read_list(contacts, Staged("contact", "p1"), Staged("contact", "p2"))
    assert read_list(accounts, Staged("account", "a2")) == 1
    assert shelf.current("staged", "record_id") == ["a2", "p1", "p2"]
    orders = shelf.books("orders", Order, scope="order_id NOT LIKE 'draft-%'")
    drafts = shelf.books("draft_orders", Order, scope="order_id LIKE 'draft-%'")
    read_list(orders, order("1"), order("2"))
    read_list(drafts, order("draft-1"))
    assert read_list(drafts) == 1
    assert orders.missing_from_list() == (2, 2)
    assert shelf.current("order", "order_id") == ["1", "2"]


def test_a_stream_of_two_kinds_ends_both() -> None:
    """A company and the links that come with it are one list; a link of the same value is no company."""
    shelf = Shelf()
    books = shelf.books("companies", Company, CompanyLink, scope="TRUE")
    links = [CompanyLink("f1", "customer", "c1"), CompanyLink("f1", "email", "f1")]
    assert read_list(books, Company("f1"), Company("f2"), *links) == 0
    assert read_list(books, Company("f1"), links[0]) == 2
    assert shelf.current("company", "company_id") == ["f1"]
    assert shelf.current("company_link", "value") == ["c1"]


def test_another_source_is_left_alone() -> None:
    """The same ids in another shop are other records, other cursors and another quarantine."""
    shelf = Shelf()
    ours, theirs = (shelf.books("customers", Customer, source_id=shelf.source(name)) for name in ("shop", "trade"))
    read_list(theirs, Customer("c1"), bad=[bad("c2")])
    read_list(ours, Customer("c2"), Customer("c3"))
    assert read_list(ours, Customer("c2")) == 1
    ours.keep(Batch(removed=["c1", "c2"]), _CURSOR)
    assert shelf.current("customer", "customer_id") == ["c1"]
    assert shelf.quarantine() == ["c2"]
    assert theirs.cursor() == Cursor(listed_at=NOW)


def test_what_is_read_leaves_the_quarantine() -> None:
    """By its whole id or by what it showed of it; what is bad again is there once, and what is gone is not."""
    shelf = Shelf()
    books = shelf.books("customers", Master)
    keep(books, bad=[bad("C-1"), bad("USTI|C-2"), bad("C-3"), bad("C-4")])
    keep(books, bad=[bad("C-3", "bad-date")])
    assert shelf.rows("SELECT record_id, code FROM quarantine WHERE record_id = 'C-3'") == [("C-3", "bad-date")]
    keep(books, Master("USTI", "C-1"), Master("USTI", "C-2"), removed=["USTI|C-4"])
    assert shelf.quarantine() == ["C-3"]


def test_what_is_removed_ends_once() -> None:
    """An id that is not known ends nothing; a record that comes again is there again."""
    shelf = Shelf()
    books = shelf.books("customers", Customer)
    keep(books, Customer("c1"), Customer("c2"))
    assert keep(books, removed=["c1", "c1", "zz"]).gone == 1
    assert keep(books, removed=["c1"]).gone == 0
    assert keep(books, Customer("c1")) == Kept(1, 0, 0)
    assert shelf.current("customer", "customer_id") == ["c1", "c2"]


def test_orders_tell_which_customers_and_companies_are_wanted() -> None:
    """Those that they name and that are neither here nor unknown to the shop; each once, guests not at all."""
    shelf = Shelf()
    orders, customers = shelf.books("orders", Order), shelf.books("customers", Customer)
    companies = shelf.books("companies", Company)
    keep(
        orders, order("1", customer_id="c1", company_id="f1"), order("2", customer_id="c2"),
        order("3", customer_id="c1"), order("4"), order("5", customer_id="c3", company_id="f2"),
    )  # fmt: skip
    keep(customers, Customer("c2"))
    assert list(customers.wanted("orders")) == ["c1", "c3"]
    assert list(companies.wanted("orders")) == ["f1", "f2"]
    assert list(customers.wanted("companies")) == []
    customers.keep(Batch([Customer("c1")], removed=["c3"], is_asked=True), Cursor())
    assert list(customers.wanted("orders")) == []
    assert list(companies.wanted("orders")) == ["f1", "f2"]


def test_an_order_that_is_gone_wants_nobody() -> None:
    """Nor does the customer of an earlier version of an order, nor an order of another shop."""
    shelf = Shelf()
    orders, customers = shelf.books("orders", Order), shelf.books("customers", Customer)
    elsewhere = shelf.books("orders", Order, source_id=shelf.source("trade"))
    keep(elsewhere, order("9", customer_id="c9"))
    keep(orders, order("1", customer_id="c1"), order("2", customer_id="c2"))
    keep(orders, order("2", customer_id="c3", updated_at=NOW), removed=["1"])
    assert list(customers.wanted("orders")) == ["c3"]
