"""Serves the sandbox's services over HTTP/1.1 on this computer's loopback address, and nowhere else.

Harm is done on the socket itself. A connection that was accepted cannot be refused any more: `refuse` breaks it before
a byte of the answer.
"""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from unposted.sandbox.wire import Answer, Call, Now, Service, json_answer

__all__ = ["LOOPBACK", "SandboxServer"]

LOOPBACK = "127.0.0.1"
_DRIP = 16
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: on, no seconds: closing resets the connection
_LONGEST_BODY = 16 * 1024 * 1024


class SandboxServer:
    """One server for all services, each under its prefix (`/shopify`).

    Use it as a context manager; each connection has a thread of its own. `failures` holds what a service raised: to
    the client it is a plain 500.
    """

    def __init__(self, mounts: Mapping[str, Service], now: Now, port: int = 0) -> None:
        """Take the services by prefix, the time that answers show, and the port (0: any that is free)."""
        self.failures: list[Exception] = []
        self.stopping = Event()
        self._mounts = dict(sorted(mounts.items(), key=lambda pair: -len(pair[0])))
        self._now = now
        self._lock = Lock()
        self._connections: set[socket.socket] = set()
        self._http = _Http((LOOPBACK, port), _Handler, self)
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._http.server_address[1])

    @property
    def address(self) -> str:
        """Where the services are: prefixes are put behind it."""
        return f"http://{LOOPBACK}:{self.port}"

    def mount(self, prefix: str, service: Service) -> None:
        """Add a service, or put another in its place."""
        with self._lock:
            self._mounts = dict(sorted((self._mounts | {prefix: service}).items(), key=lambda pair: -len(pair[0])))

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving: answers that stall end at once, connections are closed."""
        self.stopping.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.server_close()
        with self._lock:
            left, self._connections = self._connections, set()
        for connection in left:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Find the service of an address and ask it."""
        address, _, raw_query = target.partition("?")
        for prefix, service in self._mounts.items():
            if address == prefix or address.startswith(f"{prefix}/"):
                query = tuple(parse_qsl(raw_query, keep_blank_values=True))
                path = unquote(address[len(prefix) :]) or "/"
                try:
                    return service(Call(method, path, query, headers, body, raw_query))
                except Exception as error:  # noqa: BLE001 - a fault of the sandbox is told to whoever looks, not printed
                    self.failures.append(error)
                    return json_answer({"error": f"the sandbox itself failed: {type(error).__name__}"}, 500)
        return json_answer({"error": "nothing is mounted here", "mounted": sorted(self._mounts)}, 404)

    def date(self) -> str:
        """Write the time as a Date header has it."""
        return f"{self._now():%a, %d %b %Y %H:%M:%S GMT}"

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, to close it in the end."""
        with self._lock:
            self._connections.add(connection)

    def ended(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._connections.discard(connection)


class _Http(ThreadingHTTPServer):
    """The listening socket."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[_Handler], sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for our own name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the library passes them
        """Keep what the server itself did wrong; a client that goes away is nothing to tell."""
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.sandbox.failures.append(error)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; one that was reset is closed already."""
        self.sandbox.ended(request)
        super().shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    """Reads calls off one connection and writes their answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http

    def setup(self) -> None:
        """Take the connection."""
        super().setup()
        self.server.sandbox.opened(self.connection)

    def answer(self) -> None:
        """Answer one call."""
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._deliver(self.server.sandbox.answer(self.command, self.path, headers, body))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Print nothing."""

    def _body(self) -> bytes | None:
        length = self.headers.get("content-length") or "0"
        if "chunked" in self.headers.get("transfer-encoding", "").lower() or not length.isdigit():
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return None
        if int(length) > _LONGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        return self.rfile.read(int(length)) if length != "0" else b""

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(self._head(Answer(status)))

    def _deliver(self, answer: Answer) -> None:
        harm = answer.harm
        if harm is None:
            self._whole(answer)
        elif harm.kind == "refuse":
            self._reset()
        elif harm.kind == "stall":
            self._wait(harm.seconds)
            self._whole(answer)
        elif harm.kind == "drip":
            self._drip(answer, harm.seconds)
        else:
            self._send(self._head(answer), answer.body[: harm.after])
            self.close_connection = True
            if harm.kind == "reset":
                self._reset()

    def _whole(self, answer: Answer) -> None:
        head = self._head(answer)
        if self.command == "HEAD":
            self._send(head)
        else:
            self._send(head, answer.body)

    def _drip(self, answer: Answer, seconds: float) -> None:
        self._send(self._head(answer))
        for piece in _pieces(answer.body):
            if self._wait(seconds / _DRIP):
                self.close_connection = True
                return
            self._send(piece)

    def _wait(self, seconds: float) -> bool:
        """Wait, but no longer than the server runs; tell whether it stops."""
        return self.server.sandbox.stopping.wait(seconds)

    def _head(self, answer: Answer) -> bytes:
        status = answer.status
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
        lines = [f"HTTP/1.1 {status} {phrase}", f"Date: {self.server.sandbox.date()}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        if status not in {204, 304} and not any(name.lower() == "content-length" for name, _ in answer.headers):
            lines.append(f"Content-Length: {len(answer.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _send(self, *parts: bytes) -> None:
        """Send, small parts as one packet; a client that has gone ends the connection."""
        try:
            if sum(map(len, parts)) < 65_536:
                self.connection.sendall(b"".join(parts))
                return
            for part in parts:
                self.connection.sendall(part)
        except OSError:
            self.close_connection = True

    def _reset(self) -> None:
        """Break the connection: the client sees a reset, not an end."""
        self.close_connection = True
        self.rfile.close()
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.connection.close()


def _pieces(body: bytes) -> Iterator[bytes]:
    size = max(1, len(body) // _DRIP)
    return (body[place : place + size] for place in range(0, len(body), size))
