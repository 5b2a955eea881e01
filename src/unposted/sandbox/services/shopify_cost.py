"""Prices a query in points and keeps the bucket that it is paid from.

Shopify publishes the price of a scalar (0), an object (1) and a mutation (10), but not how a connection grows with its
size: it is far from linear. `exponent` stands for that; 0.38 fits the one published pair (25 orders of about 20 objects
for 68 points).
"""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any

from graphql.language import ast

from unposted.sandbox.services.shopify_types import ROOTS, TYPES
from unposted.sandbox.wire import Now

__all__ = ["Bucket", "node_cost", "query_cost"]


class Bucket:
    """Points of one app in one shop: they come back with time, and what a query did not need is given back."""

    def __init__(self, now: Now, maximum: float, restore: float) -> None:
        """Take the time, the most points that there can be, and how many come back in a second."""
        self._now = now
        self.maximum = maximum
        self.restore = restore
        self._level = maximum
        self._at: datetime = now()

    @property
    def level(self) -> float:
        """The points that are there now."""
        now = self._now()
        passed = max(0.0, (now - self._at).total_seconds())
        self._level, self._at = min(self.maximum, self._level + passed * self.restore), now
        return self._level

    def take(self, requested: float, actual: float) -> bool:
        """Pay a query: the bucket must hold what it asks for, and loses what it took."""
        if self.level < requested:
            return False
        self._level -= actual
        return True

    def drain(self, points: float) -> None:
        """Take points away, as another app with the same token does."""
        self._level = max(0.0, self.level - points)

    def shown(self, requested: float, actual: float | None) -> dict[str, Any]:
        """Write the cost as it stands in `extensions`."""
        status = {"maximumAvailable": self.maximum, "currentlyAvailable": int(self.level), "restoreRate": self.restore}
        return {"requestedQueryCost": int(requested), "actualQueryCost": actual, "throttleStatus": status}


def query_cost(operation: ast.OperationDefinitionNode, sizes: dict[str, int], exponent: float) -> int:
    """Price a whole operation; `sizes` holds how many rows each root field asks for (or gave), by its response key."""
    total = 10 if operation.operation is ast.OperationType.MUTATION else 0
    for field in operation.selection_set.selections:
        if not isinstance(field, ast.FieldNode) or field.selection_set is None:
            continue
        kind = ROOTS.get(field.name.value, "")
        inner = node_cost(field.selection_set, kind.lstrip("*|"))
        rows = sizes.get(field.alias.value if field.alias else field.name.value)
        total += 1 + inner if rows is None else 2 + ceil(inner * rows**exponent)
    return total


def node_cost(selections: ast.SelectionSetNode, kind: str) -> int:
    """Price one object: 1 for itself and each object below it; of the branches of a union the dearest."""
    total, branches = 0, [0]
    for one in selections.selections:
        if isinstance(one, ast.InlineFragmentNode):
            name = one.type_condition.name.value if one.type_condition else kind
            branches.append(node_cost(one.selection_set, name) - 1)
        elif isinstance(one, ast.FieldNode) and one.selection_set is not None:
            if one.name.value in {"nodes", "edges", "node", "pageInfo"}:
                total += node_cost(one.selection_set, kind) - (one.name.value == "edges")
            else:
                inside = TYPES.get(kind, {}).get(one.name.value, "")
                total += node_cost(one.selection_set, inside.lstrip("*|"))
    return 1 + total + max(branches)
