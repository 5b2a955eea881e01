"""Loads the relations: one SQL file each, chained by who refers to whom.

A relation whose first line is `-- inline` is a view; the others are computed once a reading
and can be opened row by row. These declare their columns, so that one that cannot have rows needs no computing.
`:name` in the text stands for a value of the reading (an instant, or the numbers of some sources).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TypeAlias

from unposted.cards.emptiness import RowSources, row_sources

__all__ = ["Relation", "Value", "chain", "last_use", "load_relations"]

Value: TypeAlias = "datetime | Collection[int]"
_PARAMETER = re.compile(r"(?<!:):([a-z_]+)\b")
_COLUMNS = re.compile(r"^-- columns: (.*(?:\n--   .*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Relation:
    """One named relation; `uses` are the tables and relations that its text refers to, `parameters` the values."""

    name: str
    sql: str
    is_inline: bool
    uses: frozenset[str]
    parameters: frozenset[str]
    row_sources: RowSources

    @property
    def columns(self) -> str:
        """The columns that the relation's text declares, with their types; an inline one declares none."""
        found = _COLUMNS.search(self.sql)
        return found[1].replace("\n--  ", "") if found else ""

    @property
    def empty_statement(self) -> str:
        """The statement that makes the relation without any row."""
        return f"CREATE OR REPLACE TEMP TABLE {self.name} ({self.columns})"

    def statement(self, values: Mapping[str, Value]) -> str:
        """Return the statement that makes the relation for one reading; instants are UTC."""
        kind = "VIEW" if self.is_inline else "TABLE"
        text = _PARAMETER.sub(lambda match: _written(values[match.group(1)]), self.sql)
        return f"CREATE OR REPLACE TEMP {kind} {self.name} AS {text}"


def _written(value: Value) -> str:
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.replace(tzinfo=None).isoformat(sep=' ', timespec='microseconds')}'"
    return ", ".join(map(str, value)) or "-1"


@cache
def load_relations() -> Mapping[str, Relation]:
    """Load every relation of the package."""
    folder = resources.files("unposted.cards") / "relations"
    texts = {item.name[:-4]: item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".sql")}
    return {name: _relation(name, text) for name, text in texts.items()}


def _relation(name: str, sql: str) -> Relation:
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    uses = frozenset(table.name for table in tree.find_all(exp.Table)) - own
    parameters = frozenset(_PARAMETER.findall(sql))
    return Relation(name, sql, sql.startswith("-- inline"), uses, parameters, row_sources(tree))


@cache
def chain(wanted: tuple[str, ...], stand_ins: tuple[tuple[str, str], ...] = ()) -> tuple[Relation, ...]:
    """Return the relations that the wanted ones stand on, each after all that it uses.

    `stand_ins` are pairs: under the first name, the relation of the second name is made.
    """
    known = {**load_relations()}
    known |= {name: replace(known[other], name=name) for name, other in stand_ins}
    done: dict[str, Relation] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"the relations {' → '.join((*path, name))} refer to each other in a circle")
        if name in known and name not in done:
            for used in sorted(known[name].uses):
                visit(used, (*path, name))
            done[name] = known[name]

    for name in wanted:
        visit(name, ())
    return tuple(done.values())


def last_use(relations: Iterable[Relation]) -> dict[str, int]:
    """Tell for each relation the place of the last one that needs it, views seen through."""
    listed = list(relations)
    inline = {relation.name: relation for relation in listed if relation.is_inline}

    def needs(relation: Relation) -> set[str]:
        found = set(relation.uses)
        for name in relation.uses:
            if name in inline:
                found |= needs(inline[name])
        return found

    last: dict[str, int] = {}
    for place, relation in enumerate(listed):
        if not relation.is_inline:
            for name in needs(relation):
                last[name] = place
    return last
