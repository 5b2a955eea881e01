"""The books in the store and the books in plain dictionaries do the same with the same batches.

What the sync is proved with by the hundred thousand is the plain ones: here they are held against the real ones.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.kept import NOW, Shelf, bad
from tests.support.plain_books import PlainBooks
from unposted.connectors.live import Light
from unposted.domain.cursor import Cursor
from unposted.domain.records import Customer
from unposted.sync.books import Batch

_IDS = st.sampled_from(["a", "b", "c", "d", "e"])
_TIMES = st.sampled_from([None, 0, 1, 2, 3])
_RECORDS = st.lists(
    st.tuples(_IDS, st.sampled_from(["x", "y"]), _TIMES), max_size=4, unique_by=lambda record: record[0]
)
_BAD = st.lists(st.one_of(_IDS, st.sampled_from(["unread-01", "unread-02"])), max_size=2, unique=True)
_STEPS = st.one_of(
    st.tuples(st.just("keep"), _RECORDS, _BAD, st.lists(_IDS, max_size=2), st.sampled_from(["", "list", "asked"])),
    st.tuples(st.just("list"), st.lists(st.tuples(_RECORDS, _BAD), min_size=1, max_size=2), st.booleans()),
    st.tuples(st.just("compare"), st.dictionaries(_IDS, _TIMES, max_size=5)),
)


def _batch(records: list[tuple[str, str, int | None]], unread: list[str], removed: list[str], kind: str) -> Batch:
    """Make a batch; a record stands in it once, readable or not, and is not removed in the same breath."""
    known = {name for name, _, _ in records}
    made = [
        Customer(name, content, None if time is None else NOW + timedelta(hours=time))
        for name, content, time in records
    ]
    return Batch(
        list(made), [bad(one) for one in unread if one not in known],
        [one for one in removed if one not in known and one not in unread],
        1, is_list=kind == "list", is_asked=kind == "asked",
    )  # fmt: skip


def _do(books: Any, step: tuple[Any, ...], place: int) -> object:
    """Do one step in either books, and return what they say of it."""
    kind, *rest = step
    cursor = Cursor(token=str(place))
    if kind == "keep":
        return books.keep(_batch(*rest), cursor), books.cursor()
    if kind == "compare":
        times = {name: None if time is None else NOW + timedelta(hours=time) for name, time in rest[0].items()}
        found = books.compare([Light(name, None, time) for name, time in times.items()], None, None)
        return sorted((*found.missing, *found.gone)), found.compared
    books.start_list(cursor)
    pages = [books.keep(_batch(page[0], page[1], [], "list"), cursor) for page in rest[0]]
    return pages, books.missing_from_list(), books.end_list(cursor, end_missing=rest[1]), books.cursor()


_UNDATED: list[tuple[Any, ...]] = [
    ("keep", [("b", "x", 1)], [], [], ""),
    ("list", [([("b", "y", None)], []), ([("b", "x", 0)], [])], False),
]


@settings(max_examples=60)
@example(_UNDATED)
@given(st.lists(_STEPS, min_size=1, max_size=5))
def test_both_kinds_of_books_do_the_same(steps: list[tuple[Any, ...]]) -> None:
    """After each step they say the same of it, hold the same records as current, and have the same in quarantine."""
    _compare(steps)


@pytest.mark.deep
@settings(max_examples=2_000)
@given(st.lists(_STEPS, min_size=1, max_size=9))
def test_both_kinds_of_books_do_the_same_for_long(steps: list[tuple[Any, ...]]) -> None:
    """The same over longer lives of a stream."""
    _compare(steps)


def _compare(steps: list[tuple[Any, ...]]) -> None:
    plain, shelf = PlainBooks(), _shelf()
    kept = shelf.books("customers", Customer)
    for place, step in enumerate(steps):
        assert _do(kept, step, place) == _do(plain, step, place), step
        current = shelf.rows(
            "SELECT customer_id, name, version FROM customer_version WHERE known_to > TIMESTAMP '9000-01-01' ORDER BY 1"
        )
        assert current == [
            (key, fact.record.name, fact.versions) for key, fact in sorted(plain.facts.items()) if fact.is_current
        ], step
        assert shelf.quarantine() == sorted(plain.quarantine), step


_SHELF: list[Shelf] = []


def _shelf() -> Shelf:
    """Empty the one store that all examples use: making one takes longer than an example."""
    if not _SHELF:
        _SHELF.append(Shelf())
    for name in (
        "customer_version",
        "customer_key",
        "quarantine",
        "list_seen",
        "unknown_id",
        "stream_cursor",
        "sync_run",
    ):
        _SHELF[0].store.execute(f"TRUNCATE {name}")
    return _SHELF[0]
