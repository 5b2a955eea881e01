"""Exchange rates: exact factors, rates by way of the euro, and the ECB's file."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from unposted.connectors.ecb import read_rates
from unposted.domain.fx import Rate, cross_rate, exact_factor, rate_of
from unposted.errors import SourceFileError

_FILE = """Date,USD,JPY,CAD,
2026-04-10,1.10,160.5,1.50,
2026-04-09,1.25,N/A,1.50,
2026-04-08,N/A,161,1.45,
2026-04-07,1.20,162,,
"""
_DAYS = (date(2026, 4, 8), date(2026, 4, 10))


@pytest.mark.parametrize(
    ("currency", "rate", "reporting", "factor"),
    [
        ("USD", "1", "USD", 10**18),
        ("CAD", "0.73", "USD", 73 * 10**16),
        ("JPY", "0.0067", "USD", 67 * 10**16),
        ("USD", "150", "JPY", 15 * 10**17),
        ("KWD", "3.25", "USD", 325 * 10**15),
    ],
)
def test_a_factor_turns_minor_units_into_minor_units(currency: str, rate: str, reporting: str, factor: int) -> None:
    """One yen is a hundred times as many cents, one fils a tenth; and the factor tells the rate again."""
    found = exact_factor(Rate(currency, Decimal(rate), "fixed", 3), reporting)
    assert found == factor
    assert rate_of(int(found), currency, reporting) == Decimal(rate)


def test_a_cross_rate_has_fifteen_digits() -> None:
    """The rate by way of the euro is the quotient, half-even."""
    assert cross_rate(Decimal("1.50"), Decimal("1.25")) == Decimal("0.833333333333333")
    assert cross_rate(Decimal(160), Decimal("1.25")) == Decimal("0.0078125")


def test_the_banks_file_gives_rates_to_the_reporting_currency(tmp_path: Path) -> None:
    """A day without the reporting currency gives none, a currency without a rate that day is left out."""
    found = {(rate.day, rate.currency): rate for rate in _read(tmp_path, _FILE.encode())}
    assert set(found) == {
        (date(2026, 4, 10), "EUR"), (date(2026, 4, 10), "JPY"), (date(2026, 4, 10), "CAD"),
        (date(2026, 4, 9), "EUR"), (date(2026, 4, 9), "CAD"),
    }  # fmt: skip
    euro = found[date(2026, 4, 10), "EUR"]
    assert (euro.rate, euro.origin, euro.rank) == (Decimal("1.10"), "ECB", 2)
    assert found[date(2026, 4, 9), "CAD"].rate == Decimal("0.833333333333333")


def test_the_file_is_read_plain_gzipped_or_zipped(tmp_path: Path) -> None:
    """The bank offers a zip; people recompress it."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("eurofxref-hist.csv", _FILE)
    plain = _read(tmp_path, _FILE.encode())
    assert len(plain) == 5
    assert _read(tmp_path, gzip.compress(_FILE.encode())) == plain
    assert _read(tmp_path, zipped.getvalue()) == plain


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is no ECB reference rates file"),
        (b"Day,USD\n", "is no ECB reference rates file"),
        (b"Date,USD\n10/04/2026,1.1\n", "line 2: the date"),
        (b"Date,USD\n2026-04-10,about 1\n", "line 2: the rate of USD"),
        (b"\x1f\x8b\x00", "cannot be read"),
        (b"Date,USD\n\xff", "cannot be read"),
    ],
)
def test_a_file_that_is_no_rates_file_is_told_of(tmp_path: Path, raw: bytes, words: str) -> None:
    """The user reads which line is wrong, by the file's name alone."""
    with pytest.raises(SourceFileError, match=words):
        _read(tmp_path, raw)


def _read(folder: Path, raw: bytes) -> list[Rate]:
    file = folder / "rates"
    file.write_bytes(raw)
    return read_rates(file, "rates.csv", "USD", *_DAYS)
