"""How a stream is read: pages that come twice, records that cannot be read, lists that shrink, recounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.plain_books import PlainBooks
from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import DeltaExpired, Light, LiveStream, Page, PageRequest, Way
from unposted.domain.cursor import Pace
from unposted.domain.records import Customer
from unposted.errors import BadAnswer, SourceDown
from unposted.sandbox.wire import SteppedClock
from unposted.sync.live import Stopped, StreamReader

_NOW = datetime(2026, 4, 12, 18, tzinfo=UTC)
_BEGIN = _NOW - timedelta(days=2)


class _Shop:
    """Pages by their tokens, and what single records are; `poison` fails whatever page it stands on."""

    def __init__(self, ids: Sequence[str], size: int = 2) -> None:
        self.ids, self.size = list(ids), size
        self.calls: list[PageRequest] = []
        self.poison: str | None = None
        self.is_down = False
        self.mends_at = 99  # from which asking on a bad record is whole

    def fetch(self, request: PageRequest) -> Page:
        self.calls.append(request)
        start, size = int(request.token or 0), request.size or self.size
        page = self.ids[start : start + size]
        if self.is_down or self.poison in page:
            raise SourceDown("source-failing", "it answers 500", "Wait.")
        following = str(start + size) if start + size < len(self.ids) else None
        return Page([one.encode() for one in page], following)

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        start = int(request.token or 0)
        return self.ids[start], str(start + 1) if start + 1 < len(self.ids) else None

    def by_id(self, ids: Sequence[str]) -> Iterator[Page]:
        self.mends_at -= 1
        yield Page([one.encode() for one in ids if one in self.ids], None)

    def recount(self, start: datetime | None, end: datetime | None) -> Iterator[Light]:
        assert start == end
        for one in self.ids:
            yield Light(one, None, _NOW)

    def decode(self, items: Iterable[RawItem], context: Context) -> Iterator[Item]:
        assert context.zone
        for line, body in items:
            name = body.decode()
            if name.startswith("bad") and self.mends_at > 0:
                yield Bad(line, None if name == "bad" else name, "bad-shape", "a field has the wrong type")
            else:
                yield Customer(name, name, _NOW)

    def reader(self, books: PlainBooks, way: Way = "changes", *, accept_gone: bool = False) -> StreamReader:
        stream = LiveStream(
            "customers", (Customer,), way, self.fetch, self.decode, self.by_id, self.recount, skip=self.skip
        )
        context = Context(KeyMaker(), ZoneInfo("UTC"))
        return StreamReader(
            "shop", stream, books, context, SteppedClock(_NOW), Pace(), lambda _: None, lambda: False, accept_gone
        )


def _names(books: PlainBooks) -> list[str]:
    return sorted(key for key, fact in books.facts.items() if fact.is_current)


def test_every_page_is_read() -> None:
    """The last page is the one without a next one."""
    shop, books = _Shop(["a", "b", "c", "d", "e"]), PlainBooks()
    reader = shop.reader(books)
    reader.news(_BEGIN)
    assert _names(books) == ["a", "b", "c", "d", "e"]
    assert (reader.tally.pages, reader.tally.fetched, reader.tally.stored) == (3, 5, 5)


@pytest.mark.parametrize("following", ["0", "1"])
def test_a_token_that_comes_again_ends_the_reading(following: str) -> None:
    """A source that leads in a circle is not followed for ever."""
    shop, books = _Shop(["a"]), PlainBooks()
    reader = shop.reader(books)
    pages = iter([Page([b"a"], "0"), Page([b"b"], following), Page([b"c"], "0")])
    object.__setattr__(reader.stream, "fetch", lambda _: next(pages))
    with pytest.raises(BadAnswer, match="same page"):
        reader.news(_BEGIN)


def test_the_same_page_twice_ends_the_reading() -> None:
    """A page past the end that repeats the last one is no further page, whatever its token says."""
    shop, books = _Shop(["a"]), PlainBooks()
    reader = shop.reader(books)
    pages = iter([Page([b"a"], "1"), Page([b"a"], "2")])
    object.__setattr__(reader.stream, "fetch", lambda _: next(pages))
    with pytest.raises(BadAnswer):
        reader.news(_BEGIN)


def test_a_bad_record_goes_to_quarantine_and_the_rest_is_kept() -> None:
    """It is counted, and named by its id, or by its content where it shows none."""
    shop, books = _Shop(["a", "bad-1", "bad", "d"]), PlainBooks()
    reader = shop.reader(books)
    reader.news(_BEGIN)
    assert _names(books) == ["a", "d"]
    named, unnamed = sorted(books.quarantine)
    assert named == "bad-1"
    assert unnamed.startswith("unread-")
    assert (reader.tally.fetched, reader.tally.stored, reader.tally.quarantined) == (4, 2, 2)


def test_a_bad_record_is_asked_for_twice_more() -> None:
    """Half an answer may have been the reason: whole at the third try, it is a record like any other."""
    shop, books = _Shop(["a", "bad-1"]), PlainBooks()
    shop.mends_at = 2
    shop.reader(books).news(_BEGIN)
    assert _names(books) == ["a", "bad-1"]
    assert not books.quarantine


def test_a_record_that_the_source_cannot_deliver_is_passed_over() -> None:
    """The pages around it are read in smaller parts; it alone goes to quarantine."""
    shop, books = _Shop([f"c{number:03d}" for number in range(60)], size=50), PlainBooks()
    shop.poison = "c031"
    reader = shop.reader(books)
    reader.news(_BEGIN)
    assert _names(books) == [one for one in shop.ids if one != "c031"]
    assert books.quarantine == {"c031": "not-delivered"}
    assert reader.tally.remarks


def test_a_source_that_is_down_is_not_taken_for_one_bad_record() -> None:
    """When the next record does not come either, nothing is passed over."""
    shop, books = _Shop(["a", "b", "c"]), PlainBooks()
    shop.is_down = True
    with pytest.raises(SourceDown):
        shop.reader(books).news(_BEGIN)
    assert not books.quarantine


def test_a_list_ends_what_it_does_not_show_any_more() -> None:
    """A master record that was deleted is noticed by the next whole reading."""
    shop, books = _Shop(["a", "b", "c"]), PlainBooks()
    shop.reader(books, "list").news(_BEGIN)
    shop.ids.remove("b")
    reader = shop.reader(books, "list")
    reader.news(_BEGIN)
    assert (_names(books), reader.tally.gone) == (["a", "c"], 1)


def test_a_list_that_was_broken_off_ends_nothing() -> None:
    """Only a list that was read to its end says what is not there."""
    shop, books = _Shop(["a", "b", "c", "d", "e"]), PlainBooks()
    shop.reader(books, "list").news(_BEGIN)
    shop.ids.remove("e")
    shop.poison, shop.skip = "d", None  # type: ignore[assignment, method-assign]
    with pytest.raises(SourceDown):
        shop.reader(books, "list").news(_BEGIN)
    assert _names(books) == ["a", "b", "c", "d", "e"]


def test_a_list_that_shrank_much_is_doubted() -> None:
    """A permission that was narrowed looks like a mass deletion: what is known stays until somebody says so."""
    shop, books = _Shop([f"c{number}" for number in range(40)], size=50), PlainBooks()
    shop.reader(books, "list").news(_BEGIN)
    shop.ids = shop.ids[:5]
    reader = shop.reader(books, "list")
    reader.news(_BEGIN)
    assert len(_names(books)) == 40
    assert "--accept-gone" in reader.tally.remarks[0]
    shop.reader(books, "list", accept_gone=True).news(_BEGIN)
    assert len(_names(books)) == 5


def test_a_mark_that_the_source_has_forgotten_means_reading_everything() -> None:
    """Dataverse keeps its marks for seven days; after a longer pause nothing may be missed."""
    shop, books = _Shop(["a", "b"]), PlainBooks()
    first = shop.reader(books, "delta")
    object.__setattr__(first.stream, "fetch", lambda _: Page([b"a", b"b"], None, delta="mark"))
    first.news(_BEGIN)
    assert books.cursor().delta == "mark"

    def fetch(request: PageRequest) -> Page:
        if request.token == "mark":
            raise DeltaExpired
        return Page([b"a", b"c"], None, delta="another mark")

    second = shop.reader(books, "delta")
    object.__setattr__(second.stream, "fetch", fetch)
    second.news(_BEGIN)
    assert (_names(books), books.cursor().delta) == (["a", "c"], "another mark")


def test_a_recount_mends_what_is_missing_stale_or_gone() -> None:
    """What differs is asked for by its id; what is not there any more ends."""
    shop, books = _Shop(["a", "b", "c"]), PlainBooks()
    shop.reader(books).news(_BEGIN)
    books.facts["a"].updated_at = _NOW + timedelta(days=1)
    books.facts["a"].record = Customer("a", "an older name", _NOW)
    del books.facts["b"]
    shop.ids.remove("c")
    found = shop.reader(books).recount(None, None)
    assert (found.missing, found.stale, found.gone) == (("b",), ("a",), ("c",))
    assert _names(books) == ["a", "b"]
    assert books.facts["a"].record.name == "a"


def test_a_stop_keeps_what_was_read() -> None:
    """Somebody who stops the sync loses nothing; the next run goes on at the next page."""
    shop, books = _Shop(["a", "b", "c", "d"]), PlainBooks()
    reader = shop.reader(books)
    reader.is_stopped = lambda: bool(shop.calls)
    with pytest.raises(Stopped):
        reader.news(_BEGIN)
    assert _names(books) == ["a", "b"]
    shop.calls.clear()
    shop.reader(books).news(_BEGIN)
    assert [request.token for request in shop.calls] == ["2"]
    assert _names(books) == ["a", "b", "c", "d"]
