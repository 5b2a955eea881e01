"""Answers a query of one table of the emulated environment: filters, order, pages, tracked changes, annotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from unposted.sandbox.odata_query import DATAVERSE, BadQuery, apply_orderby, apply_select, parse_filter
from unposted.sandbox.services.dataverse_links import (
    DeltaToken,
    ElasticToken,
    Position,
    delta_token,
    elastic_token,
    read_delta,
    read_elastic,
    read_skip,
    skip_token,
)
from unposted.sandbox.services.dataverse_tables import SHOWN
from unposted.sandbox.services.dataverse_view import UNEXPECTED, Refused, TableView
from unposted.sandbox.wire import Answer, Call, json_answer

__all__ = ["answer_query", "count_of"]

_OPTIONS = frozenset({"$select", "$filter", "$orderby", "$expand", "$top", "$count", "$skiptoken", "$deltatoken"})
_NOT_WITH_TRACKING = ("filter", "orderby", "expand", "top")
_SIZE = re.compile(r"odata\.maxpagesize=(\d+)")
_ANNOTATIONS = re.compile(r'odata\.include-annotations="?([^",]+)"?')
_COUNT_CAP = 5000
_EXPIRED = "Version stamp associated with the client has expired. Please perform a full sync."
_Rows = list[dict[str, Any]]


class _Wanted(NamedTuple):
    """What the Prefer header asks for."""

    size: int | None
    is_tracked: bool
    annotations: str | None


class _Page(NamedTuple):
    rows: _Rows
    link: str | None = None
    delta: str | None = None
    context: str = ""
    total: int | None = None


def answer_query(view: TableView, call: Call) -> Answer:
    """Answer a GET of the table's entity set. Raises Refused."""
    for name, _ in call.query:
        if name.startswith("$") and name not in _OPTIONS:
            raise Refused(400, UNEXPECTED, f"The query parameter {name} is not supported")
    wanted = _wanted(call)
    try:
        page = _page(view, call, wanted)
        rows = _selected(view, page.rows, call.first("$select"))
    except BadQuery as fault:
        raise Refused(400, UNEXPECTED, fault.message) from None
    body: dict[str, Any] = {"@odata.context": f"{view.root}/$metadata#{view.table.set}{page.context}"}
    if page.total is not None:
        body["@odata.count"] = page.total
    body["value"] = [_annotated(row, wanted.annotations) for row in rows]
    if page.link:
        body["@odata.nextLink"] = page.link
    if page.delta:
        body["@odata.deltaLink"] = page.delta
    applied = call.headers.get("prefer")
    headers = [("Content-Type", "application/json; odata.metadata=minimal"), ("OData-Version", "4.0")]
    return json_answer(body, headers=[*headers, ("Preference-Applied", applied)] if applied else headers)


def count_of(view: TableView, call: Call) -> Answer:
    """Answer `/$count`: never more than 5,000, and not a word about it."""
    found = min(len(_found(view, call)), _COUNT_CAP)
    return Answer(200, (("Content-Type", "text/plain"),), b"\xef\xbb\xbf" + str(found).encode())


def _wanted(call: Call) -> _Wanted:
    text = call.headers.get("prefer", "")
    size, annotations = _SIZE.search(text), _ANNOTATIONS.search(text)
    return _Wanted(int(size[1]) if size else None, "odata.track-changes" in text, annotations and annotations[1])


def _page(view: TableView, call: Call, wanted: _Wanted) -> _Page:
    size = min(wanted.size or view.page_cap, view.page_cap)
    mark = call.first("$deltatoken")
    if mark is not None:
        return _changes(view, call, size, mark)
    if wanted.is_tracked:
        _check_tracking(view, call)
    if view.table.is_elastic:
        return _elastic(view, call, size)
    return _standard(view, call, wanted, size)


