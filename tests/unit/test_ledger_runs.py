"""The ledger of live runs, the cursors and the hints: one line a stream and run, whatever becomes of the run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.kept import NOW, Shelf, bad, keep, order
from unposted.connectors.hints import Hint
from unposted.domain.cursor import Cursor
from unposted.domain.records import Customer, Order
from unposted.store import ledger, streams
from unposted.store.database import transaction
from unposted.sync.books import Batch, Outcome
from unposted.sync.hints import keep_hint, take_hints
from unposted.sync.kept_books import KeptBooks

_RUNS = "SELECT run_id, stream, outcome, calls, remark FROM sync_run ORDER BY run_id"


def test_a_run_has_its_line_from_its_first_moment_on() -> None:
    """It says `running` until it is closed, with when it began and ended."""
    shelf = Shelf()
    books = shelf.books("orders", Order)
    assert shelf.rows(_RUNS) == [(1, "orders", "running", 0, None)]
    shelf.clock.sleep(90)
    books.finish("done", 7, ["the list shrank", "a page came late"])
    assert shelf.rows(_RUNS) == [(1, "orders", "done", 7, "the list shrank; a page came late")]
    ((seconds,),) = shelf.rows("SELECT epoch(ended_at - started_at) FROM sync_run")
    assert seconds == 90


def test_a_run_that_was_killed_is_marked_by_the_next_one() -> None:
    """Of the same stream and source; another stream that still runs is left."""
    shelf = Shelf()
    shelf.books("orders", Order)
    shelf.books("customers", Customer)
    shelf.books("orders", Order, source_id=shelf.source("trade"))
    shelf.books("orders", Order)
    outcomes = [(run, outcome) for run, _, outcome, _, _ in shelf.rows(_RUNS)]
    assert outcomes == [(1, "killed"), (2, "running"), (3, "running"), (4, "running")]


@pytest.mark.parametrize("outcome", ["done", "stopped", "failed"])
def test_a_run_that_ended_is_not_called_killed(outcome: Outcome) -> None:
    """What it said of itself stands."""
    shelf = Shelf()
    shelf.books("orders", Order).finish(outcome, 1, ())
    shelf.books("orders", Order)
    assert shelf.rows(_RUNS)[0] == (1, "orders", outcome, 1, None)


def test_only_a_run_that_was_done_makes_the_stream_fresh() -> None:
    """The number of current facts and the newest time that one of them shows, within the stream's own scope."""
    shelf = Shelf()
    books = shelf.books("orders", Order, scope="order_id NOT LIKE 'draft-%'")
    keep(books, order("1"), order("2", updated_at=NOW), order("draft-3", updated_at=NOW + timedelta(days=1)))
    for outcome in ("failed", "stopped"):
        books.finish(outcome, 1, ())
        assert ledger.stream_states(shelf.store, [shelf.source_id]) == []
    books.finish("done", 1, ())
    (state,) = ledger.stream_states(shelf.store, [shelf.source_id])
    assert (state.source, state.stream, state.records) == ("shop", "orders", 2)
    assert (state.newest, state.read_at) == (NOW, NOW)


def test_files_and_live_runs_number_their_lines_together() -> None:
    """A run over files is one line that is done at once."""
    shelf = Shelf()
    shelf.books("orders", Order)
    with transaction(shelf.store):
        ledger.record_run(shelf.store, shelf.source_id, "customers", NOW, (6, 3, 2, 1))
    rows = shelf.rows("SELECT run_id, outcome, fetched, stored, unchanged, quarantined FROM sync_run ORDER BY 1")
    assert rows[1] == (2, "done", 6, 3, 2, 1)


def test_a_stream_is_busy_when_its_last_runs_all_brought_something() -> None:
    """Five finished ones; an empty one among them, or a run that failed, does not count as such."""
    shelf = Shelf()

    def run(name: str, outcome: Outcome = "done") -> KeptBooks:
        books = shelf.books("customers", Customer)
        books.keep(Batch([Customer(name)] if name else []), Cursor())
        books.finish(outcome, 1, ())
        return books

    for number in range(4):
        assert not run(f"c{number}").was_busy()
    run("", "failed")
    assert run("c5").was_busy()
    assert not run("").was_busy()


