"""The cookie that carries a session."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from unposted.web.desk import Desk

if TYPE_CHECKING:
    from starlette.responses import Response

__all__ = ["safe_next", "session_cookie", "set_session", "unset_session"]


def session_cookie(desk: Desk) -> str:
    """Return the cookie's name; browsers share cookies between the ports of a computer, so each store has its own."""
    return _named(desk.key, desk.settings.is_secure)


@cache
def _named(key: bytes, is_secure: bool) -> str:
    return f"{'__Host-' if is_secure else ''}unposted-{sha256(key).hexdigest()[:8]}"


def set_session(desk: Desk, response: Response, token: str) -> None:
    """Give a browser the secret of its session: not for scripts, not for other sites."""
    response.set_cookie(
        session_cookie(desk), token, max_age=30 * 86_400, path="/", httponly=True, samesite="lax",
        secure=desk.settings.is_secure,
    )  # fmt: skip


def unset_session(desk: Desk, response: Response) -> None:
    """Take the secret back."""
    response.delete_cookie(
        session_cookie(desk), path="/", httponly=True, samesite="lax", secure=desk.settings.is_secure
    )


def safe_next(target: str) -> str:
    """Return where to go after signing in: a path of ours, never another site."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if is_ours and not any(ord(sign) < 33 or ord(sign) == 127 for sign in target) else "/"
