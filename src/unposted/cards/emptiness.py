"""Tells from a relation's text what it takes its rows from: without rows there it has none, whatever else there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["RowSources", "must_be_empty", "row_sources"]

# Each set is one way to come by rows: all of its tables have some. An empty set is a way that needs no table at all.
RowSources: TypeAlias = frozenset[frozenset[str]]

_ALWAYS: RowSources = frozenset([frozenset()])


def must_be_empty(sources: RowSources, empty: Iterable[str]) -> bool:
    """Tell whether a relation cannot have rows when these tables have none."""
    return not any(way.isdisjoint(empty) for way in sources)


def row_sources(tree: exp.Expr, named: Mapping[str, RowSources] | None = None) -> RowSources:
    """Return the ways to rows of a query; `named` are those of the queries that it knows by name.

    A union takes the ways of all its parts. A join takes those of its tables together, but none of a table on its
    optional side: rows come without it. What is not understood is taken to have rows always.
    """
    from sqlglot import exp

    known = _with_own_names(tree, named or {})
    if isinstance(tree, exp.Subquery):
        return row_sources(tree.this, known)
    if isinstance(tree, exp.Union):
        return _shortest(row_sources(tree.left, known) | row_sources(tree.right, known))
    if isinstance(tree, exp.Select) and not _is_one_row(tree):
        return reduce(_together, (_table_sources(table, known) for table in _tables(tree)), _ALWAYS)
    return _ALWAYS


def _with_own_names(tree: exp.Expr, named: Mapping[str, RowSources]) -> Mapping[str, RowSources]:
    """Add the queries that a WITH names; one that refers to itself has what its first part has."""
    from sqlglot import exp

    clause = tree.args.get("with_")
    known = dict(named)
    if clause is not None:
        for query in clause.expressions:
            is_start = clause.args.get("recursive") and isinstance(query.this, exp.Union)
            known[query.alias] = row_sources(query.this.left if is_start else query.this, known)
    return known


def _is_one_row(select: exp.Select) -> bool:
    """Tell whether a query sums up everything in one row, which is there even for no rows."""
    from sqlglot import exp

    if select.args.get("group"):
        return False
    return any(found.parent_select is select for found in select.find_all(exp.AggFunc))


def _tables(select: exp.Select) -> list[exp.Expr]:
    """List what a query needs rows of: no rows are needed of a table on the optional side of a join."""
    first = select.args.get("from_")
    needed = [first.this] if first is not None else []
    for join in select.args.get("joins") or ():
        if join.side not in {"", "LEFT", "RIGHT"} or join.kind not in {"", "INNER"}:
            return []
        if join.side == "RIGHT":
            needed = [join.this]
        elif not join.side:
            needed.append(join.this)
    return needed


def _table_sources(table: exp.Expr, known: Mapping[str, RowSources]) -> RowSources:
    from sqlglot import exp

    if isinstance(table, exp.Table):
        return known.get(table.name, frozenset([frozenset([table.name])]))
    return row_sources(table, known)


def _together(one: RowSources, other: RowSources) -> RowSources:
    return _shortest(frozenset(way | more for way in one for more in other))


def _shortest(ways: RowSources) -> RowSources:
    return frozenset(way for way in ways if not any(other < way for other in ways))
