"""What a file or page format is: how it is recognised, and how its items become records.

A format never opens a file. The reader (connectors/files) finds the encoding, the separator and the items,
asks every format whether it knows them, and hands the items over. A bad item is yielded as `Bad`, in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Record

__all__ = [
    "Bad",
    "Context",
    "Format",
    "Item",
    "JsonFormat",
    "RawItem",
    "Stream",
    "Table",
    "TableFormat",
    "TableParts",
]

Stream: TypeAlias = Literal["orders", "customers", "companies", "accounts", "contacts"]


class Bad(NamedTuple):
    """One item that could not be read. `reason` names the field and what is wrong, never a person's data.

    `line` counts from 1; in a JSON document that is no JSONL it is the item's place in its list.
    """

    line: int
    record_id: str | None
    code: str
    reason: str


Item: TypeAlias = Record | Bad


@dataclass(frozen=True, slots=True)
class Context:
    """What a decoder needs to know about the source that it reads for.

    `zone` reads times that show no offset; `entity` is for files without a company column (upper-case);
    `external_id_field` names the master's field that holds the storefront's id; tags and groups are casefolded.
    `decimal_comma` None means: the format's own way. `currency` is that of amounts that show none (an ISO 4217 code).
    """

    keys: KeyMaker
    zone: ZoneInfo
    entity: str | None = None
    external_id_field: str | None = None
    b2b_tags: frozenset[str] = frozenset({"b2b", "wholesale"})
    b2b_groups: frozenset[str] = frozenset()
    decimal_comma: bool | None = None
    columns: tuple[tuple[str, str], ...] = ()
    currency: str | None = None


class RawItem(NamedTuple):
    """One undecoded JSON object and where it stands."""

    line: int
    body: bytes


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """A JSON shape. `recognise` sees one decoded item; `decode` sees them all, in file order.

    `is_divisible` tells that any run of items can be decoded on its own.
    """

    name: str
    platform: str
    stream: Stream
    recognise: Callable[[dict[str, object]], bool]
    decode: Callable[[Iterable[RawItem], Context], Iterator[Item]]
    is_divisible: bool = False


class Table(NamedTuple):
    """Rows of text cells under a header. `header` maps each casefolded, trimmed column name to its place."""

    header: dict[str, int]
    rows: Iterable[tuple[int, Sequence[str]]]


class TableParts(NamedTuple):
    """How a table is decoded in parts: rows with the same cell in the column `keeps_together` stay in one part.

    `decode` decodes a part, and gives for all parts together what the format's own `decode` gives for the whole,
    provided that `suits` the table's first row.
    """

    keeps_together: str
    suits: Callable[[dict[str, int], Sequence[str]], bool]
    decode: Callable[[Table, Context], Iterator[Item]]


@dataclass(frozen=True, slots=True)
class TableFormat:
    """A CSV or XLSX shape. All of `signature` (casefolded names) must be in the header for it to be this format;
    `required` are the columns without which nothing can be read: a missing one is named to the user.
    `parts`, if there are any, tells how the file can be decoded in parts.
    """

    name: str
    platform: str
    stream: Stream
    signature: frozenset[str]
    required: tuple[str, ...]
    decode: Callable[[Table, Context], Iterator[Item]]
    parts: TableParts | None = None


Format: TypeAlias = JsonFormat | TableFormat
