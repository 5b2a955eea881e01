"""The log of who saw, changed and exported what; each line's hash covers the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from unposted.web.people import Person
from unposted.web.shelf import Shelf, plain, utc

__all__ = ["FIRST_HASH", "Audit", "AuditLine", "line_hash"]

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the log; `detail` is JSON."""

    number: int
    at: datetime
    person_id: str
    person: str
    action: str
    subject: str
    detail: str
    hash: str


class Audit:
    """Writes the log. What was seen is gathered and written within a second or two; the rest at once."""

    def __init__(self, shelf: Shelf) -> None:
        """Take the store and read where the log ends."""
        self._shelf = shelf
        self._lock = Lock()
        self._waiting: list[tuple[datetime, Person, str, str, str]] = []
        rows = shelf.rows("SELECT number, hash FROM audit_line ORDER BY number DESC LIMIT 1")
        self._number, self._hash = (int(rows[0][0]), str(rows[0][1])) if rows else (0, FIRST_HASH)

    def seen(self, person: Person, subject: str, now: datetime, **detail: object) -> None:
        """Note that somebody saw personal data; written with the next `flush`."""
        with self._lock:
            self._waiting.append((now, person, "view", subject, _json(detail)))

    def note(self, person: Person, action: str, subject: str, now: datetime, **detail: object) -> None:
        """Write a line, after those that wait."""
        with self._lock:
            self._waiting.append((now, person, action, subject, _json(detail)))
            self._write()

    def flush(self) -> None:
        """Write the lines that wait."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        if not self._waiting:
            return
        number, before, lines = self._number, self._hash, []
        for at, person, action, subject, detail in self._waiting:
            number += 1
            line = (number, plain(at), person.person_id, person.name, action, subject, detail)
            before = line_hash(before, line)
            lines.append([*line, before])
        with self._shelf.writing() as cursor:
            cursor.executemany("INSERT INTO audit_line VALUES (?, ?, ?, ?, ?, ?, ?, ?)", lines)
        self._number, self._hash = number, before
        self._waiting.clear()

    def lines(self, *, most: int, before: int | None = None, words: str = "") -> list[AuditLine]:
        """Return the newest lines before a number that hold the words, newest first."""
        rows = self._shelf.rows(
            """SELECT number, happened_at, person_id, person, action, subject, detail, hash FROM audit_line
            WHERE (? IS NULL OR number < ?)
              AND contains(lower(concat_ws(' ', person, action, subject, detail)), lower(?))
            ORDER BY number DESC LIMIT ?""",
            [before, before, words, most],
        )
        return [AuditLine(row[0], utc(row[1]), *row[2:]) for row in rows]

    def of_subject(self, subject: str) -> list[AuditLine]:
        """Return the lines on a subject, the oldest first."""
        rows = self._shelf.rows(
            """SELECT number, happened_at, person_id, person, action, subject, detail, hash FROM audit_line
            WHERE subject = ? ORDER BY number""",
            [subject],
        )
        return [AuditLine(row[0], utc(row[1]), *row[2:]) for row in rows]

    def first_broken(self) -> int | None:
        """Return the number of the first line that was changed, or before which one is missing; None: all is well."""
        before, expected = FIRST_HASH, 1
        rows = self._shelf.rows(
            """SELECT number, happened_at, person_id, person, action, subject, detail, hash
            FROM audit_line ORDER BY number"""
        )
        for *line, found in rows:
            if line[0] != expected or line_hash(before, line) != found:
                return int(line[0])
            before, expected = found, expected + 1
        return None


def line_hash(before: str, line: Sequence[object]) -> str:
    """Return the hash of a line after the hash of the line before."""
    text = json.dumps([before, *[str(value) for value in line]], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _json(detail: Mapping[str, object]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
