"""Runs the sandbox for people: serves until it is stopped, and says what to do with it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from typing import Any

from unposted.sandbox.faults import FAULTS, FaultName, Faults, every
from unposted.sandbox.site import RunningSite, running_site

__all__ = ["PORT", "read_faults", "serve"]

PORT = 8421
_END = "2026-04-12T18:00"


def read_faults(texts: Iterable[str]) -> dict[FaultName, int]:
    """Read `NAME=EVERY` pairs; raises ValueError that says what to write."""
    found: dict[FaultName, int] = {}
    for text in texts:
        name, _, number = text.partition("=")
        if name not in FAULTS:
            raise ValueError(f"{name} is no fault. Known faults: {', '.join(FAULTS)}.")
        if not number.isdigit() or int(number) < 1:
            raise ValueError(f"{text} does not say how often. Write {name}=20 to spoil every 20th call.")
        found[name] = int(number)
    return found


def serve(
    folder: Path,
    port: int,
    seed: int,
    faults: dict[FaultName, int],
    say: Callable[[str], Any],
    stop: Event | None = None,
) -> None:
    """Serve until Ctrl-C, SIGTERM or `stop`; raises OSError when the port is taken."""
    stop = stop or _stopped_by_signal()
    spoil = (lambda clock: Faults(every(faults), clock.step)) if faults else None
    with running_site(seed, port=port, faults=spoil) as running:
        for line in told(running, folder):
            say(line)
        if faults:
            say("Faults: " + ", ".join(f"{name} on every {number}. call" for name, number in faults.items()))
        say("\nStop with Ctrl-C.")
        stop.wait()
        calls = f"{len(running.server.failures)} calls failed inside the sandbox. " if running.server.failures else ""
    say(f"\n{calls}Stopped.")


def told(running: RunningSite, folder: Path) -> list[str]:
    """Write the ready workspaces, and say where everything is."""
    written = running.write(folder)
    lines = [f"The sandbox answers at {running.site.base} (this computer only).", ""]
    lines += [f"  {running.site.base}{prefix}" for prefix in sorted(running.site.services)]
    for name, files in written.items():
        lines += ["", f"{name}: {files.workspace}, with these variables in {files.environment.name}:"]
        lines += [f"  export {key}={value}" for key, value in files.variables.items()]
    demo = written["demo"]
    lines += ["", f"Next: set -a; . {demo.environment}; set +a; unposted sync -w {demo.workspace}"]
    lines += [f"Then: unposted check -w {demo.workspace} --as-of {_END}  (the made-up world ends on 12 April 2026)"]
    return lines


def _stopped_by_signal() -> Event:
    """Make an event that Ctrl-C and SIGTERM set, also where a shell started us deaf to Ctrl-C (`&` in a script)."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop
