"""The workbook: typed cells, inert text, and a sheet that tells what the rows are."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from tests.support.exported import formula_payloads, naughty_strings, seen_by_calamine, seen_by_openpyxl, xlsx_of
from tests.support.readings import NAUGHTY, a_row, reading_of
from unposted.cards.reading import CurrencyAmount

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def test_numbers_are_numbers_in_the_format_of_their_currency() -> None:
    """Negative amounts stay numbers; yen show no cents, dinars three."""
    amounts = (CurrencyAmount("JPY", 1234567), CurrencyAmount("KWD", -5))
    line = seen_by_openpyxl(xlsx_of(reading_of([a_row(blocked_by_currency=amounts, blocked=-123456)])))[0]
    seen = {name: (line[name].value, line[name].data_type, line[name].number_format) for name in line}
    assert seen["blocked"] == (-1234.56, "n", "#,##0.00")
    assert seen["blocked JPY"] == (1234567, "n", "#,##0")
    assert seen["blocked KWD"] == (-0.005, "n", "#,##0.000")
    assert seen["orders"] == (1, "n", "0")
    assert seen["ambiguous"][:2] == (False, "b")


def test_instants_are_dates_in_the_workspace_zone() -> None:
    """A spreadsheet can group them by day; the zone is named on the About sheet."""
    row = a_row(first_order_at=datetime(2026, 3, 8, 4, 59, 59, 999_999, tzinfo=UTC))
    book = xlsx_of(reading_of([row]))
    local = datetime(2026, 3, 7, 23, 59, 59)  # noqa: DTZ001 - a spreadsheet's dates have no zone
    cell = seen_by_openpyxl(book)[0]["first_order_at"]
    assert (cell.is_date, cell.value) == (True, local)
    assert seen_by_calamine(book)[0]["first_order_at"] == local
    assert _about(book)["time zone of the dates"] == "America/New_York"


def test_ids_are_text_with_their_leading_zeros() -> None:
    """Nothing that looks like a number, a date or a logical value is turned into one."""
    texts = ["00123", "1e5", "2026-04-12", "TRUE", "12345678901234567890"]
    book = xlsx_of(reading_of([a_row(rank, external_ids=(text,)) for rank, text in enumerate(texts, start=1)]))
    assert [line["external_ids"].value for line in seen_by_openpyxl(book)] == texts
    assert {line["external_ids"].data_type for line in seen_by_openpyxl(book)} == {"s"}
    assert {line["external_ids"].number_format for line in seen_by_openpyxl(book)} == {"@"}
    assert [line["external_ids"] for line in seen_by_calamine(book)] == texts


def test_an_amount_beyond_fifteen_digits_is_exact_text() -> None:
    """A spreadsheet would lose its cents; text keeps them."""
    line = seen_by_openpyxl(xlsx_of(reading_of([a_row(blocked=1_234_567_890_123_456)])))[0]
    assert (line["blocked"].value, line["blocked"].data_type) == ("12345678901234.56", "s")


def test_own_naughty_strings_survive() -> None:
    """Whatever a name holds comes back from both readers as text."""
    _survive(list(NAUGHTY))


def test_the_big_list_of_naughty_strings_survives() -> None:
    """The public list comes back from both readers as text."""
    _survive(naughty_strings())


def test_formula_payloads_are_strings_marked_as_text() -> None:
    """No cell is a formula, and editing one does not make it one (the cell's quote prefix)."""
    payloads = formula_payloads()
    book = xlsx_of(reading_of([a_row(rank, name=text) for rank, text in enumerate(payloads, start=1)]))
    cells = [line["name"] for line in seen_by_openpyxl(book)]
    assert [cell.value for cell in cells] == payloads
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith(("=", "+", "-", "@")))
    assert [line["name"] for line in seen_by_calamine(book)] == payloads
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_a_cell_longer_than_excel_allows_is_cut_and_said() -> None:
    """Excel counts UTF-16 units; the cut never splits a character."""
    book = xlsx_of(
        reading_of([a_row(1, name="x" * 40_000), a_row(2, name="\U0001f600" * 20_000), a_row(3, name="y" * 32_767)])
    )
    names = [line["name"].value for line in seen_by_openpyxl(book)]
    assert names == ["x" * 32_766 + "…", "\U0001f600" * 16_383 + "…", "y" * 32_767]
    assert "2 cells were longer" in _about(book)["note"]


