"""Encodings, line ends and compression of text files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unposted.connectors.files.csv_tables import read_csv
from unposted.connectors.formats import Bad
from unposted.errors import SourceFileError

_TEXT = "Name,Total\nZoë,1\nMüller €,2\n"
_ROWS = [["Zoë", "1"], ["Müller €", "2"]]


def _read(folder: Path, content: bytes) -> tuple[list[str], list[list[str]], list[Bad]]:
    path = folder / "table"
    path.write_bytes(content)
    bad: list[Bad] = []
    grid = read_csv(path, "table", bad)
    return list(grid.header), [list(cells) for _, cells in grid.rows], bad


@pytest.mark.parametrize(
    "content",
    [
        _TEXT.encode(),
        _TEXT.encode("utf-8-sig"),
        _TEXT.encode("utf-16"),
        b"\xfe\xff" + _TEXT.encode("utf-16-be"),
        _TEXT.encode("utf-16-le"),
        _TEXT.encode("utf-16-be"),
        _TEXT.encode("cp1252"),
        gzip.compress(_TEXT.encode()),
        gzip.compress(_TEXT.encode("cp1252")),
        _TEXT.replace("\n", "\r\n").encode(),
        _TEXT.replace("\n", "\r").encode(),
        _TEXT.rstrip("\n").encode(),
        ("sep=,\n" + _TEXT).encode(),
        ("\n\n" + _TEXT + "\n\n,\n").encode(),
    ],
    ids=["utf8", "bom", "utf16", "utf16be-bom", "utf16le", "utf16be", "cp1252",
         "gz", "gz-cp1252", "crlf", "cr", "no-end",
         "excel-sep", "blank-lines"],
)  # fmt: skip
def test_the_same_table_is_read_from_every_encoding(content: bytes, tmp_path: Path) -> None:
    """Encoding, line ends, compression and blank lines are found out, never asked for."""
    header, rows, bad = _read(tmp_path, content)
    assert header == ["Name", "Total"]
    assert rows == _ROWS
    assert bad == []


def test_a_byte_beyond_the_first_megabyte_still_tells_windows_1252(tmp_path: Path) -> None:
    """A file may be plain ASCII for a long way; rows that were read before keep their meaning."""
    lines = ["Name,Total", *(f"plain,{number}" for number in range(200_000)), "Müller,7"]
    _, rows, bad = _read(tmp_path, "\n".join(lines).encode("cp1252"))
    assert rows[-1] == ["Müller", "7"]
    assert len(rows) == 200_001
    assert bad == []


@pytest.mark.parametrize(
    "content",
    [b"Name,Total\nZo\xc3\xab,1\nM\xfcller,2\nok,3\n", b"\xef\xbb\xbfName,Total\nZoe,1\nM\xfcller,2\nok,3\n",
     b"Name,Total\nZoe,1\nM\xff\xfe,2\nok,3\n"],
    ids=["other-rows-are-utf8", "bom", "no-windows-byte"],
)  # fmt: skip
def test_a_bad_byte_in_a_utf8_file_quarantines_its_row_only(content: bytes, tmp_path: Path) -> None:
    """Evidence for UTF-8 is a byte order mark, another row in UTF-8, or a byte that Windows-1252 does not have."""
    _, rows, bad = _read(tmp_path, content)
    assert [row[1] for row in rows] == ["1", "3"]
    assert [(one.line, one.code) for one in bad] == [(3, "bad-encoding")]


def test_an_unpaired_utf16_half_quarantines_its_row(tmp_path: Path) -> None:
    """A row of a UTF-16 file may be damaged too."""
    content = "Name,Total\nZoe,1\n".encode("utf-16") + "\ud800x,2\nok,3\n".encode("utf-16-le", "surrogatepass")
    _, rows, bad = _read(tmp_path, content)
    assert [row[1] for row in rows] == ["1", "3"]
    assert [(one.line, one.code) for one in bad] == [(3, "bad-encoding")]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(_TEXT.encode() * 5000)[:-40], gzip.compress(_TEXT.encode())[:-4], _TEXT.encode("utf-16")[:-1]],
    ids=["gzip in the middle", "gzip without its end", "utf-16"],
)
def test_bytes_that_break_off_mean_that_the_file_is_cut(content: bytes, tmp_path: Path) -> None:
    """A gzip member without its end, or half a UTF-16 character."""
    with pytest.raises(SourceFileError, match="table is cut off") as raised:
        _read(tmp_path, content)
    assert raised.value.code == "file-cut"


def test_a_file_without_lines_is_no_table(tmp_path: Path) -> None:
    """A line of more than 16 MB is none."""
    with pytest.raises(SourceFileError, match="has no lines"):
        _read(tmp_path, b"x" * (1 << 24) + b"y" * (1 << 18))


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters='",\r\n')), min_size=2, max_size=2)))
def test_any_text_survives_utf8_and_utf16(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    """Characters beyond the basic plane, zero bytes and separators of other kinds are only text."""
    folder = tmp_path_factory.mktemp("text")
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    text = "".join(",".join(row) + "\n" for row in [["First", "Second"], *kept])
    for codec in ("utf-8-sig", "utf-16"):
        _, found, bad = _read(folder, text.encode(codec))
        assert found == kept
        assert bad == []
