"""Dates of exports whose format is the merchant's own setting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from unposted.connectors.export_dates import DateOrder, date_order, export_instant
from unposted.errors import BadRecord

_NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Apr 13th 2026", datetime(2026, 4, 13, 4, tzinfo=UTC)),
        ("13th April 2026", datetime(2026, 4, 13, 4, tzinfo=UTC)),
        ("Apr 3, 2026 2:05:06 PM", datetime(2026, 4, 3, 18, 5, 6, tzinfo=UTC)),
        ("Apr 3, 2026 14:05:06 PM", datetime(2026, 4, 3, 18, 5, 6, tzinfo=UTC)),
        ("Apr 3, 2026 12:30:00 AM", datetime(2026, 4, 3, 4, 30, tzinfo=UTC)),
        ("Apr 3rd 2026 @ 9:15 am", datetime(2026, 4, 3, 13, 15, tzinfo=UTC)),
        ("2026-04-13 09:15:00", datetime(2026, 4, 13, 13, 15, tzinfo=UTC)),
        ("2026-04-13T09:15:00Z", datetime(2026, 4, 13, 9, 15, tzinfo=UTC)),
        ("13.04.2026 09:15", datetime(2026, 4, 13, 13, 15, tzinfo=UTC)),
        ("04/04/2026", datetime(2026, 4, 4, 4, tzinfo=UTC)),
        ("Mon, 13 Apr 2026 09:15:00 +0000", datetime(2026, 4, 13, 9, 15, tzinfo=UTC)),
    ],
)
def test_a_date_that_needs_no_order_is_read_in_the_shops_zone(text: str, moment: datetime) -> None:
    """Named months, ISO dates, dotted dates and equal numbers are read without knowing the file's order."""
    assert export_instant(text, "Order Date", _NEW_YORK, None) == moment


@pytest.mark.parametrize(
    ("order", "moment"),
    [
        ("month first", datetime(2026, 3, 4, 5, tzinfo=UTC)),
        ("day first", datetime(2026, 4, 3, 4, tzinfo=UTC)),
    ],
)
def test_a_numeric_date_is_read_in_the_files_order(order: DateOrder, moment: datetime) -> None:
    """`03/04/2026` is in March or in April as the file has it, with the year in full or in two digits."""
    assert export_instant("03/04/2026", "Order Date", _NEW_YORK, order) == moment
    assert export_instant("3-4-26", "Order Date", _NEW_YORK, order) == moment


def test_a_date_that_may_be_read_two_ways_is_refused_with_what_to_do() -> None:
    """Without any date in the file that decides, nothing is guessed."""
    with pytest.raises(BadRecord, match="name the month") as refused:
        export_instant("03/04/2026", "Order Date", _NEW_YORK, None)
    assert refused.value.code == "ambiguous-date"


@pytest.mark.parametrize("text", ["31/02/2026", "13/13/2026", "Fooember 3 2026", "soon", "2026-13-01", "01/13/2026"])
def test_what_is_no_date_is_refused(text: str) -> None:
    """A day or month that does not exist, or that contradicts the rest of the file, is no date."""
    with pytest.raises(BadRecord) as refused:
        export_instant(text, "Order Date", _NEW_YORK, "day first")
    assert refused.value.code == "bad-date"


def _file(*dates: str) -> list[tuple[int, list[str]]]:
    return [(line, ["x", date]) for line, date in enumerate(dates, 2)]


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["03/04/2026", "", "13/04/2026", "01/01/2026"], "day first"),
        (["03/04/2026", "04/13/2026"], "month first"),
        (["03/04/2026", "05/06/2026"], None),
        (["tomorrow", "03/04/2026", "13/04/2026"], "day first"),
        (["Apr 3rd 2026", "04/13/2026"], None),
        (["2026-04-03", "04/13/2026"], None),
        (["13.04.2026"], None),
        ([], None),
    ],
)
def test_one_date_that_can_be_read_one_way_decides_for_the_file(dates: list[str], order: str | None) -> None:
    """A number above 12 is the day; every row is given back, in its place."""
    found, rows = date_order(_file(*dates), [1])
    assert found == order
    assert list(rows) == _file(*dates)


def test_another_date_column_of_the_export_decides_too() -> None:
    """An export writes all its dates in one format, so the shipping date tells the order date's."""
    found, _ = date_order([(2, ["03/04/2026", "03/25/2026"])], [0, 1])
    assert found == "month first"


def test_a_file_whose_dates_need_no_order_is_not_read_ahead() -> None:
    """Only the first row is taken from a file with named months."""
    taken: list[tuple[int, list[str]]] = []

    def rows() -> Iterator[tuple[int, list[str]]]:
        for row in _file("Apr 3rd 2026", "Apr 4th 2026", "Apr 5th 2026"):
            taken.append(row)
            yield row

    date_order(rows(), [1])
    assert len(taken) == 1