def _check_tracking(view: TableView, call: Call) -> None:
    for name in _NOT_WITH_TRACKING:
        if call.first(f"${name}") is not None:
            said = f'The "${name}" query parameter isn\'t supported when Change Tracking is enabled.'
            raise Refused(400, UNEXPECTED, said)
    if not view.is_tracked:
        raise Refused(400, "0x80072491", f"Entity '{view.table.name}' isn't enabled for change tracking.")


def _order(view: TableView, call: Call) -> str:
    """Return the order of the rows; a standard table breaks ties by the key, an elastic one does not."""
    order = call.first("$orderby")
    if order is None:
        return view.table.key
    if view.table.is_elastic:
        if "," in order:
            raise Refused(400, "0x80048d0b", "The order by query does not have a corresponding composite index.")
        return order
    is_by_key = any(part.split()[0] == view.table.key for part in order.split(","))
    return order if is_by_key else f"{order},{view.table.key}"


def _found(view: TableView, call: Call) -> _Rows:
    """Filter and sort the rows."""
    said = f"Could not find a property named '{{name}}' on type '{view.type_name}'."
    dialect = replace(DATAVERSE, unknown_field=said)
    rows, text = view.rows(), call.first("$filter")
    kept: Iterable[Mapping[str, Any]] = filter(parse_filter(text, dialect, view.columns), rows) if text else rows
    return [dict(row) for row in apply_orderby(kept, _order(view, call), dialect, view.columns)]


def _standard(view: TableView, call: Call, wanted: _Wanted, size: int) -> _Page:
    rows, cookie = _found(view, call), call.first("$skiptoken")
    count = min(len(rows), _COUNT_CAP) if call.first("$count") == "true" else None
    position = read_skip(cookie) if cookie is not None else None
    if cookie is not None and position is None:
        raise Refused(400, "0x80040203", "Paging cookie is malformed.")
    if position is not None:
        rows = _behind(rows, position, view, call)
    top = call.first("$top") if wanted.size is None else None  # beside a page size it is ignored
    if top:
        return _Page(rows[: int(top)], context=_columns(call), total=count)
    version = (position.version if position else "") or f"{view.shelf.serial}!{view.now.isoformat()}"
    if len(rows) > size:
        last = tuple((part.split()[0], _text(rows[size - 1].get(part.split()[0]))) for part in _parts(view, call))
        following = Position(position.page + 1 if position else 2, last, version if wanted.is_tracked else "")
        link = _link(call, view, "$skiptoken", skip_token(following))
        return _Page(rows[:size], link, context=_columns(call), total=count)
    if not wanted.is_tracked:
        return _Page(rows, context=_columns(call), total=count)
    serial, _, moment = version.partition("!")
    mark = delta_token(DeltaToken(int(serial), datetime.fromisoformat(moment)))
    return _Page(rows, delta=_link(call, view, "$deltatoken", mark), context=_columns(call), total=count)


def _parts(view: TableView, call: Call) -> list[str]:
    return [part.strip() for part in _order(view, call).split(",")]


def _behind(rows: _Rows, position: Position, view: TableView, call: Call) -> _Rows:
    """Keep what comes after the cookie's last row in the order of the query."""
    mark: dict[str, Any] = {name: value or None for name, value in position.values} | {"@mark": True}
    everything = apply_orderby([mark, *rows], _order(view, call), DATAVERSE)
    place = next(place for place, row in enumerate(everything) if "@mark" in row)
    last = position.key.lower()
    return [dict(row) for row in everything[place + 1 :] if str(row[view.table.key]).lower() != last]


