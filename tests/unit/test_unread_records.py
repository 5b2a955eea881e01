"""A record that could not be read is there all the same: asked for by its id, or in a list, it does not end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

import pytest

from tests.support.kept import Shelf, keep
from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import LiveStream, Page, PageRequest
from unposted.domain.cursor import Pace
from unposted.domain.records import Master
from unposted.sync.kept_books import KeptBooks
from unposted.sync.live import StreamReader


class _Erp:
    """Customers of one company by account; `odd` are those that come in a shape that cannot be read."""

    def __init__(self, shows: str | None) -> None:
        self.accounts = ["C-1", "C-2", "C-3"]
        self.odd: set[str] = set()
        self.shows = shows

    def fetch(self, _request: PageRequest) -> Page:
        return Page([one.encode() for one in self.accounts], None)

    def by_id(self, ids: Sequence[str]) -> Iterator[Page]:
        asked = {one.rpartition("|")[2] for one in ids}
        yield Page([one.encode() for one in self.accounts if one in asked], None)

    def decode(self, items: Iterable[RawItem], _context: Context) -> Iterator[Item]:
        for line, body in items:
            account = body.decode()
            if account in self.odd:
                yield Bad(line, self.shows and self.shows.replace("@", account), "bad-shape", "a field is odd")
            else:
                yield Master("USTI", account)

    def reader(self, shelf: Shelf) -> tuple[StreamReader, KeptBooks]:
        stream = LiveStream("customers", (Master,), "list", self.fetch, self.decode, self.by_id)
        books = KeptBooks(shelf.store, shelf.source_id, stream, shelf.clock)
        context = Context(KeyMaker(), ZoneInfo("UTC"))
        return StreamReader(
            "erp", stream, books, context, shelf.clock, Pace(), lambda _: None, lambda: False
        ), books  # fmt: skip


_SHOWN = pytest.mark.parametrize("shows", [None, "@", "USTI|@"], ids=["nothing", "account", "id"])


@_SHOWN
def test_a_record_that_was_asked_for_and_cannot_be_read_does_not_end(shows: str | None) -> None:
    """Whatever it shows of its id; it is in quarantine."""
    shelf, erp = Shelf(), _Erp(shows)
    reader, books = erp.reader(shelf)
    reader.news(shelf.clock.now())
    erp.odd = {"C-2"}
    reader.single(["USTI|C-1", "USTI|C-2"])
    assert shelf.current("master", "account") == ["C-1", "C-2", "C-3"]
    assert len(shelf.quarantine()) == 1
    assert books.missing_from_list()[1] == 3


def test_a_record_that_was_asked_for_and_is_gone_ends() -> None:
    """Beside one that is there, and beside one that shows its id but cannot be read."""
    shelf, erp = Shelf(), _Erp("@")
    reader, _ = erp.reader(shelf)
    reader.news(shelf.clock.now())
    erp.odd = {"C-2"}
    erp.accounts.remove("C-3")
    reader.single(["USTI|C-1", "USTI|C-2", "USTI|C-3"])
    assert shelf.current("master", "account") == ["C-1", "C-2"]


@_SHOWN
def test_a_record_that_is_mended_leaves_the_quarantine(shows: str | None) -> None:
    """With the next whole list, also when it had not even shown its id."""
    shelf, erp = Shelf(), _Erp(shows)
    erp.odd = {"C-2"}
    erp.reader(shelf)[0].news(shelf.clock.now())
    assert len(shelf.quarantine()) == 1
    erp.odd = set()
    erp.reader(shelf)[0].news(shelf.clock.now())
    assert shelf.quarantine() == []
    assert shelf.current("master", "account") == ["C-1", "C-2", "C-3"]


def test_a_time_that_is_learned_later_makes_older_deliveries_known_as_older() -> None:
    """A record that first came without a time and then, unchanged, with one does not go back behind that."""
    shelf = Shelf()
    _, books = _Erp(None).reader(shelf)
    now = shelf.clock.now()
    keep(books, Master("USTI", "C-1", "new"))
    keep(books, Master("USTI", "C-1", "new", updated_at=now))
    keep(books, Master("USTI", "C-1", "new"))
    keep(books, Master("USTI", "C-1", "old", updated_at=now.replace(year=2025)))
    assert shelf.current("master", "name") == ["new"]
