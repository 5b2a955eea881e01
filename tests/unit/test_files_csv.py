"""Separators, quotes, row widths and cut ends of CSV files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unposted.connectors.files.csv_tables import read_csv
from unposted.connectors.files.separators import sniff_separator
from unposted.connectors.formats import Bad
from unposted.errors import SourceFileError

_CELLS = st.text(st.sampled_from('ab,;"\n\r\t é€\x00\u2028') | st.characters(codec="utf-8"), max_size=8)


def _read(path: Path, text: str) -> tuple[list[tuple[int, list[str]]], list[Bad]]:
    path.write_bytes(text.encode())
    bad: list[Bad] = []
    return [(line, list(cells)) for line, cells in read_csv(path, "x.csv", bad).rows], bad


def _same_breaks(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", " ")


@pytest.mark.parametrize(
    ("header", "separator"),
    [("a,b,c", ","), ("a;b;c", ";"), ("a\tb\tc", "\t"), ('"a;b;c;d",e,f', ","), ("one", ","), ('a;"b, c, d";e', ";")],
)
def test_the_separator_is_the_commonest_one_outside_quotes(header: str, separator: str) -> None:
    """A header name may hold another separator in quotes."""
    assert sniff_separator(header) == separator


@given(
    st.lists(st.lists(_CELLS, min_size=3, max_size=3), max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str, quoting: int, end: str
) -> None:
    """Quotes, doubled quotes and line breaks in cells survive; a lone carriage return may become a blank."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    if quoting == csv.QUOTE_MINIMAL:  # it does not quote a carriage return, which then may be a line's end
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    writer.writerows([["First", "Second", "Third"], *rows])
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    found, bad = _read(tmp_path_factory.mktemp("csv") / "x.csv", out.getvalue())
    assert [[_same_breaks(cell) for cell in cells] for _, cells in found if any(cell.strip() for cell in cells)] == [
        [_same_breaks(cell) for cell in row] for row in kept
    ]
    assert bad == []


@given(st.lists(st.text(st.sampled_from('ab,"" '), max_size=12), max_size=6))
def test_odd_quotes_mean_what_the_csv_module_says(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    """A quote in the middle of a cell is a character; only a cell that starts with one is quoted."""
    text = "h\n" + "".join(line + "\n" for line in lines)
    parsed = list(csv.reader(io.StringIO(text)))[1:]
    expected = [row[:1] for row in parsed if row and row[0].strip() and not any(row[1:])]
    ends_open = list(csv.reader(io.StringIO(text + "END\n")))[-1:] != [["END"]]
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    if ends_open:
        with pytest.raises(SourceFileError, match="inside the quotes"):
            _read(path, text)
    else:
        found, _ = _read(path, text)
        assert [cells for _, cells in found if cells[0].strip()] == expected


def test_lines_are_counted_through_line_breaks_in_cells(tmp_path: Path) -> None:
    """A row bears the number of its first line."""
    found, _ = _read(tmp_path / "x.csv", 'a,b\n"1\n2\n3",x\n4,y\n\n"5\n",z\n6,"w"\n')
    assert [line for line, _ in found] == [2, 5, 7, 9]


def test_rows_of_the_wrong_width_are_quarantined(tmp_path: Path) -> None:
    """Too few or too many cells; blank cells beyond the header do no harm."""
    found, bad = _read(tmp_path / "x.csv", "a,b\n1,2\n3\n4,5,6\n7,8,,\n9,0\n")
    assert [cells for _, cells in found] == [["1", "2"], ["7", "8"], ["9", "0"]]
    assert [(one.line, one.code) for one in bad] == [(3, "bad-row"), (4, "bad-row")]
    assert "1 cells" in bad[0].reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3", "line 3"),
        ('a,b\n1,2\n3,"x\ny', "line 3"),
        ('a,b\n1,"2\n' + "x,y\n" * 3, "line 2"),
        ('a,"b', "line 1"),
        ('a,b\n1,"' + "x\n" * (9 << 20), "line 2"),
    ],
    ids=["short-row", "in-quotes", "quote-never-closed", "in-header", "too-long"],
)
def test_a_file_that_stops_early_is_cut(text: str, words: str, tmp_path: Path) -> None:
    """The error names the file and the line where the last row begins."""
    with pytest.raises(SourceFileError) as raised:
        _read(tmp_path / "x.csv", text)
    assert raised.value.code == "file-cut"
    assert "x.csv" in raised.value.message
    assert words in raised.value.message


@pytest.mark.parametrize("text", ["", "\n\n", " \n,,\n"])
def test_a_table_without_a_header_is_empty(text: str, tmp_path: Path) -> None:
    """Blank lines are nothing."""
    with pytest.raises(SourceFileError) as raised:
        _read(tmp_path / "x.csv", text)
    assert raised.value.code == "file-empty"


def test_rows_come_while_the_file_is_read(tmp_path: Path) -> None:
    """The rows before a fault are given before it is raised."""
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3,4\n5", encoding="utf-8")
    rows = read_csv(path, "x.csv", []).rows
    assert next(rows) == (2, ["1", "2"])
    assert next(rows) == (3, ["3", "4"])
    with pytest.raises(SourceFileError):
        next(rows)
