"""A filter as people type it, and as a condition: the same filter, the same lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.readings import filters, readings
from unposted.cards.conditions import condition_of, search_text
from unposted.cards.reading import Reading, Row
from unposted.domain.filter_text import filter_of_text, text_of_filter
from unposted.domain.filters import SPLITS, Filter, bucket_of

if TYPE_CHECKING:
    import duckdb

_COLUMNS = (
    "rank BIGINT, party VARCHAR, segment VARCHAR, stores VARCHAR[], platforms VARCHAR[], expected_entities VARCHAR[],"
    " missing_entities VARCHAR[], entity_bucket VARCHAR, status VARCHAR, blocked BIGINT, search_text VARCHAR,"
    " is_awaiting_sync BOOLEAN, is_in_dataverse BOOLEAN, is_near_match BOOLEAN, is_other_entity BOOLEAN,"
    " is_no_key BOOLEAN, is_ambiguous BOOLEAN, is_unmapped BOOLEAN, is_conflict BOOLEAN"
)
_FLAGS = ("awaiting_sync", "in_dataverse", "near_match", "other_entity", "no_key", "ambiguous", "unmapped", "conflict")


@settings(max_examples=200, deadline=None)
@given(filters())
def test_a_filter_comes_back_from_its_text(asked: Filter) -> None:
    """What is typed holds all of it, whatever signs the names hold."""
    again = filter_of_text(text_of_filter(asked))
    assert again == asked
    assert text_of_filter(again) == text_of_filter(asked)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_is_told_why_not(text: str) -> None:
    """Nothing that somebody types breaks anything."""
    try:
        asked = filter_of_text(text)
    except ValueError:
        return
    assert filter_of_text(text_of_filter(asked)) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("segment:b2b entity:CATU big", Filter(("b2b",), entity=("CATU",), search="big")),
        ('store:"shop; berlin" "exact words"', Filter(store=("shop; berlin",), search="exact words")),
        ("SEGMENT:B2B segment:dtc", Filter(("b2b", "dtc"))),
        ('say "hi', Filter(search="say hi")),
        ('"foo:bar"', Filter(search="foo:bar")),
        ("part:entity=several part:status=no_key", Filter(part=("entity=several", "status=no_key"))),
    ],
)  # fmt: skip
def test_what_people_type_means_what_they_mean(text: str, asked: Filter) -> None:
    """Names before a colon narrow, the rest is searched for, quotes keep together."""
    assert filter_of_text(text) == asked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stauts:no_match", "did you mean status:?"),
        ("status:nomatch", "did you mean 'no_match'?"),
        ("min:lots", "write it like min:1000"),
        ("part:colour=red", "there is no split 'colour'"),
    ],
)
def test_what_means_nothing_is_told_with_a_way_out(text: str, said: str) -> None:
    """A typing mistake is not an empty list."""
    with pytest.raises(ValueError, match=r"there is no|is no amount") as told:
        filter_of_text(text)
    assert said in str(told.value)


@settings(max_examples=120, deadline=None)
@given(readings(most=8), filters(), st.sampled_from(SPLITS), st.booleans())
def test_a_condition_finds_the_lines_that_the_filter_keeps(
    reading: Reading, asked: Filter, split: str, is_part_asked: bool
) -> None:
    """Whatever the lines hold and whatever is asked."""
    rows = [_consistent(row) for row in reading.rows]
    if is_part_asked and rows:
        asked = Filter(part=(f"{split}={bucket_of(rows[0], split)}",), min_value=asked.min_value)
    currency = reading.blocked.currency
    wanted = [row.rank for row in rows if asked.matches(row, currency)]
    with _table(rows) as store:
        condition = condition_of(asked, currency, _named(rows, "stores"), _named(rows, "expected_entities"))
        found = store.execute(
            f"SELECT rank FROM line WHERE {condition.sql} ORDER BY rank", list(condition.values)
        ).fetchall()
    assert [rank for (rank,) in found] == wanted


def _consistent(row: Row) -> Row:
    """Let the flag of an unknown value stand exactly where the value is unknown."""
    flags = tuple(flag for flag in row.flags if flag != "unknown_rate")
    return row._replace(flags=(*flags, "unknown_rate") if row.blocked is None else flags)


def _named(rows: Sequence[Row], column: str) -> list[str]:
    return sorted({name for row in rows for name in getattr(row, column)})


def _table(rows: Sequence[Row]) -> duckdb.DuckDBPyConnection:
    import duckdb

    store = duckdb.connect(":memory:", config={"threads": 1})
    store.execute(f"CREATE TABLE line ({_COLUMNS})")
    for row in rows:
        told = {row.status, *row.flags}
        text = search_text(row.party, row.name, row.company, row.emails, row.tax_ids, row.external_ids)
        values = [
            row.rank, row.party, row.segment, row.stores, row.platforms, row.expected_entities, row.missing_entities,
            bucket_of(row, "entity"), row.status, row.blocked, text, *[flag in told for flag in _FLAGS],
        ]  # fmt: skip
        store.execute(f"INSERT INTO line VALUES ({', '.join('?' for _ in values)})", values)
    return store
