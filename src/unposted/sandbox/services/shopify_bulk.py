"""Bulk operations: a query that runs by itself, and the JSONL file that it leaves.

The nodes of an inner connection stand on lines of their own and name their parent, before or behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from graphql.language import ast

from unposted.sandbox.services.shopify_project import Projector, Refusals
from unposted.sandbox.services.shopify_switches import ShopifySwitches
from unposted.sandbox.services.shopify_types import TYPES
from unposted.sandbox.wire import Answer, Call, Now

__all__ = ["BulkOperations", "written"]

_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
_PREFIX = "gid://shopify/BulkOperation/"


@dataclass(slots=True)
class _Operation:
    number: int
    query: str
    started: datetime
    lines: list[bytes] | None = None
    error: str | None = None
    roots: int = 0
    body: bytes = field(default=b"")


class BulkOperations:
    """The operations of one shop. `run` evaluates a query to lines; `leaks` counts credentials sent to the files."""

    def __init__(self, now: Now, base: str, run: Callable[[str], tuple[list[bytes], int, bool]]) -> None:
        """Take the time, where the shop is mounted, and how a query is evaluated: lines, roots, whether refused."""
        self.leaks = 0
        self._now = now
        self._base = base
        self._run = run
        self._operations: dict[int, _Operation] = {}

    def start(self, query: str, switches: ShopifySwitches) -> dict[str, Any]:
        """Start one, if the shop has a free slot."""
        busy = switches.bulk_taken + sum(1 for one in self._operations.values() if self._is_running(one, switches))
        if busy >= switches.bulk_slots:
            message = "A bulk query operation for this app and shop is already in progress"
            error = {"field": None, "message": message, "code": "OPERATION_IN_PROGRESS"}
            return {"bulkOperation": None, "userErrors": [error]}
        number = 4_310_577_000 + len(self._operations)
        self._operations[number] = _Operation(number, query, self._now())
        return {"bulkOperation": self.row(f"{_PREFIX}{number}", switches), "userErrors": []}

    def row(self, gid: str, switches: ShopifySwitches) -> dict[str, Any] | None:
        """Show one as it stands now."""
        number = gid.removeprefix(_PREFIX)
        one = self._operations.get(int(number)) if number.isdecimal() else None
        if one is None:
            return None
        if self._is_running(one, switches):
            status = "CREATED" if self._now() - one.started < timedelta(seconds=1) else "RUNNING"
            return self._shown(one, status, None)
        self._end(one, switches)
        if one.error is not None:
            return {**self._shown(one, "FAILED", None), "partialDataUrl": self._url(one, switches)}
        return self._shown(one, "COMPLETED", self._url(one, switches) if one.lines else None)

    def rows(self, switches: ShopifySwitches) -> Iterator[dict[str, Any]]:
        """List all of them, the newest first."""
        for number in sorted(self._operations, reverse=True):
            row = self.row(f"{_PREFIX}{number}", switches)
            if row is not None:
                yield row

    def file(self, call: Call, switches: ShopifySwitches) -> Answer:
        """Give a file, or the range of it that is asked for. Its host knows no tokens: it refuses them."""
        if "x-shopify-access-token" in call.headers or "authorization" in call.headers:
            self.leaks += 1
            return _denied(400, "InvalidArgument")
        number = call.path.removeprefix("/bulk/").removesuffix(".jsonl")
        one = self._operations.get(int(number)) if number.isdecimal() else None
        if one is None or one.lines is None:
            return _denied(404, "NoSuchKey")
        if self._now() > one.started + timedelta(days=switches.file_days):
            return _denied(403, "ExpiredToken")
        asked = _RANGE.match(call.headers.get("range", ""))
        kind = ("Content-Type", "application/jsonl")
        if asked is None or not switches.has_ranges:
            return Answer(200, (kind,), one.body)
        start, end = int(asked[1]), int(asked[2]) if asked[2] else len(one.body) - 1
        if start >= len(one.body):
            return _denied(416, "InvalidRange")
        end = min(end, len(one.body) - 1)
        shown = ("Content-Range", f"bytes {start}-{end}/{len(one.body)}")
        return Answer(206, (kind, shown), one.body[start : end + 1])

    def _is_running(self, one: _Operation, switches: ShopifySwitches) -> bool:
        return self._now() - one.started < timedelta(seconds=switches.bulk_seconds)

    def _end(self, one: _Operation, switches: ShopifySwitches) -> None:
        if one.lines is not None:
            return
        lines, one.roots, is_refused = self._run(one.query)
        one.error = "ACCESS_DENIED" if is_refused else switches.bulk_error
        one.lines = lines
        kept = lines[: len(lines) // 2] if one.error else lines[: len(lines) - switches.bulk_loses]
        one.body = b"".join(line + b"\n" for line in kept)

    def _shown(self, one: _Operation, status: str, url: str | None) -> dict[str, Any]:
        ended = one.started + timedelta(seconds=30)
        return {
            "id": f"{_PREFIX}{one.number}",
            "status": status,
            "errorCode": one.error,
            "objectCount": str(len(one.lines or ())),
            "rootObjectCount": str(one.roots),
            "fileSize": str(len(one.body)) if url else None,
            "url": url,
            "partialDataUrl": None,
            "createdAt": f"{one.started:%Y-%m-%dT%H:%M:%SZ}",
            "completedAt": f"{ended:%Y-%m-%dT%H:%M:%SZ}" if status == "COMPLETED" else None,
            "query": one.query,
            "type": "QUERY",
        }

    def _url(self, one: _Operation, switches: ShopifySwitches) -> str:
        return f"{switches.files or self._base}/bulk/{one.number}.jsonl?X-Goog-Signature=5f2c{one.number}"


def written(
    root: ast.FieldNode, kind: str, rows: list[dict[str, Any]], denied: dict[str, str], version: str,
    *, orphans_first: bool,
) -> tuple[list[bytes], bool]:  # fmt: skip
    """Write the lines of a file: rows, and the nodes of their inner connections on lines of their own."""
    nodes = _nodes_in(root)
    inner = [one for one in nodes.selections if _is_connection(one, kind)]
    plain = ast.SelectionSetNode(selections=tuple(one for one in nodes.selections if one not in inner))
    refusals = Refusals(limit=1)
    parents = Projector(plain, kind, denied, version)
    children = [_Inner(one, kind, denied, version) for one in inner if isinstance(one, ast.FieldNode)]
    first: list[bytes] = []
    last: list[bytes] = []
    for row in rows:
        last.append(msgspec.json.encode(parents.row(row, (), refusals)))
        for child in children:
            (first if orphans_first else last).extend(child.lines(row, refusals))
    return [*first, *last], bool(refusals.errors or refusals.is_full)


class _Inner:
    """An inner connection of a bulk query."""

    def __init__(self, node: ast.FieldNode, kind: str, denied: dict[str, str], version: str) -> None:
        self._name = node.name.value
        inside = _nodes_in(node)
        self._projector = Projector(inside, TYPES[kind][self._name].lstrip("*"), denied, version)

    def lines(self, row: dict[str, Any], refusals: Refusals) -> Iterator[bytes]:
        value = row.get(self._name)
        value = value() if callable(value) else value
        for child in (value or {"nodes": []})["nodes"]:
            made = self._projector.row(child, (), refusals)
            yield msgspec.json.encode({**(made or {}), "__parentId": row["id"]})


def _is_connection(one: ast.SelectionNode, kind: str) -> bool:
    return isinstance(one, ast.FieldNode) and TYPES[kind].get(one.name.value, "").startswith("*")


def _nodes_in(node: ast.FieldNode) -> ast.SelectionSetNode:
    """Find the selection on the nodes of a connection, as `nodes` or as `edges` and `node`."""
    found = node.selection_set
    while found is not None:
        inside = next((one for one in found.selections if isinstance(one, ast.FieldNode)), None)
        if inside is None or inside.name.value not in {"edges", "node", "nodes"}:
            return found
        found = inside.selection_set
    raise ValueError("a connection without nodes")


def _denied(status: int, code: str) -> Answer:
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code></Error>"
    return Answer(status, (("Content-Type", "application/xml; charset=UTF-8"),), body.encode())
