"""Sends documents to one shop's Admin API: within its points, in pages that it takes, without fields it denies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from unposted.connectors.http import Answered, Ask, Caller
from unposted.connectors.shopify.answers import (
    Connection,
    Envelope,
    Fault,
    Paged,
    TooDear,
    denied_paths,
    is_cut_short,
)
from unposted.connectors.shopify.budget import Budget
from unposted.connectors.shopify.queries import (
    KINDS,
    Kind,
    light_document,
    more_locations_document,
    nodes_document,
    page_document,
)
from unposted.errors import BadAnswer

__all__ = ["Admin", "Asked"]

Data = TypeVar("Data")
Value = TypeVar("Value")
MOST_ROWS = 250
_MOST_FIELDS = 40  # denied fields that are learnt from one page before we stop believing the answer

_page_of = msgspec.json.Decoder(Envelope[Paged]).decode


class _Nodes(msgspec.Struct, gc=False):
    nodes: list[msgspec.Raw] = []


class _Company(msgspec.Struct, gc=False):
    company: Paged | None = None


_nodes_of = msgspec.json.Decoder(Envelope[_Nodes]).decode
_company_of = msgspec.json.Decoder(Envelope[_Company]).decode


class Asked(NamedTuple):
    """Where in a list a page is: the rows that are wanted, the place (None: the start) and the search."""

    size: int | None = None
    after: str | None = None
    search: str = ""


class Admin:
    """One shop. `narrowed` holds the fields that the app may not read (`orders.email`), `version` what really answers.

    A page that costs too much is asked for again with fewer rows, and stays that small.
    """

    def __init__(self, caller: Caller, version: str, page_size: int | None) -> None:
        """Take the way to the shop, the version that is asked for and the rows of a page (None: the most)."""
        self.caller = caller
        self.asked_version = version
        self.version = version
        self.narrowed: set[str] = set()
        self._budget = Budget(caller.clock)
        self._usual = min(page_size or MOST_ROWS, MOST_ROWS)
        self._rows: dict[str, int] = {}

    def page(self, kind: Kind, asked: Asked) -> Connection:
        """Fetch a page of a connection, without the fields that are denied."""
        number = KINDS.index(kind)

        def send(rows: int) -> Answered[Envelope[Paged]]:
            document = page_document(number, self.version, self.denied(kind))
            return self.send(document, _variables(rows, asked), _page_of, rows)

        def read(envelope: Envelope[Paged]) -> Connection:
            return _connection(self.caller.source, envelope.data)

        return self._whole(kind, lambda: self._fitting(f"{kind.node} page", asked.size, send), read)

    def light_page(self, kind: Kind, asked: Asked, sort: str | None = None) -> Connection:
        """Fetch a page with the few fields of a recount, or (with a sort key) just ids and times."""
        document = light_document(kind, sort)
        found = self._fitting(
            f"{kind.node} light page",
            asked.size,
            lambda rows: self.send(document, _variables(rows, asked), _page_of, rows),
        )
        return _connection(self.caller.source, found.value.data)

    def nodes(self, kind: Kind, gids: Sequence[str]) -> Iterable[list[bytes]]:
        """Fetch single records by their global ids, as many at a time as the points allow; gone ones are left out."""
        number, place = KINDS.index(kind), 0

        def send(rows: int) -> Answered[Envelope[_Nodes]]:
            document = nodes_document(number, self.version, self.denied(kind))
            return self.send(document, {"ids": list(gids[place : place + rows])}, _nodes_of, rows)

        def read(envelope: Envelope[_Nodes]) -> list[bytes]:
            raws = envelope.data.nodes if envelope.data else []
            return [row for row in map(bytes, raws) if row not in {b"null", b"{}"}]

        name = f"{kind.node} by id"
        while place < len(gids):
            rows = self._whole(kind, lambda: self._fitting(name, None, send), read)
            place += self._rows.get(name, self._usual)
            yield rows

    def more_locations(self, kind: Kind, company: str, after: str | None) -> Connection:
        """Fetch the locations of a company after those that came with it."""

        def send() -> Answered[Envelope[_Company]]:
            document = more_locations_document(self.denied(kind))
            return self.send(document, {"id": company, "after": after}, _company_of)

        def read(envelope: Envelope[_Company]) -> Connection:
            found = envelope.data.company if envelope.data else None
            return Connection() if found is None else _connection(self.caller.source, found)  # removed meanwhile

        return self._whole(kind, send, read, "locations.nodes")

    def denied(self, kind: Kind) -> frozenset[str]:
        """List the paths below a node of this kind that the app may not read."""
        start = f"{kind.stream}."
        return frozenset(path.removeprefix(start) for path in self.narrowed if path.startswith(start))

    def send(
        self,
        document: str,
        variables: Mapping[str, object],
        decode: Callable[[bytes], Envelope[Data]],
        rows: int = 0,
    ) -> Answered[Envelope[Data]]:
        """Send one document when there are points enough for it; notes cost, version and limits."""
        name = document.split("(", 1)[0]
        self.caller.pause(self._budget.wait(name, rows), "Shopify's points come back")
        ask = Ask("POST", "graphql.json", json={"query": document, "variables": variables})
        answered = self.caller.ask(ask, decode)
        extensions = answered.value.extensions
        if extensions is not None and extensions.cost is not None:
            self._budget.note(name, rows, extensions.cost)
        self.version = answered.reply.headers.get("x-shopify-api-version") or self.version
        self._show_limits()
        return answered

    def _fitting(self, name: str, size: int | None, send: Callable[[int], Answered[Data]]) -> Answered[Data]:
        """Send with fewer and fewer rows until the query is not too dear; the number of rows is kept for next time."""
        while True:
            usual = self._rows.get(name, self._usual)
            rows = min(usual, size or usual)
            try:
                return send(rows)
            except TooDear as dear:
                if rows == 1:
                    raise
                share = dear.share if dear.share is not None and dear.share < 1 else 0.5
                self._rows[name] = max(1, min(int(rows * share), rows - 1))

    def _whole(
        self,
        kind: Kind,
        send: Callable[[], Answered[Envelope[Data]]],
        read: Callable[[Envelope[Data]], Value],
        under: str = "",
    ) -> Value:
        """Ask again without the denied fields when rows are missing: a denied field can take its row along."""
        for _ in range(_MOST_FIELDS):
            envelope = send().value
            faults: list[Fault] = envelope.errors if isinstance(envelope.errors, list) else []
            if not faults:
                return read(envelope)
            before = len(self.narrowed)
            self.narrowed.update(f"{kind.stream}.{path}" for path in denied_paths(faults, under))
            self._show_limits()
            found = read(envelope)
            if not is_cut_short(faults) and not (isinstance(found, Connection) and found.has_gaps):
                return found
            if len(self.narrowed) == before:
                break
        raise BadAnswer(
            "bad-answer",
            f"{self.caller.source}: Shopify leaves out rows because of too many errors.",
            "Grant the app access to the fields that docs/connectors/shopify.md lists, or set a smaller page_size.",
        )

    def _show_limits(self) -> None:
        limits = self.caller.spent.limits
        shown = self._budget.shown
        if shown is not None:
            limits["points"] = shown
        if self.version != self.asked_version:
            limits["version"] = f"{self.asked_version} was asked for, {self.version} answers"
        if self.narrowed:
            limits["denied fields"] = ", ".join(sorted(self.narrowed))


def _variables(rows: int, asked: Asked) -> dict[str, object]:
    return {"first": rows, "after": asked.after, "query": asked.search or None}


def _connection(source: str, data: Paged | None) -> Connection:
    if data is None or data.page is None:
        raise BadAnswer(
            "bad-answer",
            f"{source}: Shopify answers without the list that was asked for.",
            "Run the command again; what was read so far is kept.",
        )
    return data.page
