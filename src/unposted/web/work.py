"""What people decide about a party: its owner, due date, state and notes; each change is logged and can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from unposted.errors import UsageError
from unposted.web.people import Person
from unposted.web.shelf import Shelf, plain, utc
from unposted.web.tokens import new_id

if TYPE_CHECKING:
    from unposted.web.audit import Audit

__all__ = ["STATES", "UNDO_FOR", "Note", "PartyWork", "Undo", "Works"]

STATES: tuple[str, ...] = ("open", "in_progress", "waiting", "done", "dismissed")
UNDO_FOR = timedelta(seconds=10)
_GRACE = timedelta(seconds=5)
_LONGEST_NOTE = 4_000
_COLUMNS = "party, owner, due, state, reason, changed_at, changed_by"


@dataclass(frozen=True, slots=True)
class PartyWork:
    """What people decided about a party; `owner` and `changed_by` are ids of persons."""

    party: str
    owner: str | None = None
    due: date | None = None
    state: str = "open"
    reason: str | None = None
    changed_at: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a party."""

    note_id: str
    text: str
    written_at: datetime
    written_by: str


@dataclass(frozen=True, slots=True)
class Undo:
    """How a change is taken back: what was before it, for some seconds, by who made it."""

    undo_id: str
    person_id: str
    until: datetime
    card: str
    before: tuple[PartyWork, ...]
    words: str


@dataclass
class Works:
    """Keeps what people decided."""

    shelf: Shelf
    audit: Audit
    _undo: dict[str, Undo] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, card: str, parties: Collection[str]) -> Mapping[str, PartyWork]:
        """Return what was decided about parties; nothing means open and nobody's."""
        rows = self.shelf.rows(
            f"SELECT {_COLUMNS} FROM party_work WHERE card = ? AND list_contains(?, party)", [card, list(parties)]
        )
        known = {
            party: PartyWork(party, owner, due, state, reason, utc(at), by)
            for party, owner, due, state, reason, at, by in rows
        }
        return {party: known.get(party, PartyWork(party)) for party in parties}

    def change(
        self, card: str, parties: Sequence[str], person: Person, now: datetime, words: str, **changes: object
    ) -> Undo:
        """Change some of `owner`, `due`, `state` and `reason` of parties at once; raises UsageError."""
        _check(changes)
        before = tuple(self.of(card, parties).values())
        if any(work.state != changes.get("state", work.state) for work in before) and "reason" not in changes:
            changes["reason"] = None
        after = [replace(work, **changes, changed_at=now, changed_by=person.person_id) for work in before]  # type: ignore[arg-type]
        self._put(card, after)
        told = {name: str(value) for name, value in changes.items() if value is not None}
        for old in before:
            self.audit.note(person, "change", old.party, now, was=_told(old), **told)
        undo = Undo(new_id(), person.person_id, now + UNDO_FOR + _GRACE, card, before, words)
        with self._lock:
            self._undo = {key: one for key, one in self._undo.items() if one.until > now}
            self._undo[undo.undo_id] = undo
        return undo

    def undoable(self, undo_id: str, person: Person, now: datetime) -> Undo | None:
        """Return a change that its maker may still take back."""
        undo = self._undo.get(undo_id)
        return undo if undo and undo.person_id == person.person_id and undo.until > now else None

    def undo(self, undo_id: str, person: Person, now: datetime) -> bool:
        """Take a change back; False when it is too late for that."""
        undo = self.undoable(undo_id, person, now)
        with self._lock:
            if undo is None or self._undo.pop(undo_id, None) is None:
                return False
        self._put(undo.card, [replace(old, changed_at=now, changed_by=person.person_id) for old in undo.before])
        for old in undo.before:
            self.audit.note(person, "undo", old.party, now, again=_told(old))
        return True

    def notes(self, card: str, party: str) -> list[Note]:
        """Return the notes on a party, the oldest first."""
        rows = self.shelf.rows(
            """SELECT note_id, text, written_at, written_by FROM party_note
            WHERE card = ? AND party = ? AND ended_at IS NULL ORDER BY written_at, note_id""",
            [card, party],
        )
        return [Note(row[0], row[1], utc(row[2]), row[3]) for row in rows]

    def write_note(self, card: str, party: str, text: str, person: Person, now: datetime) -> Note:
        """Write a note; raises UsageError when it says nothing or too much."""
        text = text.replace("\r\n", "\n").strip()
        if not text or len(text) > _LONGEST_NOTE:
            raise UsageError("bad-note", "A note has 1 to 4,000 characters.", "Write what the next person should know.")
        note = Note(new_id(), text, now, person.person_id)
        with self.shelf.writing() as cursor:
            cursor.execute(
                "INSERT INTO party_note VALUES (?, ?, ?, ?, ?, ?, NULL)",
                [note.note_id, card, party, text, plain(now), person.person_id],
            )
        self.audit.note(person, "note", party, now, note=note.note_id)
        return note

    def _put(self, card: str, works: Sequence[PartyWork]) -> None:
        with self.shelf.writing() as cursor:
            cursor.execute(
                "DELETE FROM party_work WHERE card = ? AND list_contains(?, party)",
                [card, [work.party for work in works]],
            )
            cursor.executemany(
                "INSERT INTO party_work VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [_line(card, w) for w in works]
            )


def _line(card: str, work: PartyWork) -> list[object]:
    assert work.changed_at is not None
    return [
        card, work.party, work.owner, work.due, work.state, work.reason, plain(work.changed_at), work.changed_by,
    ]  # fmt: skip


def _check(changes: Mapping[str, object]) -> None:
    state, reason = changes.get("state", "open"), changes.get("reason")
    if state not in STATES:
        raise UsageError("bad-state", f"There is no state {state!r}.", f"There are: {', '.join(STATES)}.")
    if state == "dismissed" and not (isinstance(reason, str) and reason.strip()):
        raise UsageError("reason-needed", "Dismissing a party needs a reason.", "Say why nobody has to act on it.")
    if isinstance(reason, str) and len(reason) > _LONGEST_NOTE:
        raise UsageError("bad-reason", "The reason is too long.", "Put the rest into a note.")


def _told(work: PartyWork) -> dict[str, str]:
    told: dict[str, object] = {
        "owner": work.owner, "due": work.due, "state": work.state, "reason": work.reason,
    }  # fmt: skip
    return {name: str(value) for name, value in told.items() if value is not None}
