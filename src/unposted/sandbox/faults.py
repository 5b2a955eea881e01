"""What goes wrong on the way, on purpose: fourteen faults of networks and servers, on the calls that a plan names.

A busy server (503) says how long in either of HTTP's two ways, so that the names are fifteen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from threading import Lock
from typing import Literal, TypeAlias, get_args

import msgspec

from unposted.sandbox.rearranging import reordered
from unposted.sandbox.refusals import Refusals
from unposted.sandbox.wire import Answer, Call, Harm, Now, Service, html_answer, json_answer

__all__ = ["FAULTS", "FaultName", "Faults", "FaultyService", "Plan", "every", "nth", "seldom"]

FaultName: TypeAlias = Literal[
    "refused",
    "reset",
    "stall",
    "drip",
    "500",
    "502-html",
    "503-seconds",
    "503-date",
    "429-burst",
    "429-daily",
    "401",
    "truncated",
    "duplicate-page",
    "reordered-page",
    "clock-step",
]
FAULTS: tuple[FaultName, ...] = get_args(FaultName)

Plan: TypeAlias = Callable[[int], FaultName | None]
"""Says which fault a call gets; calls are counted from 1."""

_STEP = 7200.0
_PATIENCE, _SOON = 3, 5
_FAILURE = {"error": {"code": "InternalServerError", "message": "Something went wrong."}}


def nth(fault: FaultName, number: int, calls: int = 1) -> Plan:
    """Spoil one call, or `calls` of them in a row."""
    return lambda call: fault if number <= call < number + calls else None


def every(faults: Mapping[FaultName, int]) -> Plan:
    """Spoil every so many calls, each fault with its own number; where two meet, the rarer one."""
    rarest = sorted(faults.items(), key=lambda pair: -pair[1])
    return lambda call: next((fault for fault, count in rarest if call % count == 0), None)


def seldom(probabilities: Mapping[FaultName, float], seed: int) -> Plan:
    """Spoil calls at random: the same ones for the same seed, in whatever order they are asked about."""

    def plan(call: int) -> FaultName | None:
        drawn = Random(f"{seed} {call}").random()  # noqa: S311 - a story, no secret
        for fault, probability in probabilities.items():
            drawn -= probability
            if drawn < 0:
                return fault
        return None

    return plan


class Faults:
    """Counts the calls of all services that share it and hands out the faults of a plan.

    `step` sets the services' wall clock forward or back by seconds. `done` counts the faults that happened: one that
    a call has no place for (a page before the first one, a page of one row) does not happen.
    """

    def __init__(
        self,
        plan: Plan,
        step: Callable[[float], None] | None = None,
        *,
        stall: float = 30.0,
        drip: float = 150.0,
    ) -> None:
        """Take the plan, the clock's hand, and how many seconds a stall and a dripping answer take."""
        self.plan = plan
        self.step = step
        self.stall = stall
        self.drip = drip
        self.calls = 0
        self.done: Counter[FaultName] = Counter()
        self._lock = Lock()

    def take(self) -> tuple[int, FaultName | None]:
        """Count a call and tell its number and its fault."""
        with self._lock:
            self.calls += 1
            return self.calls, self.plan(self.calls)

    def happened(self, fault: FaultName) -> int:
        """Count a fault and tell how often it has happened."""
        with self._lock:
            self.done[fault] += 1
            return self.done[fault]