def test_a_cursor_comes_back_as_it_was_written_and_is_one_a_stream() -> None:
    """Forgetting them is of one source; what the source did not know is then asked for anew."""
    shelf = Shelf()
    books, other = shelf.books("customers", Customer), shelf.books("customers", Customer, source_id=shelf.source("x"))
    orders = shelf.books("orders", Order)
    keep(orders, order("1", customer_id="c1"))
    cursor = Cursor(since=NOW - timedelta(days=3), until=NOW, delta="mark", list_began=NOW)
    for one in (books, other):
        one.keep(Batch(removed=["c1"], is_list=True), Cursor(token="first"))
        one.keep(Batch(bad=[bad("c2")], is_list=True), cursor)
        assert one.cursor() == cursor
    assert shelf.rows("SELECT count(*) FROM stream_cursor WHERE stream = 'customers'") == [(2,)]
    assert list(books.wanted("orders")) == []
    with transaction(shelf.store):
        streams.forget_cursors(shelf.store, shelf.source_id)
    assert (books.cursor(), other.cursor()) == (Cursor(), cursor)
    assert list(books.wanted("orders")) == ["c1"]
    assert shelf.rows("SELECT DISTINCT source_id FROM list_seen") == [(other.source_id,)]


def test_a_source_is_known_by_name_role_and_system() -> None:
    """The same three are the same source; it is read completely once, and that instant stands."""
    shelf = Shelf()
    with transaction(shelf.store):
        assert ledger.source_id_of(shelf.store, "shop", "store", "shopify") == shelf.source_id
        numbers = {
            ledger.source_id_of(shelf.store, *known)
            for known in (
                ("shop", "store", "bigcommerce"),
                ("shop", "dynamics", "shopify"),
                ("Shop", "store", "shopify"),
            )
        }
        assert len(numbers | {shelf.source_id}) == 4
        assert not ledger.was_synced(shelf.store, "shop", "store", "shopify")
        ledger.finish_first_sync(shelf.store, shelf.source_id, NOW)
        ledger.finish_first_sync(shelf.store, shelf.source_id, NOW + timedelta(days=1))
    assert ledger.was_synced(shelf.store, "shop", "store", "shopify")
    assert not ledger.was_synced(shelf.store, "shop", "store", "bigcommerce")
    ((first,),) = shelf.rows(f"SELECT first_synced_at FROM source WHERE source_id = {shelf.source_id}")
    assert first == NOW.replace(tzinfo=None)


def test_a_hint_is_kept_once_a_delivery_until_it_was_looked_after() -> None:
    """Two deliveries of one record are one record to look after; one that comes meanwhile stays open."""
    shelf = Shelf()

    def told(delivery: str, record: str | None = "1", stream: str = "orders") -> bool:
        return keep_hint(shelf.store, shelf.source_id, Hint(stream, record, delivery), NOW)

    assert [told("d1"), told("d1"), told("d2"), told("d3", None), told("d4", "9", "customers")] == [
        True, False, True, True, True
    ]  # fmt: skip
    taken = take_hints(shelf.store, shelf.source_id, "orders")
    assert (taken.ids, len(taken.taken)) == (("1",), 3)
    assert told("d5", "7")
    taken.done(NOW)
    assert take_hints(shelf.store, shelf.source_id, "orders").ids == ("7",)
    assert not told("d1")
    assert take_hints(shelf.store, shelf.source_id, "customers").ids == ("9",)


def test_one_event_may_be_told_of_several_records() -> None:
    """Shopify marks all deliveries of one event alike, whatever they are about; none of them is lost for another."""
    shelf = Shelf()

    def told(record: str, stream: str = "orders") -> bool:
        return keep_hint(shelf.store, shelf.source_id, Hint(stream, record, "event"), NOW)

    assert [told("1"), told("1", "customers"), told("1")] == [True, True, False]
    taken = take_hints(shelf.store, shelf.source_id, "orders")
    assert told("2")
    taken.done(NOW)
    assert take_hints(shelf.store, shelf.source_id, "orders").ids == ("2",)
    assert take_hints(shelf.store, shelf.source_id, "customers").ids == ("1",)


def test_the_quarantine_is_listed_by_source_and_released_by_id() -> None:
    """Of these sources alone; releasing another path or stream takes nothing."""
    shelf = Shelf()
    other = shelf.source("trade")
    for source_id in (shelf.source_id, other):
        with transaction(shelf.store):
            lines = [bad("1"), bad("2"), bad(None)]
            ledger.quarantine(shelf.store, source_id, "orders", "live", NOW, lines)
            for stream, path in (("customers", "live"), ("orders", "orders.csv")):
                ledger.release(shelf.store, source_id, stream, path, ["1", "2"], NOW)
    with transaction(shelf.store):
        ledger.release(shelf.store, other, "orders", "live", ["2", "zz"], NOW)
    held = ledger.quarantined(shelf.store, [other])
    assert [(item.source, item.record_id) for item in held] == [("trade", "1"), ("trade", None)]
    assert ledger.quarantined_ids(shelf.store, shelf.source_id, "orders") == ["1", "2"]
