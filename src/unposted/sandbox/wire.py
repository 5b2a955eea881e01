"""What goes over the wire between a client and the sandbox: a call, its answer, and what may happen to it on the way.

A service is a function from a call to an answer. It knows nothing of sockets: the same service answers on loopback
(`server`) and inside one process (`transport`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

import msgspec

__all__ = ["Answer", "Call", "Harm", "Now", "Service", "SteppedClock", "html_answer", "json_answer"]

Now: TypeAlias = Callable[[], datetime]


class Call(NamedTuple):
    """A request. `path` begins with `/` and is relative to where the service is mounted; header names are lower-case.

    `query` holds the decoded pairs in their order, `raw_query` the text as it was sent.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = {}
    body: bytes = b""
    raw_query: str = ""

    def first(self, name: str) -> str | None:
        """Return the first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)


class Harm(NamedTuple):
    """What happens to an answer on its way: see `faults`. `after` counts body bytes, `seconds` is a wait."""

    kind: Literal["refuse", "reset", "cut", "stall", "drip"]
    after: int = 0
    seconds: float = 0.0


class Answer(NamedTuple):
    """A response."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    harm: Harm | None = None

    def with_headers(self, more: Iterable[tuple[str, str]]) -> Answer:
        """Return the answer with further headers."""
        return self._replace(headers=(*self.headers, *more))


Service: TypeAlias = Callable[[Call], Answer]


def json_answer(value: object, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Answer with JSON; a `headers` pair for Content-Type stands in place of the usual one."""
    given = tuple(headers)
    kind = () if any(name.lower() == "content-type" for name, _ in given) else (("Content-Type", "application/json"),)
    return Answer(status, (*kind, *given), msgspec.json.encode(value))


def html_answer(status: int, title: str) -> Answer:
    """Answer with a page for people, as proxies and maintenance pages do."""
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Answer(status, (("Content-Type", "text/html; charset=utf-8"),), page.encode())


class SteppedClock:
    """A clock that stands still until somebody sleeps or steps; the client and the services share it."""

    def __init__(self, start: datetime) -> None:
        """Take the first instant, aware and UTC."""
        self._now = start
        self._elapsed = 0.0

    def now(self) -> datetime:
        """Return the present instant."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds slept so far; a step of the wall clock does not count."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._elapsed += seconds
        self._now += timedelta(seconds=seconds)

    def step(self, seconds: float) -> None:
        """Set the wall clock forward or back without time passing."""
        self._now += timedelta(seconds=seconds)
