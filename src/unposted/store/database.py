"""Opens the store and brings its schema up to date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from unposted.errors import StoreError

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "END_OF_TIME",
    "MEMORY_LIMIT",
    "SYNC_MEMORY_LIMIT",
    "disk_faults_told",
    "migrate",
    "open_store",
    "transaction",
    "within_memory",
]

MEMORY_LIMIT = "720MB"
SYNC_MEMORY_LIMIT = "64MB"
"""What a sync needs of the store, whatever the size of the shop: batches are small; what does not fit is spilled."""
END_OF_TIME = "9999-12-31"
_FOLDERS = re.compile(r"(?<=[\"' ])(?:[A-Za-z]:)?[/\\](?:[^\"'\n/\\]*[/\\])+")
_HOLDER = re.compile(r"\(PID (\d+)\)")
_DISK_SIGNS = ("No space left", "Could not write", "Disk quota exceeded", "Read-only file system")


def open_store(path: Path, memory_limit: str = MEMORY_LIMIT) -> duckdb.DuckDBPyConnection:
    """Open a workspace's store, making it when it is not there; raises StoreError in the user's words.

    Work that does not fit `memory_limit` goes to temporary files beside the store.
    """
    import duckdb

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(
            str(path), config={"memory_limit": memory_limit, "preserve_insertion_order": "false"}
        )
    except (duckdb.Error, OSError) as error:
        raise _cannot_open(path, str(error)) from None
    try:
        connection.execute("SET TimeZone = 'UTC'")
        migrate(connection)
    except duckdb.Error as error:
        connection.close()
        raise _cannot_open(path, str(error)) from None
    return connection


def _cannot_open(path: Path, reason: str) -> StoreError:
    shown = Path(path.parent.name) / path.name
    if "lock" in reason.lower():
        holder = _HOLDER.search(reason)
        who = f"Another process (PID {holder[1]})" if holder else "Another process"
        return StoreError(
            "store-locked",
            f"{who} is using the store {shown}.",
            "Wait for it to end, or stop it, and run the command again.",
        )
    return StoreError(
        "store-unusable",
        f"The store {shown} cannot be opened: {_first_line(reason)}",
        f"Check the free space and the rights of the folder. Deleting {shown} is safe: it is rebuilt from the sources.",
    )


def _first_line(text: str) -> str:
    """Return the first line of the store's own words, with files by their names alone."""
    text = _FOLDERS.sub("", text)
    return text.strip().splitlines()[0][:200] if text.strip() else "unknown reason"


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Run the migrations that this store has not seen yet, each in a transaction of its own."""
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)")
    row = connection.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()
    done = row[0] if row else 0
    scripts = sorted(
        (item for item in (resources.files("unposted.store") / "migrations").iterdir() if item.name.endswith(".sql")),
        key=lambda item: item.name,
    )
    for script in scripts:
        version = int(script.name.split("_", 1)[0])
        if version > done:
            with transaction(connection):
                connection.execute(script.read_text("utf-8"))
                connection.execute("INSERT INTO schema_version VALUES (?)", [version])


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block did, or nothing of it; a full disk becomes a StoreError."""
    with disk_faults_told():
        connection.execute("BEGIN TRANSACTION")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise


@contextmanager
def within_memory(connection: duckdb.DuckDBPyConnection, limit: str | None) -> Iterator[None]:
    """Let the store take no more memory than this for a block, then its usual limit; None: leave it as it is."""
    import duckdb

    if limit is None:
        yield
        return
    with suppress(duckdb.OutOfMemoryException):  # more is held right now: then it stays as it is
        connection.execute(f"SET memory_limit = '{limit}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")


@contextmanager
def disk_faults_told() -> Iterator[None]:
    """Turn what the store says of a disk that it cannot write into a StoreError in the user's words."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        text = _first_line(str(error))
        if not isinstance(error, duckdb.IOException) and not any(sign in text for sign in _DISK_SIGNS):
            raise
        reason = "no space is left on the disk" if "No space left" in text else text.rstrip(".")
        raise StoreError(
            "store-write",
            f"The store could not be written: {reason}.",
            "What was kept before is whole. Free some disk space and run the command again.",
        ) from None


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    try:
        connection.execute("ROLLBACK")
    except duckdb.Error:
        pass  # a failed commit has already rolled back
