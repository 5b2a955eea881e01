"""The lines of keys, tables and items in TOML texts."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unposted.workspace.positions import KeyPath, positions

TRICKY = '''\
# a = 1 is a remark, and so is [this]
top = 1  # "quoted" [remark]

[ workspace . "in.ner" ]
'literal key' = "a # b = [c]"
"esc\\u0061ped" = 'back\\slash'
dotted . deep."er" = 2026-04-12 07:30:00
many = """
[no.table] = 1
ends in two quotes ""\\"
and one more line"""""
literal = \'\'\'
"x" = \'\'
\'\'\'\'\'
after = true

[[stores]]
name = "one"
files = { orders = ["a,b", # first
    "c]d",

    [ "nested", { deep = 1 } ],
  ], customers.first = "}" }

[stores.statuses]
"status=on hold" = "active"

[[stores]]
name = "two"

[[stores.lists]]
x = 1
[[stores.lists]]
x = 2

[stores.lists.inner]
y = [
  1.5e3, # remark with ]
  -2,
]
[other]
empty = []
none = {}
last = 0x1F'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("workspace",), 4),
        (("workspace", "in.ner"), 4),
        (("workspace", "in.ner", "literal key"), 5),
        (("workspace", "in.ner", "escaped"), 6),
        (("workspace", "in.ner", "dotted"), 7),
        (("workspace", "in.ner", "dotted", "deep", "er"), 7),
        (("workspace", "in.ner", "many"), 8),
        (("workspace", "in.ner", "literal"), 12),
        (("workspace", "in.ner", "after"), 15),
        (("stores",), 17),
        (("stores", 0), 17),
        (("stores", 0, "name"), 18),
        (("stores", 0, "files"), 19),
        (("stores", 0, "files", "orders", 0), 19),
        (("stores", 0, "files", "orders", 1), 20),
        (("stores", 0, "files", "orders", 2), 22),
        (("stores", 0, "files", "orders", 2, 1, "deep"), 22),
        (("stores", 0, "files", "customers", "first"), 23),
        (("stores", 0, "statuses"), 25),
        (("stores", 0, "statuses", "status=on hold"), 26),
        (("stores", 1), 28),
        (("stores", 1, "name"), 29),
        (("stores", 1, "lists", 0, "x"), 32),
        (("stores", 1, "lists", 1, "x"), 34),
        (("stores", 1, "lists", 1, "inner"), 36),
        (("stores", 1, "lists", 1, "inner", "y", 1), 39),
        (("other", "empty"), 42),
        (("other", "none"), 43),
        (("other", "last"), 44),
    ],
)
def test_each_thing_has_the_line_where_it_is_written(path: KeyPath, line: int) -> None:
    """Keys, tables and items of a tricky text are found on the line that a person would point at."""
    assert positions(TRICKY)[path] == line


def test_line_ends_of_windows_count_once() -> None:
    """A text with carriage returns has the same lines as one without."""
    assert positions(TRICKY.replace("\n", "\r\n")) == positions(TRICKY)


def test_exactly_the_things_of_the_text_are_found() -> None:
    """Every path that the standard parser finds has a line, and there are no others."""
    assert set(positions(TRICKY)) == set(_paths(tomllib.loads(TRICKY)))


@pytest.mark.parametrize("text", ["a", "a = [1", 'a = "x', "a = {b = 1", "= 1", "a = "])
def test_a_text_that_is_no_toml_ends_in_an_error(text: str) -> None:
    """The scanner never hangs on a broken text."""
    with pytest.raises(ValueError, match=r"no TOML on line 1"):
        positions(text)


def _paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from _paths(item, (*path, key))


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True), _TEXT)
_VALUES = st.recursive(
    st.one_of(_TEXT, st.integers(-99, 99), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=6,
)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)} = {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[ # a remark ]\n" + "".join(f"  {_written(item)},\n\n" for item in value) + "]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


@given(st.dictionaries(_KEYS, _VALUES, max_size=4), st.lists(st.dictionaries(_KEYS, _VALUES, max_size=2), max_size=3))
def test_any_text_gives_the_paths_that_the_parser_finds(table: dict[str, object], several: list[object]) -> None:
    """For generated texts too, the scanner and the parser agree on what there is, and a key is on its line."""
    lines = [f"{_quoted(key)} = {_written(value)}" for key, value in table.items() if key != "several"]
    for entry in several:
        assert isinstance(entry, dict)
        lines += ["[[several]]", *(f"{_quoted(key)} = {_written(value)}" for key, value in entry.items())]
    text = "\n".join(lines)
    found = positions(text)
    assert set(found) == set(_paths(tomllib.loads(text)))
    rows = text.split("\n")
    for key in table:
        if key != "several":
            assert rows[found[key,] - 1].startswith(_quoted(key))
