"""The filter: what it keeps, how it is asked for, and its one form as a URL."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.readings import a_row
from unposted.domain.filters import Filter


def test_an_empty_filter_keeps_every_row() -> None:
    """Nothing asked, nothing lost."""
    assert Filter().matches(a_row(), "USD")
    assert Filter().url() == ""


@pytest.mark.parametrize(
    ("asked", "is_kept"),
    [
        (Filter(segment=("dtc",)), True),
        (Filter(segment=("b2b",)), False),
        (Filter(segment=("b2b", "dtc")), True),
        (Filter(store=("DTC",)), True),
        (Filter(store=("other",)), False),
        (Filter(platform=("bigcommerce",)), False),
        (Filter(entity=("usti",)), True),
        (Filter(entity=("CATU",)), False),
        (Filter(status=("no_match",)), True),
        (Filter(status=("no_key",)), False),
        (Filter(segment=("dtc",), status=("no_key",)), False),
    ],
)
def test_each_field_that_is_set_must_hold(asked: Filter, is_kept: bool) -> None:
    """Fields narrow one another; the values of one field widen it."""
    assert asked.matches(a_row(), "USD") is is_kept


def test_status_meets_a_flag_too() -> None:
    """A row waiting for the sync that is also in Dataverse is found under both."""
    row = a_row(status="awaiting_sync", flags=("in_dataverse", "ambiguous"))
    assert Filter(status=("in_dataverse",)).matches(row, "USD")
    assert Filter(status=("ambiguous",)).matches(row, "USD")
    assert Filter(status=("awaiting_sync",)).matches(row, "USD")


def test_entity_meets_an_expected_one_that_holds_the_party() -> None:
    """An ambiguous party stands under both entities, also under the one that has its record."""
    row = a_row(expected_entities=("CATU", "USTI"), missing_entities=("USTI",), ambiguous=True)
    assert Filter(entity=("CATU",)).matches(row, "USD")
    assert Filter(entity=("USTI",)).matches(row, "USD")


@pytest.mark.parametrize(
    ("units", "currency", "is_kept"),
    [
        (4990, "USD", True),
        (4989, "USD", False),
        (50, "JPY", True),
        (49, "JPY", False),
        (None, "USD", True),
        (-1, "USD", False),
    ],
)
def test_min_value_includes_its_bound_and_keeps_unknown_values(units: int | None, currency: str, is_kept: bool) -> None:
    """The bound is in whole units of the reporting currency, whatever its minor digits; an unknown value stays."""
    assert Filter(min_value=Decimal("49.90")).matches(a_row(blocked=units), currency) is is_kept


@pytest.mark.parametrize(
    ("search", "is_kept"),
    [
        ("müller", True),
        ("MÜLLER gmbh", True),
        ("gmbh absent-word", False),
        ("DE123", True),
        ("de 123 456", True),
        ("00042", True),
        ("42 @example.com", True),
        ("p-0000000000000007", True),
        ("no_match", False),
    ],
)
def test_search_wants_all_words_anywhere_in_who_the_party_is(search: str, is_kept: bool) -> None:
    """Name, company, e-mails, tax ids, external ids and party id are searched, in any case; nothing else is."""
    row = a_row(7, name="Müller", company="Müller GmbH", tax_ids=("DE123456789",), external_ids=("00042",))
    assert Filter(search=search).matches(row, "USD") is is_kept


def test_search_meets_wide_and_narrow_forms_of_a_letter() -> None:
    """Full-width letters, as Asian keyboards write them, are the same letters."""
    assert Filter(search="ＡＣＭＥ").matches(a_row(name="Acme"), "USD")


def test_equal_filters_are_equal_values_and_have_one_url() -> None:
    """Order, case, blanks and trailing zeros do not make another filter."""
    one = Filter.of(segment=["dtc,b2b"], status=["No-Match"], entity=["usti"], min_value="1000.00", search=" a   b ")
    other = Filter.of(segment=["b2b", "dtc"], status=["no_match"], entity=["USTI "], min_value="1,000.0", search="a b")
    assert one == other
    assert one.url() == "segment=b2b&segment=dtc&entity=USTI&status=no_match&min_value=1000&search=a+b"
    assert Filter.from_url("?" + one.url()) == one


def test_a_comma_in_a_store_name_is_part_of_the_name() -> None:
    """Only names that never hold a comma are split at commas."""
    assert Filter.of(store=["North, South"]).store == ("North, South",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"segment": ["retail"]}, "there is no segment 'retail'; there are: b2b, dtc"),
        ({"status": ["no_mach"]}, "there is no status 'no_mach'; did you mean 'no_match'?"),
        ({"min_value": "lots"}, "'lots' is no amount"),
        ({"min_value": "1,000"}, "'1,000' is no amount"),
        ({"min_value": "NaN"}, "NaN is no amount"),
        ({"min_value": "1e99"}, "is no amount"),
        ({"store": ["dct"], "stores": ["dtc", "wholesale"]}, "there is no store 'dct'; did you mean 'dtc'?"),
        ({"entity": ["XX"], "entities": ["USTI"]}, "there is no entity 'XX'; there are: USTI"),
    ],
)
def test_a_value_that_cannot_be_meant_is_an_error_with_a_suggestion(
    options: dict[str, list[str]], message: str
) -> None:
    """A mistyped filter is told, not answered with an empty list."""
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        Filter.of(**options)  # type: ignore[arg-type]


def test_an_unknown_name_in_a_url_is_an_error() -> None:
    """A filter that would be ignored shows rows that were not asked for."""
    with pytest.raises(ValueError, match="there is no filter 'segmnt'; did you mean 'segment'"):
        Filter.from_url("segmnt=b2b")


def test_a_filter_tells_itself_in_words() -> None:
    """The words go on the export's About sheet and above the table."""
    asked = Filter(segment=("b2b", "dtc"), min_value=Decimal("49.9"), search="acme")
    assert asked.words("USD") == 'segment b2b or dtc; blocked value at least 49.9 USD or unknown; search "acme"'
    assert Filter().words("USD") == ""
