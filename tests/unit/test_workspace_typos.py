"""Any single mistyped key of any good workspace file is one fault, on its line, with the right suggestion."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.workspace_files import faults_of, write_files
from unposted.connectors.columns import column_names
from unposted.workspace import keys

_ENTITIES = ("USTI", "CATU")


class _Line(NamedTuple):
    """One line of a generated file; `key` is the name that can be mistyped, with its neighbours' names."""

    text: str
    key: str = ""
    known: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with the files that the generated workspaces name."""
    with tempfile.TemporaryDirectory() as name:
        write_files(Path(name))
        yield Path(name)


def _settings(draw: st.DrawFn, known: tuple[str, ...], needed: dict[str, str], more: dict[str, str]) -> list[_Line]:
    """Choose some of the optional settings, and the order of all."""
    chosen = draw(st.lists(st.sampled_from(sorted(more)), unique=True)) if more else []
    every = needed | {key: more[key] for key in chosen}
    order = draw(st.permutations(sorted(every)))
    return [_Line(f"{key} = {every[key]}", key, known) for key in order]


@st.composite
def _files(draw: st.DrawFn) -> list[_Line]:
    """Generate the lines of a good workspace file: its tables in any order, with remarks and blank lines."""
    rule = {"entity": '"catu"'}
    tables = [
        [
            _Line("[workspace]", "workspace", keys.ROOT),
            *_settings(draw, keys.WORKSPACE, {"name": '"N"', "timezone": '"UTC"', "reporting_currency": '"USD"'}, {}),
        ],
        [_Line("[[stores]]"), *_store(draw, "shopify", "one", 1)],
        [_Line("[[stores]]"), *_store(draw, "adobe_commerce", "two", 2)],
        [_Line("[[dynamics]]"), *_system(draw)],
        [_Line("[[entities]]"), *_settings(draw, keys.ENTITY, {"id": '"USTI"', "currency": '"USD"'}, {"name": '"N"'})],
        [_Line("[[entities]]"), *_settings(draw, keys.ENTITY, {"id": '"CATU"', "currency": '"CAD"'}, {"name": '"N"'})],
        [
            _Line("[field_map]", "field_map", keys.ROOT),
            *_settings(draw, keys.FIELD_MAP, {}, _FIELD_MAP),
            _Line("[[field_map.rules]]"),
            *_settings(draw, keys.RULE, rule | {"ship_to": '["CA", "MX"]'}, {"store": '"one"'}),
            _Line("[[field_map.rules]]"),
            *_settings(draw, keys.RULE, rule | {"tag": '"canada"'}, {"store": '"two"'}),
        ],
        [
            _Line("[fx]", "fx", keys.ROOT),
            *_settings(draw, keys.FX, {}, {"rates": '{ CAD = "0.73" }', "file": '"eurofxref-hist.csv"'}),
        ],
    ]
    lines: list[_Line] = []
    for table in draw(st.permutations(tables)):
        for line in table:
            lines += [*draw(st.sampled_from(([], [_Line("")], [_Line('# name = "x"')]))), line]
    return lines


_FIELD_MAP = {
    "match_on": '["email"]',
    "awaiting_sync_minutes": "0",
    "overrides": '"overrides.csv"',
    "placeholders": '["x@example.com",\n  "y@example.com" # "z"\n]',
    "not_placeholders": "[]",
    "b2b_tags": "[]",
    "b2b_groups": "[1]",
}


def _store(draw: st.DrawFn, platform: str, name: str, number: int) -> list[_Line]:
    needed = {
        "name": f'"{name}"',
        "platform": f'"{platform}"',
        "files": f'{{ orders = ["exports/orders-{number}.csv"], customers = "exports/customers.csv" }}',
    }
    more = {
        "segment": '"b2b"',
        "entity": f'"{draw(st.sampled_from(_ENTITIES))}"',
        "columns": '{ email = """\nE-mail""" }' if draw(st.booleans()) else '{ total = "T" }',
        "statuses": '{ "state=new" = "quote" }',
        "timezone": '"Asia/Kathmandu"',
        "decimal_comma": "true",
    }
    return _settings(draw, keys.STORE, needed, more)


def _system(draw: st.DrawFn) -> list[_Line]:
    needed = {
        "name": '"erp"',
        "system": '"business_central"',
        "entity": '"USTI"',
        "files": '{ customers = "exports/C*.csv" }',
    }
    more = {"external_id": '"Our Ref"', "columns": '{ account = "No" }', "timezone": '"UTC"', "decimal_comma": "false"}
    return _settings(draw, keys.DYNAMICS, needed, more)


def _mistyped(draw: st.DrawFn, key: str, known: tuple[str, ...]) -> str:
    """Mistype a key as fingers do: a letter doubled, left out, swapped with its neighbour, or of the wrong case."""
    place = draw(st.integers(0, len(key) - 1))
    after = min(place + 1, len(key) - 1)
    slips = {
        key[: place + 1] + key[place:],
        key[:place] + key[after] + key[place] + key[after + 1 :] if after > place else key.upper(),
        key[:place] + key[place + 1 :],
        key.capitalize(),
        key.replace("_", "-"),
    }
    readable = [slip for slip in slips if len(slip) > 1 and slip not in known and (len(key) > 2 or len(slip) > 2)]
    return draw(st.sampled_from(sorted(readable)))


@given(data=st.data())
def test_one_mistyped_key_is_one_fault_with_its_line_and_the_right_suggestion(
    folder: Path, data: st.DataObject
) -> None:
    """Wherever the key stands and whatever stands around it, only the mistake itself is told of."""
    lines = data.draw(_files())
    text = "\n".join(line.text for line in lines)
    assert faults_of(folder, text) == ()
    place = data.draw(st.sampled_from([number for number, line in enumerate(lines) if line.key]))
    _, key, known = lines[place]
    slip = data.draw(st.composite(lambda draw: _mistyped(draw, key, known))())
    changed = [line.text for line in lines]
    changed[place] = changed[place].replace(key, slip, 1)
    if key == "field_map":
        changed = [text.replace("[[field_map.rules]]", f"[[{slip}.rules]]") for text in changed]
    faults = faults_of(folder, "\n".join(changed))
    assert len(faults) == 1, faults
    assert faults[0].line == "\n".join(changed[:place]).count("\n") + (2 if place else 1)
    assert faults[0].message.startswith(f'"{slip}" is no key of')
    assert faults[0].suggestion == f'Did you mean "{key}"?'


@pytest.mark.parametrize("name", column_names("shopify", "orders"))
def test_each_column_name_of_ours_is_suggested_for_its_slips(folder: Path, name: str) -> None:
    """A column name with a letter too many is told of, with the name that was meant."""
    text = f"""\
[[stores]]
name = "web"
platform = "shopify"
files.orders = "exports/orders-1.csv"
columns = {{ {name}{name[-1]} = "Header" }}
"""
    faults = [fault for fault in faults_of(folder, text) if fault.line == 5]
    assert [fault.suggestion for fault in faults] == [f'Did you mean "{name}"?']
