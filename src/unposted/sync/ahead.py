"""Fetches and decodes pages ahead of their use, in a thread of its own, while the page before them is being kept.

Pages come in their order and an error comes in the place of its page, so that who uses them sees no difference. The
connector is never called by two at once: `calls` is held during each call.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Lock, Thread
from types import TracebackType
from typing import NamedTuple, Self

from unposted.connectors.formats import Item
from unposted.connectors.live import Page, PageRequest

__all__ = ["AHEAD", "Ahead", "Read"]

AHEAD = 16
"""How many pages a sync over a network fetches before their turn."""

_MOST_BYTES = 8 * 1024 * 1024


class Read(NamedTuple):
    """A page, and its items where they are decoded already."""

    page: Page
    items: list[Item] | None = None


class _Outcome(NamedTuple):
    request: PageRequest
    read: Read | None = None
    error: BaseException | None = None
    size: int = 0


class Ahead:
    """Gets the pages of one walk. Of up to `most` pages the next ones are fetched before they are asked for; 0: none.

    A page of a size of its own is never fetched ahead: it is part of looking for a record that fails.
    """

    def __init__(self, fetch: Callable[[PageRequest], Page], decode: Callable[[Page], list[Item]], most: int) -> None:
        """Take how a page is fetched and how it is decoded, which are done in the thread."""
        self.calls = Lock()
        self._fetch = fetch
        self._decode = decode
        self._most = most
        self._chain: _Chain | None = None

    def read(self, request: PageRequest) -> Read:
        """Return the page of a request; raises what its fetching raised."""
        if not self._most or request.size is not None:
            self._leave()
            with self.calls:
                return Read(self._fetch(request))
        if self._chain is None or self._chain.next != request:
            self._leave()
            self._chain = _Chain(request, self._made, self._most)
        outcome = self._chain.take()
        if outcome.error is not None:
            self._leave()
            raise outcome.error
        assert outcome.read is not None
        return outcome.read

    def _made(self, request: PageRequest) -> Read:
        with self.calls:
            page = self._fetch(request)
        return Read(page, self._decode(page))

    def _leave(self) -> None:
        if self._chain is not None:
            self._chain.stop()
            self._chain.join()
            self._chain = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the call that is under way, unless the whole command is being ended at once."""
        if self._chain is not None:
            self._chain.stop()
            if kind is None or issubclass(kind, Exception):
                self._chain.join()


class _Chain:
    """A thread that follows the pages from a request on; `next` is the request whose outcome is taken next."""

    def __init__(self, request: PageRequest, make: Callable[[PageRequest], Read], most: int) -> None:
        self.next: PageRequest | None = request
        self._make = make
        self._most = most
        self._changed = Condition()
        self._ready: deque[_Outcome] = deque()
        self._bytes = 0
        self._is_stopped = False
        self._thread = Thread(target=self._run, args=(request,), name="unposted-ahead", daemon=True)
        self._thread.start()

    def take(self) -> _Outcome:
        with self._changed:
            self._changed.wait_for(lambda: self._ready)
            outcome = self._ready.popleft()
            self._bytes -= outcome.size
            self._changed.notify_all()
        self.next = None if outcome.read is None else _following(outcome.request, outcome.read)
        return outcome

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def join(self) -> None:
        self._thread.join()

    def _run(self, request: PageRequest) -> None:
        following: PageRequest | None = request
        while following is not None and self._has_room():
            outcome = self._outcome(following)
            with self._changed:
                self._ready.append(outcome)
                self._bytes += outcome.size
                self._changed.notify_all()
            following = None if outcome.read is None else _following(following, outcome.read)

    def _has_room(self) -> bool:
        """Wait until so little is ready that more may be fetched; False when nobody wants more."""

        def may_go_on() -> bool:
            return self._is_stopped or (len(self._ready) < self._most and self._bytes < _MOST_BYTES)

        with self._changed:
            self._changed.wait_for(may_go_on)
            return not self._is_stopped

    def _outcome(self, request: PageRequest) -> _Outcome:
        try:
            read = self._make(request)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the page is used
            return _Outcome(request, error=error)
        return _Outcome(request, read, size=sum(map(len, read.page.items)))


def _following(request: PageRequest, read: Read) -> PageRequest | None:
    return None if read.page.next is None else request._replace(token=read.page.next)
