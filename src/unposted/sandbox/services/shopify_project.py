"""Makes of a payload row just what a GraphQL selection asks for, with the errors that belong to it.

A selection is read once into steps and used for every row. A row's value may be a function: another record, looked up
when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from graphql.language import ast

from unposted.sandbox.services.shopify_types import NOT_NULL, SINCE, TYPES, USUAL

__all__ = ["Connected", "Projector", "QueryRefused", "Refusals", "arguments_of"]

_DOCS = "See https://shopify.dev/docs/apps/launch/protected-customer-data for more details."
_SCOPE_DOCS = "https://shopify.dev/api/usage/access-scopes"
Path = tuple[str | int, ...]


class QueryRefused(Exception):
    """A document that is not valid for this schema; `error` is the entry of `errors`."""

    def __init__(self, message: str, code: str, **more: object) -> None:
        """Take Shopify's message, its code, and what else stands in `extensions`."""
        super().__init__(message)
        self.error: dict[str, Any] = {"message": message, "extensions": {"code": code, **more}}


@dataclass(slots=True)
class Refusals:
    """The errors of one answer. After `limit` of them the rest of the rows is left out."""

    limit: int
    errors: list[dict[str, Any]] = field(default_factory=list)
    is_full: bool = False

    def add(self, message: str, path: Path, **more: object) -> None:
        """Note that a field is refused."""
        if len(self.errors) >= self.limit:
            self.is_full = True
            return
        self.errors.append({"message": message, "path": list(path), "extensions": {"code": "ACCESS_DENIED", **more}})


class Connected(NamedTuple):
    """Rows of a connection with their cursors, and whether there are more; what a connection's fields are made of."""

    rows: list[dict[str, Any]]
    cursors: Callable[[int], str]
    has_next: bool
    has_previous: bool


class _Step(NamedTuple):
    key: str
    name: str
    kind: str
    inside: Projector | None
    refusal: str | None
    not_null: bool
    usual: Any
    given: Mapping[str, Any]


