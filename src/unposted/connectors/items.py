"""The loop that turns undecoded JSON objects into records, one bad one at a time left out and told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec import DecodeError, ValidationError

from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.domain.records import Record
from unposted.errors import BadRecord

__all__ = ["bad_json_item", "json_records"]

Node = TypeVar("Node")


def json_records(
    items: Iterable[RawItem],
    context: Context,
    decode: Callable[[bytes], Node],
    make: Callable[[Node, Context], Record | None],
    id_of: Callable[[Node], object],
) -> Iterator[Item]:
    """Decode each item (a msgspec Decoder's `decode`) and make its record; None from `make` means: no record here.

    `id_of` tells the platform's id of a decoded item whose record cannot be made.
    """
    for line, body in items:
        try:
            node = decode(body)
        except (DecodeError, UnicodeDecodeError) as error:
            yield bad_json_item(line, error)
            continue
        try:
            record = make(node, context)
        except BadRecord as error:
            found = id_of(node)
            yield Bad(line, None if found is None else str(found), error.code, error.reason)
            continue
        if record is not None:
            yield record


def bad_json_item(line: int, error: Exception) -> Bad:
    """Say why an item could not be decoded: the field and the fault, never its value."""
    if isinstance(error, ValidationError):
        return Bad(line, None, "bad-shape", f"a field has the wrong type: {error}")
    if isinstance(error, UnicodeDecodeError):
        return Bad(line, None, "bad-encoding", "the record is no valid UTF-8")
    return Bad(line, None, "bad-json", "the record is no valid JSON")
