"""Asks a store's v2 and v3 API and its B2B Edition for lists, at the pace that their own figures allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from unposted.connectors.bigcommerce.answers import Quota, StoreJudge, Tempo, b2b_judged
from unposted.connectors.bigcommerce.connection import BigCommerceConnection
from unposted.connectors.http import Ask, Caller
from unposted.connectors.live import Tools
from unposted.connectors.signers import HeaderSigner
from unposted.errors import BadAnswer

__all__ = ["B2bApi", "B2bList", "Pairs", "StoreApi", "V3List", "moment", "require"]

Pairs = Sequence[tuple[str, str]]
_JSON = {"Accept": "application/json"}  # without it v2 may answer in XML
_TOKEN = "X-Auth-Token"  # noqa: S105 - the header's name
_NEVER_SO_MANY = 1_000
Value = TypeVar("Value")


class _Pagination(msgspec.Struct):
    total: int | None = None
    current_page: int | None = None
    total_pages: int | None = None


class _Cursors(msgspec.Struct):
    end_cursor: str | None = None


class _V3Meta(msgspec.Struct):
    pagination: _Pagination | None = None
    cursor_pagination: _Cursors | None = None


class V3List(msgspec.Struct):
    """A page of a v3 list; cursors stand only on the first page and where one was sent."""

    data: list[msgspec.Raw]
    meta: _V3Meta | None = None

    @property
    def total(self) -> int | None:
        """How many records the whole list has."""
        return self.meta.pagination.total if self.meta and self.meta.pagination else None

    @property
    def cursor(self) -> str | None:
        """Where the next page begins."""
        return self.meta.cursor_pagination.end_cursor if self.meta and self.meta.cursor_pagination else None

    @property
    def is_last(self) -> bool | None:
        """Whether the store says that no page follows; None where it says nothing."""
        shown = self.meta.pagination if self.meta else None
        if shown is None or shown.current_page is None or shown.total_pages is None:
            return None
        return shown.current_page >= shown.total_pages


class _Figures(msgspec.Struct, rename="camel"):
    total_count: int | None = None
    offset: int | None = None


class _B2bMeta(msgspec.Struct, rename="camel"):
    total_count: int | None = None
    offset: int | None = None
    pagination: _Figures | None = None


class B2bList(msgspec.Struct):
    """A page of a B2B Edition list; the total stands in `meta` itself or in its `pagination`."""

    data: list[msgspec.Raw]
    meta: _B2bMeta | None = None

    @property
    def total(self) -> int | None:
        """How many records the whole list has."""
        return next((part.total_count for part in self._parts() if part.total_count is not None), None)

    @property
    def offset(self) -> int | None:
        """Behind how many records the page begins, as the host understood it."""
        return next((part.offset for part in self._parts() if part.offset is not None), None)

    def _parts(self) -> Iterator[_B2bMeta | _Figures]:
        if self.meta is not None:
            yield self.meta
            if self.meta.pagination is not None:
                yield self.meta.pagination


class StatusCount(msgspec.Struct):
    """How many orders have a status."""

    id: int
    count: int = 0


class Counted(msgspec.Struct):
    """What the store counts."""

    count: int
    statuses: list[StatusCount] = []


class _Asker:
    """Sends calls, and does not take the answer to another call for the answer to this one.

    A cache on the way may give the page before once more. Two calls may rightly have one answer, so it is asked for
    again once, and then believed.
    """

    def __init__(self, caller: Caller) -> None:
        """Take what sends the calls."""
        self._caller = caller
        self._last: dict[str, tuple[Pairs, bytes]] = {}

    def ask(self, ask: Ask, decode: Callable[[bytes], Value]) -> Value:
        """Send a call and return its decoded answer."""
        answered = self._caller.ask(ask, decode)
        params = tuple(ask.params) if not isinstance(ask.params, Mapping) else tuple(ask.params.items())
        last = self._last.get(ask.address)
        if answered.reply.body and last is not None and last[0] != params and last[1] == answered.reply.body:
            answered = self._caller.ask(ask, decode)
        self._last[ask.address] = (params, answered.reply.body)
        return answered.value


class StoreApi:
    """The store's v2 and v3 API."""

    def __init__(self, source: str, connection: BigCommerceConnection, tools: Tools) -> None:
        """Take the source's name, its settings and tools."""
        self.quota = Quota(tools.clock, connection.spare_share)
        self.caller = Caller(
            source,
            f"{connection.url.rstrip('/')}/stores/{connection.store_hash}",
            HeaderSigner(_TOKEN, tools.secret("token")),
            judge=StoreJudge(self.quota),
            clock=tools.clock,
            patience=tools.patience,
            transport=tools.transport,
            tell_wait=tools.tell_wait,
        )
        self.caller.spent.limits = self.quota.shown
        self._asker = _Asker(self.caller)

    def rows(self, path: str, params: Pairs = ()) -> list[msgspec.Raw]:
        """Get a v2 list: a bare array, or nothing at all when it is empty."""
        return self._list(f"v2/{path}", params, list[msgspec.Raw], [])

    def v3(self, path: str, params: Pairs = ()) -> V3List:
        """Get a page of a v3 list."""
        return self._list(f"v3/{path}", params, V3List, V3List([]))

    def counted(self, params: Pairs = ()) -> Counted:
        """Let the store count its orders."""
        return self.one("orders/count", Counted, params)

    def one(self, path: str, shape: type[Value], params: Pairs = ()) -> Value:
        """Get a single v2 object."""
        self._wait()
        return self.caller.ask(Ask("GET", f"v2/{path}", params, _JSON), msgspec.json.Decoder(shape).decode).value

    def v3_pages(self, path: str, params: Pairs) -> Iterator[list[msgspec.Raw]]:
        """Get a v3 list to its end, by cursor where the store gives one, else by page number.

        The end is what the store says it is, or a page that brings nothing: never only a short page.
        """
        place: tuple[str, str] = ("page", "1")
        last: list[msgspec.Raw] = []
        for number in range(2, _NEVER_SO_MANY * _NEVER_SO_MANY):
            page = self.v3(path, (*params, place))
            require(not page.data or page.data != last)
            if not page.data:
                return
            yield page.data
            if page.is_last:
                return
            last = page.data
            place = ("after", page.cursor) if page.cursor else ("page", str(number))

    def _list(self, path: str, params: Pairs, shape: type[Value], empty: Value) -> Value:
        self._wait()
        decode = msgspec.json.Decoder(shape).decode
        return self._asker.ask(Ask("GET", path, params, _JSON), lambda body: decode(body) if body else empty)

    def _wait(self) -> None:
        self.caller.pause(self.quota.wait(), "the store has few calls left")