def _elastic(view: TableView, call: Call, size: int) -> _Page:
    """Page through an elastic table: the token is opaque, and a page may be short, or empty and not the last."""
    rows, text = _found(view, call), call.first("$skiptoken")
    token = read_elastic(text) if text is not None else ElasticToken(0, "", "")
    if token is None:
        raise Refused(400, "0x80040203", "The continuation token is malformed.")
    column = _order(view, call).split()[0]
    start = _start(rows, token, view.table.key, column)
    if view.has_short_pages:
        size = 0 if token.page % 3 == 1 else max(1, size // 2)
    page = rows[start : start + size]
    if start + size >= len(rows):
        return _Page(page, context=_columns(call))
    last = ElasticToken(token.page + 1, page[-1][view.table.key], _text(page[-1][column])) if page else token
    following = elastic_token(last._replace(page=token.page + 1))
    return _Page(page, _link(call, view, "$skiptoken", following), context=_columns(call))


def _start(rows: _Rows, token: ElasticToken, key: str, column: str) -> int:
    if not token.row_id:
        return 0
    behind = (place for place, row in enumerate(rows) if _text(row[column]) > token.value)
    same = (place + 1 for place, row in enumerate(rows) if (row[key], _text(row[column])) == token[1:])
    return next(same, next(behind, len(rows)))


def _changes(view: TableView, call: Call, size: int, mark: str) -> _Page:
    """Tell what has changed since a mark, deletions last; rows that came and went in between are told as deleted."""
    token = read_delta(mark)
    if token is None or token.serial > view.shelf.serial or view.now - token.at > view.lives:
        raise Refused(400, "0x80044352", _EXPIRED)
    _check_tracking(view, call)
    entries = [entry for entry in view.shelf.changes(token.serial) if entry.record_id not in view.hidden]
    cookie = call.first("$skiptoken") or ""
    start = int(cookie) if cookie.isdigit() else 0
    rows = [
        view.shown(entry.row) if entry.removed_at is None else _deleted(view, entry.record_id)
        for entry in entries[start : start + size]
    ]
    context = f"{_columns(call)}/$delta"
    if start + size < len(entries):
        return _Page(rows, _link(call, view, "$skiptoken", str(start + size)), context=context)
    following = delta_token(DeltaToken(view.shelf.serial, view.now))
    return _Page(rows, delta=_link(call, view, "$deltatoken", following), context=context)


def _deleted(view: TableView, row_id: str) -> dict[str, Any]:
    context = f"{view.root}/$metadata#{view.table.set}/$deletedEntity"
    return {"@odata.context": context, "id": row_id.upper() if view.upper_guids else row_id, "reason": "deleted"}


def _columns(call: Call) -> str:
    select = call.first("$select")
    return f"({select})" if select else ""


def _link(call: Call, view: TableView, name: str, value: str) -> str:
    """Write a link: the query as it was sent, with another token."""
    dropped = {"$skiptoken"} if name == "$skiptoken" else {"$skiptoken", "$deltatoken"}
    sent = [part for part in call.raw_query.split("&") if part]
    kept = [part for part in sent if part.partition("=")[0].replace("%24", "$") not in dropped]
    return f"{view.root}/{view.table.set}?{'&'.join([*kept, f'{name}={value}'])}"


def _selected(view: TableView, rows: _Rows, select: str | None) -> _Rows:
    names = [name.strip() for name in select.split(",")] if select else []
    view.check_columns(names)
    if set(names) != {view.table.key} and any(row.get(view.table.key) in view.poison for row in rows):
        raise Refused(500, "0x80040216", "An unexpected error occurred.")
    text = ",".join(dict.fromkeys([*names, view.table.key])) if names else None
    there, deleted = ([row for row in rows if ("reason" in row) is is_gone] for is_gone in (False, True))
    return [*apply_select(there, text, DATAVERSE), *deleted]


def _annotated(row: dict[str, Any], annotations: str | None) -> dict[str, Any]:
    """Leave out the annotations that nobody asked for; a row's etag always stays."""
    if annotations == "*" or "reason" in row:
        return row
    shown = f"@{SHOWN}" if annotations == SHOWN else "@@"
    return {name: value for name, value in row.items() if name.rfind("@") < 1 or name.endswith(shown)}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
