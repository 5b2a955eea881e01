"""JSON, CSV and XLSX of any reading hold the same rows and the same totals, to the cent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from tests.support.exported import csv_table, csv_table_of, seen_by_calamine, seen_by_openpyxl, xlsx_of
from tests.support.readings import a_row, reading_of, readings
from unposted.cards.reading import Reading
from unposted.domain.currencies import minor_digits
from unposted.exports.csv_text import FOR_GERMAN_EXCEL, FOR_PEOPLE, PLAIN, CsvStyle, worklist_csv
from unposted.exports.json_text import reading_json, schema_text

_LISTS = (
    "stores",
    "platforms",
    "emails",
    "tax_ids",
    "external_ids",
    "expected_entities",
    "missing_entities",
    "exists_in",
)
_TEXTS = ("party", "name", "kind", "company", "segment", "status", "matched_evidence", "route", "recommended_action")
_NUMBERS = ("rank", "orders", "age_days")
_TIMES = ("first_order_at", "last_order_at")
_VALIDATOR = Draft202012Validator(json.loads(schema_text()))


def _facts(row: Mapping[str, Any], currencies: Sequence[str]) -> dict[str, Any]:
    """Tell what a row of the JSON says, column by column, as the other formats should."""
    facts: dict[str, Any] = {name: row[name] or "" for name in _TEXTS}
    facts |= {name: "; ".join(row[name]) for name in (*_LISTS, "flags")}
    facts |= {name: row[name] for name in _NUMBERS}
    facts |= {name: datetime.fromisoformat(row[name]) for name in _TIMES}
    facts |= {f"blocked {currency}": _decimal(row["blocked_by_currency"].get(currency)) for currency in currencies}
    return facts | {
        "blocked": _decimal(row["blocked"]),
        "blocked_net": _decimal(row["blocked_net"]),
        "ambiguous": row["ambiguous"],
    }


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _compare_csv(document: Mapping[str, Any], table: list[dict[str, str]], style: CsvStyle = PLAIN) -> None:
    currencies = [name.removeprefix("blocked ") for name in (table[0] if table else ()) if name.startswith("blocked ")]
    assert len(table) == len(document["rows"]) == document["value"]
    for row, line in zip(document["rows"], table, strict=True):
        for name, fact in _facts(row, currencies).items():
            cell = line[name]
            if isinstance(fact, bool):
                assert cell == str(fact).lower()
            elif isinstance(fact, str):
                assert cell == ("'" + fact if re.match("[-=+@\t\r\n＝＋－＠]", fact) else fact)
            elif isinstance(fact, datetime):
                assert datetime.fromisoformat(cell) == fact
            elif isinstance(fact, int):
                assert int(cell) == fact
            else:
                assert _decimal(cell.replace(",", ".") if style.decimal_comma else cell) == fact
        assert line["currency"] == document["blocked"]["currency"]
    known = [Decimal(line["blocked"].replace(",", ".")) for line in table if line["blocked"]]
    assert _total(document) == (sum(known) if known or not table else None)


def _total(document: Mapping[str, Any]) -> Decimal | None:
    amount = document["blocked"]["amount"]
    return None if amount is None else Decimal(amount)


def _compare_xlsx(document: Mapping[str, Any], lines: list[dict[str, Any]], zone: str) -> None:
    currencies = [name.removeprefix("blocked ") for name in (lines[0] if lines else ()) if name.startswith("blocked ")]
    assert len(lines) == len(document["rows"])
    for row, line in zip(document["rows"], lines, strict=True):
        for name, fact in _facts(row, currencies).items():
            if isinstance(fact, str):
                text = fact.replace("\r\n", "\n").replace("\r", "\n")
                assert line[name] == re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)
            elif isinstance(fact, datetime):
                local = fact.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
                assert f"{line[name]:%Y-%m-%d %H:%M:%S}" == f"{local:%Y-%m-%d %H:%M:%S}"  # midnight is read as a date
            elif isinstance(fact, Decimal):
                assert isinstance(line[name], int | float)
                assert Decimal(repr(line[name])) == fact
            else:
                assert line[name] == ("" if fact is None else fact)
    digits = minor_digits(document["blocked"]["currency"])
    known = [round(Decimal(repr(line["blocked"])), digits) for line in lines if line["blocked"] != ""]
    assert _total(document) == (sum(known) if known or not lines else None)


@settings(max_examples=80, deadline=None)
@given(readings())
def test_csv_says_what_json_says_in_every_style(reading: Reading) -> None:
    """Every row, every column, and the total, whatever text a reading holds."""
    document = json.loads(reading_json(reading))
    for style in (FOR_PEOPLE, PLAIN, FOR_GERMAN_EXCEL):
        _compare_csv(document, csv_table(reading, style), style)


@settings(max_examples=40, deadline=None)
@given(readings())
def test_xlsx_says_what_json_says(reading: Reading) -> None:
    """Every row, every column, and the total, read back by calamine; openpyxl finds no formula."""
    book = xlsx_of(reading)
    _compare_xlsx(json.loads(reading_json(reading)), seen_by_calamine(book), reading.window.zone)
    for line in seen_by_openpyxl(book):
        assert {cell.data_type for cell in line.values()} <= {"s", "n", "b", "d"}
        assert {line[name].data_type for name in ("party", "name", "external_ids", "tax_ids") if line[name].value} <= {
            "s"
        }
        assert {line[name].data_type for name in ("blocked", "blocked_net")} == {"n"}


@settings(max_examples=60, deadline=None)
@given(readings())
def test_json_is_valid_by_its_schema_and_stable(reading: Reading) -> None:
    """Any reading fits the shipped schema, and gives the same bytes again."""
    text = reading_json(reading)
    _VALIDATOR.validate(json.loads(text))
    assert reading_json(reading) == text


@settings(max_examples=60, deadline=None)
@given(readings())
def test_every_split_of_the_json_adds_up_to_its_headline(reading: Reading) -> None:
    """Counts to the value, amounts to the blocked value, currency by currency too."""
    document = json.loads(reading_json(reading))
    for split in document["splits"].values():
        assert sum(bucket["count"] for bucket in split.values()) == document["value"]
        known = [Decimal(bucket["blocked"]) for bucket in split.values() if bucket["blocked"] is not None]
        assert (sum(known) if known or not split else None) == _total(document)
    for currency, amount in document["blocked"]["by_currency"].items():
        parts = [Decimal(row["blocked_by_currency"].get(currency, "0")) for row in document["rows"]]
        assert sum(parts) == Decimal(amount)


_PLANTED: dict[str, Callable[[str], str]] = {
    "negative amounts are quoted": lambda text: re.sub(r",(-\d)", r",'\1", text),
    "a formula is not quoted": lambda text: text.replace(",'=", ",="),
    "a row is dropped": lambda text: text[: text.rstrip("\n").rindex("\n") + 1],
    "a cent is lost": lambda text: text.replace("-1234.56", "-1234.55"),
    "cents are written as a float": lambda text: text.replace("0.10", "0.1000000000000000055"),
    "leading zeros are lost": lambda text: text.replace(",007,", ",7,"),
    "the zone is dropped": lambda text: text.replace("-04:00", "+00:00"),
    "an unknown amount becomes zero": lambda text: text.replace(",,,USD,", ",0.00,0.00,USD,"),
}


@pytest.mark.parametrize("bug", _PLANTED)
def test_the_comparison_catches_planted_bugs(bug: str) -> None:
    """Each fault that an export could have makes the comparison fail."""
    rows = [
        a_row(1, name="=1+1", blocked=10, external_ids=("007",)),
        a_row(2, blocked=-123_456),
        a_row(3, blocked=None, blocked_net=None),
    ]
    reading = reading_of(rows)
    document = json.loads(reading_json(reading))
    text = "".join(worklist_csv(reading, PLAIN))
    _compare_csv(document, csv_table_of(text))
    broken = _PLANTED[bug](text)
    assert broken != text
    with pytest.raises((AssertionError, ArithmeticError)):
        _compare_csv(document, csv_table_of(broken))


def test_the_workbook_comparison_catches_planted_bugs() -> None:
    """A number as text, a shifted clock and a lost row make the comparison fail."""
    reading = reading_of([a_row(1), a_row(2, first_order_at=datetime(2026, 4, 8, 1, tzinfo=UTC))])
    document = json.loads(reading_json(reading))
    lines = seen_by_calamine(xlsx_of(reading))
    _compare_xlsx(document, lines, "America/New_York")
    for broken in (lines[:1], [lines[0] | {"blocked": "99.99"}, lines[1]], [lines[0] | {"external_ids": 1}, lines[1]]):
        with pytest.raises(AssertionError):
            _compare_xlsx(document, broken, "America/New_York")
    with pytest.raises(AssertionError):
        _compare_xlsx(document, lines, "UTC")
