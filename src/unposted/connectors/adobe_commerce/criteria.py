"""Writes searchCriteria: groups are joined by AND, the conditions in a group by OR. Times are UTC and show no zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["Condition", "Direction", "Group", "Search", "utc_text"]

Direction: TypeAlias = Literal["ASC", "DESC"]


class Condition(NamedTuple):
    """One comparison of a field of the record itself with a value: eq, gt, gteq, lt, lteq, in."""

    field: str
    kind: str
    value: str


Group: TypeAlias = Sequence[Condition]


@dataclass(frozen=True, slots=True)
class Search:
    """One page of a search: which records, in which order, and the fields to send."""

    groups: Sequence[Group]
    sort: Sequence[tuple[str, Direction]]
    size: int
    fields: str
    page: int = 1

    def params(self) -> list[tuple[str, str]]:
        """Write the search as query parameters; the direction is always said, for the default is descending."""
        pairs: list[tuple[str, str]] = []
        for group, conditions in enumerate(self.groups):
            for place, condition in enumerate(conditions):
                key = f"searchCriteria[filter_groups][{group}][filters][{place}]"
                pairs += [
                    (f"{key}[field]", condition.field),
                    (f"{key}[value]", condition.value),
                    (f"{key}[condition_type]", condition.kind),
                ]
        for place, (field, direction) in enumerate(self.sort):
            key = f"searchCriteria[sortOrders][{place}]"
            pairs += [(f"{key}[field]", field), (f"{key}[direction]", direction)]
        pairs += [("searchCriteria[pageSize]", str(self.size)), ("searchCriteria[currentPage]", str(self.page))]
        return [*pairs, ("fields", f"items[{self.fields}],total_count")]


def utc_text(moment: datetime) -> str:
    """Write an instant as the store compares it: UTC, whole seconds, no zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
