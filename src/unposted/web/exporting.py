"""Exports from the web: all rows that match, as the asking role sees them; large ones are made beside the request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from threading import Lock, Thread
from typing import BinaryIO

from unposted.cards.reading import Reading, Row
from unposted.cards.totals import totals_of
from unposted.exports import FOR_GERMAN_EXCEL, FOR_PEOPLE, PLAIN, reading_json, write_parquet
from unposted.exports.csv_text import worklist_csv
from unposted.exports.xlsx_file import write_xlsx
from unposted.web.asked import Wanted
from unposted.web.failing import tell_failure
from unposted.web.kept import Kept
from unposted.web.roles import Sight
from unposted.web.tokens import new_id

__all__ = ["AT_ONCE", "FORMS", "STYLES", "Job", "Jobs", "export_name", "seen_reading", "write_export"]

AT_ONCE = 20_000
"""How many rows are written while the browser waits; more are a job."""
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
STYLES = {"excel": FOR_PEOPLE, "de": FOR_GERMAN_EXCEL, "plain": PLAIN}
_MOST_JOBS = 20
_TELL_EVERY = 1_000


def seen_reading(kept: Kept, wanted: Wanted, sight: Sight, tell: Callable[[int], None] = lambda _rows: None) -> Reading:
    """Return the reading of the rows that match, as a sight shows them; its totals are theirs."""
    rows: list[Row] = []
    for one in kept.every(wanted, sight):
        rows.append(one.row)
        if len(rows) % _TELL_EVERY == 0:
            tell(len(rows))
    whole = kept.reading
    currency = whole.blocked.currency
    totals = totals_of(rows, currency, whole.alert.threshold)
    words = f"{_words(wanted, currency)} ({len(rows)} of {whole.value} rows)" if wanted.text else ""
    return replace(
        whole, value=totals.value, blocked=kept.found(wanted, sight).blocked if not sight.money else totals.blocked,
        splits=totals.splits, in_dataverse=totals.in_dataverse, rows=tuple(rows), filters=words,
        history=whole.history if sight.persons else None,
    )  # fmt: skip


def _words(wanted: Wanted, currency: str) -> str:
    """Tell in words which lines were wanted."""
    parts = [wanted.filter.words(currency), f"owner {wanted.owner}" if wanted.owner else ""]
    parts += [f"state {' or '.join(wanted.states)}" if wanted.states else "", "new" if wanted.is_new else ""]
    return "; ".join(part for part in parts if part)


def write_export(reading: Reading, form: str, style: str, file: BinaryIO) -> None:
    """Write a reading in one of the FORMS; `style` is one of STYLES and shapes CSV only."""
    if form == "csv":
        file.writelines(line.encode() for line in worklist_csv(reading, STYLES[style]))
    elif form == "json":
        file.write(reading_json(reading).encode())
    elif form == "parquet":
        write_parquet(reading, file)
    else:
        write_xlsx(reading, file)


def export_name(reading: Reading, form: str) -> str:
    """Return a file's name that tells the day it stands for."""
    return f"worklist-{reading.window.end.date().isoformat()}.{form}"


@dataclass
class Job:
    """A large export that is being made, or was; `state` is `going`, `done` or `failed`."""

    job_id: str
    person_id: str
    form: str
    name: str
    rows: int
    written: int = 0
    state: str = "going"
    path: Path | None = None


@dataclass
class Jobs:
    """The large exports of this process; the newest are kept until it ends."""

    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _folder: Path | None = None

    def start(self, person_id: str, kept: Kept, wanted: Wanted, sight: Sight, form: str, style: str) -> Job:
        """Begin to make an export."""
        job = Job(new_id(), person_id, form, export_name(kept.reading, form), kept.found(wanted, sight).count)
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="unposted-exports-"))
            job.path = self._folder / f"{job.job_id}.{form}"
            self._jobs[job.job_id] = job
            while len(self._jobs) > _MOST_JOBS:
                old = self._jobs.pop(next(iter(self._jobs)))
                if old.path:
                    old.path.unlink(missing_ok=True)
        Thread(target=self._make, args=(job, kept, wanted, sight, style), daemon=True).start()
        return job

    def find(self, job_id: str, person_id: str) -> Job | None:
        """Return somebody's own job."""
        job = self._jobs.get(job_id)
        return job if job and job.person_id == person_id else None

    def close(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            rmtree(self._folder, ignore_errors=True)

    def _make(self, job: Job, kept: Kept, wanted: Wanted, sight: Sight, style: str) -> None:
        def tell(rows: int) -> None:
            job.written = rows

        try:
            assert job.path is not None
            with job.path.open("wb") as file:
                write_export(seen_reading(kept, wanted, sight, tell), job.form, style, file)
            job.written, job.state = job.rows, "done"
        except Exception as error:  # noqa: BLE001 - the page tells that it failed, the log why
            job.state = "failed"
            tell_failure("export failed", error, form=job.form)
