"""Applies a query to an entity set: filter, order, fields, and pages that the server cuts.

`Prefer: odata.maxpagesize` says how many rows a page has; the next link carries the last row's place, not a number, so
that rows which come or go shift nothing. With `$top` there is no next link at all (microsoft/AL#6858).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from unposted.sandbox.odata_query import (
    BUSINESS_CENTRAL,
    BadQuery,
    Dialect,
    Row,
    apply_orderby,
    apply_select,
    parse_filter,
    whole_number,
)
from unposted.sandbox.services.business_central_errors import Refusal
from unposted.sandbox.wire import Call

__all__ = ["Cut", "cut", "matching", "page_size"]

_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*(\d+)", re.IGNORECASE)
_KNOWN = frozenset({
    "$filter", "$orderby", "$select", "$top", "$skip", "$count", "$skiptoken", "$schemaversion", "$expand",
    "company", "aid", "tenant",
})  # fmt: skip


class Cut(NamedTuple):
    """The rows of a page, and the query of the next one."""

    rows: Sequence[Mapping[str, Any]]
    next: str | None
    total: int


def page_size(call: Call, largest: int) -> int:
    """Tell how many rows a page may have; what is asked beyond the largest is cut to it."""
    found = _SIZE.search(call.headers.get("prefer", ""))
    return min(int(found[1]), largest) if found and int(found[1]) > 0 else largest


def matching(rows: Iterable[Row], call: Call, fields: Collection[str]) -> list[Row]:
    """Filter and sort rows."""
    for name, _ in call.query:
        if name.startswith("$") and name not in _KNOWN:
            raise Refusal(400, "BadRequest", f"The query parameter '{name}' is not supported.")
    try:
        text = call.first("$filter")
        test = parse_filter(text, _dialect(call), fields) if text else None
        found = [row for row in rows if test is None or test(row)]
        order = call.first("$orderby")
        return apply_orderby(found, order, BUSINESS_CENTRAL, fields) if order else found
    except BadQuery as error:
        raise Refusal(400, "BadRequest", error.message) from None


def cut(found: Sequence[Row], call: Call, size: int, fields: Collection[str]) -> Cut:
    """Cut the page that is asked for out of the rows that match."""
    total = len(found)
    try:
        top, skip = whole_number(call.first("$top"), "$top"), whole_number(call.first("$skip"), "$skip")
        rest = _behind(found, call)[skip or 0 :]
        page = rest[:size] if top is None else rest[: min(top, size)]
        rows = apply_select(page, call.first("$select"), BUSINESS_CENTRAL, fields)
    except BadQuery as error:
        raise Refusal(400, "BadRequest", error.message) from None
    is_last = top is not None or len(rest) <= size
    return Cut(rows, None if is_last else _following(call, page[-1]), total)


def _dialect(call: Call) -> Dialect:
    if call.first("$schemaversion") == "2.1":
        return replace(BUSINESS_CENTRAL, allows_in=True, allows_nested_functions=True)
    return BUSINESS_CENTRAL


def _names(call: Call) -> list[str]:
    return [part.strip().partition(" ")[0] for part in (call.first("$orderby") or "").split(",") if part.strip()]


def _behind(found: Sequence[Row], call: Call) -> Sequence[Row]:
    """Return the rows behind the one that a next link names, wherever that one is now."""
    token = call.first("$skiptoken")
    if token is None:
        return found
    try:
        last = msgspec.json.decode(unquote(token), type=list[str])
    except msgspec.MsgspecError:
        raise Refusal(400, "BadRequest_InvalidToken") from None
    for place, row in enumerate(found):
        if row["id"] == last[-1]:
            return found[place + 1 :]
    names = _names(call)
    if not names:
        raise Refusal(400, "BadRequest_InvalidToken")
    return [row for row in found if [str(row.get(name, "")) for name in names] >= last[:-1]]


def _following(call: Call, last: Row) -> str:
    key = msgspec.json.encode([*(str(last.get(name, "")) for name in _names(call)), last["id"]]).decode()
    kept = [(name, value) for name, value in call.query if name not in {"$skiptoken", "$skip", "aid"}]
    pairs = "&".join(f"{name}={quote(value, safe='')}" for name, value in kept)
    return f"{pairs}{'&' if pairs else ''}aid=FIN&$skiptoken={quote(key, safe='')}"
