"""Reads what changed in the sources' files into the store: at-least-once reading, exactly-once effect.

One call is one transaction: a file that cannot be used leaves the store as it was.
A store's orders and customers add up over the files; the lists of Dynamics and of storefront companies are whole
lists, so a record that no file of the stream shows any more ends there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from unposted.connectors.files import read_file
from unposted.connectors.formats import Bad, Item, Stream
from unposted.domain.records import Company, CompanyLink, Customer, Master, Order, Record, Staged
from unposted.store import facts, ledger
from unposted.store.database import transaction
from unposted.sync.sources import Source, context_of, sources_of
from unposted.workspace.globs import matching_files
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["StreamSync", "SyncReport", "sync_files"]

_BATCH = 20_000
_READERS_VERSION = "1"  # raise it when the same bytes would give other records


@dataclass(frozen=True, slots=True)
class _StreamTables:
    """Where a stream's records go; `scope` tells its facts in a table shared with another stream."""

    records: tuple[type, ...]
    is_whole: bool
    scope: str = "TRUE"


_STREAMS: dict[tuple[str, Stream], _StreamTables] = {
    ("store", "orders"): _StreamTables((Order,), is_whole=False),
    ("store", "customers"): _StreamTables((Customer,), is_whole=False),
    ("store", "companies"): _StreamTables((Company, CompanyLink), is_whole=True),
    ("dynamics", "customers"): _StreamTables((Master,), is_whole=True),
    ("dynamics", "accounts"): _StreamTables((Staged,), is_whole=True, scope="kind = 'account'"),
    ("dynamics", "contacts"): _StreamTables((Staged,), is_whole=True, scope="kind = 'contact'"),
}


