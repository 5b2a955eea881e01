"""A big plain file that several processes read gives the same items, in the same order, as one process does."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unposted.connectors.files import read_file
from unposted.connectors.files.division import Help
from unposted.connectors.files.parts import Part, line_end, parts_of, row_end
from unposted.connectors.formats import Bad, Context, Item
from unposted.connectors.keys import KeyMaker
from unposted.errors import SourceFileError

_CONTEXT = Context(KeyMaker(), ZoneInfo("America/New_York"))
_ALONE = Help(0)
_TINY = Help(1, smallest_file=0, part_size=700)
_HEADER = [
    "Name",
    "Email",
    "Financial Status",
    "Currency",
    "Total",
    "Created at",
    "Lineitem name",
    "Id",
    "Refunded Amount",
]


def _row(order: int, **changes: str) -> list[str]:
    cells = {
        "Name": f"#{order}", "Email": f"buyer{order}@shop.example", "Financial Status": "paid", "Currency": "USD",
        "Total": f"{order}.10", "Created at": "2026-04-10 10:11:12 -0400", "Lineitem name": "Mug", "Id": str(order),
        "Refunded Amount": "0.00",
    }  # fmt: skip
    return [{**cells, **changes}[name] for name in _HEADER]


def _item_row(order: int) -> list[str]:
    """Make a further line item of an order: the export leaves all other cells empty."""
    return [{"Name": f"#{order}", "Lineitem name": "Lid"}.get(name, "") for name in _HEADER]


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_HEADER, *rows])
    return out.getvalue()


def _node(order: int, **changes: object) -> dict[str, object]:
    money = {"shopMoney": {"amount": f"{order}.10", "currencyCode": "USD"}}
    return {
        "id": f"gid://shopify/Order/{order}", "name": f"#{order}", "createdAt": "2026-04-10T14:11:12Z",
        "updatedAt": "2026-04-10T15:11:12Z", "displayFinancialStatus": "PAID", "currencyCode": "USD",
        "email": f"buyer{order}@shop.example", "totalPriceSet": money, "test": False, "cancelledAt": None, **changes,
    }  # fmt: skip


def _items(path: Path, given_help: Help) -> list[Item] | str:
    try:
        return list(read_file(path, path.name, "shopify", "orders", _CONTEXT, given_help).items)
    except SourceFileError as error:
        return f"{error.code}: {error}"


def _same_both_ways(path: Path, content: bytes) -> list[Item] | str:
    path.write_bytes(content)
    alone, divided = _items(path, _ALONE), _items(path, _TINY)
    if isinstance(alone, str) or isinstance(divided, str):
        assert alone == divided
    else:
        assert _records(alone) == _records(divided)
        assert _bad(alone) == _bad(divided)
    return alone


def _records(items: list[Item]) -> list[Item]:
    return [item for item in items if not isinstance(item, Bad)]


def _bad(items: list[Item]) -> list[Bad]:
    """List what is bad by its line: what the reader finds and what the decoder finds come out about in their places."""
    return sorted((item for item in items if isinstance(item, Bad)), key=lambda bad: (bad.line, bad.code))


def test_a_table_is_read_the_same_by_two_processes(tmp_path: Path) -> None:
    """Orders of several lines stay whole, and line numbers of what is bad are those of the file."""
    rows = [row for order in range(1, 120) for row in (_row(order), _item_row(order))]
    rows[78][_HEADER.index("Total")] = "lots"
    found = _same_both_ways(tmp_path / "orders.csv", _csv(rows).encode())
    assert isinstance(found, list)
    assert len(found) == 119
    assert [bad.line for bad in _bad(found)] == [80]


def test_a_cell_over_several_lines_stays_in_one_part(tmp_path: Path) -> None:
    """A line break inside quotes is no end of a row, wherever a part would end."""
    rows = [_row(order, **{"Lineitem name": f'Mug\n"{order}", large\n\n,,,\n#7,x'}) for order in range(1, 100)]
    assert len(_same_both_ways(tmp_path / "orders.csv", _csv(rows).encode())) == 99


def test_a_stray_quote_is_read_the_same(tmp_path: Path) -> None:
    """A quote inside a plain cell deceives the count of quotes, and the reading all the same is one process's."""
    text = _csv([_row(order) for order in range(1, 150)])
    for place in (400, 2_000, 5_000):
        _same_both_ways(tmp_path / "orders.csv", (text[:place] + '"' + text[place:]).encode())


def test_lines_of_json_are_read_the_same_by_two_processes(tmp_path: Path) -> None:
    """Bad records, blank lines and bytes that are no UTF-8 come out in their places."""
    lines = [json.dumps(_node(order)).encode() for order in range(1, 90)]
    lines[40] = json.dumps(_node(41, createdAt="soon")).encode()
    lines[60] = b""
    lines[70] = lines[70].replace(b"buyer", b"bu\xffer")
    found = _same_both_ways(tmp_path / "orders.jsonl", b"\n".join(lines) + b"\n")
    assert isinstance(found, list)
    assert [bad.line for bad in _bad(found)] == [41, 71]


def test_lines_of_json_that_break_off_are_the_same_error(tmp_path: Path) -> None:
    """A file cut in the middle of its last line is told in the same words."""
    whole = "\n".join(json.dumps(_node(order)) for order in range(1, 90))
    assert "cut" in str(_same_both_ways(tmp_path / "orders.jsonl", whole[:-40].encode())).lower()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(1, 40), st.sampled_from(["Mug", 'a "b"', "x\ny", "ü,ß", '"', "", "\r"])),
        min_size=1, max_size=60,
    )
)  # fmt: skip
def test_any_table_is_read_the_same(tmp_path: Path, rows: list[tuple[int, str]]) -> None:
    """Whatever quoting, repeated orders and odd cells a table has."""
    content = _csv([_row(order, **{"Lineitem name": text}) for order, text in rows]).encode()
    _same_both_ways(tmp_path / "orders.csv", content)


@given(content=st.binary(max_size=400), size=st.integers(1, 60))
def test_parts_are_the_whole_file(tmp_path_factory: pytest.TempPathFactory, content: bytes, size: int) -> None:
    """The parts follow one another without a gap, and know how many lines stand before them."""
    path = tmp_path_factory.mktemp("parts") / "file"
    path.write_bytes(content)
    end = 0
    for part in parts_of(path, Part(0, -1, 0), size, line_end):
        assert (part.offset, part.line) == (end, content.count(b"\n", 0, end))
        end += part.length
    assert end == len(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,1\nb,2\nc,3\n", b"a,1\nb,2\n"),
        (b"a,1\na,2\n", b""),
        (b'z,1\na,1\nb,2\nb,"x\ny"\n', b"z,1\na,1\n"),
        (b"a,1\nb,2\nshort\nc,3\nd,4\n", b"a,1\nb,2\nshort\nc,3\n"),
        (b"", b""),
    ],
)
def test_a_table_is_cut_between_rows_of_two_orders(content: bytes, expected: bytes) -> None:
    """Never inside a quoted cell, never between two rows of one order."""
    assert content[: row_end(content, ",", 2, 0)] == expected
