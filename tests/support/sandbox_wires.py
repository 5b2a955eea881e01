"""The two ways to a service of the sandbox: over a socket, and within one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

import httpx2

from unposted.sandbox.server import SandboxServer
from unposted.sandbox.transport import InProcess
from unposted.sandbox.wire import Service, SteppedClock

__all__ = ["START", "WAYS", "Reached", "Way", "reached"]

Way: TypeAlias = Literal["socket", "in-process"]
WAYS: tuple[Way, ...] = ("socket", "in-process")
START = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)


class Reached(NamedTuple):
    """A client, and the address of the service that it reaches."""

    client: httpx2.Client
    address: str


@contextmanager
def reached(service: Service, way: Way, clock: SteppedClock, silence: float = 20.0) -> Iterator[Reached]:
    """Reach a service; `silence` is how many seconds without a byte the client bears."""
    if way == "in-process":
        transport = InProcess({"http://sandbox/shop": service}, clock)
        with httpx2.Client(transport=transport, timeout=silence) as client:
            yield Reached(client, "http://sandbox/shop")
        return
    with (
        SandboxServer({"/shop": service}, clock.now) as server,
        httpx2.Client(timeout=silence, trust_env=False) as client,
    ):
        yield Reached(client, f"{server.address}/shop")
        assert not server.failures
