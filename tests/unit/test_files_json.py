"""Pages, documents and JSONL: how their records are found, and what a broken one does."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unposted.connectors.files.json_items import read_json
from unposted.connectors.formats import Bad
from unposted.errors import SourceFileError

_ONE, _TWO = {"id": 1}, {"id": 2}


def _read(path: Path, content: str | bytes, stream: str = "orders") -> tuple[list[tuple[int, object]], list[Bad]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    bad: list[Bad] = []
    return [(line, json.loads(body)) for line, body in read_json(path, "x.json", stream, bad)], bad


@pytest.mark.parametrize(
    "page",
    [
        [_ONE, _TWO],
        {"orders": [_ONE, _TWO]},
        {"data": {"orders": {"nodes": [_ONE, None, _TWO], "pageInfo": {}}}, "extensions": {}},
        {"data": {"orders": {"edges": [{"cursor": "a", "node": _ONE}, {"node": _TWO}]}}},
        {"data": {"nodes": [_ONE, None, _TWO]}},
        {"data": {"draftOrders": {"nodes": [_ONE, _TWO]}}},
        {"@odata.context": "x", "value": [_ONE, _TWO]},
        {"items": [_ONE, _TWO], "search_criteria": {}, "total_count": 2},
        {"data": [_ONE, _TWO], "meta": {"pagination": {}}},
        [{"orders": [_ONE]}, {"orders": [_TWO]}],
        [{"order": _ONE}, {"order": _TWO}],
        {"customers": [{"id": 9}], "orders": [_ONE, _TWO]},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_records_of_a_page_are_found(page: object, indent: int | None, tmp_path: Path) -> None:
    """REST lists, GraphQL connections, OData, search results, lists of pages; on one line or printed neatly."""
    items, bad = _read(tmp_path / "x.json", json.dumps(page, indent=indent))
    assert items == [(1, _ONE), (2, _TWO)]
    assert bad == []


@pytest.mark.parametrize(
    "page",
    [
        _ONE,
        {"order": _ONE},
        {"data": {"order": _ONE}},
        {"data": {"node": _ONE}},
        {"data": _ONE},
        [_ONE],
    ],
)
def test_a_single_record_is_a_page_of_one(page: object, tmp_path: Path) -> None:
    """A webhook body, or one record asked for by its id."""
    assert _read(tmp_path / "x.json", json.dumps(page)) == ([(1, _ONE)], [])


def test_a_record_with_lists_of_its_own_is_no_page(tmp_path: Path) -> None:
    """An order has items, and customers have orders."""
    order = {"entity_id": 3, "items": [{"sku": "a"}], "orders": [1]}
    assert _read(tmp_path / "x.json", json.dumps(order))[0] == [(1, order)]


@pytest.mark.parametrize(
    "page", [[], {"orders": []}, {"data": {"orders": {"nodes": []}}}, {"value": []}, {"items": [], "total_count": 0}]
)
def test_an_empty_page_has_no_records(page: object, tmp_path: Path) -> None:
    """That is an answer like any other."""
    assert _read(tmp_path / "x.json", json.dumps(page)) == ([], [])


def test_lines_are_records_or_pages(tmp_path: Path) -> None:
    """JSONL of records, and pages appended to one file, a page a line."""
    records = '{"id": 1}\n\n{"id": 2}\r\n'
    pages = '{"orders": [{"id": 1}, {"id": 2}]}\n{"orders": []}\n{"orders": [{"id": 3}]}'
    assert _read(tmp_path / "a", records)[0] == [(1, _ONE), (3, _TWO)]
    assert _read(tmp_path / "b", pages)[0] == [(1, _ONE), (1, _TWO), (3, {"id": 3})]


@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gz"])
def test_every_encoding_of_json_is_read(encode: str, tmp_path: Path) -> None:
    """UTF-8 and UTF-16, with a byte order mark or without, and gzip."""
    text = '{"id": 1, "name": "Zoë"}\n{"id": 2}\n'
    content = gzip.compress(text.encode()) if encode == "gz" else text.encode(encode)
    assert _read(tmp_path / "x", content)[0] == [(1, {"id": 1, "name": "Zoë"}), (2, _TWO)]


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    """A record is handed on as its own bytes, not as floats."""
    path = tmp_path / "x.json"
    path.write_text('{"items": [{"grand_total": 10.10, "n": 12345678901234567890.123456789}]}', encoding="utf-8")
    (item,) = read_json(path, "x", "orders", [])
    assert item.body == b'{"grand_total": 10.10, "n": 12345678901234567890.123456789}'


@pytest.mark.parametrize(
    ("content", "line"),
    [(b'{"id": 1}\n{"id": "\xff"}\n{"id": 2}\n', 2), (b'{"id": "\xff"}\n{"id": 1}\n{"id": 2}\n', 1),
     (b'{"id": 1}\n{"id": 2}\n{"id": "\xff"}', 3), (b'[{"id": 1}, {"id": "\xff"}, {"id": 2}]', 2),
     (b'[{"id": 1}, {"id": "\\ud800"}, {"id": 2}]', 2), (b'{"id": 1}\n{"id": 2}\n{"id": "x\\ud800"}\n', 3)],
)  # fmt: skip
def test_a_record_that_is_no_valid_utf8_is_quarantined(content: bytes, line: int, tmp_path: Path) -> None:
    """Its line, or its place in the page, is told; the others are read."""
    path = tmp_path / "x.json"
    path.write_bytes(content)
    bad: list[Bad] = []
    bodies = [body.strip() for _, body in read_json(path, "x.json", "orders", bad)]
    told = [(one.line, one.code) for one in bad]
    assert bodies[:2] == [b'{"id": 1}', b'{"id": 2}']
    assert told == [(line, "bad-encoding")]


def test_whole_surrogate_pairs_and_escaped_backslashes_stay(tmp_path: Path) -> None:
    """Mending one damaged record leaves the others as they are."""
    content = r'[{"id": "\ud83d\ude00"}, {"id": "\\ud800"}, {"id": "\udc00"}, {"id": "\n\""}]'
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    bad: list[Bad] = []
    ids = [json.loads(body)["id"] for _, body in read_json(path, "x.json", "orders", bad)]
    assert ids == ["\U0001f600", "\\ud800", '\n"']
    assert [one.line for one in bad] == [3]


def test_a_broken_line_in_the_middle_is_handed_on(tmp_path: Path) -> None:
    """The decoder says what is wrong with it; a broken page is quarantined here."""
    path = tmp_path / "x"
    path.write_text('{"id": 1\n{"id": 2}\n{"id": 3}\n', encoding="utf-8")
    assert [line for line, _ in read_json(path, "x", "orders", [])] == [1, 2, 3]
    items, bad = _read(path, '{"orders": [{"id": 1}]}\n{"orders": [{"id"\n{"orders": [{"id": 2}]}\n')
    assert items == [(1, _ONE), (3, _TWO)]
    assert [(one.line, one.code) for one in bad] == [(2, "bad-json")]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ('{"orders": [{"id": 1}, {"id"', "file-cut", "line 1"),
        ('{\n "orders": [\n  {"id": 1},\n  {"id"', "file-cut", "line 4"),
        ('{"id": 1}\n{"id": 2}\n{"id"', "file-cut", "line 3"),
        ('{"id": 1}\n{"id": 2}\n{"id": 3}}', "file-cut", "line 3"),
        ('{"orders": [}, {"id": 1}]}', "bad-json", "line 1"),
        ('{\n"orders": [\n}, {"id": 1}]}', "bad-json", "line 3"),
        ('{"errors": [{"message": "Throttled"}]}', "api-error", "error message"),
        ('{"errors": "[API] Invalid API key"}', "api-error", "error message"),
        ("\n \n", "file-empty", "empty"),
    ],
)
def test_a_file_that_is_no_whole_json_is_an_error(content: str, code: str, words: str, tmp_path: Path) -> None:
    """The error names the file and the line."""
    with pytest.raises(SourceFileError, match=r"x\.json") as raised:
        _read(tmp_path / "x.json", content)
    assert raised.value.code == code
    assert words in raised.value.message


def test_gzip_that_breaks_off_is_cut_after_a_line(tmp_path: Path) -> None:
    """The records before it were given already; the error says how far it came."""
    lines = "".join(f'{{"id": {number}}}\n' for number in range(100_000))
    with pytest.raises(SourceFileError, match=r"after line \d+"):
        _read(tmp_path / "x", gzip.compress(lines.encode())[:-2000])


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), min_size=2), st.booleans())
def test_any_objects_come_back(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, object]], ascii_only: bool
) -> None:
    """Whatever their texts hold, as JSONL and as a list."""
    folder = tmp_path_factory.mktemp("json")
    marked = [{"id": place, "x": record} for place, record in enumerate(records)]
    lines = [json.dumps(record, ensure_ascii=ascii_only) for record in marked]
    assert [item for _, item in _read(folder / "a", "\n".join(lines))[0]] == marked
    assert [item for _, item in _read(folder / "b", "[" + ",".join(lines) + "]")[0]] == marked
