"""The whole sandbox: one made-up world behind the services of every platform, on one clock.

`Site` puts the services together; `running_site` serves them on loopback. For a test within one process give the
`Site` of `http://sandbox` to `transport.InProcess`: `InProcess(site.addresses(), clock)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from unposted.sandbox.credentials import ENTRA_APP, IMS_APP
from unposted.sandbox.faults import Faults, FaultyService
from unposted.sandbox.refusals import REFUSALS
from unposted.sandbox.server import SandboxServer
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.site_services import Ground, services_on
from unposted.sandbox.site_workspaces import WORKSPACES, Written, write_workspace
from unposted.sandbox.values import World
from unposted.sandbox.wire import Now, Service
from unposted.sandbox.world import make_world

__all__ = ["RunningClock", "RunningSite", "Site", "running_site"]


class RunningClock:
    """The computer's time, which a fault may set forward or back."""

    def __init__(self) -> None:
        """Begin with the time as it is."""
        self._off = timedelta(0)

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC) + self._off

    def step(self, seconds: float) -> None:
        """Set the clock forward or back."""
        self._off += timedelta(seconds=seconds)


class Site:
    """The services of one world under one address, each under its prefix."""

    def __init__(self, world: World, now: Now, base: str) -> None:
        """Take the world, the time, and the address that the prefixes are put behind."""
        self.base = base
        self.now = now
        self.login = LoginService(now, (ENTRA_APP,), (IMS_APP,))
        self.services: dict[str, Service] = dict(services_on(Ground(world, now, base, self.login)))

    def mounts(self, faults: Faults | None = None) -> dict[str, Service]:
        """Give the services by prefix; with `faults` their answers suffer."""
        if faults is None:
            return dict(self.services)
        return {
            prefix: FaultyService(service, faults, self.now, REFUSALS.get(prefix))
            for prefix, service in self.services.items()
        }

    def addresses(self, faults: Faults | None = None) -> dict[str, Service]:
        """Give the services by whole address, as `transport.InProcess` takes them."""
        return {f"{self.base}{prefix}": service for prefix, service in self.mounts(faults).items()}


@dataclass(frozen=True, slots=True)
class RunningSite:
    """A site that is being served."""

    site: Site
    server: SandboxServer

    def write(self, folder: Path, *names: str) -> dict[str, Written]:
        """Write ready workspaces (all of them, if none is named), each into a folder of its name."""
        return {name: write_workspace(name, self.site.base, folder / name) for name in names or WORKSPACES}


@contextmanager
def running_site(
    seed: int = 2026,
    *,
    now: Now | None = None,
    port: int = 0,
    faults: Callable[[RunningClock], Faults] | None = None,
) -> Iterator[RunningSite]:
    """Serve a world's site on loopback until the context ends.

    `now` is the time that its services show (None: the computer's, which a fault of the clock may step).
    """
    clock = RunningClock()
    with SandboxServer({}, now or clock.now, port) as server:
        site = Site(make_world(seed), now or clock.now, server.address)
        for prefix, service in site.mounts(faults(clock) if faults else None).items():
            server.mount(prefix, service)
        yield RunningSite(site, server)
