"""A header and rows of text cells, whatever file they came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

__all__ = ["Grid", "Row", "column_name", "column_places"]

Row: TypeAlias = tuple[int, Sequence[str]]


class Grid(NamedTuple):
    """The cells of the header as written, and the rows after it with their line numbers.

    For text also the separator and the number of the header's last line.
    """

    header: Sequence[str]
    rows: Iterator[Row]
    separator: str = ""
    header_line: int = 0


def column_name(cell: str) -> str:
    """Fold a column name as it is compared: without case, byte order mark, quotes and blanks around it."""
    return " ".join(cell.strip("\ufeff\"' \t\u00a0").casefold().split())


def column_places(header: Sequence[str]) -> dict[str, int]:
    """Map each column name, casefolded and trimmed, to its place; the first of two equal names wins."""
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = column_name(cell)
        if name:
            places.setdefault(name, place)
    return places
