"""What every command does first: read the workspace, open its store, bring it up to date, compute the card."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unposted.cli.live import LiveFailures, read_news
from unposted.errors import Incomplete, UsageError

if TYPE_CHECKING:
    import duckdb

    from unposted.cards.explained import Explained
    from unposted.cards.reading import Reading
    from unposted.domain.window import Window
    from unposted.workspace.model import Workspace

__all__ = [
    "Session",
    "instant_of",
    "opened",
    "reading_options",
    "refuse_quarantine",
    "tell_quarantine",
    "workspace_option",
]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Session:
    """An open workspace with its store."""

    workspace: Workspace
    store: duckdb.DuckDBPyConnection
    failures: LiveFailures = field(default_factory=LiveFailures)
    now: Callable[[], datetime] = _now

    def first_from(self, as_of: str | None = None, window: str | None = None) -> datetime:
        """Tell where the window of a reading begins: what a first answer needs of the live sources."""
        return _first_from(self.workspace, as_of, window)

    def reading(self, as_of: str | None, window: str | None, *, with_near: bool = False, keep: bool = False) -> Reading:
        """Compute the main card as of an instant (ISO; None: now) over a window (None: the card's own).

        An instant that is past stands on what was in force then. `with_near` finds the near matches of each row, too;
        `keep`: a reading of now goes into the history.
        """
        from unposted.store.database import disk_faults_told

        moment, workspace = self.standing(as_of)
        with disk_faults_told():
            return self.reading_at(moment, workspace, window, with_near=with_near, keep=keep and as_of is None)

    def reading_at(
        self, moment: datetime, workspace: Workspace, window: str | None, *, with_near: bool = False, keep: bool = False
    ) -> Reading:
        """Compute the main card as of an instant by a definition."""
        from unposted.cards.engine import read_card

        _window(window, moment, workspace)
        return read_card(self.store, workspace, moment, window, with_near=with_near, keep=keep)

    def explained(
        self, as_of: str | None, window: str | None, parts: Collection[str] | None = None, *, keep: bool = False
    ) -> Explained:
        """Compute the main card with what stands beside it: some parts of cards.explained.PARTS (None: all).

        The instant and `keep` are those of `reading`.
        """
        from unposted.cards.explained import PARTS, explain_card
        from unposted.store.database import disk_faults_told

        moment, workspace = self.standing(as_of)
        _window(window, moment, workspace)
        wanted = PARTS if parts is None else parts
        with disk_faults_told():
            return explain_card(
                self.store, workspace, moment, window, parts=wanted, keep=keep and as_of is None
            )  # fmt: skip

    def standing(self, as_of: str | None) -> tuple[datetime, Workspace]:
        """Tell what a reading stands on: its instant, and the workspace as it was in force then."""
        moment = self.now() if as_of is None else instant_of(as_of, self.workspace)
        workspace = self.workspace if as_of is None else self.workspace_at(moment)
        _tell_definition(self.workspace, workspace)
        return moment, workspace

    def workspace_at(self, moment: datetime) -> Workspace:
        """Return the workspace as its counting part was in force at an instant."""
        from unposted.cards.keeping import workspace_at

        return self.workspace if moment >= self.now() else workspace_at(self.store, self.workspace, moment)[0]


def _tell_definition(now: Workspace, then: Workspace) -> None:
    """Say on stderr when a past instant stands on another definition than the workspace file of today."""
    if now is then:
        return
    from unposted.workspace.copies import copy_of

    if copy_of(now) != copy_of(then):
        click.echo("! the workspace was changed since: this is by the field map and sources of that instant", err=True)


def _first_from(workspace: Workspace, as_of: str | None, window: str | None) -> datetime:
    return _window(window, instant_of(as_of, workspace), workspace).start


def _window(text: str | None, moment: datetime, workspace: Workspace) -> Window:
    from unposted.cards.catalogue import ABSENT_CUSTOMERS
    from unposted.domain.window import window_of

    try:
        return window_of(text or ABSENT_CUSTOMERS.window, moment, workspace.timezone)
    except ValueError as error:
        raise UsageError("bad-window", f"{error}.", "Run `unposted check --help` for the forms of a window.") from None


def instant_of(text: str | None, workspace: Workspace) -> datetime:
    """Read an --as-of value; a time without an offset is in the workspace's zone, a date alone is its last moment."""
    if text is None:
        return datetime.now(UTC)
    from unposted.cli.instants import read_instant

    return read_instant(text, workspace.timezone, datetime.now(UTC))


@contextmanager
def opened(
    path: Path,
    *,
    sync: bool = True,
    as_of: str | None = None,
    window: str | None = None,
    is_new_allowed: bool = False,
    is_live_read: bool = True,
    environment: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = _now,
) -> Iterator[Session]:
    """Open a workspace and, unless told otherwise, read what is new in its files and live sources.

    Of a live source that was never read the window of `as_of` and `window` is read, the rest by `unposted sync`.
    `is_live_read` False leaves the live sources alone. `environment` holds the secrets (None: the process's own).
    `now` is the clock of the files and the readings; live sources have one of their own.
    """
    from unposted.store.database import open_store
    from unposted.workspace.reading import read_workspace

    workspace = read_workspace(path)
    if not sync and not is_new_allowed and not workspace.store_path.exists():
        raise UsageError(
            "nothing-read",
            "Nothing was read yet, so --no-sync has nothing to compute from.",
            "Run `unposted check` once.",
        )
    first_from = _first_from(workspace, as_of, window)
    store = open_store(workspace.store_path)
    try:
        failures = LiveFailures()
        if not sync and not is_new_allowed:
            _refuse_unread(store, workspace)
        if sync:
            _sync_files(store, workspace, now())
        if sync and is_live_read:
            failures = read_news(store, workspace, first_from, environment)
        yield Session(workspace, store, failures, now)
    finally:
        store.close()


def _refuse_unread(store: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Refuse to compute from what is not there: a store that was never read has no absent customers at all."""
    from unposted.store import ledger
    from unposted.sync.sources import sources_of

    unread = [
        source.name for source in sources_of(workspace)
        if not ledger.was_synced(store, source.name, source.role, source.system)
    ]  # fmt: skip
    if unread:
        raise UsageError(
            "nothing-read",
            f"{', '.join(unread)}: never read to the end, so --no-sync has not all that it computes from.",
            "Run `unposted check` once.",
        )


def _sync_files(store: duckdb.DuckDBPyConnection, workspace: Workspace, now: datetime) -> None:
    from unposted.sync.files import sync_files

    with _progress() as tell:
        sync_files(store, workspace, now, tell)


@contextmanager
def _progress() -> Iterator[Callable[[str, str, int], None]]:
    """Show on a terminal's stderr which file is being read; say nothing into a pipe."""
    stream = sys.stderr
    is_terminal = stream.isatty()

    def tell(source: str, file: str, records: int) -> None:
        if is_terminal:
            stream.write(f"\r\x1b[2Kreading {source}: {file} · {records:,} records")
            stream.flush()

    try:
        yield tell
    finally:
        if is_terminal:
            stream.write("\r\x1b[2K")
            stream.flush()


def workspace_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `-w FILE`."""
    return click.option(
        "-w",
        "--workspace",
        "path",
        type=click.Path(path_type=Path),
        default="unposted.toml",
        show_default=True,
        help="The workspace file.",
    )(function)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command with a reading has."""
    options = (
        workspace_option,
        click.option("--as-of", "as_of", metavar="ISO", help="Compute as of this instant (default: now)."),
        click.option("--window", metavar="7D|30D|90D|FROM..TO", help="Days to look at (default: the card's, 7D)."),
        click.option("--no-sync", is_flag=True, help="Compute from what was read before; open no source."),
        click.option("--strict", is_flag=True, help="Leave with exit code 8 when a record is in quarantine."),
    )

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def tell_quarantine(session: Session, *, most: int = 10) -> int:
    """List on stderr what could not be read: file and line (or the record's id) and reason, never the record's content.

    Returns how many there are.
    """
    from unposted.exports.safety import screen_safe
    from unposted.store import ledger
    from unposted.sync.sources import sources_of

    numbers = [
        ledger.source_id_of(session.store, item.name, item.role, item.system) for item in sources_of(session.workspace)
    ]
    held = ledger.quarantined(session.store, numbers)
    for item in held[:most]:
        is_live = item.line == 0
        place = f"{item.source} {item.stream} {item.record_id}" if is_live else f"{item.path}, line {item.line}"
        click.echo(f"quarantine: {screen_safe(place)}: {item.reason}", err=True)
    if len(held) > most:
        click.echo(f"quarantine: and {len(held) - most} more; `unposted doctor` counts them by reason", err=True)
    return len(held)


def refuse_quarantine(quarantined: int, *, strict: bool) -> None:
    """With --strict, end with exit code 8 when the reading stands on an incomplete set of records."""
    if strict and quarantined:
        count = "1 record is" if quarantined == 1 else f"{quarantined} records are"
        raise Incomplete(
            "quarantine",
            f"{count} in quarantine, so the reading may lack orders or customers.",
            "Mend in the source what is named above and run the command again.",
        )
