"""Reads a long stretch of history as one file that Shopify prepares (a bulk operation), part by part.

The token names the operation and the place in its file, so an interrupted backfill goes on where it was. The file lies
on another host, which is never sent our token. An operation that fails, or whose file is gone, is no empty history:
the span is then walked by pages. Source: shopify.dev, Perform bulk operations; airbytehq/airbyte#62499 and #85372.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec

from unposted.connectors.http import Ask, Caller, Unsigned
from unposted.connectors.live import Page, PageRequest, Tools
from unposted.connectors.replies import Again, Reply, judged
from unposted.connectors.shopify.admin import Admin
from unposted.connectors.shopify.answers import Envelope
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.connectors.shopify.queries import COMPANIES, LOOK_AT_BULK, START_BULK, Kind, bulk_document
from unposted.connectors.shopify.walk import Token, search_of
from unposted.errors import BadAnswer, SourceRefused, UnpostedError

__all__ = ["BulkReader"]

_PART = 4 * 1024 * 1024  # bytes of the file that make a page
_LOOK_SECONDS = 300.0  # of waiting for the file before the place is handed back to be kept
_FIRST_LOOK, _LONGEST_LOOK = 2.0, 30.0
_NO_RANGE = 200


class _Operation(msgspec.Struct, rename="camel"):
    id: str = ""
    status: str = ""
    error_code: str | None = None
    object_count: str = "0"
    file_size: str | None = None
    url: str | None = None


class _UserError(msgspec.Struct):
    code: str | None = None
    message: str = ""


class _Started(msgspec.Struct, rename="camel"):
    bulk_operation: _Operation | None = None
    user_errors: list[_UserError] = []


class _StartData(msgspec.Struct, rename="camel"):
    bulk_operation_run_query: _Started | None = None


class _LookData(msgspec.Struct, rename="camel"):
    bulk_operation: _Operation | None = None


_started = msgspec.json.Decoder(Envelope[_StartData]).decode
_looked = msgspec.json.Decoder(Envelope[_LookData]).decode


class BulkReader:
    """The bulk operations of one stream."""

    def __init__(self, admin: Admin, kind: Kind, settings: ShopifyConnection, tools: Tools) -> None:
        """Take the shop, the stream's kind, the settings, and what a caller of the file's host needs."""
        self._admin = admin
        self._kind = kind
        self._settings = settings
        self._tools = tools
        self._operations: dict[str, _Operation] = {}
        self._callers: dict[str, Caller] = {}

    def is_for(self, request: PageRequest, token: Token) -> bool:
        """Tell that a page is read from a bulk operation: it is under way, or the span is long enough to start one."""
        if token.bulk is not None:
            return True
        days, span = self._settings.bulk_from_days, request.span
        if not days or span is None or request.token is not None or request.size is not None:
            return False
        return span.end - span.start > timedelta(days=days)

    def fetch(self, request: PageRequest, token: Token) -> Page:
        """Start the operation, wait for its file, or read the next part of it; each call does one of these."""
        if token.bulk is None:
            operation = self._start(request)
            return _to_pages() if operation is None else Page((), Token(bulk=operation).text)
        known = self._operations.pop(token.bulk, None)
        found = known or self._await(token.bulk)
        if found is None or found.status in {"CREATED", "RUNNING"}:
            return Page((), msgspec.structs.replace(token, looks=token.looks + 1).text)
        if found.status != "COMPLETED":
            return self._by_pages(f"{found.status} {found.error_code or ''}".strip())
        if found.url is None:
            return self._ended(found, token, ())
        try:
            page = self._part(found, found.url, token)
        except SourceRefused:  # its address is good for some days only; a fresh one may be had
            return self._by_pages("its file is gone") if known is None else self.fetch(request, token)
        self._operations[token.bulk] = found
        return page

    def close(self) -> None:
        """Close the connections to the files' hosts."""
        for caller in self._callers.values():
            caller.close()

    def _start(self, request: PageRequest) -> str | None:
        """Start an operation and return its id; None when the shop has no free place for one."""
        search = search_of(self._kind, request.span, self._settings)
        admin = self._admin
        document = bulk_document(self._kind, admin.version, admin.denied(self._kind), search)
        data = admin.send(START_BULK, {"query": document}, _started).value.data
        started = None if data is None else data.bulk_operation_run_query
        operation = None if started is None else started.bulk_operation
        if operation is not None and operation.id:
            return operation.id
        why = ", ".join(error.code or error.message for error in started.user_errors) if started else "no answer"
        admin.caller.spent.limits["bulk operation"] = f"{self._kind.stream}: not started ({why}); read by pages"
        return None

    def _await(self, operation_id: str) -> _Operation | None:
        """Look at an operation until it has ended, or for some minutes; an operation that is gone counts as failed."""
        pause, waited = _FIRST_LOOK, 0.0
        while True:
            data = self._admin.send(LOOK_AT_BULK, {"id": operation_id}, _looked).value.data
            found = None if data is None else data.bulk_operation
            if found is None:
                return _Operation(operation_id, "EXPIRED")
            if found.status not in {"CREATED", "RUNNING", "CANCELING"}:
                return found
            if waited >= _LOOK_SECONDS:
                return None
            self._admin.caller.pause(pause, f"Shopify prepares the file of {self._kind.stream.replace('_', ' ')}")
            waited, pause = waited + pause, min(_LONGEST_LOOK, pause * 2)

    def _part(self, operation: _Operation, url: str, token: Token) -> Page:
        """Read the next part of the file; companies need all of it, for their locations may stand anywhere in it."""
        size = int(operation.file_size or 0)
        wanted = max(size, 1) if self._kind is COMPANIES else _PART
        body, is_rest = self._download(url, token.at, min(token.at + wanted, size) if size else None)
        is_last = is_rest or token.at + len(body) >= size
        end = len(body) if is_last else body.rfind(b"\n") + 1
        if end == 0:
            raise self._short(f"a line of more than {_PART // 2**20} MB")
        lines = [line for line in body[:end].split(b"\n") if line]
        moved = msgspec.structs.replace(token, at=token.at + end, lines=token.lines + len(lines))
        return self._ended(operation, moved, lines) if is_last else Page(lines, moved.text)

    def _ended(self, operation: _Operation, token: Token, lines: Sequence[bytes]) -> Page:
        """End the file, provided that it held as many objects as the operation counted."""
        if token.lines < int(operation.object_count):
            raise self._short(f"{token.lines} of {operation.object_count} objects")
        following = Token(part="locations").text if self._kind is COMPANIES else None
        return Page(lines, following)

    def _short(self, what: str) -> BadAnswer:
        return BadAnswer(
            "bulk-short",
            f"{self._admin.caller.source}: Shopify's file of {self._kind.stream} holds {what}.",
            "Set bulk_from_days = 0 for this source and run the command again: the history is then read by pages.",
        )

    def _by_pages(self, why: str) -> Page:
        limits = self._admin.caller.spent.limits
        limits["bulk operation"] = f"{self._kind.stream}: failed ({why}); read by pages"
        return _to_pages()

    def _download(self, url: str, start: int, end: int | None) -> tuple[bytes, bool]:
        """Get the bytes from `start` to before `end`, and whether they are all that is left of the file."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._callers:
            self._callers[origin] = self._caller(origin)
        headers = {"Accept-Encoding": "identity"}
        if end is not None:
            headers["Range"] = f"bytes={start}-{end - 1}"

        def whole(body: bytes) -> bytes:
            if end is not None and len(body) < end - start:
                raise msgspec.DecodeError("the file is truncated")
            return body

        answered = self._callers[origin].ask(Ask("GET", url, headers=headers), whole)
        is_rest = answered.reply.status == _NO_RANGE
        return (answered.value[start:] if is_rest else answered.value), is_rest

    def _caller(self, origin: str) -> Caller:
        """Make a caller for the host of the files, which gets no credentials; its calls are counted with the shop's."""
        tools = self._tools
        caller = Caller(
            self._admin.caller.source, origin, Unsigned(), judge=_judge_file, clock=tools.clock,
            patience=tools.patience, transport=tools.transport, tell_wait=tools.tell_wait,
        )  # fmt: skip
        caller.spent = self._admin.caller.spent
        return caller


def _to_pages() -> Page:
    return Page((), Token(no_bulk=True).text)


def _judge_file(reply: Reply, now: object) -> Again | UnpostedError | None:
    """Judge a file: a refusal means that it is gone (its address is good for seven days), not that we are."""
    if reply.status in {400, 401, 403, 404, 410, 416}:
        return SourceRefused("request-refused", "the file of a bulk operation is gone.", "Run the command again.")
    return judged(reply, now)  # type: ignore[arg-type]