class FaultyService:
    """A service whose answers suffer; see `wire.Service`.

    How a platform throttles and refuses is said by the service itself, if it has `throttled()`, `throttled_daily()` or
    `unauthorized()`, else by `refusals`, else in HTTP's common way.
    """

    def __init__(self, service: Service, faults: Faults, now: Now, refusals: Refusals | None = None) -> None:
        """Take the service, the faults, the time that a date in an answer counts from, and the platform's refusals."""
        self._refusals = refusals or Refusals()
        self._service = service
        self._faults = faults
        self._now = now
        self._last: dict[tuple[str, str, str], Answer] = {}

    def __call__(self, call: Call) -> Answer:
        """Answer a call as the service does, or spoilt."""
        number, fault = self._faults.take()
        spoilt = self._instead(fault) if fault else None
        if spoilt is not None and fault is not None:
            self._faults.happened(fault)
            return spoilt
        if fault == "clock-step" and self._faults.step is not None:
            forward = self._faults.happened(fault) % 2 == 1
            self._faults.step(_STEP if forward else -_STEP)
        key = _question(call)
        earlier, answer = self._last.get(key), self._service(call)
        if answer.status == 200:
            self._last[key] = answer
        return self._spoilt(fault, answer, earlier, number) if fault else answer

    def _instead(self, fault: FaultName) -> Answer | None:
        """Give the answer that stands in place of the service's, which never sees the call."""
        makers: dict[FaultName, Callable[[], Answer]] = {
            "refused": lambda: Answer(503, harm=Harm("refuse")),
            "500": lambda: json_answer(_FAILURE, 500),
            "502-html": lambda: html_answer(502, "502 Bad Gateway"),
            "503-seconds": lambda: _busy(str(_PATIENCE)),
            "503-date": lambda: _busy(f"{self._now() + timedelta(seconds=_SOON):%a, %d %b %Y %H:%M:%S GMT}"),
            "429-burst": lambda: self._own("throttled") or self._refusals.throttled or _throttled(_PATIENCE),
            "429-daily": lambda: self._own("throttled_daily") or _throttled(_until_midnight(self._now())),
            "401": lambda: self._own("unauthorized") or self._refusals.unauthorized or _unauthorized(),
        }
        return makers[fault]() if fault in makers else None

    def _own(self, name: str) -> Answer | None:
        said = getattr(self._service, name, None)
        answer = said() if callable(said) else None
        return answer if isinstance(answer, Answer) else None

    def _spoilt(self, fault: FaultName, answer: Answer, earlier: Answer | None, number: int) -> Answer:
        spoilt = self._harmed(fault, answer) or _changed(fault, answer, earlier, number)
        if spoilt is None:
            return answer
        self._faults.happened(fault)
        return spoilt

    def _harmed(self, fault: FaultName, answer: Answer) -> Answer | None:
        match fault:
            case "reset":
                return answer._replace(harm=Harm("reset", after=len(answer.body) // 2)) if answer.body else None
            case "stall":
                return answer._replace(harm=Harm("stall", seconds=self._faults.stall))
            case "drip":
                return answer._replace(harm=Harm("drip", seconds=self._faults.drip)) if answer.body else None
        return None


def _changed(fault: FaultName, answer: Answer, earlier: Answer | None, number: int) -> Answer | None:
    """Change what an answer says; None where it has nothing to change."""
    if answer.status != 200:
        return None
    match fault:
        case "truncated":
            return answer._replace(body=answer.body[: len(answer.body) * 2 // 3]) if answer.body else None
        case "duplicate-page":
            return earlier if earlier is not None and earlier.body != answer.body else None
        case "reordered-page":
            body = reordered(answer.body, Random(number))  # noqa: S311 - a story, no secret
            return answer._replace(body=body) if body is not None else None
    return None


def _question(call: Call) -> tuple[str, str, str]:
    """Tell calls for pages of one list from others: by path, and for GraphQL by the query without its variables."""
    asked = ""
    if call.body and "json" in call.headers.get("content-type", ""):
        try:
            query = msgspec.json.decode(call.body, type=dict[str, msgspec.Raw]).get("query")
            asked = bytes(query).decode() if query is not None else ""
        except msgspec.MsgspecError:
            asked = ""
    return call.method, call.path, asked


def _busy(patience: str) -> Answer:
    return html_answer(503, "Down for maintenance").with_headers((("Retry-After", patience),))


def _throttled(seconds: int) -> Answer:
    return json_answer(
        {"error": {"code": "TooManyRequests", "message": "Rate limit is exceeded."}},
        429,
        (("Retry-After", str(seconds)),),
    )


def _unauthorized() -> Answer:
    return json_answer(
        {"error": {"code": "Unauthorized", "message": "The credentials are not valid."}},
        401,
        (("WWW-Authenticate", "Bearer"),),
    )


def _until_midnight(now: datetime) -> int:
    """Count the seconds to the next day that is more than an hour away: longer than a run waits."""
    midnight = (now + timedelta(hours=25)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - now).total_seconds())
