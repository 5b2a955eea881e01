"""What an answer of Finance & Operations means: its error envelope, its throttling, its missing roles.

The useful words stand in `error.innererror.message`. Throttling is by load, never by a number of calls; without
Retry-After the documentation's own 30 seconds are waited (a setting). Source: Microsoft, priority-based throttling.
"""

from __future__ import annotations

import re
from datetime import datetime

from unposted.connectors.odata import odata_words
from unposted.connectors.replies import Again, Judge, Reply, judged, retry_after
from unposted.errors import SignIn, SourceRefused, UnpostedError

__all__ = ["finance_operations_judge"]

_VIEW = re.compile(r"not authorized to \w+ (?:view|table|entity) (\w+)", re.IGNORECASE)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY = 401, 403, 404, 429
_SHOWN = 200


def finance_operations_judge(pause_seconds: float) -> Judge:
    """Make the judge; `pause_seconds` is the wait after a throttled answer that names none."""

    def judge(reply: Reply, now: datetime) -> Again | UnpostedError | None:
        if reply.status == _TOO_MANY:
            asked = retry_after(reply, now)
            why = "Finance & Operations is under load and asks to wait (429)"
            return Again(why, pause_seconds if asked is None else asked, is_asked=True)
        if reply.status == _UNAUTHORIZED:
            return _not_known()
        if reply.status == _FORBIDDEN:
            return _no_role(odata_words(reply) or "")
        if reply.status == _NOT_FOUND:
            return _no_set(odata_words(reply) or "")
        return judged(reply, now, odata_words)

    return judge


def _not_known() -> SignIn:
    return SignIn(
        "sign-in-refused",
        "Finance & Operations refuses the application (401).",
        "Map its client id to a user under System administration > Setup > Microsoft Entra applications, and check "
        "that url is the environment that the application may sign in to.",
    )


def _no_role(words: str) -> SourceRefused:
    """A user without a role reads `$metadata` and is refused every row: name what its role lacks."""
    found = _VIEW.search(words)
    what = f"the data entity {found.group(1)}" if found else "this data entity"
    return SourceRefused(
        "not-allowed",
        f"no security role of the application's user allows reading {what} (403).",
        "Give that user a security role with read access to it (System administration > Users), as "
        "docs/connectors/finance_operations.md lists.",
    )


def _no_set(words: str) -> SourceRefused:
    said = f": {words[:_SHOWN]}" if words else ""
    return SourceRefused(
        "request-refused",
        f"what is asked for is not there (404){said}.",
        "Check the url and the names of entity sets in this source's connect settings; builds differ in them.",
    )
