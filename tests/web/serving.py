"""A web on the demo's world for tests: in this process, without a network, on a clock that a test sets."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

import argon2
from starlette.testclient import TestClient

from unposted.sandbox.demo import DEMO_AS_OF, write_demo
from unposted.store.database import open_store
from unposted.sync.files import sync_files
from unposted.web.app import make_app
from unposted.web.desk import Desk, Settings, open_desk
from unposted.web.people import Person
from unposted.web.refreshing import compute_now, compute_trend
from unposted.web.roles import ROLES
from unposted.web.signing import session_cookie
from unposted.workspace.reading import read_workspace

__all__ = ["HOST", "SAME", "Web", "WebClock", "demo_web"]

HOST = "http://127.0.0.1:8420"
SAME = {"sec-fetch-site": "same-origin"}
"""What a browser says of a change that our own page asks for."""
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class WebClock:
    """A clock that goes when a test says so."""

    moment: datetime = datetime(2026, 4, 12, 22, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the present instant."""
        return self.moment

    def go(self, **by: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**by)


@dataclass
class Web:
    """A desk that is served in this process, with a person of each role."""

    desk: Desk
    clock: WebClock
    people: dict[str, Person] = field(default_factory=dict)

    def client(self, role: str | None = None) -> TestClient:
        """Return a browser, signed in as somebody of a role, or as nobody."""
        browser = TestClient(make_app(self.desk), base_url=HOST, follow_redirects=False)
        if role is not None:
            token = self.desk.sessions.begin(self.people[role].person_id, self.clock())
            browser.cookies.set(session_cookie(self.desk), token, domain="127.0.0.1")
        return browser


@cache
def _read_once(now: datetime) -> Path:
    """Read the demo's files once a process: each web of a test begins with a copy of the store."""
    folder = Path(mkdtemp(prefix="unposted-web-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    workspace = read_workspace(write_demo(folder))
    store = open_store(workspace.store_path)
    try:
        sync_files(store, workspace, now, lambda *_told: None)
    finally:
        store.close()
    return folder


@contextmanager
def demo_web(folder: Path, *, is_demo: bool = False, with_trend: bool = False) -> Iterator[Web]:
    """Serve the demo's world, read from its files, with one person a role whose password is their role twice over."""
    clock = WebClock()
    copytree(_read_once(clock()), folder, dirs_exist_ok=True)
    workspace = read_workspace(folder / "unposted.toml")
    store = open_store(workspace.store_path)
    try:
        desk = open_desk(workspace, store, Settings(as_of=DEMO_AS_OF, is_demo=is_demo), now=clock, hasher=CHEAP)
        compute_now(desk)
        if with_trend:
            compute_trend(desk)
        web = Web(desk, clock)
        for role in ROLES:
            web.people[role] = desk.people.add(role.title(), role, f"{role} {role}", clock())
        yield web
    finally:
        store.close()
