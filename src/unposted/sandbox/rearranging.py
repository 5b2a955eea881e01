"""Puts the rows of a page of JSON in another order, every row byte by byte as it was."""

from __future__ import annotations

from random import Random

import msgspec

__all__ = ["reordered"]

_CONTAINERS = ("value", "items", "data")
_ROWS = ("nodes", "edges")
_Object = dict[str, msgspec.Raw]


def reordered(body: bytes, rng: Random) -> bytes | None:
    """Shuffle a page's rows: the list itself, or what stands under value, items, data or a GraphQL connection.

    None where there are no two rows.
    """
    try:
        return _list(body, rng) if body.lstrip()[:1] == b"[" else _object(body, rng)
    except msgspec.MsgspecError:
        return None


def _list(body: bytes, rng: Random) -> bytes | None:
    rows = [bytes(row) for row in msgspec.json.decode(body, type=list[msgspec.Raw])]
    if len(set(rows)) < 2:
        return None
    shuffled = rows.copy()
    while shuffled == rows:
        rng.shuffle(shuffled)
    return b"[" + b",".join(shuffled) + b"]"


def _object(body: bytes, rng: Random) -> bytes | None:
    page = msgspec.json.decode(body, type=_Object)
    for name in _CONTAINERS:
        if name in page and (rows := _within(bytes(page[name]), rng)) is not None:
            return msgspec.json.encode(page | {name: msgspec.Raw(rows)})
    return None


def _within(held: bytes, rng: Random) -> bytes | None:
    """Shuffle a container's rows; a GraphQL answer's data holds one connection or more, the first is shuffled."""
    if held[:1] == b"[":
        return _list(held, rng)
    if held[:1] != b"{":
        return None
    data = msgspec.json.decode(held, type=_Object)
    for name, found in data.items():
        connection = msgspec.json.decode(bytes(found), type=_Object) if bytes(found)[:1] == b"{" else {}
        for place in _ROWS:
            if place in connection and (rows := _list(bytes(connection[place]), rng)) is not None:
                return msgspec.json.encode(
                    data | {name: msgspec.Raw(msgspec.json.encode(connection | {place: msgspec.Raw(rows)}))}
                )
    return None
