"""Loads the relations: one SQL file each, chained by who refers to whom.

A relation whose first line is `-- inline` is a view; the others are computed once a reading
and can be opened row by row.
`:name` in the text stands for a value of the reading (an instant).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

__all__ = ["Relation", "chain", "last_use", "load_relations"]

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)\b")


@dataclass(frozen=True, slots=True)
class Relation:
    """One named relation; `uses` are the tables and relations that its text refers to."""

    name: str
    sql: str
    is_inline: bool
    uses: frozenset[str]

    def statement(self, values: Mapping[str, datetime]) -> str:
        """Return the statement that makes the relation for one reading; instants are UTC."""
        kind = "VIEW" if self.is_inline else "TABLE"
        text = _PARAMETER.sub(lambda match: _instant(values[match.group(1)]), self.sql)
        return f"CREATE OR REPLACE TEMP {kind} {self.name} AS {text}"


def _instant(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.replace(tzinfo=None).isoformat(sep=' ', timespec='microseconds')}'"


@cache
def load_relations() -> Mapping[str, Relation]:
    """Load every relation of the package."""
    folder = resources.files("unposted.cards") / "relations"
    texts = {item.name[:-4]: item.read_text("utf-8") for item in folder.iterdir() if item.name.endswith(".sql")}
    return {name: Relation(name, text, text.startswith("-- inline"), _uses(text)) for name, text in texts.items()}


def _uses(sql: str) -> frozenset[str]:
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return frozenset(table.name for table in tree.find_all(exp.Table)) - own


@cache
def chain(wanted: tuple[str, ...]) -> tuple[Relation, ...]:
    """Return the relations that the wanted ones stand on, each after all that it uses."""
    known = load_relations()
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
