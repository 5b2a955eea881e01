"""What stands before every route: which hosts we answer to, where a change may come from, and what headers go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "Guard", "is_same_origin"]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self';"
    " manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""What every answer carries. The policy allows no inline script or style, and nothing from elsewhere."""


class Guard:
    """Refuses calls under a strange name, and changes that another site asks for; puts the headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], *, is_secure: bool, hooks: str = "/hooks/") -> None:
        """Take what it guards. Under `hooks` other machines call; they sign what they say instead."""
        self._app = app
        self._hosts = hosts
        self._is_secure = is_secure
        self._hooks = hooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                held = {name.lower() for name, _ in message["headers"]}
                more = dict(HEADERS)
                if self._is_secure:
                    more["strict-transport-security"] = "max-age=31536000"
                if not scope["path"].startswith("/static/"):
                    more["cache-control"] = "no-store"
                message["headers"] = [
                    *message["headers"],
                    *[(name.encode(), value.encode()) for name, value in more.items() if name.encode() not in held],
                ]
            await send(message)

        refusal = self._refusal(scope["method"], scope["path"], headers)
        if refusal is None:
            await self._app(scope, receive, send_with_headers)
        else:
            await _refuse(send_with_headers, *refusal)

    def _refusal(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            return 421, "This server does not answer to that name."
        if method in _SAFE or path.startswith(self._hooks) or "authorization" in headers:
            return None
        if not is_same_origin(headers, host):
            return 403, "This change was asked for by another site, so nothing was changed."
        return None


def is_same_origin(headers: Mapping[str, str], host: str) -> bool:
    """Tell whether a page of ours asks: by Sec-Fetch-Site where the browser says it, else by Origin; else not.

    Source: the Fetch Metadata request headers (W3C) and the Origin header (RFC 6454).
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == host


def _name_of(host: str) -> str:
    """Return a host without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


async def _refuse(send: Send, status: int, words: str) -> None:
    body = words.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
