"""Reads the European Central Bank's reference rates file (eurofxref-hist.csv, plain, zipped or gzipped).

Source: the file has one line a business day, newest first, with units of each currency per euro; `N/A` where none.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from unposted.domain.fx import Rate, cross_rate
from unposted.errors import SourceFileError

__all__ = ["read_rates"]


def read_rates(path: Path, shown: str, reporting: str, first: date, last: date) -> list[Rate]:
    """Return the rates to the reporting currency of the days from `first` to `last`, both included."""
    rows = csv.reader(io.StringIO(_text(path, shown)))
    header = [name.strip().upper() for name in next(rows, [])]
    if not header or header[0] != "DATE":
        raise SourceFileError(
            "wrong-file", f"{shown} is no ECB reference rates file: its first column is not Date.",
            "Download eurofxref-hist from the ECB, or give fixed rates under [fx] rates.",
        )  # fmt: skip
    return list(_rates(rows, header, shown, reporting, first, last))


def _rates(
    rows: Iterator[list[str]], header: list[str], shown: str, reporting: str, first: date, last: date
) -> Iterator[Rate]:
    for line, row in enumerate(rows, 2):
        day = _day(row, shown, line)
        if day is None or not first <= day <= last:
            continue
        per_euro = {"EUR": Decimal(1)} | dict(_amounts(header, row, shown, line))
        if reporting in per_euro:
            for currency, amount in per_euro.items():
                if currency != reporting:
                    yield Rate(currency, cross_rate(amount, per_euro[reporting]), "ECB", 2, day)


def _day(row: list[str], shown: str, line: int) -> date | None:
    if not row or not row[0].strip():
        return None
    try:
        return date.fromisoformat(row[0].strip())
    except ValueError:
        raise _unreadable(shown, line, "the date") from None


def _amounts(header: list[str], row: list[str], shown: str, line: int) -> Iterator[tuple[str, Decimal]]:
    for name, cell in zip(header[1:], row[1:], strict=False):
        text = cell.strip()
        if name and text and text != "N/A":
            try:
                amount = Decimal(text)
            except InvalidOperation:
                raise _unreadable(shown, line, f"the rate of {name}") from None
            if amount > 0:
                yield name, amount


def _unreadable(shown: str, line: int, what: str) -> SourceFileError:
    return SourceFileError("bad-rates", f"{shown}, line {line}: {what} cannot be read.", "Download the file again.")


def _text(path: Path, shown: str) -> str:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        elif raw[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                raw = archive.read(archive.namelist()[0])
        return raw.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise SourceFileError(
            "bad-rates", f"{shown} cannot be read: {type(error).__name__}.", "Download the file again."
        ) from None
