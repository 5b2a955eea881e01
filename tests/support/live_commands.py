"""A workspace that was read once, what its store knows, and calls that are held or spoilt: for the live commands."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import duckdb

from tests.support.live_world import Dump, dishonest_runs, dump
from tests.support.served_world import ServedWorld
from tests.support.shop import Said
from unposted.sandbox.wire import Answer, Call

__all__ = ["Hold", "LiveShop", "counts", "current_of", "ended", "from_call", "known", "store_of", "stored"]


@dataclass
class LiveShop:
    """The served world, a workspace that was read in peace, and what its store knew then."""

    world: ServedWorld
    read: Path
    known: Dump
    first: Said

    def copy(self, folder: Path) -> Path:
        """Copy the workspace that was read, and return its file."""
        shutil.copytree(self.read.parent, folder)
        return folder / self.read.name

    def new(self, folder: Path, page_size: int = 40) -> Path:
        """Write a workspace that was never read, and return its file."""
        return self.world.workspace(folder, "demo", page_size=page_size, streams="")


def ended(process: subprocess.Popen[str]) -> Said:
    """Wait for a command to end, and return what it said."""
    out, err = process.communicate(timeout=120)
    return Said(process.returncode, out, err)


def store_of(path: Path) -> Path:
    """Return where the store of a workspace file is."""
    return path.parent / ".unposted" / "unposted.duckdb"


def known(path: Path) -> Dump:
    """Return what a store knows; its ledger is honest, and nothing is left of a list that broke off."""
    with duckdb.connect(str(store_of(path)), read_only=True) as store:
        assert not dishonest_runs(store)
        assert store.execute("SELECT count(*) FROM list_seen").fetchone() == (0,)
        return dump(store)


def current_of(known: Dump) -> dict[str, set[tuple[object, ...]]]:
    """Return what is known now, without what was known before."""
    return {name: {row for row in rows if row[-1]} for name, rows in known.items() if name != "quarantine"}


def counts(said: Said, name: str) -> list[int]:
    """Read a stream's line of the table: fetched, stored, unchanged, quarantined, gone."""
    (line,) = [line for line in said.out.splitlines() if line.startswith(name)]
    return [int(word) for word in line[len(name) :].replace(",", "").split()[:5]]


def stored(said: Said, name: str) -> int:
    """Return how many records of a stream were stored; none when it has no line."""
    return counts(said, name)[1] if any(line.startswith(name) for line in said.out.splitlines()) else 0


def from_call(running: ServedWorld, path: str, number: int, answer: Callable[[Call], Answer]) -> None:
    """Let every call to a service be answered otherwise, from its so manyeth on."""
    seen = 0

    def before(_number: int, call: Call) -> Answer | None:
        nonlocal seen
        if not running.calls[-1].startswith(f"{path}/"):
            return None
        seen += 1
        return answer(call) if seen >= number else None

    running.before = before


class Hold:
    """Holds a call that a process waits for, until it is let go."""

    def __init__(self, running: ServedWorld, number: int) -> None:
        self.reached, self.go = Event(), Event()
        first = len(running.calls)

        def before(count: int, _call: Call) -> Answer | None:
            if count == first + number:
                self.reached.set()
                assert self.go.wait(60)
            return None

        running.before = before
