"""What an answer is, and what it means: fine, try again, or an error in the user's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from unposted.connectors.impersonal import impersonal
from unposted.errors import SignIn, SourceRefused, UnpostedError

__all__ = ["Again", "Judge", "Reply", "judged", "retry_after"]

_FINE_BELOW, _UNAUTHORIZED, _FORBIDDEN, _TOO_MANY, _FAILING = 300, 401, 403, 429, 500
_TRY_LATER = frozenset({408, 425, 429, 430, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_SHOWN = 300
_SECONDS = re.compile(r"\d{1,12}(?:\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: status, headers (lower-case names) and the whole body. Printed it shows its status only."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_html(self) -> bool:
        """Tell a page for people, as proxies send, from an answer of the API."""
        return "text/html" in self.headers.get("content-type", "") or self.body[:15].lstrip()[:1] == b"<"


@dataclass(frozen=True, slots=True)
class Again:
    """The verdict that a call should be sent again: after `seconds`, or (None) ever later.

    `is_asked` tells that the server asked for patience; such waits do not use up the tries for failures.
    `is_failing` tells that the server answered, but with a failure of its own: one record may be the reason.
    """

    why: str
    seconds: float | None = None
    is_asked: bool = False
    is_failing: bool = False


Judge: TypeAlias = Callable[[Reply, datetime], Again | UnpostedError | None]
"""Says what a reply means at an instant: None is fine, `Again` is try again, an error ends the call."""


def judged(
    reply: Reply, now: datetime, explain: Callable[[Reply], str | None] | None = None
) -> Again | UnpostedError | None:
    """Judge a reply by its status alone; `explain` finds the system's own words in an error's body."""
    if reply.status < _FINE_BELOW:
        return Again("its answer is a page for people, not data") if reply.is_html else None
    words = impersonal((explain(reply) if explain else None) or "")
    said = f": {words[:_SHOWN]}" if words else ""
    if reply.status in _TRY_LATER:
        failing = reply.status >= _FAILING and not reply.is_html
        return Again(f"it answers {reply.status}{said}", retry_after(reply, now), reply.status == _TOO_MANY, failing)
    if reply.status == _UNAUTHORIZED:
        return SignIn(
            "sign-in-refused",
            f"the credentials are refused (401){said}.",
            "Set fresh credentials for this source, then run `unposted connector test` with its name.",
        )
    if reply.status == _FORBIDDEN:
        return SourceRefused(
            "not-allowed",
            f"the credentials may not read this (403){said}.",
            "Grant the permissions that docs/connectors lists for this system.",
        )
    return SourceRefused(
        "request-refused",
        f"the request is refused ({reply.status}){said}.",
        "Check the url and the names in this source's connect settings.",
    )


def retry_after(reply: Reply, now: datetime) -> float | None:
    """Read Retry-After, seconds or a date, as seconds from now; None when it is not there or cannot be read."""
    text = reply.headers.get("retry-after", "").strip()
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