@dataclass(frozen=True, slots=True)
class StreamSync:
    """What one stream's sync did, in records; fetched = stored + unchanged + quarantined."""

    source: str
    stream: str
    files: int
    fetched: int
    stored: int
    unchanged: int
    quarantined: int
    ended: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did; a stream whose files did not change has no line."""

    streams: tuple[StreamSync, ...]


def sync_files(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    now: datetime,
    progress: Callable[[str, str, int], None] | None = None,
) -> SyncReport:
    """Read every changed file of the workspace into the store, as known from `now` on.

    `progress` is told (source, file, records so far). Raises SourceFileError for a file that cannot be used.
    """
    done: list[StreamSync] = []
    with transaction(connection):
        for source in sources_of(workspace):
            source_id = ledger.source_id_of(connection, source.name, source.role, source.system)
            job = _Job(connection, workspace, source, source_id, now, progress or (lambda *_: None))
            for stream, patterns in source.setting.files.items():
                report = job.sync(_stream_name(stream), patterns)
                if report:
                    done.append(report)
            if source.setting.connect is None:
                ledger.finish_first_sync(connection, source_id, now)
    return SyncReport(tuple(done))


def _stream_name(name: str) -> Stream:
    for _, stream in _STREAMS:
        if stream == name:
            return stream
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class _Job:
    connection: duckdb.DuckDBPyConnection
    workspace: Workspace
    source: Source
    source_id: int
    now: datetime
    progress: Callable[[str, str, int], None]

    def sync(self, stream: Stream, patterns: tuple[str, ...]) -> StreamSync | None:
        """Read the changed files of one stream, or all of them when it is a whole list and any has changed."""
        tables = _STREAMS[self.source.role, stream]
        known = ledger.files_read(self.connection, self.source_id, stream)
        settings = self._settings_hash()
        present = {
            _shown(path, self.workspace.folder): path for path in matching_files(self.workspace.folder, patterns)
        }
        changed = {
            shown: path for shown, path in present.items() if not _is_unchanged(path, known.get(shown), settings)
        }
        gone = [shown for shown in known if shown not in present]
        if not changed and not gone:
            return None
        reading = present if tables.is_whole else changed
        ledger.forget_files(self.connection, self.source_id, stream, gone, self.now)
        for record in tables.records:
            facts.start_staging(self.connection, facts.table_of(record))
        fetched = bad = 0
        for shown, path in reading.items():
            more, more_bad = self._read(stream, shown, path, fetched, settings)
            fetched, bad = fetched + more, bad + more_bad
        stored, ended = self._merge(tables)
        counts = (fetched + bad, stored, fetched - stored, bad)
        table = facts.table_of(tables.records[0]).name
        ledger.record_stream(self.connection, self.source_id, stream, table, tables.scope, self.now)
        ledger.record_run(self.connection, self.source_id, stream, self.now, counts)
        return StreamSync(self.source.name, stream, len(reading), *counts, ended)

    def _settings_hash(self) -> str:
        context = context_of(self.workspace, self.source)
        setting = self.source.setting
        parts = (
            _READERS_VERSION, self.source.system, str(context.zone), context.entity, context.external_id_field,
            sorted(context.b2b_tags), sorted(context.b2b_groups), context.decimal_comma, context.columns,
            context.currency,
            sorted(self.workspace.field_map.placeholders), type(setting).__name__,
        )  # fmt: skip
        return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()

    def _read(self, stream: Stream, shown: str, path: Path, first_seq: int, settings: str) -> tuple[int, int]:
        """Stage a file's records and quarantine its bad ones; returns how many of each."""
        stat = path.stat()
        digest = _content_hash(path)
        reading = read_file(path, shown, self.source.system, stream, context_of(self.workspace, self.source))
        ledger.clear_quarantine(self.connection, self.source_id, stream, shown, self.now)
        seq, bad_count = first_seq, 0
        for records, bad in _batches(reading.items):
            for table, rows in _by_table(records).items():
                facts.stage(self.connection, table, self.source_id, seq, rows)
                seq += len(rows)
            if bad:
                ledger.quarantine(self.connection, self.source_id, stream, shown, self.now, bad)
                bad_count += len(bad)
            self.progress(self.source.name, shown, seq - first_seq)
        file = ledger.FileRead(shown, stat.st_size, stat.st_mtime_ns, digest, settings, reading.format_name)
        ledger.record_file(self.connection, self.source_id, stream, file)
        return seq - first_seq, bad_count

    def _merge(self, tables: _StreamTables) -> tuple[int, int]:
        stored = ended = 0
        for record in tables.records:
            whole = f"source_id = {self.source_id} AND {tables.scope}" if tables.is_whole else None
            merged = facts.merge(self.connection, facts.table_of(record), self.now, whole=whole)
            stored, ended = stored + merged.stored, ended + merged.ended
        return stored, ended


def _batches(items: Iterator[Item]) -> Iterator[tuple[list[Record], list[Bad]]]:
    """Group items into batches of bounded size, records and bad ones apart."""
    records: list[Record] = []
    bad: list[Bad] = []
    for item in items:
        if type(item) is Bad:
            bad.append(item)
        else:
            records.append(item)  # type: ignore[arg-type]
        if len(records) + len(bad) >= _BATCH:
            yield records, bad
            records, bad = [], []
    if records or bad:
        yield records, bad


def _by_table(records: list[Record]) -> dict[facts.FactTable, list[Record]]:
    if not records:
        return {}
    first = type(records[0])
    if all(type(record) is first for record in records):
        return {facts.table_of(first): records}
    found: dict[facts.FactTable, list[Record]] = {}
    for record in records:
        found.setdefault(facts.table_of(type(record)), []).append(record)
    return found


def _shown(path: Path, folder: Path) -> str:
    """Name a file as the user would: relative to the workspace file where it can be."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _is_unchanged(path: Path, known: ledger.FileRead | None, settings: str) -> bool:
    """Tell whether a file need not be read: same size and time, or else the same bytes, under the same settings."""
    if known is None or known.settings_hash != settings:
        return False
    stat = path.stat()
    if stat.st_size != known.size:
        return False
    return stat.st_mtime_ns == known.modified_ns or _content_hash(path) == known.content_hash


def _content_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
