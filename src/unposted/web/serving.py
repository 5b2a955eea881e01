"""Serves a desk until somebody stops it: uvicorn in front, the refresher behind, and an end without loss."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from unposted.errors import UsageError
from unposted.web.app import make_app
from unposted.web.desk import Desk
from unposted.web.refreshing import Refresher

__all__ = ["listening", "serve"]

if TYPE_CHECKING:
    from collections.abc import Sequence


def listening(host: str, port: int) -> socket.socket:
    """Listen on an address; raises UsageError when it cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on: 40 ms
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise UsageError(
            "port-taken",
            f"Port {port} of {host} cannot be listened on: {(error.strerror or 'it is taken').lower()}.",
            "Choose another one with --port, or --port 0 for any that is free.",
        ) from None
    return listener


def serve(desk: Desk, listener: socket.socket, refresher: Refresher, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or a signal to end; requests that are being answered are answered, a sync stops at a page."""
    config = uvicorn.Config(
        make_app(desk), log_config=None, access_log=False, server_header=False, date_header=True,
        timeout_graceful_shutdown=10, lifespan="off", proxy_headers=False,
    )  # fmt: skip
    server = _Server(config, ready, desk.stopping.stop)
    refresher.start()
    try:
        server.run(sockets=[listener])
    finally:
        refresher.stop()


class _Server(uvicorn.Server):
    """Tells when it listens, and tells the desk when it is asked to stop: listeners to what goes on are let go then."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stop = stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stop()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: Sequence[socket.socket] | None = None) -> None:
        await super().startup(sockets=list(sockets or ()))
        self._ready()
