"""Lists that people make: their columns, encodings, amounts and bad lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from unposted.connectors.files.lists import CustomerList, read_list
from unposted.connectors.keys import KeyMaker
from unposted.errors import SourceFileError


def _read(folder: Path, text: str, encoding: str = "utf-8", comma: bool | None = None) -> CustomerList:
    file = folder / "list.csv"
    file.write_bytes(text.encode(encoding))
    return read_list(file, "list.csv", KeyMaker(), "USD", decimal_comma=comma)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_usual_encoding_and_separator_is_read(tmp_path: Path, encoding: str, separator: str) -> None:
    """Names keep their letters whatever program saved the list."""
    text = separator.join(["Name", "E-Mail"]) + "\n" + separator.join(["Müller", "a@x.com"]) + "\n"
    (line,) = _read(tmp_path, text, encoding).lines
    assert (line.line, line.name, line.keys) == (2, "Müller", (("email", "a@x.com"), ("name", "muller")))


def test_an_export_from_dynamics_is_known_by_its_headers(tmp_path: Path) -> None:
    """Account, company, name, address and tax id are found under the ERP's own names."""
    found = _read(
        tmp_path,
        "CUSTOMERACCOUNT,DATAAREAID,ORGANIZATIONNAME,PRIMARYCONTACTEMAIL,TAXEXEMPTNUMBER\n"
        "US-1,usti,Acme,a@x.com,DE 445566778\n",
    )
    (line,) = found.lines
    assert line.entity == "USTI"
    assert set(line.keys) == {
        ("account", "us-1"), ("name", "acme"), ("email", "a@x.com"), ("tax_id", "DE445566778"),
        ("tax_id", "~DE445566778"), ("tax_id", "445566778"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "units", "note"),
    [
        ("1234.50", 123450, ""),
        ("$1,234.50", 123450, ""),
        ("-12.00", -1200, ""),
        ("", None, ""),
        ("unknown", None, ""),
        ("900 EUR", None, "the amount is in EUR"),
        ("a lot", None, "the amount cannot be read"),
    ],
)
def test_an_amount_is_read_or_told(tmp_path: Path, amount: str, units: int | None, note: str) -> None:
    """What is not in the reporting currency or no amount counts as nothing, and says so."""
    (line,) = _read(tmp_path, f'email,amount\na@x.com,"{amount}"\n').lines
    assert (line.amount, line.note) == (units, note)


def test_a_bad_line_is_told_with_its_number(tmp_path: Path) -> None:
    """Lines with too few or too many cells are not dropped in silence; blank ones are no lines."""
    found = _read(tmp_path, "email,name\na@x.com,A\nshort\n,\nb@x.com,B,more\nc@x.com,C\n")
    assert [line.line for line in found.lines] == [2, 6]
    assert [(bad.line, bad.code) for bad in found.bad] == [(3, "bad-row"), (5, "bad-row")]


def test_a_placeholder_finds_nobody(tmp_path: Path) -> None:
    """An address that means nobody leaves a line without a key; a neutralised formula is the text that it was."""
    first, second = _read(tmp_path, "email,name\nnoreply@x.com,\n,'=Acme\n").lines
    assert first.keys == ()
    assert (second.name, second.keys) == ("=Acme", (("name", "acme"),))


@pytest.mark.parametrize(
    ("text", "code"), [("amount\n5\n", "no-list-column"), ('[{"email": "a@x.com"}]', "unknown-format")]
)
def test_what_is_no_list_is_refused(tmp_path: Path, text: str, code: str) -> None:
    """Without a column to find anybody by, or as JSON, nothing can be compared."""
    with pytest.raises(SourceFileError) as raised:
        _read(tmp_path, text)
    assert raised.value.code == code
