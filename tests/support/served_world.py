"""A small world served on loopback, and the `unposted` command run against it: within this process, or in its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from unposted.sandbox.server import SandboxServer
from unposted.sandbox.site import Site
from unposted.sandbox.site_workspaces import variables, workspace_text
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Service

__all__ = ["ServedWorld", "environment", "served", "started", "wait_until"]

_HISTORY_DAYS = 700  # the made-up world ended on 12 April 2026


@dataclass
class ServedWorld:
    """A server, and what it was asked: `before` is called with the number of each call and its path, and may wait.

    An answer of `before` stands in place of the service's.
    """

    server: SandboxServer
    site: Site
    calls: list[str] = field(default_factory=list)
    before: Callable[[int, Call], Answer | None] = lambda _number, _call: None

    def watched(self, prefix: str, service: Service) -> Service:
        """Return the service with its calls written down."""

        def answer(call: Call) -> Answer:
            self.calls.append(f"{prefix}{call.path}?{call.raw_query}")
            return self.before(len(self.calls), call) or service(call)

        return answer

    def workspace(self, folder: Path, name: str = "all", *, page_size: int = 7, streams: str = '"all"') -> Path:
        """Write a ready workspace in small pages; returns the path of its file."""
        folder.mkdir(parents=True, exist_ok=True)
        settings = f"history_days = {_HISTORY_DAYS}\npage_size = {page_size}\nstreams = [{streams}]"
        lines = workspace_text(name, self.server.address).splitlines()
        path = folder / "unposted.toml"
        text = "\n".join(settings if line.startswith("history_days") else line for line in lines)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path


@contextmanager
def served(world: World) -> Iterator[ServedWorld]:
    """Serve a world's site until the context ends; a failure of the sandbox itself is one of the test."""
    with SandboxServer({}, lambda: datetime.now(UTC)) as server:
        running = ServedWorld(server, Site(world, lambda: datetime.now(UTC), server.address))
        for prefix, service in running.site.services.items():
            server.mount(prefix, running.watched(prefix, service))
        yield running
        assert not server.failures


def environment(secrets: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment with the sandbox's secrets, or others, and no keyring."""
    held = variables("all") if secrets is None else secrets
    plain = {key: value for key, value in os.environ.items() if not key.startswith("UNPOSTED_")}
    return {**plain, **held, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


def started(*args: str, secrets: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start `unposted` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "unposted", *args],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(secrets), encoding="utf-8",
    )  # fmt: skip


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until a condition is met; fails when it never is."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)
