"""The CSV: what a spreadsheet and a program find in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.support.exported import csv_table, formula_payloads, naughty_strings
from tests.support.readings import NAUGHTY, a_row, reading_of
from unposted.cards.reading import CurrencyAmount
from unposted.exports.csv_text import FOR_GERMAN_EXCEL, FOR_PEOPLE, PLAIN, worklist_csv
from unposted.exports.json_text import schema_text

_STARTS = tuple("=+-@\t\r")


def test_people_get_a_byte_order_mark_and_crlf_programs_get_neither() -> None:
    """Excel needs the mark to see UTF-8; a program trips over it."""
    reading = reading_of([a_row()])
    for_people, plain = ("".join(worklist_csv(reading, style)) for style in (FOR_PEOPLE, PLAIN))
    assert for_people.startswith("\ufeffrank,party,")
    assert for_people.count("\r\n") == 2
    assert plain.startswith("rank,party,")
    assert "\r" not in plain
    assert plain.endswith("\n")


def test_the_columns_are_the_json_rows_names_with_one_column_per_order_currency() -> None:
    """Every column of the worklist is there, in the order of the documented rows."""
    row = a_row(blocked_by_currency=(CurrencyAmount("CAD", 12), CurrencyAmount("JPY", 7)))
    header = next(iter(worklist_csv(reading_of([row]), PLAIN))).strip().split(",")
    documented = list(json.loads(schema_text())["$defs"]["row"]["properties"])
    place = documented.index("blocked_by_currency")
    expected = [*documented[:place], "blocked CAD", "blocked JPY", "blocked", "blocked_net", "currency"]
    assert header == expected + documented[place + 3 :]


def test_amounts_are_plain_decimals_with_the_minor_digits_of_their_currency() -> None:
    """No grouping, no sign of a currency; yen have no cents, Kuwaiti dinars have three digits; unknown is empty."""
    amounts = (CurrencyAmount("JPY", 1234567), CurrencyAmount("KWD", -5))
    found = csv_table(reading_of([a_row(blocked_by_currency=amounts, blocked=-123456, blocked_net=None)]))[0]
    assert found["blocked JPY"] == "1234567"
    assert found["blocked KWD"] == "-0.005"
    assert found["blocked"] == "-1234.56"
    assert found["blocked_net"] == ""
    assert found["currency"] == "USD"


def test_instants_show_the_offset_of_the_workspace_zone_on_their_day() -> None:
    """The same clock time before and after a clock change has another offset."""
    row = a_row(
        first_order_at=datetime(2026, 3, 8, 6, 30, tzinfo=UTC), last_order_at=datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    )
    found = csv_table(reading_of([row]))[0]
    assert found["first_order_at"] == "2026-03-08T01:30:00-05:00"
    assert found["last_order_at"] == "2026-03-08T03:30:00-04:00"


def test_lists_are_joined_by_semicolons_and_ids_keep_their_zeros() -> None:
    """Several values of one party stand in one cell."""
    found = csv_table(reading_of([a_row(external_ids=("007", "0x1"), emails=())]))[0]
    assert found["external_ids"] == "007; 0x1"
    assert found["emails"] == ""


def test_german_excel_gets_semicolons_and_decimal_commas() -> None:
    """A locale's separator and decimal comma go together."""
    found = csv_table(reading_of([a_row(blocked=-1234)]), FOR_GERMAN_EXCEL)[0]
    assert found["blocked"] == "-12,34"
    assert found["ambiguous"] == "false"


def test_text_that_starts_like_a_formula_gets_an_apostrophe_and_a_negative_number_does_not() -> None:
    """Text is made inert; a number stays a number, so that sums work."""
    found = csv_table(reading_of([a_row(name="-5", company="+491701", external_ids=("=1",), blocked=-500)]))[0]
    assert (found["name"], found["company"], found["external_ids"]) == ("'-5", "'+491701", "'=1")
    assert found["blocked"] == "-5.00"


def test_own_naughty_strings_survive() -> None:
    """Whatever a name holds comes back whole, after an apostrophe at most."""
    _survive(list(NAUGHTY))


def test_the_big_list_of_naughty_strings_survives() -> None:
    """The public list comes back whole, after an apostrophe at most."""
    _survive(naughty_strings())


def test_formula_payloads_are_inert() -> None:
    """No cell of text begins with a sign that starts a formula."""
    payloads = formula_payloads()
    found = csv_table(reading_of([a_row(rank, name=text, company=text) for rank, text in enumerate(payloads, start=1)]))
    assert len(found) == len(payloads) > 10
    assert not [line["name"] for line in found if line["name"].startswith(_STARTS)]
    assert sum(line["name"].startswith("'") for line in found) > 10


def test_half_a_character_becomes_a_replacement_character() -> None:
    """A lone surrogate, which UTF-8 cannot hold, does not stop the export."""
    text = "".join(worklist_csv(reading_of([a_row(name="a\ud83d")])))
    assert "a\ufffd" in text.encode().decode()


def _survive(strings: list[str]) -> None:
    for style in (FOR_PEOPLE, PLAIN, FOR_GERMAN_EXCEL):
        reading = reading_of([a_row(rank, name=text, emails=(text,)) for rank, text in enumerate(strings, start=1)])
        found = csv_table(reading, style)
        assert len(found) == len(strings)
        for line, text in zip(found, strings, strict=True):
            assert line["name"] in (text, "'" + text)
            assert line["emails"] == line["name"]
            assert not line["name"].startswith(_STARTS)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_cell_with_any_usual_separator_is_quoted(separator: str) -> None:
    """A program that guesses the separator is not led astray by a name."""
    text = "".join(worklist_csv(reading_of([a_row(name=f"a{separator}b")]), PLAIN))
    assert f'"a{separator}b"' in text
