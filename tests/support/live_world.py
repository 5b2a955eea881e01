"""A small world behind all its services, a workspace that reads it live, and a store: whole syncs within one process.

Time passes only when somebody sleeps on the clock, so that a stall of half a minute costs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from unposted.connectors.http import Patience
from unposted.connectors.secrets import SecretStore
from unposted.errors import LimitReached
from unposted.sandbox.faults import Faults, Plan
from unposted.sandbox.site import Site
from unposted.sandbox.site_workspaces import variables, workspace_text
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Service, SteppedClock
from unposted.sandbox.world import make_world
from unposted.store.database import open_store
from unposted.sync.connecting import Connecting
from unposted.sync.run import LiveSync, StreamReport, live_sources
from unposted.sync.sources import Source
from unposted.workspace.model import Workspace
from unposted.workspace.reading import read_workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["BASE", "START", "Dump", "LiveWorld", "dishonest_runs", "dump", "no_fault", "small_workspace", "small_world"]

BASE = "http://localhost"
START = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
_WINDOW = datetime(2026, 4, 6, 4, tzinfo=UTC)
_OF_THE_RUN = {"version", "known_from", "known_to"}
_MOST_RUNS = 4
_SET_UP = timedelta(days=3)  # before the start: a clock that is put back does not undo the world

Dump: TypeAlias = Mapping[str, Counter[tuple[object, ...]]]
"""What a store knows: rows of each table, without when it learned them."""


def no_fault(_call: int) -> None:
    """Plan no fault at all."""


def small_world(every: int = 12, seed: int = 2026) -> World:
    """Make a world with every so manyeth sale, master record and lead, and whoever has to do with those."""
    whole = make_world(seed)
    shop, trade = whole.shop_sales[::every], whole.trade_sales[::every]
    shoppers = {id(sale.shopper) for sale in shop}
    buyers = {id(sale.buyer) for sale in trade}
    firms = {id(sale.buyer.firm) for sale in trade}
    return replace(
        whole,
        shop_sales=shop,
        shoppers=tuple(one for one in whole.shoppers if id(one) in shoppers),
        quotes=whole.quotes[:2],
        trade_sales=trade,
        buyers=tuple(one for one in whole.buyers if id(one) in buyers),
        firms=tuple(one for one in whole.firms if id(one) in firms),
        masters=whole.masters[::every],
        leads=whole.leads[:: every // 2],
    )


def small_workspace(folder: Path, *, page_size: int = 7, history_days: int = 90) -> Workspace:
    """Read the ready workspace of all systems with every stream, in small pages."""
    path = folder / "unposted.toml"
    settings = f'history_days = {history_days}\npage_size = {page_size}\nstreams = ["all"]'
    lines = workspace_text("all", BASE).splitlines()
    text = "\n".join(settings if line.startswith("history_days") else line for line in lines)
    path.write_text(text, encoding="utf-8", newline="\n")
    return read_workspace(path)


class LiveWorld:
    """The services of a world under a plan of faults, and a store that the sources are read into.

    `called` lists the address of every call so far. The store is in memory without a `path`.
    """

    def __init__(
        self, workspace: Workspace, world: World, plan: Plan = no_fault, path: Path = Path(":memory:")
    ) -> None:
        """Take the workspace, the world behind it, which calls fail, and where the store is."""
        self.workspace = workspace
        self.clock = SteppedClock(START - _SET_UP)
        self.site = Site(world, self.clock.now, BASE)
        self.clock.sleep(_SET_UP.total_seconds())
        self.faults = Faults(plan, self.clock.step)
        self.called: list[str] = []
        self.store = open_store(path)
        mounts = {
            address: _Watched(service, address, self.called)
            for address, service in self.site.addresses(self.faults).items()
        }
        secrets = SecretStore(variables("all"), lambda _user: None)
        self._connecting = Connecting(secrets, self.clock, Patience(), InProcess(dict(mounts), self.clock))

    def sources(self, *names: str) -> tuple[Source, ...]:
        """List the sources of these names, all of them without any."""
        return live_sources(self.workspace, names)

    def opened(self) -> LiveSync:
        """Make a run of the sync that has done nothing yet."""
        return LiveSync(self.store, self.workspace, self._connecting, self.clock, _WINDOW)

    def sync(self, *names: str) -> list[StreamReport]:
        """Run one whole sync, news and history, as `unposted sync NAME…` does."""
        run = self.opened()
        try:
            run.news(self.sources(*names))
            run.history(self.sources(*names))
        finally:
            run.close()
        return run.reports

    def sync_to_the_end(self, *names: str) -> int:
        """Run syncs as a user would, each after what the one before says, until one ends well; return how many.

        Fails when several do not help.
        """
        for run in range(1, _MOST_RUNS + 1):
            failed = [report for report in self.sync(*names) if report.outcome != "done" or report.error is not None]
            if not failed:
                return run
            is_limit = any(isinstance(report.error, LimitReached) for report in failed)
            self.clock.sleep(timedelta(days=1, hours=1).total_seconds() if is_limit else 60)
        raise AssertionError(f"{_MOST_RUNS} syncs did not end well: {failed}")

    def close(self) -> None:
        """Close the store."""
        self.store.close()


class _Watched:
    """A service whose calls are written down."""

    def __init__(self, service: Service, address: str, called: list[str]) -> None:
        self._service = service
        self._address = address
        self._called = called

    def __call__(self, call: Call) -> Answer:
        self._called.append(f"{self._address.removeprefix(BASE)}{call.path}")
        return self._service(call)


def dump(store: duckdb.DuckDBPyConnection) -> Dump:
    """Return what a store knows, of which facts are current, and what is in quarantine."""
    names = store.execute(
        """SELECT table_name FROM duckdb_tables()
        WHERE NOT temporary AND table_name SIMILAR TO '.*_(version|key)' ORDER BY 1"""
    ).fetchall()
    found = {name: Counter(_rows(store, name)) for (name,) in names if name != "schema_version"}
    held = store.execute("SELECT source_id, stream, record_id, code FROM quarantine").fetchall()
    return {**found, "quarantine": Counter(held)}


def _rows(store: duckdb.DuckDBPyConnection, table: str) -> Sequence[tuple[object, ...]]:
    columns = [row[0] for row in store.execute(f"DESCRIBE {table}").fetchall()]
    kept = ", ".join(name for name in columns if name not in _OF_THE_RUN)
    return store.execute(f"SELECT {kept}, known_to > TIMESTAMP '9000-01-01' AS is_current FROM {table}").fetchall()


def dishonest_runs(store: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """List the lines of the ledger whose numbers do not add up, or that claim to be still running."""
    return store.execute(
        """SELECT run_id, source_id, stream, fetched, stored, unchanged, quarantined, outcome FROM sync_run
        WHERE fetched <> stored + unchanged + quarantined OR outcome NOT IN ('done', 'failed', 'stopped', 'killed')"""
    ).fetchall()
