"""The emulated environment's protection: requests and time within five minutes, and what a busy server says.

Source: Power Apps developer guide, service protection API limits.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from math import ceil
from typing import Literal, TypeAlias

from unposted.sandbox.wire import Answer, Now, json_answer

__all__ = ["Limits", "Throttle", "refusal"]

Throttle: TypeAlias = Literal["requests", "time", "concurrency"]
_WINDOW = timedelta(seconds=300)
_TOO_LONG = (
    "Combined execution time of incoming requests exceeded limit of {:,.0f}  milliseconds over time window of 300 "
    "seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."
)
_HEADERS = ("x-ms-ratelimit-burst-remaining-xrm-requests", "x-ms-ratelimit-time-remaining-xrm-requests")


def refusal(status: int, code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with Dataverse's error body."""
    kind = ("Content-Type", "application/json; odata.metadata=minimal")
    return json_answer({"error": {"code": code, "message": message}}, status, (kind, *headers))


class Limits:
    """Counts the calls of the last five minutes; a client that keeps calling while it is refused waits longer."""

    def __init__(self, now: Now, most_requests: int, most_seconds: float, call_seconds: float) -> None:
        """Take the time, the limits, and how long the server works on a call."""
        self._now = now
        self._most_requests = most_requests
        self._most_seconds = most_seconds
        self._call_seconds = call_seconds
        self._calls: deque[datetime] = deque()
        self._forced: deque[tuple[Throttle, float | None]] = deque()
        self._refused = 0

    def force(self, throttle: Throttle, seconds: float | None, times: int = 1) -> None:
        """Refuse the next calls for a reason; `seconds` None leaves Retry-After out."""
        self._forced.extend([(throttle, seconds)] * times)

    def take(self) -> Answer | None:
        """Count a call, or refuse it."""
        if self._forced:
            return self._refusal(*self._forced.popleft())
        now = self._now()
        while self._calls and now - self._calls[0] >= _WINDOW:
            self._calls.popleft()
        wait = ceil((self._calls[0] + _WINDOW - now).total_seconds()) if self._calls else 0
        if len(self._calls) >= self._most_requests:
            return self._refusal("requests", self._longer(wait))
        if (len(self._calls) + 1) * self._call_seconds > self._most_seconds:
            return self._refusal("time", self._longer(wait))
        self._calls.append(now)
        self._refused = 0
        return None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Tell what is left."""
        left = self._most_seconds - len(self._calls) * self._call_seconds
        return tuple(zip(_HEADERS, (str(self._most_requests - len(self._calls)), f"{left:.2f}"), strict=True))

    def _longer(self, wait: int) -> float:
        self._refused += 1
        return wait + 5.0 * (self._refused - 1)

    def _refusal(self, throttle: Throttle, seconds: float | None) -> Answer:
        code, message = {
            "requests": (
                "0x80072322",
                f"Number of requests exceeded the limit of {self._most_requests} over time window of 300 seconds.",
            ),
            "time": (
                "0x80072321",
                _TOO_LONG.format(self._most_seconds * 1000),
            ),
            "concurrency": ("0x80072326", "Number of concurrent requests exceeded the limit of 52."),
        }[throttle]
        asked = () if seconds is None else (("Retry-After", f"{seconds:.0f}"),)
        return refusal(429, code, message, asked)
