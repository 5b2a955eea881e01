"""Reads one part of a big file; what a helper process must know for it, and what it answers, travel as MessagePack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.files.csv_tables import rows_from
from unposted.connectors.files.grids import Grid, column_places
from unposted.connectors.files.json_items import lines_from
from unposted.connectors.files.parts import Part
from unposted.connectors.files.recognition import Source, all_formats
from unposted.connectors.files.text_lines import TextLines
from unposted.connectors.formats import Bad, Context, Format, Item, JsonFormat, Stream, Table
from unposted.connectors.keys import KeyMaker
from unposted.domain.identity import Placeholders
from unposted.domain.records import Customer, Order

__all__ = ["Answer", "Task", "answer_of", "items_in", "items_of", "task_for", "with_bad"]


class Task(msgspec.Struct, frozen=True):
    """A file, its format and the shape of its table, and the source's settings."""

    path: str
    shown: str
    platform: str
    stream: Stream
    format_name: str
    header: tuple[str, ...]
    separator: str
    zone: str
    placeholders: tuple[str, ...]
    entity: str | None
    external_id_field: str | None
    b2b_tags: frozenset[str]
    b2b_groups: frozenset[str]
    decimal_comma: bool | None
    columns: tuple[tuple[str, str], ...]
    currency: str | None

    @property
    def context(self) -> Context:
        """The source's settings as decoders take them."""
        return Context(
            KeyMaker(Placeholders(self.placeholders)),
            ZoneInfo(self.zone),
            self.entity,
            self.external_id_field,
            self.b2b_tags,
            self.b2b_groups,
            self.decimal_comma,
            self.columns,
            self.currency,
        )

    @property
    def format(self) -> Format:
        """The format, by its name."""
        source = Source(self.shown, self.platform, self.stream)
        return next(form for form in all_formats() if source.takes(form) and form.name == self.format_name)


def task_for(path: Path, source: Source, form: Format, shape: Grid | None, context: Context) -> Task | None:
    """Describe a reading for a helper; None when a setting cannot be put in words (a time zone without a name)."""
    zone: str | None = context.zone.key  # a zone read from a file of its own has none
    if zone is None:
        return None
    return Task(
        str(path.resolve()),
        source.shown,
        source.platform,
        source.stream,
        form.name,
        tuple(shape.header) if shape else (),
        shape.separator if shape else "",
        zone,
        context.keys.placeholders.patterns,
        context.entity,
        context.external_id_field,
        context.b2b_tags,
        context.b2b_groups,
        context.decimal_comma,
        context.columns,
        context.currency,
    )


def items_in(task: Task, form: Format, context: Context, part: Part) -> Iterator[Item]:
    """Read a part: its records, and what the reader itself finds bad about in its place."""
    path = Path(task.path)
    bad: list[Bad] = []
    if isinstance(form, JsonFormat):
        items = form.decode(lines_from(path, task.shown, task.stream, part, bad), context)
    else:
        assert form.parts is not None
        shape = Grid(task.header, iter(()), task.separator)
        rows = rows_from(TextLines(path, task.shown, part), shape, part.line, bad)
        items = form.parts.decode(Table(column_places(task.header), rows), context)
    yield from with_bad(items, bad)


def with_bad(items: Iterator[Item], bad: list[Bad]) -> Iterator[Item]:
    """Put what the reader itself finds bad among the decoder's items, about in its place."""
    for item in items:
        if bad:
            yield from bad
            bad.clear()
        yield item
    yield from bad


class Answer(msgspec.Struct):
    """The items of a part by their kind; `kinds` has one byte for each item, in file order."""

    kinds: bytes
    orders: list[Order]
    customers: list[Customer]
    bad: list[Bad]


_KINDS: tuple[type, ...] = (Order, Customer, Bad)


def answer_of(items: list[Item]) -> Answer:
    """Sort items by their kind."""
    answer = Answer(bytes(map(_KINDS.index, map(type, items))), [], [], [])
    lists: tuple[list[Order], list[Customer], list[Bad]] = (answer.orders, answer.customers, answer.bad)
    for item in items:
        lists[_KINDS.index(type(item))].append(item)  # type: ignore[arg-type]
    return answer


def items_of(answer: Answer) -> Iterator[Item]:
    """Give the items back in file order."""
    lists: tuple[list[Order], list[Customer], list[Bad]] = (answer.orders, answer.customers, answer.bad)
    for items in lists:
        if len(items) == len(answer.kinds):
            return iter(items)
    return _mixed([iter(items) for items in lists], answer.kinds)


def _mixed(sources: Sequence[Iterator[Item]], kinds: bytes) -> Iterator[Item]:
    for kind in kinds:
        yield next(sources[kind])
