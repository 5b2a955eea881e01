"""A caller and the system that it calls, within one process: answers from a script, waits written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TypeAlias

import httpx2

from unposted.connectors.http import Answered, Ask, Caller, Judge, Patience, Signer
from unposted.errors import UnpostedError
from unposted.sandbox.transport import InProcess
from unposted.sandbox.wire import Answer, Call, SteppedClock, json_answer

__all__ = ["BASE", "NOW", "Called", "Script", "fine"]

BASE = "http://sandbox/shop"
NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)

Script: TypeAlias = Sequence[Answer | Exception] | Callable[[Call], Answer]
"""What the system answers, one after the other and the last one for ever, or by a function."""


def fine() -> Answer:
    """Answer with an empty object."""
    return json_answer({})


@dataclass
class Called:
    """A system that answers by a script, and a caller of it."""

    script: Script = field(default_factory=lambda: [fine()])
    signer: Signer | None = None
    judge: Judge | None = None
    patience: Patience = field(default_factory=Patience)
    seed: int = 1
    base: str = BASE

    def __post_init__(self) -> None:
        self.clock = SteppedClock(NOW)
        self.waits: list[tuple[float, str]] = []
        self.calls: list[Call] = []
        self.sent: list[bytes] = []
        self.caller = Caller(
            "shop", self.base, self.signer, judge=self.judge, clock=self.clock, patience=self.patience,
            transport=_Watched(self), tell_wait=lambda seconds, why: self.waits.append((seconds, why)),
            rng=Random(self.seed),
        )  # fmt: skip

    def ask(
        self, address: str = "orders", decode: Callable[[bytes], object] = bytes, ask: Ask | None = None
    ) -> Answered[object]:
        """Send a call."""
        return self.caller.ask(ask or Ask("GET", address), decode)

    def failure(self, ask: Ask | None = None, decode: Callable[[bytes], object] = bytes) -> UnpostedError:
        """Send a call that must fail, and return the error."""
        try:
            self.ask(decode=decode, ask=ask)
        except UnpostedError as error:
            return error
        raise AssertionError("the call was answered")

    @property
    def seconds(self) -> list[float]:
        """How long each wait was."""
        return [seconds for seconds, _ in self.waits]

    def shown(self, error: UnpostedError) -> str:
        """Everything that a person may read of a failed call."""
        cause, told = error, [f"{error!r} {error.message} {error.next_step} {error.args}"]
        while cause := cause.__cause__:  # type: ignore[assignment]
            told.append(repr(cause))
        return " ".join([*told, *[why for _, why in self.waits]])

    def answer(self, call: Call) -> Answer:
        """Answer as the script says."""
        self.calls.append(call)
        if callable(self.script):
            return self.script(call)
        found = self.script[min(len(self.calls), len(self.script)) - 1]
        if isinstance(found, Exception):
            raise found
        return found


class _Watched(httpx2.BaseTransport):
    """Writes down each request's target as it is sent."""

    def __init__(self, called: Called) -> None:
        self._called = called
        self._inner = InProcess({called.base: called.answer}, called.clock)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._called.sent.append(request.url.raw_path)
        return self._inner.handle_request(request)