class B2bApi:
    """B2B Edition's server-to-server API, on a host of its own; it wants the store's hash in a header."""

    def __init__(self, source: str, connection: BigCommerceConnection, tools: Tools) -> None:
        """Take the source's name, its settings and tools."""
        token = tools.find_secret("b2b_token") or tools.secret("token")
        self._tempo = Tempo(tools.clock, int(connection.b2b_calls_a_minute * (1 - connection.spare_share)))
        self._headers = {**_JSON, "X-Store-Hash": connection.store_hash}
        self.caller = Caller(
            source,
            connection.b2b_url,
            HeaderSigner(_TOKEN, token),
            judge=b2b_judged,
            clock=tools.clock,
            patience=tools.patience,
            transport=tools.transport,
            tell_wait=tools.tell_wait,
        )
        self._asker = _Asker(self.caller)

    def list(self, path: str, params: Pairs) -> B2bList:
        """Get a page of a list."""
        self.caller.pause(self._tempo.wait(), "B2B Edition allows only so many calls a minute")
        decode = msgspec.json.Decoder(B2bList).decode
        found = self._asker.ask(Ask("GET", path, params, self._headers), decode)
        require(found.offset is None or ("offset", str(found.offset)) in params)
        return found


def require(fits: bool) -> None:
    """Stop when the answer is not to what was asked: whatever it leaves out would never be seen."""
    if not fits:
        raise BadAnswer(
            "page-repeated",
            "the store answers with other records than were asked for.",
            "Run the command again; if it comes again, a proxy may drop the query of our calls: check the url.",
        )


def moment(seconds: int) -> str:
    """Write Unix seconds as a date filter takes them: ISO 8601 with its offset (percent-encoded on its way)."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
