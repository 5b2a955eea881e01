"""What the answers of BigCommerce and of its B2B Edition mean, and how fast its own figures let us call.

Errors are a list of objects (v2), an object (v3) or an envelope with `code` and `meta` (B2B Edition). An empty list of
v2 is a 204 without a body. Source: BigCommerce API status codes and rate limits.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime

import msgspec

from unposted.connectors.clock import Clock
from unposted.connectors.replies import Again, Reply, judged
from unposted.errors import SourceRefused, UnpostedError

__all__ = ["Quota", "StoreJudge", "Tempo", "b2b_judged"]

_NO_CONTENT, _OK, _TOO_MANY, _TOO_BIG, _FAILING = 204, 200, 429, 413, 500
_LIMIT = "x-rate-limit-"
_MINUTE = 60.0


class _Words(msgspec.Struct):
    message: str | None = None
    title: str | None = None


class _Envelope(msgspec.Struct):
    code: int | None = None
    title: str | None = None
    meta: _Words | None = None


class Quota:
    """What the store's rate headers said last: its figures alone tell when to wait.

    All apps of a store share the quota, so `left` falls without us; a share of it is left to the others.
    """

    def __init__(self, clock: Clock, spare_share: float) -> None:
        """Take the time, and the share of the quota that is left to other apps."""
        self._clock = clock
        self._spare = spare_share
        self._left: int | None = None
        self._quota = 0
        self._resets_at = 0.0
        self.shown: dict[str, str] = {}

    def note(self, reply: Reply) -> None:
        """Take the figures of an answer; an answer without them says nothing new."""
        found = {name: value for name, value in reply.headers.items() if name.startswith(_LIMIT)}
        left, reset = (_whole(found.get(_LIMIT + name)) for name in ("requests-left", "time-reset-ms"))
        if left is None or reset is None:
            return
        self._left = left
        self._quota = _whole(found.get(_LIMIT + "requests-quota")) or 0
        self._resets_at = self._clock.monotonic() + reset / 1000
        self.shown.update(found)

    def wait(self) -> float:
        """Tell how many seconds to wait before the next call."""
        if self._left is None or self._left > self._quota * self._spare:
            return 0.0
        return max(0.0, self._resets_at - self._clock.monotonic())


class Tempo:
    """Keeps to a number of calls a minute, for a host that does not tell how many are left."""

    def __init__(self, clock: Clock, calls_a_minute: int) -> None:
        """Take the time, and how many calls a minute may have."""
        self._clock = clock
        self._most = max(1, calls_a_minute)
        self._sent: deque[float] = deque(maxlen=self._most)

    def wait(self) -> float:
        """Tell how many seconds to wait before the next call, and count it."""
        now = self._clock.monotonic()
        seconds = 0.0
        if len(self._sent) == self._most:
            seconds = max(0.0, self._sent[0] + _MINUTE - now)
        self._sent.append(now + seconds)
        return seconds


class StoreJudge:
    """Judges the answers of v2 and v3, and notes their rate headers."""

    def __init__(self, quota: Quota) -> None:
        """Take where the figures are kept."""
        self._quota = quota

    def __call__(self, reply: Reply, now: datetime) -> Again | UnpostedError | None:
        """Say what an answer means."""
        self._quota.note(reply)
        if reply.status == _TOO_MANY:
            reset = _whole(reply.headers.get(_LIMIT + "time-reset-ms"))
            seconds = None if reset is None else max(1, reset) / 1000
            return Again("all calls that the store allows are used up", seconds, is_asked=True)
        return _too_big(reply) or _cut(reply) or judged(reply, now, _store_words)


def b2b_judged(reply: Reply, now: datetime) -> Again | UnpostedError | None:
    """Judge an answer of B2B Edition, whose body may tell of an error under a status that is fine.

    A missing or wrong X-Store-Hash gives failures of the server, no 401.
    """
    if reply.status == _TOO_MANY:
        return Again("B2B Edition allows no more calls this minute", is_asked=True)
    refused = _too_big(reply) or _cut(reply)
    if refused is None and reply.status == _OK and not reply.is_html:
        code = _envelope(reply).code
        if code is not None and code >= 400:
            reply = Reply(code, reply.headers, reply.body)
    return refused or judged(reply, now, _b2b_words)


def _cut(reply: Reply) -> Again | None:
    """A list without rows is a 204; a 200 without a body is half an answer, and no end of a list."""
    is_cut = reply.status != _NO_CONTENT and reply.status < 300 and not reply.body.strip()
    return Again("its answer is cut") if is_cut else None


def _too_big(reply: Reply) -> SourceRefused | None:
    if reply.status != _TOO_BIG:
        return None
    return SourceRefused(
        "request-refused",
        "the page asked for is too big (413).",
        "Set a smaller page_size in this source's connect settings.",
    )


def _store_words(reply: Reply) -> str | None:
    for shape in (list[_Words], _Words):
        try:
            found = msgspec.json.decode(reply.body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        first = found[0] if isinstance(found, list) and found else found
        if isinstance(first, _Words):
            return first.message or first.title
    return None


def _b2b_words(reply: Reply) -> str | None:
    found = _envelope(reply)
    return (found.meta.message if found.meta else None) or found.title


def _envelope(reply: Reply) -> _Envelope:
    try:
        return msgspec.json.decode(reply.body, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Envelope()


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.strip().isdecimal() else None
