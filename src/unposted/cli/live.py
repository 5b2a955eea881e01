"""Live sources on the command line: reads what is new of them, and says what did not come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import click

from unposted.errors import UnpostedError, UsageError

if TYPE_CHECKING:
    import duckdb

    from unposted.cli.stopping import StoppableClock
    from unposted.sync.connecting import Connecting
    from unposted.sync.run import LiveSync, StreamReport
    from unposted.sync.sources import Source
    from unposted.sync.telling import Word
    from unposted.workspace.model import Workspace

__all__ = ["LiveFailures", "connecting", "named_sources", "read_news", "running_sync", "tell_reports"]


@dataclass(slots=True)
class LiveFailures:
    """What the sync of the live sources could not do; the reading stands on what was read before."""

    errors: list[UnpostedError] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The code that the command leaves with because of them; 0 when there are none."""
        return max((error.exit_code for error in self.errors), default=0)


def connecting(
    clock: StoppableClock, tell: Callable[[Word], None], environment: Mapping[str, str] | None = None
) -> Connecting:
    """Return how to connect from the command line: secrets of the environment, the real network."""
    from unposted.connectors.secrets import SecretStore
    from unposted.sync.connecting import Connecting

    return Connecting(SecretStore(os.environ if environment is None else environment), clock, tell=tell)


def named_sources(workspace: Workspace, names: Sequence[str]) -> tuple[Source, ...]:
    """List the live sources of these names, all of them without any; raises UsageError for a name that is none."""
    from unposted.sync.run import live_sources

    known = {source.name for source in live_sources(workspace)}
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none: every source of this workspace is read from files"
            raise UsageError("no-live-source", f"{name!r} is no live source.", f"Live sources here: {listed}.")
    return live_sources(workspace, names)


@contextmanager
def running_sync(
    store: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    first_from: datetime,
    *,
    accept_gone: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Iterator[LiveSync]:
    """Give a sync that shows its progress and stops at the first Ctrl-C."""
    from unposted.cli.progress import progress_shown
    from unposted.cli.stopping import stoppable
    from unposted.store.database import SYNC_MEMORY_LIMIT
    from unposted.sync.ahead import AHEAD
    from unposted.sync.run import LiveSync

    with stoppable() as clock, progress_shown() as tell:
        sync = LiveSync(
            store, workspace, connecting(clock, tell, environment), clock, first_from, tell=tell,
            is_stopped=lambda: clock.is_stopped, accept_gone=accept_gone, ahead=AHEAD, memory=SYNC_MEMORY_LIMIT,
        )  # fmt: skip
        try:
            yield sync
        finally:
            sync.close()


def read_news(
    store: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    first_from: datetime,
    environment: Mapping[str, str] | None = None,
) -> LiveFailures:
    """Read what is new of every live source. Raises the error of a source of which nothing was ever read."""
    from unposted.store import ledger
    from unposted.sync.run import live_sources

    sources = live_sources(workspace)
    failures = LiveFailures()
    if not sources:
        return failures
    with running_sync(store, workspace, first_from, environment=environment) as sync:
        sync.news(sources)
    failed = {report.source: report.error for report in sync.reports if report.error is not None}
    unread = [source for source in sources if not ledger.was_synced(store, source.name, source.role, source.system)]
    fatal = next((failed[source.name] for source in unread if source.name in failed), None)
    tell_reports([report for report in sync.reports if fatal is None or report.error is not fatal])
    if fatal is not None:
        raise fatal
    failures.errors += failed.values()
    for source in sources:
        if source.name in failed:
            _tell_standing(store, source)
    return failures


def _tell_standing(store: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Say on stderr how old the numbers are that a source which could not be read now stands with."""
    from unposted.store import ledger

    number = ledger.source_id_of(store, source.name, source.role, source.system)
    read = [state.read_at for state in ledger.stream_states(store, [number])]
    when = f" on {min(read):%d %b %Y %H:%M} UTC" if read else ""
    click.echo(f"! {source.name}: it could not be read now; the numbers stand on what was read of it{when}", err=True)


def tell_reports(reports: Sequence[StreamReport]) -> None:
    """Say on stderr what a person should know of a sync: remarks and failures, each with its next step."""
    for report in reports:
        for remark in report.remarks:
            click.echo(f"! {report.source}: {remark}", err=True)
    for error in {id(report.error): report.error for report in reports if report.error is not None}.values():
        click.echo(f"error: {error.message}", err=True)
        click.echo(f"next:  {error.next_step}", err=True)
