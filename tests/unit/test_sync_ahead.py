"""Pages that are fetched before their turn: the same pages, errors and calls in the same order as without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from tests.support.plain_books import PlainBooks
from unposted.connectors.formats import Bad, Context, Item
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import LiveStream, Page, PageRequest
from unposted.domain.cursor import Pace
from unposted.domain.records import Customer
from unposted.errors import SourceDown, StoreError
from unposted.sandbox.wire import SteppedClock
from unposted.sync.ahead import Ahead
from unposted.sync.books import Batch, Kept
from unposted.sync.live import Stopped, StreamReader

_NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
_BEGIN = datetime(2026, 4, 11, tzinfo=UTC)
_PAGES = 40


class _Source:
    """Pages of one item, numbered from 0 to `last`; notes who calls and whether two calls ever meet."""

    def __init__(self, last: int = _PAGES - 1) -> None:
        self.last = last
        self.calls: list[PageRequest] = []
        self.is_busy = self.met = False
        self.fails_at: int | None = None
        self.fifth = Event()

    def fetch(self, request: PageRequest) -> Page:
        self.met, self.is_busy = self.met or self.is_busy, True
        self.calls.append(request)
        place = int(request.token or 0)
        if place == 4:
            self.fifth.set()
        self.is_busy = False
        if place == self.fails_at:
            raise SourceDown("source-failing", "it answers 500", "Wait.")
        return Page([f"r{place}".encode()], str(place + 1) if place < self.last else None)

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        place = int(request.token or 0)
        return f"r{place}", str(place + 1)

    def by_id(self, ids: Sequence[str]) -> Iterator[Page]:
        self.met, self.is_busy = self.met or self.is_busy, True
        self.is_busy = False
        yield Page([one.encode() for one in ids], None)


def _items(page: Page) -> list[Item]:
    return [Customer(item.decode(), "", _NOW) for item in page.items]


def _walk(ahead: Ahead) -> Iterator[str]:
    request: PageRequest | None = PageRequest()
    while request is not None:
        read = ahead.read(request)
        yield read.page.items[0].decode()
        request = None if read.page.next is None else request._replace(token=read.page.next)


def _helpers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "unposted-ahead"]


@pytest.mark.parametrize("most", [0, 1, 16])
def test_pages_come_in_their_order(most: int) -> None:
    """Each page once, as if one after the other were fetched when it is wanted."""
    source = _Source()
    with Ahead(source.fetch, _items, most) as ahead:
        assert list(_walk(ahead)) == [f"r{place}" for place in range(_PAGES)]
    assert len(source.calls) == _PAGES
    assert not _helpers()


def test_pages_are_fetched_before_their_turn_but_not_without_end() -> None:
    """While one page is used the next ones are fetched, no more of them than were allowed."""
    source = _Source()
    with Ahead(source.fetch, _items, 4) as ahead:
        walk = _walk(ahead)
        assert next(walk) == "r0"
        assert source.fifth.wait(10)
        assert len(source.calls) <= 6
    assert not _helpers()


def test_an_error_comes_in_the_place_of_its_page() -> None:
    """The pages before the one that fails are given first, and nothing behind it is fetched."""
    source = _Source()
    source.fails_at = 7
    with Ahead(source.fetch, _items, 16) as ahead:
        walk = _walk(ahead)
        assert [next(walk) for _ in range(7)] == [f"r{place}" for place in range(7)]
        with pytest.raises(SourceDown):
            next(walk)
    assert len(source.calls) == 8
    assert not _helpers()


def test_another_request_than_the_next_one_begins_anew() -> None:
    """What was fetched for a walk that is left is thrown away."""
    source = _Source()
    with Ahead(source.fetch, _items, 4) as ahead:
        assert ahead.read(PageRequest()).page.items == [b"r0"]
        assert ahead.read(PageRequest(token="20")).page.items == [b"r20"]
        assert ahead.read(PageRequest(token="21")).page.items == [b"r21"]
        assert ahead.read(PageRequest(token="9", size=1)).page.items == [b"r9"]
        assert len(_helpers()) == 0  # a page of a size of its own is nobody's next one
    assert not source.met


class _Shop(_Source):
    """A stream over the source; items in `unread` cannot be read the first time."""

    unread: frozenset[str] = frozenset()

    def reader(self, books: PlainBooks, ahead: int) -> StreamReader:
        def decode(items: object, context: Context) -> Iterator[Item]:
            for line, body in items:  # type: ignore[attr-defined]
                name = body.decode()
                if name in self.unread:
                    self.unread = self.unread - {name}
                    yield Bad(line, name, "bad-shape", "a field has the wrong type")
                else:
                    yield Customer(name, name, _NOW)

        stream = LiveStream("customers", (Customer,), "changes", self.fetch, decode, self.by_id, skip=self.skip)
        return StreamReader(
            "shop", stream, books, Context(KeyMaker(), ZoneInfo("UTC")), SteppedClock(_NOW), Pace(), lambda _: None,
            lambda: self.is_stopped, batch_size=3, ahead=ahead,
        )  # fmt: skip

    is_stopped = False


@pytest.mark.parametrize("ahead", [0, 16])
def test_a_record_that_fails_is_passed_over_all_the_same(ahead: int) -> None:
    """Smaller pages around it are fetched one by one, then the walk goes on ahead again."""
    shop, books = _Shop(), PlainBooks()
    shop.fails_at = 9
    shop.reader(books, ahead).news(_BEGIN)
    assert len(books.facts) == _PAGES - 1
    assert list(books.quarantine) == ["r9"]
    assert not _helpers()


@pytest.mark.parametrize("ahead", [0, 16])
def test_a_record_that_cannot_be_read_is_asked_for_while_nobody_else_calls(ahead: int) -> None:
    """The connector is never called by two at once."""
    shop, books = _Shop(), PlainBooks()
    shop.unread = frozenset({"r3", "r8", "r30"})
    shop.reader(books, ahead).news(_BEGIN)
    assert len(books.facts) == _PAGES
    assert not books.quarantine
    assert not shop.met


def test_a_stop_keeps_whole_pages_and_the_place_behind_them() -> None:
    """Pages that were fetched but not used are read again by the next run."""
    shop, books = _Shop(), PlainBooks()
    reader = shop.reader(books, 16)

    def stop_at_the_fifth(_: object) -> None:
        shop.is_stopped = reader.tally.fetched >= 5

    reader.tell = stop_at_the_fifth
    with pytest.raises(Stopped):
        reader.news(_BEGIN)
    assert not _helpers()
    kept = len(books.facts)
    assert 5 <= kept < _PAGES
    assert books.cursor().token == str(kept)
    shop.is_stopped = False
    shop.reader(books, 16).news(_BEGIN)
    assert len(books.facts) == _PAGES


class _FullDisk(PlainBooks):
    def keep(self, batch: Batch, cursor: object) -> Kept:  # noqa: ARG002 - one shape
        raise StoreError("store-write", "no space is left", "Free some.")


def test_a_store_that_fails_leaves_no_thread_behind() -> None:
    """The call under way is waited for, and no further one is made."""
    shop = _Shop()
    with pytest.raises(StoreError):
        shop.reader(_FullDisk(), 4).news(_BEGIN)
    assert not _helpers()
    assert len(shop.calls) <= 3 + 4 + 2
