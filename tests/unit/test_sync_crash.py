"""A sync that dies between two pages: the next one reads what was not kept, and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.changing_source import ChangingSource
from tests.support.plain_books import Crash, PlainBooks
from unposted.connectors.formats import Context
from unposted.connectors.keys import KeyMaker
from unposted.domain.cursor import Pace
from unposted.sandbox.wire import SteppedClock
from unposted.sync.live import StreamReader

_START = datetime(2026, 4, 1, tzinfo=UTC)
_NAMES = [f"r{number:02d}" for number in range(12)]


def _source(clock: SteppedClock) -> ChangingSource:
    """Twelve records, one an hour."""
    source = ChangingSource(clock)
    for name in _NAMES:
        source.write(name, 1, clock.now(), clock.now())
        clock.sleep(3600)
    return source


def _reader(source: ChangingSource, books: PlainBooks) -> StreamReader:
    return StreamReader(
        "shop", source.stream(), books, Context(KeyMaker(), ZoneInfo("UTC")), source.clock, Pace(), lambda _: None,
        lambda: False, batch_size=1,
    )  # fmt: skip


@pytest.mark.parametrize("pause", [60, 3600, 3 * 86_400])
@pytest.mark.parametrize("step", range(1, 10))
def test_the_next_run_reads_what_the_crash_left(step: int, pause: int) -> None:
    """Before or after any writing, and however long nobody runs it again."""
    clock = SteppedClock(_START)
    source, books = _source(clock), PlainBooks()
    steps = 0

    def die() -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Crash

    books.step = die
    try:
        _reader(source, books).news(_START - timedelta(days=1))
    except Crash:
        pass
    books.step = lambda: None
    clock.sleep(pause)
    _reader(source, books).news(_START - timedelta(days=1))
    assert sorted(books.facts) == _NAMES
    assert {fact.versions for fact in books.facts.values()} == {1}


def test_a_token_of_another_span_is_not_used() -> None:
    """What changed before the place where an old reading broke off is read, too."""
    clock = SteppedClock(_START)
    source, books = _source(clock), PlainBooks()
    steps = 0

    def die() -> None:
        nonlocal steps
        steps += 1
        if steps == 5:
            raise Crash

    books.step = die
    with pytest.raises(Crash):
        _reader(source, books).news(_START - timedelta(days=1))
    books.step = lambda: None
    assert books.cursor().token is not None
    source.write("early", 1, _START, clock.now())
    clock.sleep(3 * 86_400)
    _reader(source, books).news(_START - timedelta(days=1))
    assert "early" in books.facts