def test_more_rows_than_a_sheet_holds_go_on_further_sheets_and_that_is_said() -> None:
    """No row is left out."""
    book = xlsx_of(reading_of([a_row(rank) for rank in range(1, 6)]), rows_of_a_sheet=2)
    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames == ["Worklist", "Worklist 2", "Worklist 3", "About"]
    sheets = ("Worklist", "Worklist 2", "Worklist 3")
    assert [line["rank"].value for sheet in sheets for line in seen_by_openpyxl(book, sheet)] == [1, 2, 3, 4, 5]
    assert "3 sheets" in _about(book)["note"]


def test_the_header_is_frozen_and_has_a_filter() -> None:
    """One header row, no merged cells: ready for a pivot table."""
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(reading_of([a_row(), a_row(2)]))))["Worklist"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:AF3"
    assert not sheet.merged_cells.ranges
    assert sheet.column_dimensions["C"].width > 20


def test_about_tells_definition_bounds_filter_totals_and_freshness() -> None:
    """Who gets the file alone knows what it says and what it lacks."""
    rows = [a_row(1, segment="b2b"), a_row(2, blocked=None, blocked_net=None, flags=("unknown_rate",))]
    reading = reading_of(rows, filters="segment b2b (2 of 9 rows)", quarantined=3, unmapped_statuses=(("=odd", 4),))
    about = _about(xlsx_of(reading))
    assert "at least one active order" in about["definition"]
    assert about["as of"] == "2026-04-12T18:30:00-04:00"
    assert about["window from"] == "2026-04-06T00:00:00-04:00"
    assert about["filter"] == "segment b2b (2 of 9 rows)"
    assert about["rows"] == 2
    assert about["rows without a rate (their value is unknown and in no total)"] == 1
    assert about["segment: b2b"] == 1
    assert about["alert of the whole card"] == "ok"
    assert about["records in quarantine"] == 3
    assert about["orders of unmapped status =odd (counted as active)"] == 4
    assert about["input dtc orders"].startswith("120 records, newest 2026-04-12T17:30:00-04:00")
    assert about["exchange rate"] == "CAD 0.73 (fixed in the workspace)"


def test_the_totals_on_about_are_numbers_with_their_currency() -> None:
    """The headline and each split can be added up in the spreadsheet."""
    lines = seen_by_openpyxl(xlsx_of(reading_of([a_row(1), a_row(2, segment="b2b")])), "About")
    found = {line["what"].value: (line["blocked"].value, line["currency"].value) for line in lines}
    assert found["rows"] == (199.97, "USD")
    assert found["segment: dtc"] == (99.99, "USD")
    assert found["segment: b2b"] == (99.98, "USD")


def test_an_empty_worklist_is_a_workbook_with_its_header() -> None:
    """Nothing absent is a result too."""
    book = xlsx_of(reading_of([]))
    assert seen_by_openpyxl(book) == []
    assert _about(book)["rows"] == 0


def test_the_same_reading_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file depends on nothing but the reading: not on the clock, not on the machine's zone."""
    reading = reading_of([a_row(), a_row(2)])
    first = xlsx_of(reading)
    try:
        for zone in ("Pacific/Kiritimati", "America/New_York"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert xlsx_of(reading) == first
    finally:
        monkeypatch.undo()
        time.tzset()


def _about(book: bytes) -> dict[str, Any]:
    return {line["what"].value: line["value"].value for line in seen_by_openpyxl(book, "About")}


def _survive(strings: list[str]) -> None:
    """Check that all come back: line ends as line feeds, what XML cannot hold as U+FFFD.

    openpyxl gives text that looks like Excel's own escape (`_x0041_`) back escaped; Excel and calamine do not.
    """
    book = xlsx_of(reading_of([a_row(rank, name=text) for rank, text in enumerate(strings, start=1)]))
    expected = [_NOT_IN_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")) for text in strings]
    assert [line["name"] for line in seen_by_calamine(book)] == expected
    cells = [line["name"] for line in seen_by_openpyxl(book)]
    assert {cell.data_type for cell, text in zip(cells, expected, strict=True) if text} == {"s"}
    for cell, text in zip(cells, expected, strict=True):
        assert (cell.value or "") == re.sub("_(?=x[0-9a-fA-F]{4}_)", "_x005F_", text)
