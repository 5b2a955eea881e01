"""Filters: a value that is a URL, and readings narrowed by it whose totals follow from the rows that are left."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from tests.support.exported import csv_table
from tests.support.readings import a_row, filters, reading_of, readings
from unposted.cards.narrow import narrow
from unposted.cards.reading import Reading
from unposted.domain.filters import Filter
from unposted.exports.json_text import reading_json


@settings(max_examples=200, deadline=None)
@given(filters())
def test_a_filter_comes_back_from_its_url(asked: Filter) -> None:
    """The URL holds all of it, and equal filters have one URL."""
    again = Filter.from_url(asked.url())
    assert again == asked
    assert again.url() == asked.url()
    assert hash(again) == hash(asked)


@settings(max_examples=80, deadline=None)
@given(readings(), filters())
def test_a_narrowed_reading_adds_up(reading: Reading, asked: Filter) -> None:
    """Value, blocked, splits, largest and Dataverse count are those of the rows that are left."""
    left = narrow(reading, asked)
    known = [row.blocked for row in left.rows if row.blocked is not None]
    total = sum(known) if known or not left.rows else None
    assert left.value == len(left.rows)
    assert left.blocked.units == total
    assert left.blocked.unknown_rate_rows == len(left.rows) - len(known)
    assert left.in_dataverse == sum("in_dataverse" in (row.status, *row.flags) for row in left.rows)
    assert (left.largest.blocked if left.largest else None) == max(known, default=None)
    for _name, buckets in left.splits:
        assert sum(bucket.count for bucket in buckets) == left.value
        parts = [bucket.blocked for bucket in buckets if bucket.blocked is not None]
        assert (sum(parts) if parts or not buckets else None) == total


@settings(max_examples=80, deadline=None)
@given(readings(), filters())
def test_narrowing_keeps_exactly_the_rows_that_match_as_they_were(reading: Reading, asked: Filter) -> None:
    """Order and ranks stay those of the full list; the alert stays that of the whole card."""
    left = narrow(reading, asked)
    assert left.rows == tuple(row for row in reading.rows if asked.matches(row, reading.blocked.currency))
    assert (left.alert, left.inputs, left.quarantined) == (reading.alert, reading.inputs, reading.quarantined)
    assert bool(left.filters) == (asked != Filter())


@settings(max_examples=50, deadline=None)
@given(readings(), filters(), filters())
def test_two_filters_after_one_another_keep_what_both_keep(reading: Reading, one: Filter, other: Filter) -> None:
    """The order of narrowing does not matter."""
    assert narrow(narrow(reading, one), other).rows == narrow(narrow(reading, other), one).rows


@settings(max_examples=50, deadline=None)
@given(readings(), filters())
def test_the_export_holds_all_rows_of_the_narrowed_reading(reading: Reading, asked: Filter) -> None:
    """What the screen counts is what the file holds."""
    left = narrow(reading, asked)
    ranks = [row.rank for row in left.rows]
    assert [int(line["rank"]) for line in csv_table(left)] == ranks
    assert [row["rank"] for row in json.loads(reading_json(left))["rows"]] == ranks


@settings(max_examples=60, deadline=None)
@given(readings())
def test_the_rows_of_a_segment_are_those_of_its_bucket(reading: Reading) -> None:
    """A number on the screen is the count of rows that one click opens."""
    for bucket in reading.split("segment"):
        left = narrow(reading, Filter(segment=(bucket.name,)))
        assert (left.value, left.blocked.units) == (bucket.count, bucket.blocked)


def test_no_filter_gives_the_reading_itself() -> None:
    """Nothing asked, nothing changed."""
    reading = reading_of([a_row()])
    assert narrow(reading, Filter()) is reading


@pytest.mark.parametrize("query", ["segment=x", "status=", "min_value=abc", "nothing=1", "search=&nothing"])
def test_a_url_is_read_or_refused_never_half_understood(query: str) -> None:
    """A blank value asks nothing; a wrong one is an error."""
    if query == "status=":
        assert Filter.from_url(query) == Filter()
    else:
        with pytest.raises(ValueError, match=r"there is no|is no amount"):
            Filter.from_url(query)
