"""Lines of a computed relation: they stay where they were computed and are read a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    import duckdb

__all__ = ["StoredLines"]

Line = TypeVar("Line")
_BATCH = 5_000


class StoredLines(Sequence[Line]):
    """Lines that a relation numbers from 1 by `place`, within the lines that a condition picks."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        query: str,
        values: Sequence[object],
        make: Callable[..., Line],
        count: int,
        before: Callable[[], None] | None = None,
    ) -> None:
        """Take a query with a WHERE that picks the lines by `values`; `make` gets the columns of each.

        `before` is called before lines are read: to make what only they need.
        """
        self._cursor = cursor
        self._query = query
        self._values = list(values)
        self._make = make
        self._count = count
        self._before = before

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Line, ...]: ...
    def __getitem__(self, place: int | slice) -> Line | tuple[Line, ...]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._count)
            return tuple(self._page(start, stop))[::step] if step > 0 else tuple(self)[place]
        inside = range(self._count)[place]
        return self._page(inside, inside + 1)[0]

    def __iter__(self) -> Iterator[Line]:
        for start in range(0, self._count, _BATCH):
            yield from self._page(start, start + _BATCH)

    def _page(self, start: int, stop: int) -> list[Line]:
        if self._before is not None:
            self._before()
        found: list[tuple[Any, ...]] = self._cursor.execute(
            f"{self._query} AND place > ? AND place <= ? ORDER BY place", [*self._values, start, stop]
        ).fetchall()
        return [self._make(*line) for line in found]
