"""Lets a client call a service inside one process: no socket, and time passes only on the clock that both share."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote

import httpx2

from unposted.sandbox.wire import Answer, Call, Service, SteppedClock

__all__ = ["InProcess"]

_DRIP = 16


class InProcess(httpx2.BaseTransport):
    """A transport that hands each request to the service mounted at the longest matching address.

    `mounts` maps the address of a service (`http://sandbox/shopify`) to it.
    """

    def __init__(self, mounts: dict[str, Service], clock: SteppedClock) -> None:
        """Take the services by address, and the clock that waits pass on."""
        self._mounts = dict(sorted(mounts.items(), key=lambda pair: -len(pair[0])))
        self._clock = clock

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request, or fail as its harm says."""
        address = str(request.url).partition("?")[0]
        mount = next((base for base in self._mounts if address == base or address.startswith(f"{base}/")), None)
        if mount is None:
            raise httpx2.ConnectError(f"nothing listens at {request.url.host}", request=request)
        raw_query = request.url.query.decode("ascii")
        answer = self._mounts[mount](
            Call(
                request.method,
                unquote(address[len(mount) :]) or "/",
                tuple(parse_qsl(raw_query, keep_blank_values=True)),
                {name.lower(): value for name, value in request.headers.items()},
                request.read(),
                raw_query,
            )
        )
        return self._delivered(answer, request)

    def _delivered(self, answer: Answer, request: httpx2.Request) -> httpx2.Response:
        harm = answer.harm
        timeout = float((request.extensions.get("timeout") or {}).get("read") or 1e9)
        if harm is not None and harm.kind == "refuse":
            raise httpx2.ConnectError("refused", request=request)
        if harm is not None and harm.kind == "stall":
            self._clock.sleep(min(harm.seconds, timeout))
            if harm.seconds >= timeout:
                raise httpx2.ReadTimeout("stalled", request=request)
        headers = [("Date", f"{self._clock.now():%a, %d %b %Y %H:%M:%S GMT}"), *answer.headers]
        return httpx2.Response(answer.status, headers=headers, stream=_Body(answer, self._clock), request=request)


class _Body(httpx2.SyncByteStream):
    """A body that comes whole, breaks off, or drips."""

    def __init__(self, answer: Answer, clock: SteppedClock) -> None:
        self._answer = answer
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        body, harm = self._answer.body, self._answer.harm
        if harm is None or harm.kind == "stall":
            yield body
            return
        if harm.kind == "drip":
            for place in range(0, len(body), max(1, len(body) // _DRIP)):
                self._clock.sleep(harm.seconds / _DRIP)
                yield body[place : place + max(1, len(body) // _DRIP)]
            return
        yield body[: harm.after]
        if harm.kind == "reset":
            raise httpx2.ReadError("connection reset")
