"""Tokens for programs: kept as hashes, with a scope and an end; they may what their person may, at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from unposted.errors import UsageError
from unposted.web.shelf import Shelf, plain, utc
from unposted.web.tokens import hash_of, new_id, new_token

__all__ = ["SCOPES", "ApiToken", "end_token", "find_token", "list_tokens", "make_token"]

SCOPES = {
    "read": "Read the API.",
    "write": "Read the API, and change owners, states and notes.",
    "feed": "Read the feeds for Excel and Power BI, and nothing else.",
}
_LONGEST = 730


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as it is shown: without its secret."""

    token_id: str
    person_id: str
    name: str
    scope: str
    created_at: datetime
    good_until: datetime


def make_token(shelf: Shelf, person_id: str, name: str, scope: str, days: int, now: datetime) -> str:
    """Make a token and return its secret, which is shown once; raises UsageError in the user's words."""
    shown = " ".join(name.split())[:80]
    if not shown:
        raise UsageError("token-name", "A token needs a name.", "Say what it is for: Power BI, month end.")
    if scope not in SCOPES:
        raise UsageError("token-scope", f"There is no scope {scope[:40]!r}.", f"There are: {', '.join(SCOPES)}.")
    if not 1 <= days <= _LONGEST:
        raise UsageError("token-days", "A token is good for 1 to 730 days.", "90 days are a good habit.")
    secret = new_token("unposted_")
    with shelf.writing() as cursor:
        cursor.execute(
            "INSERT INTO web_token VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            [new_id(), hash_of(secret), person_id, shown, scope, plain(now), plain(now + timedelta(days=days))],
        )
    return secret


def find_token(shelf: Shelf, secret: str, now: datetime) -> ApiToken | None:
    """Return the token of a secret, unless it ended."""
    found = _tokens(shelf, "token_hash = ? AND good_until > ?", [hash_of(secret), plain(now)])
    return found[0] if found else None


def list_tokens(shelf: Shelf, person_id: str) -> list[ApiToken]:
    """List somebody's tokens, the newest first."""
    return _tokens(shelf, "person_id = ?", [person_id])


def end_token(shelf: Shelf, person_id: str, token_id: str, now: datetime) -> bool:
    """End one of somebody's tokens; False when there is none."""
    with shelf.writing() as cursor:
        rows = cursor.execute(
            """UPDATE web_token SET ended_at = ? WHERE token_id = ? AND person_id = ? AND ended_at IS NULL
            RETURNING name""",
            [plain(now), token_id, person_id],
        ).fetchall()
    return bool(rows)


def _tokens(shelf: Shelf, condition: str, values: list[object]) -> list[ApiToken]:
    rows = shelf.rows(
        f"""SELECT token_id, person_id, name, scope, created_at, good_until FROM web_token
        WHERE ended_at IS NULL AND {condition} ORDER BY created_at DESC, token_id""",
        values,
    )
    return [
        ApiToken(token_id, person, name, scope, utc(made), utc(until))
        for token_id, person, name, scope, made, until in rows
    ]
