"""The query options that the Microsoft emulators understand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unposted.sandbox.odata_query import (
    BUSINESS_CENTRAL,
    DATAVERSE,
    FINANCE_OPERATIONS,
    BadQuery,
    Dialect,
    Row,
    apply_orderby,
    apply_select,
    parse_filter,
    whole_number,
)

_PLAIN = Dialect()
_ROW = {
    "@odata.etag": 'W/"1"',
    "name": "O'Neill Café",
    "number": 12.5,
    "blank": "",
    "nothing": None,
    "open": True,
    "day": "2026-04-06",
    "changed": "2026-04-06T10:00:00.5Z",
    "id": "0F1E2D3C-0000-4000-8000-00000000000A",
    "status": "Open",
    "address": {"city": "Bern"},
}


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("name eq 'O''Neill Café'", True),
        ("name eq 'o''neill café'", False),
        ("tolower(name) eq 'o''neill café'", True),
        ("name ne 'x'", True),
        ("number gt 12", True),
        ("number ge 12.5 and number le 1.25e1", True),
        ("number lt -3", False),
        ("open eq true", True),
        ("open eq false", False),
        ("open", None),
        ("nothing eq null", True),
        ("nothing ne null", False),
        ("nothing ge null", False),
        ("nothing gt 'a'", False),
        ("nothing ne 'a'", True),
        ("name ne null", True),
        ("day ge 2026-04-06 and day lt 2026-04-07", True),
        ("changed gt 2026-04-06T10:00:00Z", True),
        ("changed eq 2026-04-06T12:00:00.500+02:00", True),
        ("changed le 2026-04-06T10:00:00.499Z", False),
        ("id eq 0f1e2d3c-0000-4000-8000-00000000000a", True),
        ("status eq Microsoft.Dynamics.DataEntities.State'Open'", True),
        ("status ne Microsoft.Dynamics.DataEntities.State'Open'", False),
        ("contains(name,'Neill')", True),
        ("startswith(name, 'O')", True),
        ("endswith(name,'é')", True),
        ("contains(name,'Neill') eq false", False),
        ("not contains(name,'xyz')", True),
        ("contains(tolower(name),'neill')", True),
        ("status in ('Closed', 'Open')", True),
        ("number in (1,2)", False),
        ("address/city eq 'Bern'", True),
        ("status eq 'Closed' and number gt 1 or open eq true", True),
        ("status eq 'Closed' and (number gt 1 or open eq true)", False),
        ("not (status eq 'Open') or not open eq false", True),
        ("number eq 'twelve'", False),
        ("open gt 1", False),
        ("name eq", None),
        ("(name eq 'a'", None),
        ("name eq 'a' name", None),
        ("name like 'a'", None),
        ("name eq name", None),
        ("day eq 2026-13-45", None),
        ("length(name) eq 3", None),
        ("contains(name,3)", None),
        ("name/any(x:x eq 1)", None),
        ("§", None),
    ],
)
def test_a_filter_keeps_what_its_words_say(text: str, is_kept: bool | None) -> None:
    """Comparisons, precedence, functions and literals follow OData v4; what is none of it is refused."""
    if is_kept is None:
        with pytest.raises(BadQuery):
            parse_filter(text, _PLAIN)(_ROW)
    else:
        assert parse_filter(text, _PLAIN)(_ROW) is is_kept


def test_business_central_refuses_or_across_fields() -> None:
    """`or` is good for one field alone; its own sentence says so."""
    assert parse_filter("number eq 1 or number eq 12.5", BUSINESS_CENTRAL)(_ROW)
    with pytest.raises(BadQuery, match="not supported on distinct fields") as caught:
        parse_filter("number eq 1 or name eq 'x'", BUSINESS_CENTRAL)
    assert caught.value.code == "or-across-fields"


def test_business_central_ignores_lambda_and_needs_the_newer_schema_for_in_and_nested_functions() -> None:
    """any/all lets everything through; `in` and functions in functions come with schema version 2.1."""
    assert parse_filter("lines/any(l:l/number eq (1))", BUSINESS_CENTRAL)(_ROW)
    for text in ("status in ('Open')", "contains(tolower(name),'neill')"):
        with pytest.raises(BadQuery):
            parse_filter(text, BUSINESS_CENTRAL)
        assert parse_filter(text, replace(BUSINESS_CENTRAL, allows_in=True, allows_nested_functions=True))(_ROW)


def test_finance_operations_reads_stars_in_an_equality() -> None:
    """`Name eq '*abc*'` means contains, in any case; `ne` its opposite; functions and `in` are refused."""
    assert parse_filter("name eq '*NEILL*'", FINANCE_OPERATIONS)(_ROW)
    assert parse_filter("name eq 'o*'", FINANCE_OPERATIONS)(_ROW)
    assert not parse_filter("name ne '*neill*'", FINANCE_OPERATIONS)(_ROW)
    assert not parse_filter("name eq '*nil'", FINANCE_OPERATIONS)(_ROW)
    for text in ("contains(name,'N')", "status in ('Open')", "lines/any(x:x eq 1)"):
        with pytest.raises(BadQuery):
            parse_filter(text, FINANCE_OPERATIONS)


def test_an_enum_is_compared_by_its_own_literal() -> None:
    """A quoted text is no enum, and an enum has no order."""
    dialect = replace(FINANCE_OPERATIONS, enums=frozenset({"status"}))
    assert parse_filter("status eq Microsoft.Dynamics.DataEntities.State'Open'", dialect)(_ROW)
    with pytest.raises(BadQuery, match="incompatible types"):
        parse_filter("status eq 'Open'", dialect)
    with pytest.raises(BadQuery, match="cannot be applied"):
        parse_filter("status gt Microsoft.Dynamics.DataEntities.State'Open'", dialect)


def test_dataverse_compares_without_case_and_takes_sql_wildcards() -> None:
    """% _ and [ ] are wildcards in contains; a blank text is null."""
    assert parse_filter("name eq 'o''neill CAFÉ'", DATAVERSE)(_ROW)
    assert parse_filter("contains(name,'N%ll')", DATAVERSE)(_ROW)
    assert parse_filter("startswith(name,'o_n')", DATAVERSE)(_ROW)
    assert parse_filter("endswith(name,'caf[ée]')", DATAVERSE)(_ROW)
    assert not parse_filter("name eq 'O%'", DATAVERSE)(_ROW)
    assert not parse_filter("nothing ne ''", DATAVERSE)(_ROW)
    assert parse_filter("blank eq null", DATAVERSE)(_ROW)


def test_a_field_that_the_entity_lacks_is_refused_by_name() -> None:
    """A filter, an order and a selection name only what is there."""
    fields = {"name"}
    assert parse_filter("name ne 'a'", _PLAIN, fields)(_ROW)
    for attempt in (
        lambda: parse_filter("email eq 'a'", _PLAIN, fields),
        lambda: apply_orderby([_ROW], "email", _PLAIN, fields),
        lambda: apply_select([_ROW], "email", _PLAIN, fields),
    ):
        with pytest.raises(BadQuery, match="'email'") as caught:
            attempt()
        assert caught.value.code == "unknown-field"


def test_rows_are_sorted_by_every_field_that_is_named() -> None:
    """The first field counts most, null comes first, and `desc` turns one field alone."""
    rows: list[Row] = [{"a": 1, "b": "x"}, {"a": 2, "b": "B"}, {"a": 1, "b": "a"}, {"a": None, "b": "c"}]
    assert [row["b"] for row in apply_orderby(rows, "a desc, b", _PLAIN)] == ["B", "a", "x", "c"]
    assert [row["b"] for row in apply_orderby(rows, "b asc", FINANCE_OPERATIONS)] == ["a", "B", "c", "x"]
    assert [row["b"] for row in apply_orderby(rows, "b", _PLAIN)] == ["B", "a", "c", "x"]
    with pytest.raises(BadQuery):
        apply_orderby(rows, "a down", _PLAIN)


def test_a_selection_keeps_the_annotations_of_what_it_keeps() -> None:
    """The etag and a value's formatted text stay with it."""
    row = {**_ROW, "status@OData.Community.Display.V1.FormattedValue": "offen"}
    assert list(apply_select([row], "status", _PLAIN)[0]) == [
        "@odata.etag",
        "status",
        "status@OData.Community.Display.V1.FormattedValue",
    ]
    assert apply_select([row], None, _PLAIN) == apply_select([row], "*", _PLAIN) == [row]


def test_a_count_of_rows_is_a_whole_number() -> None:
    """$top and $skip take digits alone."""
    assert whole_number("25", "$top") == 25
    assert whole_number(None, "$top") is None
    for text in ("-1", "ten", "1.5", ""):
        with pytest.raises(BadQuery):
            whole_number(text, "$top")
