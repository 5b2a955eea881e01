"""The people who may sign in: their names, roles and passwords."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from unposted.errors import UsageError
from unposted.web.roles import ROLES
from unposted.web.shelf import Shelf, plain
from unposted.web.tokens import new_id

if TYPE_CHECKING:
    import argon2

__all__ = ["MIN_PASSWORD", "People", "Person", "add_person", "folded", "list_people"]

MIN_PASSWORD = 10
_MAX_NAME, _MAX_PASSWORD = 120, 1_000
_COLUMNS = "person_id, name, role"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    person_id: str
    name: str
    role: str


class People:
    """Knows who may sign in, and checks passwords; nobody else writes them while this process holds the store.

    `hasher` is argon2's, whose costs a test lowers.
    """

    def __init__(self, shelf: Shelf, hasher: argon2.PasswordHasher | None = None) -> None:
        """Take the store."""
        import argon2

        self._shelf = shelf
        self._hasher = hasher or argon2.PasswordHasher()
        self._nobody = self._hasher.hash("nobody has this password")
        self._all: tuple[Person, ...] | None = None

    def add(self, name: str, role: str, password: str | None, now: datetime, *, subject: str | None = None) -> Person:
        """Add somebody; raises UsageError in the user's words."""
        if password is not None:
            _check_password(password)
        hashed = None if password is None else self._hasher.hash(password)
        person = add_person(self._shelf, name, role, now, hashed, subject)
        self._all = None
        return person

    def all(self) -> tuple[Person, ...]:
        """List everybody who may sign in, by name."""
        if self._all is None:
            self._all = list_people(self._shelf)
        return self._all

    def by_id(self, person_id: str) -> Person | None:
        """Find somebody; None when they may not sign in (any more)."""
        return next((person for person in self.all() if person.person_id == person_id), None)

    def by_subject(self, subject: str) -> Person | None:
        """Find somebody by the identity provider's id."""
        rows = self._shelf.rows(f"SELECT {_COLUMNS} FROM web_person WHERE subject = ? AND ended_at IS NULL", [subject])
        return Person(*rows[0]) if rows else None

    def by_provider(self, subject: str, name: str) -> Person | None:
        """Find somebody who signed in with the provider.

        The first time they are known by their name there; that joins only somebody who was added without a password,
        and from then on the subject counts.
        """
        found = self.by_subject(subject)
        if found is not None:
            return found
        rows = self._shelf.rows(
            f"""SELECT {_COLUMNS} FROM web_person
            WHERE ended_at IS NULL AND subject IS NULL AND password_hash IS NULL"""
        )
        person = next((Person(*row) for row in rows if name and folded(row[1]) == folded(name)), None)
        if person is not None:
            with self._shelf.writing() as cursor:
                cursor.execute("UPDATE web_person SET subject = ? WHERE person_id = ?", [subject, person.person_id])
        return person

    def with_password(self, name: str, password: str) -> Person | None:
        """Find somebody by name and password; takes as long for a name that nobody has."""
        import argon2

        rows = self._shelf.rows(
            f"SELECT {_COLUMNS}, password_hash FROM web_person WHERE ended_at IS NULL AND password_hash IS NOT NULL"
        )
        found = next((row for row in rows if folded(row[1]) == folded(name)), None)
        try:
            self._hasher.verify(found[3] if found else self._nobody, password[:_MAX_PASSWORD])
        except argon2.exceptions.VerificationError:
            return None
        return Person(*found[:3]) if found else None

    def end(self, person_id: str, now: datetime) -> None:
        """Let somebody sign in no more; their sessions and tokens end with them."""
        with self._shelf.writing() as cursor:
            for table in ("web_person", "web_session", "web_token"):
                cursor.execute(
                    f"UPDATE {table} SET ended_at = ? WHERE person_id = ? AND ended_at IS NULL", [plain(now), person_id]
                )
        self._all = None

    def change_role(self, person_id: str, role: str) -> None:
        """Give somebody another role, from their next click on."""
        _check_role(role)
        with self._shelf.writing() as cursor:
            cursor.execute("UPDATE web_person SET role = ? WHERE person_id = ?", [role, person_id])
        self._all = None


def list_people(shelf: Shelf) -> tuple[Person, ...]:
    """List everybody who may sign in, by name."""
    rows = shelf.rows(f"SELECT {_COLUMNS} FROM web_person WHERE ended_at IS NULL ORDER BY lower(name), person_id")
    return tuple(Person(*row) for row in rows)


def add_person(
    shelf: Shelf, name: str, role: str, now: datetime, password_hash: str | None, subject: str | None
) -> Person:
    """Write a new person; raises UsageError when the name is none or taken, or the role is unknown."""
    shown = " ".join(name.split())
    if not shown or len(shown) > _MAX_NAME or any(unicodedata.category(sign) == "Cc" for sign in shown):
        raise UsageError("bad-name", "That is no name to sign in with.", f"Use 1 to {_MAX_NAME} letters.")
    _check_role(role)
    if any(folded(person.name) == folded(shown) for person in list_people(shelf)):
        raise UsageError("name-taken", "Somebody has this name already.", "Choose another one.")
    person = Person(new_id(), shown, role)
    with shelf.writing() as cursor:
        cursor.execute(
            "INSERT INTO web_person VALUES (?, ?, ?, ?, ?, ?, NULL)",
            [person.person_id, shown, role, password_hash, subject, plain(now)],
        )
    return person


def folded(name: str) -> str:
    """Return a name as it is compared: case, width and doubled blanks do not make another person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise UsageError("role-unknown", f"There is no role {role!r}.", f"There are: {', '.join(ROLES)}.")


def _check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= _MAX_PASSWORD:
        raise UsageError(
            "bad-password", "The password is too short.", f"Use at least {MIN_PASSWORD} characters; a sentence is good."
        )
