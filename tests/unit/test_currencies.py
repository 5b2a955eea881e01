"""ISO 4217 currencies and their minor digits."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from unposted.domain.currencies import is_currency, minor_digits

_SHARED = Path(os.environ.get("UNPOSTED_SHARED", Path(__file__).parents[2].parent / "shared"))


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("USD", 2),
        ("EUR", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("CLF", 4),
        ("CLP", 0),
        ("BHD", 3),
        ("HUF", 2),
        ("XCG", 2),
        ("HRK", 2),
    ],
)
def test_a_currency_has_its_minor_digits(code: str, digits: int) -> None:
    """Most currencies have two minor digits; the exceptions have their own."""
    assert is_currency(code)
    assert minor_digits(code) == digits


@pytest.mark.parametrize("code", ["", "US", "usd", "USDT", "ZZZ", "XXX", "XTS", "XAU", "$", "U5D", " USD", "EURO"])
def test_other_codes_are_no_currencies(code: str) -> None:
    """Lower case, signs, coins of exchanges, metals and the codes for none and for testing are refused."""
    assert not is_currency(code)
    with pytest.raises(KeyError):
        minor_digits(code)


def test_the_whole_standard_is_known() -> None:
    """Every currency of the standard's list that is in use has the minor digits that the list says."""
    table = _SHARED / "data" / "iso4217_minor_units.csv"
    if not table.is_file():
        pytest.skip("the shared data is not here: set UNPOSTED_SHARED to its folder")
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["WithdrawalDate"] and row["MinorUnit"].isdigit()]
    assert len(rows) > 150
    listed = {row["AlphabeticCode"]: int(row["MinorUnit"]) for row in rows}
    assert {code: minor_digits(code) for code in listed} == listed
