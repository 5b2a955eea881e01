"""A filter as a condition on a worklist relation: the same lines as `Filter.keeps`, found where they are kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from decimal import ROUND_CEILING
from typing import NamedTuple

from unposted.domain.currencies import minor_digits
from unposted.domain.filters import Filter

__all__ = ["Condition", "condition_of", "folded", "search_text"]

_FLAGS = {
    "awaiting_sync": "is_awaiting_sync",
    "in_dataverse": "is_in_dataverse",
    "near_match": "is_near_match",
    "other_entity": "is_other_entity",
    "no_key": "is_no_key",
    "no_match": "status = 'no_match'",
    "ambiguous": "is_ambiguous",
    "unmapped": "is_unmapped",
    "conflict": "is_conflict",
    "unknown_rate": "blocked IS NULL",
}

_BUCKETS = {
    "segment": "segment",
    "platform": "CASE WHEN len(platforms) = 1 THEN platforms[1] ELSE 'several' END",
    "store": "CASE WHEN len(stores) = 1 THEN stores[1] ELSE 'several' END",
    "entity": "entity_bucket",
    "status": "status",
}


class Condition(NamedTuple):
    """SQL with its values."""

    sql: str
    values: tuple[object, ...]


def condition_of(
    asked: Filter, currency: str, stores: Sequence[str], entities: Sequence[str], text_column: str = "search_text"
) -> Condition:
    """Write a filter as a condition; `stores` and `entities` are all that the relation's lines name.

    `text_column` holds what is searched, as `search_text` writes it.
    """
    parts: list[str] = []
    values: list[object] = []

    def need(sql: str, *held: object) -> None:
        parts.append(sql)
        values.extend(held)

    if asked.segment:
        need("list_contains(?, segment)", list(asked.segment))
    if asked.platform:
        need("list_has_any(platforms, ?)", list(asked.platform))
    if asked.store:
        need("list_has_any(stores, ?)", _same(asked.store, stores))
    if asked.entity:
        named = _same(asked.entity, entities)
        need("(list_has_any(expected_entities, ?) OR list_has_any(missing_entities, ?))", named, named)
    if asked.status:
        need("(" + " OR ".join(_FLAGS[status] for status in asked.status) + ")")
    for split, names in asked.parts().items():
        need(f"list_contains(?, {_BUCKETS[split]})", list(names))
    if asked.min_value is not None:
        least = asked.min_value.scaleb(minor_digits(currency)).to_integral_value(ROUND_CEILING)
        need("(blocked IS NULL OR blocked >= ?)", int(least))
    for word in folded(asked.search).split():
        need(f"contains({text_column}, ?)", word)
    return Condition(" AND ".join(parts) or "TRUE", tuple(values))


def search_text(party: str, name: str, company: str | None, *lists: Sequence[str]) -> str:
    """Write what of a line is searched."""
    return folded("\n".join((party, name, company or "", *[value for values in lists for value in values])))


def folded(text: str) -> str:
    """Return a text as it is searched: case and width make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


def _same(asked: Sequence[str], known: Sequence[str]) -> list[str]:
    wanted = {name.casefold() for name in asked}
    return [name for name in known if name.casefold() in wanted]