class Projector:
    """The steps of one selection on one type. `denied` maps fields (`Order.email`) to why they are refused."""

    def __init__(
        self,
        selections: ast.SelectionSetNode,
        kind: str,
        denied: Mapping[str, str],
        version: str,
        variables: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """Take the selection, the type it is made on, the refused fields, the version and the query's variables."""
        self._variables = variables
        self._kind = kind.lstrip("*|")
        self._denied = denied
        self._version = version
        self._nodes: Projector | None = None
        self._edges: Projector | None = None
        self._info: list[tuple[str, str]] = []
        self._steps: list[_Step] = []
        self._branches: dict[str, Projector] = {}
        if kind.startswith("*"):
            self._read_connection(selections)
        else:
            self._read(selections, is_union=kind.startswith("|"))

    def row(self, row: Mapping[str, Any], path: Path, refusals: Refusals) -> dict[str, Any] | None:
        """Make the object of one row; None when a field is null that may not be."""
        found: dict[str, Any] = {}
        for step in self._steps:
            value: Any = None
            if step.refusal is not None:
                refusals.add(step.refusal, (*path, step.key))
            elif step.name == "__typename":
                value = row.get("__typename", self._kind)
            else:
                value = self._value(step, row.get(step.name, step.usual), path, refusals)
            if value is None and step.not_null:
                return None
            found[step.key] = value
        branch = self._branches.get(row.get("__typename", "")) if self._branches else None
        if branch is not None:
            more = branch.row(row, path, refusals)
            if more is None:
                return None
            found.update(more)
        return found

    def connection(self, found: Connected, path: Path, refusals: Refusals) -> dict[str, Any]:
        """Make a connection of rows: `nodes` or `edges` and `pageInfo`, as far as they are asked for."""
        answer: dict[str, Any] = {}
        for step in self._steps:
            if step.name == "nodes" and self._nodes is not None:
                answer[step.key] = self._listed(self._nodes, found.rows, (*path, step.key), refusals)
            elif step.name == "edges" and self._edges is not None:
                rows = self._listed(self._edges, found.rows, (*path, step.key), refusals)
                answer[step.key] = [{"cursor": found.cursors(at), "node": row} for at, row in enumerate(rows)]
            else:
                shown = _page_info(found)
                answer[step.key] = {key: shown[name] for key, name in self._info}
        return answer

    def _listed(
        self, inside: Projector, rows: list[dict[str, Any]], path: Path, refusals: Refusals
    ) -> list[dict[str, Any] | None]:
        listed = []
        for place, row in enumerate(rows):
            made = inside.row(row, (*path, place), refusals)
            if refusals.is_full:
                break
            listed.append(made)
        return listed

    def _value(self, step: _Step, value: Any, path: Path, refusals: Refusals) -> Any:
        if callable(value):
            value = value()
        if value is None or step.inside is None:
            return value
        if step.kind.startswith("*"):
            return step.inside.connection(_cut(value["nodes"], step.given), (*path, step.key), refusals)
        if isinstance(value, list):
            return [step.inside.row(one, (*path, step.key, at), refusals) for at, one in enumerate(value)]
        return step.inside.row(value, (*path, step.key), refusals)

    def _read(self, selections: ast.SelectionSetNode, *, is_union: bool) -> None:
        for one in selections.selections:
            if isinstance(one, ast.InlineFragmentNode):
                assert one.type_condition is not None
                name = one.type_condition.name.value
                self._branches[name] = Projector(one.selection_set, name, self._denied, self._version, self._variables)
            elif isinstance(one, ast.FieldNode):
                self._steps.append(self._step(one, is_union=is_union))

    def _step(self, node: ast.FieldNode, *, is_union: bool) -> _Step:
        name = node.name.value
        known = TYPES.get(self._kind, {})
        full = f"{self._kind}.{name}"
        is_known = name == "__typename" or (name in known and not is_union and self._version >= SINCE.get(full, ""))
        if not is_known:
            raise QueryRefused(
                f"Field '{name}' doesn't exist on type '{self._kind}'", "undefinedField",
                typeName=self._kind, fieldName=name,
            )  # fmt: skip
        kind = known.get(name, "")
        if bool(kind) != (node.selection_set is not None):
            raise QueryRefused(f"Field '{name}' has the wrong selections", "selectionMismatch")
        inside = (
            Projector(node.selection_set, kind, self._denied, self._version, self._variables)
            if node.selection_set
            else None
        )
        given = arguments_of(node, self._variables)
        key = node.alias.value if node.alias else name
        return _Step(key, name, kind, inside, self._refusal(full, kind), full in NOT_NULL, USUAL.get(full), given)

    def _refusal(self, full: str, kind: str) -> str | None:
        why = self._denied.get(full)
        if why is None:
            return None
        if why:
            name = full.partition(".")[2]
            return f"Access denied for {name} field. Required access: {why} access scope."
        if kind:
            return f"This app is not approved to access the {kind.lstrip('*|')} object. {_DOCS}"
        return f"This app is not approved to use the {full.partition('.')[2]} field. {_DOCS}"

    def _read_connection(self, selections: ast.SelectionSetNode) -> None:
        for one in selections.selections:
            assert isinstance(one, ast.FieldNode)
            name = one.name.value
            if name not in {"nodes", "edges", "pageInfo"} or one.selection_set is None:
                kind = f"{self._kind}Connection"
                message = f"Field '{name}' doesn't exist on type '{kind}'"
                raise QueryRefused(message, "undefinedField", typeName=kind, fieldName=name)
            self._steps.append(_Step(one.alias.value if one.alias else name, name, "", None, None, False, None, {}))
            if name == "nodes":
                self._nodes = Projector(one.selection_set, self._kind, self._denied, self._version, self._variables)
            elif name == "edges":
                self._edges = Projector(
                    _node_of(one.selection_set), self._kind, self._denied, self._version, self._variables
                )
            else:
                asked = [inner for inner in one.selection_set.selections if isinstance(inner, ast.FieldNode)]
                self._info = [
                    (inner.alias.value if inner.alias else inner.name.value, inner.name.value) for inner in asked
                ]


def _node_of(edges: ast.SelectionSetNode) -> ast.SelectionSetNode:
    for one in edges.selections:
        if isinstance(one, ast.FieldNode) and one.name.value == "node" and one.selection_set is not None:
            return one.selection_set
    raise QueryRefused("Field 'edges' must have a node", "selectionMismatch")


def _page_info(found: Connected) -> dict[str, Any]:
    last = len(found.rows) - 1
    return {
        "hasNextPage": found.has_next,
        "hasPreviousPage": found.has_previous,
        "startCursor": found.cursors(0) if found.rows else None,
        "endCursor": found.cursors(last) if found.rows else None,
    }


def _cut(rows: list[dict[str, Any]], given: Mapping[str, Any]) -> Connected:
    """Cut the page of an inner connection; its cursors are places."""
    start = int(given["after"]) + 1 if given.get("after") else 0
    end = min(len(rows), start + (given.get("first") or len(rows)))
    return Connected(rows[start:end], lambda at: str(start + at), end < len(rows), start > 0)


def arguments_of(node: ast.FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Read the arguments of a field, variables put in; one whose variable is not given is left out."""
    found = {}
    for argument in node.arguments or ():
        value = argument.value
        if isinstance(value, ast.VariableNode):
            if value.name.value in variables:
                found[argument.name.value] = variables[value.name.value]
        else:
            found[argument.name.value] = _literal(value)
    return found


def _literal(value: ast.ValueNode) -> Any:
    if isinstance(value, ast.IntValueNode):
        return int(value.value)
    if isinstance(value, ast.ListValueNode):
        return [_literal(one) for one in value.values]
    if isinstance(value, ast.NullValueNode):
        return None
    return value.value if isinstance(value, ast.StringValueNode | ast.BooleanValueNode | ast.EnumValueNode) else None
