"""A list against the worklist: every line has the oracle's reason, and the difference always ends at zero."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.oracle_list import reasons_of
from tests.support.product import empty_store, load_worlds
from tests.support.worlds import random_world
from unposted.cards.compare import COMPARED_STEPS, Comparison, compare_list
from unposted.connectors.files.lists import CustomerList, ListLine
from unposted.connectors.formats import Bad
from unposted.domain.identity import tax_id_probes, tax_id_values
from unposted.exports.beside_tables import comparison_fields, comparison_tables
from unposted.exports.tables import json_document

if TYPE_CHECKING:
    import duckdb

    from tests.support.world import World

_VALUES = (
    *(("email", f"{name}@example.com") for name in ("ana", "ben", "ana+shop", "a.na", "nobody")),
    *(("email", f"{name}@example.org") for name in ("cyd", "dee")),
    *(("external_id", value) for value in ("1001", "1002", "ab7", "501", "502", "ext-100", "ext-200", "none-such")),
    *(("tax_id", value) for value in ("DE445566778", "445566778", "GB667788990", "FR1234567")),
    *(("order", str(number)) for number in range(1, 9)),
    *(("account", value) for value in ("c-001", "c-002", "c-003", "c-999")),
)


@pytest.fixture(scope="module")
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    """One store in memory, emptied for each load."""
    connection = empty_store()
    yield connection
    connection.close()


def _lines(number: int) -> tuple[ListLine, ...]:
    """Make the lines of that number: some with several keys, some without any, with and without entity and amount."""
    chance = random.Random(number)
    lines = []
    for line in range(2, 2 + chance.randrange(12)):
        keys: list[tuple[str, str]] = []
        for kind, value in chance.sample(_VALUES, chance.choice([0, 1, 1, 1, 2])):
            keys += [(kind, one) for one in (_tax_forms(value) if kind == "tax_id" else [value])]
        entity = chance.choice([None, None, "USTI", "CATU"])
        lines.append(ListLine(line, "", tuple(keys), entity, chance.choice([None, 0, 12345, -5]), ""))
    return tuple(lines)


def _tax_forms(written: str) -> list[str]:
    return [probe for value in tax_id_values(written) for probe in tax_id_probes(value)]


def _compared(store: duckdb.DuckDBPyConnection, world: World, lines: tuple[ListLine, ...]) -> Comparison:
    listed = CustomerList(lines, (Bad(99, None, "short-row", "the line has fewer columns than the header"),), {})
    return compare_list(store, world.workspace(Path("world.toml")), listed, world.as_of, world.window)


def _check(store: duckdb.DuckDBPyConnection, number: int) -> None:
    world = random_world(number)
    load_worlds(store, [world])
    made = _lines(number)
    lines = tuple(line for line, reason in zip(made, reasons_of(world, made), strict=True) if reason)
    found = _compared(store, world, lines)
    rows = {row.line: row for row in found.steps[0].rows if row.line != 99}
    assert [rows[line.line].reason for line in lines] == reasons_of(world, lines)
    _sums_to_zero(found, lines)


def _sums_to_zero(found: Comparison, lines: tuple[ListLine, ...]) -> None:
    steps = {step.step: step for step in found.steps}
    assert tuple(steps) == COMPARED_STEPS
    assert (found.difference, found.amount_difference) == (0, 0)
    assert sorted(row.line or 0 for row in steps["list"].rows) == [*(line.line for line in lines), 99]
    assert steps["absent"].count == len(steps["absent"].rows) == found.reading.value
    assert {row.party for row in steps["absent"].rows} == {row.party for row in found.reading.rows}
    assert steps["absent"].amount == (found.reading.blocked.units or 0)
    listed = sum(row.listed or 0 for row in steps["list"].rows)
    assert steps["list"].amount == listed
    for step in found.steps[1:-1]:
        assert step.step in {"agreed", "amount"} or abs(step.count) == len(step.rows)


@settings(max_examples=8, phases=[Phase.generate])
@given(st.integers(0, 2**48))
def test_every_line_has_its_reason_and_the_steps_end_at_zero(store: duckdb.DuckDBPyConnection, number: int) -> None:
    """On made-up worlds and lists, reason by reason as the oracle says."""
    _check(store, number)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(20))
def test_thousands_of_lists_end_at_zero(store: duckdb.DuckDBPyConnection, part: int) -> None:
    """The same, on as many as a night has time for."""
    for number in range(part * 100, (part + 1) * 100):
        _check(store, number)


@settings(max_examples=3, phases=[Phase.generate])
@given(st.integers(0, 2**48))
def test_lines_that_could_mean_several_end_at_zero_too(store: duckdb.DuckDBPyConnection, number: int) -> None:
    """Whatever a line means, it is explained once; twice the same list says the same bytes."""
    world = random_world(number)
    load_worlds(store, [world])
    lines = _lines(number)
    found, again = _compared(store, world, lines), _compared(store, world, lines)
    _sums_to_zero(found, lines)
    assert json_document(comparison_fields(found)) == json_document(comparison_fields(again))


def test_the_worklist_itself_is_no_different(store: duckdb.DuckDBPyConnection) -> None:
    """Our own names for the parties lead from an export back to the very rows."""
    world = random_world(4)
    load_worlds(store, [world])
    rows = tuple(_compared(store, world, ()).reading.rows)
    lines = tuple(
        ListLine(row.rank + 1, row.name, (("party", row.party),), None, row.blocked, "") for row in rows
    )  # fmt: skip
    found = _compared(store, world, lines)
    assert {row.reason for row in found.steps[0].rows} == {"agreed", "bad_row"}
    assert not [step for step in found.steps if step.step.startswith("missing") and step.rows]
    assert len(list(comparison_tables(found)[0].rows)) == len(rows) + 1
