"""How long rows stand on the list, what is learned of it, and who is stuck, as it was known at an instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.support.product import empty_store
from tests.support.readings import a_row
from unposted.cards.standing import Standings
from unposted.store.database import transaction
from unposted.store.readings import Stay, stays_of, update_stays

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

_START = datetime(2026, 4, 1, 9, tzinfo=UTC)
_ROW = a_row()


def _hour(count: float) -> datetime:
    return _START + timedelta(hours=count)


def _read(
    store: duckdb.DuckDBPyConnection, hour: float, parties: Iterable[str], *, cleared_from: float | None = -99
) -> None:
    """Take a reading with these parties, whose last order was placed at the start."""
    store.execute("CREATE OR REPLACE TEMP TABLE worklist (party VARCHAR)")
    for party in parties:
        store.execute("INSERT INTO worklist VALUES (?)", [party])
    standing = f"""SELECT party, TIMESTAMP '{_START:%Y-%m-%d %H:%M:%S}' AS last_order_at, '{_ROW.stores[0]}' AS store,
        '{_ROW.segment}' AS segment, '{_ROW.expected_entities[0]}' AS entity FROM worklist"""
    with transaction(store):
        update_stays(store, "card", _hour(hour), standing, None if cleared_from is None else _hour(cleared_from))


def test_a_stay_begins_and_ends_with_readings() -> None:
    """Entering, staying, leaving and coming back are two stays; what was known earlier is told as it was then."""
    store = empty_store()
    for hour, parties in enumerate(("a", "ab", "b", "b", "ab")):
        _read(store, hour, parties)
    assert stays_of(store, "card", "a", _hour(9)) == [Stay(_hour(0), _hour(2)), Stay(_hour(4), None)]
    assert stays_of(store, "card", "a", _hour(1)) == [Stay(_hour(0), None)]
    assert stays_of(store, "card", "b", _hour(9)) == [Stay(_hour(1), None)]
    assert store.execute("SELECT count(*) FROM membership").fetchall() == [(3,)]


def test_what_was_learned_marks_the_row_that_has_outlived_nineteen_of_twenty() -> None:
    """Forty rows cleared within two hours; one that is there for five is stuck, one that just came is not."""
    store = empty_store()
    forty = [f"p{number}" for number in range(40)]
    _read(store, 0, [*forty, "old"])
    _read(store, 1, [*forty[:10], "old"])
    _read(store, 2, ["old"])
    _read(store, 5, ["old", "new"])
    told = Standings(store, "card", _hour(5))
    assert told.of(_ROW._replace(party="old")) == (_hour(0), 60, True)
    assert told.of(_ROW._replace(party="new")) == (_hour(5), 60, False)
    other = _ROW._replace(party="old", segment="b2b" if _ROW.segment == "dtc" else "dtc")
    assert told.of(other) == (_hour(0), None, None)


def test_the_standing_is_as_it_was_known_at_the_instant() -> None:
    """Later readings change nothing of what an earlier instant knows, nor does keeping that reading itself."""
    store = empty_store()
    forty = [f"p{number}" for number in range(40)]
    _read(store, 0, [*forty, "old"])
    _read(store, 2, ["old"])
    assert Standings(store, "card", _hour(1)).of(_ROW._replace(party="old")) == (_hour(0), None, None)
    store.execute("CREATE OR REPLACE TEMP TABLE worklist AS SELECT 'old' AS party")
    before = Standings(store, "card", _hour(3)).of(_ROW._replace(party="old"))
    _read(store, 3, ["old"])
    assert Standings(store, "card", _hour(3)).of(_ROW._replace(party="old")) == before
    _read(store, 4, [])
    _read(store, 5, ["old"])
    assert Standings(store, "card", _hour(3)).of(_ROW._replace(party="old")) == before
    assert before == (_hour(0), 120, True)


def test_who_aged_out_or_left_by_a_new_definition_has_not_cleared() -> None:
    """Forty rows that left because their orders were too old, or the field map changed, teach nothing."""
    for cleared_from in (0.5, None):
        store = empty_store()
        _read(store, 0, [f"p{number}" for number in range(40)])
        _read(store, 1, ["old"], cleared_from=cleared_from)
        assert Standings(store, "card", _hour(2)).of(_ROW._replace(party="old")) == (_hour(1), None, None)
