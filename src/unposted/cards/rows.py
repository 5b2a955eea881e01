"""The rows of a computed reading: they stay where they were computed and are made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, TypeAlias, overload

from unposted.cards.advice import advice
from unposted.cards.near import near_of
from unposted.cards.reading import CurrencyAmount, Row
from unposted.collector import without_collector

if TYPE_CHECKING:
    import duckdb

__all__ = ["StoredRows", "cursor_of", "selected_rows"]

_BATCH = 5_000
_List: TypeAlias = "list[str] | None"
_STATUSES = ("awaiting_sync", "in_dataverse", "near_match", "other_entity", "no_key")
_FLAGS = (*_STATUSES, "ambiguous", "unmapped", "conflict")
_COLUMNS = """rank, party, name, kind, company, segment, stores, platforms, emails, tax_ids, external_ids,
    expected_entities, missing_entities, exists_in, status, matched_evidence, currencies, currency_values, blocked,
    blocked_net, orders, first_order_at, last_order_at, age_days, is_awaiting_sync, is_in_dataverse, is_near_match,
    is_other_entity, is_no_key, is_ambiguous, is_unmapped, is_conflict"""
_make_row = Row._make


class StoredRows(Sequence[Row]):
    """The lines of a worklist relation in rank order; a page of them is in memory at a time."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, relation: str, count: int, *, with_near: bool = False
    ) -> None:
        """Take the cursor that the relation was computed on; it stays open as long as somebody holds the rows.

        `with_near` when near matches were found on it, too.
        """
        self._with_near = with_near
        self._cursor = cursor
        self._relation = relation
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._count)
            return tuple(self._page(start, stop))[::step] if step > 0 else tuple(self)[place]
        inside = range(self._count)[place]
        return self._page(inside, inside + 1)[0]

    def __iter__(self) -> Iterator[Row]:
        for start in range(0, self._count, _BATCH):
            yield from self._page(start, start + _BATCH)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # a list of values, as a list is

    def _page(self, start: int, stop: int) -> list[Row]:
        lines = self._cursor.execute(
            f"SELECT {_COLUMNS} FROM {self._relation} WHERE rank > ? AND rank <= ? ORDER BY rank", [start, stop]
        )
        with without_collector():
            rows = [_row(*line) for line in lines.fetchall()]
        if not (self._with_near and rows):
            return rows
        near = near_of(self._cursor, rows[0].rank, rows[-1].rank)
        return [row._replace(near=near.get(row.rank, ())) for row in rows]


def cursor_of(rows: Sequence[Row]) -> duckdb.DuckDBPyConnection:
    """Return the cursor that a computed reading's rows stand on: more can be asked there while it is open."""
    assert isinstance(rows, StoredRows)
    return rows._cursor  # noqa: SLF001 - of this module


def selected_rows(cursor: duckdb.DuckDBPyConnection, relation: str, tail: str, values: Sequence[object]) -> list[Row]:
    """Make the rows of a worklist relation that a tail (`WHERE … ORDER BY … LIMIT …`) with its values selects."""
    lines = cursor.execute(f"SELECT {_COLUMNS} FROM {relation} {tail}", list(values))
    with without_collector():
        return [_row(*line) for line in lines.fetchall()]


def _row(
    rank: int, party: str, name: str, kind: str, company: str | None, segment: str, stores: _List, platforms: _List,
    emails: _List, tax_ids: _List, external_ids: _List, expected: _List, missing: _List, exists_in: _List, status: str,
    evidence: str | None, currencies: list[str], values: list[int], blocked: int | None, net: int | None, orders: int,
    first_at: datetime, last_at: datetime, age_days: int, *applies: bool,
) -> Row:  # fmt: skip
    flags, route, action = _told(status, segment, applies, blocked is None)
    return _make_row((
        rank, party, name, kind, company, segment, tuple(stores or ()), tuple(platforms or ()), tuple(emails or ()),
        tuple(tax_ids or ()), tuple(external_ids or ()), tuple(expected or ()), "ambiguous" in flags,
        tuple(missing or ()), tuple(exists_in or ()), status, flags, evidence,
        tuple(map(CurrencyAmount, currencies, values)), blocked, net, orders, first_at.replace(tzinfo=UTC),
        last_at.replace(tzinfo=UTC), age_days, route, action, (),
    ))  # fmt: skip


@cache
def _told(status: str, segment: str, applies: tuple[bool, ...], is_unknown: bool) -> tuple[tuple[str, ...], str, str]:
    """Return the flags beside a status, the route and the recommended action."""
    flags = [name for name, is_so in zip(_FLAGS, applies, strict=True) if is_so and name != status]
    if is_unknown:
        flags.append("unknown_rate")
    route, action = advice(status, segment, is_ambiguous="ambiguous" in flags, is_unmapped="unmapped" in flags)
    return tuple(flags), route, action
