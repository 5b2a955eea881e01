"""Searches as Adobe Commerce does it: searchCriteria in both spellings, its conditions, its pages, its projection.

Groups are joined by AND, the filters in a group by OR; the direction is descending unless it is said; a page past
the end is the last page. Sources: Adobe's page on performing searches; magento/magento2#3787, #35310, #23609.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Criteria", "Refusal", "criteria_of", "matching", "ordered", "projected"]

Row = dict[str, Any]

_KEY = re.compile(r"^search_?[cC]riteria(?:\[(\w+)\])(?:\[(\d+)\])?(?:\[(\w+)\])?(?:\[(\d+)\])?(?:\[(\w+)\])?$")
_CONDITIONS = frozenset({
    "eq", "neq", "gt", "gteq", "lt", "lteq", "moreq", "in", "nin", "like", "nlike", "null", "notnull", "finset",
    "nfinset", "from", "to",
})  # fmt: skip


class Refusal(Exception):
    """The store refuses the search: status, message with placeholders, and their values."""

    def __init__(self, status: int, message: str, parameters: dict[str, Any] | None = None) -> None:
        """Take what to answer."""
        super().__init__(message)
        self.status, self.message, self.parameters = status, message, parameters or {}


@dataclass(slots=True)
class Criteria:
    """A search as it was asked for."""

    groups: dict[int, dict[int, dict[str, str]]] = field(default_factory=dict)
    sorts: dict[int, dict[str, str]] = field(default_factory=dict)
    size: int | None = None
    page: int = 1

    def shown(self) -> Row:
        """Write the search as the answer repeats it; `page_size` is missing when nobody asked for one."""
        row: Row = {
            "filter_groups": [
                {"filters": [{"condition_type": "eq", **one} for _, one in sorted(group.items())]}
                for _, group in sorted(self.groups.items())
            ]
        }
        if self.sorts:
            row["sort_orders"] = [{"direction": "DESC", **sort} for _, sort in sorted(self.sorts.items())]
        if self.size is not None:
            row |= {"page_size": self.size, "current_page": self.page}
        return row


def criteria_of(query: Iterable[tuple[str, str]], limit: int | None) -> Criteria:
    """Read the search out of a query."""
    found, is_there = Criteria(), False
    for key, value in query:
        if not re.match(r"search_?[cC]riteria", key):
            continue
        is_there = True
        parts = _KEY.match(key)
        if parts is not None:
            _take(found, [part for part in parts.groups() if part is not None], value)
    if not is_there:
        raise Refusal(400, "%fieldName is a required field.", {"fieldName": "searchCriteria"})
    if limit is not None and (found.size or 0) > limit:
        raise Refusal(400, "Maximum SearchCriteria pageSize is %max", {"max": limit})
    if limit is not None and found.size is None:
        found.size = 20
    return found


def _take(found: Criteria, parts: Sequence[str], value: str) -> None:
    match [re.sub(r"_([a-z])", lambda hit: hit[1].upper(), parts[0]), *parts[1:]]:
        case ["filterGroups", group, "filters", place, name]:
            name = "condition_type" if name == "conditionType" else name
            found.groups.setdefault(int(group), {}).setdefault(int(place), {})[name] = value
        case ["sortOrders", place, name]:
            found.sorts.setdefault(int(place), {})[name] = value
        case ["pageSize"]:
            found.size = _positive(value, "pageSize")
        case ["currentPage"]:
            found.page = _positive(value, "currentPage")


def _positive(value: str, name: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise Refusal(400, "%fieldName must be a positive number.", {"fieldName": name})
    return int(value)


def matching(
    rows: Iterable[Row], criteria: Criteria, columns: frozenset[str], id_name: str, *, time: bool = True
) -> list[Row]:
    """Keep the rows that the search wants; `columns` are the fields that can be searched by."""
    for group in criteria.groups.values():
        for one in group.values():
            _check(one, columns)
    return [row for row in rows if all(_any(row, group, id_name, time) for group in criteria.groups.values())]


def _check(one: dict[str, str], columns: frozenset[str]) -> None:
    if one.get("field") not in columns:
        said = f"Column not found: 1054 Unknown column '{one.get('field')}' in 'where clause'"
        raise Refusal(400, said)
    if one.get("condition_type", "eq") not in _CONDITIONS:
        raise Refusal(400, "Invalid condition type: %1", {"1": one["condition_type"]})


def _any(row: Row, group: dict[int, dict[str, str]], id_name: str, time: bool) -> bool:
    return any(
        (not time and one["field"].endswith("_at"))
        or _holds(
            row.get(id_name if one["field"] == "entity_id" else one["field"]),
            one.get("condition_type", "eq"),
            one.get("value", ""),
        )
        for one in group.values()
    )


def _holds(value: object, kind: str, wanted: str) -> bool:
    if kind in {"null", "notnull"}:
        return (value is None) is (kind == "null")
    if value is None:
        return False
    members = [part.strip() for part in wanted.split(",")]
    match kind:
        case "in" | "nin":
            return (str(value) in members) is (kind == "in")
        case "like" | "nlike":
            pattern = ".*".join(re.escape(part) for part in wanted.split("%"))
            return bool(re.fullmatch(pattern, str(value), re.IGNORECASE)) is (kind == "like")
        case "finset" | "nfinset":
            return (wanted in str(value).split(",")) is (kind == "finset")
    return _compares(value, kind, wanted)


def _compares(value: object, kind: str, wanted: str) -> bool:
    left, right = _comparable(value, wanted)
    match kind:
        case "eq":
            return bool(left == right)
        case "neq":
            return bool(left != right)
        case "gt":
            return bool(left > right)
        case "lt":
            return bool(left < right)
        case "lteq" | "to":
            return bool(left <= right)
    return bool(left >= right)


def _comparable(value: object, wanted: str) -> tuple[Any, Any]:
    if isinstance(value, int | float):
        try:
            return float(value), float(wanted)
        except ValueError:
            return float(value), 0.0  # as MySQL reads a text that is no number
    return str(value), wanted


def ordered(rows: list[Row], criteria: Criteria, columns: frozenset[str], id_name: str) -> list[Row]:
    """Sort by the last wish first; raises Refusal for a field that cannot be sorted by."""
    for _, sort in sorted(criteria.sorts.items(), reverse=True):
        name = sort.get("field", "")
        if name not in columns:
            raise Refusal(400, f"Column not found: 1054 Unknown column '{name}' in 'order clause'")
        name = id_name if name == "entity_id" else name
        rows = sorted(rows, key=lambda row: (name in row, row.get(name)), reverse=sort.get("direction") != "ASC")
    return rows


def projected(value: object, fields: str) -> object:
    """Keep the fields that `fields=items[entity_id,a[b]],total_count` names, as far as they are there."""
    return _pruned(value, dict(_parsed(iter(_WORD.findall(fields)))))


_WORD = re.compile(r"[\w-]+|[\[\],]")


def _parsed(words: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for word in words:
        if word == "[":
            yield name, dict(_parsed(words))
            name = ""
        elif word in {",", "]"}:
            if name:
                yield name, {}
            name = ""
            if word == "]":
                return
        else:
            name = word
    if name:
        yield name, {}


def _pruned(value: object, wanted: dict[str, Any]) -> object:
    if not wanted:
        return value
    if isinstance(value, list):
        return [_pruned(item, wanted) for item in value]
    if isinstance(value, dict):
        return {name: _pruned(inside, wanted[name]) for name, inside in value.items() if name in wanted}
    return value
