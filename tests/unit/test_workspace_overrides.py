"""The overrides file: single customers sent to a legal entity."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workspace_files import GOOD, faults_of, line_of, write_files
from unposted.domain.identity import DEFAULT_PLACEHOLDERS
from unposted.workspace.model import Entity, Override
from unposted.workspace.overrides import RowFault, read_overrides

_ENTITIES = {"USTI": Entity("USTI", "US Trade Inc", "USD"), "CATU": Entity("CATU", "CA Trade ULC", "CAD")}


def _read(folder: Path, content: bytes) -> tuple[tuple[Override, ...], tuple[RowFault, ...]]:
    path = folder / "overrides.csv"
    path.write_bytes(content)
    return read_overrides(path, _ENTITIES, DEFAULT_PLACEHOLDERS)


@pytest.mark.parametrize(
    "content",
    [
        b"customer_key,entity\nann@example.com,CATU\n00123,USTI\n",
        b"\xef\xbb\xbfcustomer_key,entity\r\nann@example.com,catu\r\n00123,USTI\r\n",
        b"customer_key;entity\n ann@example.com ; CATU\n\n;\n00123;usti",
        b'Entity\tnote\tCustomer_Key\nCATU\t"a\nb"\tann@example.com\nUSTI\t\t00123\n',
        b'"customer_key","entity"\n"ann@example.com","CATU"\n"ann@example.com","CATU"\n"00123","USTI","more"\n',
    ],
)
def test_the_usual_forms_of_the_file_are_read(tmp_path: Path, content: bytes) -> None:
    """Byte order marks, separators, quotes, blank lines, other columns and the order of columns make no difference."""
    overrides, faults = _read(tmp_path, content)
    assert faults == ()
    assert overrides == (Override("ann@example.com", "CATU"), Override("00123", "USTI"))


@pytest.mark.parametrize(
    ("content", "line", "message", "suggestion"),
    [
        (b"customer_key,entity\na@example.com,CATX\n", 2, '"CATX" is no legal entity', '"CATU"'),
        (b"customer_key,entity\n\n,CATU\n", 3, "customer_key is empty", "remove the line"),
        (b"customer_key,entity\na@example.com,\n", 2, "has no entity", "USTI, CATU"),
        (b"customer_key,entity\na@example.com\n", 2, "has no entity", "USTI, CATU"),
        (b"customer_key,entity\nA@example.com,CATU\na@example.com,usti\n", 3, "to CATU on line 2", "Keep one"),
        (b"customer_key,entity\nn/a,CATU\n", 2, "placeholder", "not_placeholders"),
        (b"email,entity\na@example.com,CATU\n", 1, "lacks customer_key", "customer_key,entity"),
        (b"", 1, "lacks customer_key, entity", "customer_key,entity"),
        (b"customer_key,entity\nM\xfcller,CATU\n", 1, "no UTF-8", "CSV UTF-8"),
        (b'customer_key,entity\n"a@example.com,CATU\n', 2, "no CSV", "quotes"),
    ],
)
def test_a_bad_line_is_told_of(tmp_path: Path, content: bytes, line: int, message: str, suggestion: str) -> None:
    """Each bad line is one fault with its line in the overrides file."""
    _, (fault,) = _read(tmp_path, content)
    assert fault.line == line
    assert message in fault.message
    assert suggestion in fault.suggestion


def test_a_file_that_cannot_be_opened_is_told_of(tmp_path: Path) -> None:
    """A failure of the operating system is a fault, not a crash."""
    overrides, (fault,) = read_overrides(tmp_path, _ENTITIES, ())
    assert overrides == ()
    assert "cannot be read" in fault.message


def test_faults_of_the_file_stand_at_the_workspace_line_that_names_it(tmp_path: Path) -> None:
    """The workspace's line is that of `overrides`; the fault's place names the file and its own line."""
    write_files(tmp_path)
    (tmp_path / "overrides.csv").write_text("customer_key,entity\nx1,NONE\nx2,\n", encoding="utf-8")
    faults = faults_of(tmp_path, GOOD)
    assert [fault.line for fault in faults] == [line_of(GOOD, "overrides =")] * 2
    assert [fault.where for fault in faults] == ["overrides.csv line 2", "overrides.csv line 3"]


def test_a_file_full_of_faults_is_summed_up(tmp_path: Path) -> None:
    """Of many bad lines the first twenty are listed and the rest counted."""
    write_files(tmp_path)
    rows = "".join(f"key{number},NONE\n" for number in range(50))
    (tmp_path / "overrides.csv").write_text("customer_key,entity\n" + rows, encoding="utf-8")
    faults = faults_of(tmp_path, GOOD)
    assert len(faults) == 21
    assert faults[-1].message == "30 more lines have faults."
