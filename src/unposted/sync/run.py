"""Syncs the live sources of a workspace: first what the window needs of all of them, then the history behind it.

A source that fails does not stop the others; its streams that were read stand. What each stream came to is a line of
the report and of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from unposted.connectors.clock import Clock
from unposted.connectors.formats import Context
from unposted.connectors.live import Connector, LiveStream
from unposted.domain.cursor import Cursor, Pace, history_plan
from unposted.domain.records import Master, Order, Staged
from unposted.errors import SourceRefused, StoreError, UnpostedError
from unposted.store import ledger, streams
from unposted.store.database import transaction, within_memory
from unposted.sync.books import Outcome
from unposted.sync.hints import take_hints
from unposted.sync.kept_books import KeptBooks
from unposted.sync.live import PagesMet, Stopped, StreamReader
from unposted.sync.sources import Source, context_of, sources_of
from unposted.sync.telling import Word
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "LiveSync",
    "StreamReport",
    "decoding_context",
    "forget_cursors",
    "is_dated",
    "live_sources",
    "needs_history",
    "wanted_streams",
]

_FROM_THE_START = timedelta(days=365 * 30)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What the sync of one stream came to; fetched = stored + unchanged + quarantined."""

    source: str
    stream: str
    outcome: Outcome
    fetched: int
    stored: int
    unchanged: int
    quarantined: int
    gone: int
    pages: int
    remarks: tuple[str, ...] = ()
    error: UnpostedError | None = None


def live_sources(workspace: Workspace, names: Sequence[str] = ()) -> tuple[Source, ...]:
    """List the live sources, of these names if any are given."""
    live = [source for source in sources_of(workspace) if source.setting.connect is not None]
    return tuple(source for source in live if not names or source.name in names)


def is_dated(stream: LiveStream) -> bool:
    """Tell orders and documents, of which a window is enough at first, from lists that are of use as a whole."""
    return stream.wanted_by is None and (Order in stream.records or not stream.main)


def needs_history(connection: duckdb.DuckDBPyConnection, source: Source) -> bool:
    """Tell whether a store's orders were read only as far back as a first answer needed."""
    assert source.setting.connect is not None
    if source.role != "store":
        return False
    with transaction(connection):
        source_id = ledger.source_id_of(connection, source.name, source.role, source.system)
    text = streams.cursor_text(connection, source_id, "orders")
    cursor = Cursor.loads(text) if text else Cursor()
    days = timedelta(days=source.setting.connect.history_days)
    return cursor.since is not None and cursor.until is not None and cursor.since > cursor.until - days + _A_DAY


def forget_cursors(connection: duckdb.DuckDBPyConnection, sources: Iterable[Source]) -> None:
    """Make the next sync of these sources read everything again; what is known stays."""
    with transaction(connection):
        for source in sources:
            source_id = ledger.source_id_of(connection, source.name, source.role, source.system)
            streams.forget_cursors(connection, source_id)


def decoding_context(workspace: Workspace, source: Source) -> Context:
    """Tell the decoders about a live source; its connection may name the field of the storefront's id."""
    context = context_of(workspace, source)
    named = getattr(source.setting.connect, "external_id_field", None)
    return replace(context, external_id_field=named) if named and not context.external_id_field else context


def wanted_streams(source: Source, connector: Connector) -> tuple[LiveStream, ...]:
    """List the streams of a source that are read: those that its workspace names, else what the main card needs."""
    assert source.setting.connect is not None
    named = source.setting.connect.streams
    if "all" in named:
        return tuple(connector.streams)
    return tuple(stream for stream in connector.streams if (stream.name in named if named else stream.main))


