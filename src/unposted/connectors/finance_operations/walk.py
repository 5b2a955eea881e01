"""Walks through the pages of an entity set and notices when rows moved under its feet.

A next link is followed as it is, with `$skip`, `$skiptoken` or neither; its absence alone is the end. Where pages are
cut by counting rows (`$skip`), a row that leaves the set moves all later ones up, and one of them falls between two
pages. So after such a page the row before it is asked for once more: if it is not the last one of the page before, the
walk goes back by a page. Rows met twice are stored once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl, urlsplit

import msgspec

from unposted.connectors.finance_operations.questions import Question
from unposted.connectors.http import Ask, Caller
from unposted.connectors.live import Page, PageRequest
from unposted.connectors.odata import ODataPage, odata_page
from unposted.errors import BadAnswer

__all__ = ["Walk"]

_REMEMBERED = 3


class _Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a walk is: rows passed, the server's own next link, and the keys of the last rows.

    `turns` counts the times that it went back, `sought` are the keys that it must meet again.
    """

    seen: int = 0
    link: str | None = None
    last: tuple[str, ...] = ()
    turns: int = 0
    sought: tuple[str, ...] = ()


_place = msgspec.json.Decoder(_Place).decode


class Walk:
    """Reads entity sets page by page; what it knows between two pages stands in the token."""

    def __init__(self, caller: Caller, page_size: int | None = None) -> None:
        """Take how to call, and the rows of a page (None: as many as the server gives)."""
        self.caller = caller
        self._page_size = page_size

    def page(self, question: Question, request: PageRequest) -> Page:
        """Get the page that a request asks for."""
        place = _place(request.token) if request.token else _Place()
        size = request.size or self._page_size
        link = None if request.size else place.link
        answer, is_counted = self._asked(question, place, size, link)
        rows = answer.items
        keys = tuple(_key(question, row) for row in rows[-_REMEMBERED:])
        if is_counted and place.last and not self._stands(question, place):
            return Page(rows, _token(self._back(place, len(rows), place.last)))
        if place.sought and place.seen and not self._meets(question, rows, place.sought):
            return Page(rows, _token(self._back(place, 2 * len(rows), place.sought)))
        return Page(rows, self._next(answer, keys, place, size))

    def rows(self, question: Question) -> Iterator[bytes]:
        """Read all rows of a question, page by page."""
        token: str | None = None
        while True:
            page = self.page(question, PageRequest(token=token))
            yield from page.items
            if page.next is None:
                return
            if page.next == token:
                raise BadAnswer("page-repeated", f"{self.caller.source}: {question.set} gave the same page twice.",
                                "Run the command again; what was read so far is kept.")  # fmt: skip
            token = page.next

    def count(self, question: Question) -> int:
        """Ask how many rows a question has."""
        ask = Ask("GET", f"{question.set}/$count", question.count_params(), {"Accept": "text/plain"})
        return self.caller.ask(ask, _whole_number).value

    def skip(self, question: Question, request: PageRequest) -> tuple[str, str | None]:
        """Pass over the one row that a request of size 1 would give: tell where it stood, and the next token."""
        place = _place(request.token) if request.token else _Place()
        return f"row {place.seen + 1} of {question.set}", _token(_Place(place.seen + 1, turns=place.turns))

    def _asked(self, question: Question, place: _Place, size: int | None, link: str | None) -> tuple[ODataPage, bool]:
        """Get a page by the server's link, or by counting rows; tell whether rows were counted."""
        if link is not None:
            return self.caller.ask(Ask("GET", link, headers=_JSON), odata_page).value, _counts(link)
        params = question.params(skip=place.seen, top=size)
        return self.caller.ask(Ask("GET", question.set, params, _JSON), odata_page).value, place.seen > 0

    def _stands(self, question: Question, place: _Place) -> bool:
        """Tell whether the row before the page is still the last one of the page before."""
        params = question.only(()).params(skip=place.seen - 1, top=1)
        found = self.caller.ask(Ask("GET", question.set, params, _JSON), odata_page).value.items
        return bool(found) and _key(question, found[0]) == place.last[-1]

    def _meets(self, question: Question, rows: Sequence[bytes], sought: tuple[str, ...]) -> bool:
        return any(_key(question, row) in sought for row in rows)

    def _back(self, place: _Place, rows: int, sought: tuple[str, ...]) -> _Place:
        return _Place(max(0, place.seen - max(1, rows)), turns=place.turns + 1, sought=sought)

    def _next(self, answer: ODataPage, keys: tuple[str, ...], place: _Place, size: int | None) -> str | None:
        count = len(answer.value)
        seen = place.seen + count
        if answer.next_link is not None:
            return _token(_Place(seen, None if size else answer.next_link, keys or place.last, place.turns))
        return _token(_Place(seen, None, keys, place.turns)) if size and count >= size else None


_JSON = {"Accept": "application/json;odata.metadata=minimal"}


def _token(place: _Place) -> str:
    return msgspec.json.encode(place).decode()


def _counts(link: str) -> bool:
    return any(name.lower() == "$skip" for name, _ in parse_qsl(urlsplit(link).query, keep_blank_values=True))


def _key(question: Question, row: bytes) -> str:
    held = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
    return "|".join(bytes(held.get(name, b"null")).decode("utf-8", "replace") for name in question.key)


def _whole_number(body: bytes) -> int:
    """Read a count: plain text, which may begin with a byte order mark."""
    try:
        return int(body.decode("utf-8-sig").strip())
    except ValueError:
        raise msgspec.DecodeError("a count that is no number") from None
