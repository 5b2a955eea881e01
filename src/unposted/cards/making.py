"""Makes the relations of a reading on a cursor, and computes only those that can have rows.

Nearly all the time of a small reading goes into planning statements, many of them about facts that the workspace
does not have: no overrides, no companies, no Dataverse. An empty table of the right columns takes their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unposted.cards.chain import Relation, Value, chain, last_use
from unposted.cards.emptiness import must_be_empty
from unposted.cards.inputs import Inputs

if TYPE_CHECKING:
    import duckdb

__all__ = ["make_relations"]

_LARGE = 10_000
_statements: dict[str, duckdb.Statement] = {}


@dataclass
class _Making:
    """How far the relations of one reading are made; `empty` names the tables and relations without rows."""

    cursor: duckdb.DuckDBPyConnection
    relations: Mapping[str, Relation]
    values: Mapping[str, Value]
    empty: set[str]
    made: set[str] = field(default_factory=set)
    large: set[str] = field(default_factory=set)

    def make(self, name: str) -> None:
        """Make a relation unless it is there: computed after what it uses, or just its columns when it is empty."""
        relation = self.relations.get(name)
        if relation is None or name in self.made:
            return
        self.made.add(name)
        if name in self.empty and not relation.is_inline:
            self.cursor.execute(relation.empty_statement)
            return
        for used in sorted(relation.uses):
            self.make(used)
        self.compute(relation)

    def compute(self, relation: Relation) -> None:
        """Run a relation's statement and remember whether it has no rows, or many."""
        is_constant = not relation.parameters
        made = self.cursor.execute(_parsed(self.cursor, relation) if is_constant else relation.statement(self.values))
        if relation.is_inline:
            return
        rows = made.fetchall()[0][0]
        if rows == 0:
            self.empty.add(relation.name)
        elif rows > _LARGE:
            self.large.add(relation.name)

    def drop(self, names: Iterable[str]) -> None:
        """Drop those of the relations that are large; small ones go with the cursor."""
        for name in self.large.intersection(names):
            self.cursor.execute(f"DROP TABLE temp.{name}")


def make_relations(
    cursor: duckdb.DuckDBPyConnection,
    wanted: tuple[str, ...],
    inputs: Inputs,
    *,
    keep_all: bool = False,
    stand_ins: tuple[tuple[str, str], ...] = (),
) -> None:
    """Make the wanted relations on a cursor, some of them by the texts of others (see chain).

    Large relations are dropped as soon as nothing needs them, and what nothing needs is not made at all;
    `keep_all` makes every relation and leaves it open to be looked at.
    """
    relations = chain(wanted, stand_ins)
    making = _Making(cursor, {relation.name: relation for relation in relations}, inputs.values, set(inputs.empty))
    last = last_use(relations)
    for place, relation in enumerate(relations):
        is_empty = must_be_empty(relation.row_sources, making.empty)
        if is_empty:
            making.empty.add(relation.name)
        if keep_all or relation.name in wanted or not (is_empty or relation.is_inline):
            making.make(relation.name)
        if not keep_all:
            making.drop(name for name, last_place in last.items() if last_place == place and name not in wanted)


def _parsed(cursor: duckdb.DuckDBPyConnection, relation: Relation) -> duckdb.Statement:
    """Parse a statement that is the same for every reading once; doing so each time takes a tenth of a small one."""
    text = relation.statement({})
    if text not in _statements:
        _statements[text] = cursor.extract_statements(text)[0]
    return _statements[text]