@dataclass(slots=True)
class LiveSync:
    """One run over the live sources of a workspace. `first_from` is what a first answer needs: the window's start.

    `ahead` is how many pages of a stream may be fetched before their turn, in a thread; `memory` is what the store may
    take while it is written.
    """

    connection: duckdb.DuckDBPyConnection
    workspace: Workspace
    connectors: Callable[[Source], Connector]
    clock: Clock
    first_from: datetime
    pace: Pace = field(default_factory=Pace)
    tell: Callable[[Word], None] = lambda _word: None
    is_stopped: Callable[[], bool] = lambda: False
    accept_gone: bool = False
    ahead: int = 0
    memory: str | None = None
    reports: list[StreamReport] = field(default_factory=list)
    _open: dict[str, Connector] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _met: dict[tuple[str, str], PagesMet] = field(default_factory=dict)

    def news(self, sources: Iterable[Source]) -> None:
        """Read what is new of each source: orders of the window, then the masters' key columns. Raises Stopped."""
        with within_memory(self.connection, self.memory):
            self._all_news(sources)

    def _all_news(self, sources: Iterable[Source]) -> None:
        for source in sources:
            source_id = self.number(source)
            with self._failing(source):
                connector = self.connector(source)
                for stream in wanted_streams(source, connector):
                    self._read(source, source_id, connector, stream, self._news_of)
                with transaction(self.connection):
                    ledger.finish_first_sync(self.connection, source_id, self.clock.now())

    def history(self, sources: Iterable[Source]) -> None:
        """Read what is older than the first answer needed, as far back as each source's setting says."""
        with within_memory(self.connection, self.memory):
            self._all_history(sources)

    def _all_history(self, sources: Iterable[Source]) -> None:
        for source in sources:
            if source.name in self._failed:
                continue
            source_id = self.number(source)
            with self._failing(source):
                connector = self.connector(source)
                for stream in wanted_streams(source, connector):
                    if stream.way == "changes" and is_dated(stream):
                        self._read(source, source_id, connector, stream, self._history_of)
                    elif stream.wanted_by is not None:
                        self._read(source, source_id, connector, stream, _wanted_of)

    def close(self) -> None:
        """Close the connectors."""
        for connector in self._open.values():
            connector.close()

    # ---- one stream

    def _news_of(self, reader: StreamReader, source: Source, source_id: int) -> None:
        stream, now = reader.stream, self.clock.now()
        hints = take_hints(self.connection, source_id, stream.name)
        reader.news(self._begin(stream, now))
        if stream.wanted_by is not None:
            _wanted_of(reader, source, source_id)
        if hints.ids and stream.by_id is not None:
            reader.single(hints.ids)
        hints.done(now)

    def _begin(self, stream: LiveStream, now: datetime) -> datetime:
        """Tell where a first reading begins: with the window for orders, else with the first record there is."""
        if stream.wanted_by is not None:
            return now - self.pace.each_run
        return self.first_from if is_dated(stream) else now - _FROM_THE_START

    def _history_of(self, reader: StreamReader, source: Source, source_id: int) -> None:  # noqa: ARG002 - one shape
        assert source.setting.connect is not None
        history_from = self.clock.now() - timedelta(days=source.setting.connect.history_days)
        reader.changes(history_plan(reader.books.cursor(), history_from, self.pace))

    def _read(
        self,
        source: Source,
        source_id: int,
        connector: Connector,
        stream: LiveStream,
        read: Callable[[StreamReader, Source, int], None],
    ) -> None:
        books = KeptBooks(self.connection, source_id, stream, self.clock)
        reader = self.reader(source, stream, books)
        before = connector.spent.calls
        outcome: Outcome = "failed"
        error: UnpostedError | None = None
        try:
            read(reader, source, source_id)
            outcome = "done"
        except Stopped:
            outcome = "stopped"
            raise
        except SourceRefused as refusal:
            if _is_essential(stream):
                error = refusal
                raise
            reader.tally.remark(f"{stream.name} were not read: {refusal.message}")
        except UnpostedError as failure:
            error = failure
            raise
        finally:
            if outcome == "done":
                self._warn_of_silence(reader, books, source)
            books.finish(outcome, connector.spent.calls - before, reader.tally.remarks)
            self.reports.append(_report(source, reader, outcome, error))

    def _warn_of_silence(self, reader: StreamReader, books: KeptBooks, source: Source) -> None:
        """Say it when a stream that always gave something gave nothing: a narrowed permission looks like that."""
        if reader.tally.fetched == 0 and source.role == "dynamics" and reader.stream.way == "list":
            reader.tally.remark(f"the source shows no {reader.stream.name} at all")
        elif reader.tally.fetched == 0 and books.was_busy():
            reader.tally.remark(f"no {reader.stream.name} came, though the runs before always had some")

    def reader(self, source: Source, stream: LiveStream, books: KeptBooks) -> StreamReader:
        """Make the reader of one stream; only orders and documents are so many that their time is cut into spans."""
        pace = self.pace if is_dated(stream) else replace(self.pace, longest_span=_FROM_THE_START)
        return StreamReader(
            source.name, stream, books, decoding_context(self.workspace, source), self.clock, pace, self.tell,
            self.is_stopped, self.accept_gone, ahead=self.ahead,
            met=self._met.setdefault((source.name, stream.name), PagesMet()),
        )  # fmt: skip

    # ---- sources

    def number(self, source: Source) -> int:
        """Return the number of a source in the store."""
        with transaction(self.connection):
            return ledger.source_id_of(self.connection, source.name, source.role, source.system)

    def connector(self, source: Source) -> Connector:
        """Return the connector of a source, the same one throughout the run."""
        if source.name not in self._open:
            self._open[source.name] = self.connectors(source)
        return self._open[source.name]

    @contextmanager
    def _failing(self, source: Source) -> Iterator[None]:
        """Let a source fail without the others; a stop goes on up."""
        try:
            yield
        except StoreError:
            raise  # what was read cannot be written: that is no matter of this source
        except UnpostedError as error:
            self._failed.add(source.name)
            if not any(report.error is error for report in self.reports):
                self.reports.append(StreamReport(source.name, "", "failed", 0, 0, 0, 0, 0, 0, (), error))


def _is_essential(stream: LiveStream) -> bool:
    """Tell a stream without which there is no number from one that only makes the matching better."""
    return not {Order, Master, Staged}.isdisjoint(stream.records)


def _wanted_of(reader: StreamReader, source: Source, source_id: int) -> None:  # noqa: ARG001 - one shape
    assert reader.stream.wanted_by is not None
    ids = reader.books.wanted(reader.stream.wanted_by)
    if ids:
        reader.single(ids)


def _report(source: Source, reader: StreamReader, outcome: Outcome, error: UnpostedError | None) -> StreamReport:
    tally = reader.tally
    return StreamReport(
        source.name, reader.stream.name, outcome, tally.fetched, tally.stored, tally.unchanged, tally.quarantined,
        tally.gone, tally.pages, tuple(tally.remarks), error,
    )  # fmt: skip
