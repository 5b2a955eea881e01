"""Decides whether a file is read in parts, and where the parts are cut."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from unposted.connectors.files.compression import is_compressed
from unposted.connectors.files.grids import Grid, Row, column_places
from unposted.connectors.files.json_items import is_divisible
from unposted.connectors.files.part_reading import Task, task_for
from unposted.connectors.files.parts import Part, line_end, parts_of, rest_after, row_end
from unposted.connectors.files.recognition import Source
from unposted.connectors.formats import Context, Item, JsonFormat, TableFormat

__all__ = ["Division", "Found", "Help", "division_of", "help_here"]

_MOST_HELPERS = 3


class Help(NamedTuple):
    """How many helpers to start, from which file size on (bytes), and how much each reads at a time."""

    helpers: int
    smallest_file: int = 32 << 20
    part_size: int = 1 << 18


class Found(NamedTuple):
    """What a file is, its items as one process reads them, and of a table its shape and first row."""

    form: JsonFormat | TableFormat
    items: Iterator[Item]
    shape: Grid | None = None
    first_row: Row | None = None


class Division(NamedTuple):
    """How one file is read in parts: what a helper must know, the parts in file order, and how many helpers."""

    form: JsonFormat | TableFormat
    task: Task
    parts: Iterator[Part]
    helpers: int


def help_here() -> Help:
    """Tell the help that this machine can give: a helper for each further processor, three at most."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Help(min(usable - 1, _MOST_HELPERS) if sys.executable else 0)


def division_of(path: Path, source: Source, found: Found, context: Context, given: Help) -> Division | None:
    """Tell how to read a file in parts; None when it is small or compressed, or cannot be cut."""
    if given.helpers < 1 or path.stat().st_size < given.smallest_file or is_compressed(path):
        return None
    end_of = _row_end(found) if isinstance(found.form, TableFormat) else _line_end(path, source, found.form)
    rest = rest_after(path, found.shape.header_line if found.shape else 0)
    task = task_for(path, source, found.form, found.shape, context)
    if end_of is None or rest is None or task is None:
        return None
    return Division(found.form, task, parts_of(path, rest, given.part_size, end_of), given.helpers)


def _line_end(path: Path, source: Source, form: JsonFormat) -> Callable[[bytes], int] | None:
    return line_end if form.is_divisible and is_divisible(path, source.shown, source.stream) else None


def _row_end(found: Found) -> Callable[[bytes], int] | None:
    assert isinstance(found.form, TableFormat)
    parts, shape = found.form.parts, found.shape
    if parts is None or shape is None or not shape.separator or found.first_row is None:
        return None
    places = column_places(shape.header)
    if not parts.suits(places, found.first_row[1]):
        return None
    place = places[parts.keeps_together]
    return partial(row_end, separator=shape.separator, width=len(shape.header), place=place)
