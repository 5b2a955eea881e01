"""The desk: what every request stands on, and what the process knows right now."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING

from unposted.errors import UnpostedError
from unposted.sync.stopping import StoppableClock
from unposted.web.answers import Answers
from unposted.web.audit import Audit
from unposted.web.changes import Changes, Point
from unposted.web.exporting import Jobs
from unposted.web.keeping import attach_kept
from unposted.web.kept import Kept
from unposted.web.oidc import Oidc
from unposted.web.people import People
from unposted.web.sessions import Links, Sessions
from unposted.web.shelf import Shelf
from unposted.web.throttle import Throttle
from unposted.web.work import Works

if TYPE_CHECKING:
    import argon2
    import duckdb

    from unposted.workspace.model import Workspace

__all__ = ["Desk", "Knowledge", "Settings", "open_desk"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How the web is served. `hosts` are the names that a browser may call us by.

    `as_of` fixes the instant that readings are asked for (the demo's world ended); None: now.
    `every` is how many seconds lie between two looks at the sources; 0: only when somebody asks.
    """

    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
    is_secure: bool = False
    as_of: datetime | None = None
    every: float = 300.0
    is_demo: bool = False
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the process knows right now; replaced as a whole, so that a request sees one state.

    `phase` is what goes on: `starting`, `syncing`, `computing`, `history` or `ready`.
    `trend` is None until it was computed.
    """

    phase: str = "starting"
    kept: Kept | None = None
    changes: Changes | None = None
    trend: tuple[Point, ...] | None = None
    progress: Mapping[str, tuple[int, int | None, str]] = field(default_factory=dict)
    failures: tuple[tuple[str, UnpostedError], ...] = ()
    synced_at: datetime | None = None


@dataclass
class Desk:
    """What every request stands on."""

    workspace: Workspace
    store: duckdb.DuckDBPyConnection
    shelf: Shelf
    settings: Settings
    people: People
    sessions: Sessions
    links: Links
    audit: Audit
    throttle: Throttle
    key: bytes
    now: Callable[[], datetime]
    stopping: StoppableClock = field(default_factory=StoppableClock)
    wake: Event = field(default_factory=Event)
    works: Works = field(init=False)
    known: Knowledge = field(default_factory=Knowledge)
    jobs: Jobs = field(default_factory=Jobs)
    oidc: Oidc | None = None
    answers: Answers = field(default_factory=Answers)
    _turn: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Put together what stands on the other parts."""
        self.works = Works(self.shelf, self.audit)

    def know(self, change: Callable[[Knowledge], Knowledge]) -> None:
        """Change what is known."""
        with self._turn:
            self.known = change(self.known)

    def as_of(self) -> datetime:
        """Return the instant that a reading is asked for now."""
        return self.settings.as_of or self.now()


def open_desk(
    workspace: Workspace,
    store: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    hasher: argon2.PasswordHasher | None = None,
) -> Desk:
    """Set up a desk on an open store."""
    shelf = Shelf(store)
    attach_kept(store)
    return Desk(
        workspace, store, shelf, settings, People(shelf, hasher), Sessions(shelf), Links(shelf), Audit(shelf),
        Throttle(monotonic), _own_key(shelf), now,
    )  # fmt: skip


def _own_key(shelf: Shelf) -> bytes:
    """Return the key that this store's pseudonyms are made with, making it the first time."""
    rows = shelf.rows("SELECT value FROM web_secret WHERE name = 'alias'")
    if not rows:
        with shelf.writing() as cursor:
            cursor.execute("INSERT INTO web_secret VALUES ('alias', ?)", [secrets.token_hex(32)])
        rows = shelf.rows("SELECT value FROM web_secret WHERE name = 'alias'")
    return bytes.fromhex(rows[0][0])
