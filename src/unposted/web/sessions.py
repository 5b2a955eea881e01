"""Sessions on the server's side, and links that sign somebody in once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from unposted.web.shelf import Shelf, plain, utc
from unposted.web.tokens import hash_of, new_token

__all__ = ["Link", "Links", "Session", "Sessions"]

_IDLE = timedelta(hours=12)
_LONGEST = timedelta(days=30)
_WRITE_SEEN_AFTER = timedelta(minutes=5)
_LINK_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in, on one browser."""

    token_hash: str
    person_id: str
    created_at: datetime
    seen_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has been idle, or going on, for too long."""
        return now - self.seen_at > _IDLE or now - self.created_at > _LONGEST


class Sessions:
    """The sessions that go on. They are held in memory and written down, so that a restart signs nobody out."""

    def __init__(self, shelf: Shelf) -> None:
        """Take the store and read the sessions of before."""
        self._shelf = shelf
        self._lock = Lock()
        rows = shelf.rows("SELECT token_hash, person_id, created_at, seen_at FROM web_session WHERE ended_at IS NULL")
        self._known = {row[0]: Session(row[0], row[1], utc(row[2]), utc(row[3])) for row in rows}
        self._written = {key: session.seen_at for key, session in self._known.items()}

    def begin(self, person_id: str, now: datetime) -> str:
        """Begin a session and return its secret, which nobody had before: an old one is never taken over."""
        token = new_token()
        session = Session(hash_of(token), person_id, now, now)
        with self._shelf.writing() as cursor:
            cursor.execute(
                "INSERT INTO web_session VALUES (?, ?, ?, ?, NULL)",
                [session.token_hash, person_id, plain(now), plain(now)],
            )
        with self._lock:
            self._known[session.token_hash] = session
            self._written[session.token_hash] = now
        return token

    def find(self, token: str, now: datetime) -> Session | None:
        """Return the session of a secret, and note that it was seen; None when there is none that goes on."""
        key = hash_of(token)
        with self._lock:
            session = self._known.get(key)
            if session is None or session.is_over(now):
                return None
            session = self._known[key] = replace(session, seen_at=max(now, session.seen_at))
            is_due = now - self._written[key] > _WRITE_SEEN_AFTER
            if is_due:
                self._written[key] = now
        if is_due:
            with self._shelf.writing() as cursor:
                cursor.execute("UPDATE web_session SET seen_at = ? WHERE token_hash = ?", [plain(now), key])
        return session

    def end(self, token: str, now: datetime) -> None:
        """End the session of a secret."""
        self._end("token_hash", hash_of(token), now)

    def end_all_of(self, person_id: str, now: datetime) -> None:
        """End every session of somebody."""
        self._end("person_id", person_id, now)

    def _end(self, column: str, value: str, now: datetime) -> None:
        with self._lock:
            self._known = {key: one for key, one in self._known.items() if getattr(one, column) != value}
        with self._shelf.writing() as cursor:
            cursor.execute(
                f"UPDATE web_session SET ended_at = ? WHERE {column} = ? AND ended_at IS NULL", [plain(now), value]
            )


@dataclass(frozen=True, slots=True)
class Link:
    """What a link that works once is for."""

    purpose: str
    person_id: str | None


class Links:
    """Links that work once."""

    def __init__(self, shelf: Shelf) -> None:
        """Take the store."""
        self._shelf = shelf

    def make(self, purpose: str, person_id: str | None, now: datetime) -> str:
        """Make the secret of a link; older links for the same are good no more."""
        token = new_token()
        with self._shelf.writing() as cursor:
            cursor.execute("DELETE FROM web_link WHERE purpose = ?", [purpose])
            cursor.execute(
                "INSERT INTO web_link VALUES (?, ?, ?, ?, ?, NULL)",
                [hash_of(token), purpose, person_id, plain(now), plain(now + _LINK_LASTS)],
            )
        return token

    def look(self, token: str, purpose: str, now: datetime) -> Link | None:
        """Return an unused link without using it."""
        rows = self._shelf.rows(
            "SELECT purpose, person_id FROM web_link WHERE token_hash = ? AND purpose = ? AND used_at IS NULL"
            " AND good_until > ?",
            [hash_of(token), purpose, plain(now)],
        )
        return Link(*rows[0]) if rows else None

    def use(self, token: str, purpose: str, now: datetime) -> Link | None:
        """Use a link; None when it was used, is too old, or never was."""
        with self._shelf.writing() as cursor:
            rows = cursor.execute(
                """UPDATE web_link SET used_at = ? WHERE token_hash = ? AND purpose = ? AND used_at IS NULL
                AND good_until > ? RETURNING purpose, person_id""",
                [plain(now), hash_of(token), purpose, plain(now)],
            ).fetchall()
        return Link(*rows[0]) if rows else None
