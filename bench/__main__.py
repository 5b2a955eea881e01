"""`python -m bench [--quick] [reading] [files] [ingest] [economy] [beside] [near] [web] [help]`: all of them by default.

Every figure stands beside a floor or a peer; medians, in one run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from bench.beside_sections import beside
from bench.contenders import floor, reading
from bench.file_reading import bare_csv, bare_jsonl, read_with_product, written_csv, written_jsonl
from bench.near import main as near
from bench.parquet import written_parquet
from bench.peer_datacompy import datacompy_answer
from bench.peer_pandas import pandas_answer
from bench.peer_polars import polars_answer
from bench.question import Answer, Question
from bench.sync_sections import economy, ingest
from bench.telling import line
from bench.timing import measured
from bench.web import main as web
from bench.world import AS_OF, FULL, WINDOW, made_world
from unposted.domain.window import window_of

_WORK = Path(__file__).parent / "work"


def _reading(quick: bool, repeats: int) -> None:
    size = FULL.over(50) if quick else FULL
    world = made_world(_WORK, size)
    facts = written_parquet(world)
    ours = measured(reading, _WORK, size, repeats=repeats)
    bare = measured(floor, world.workspace.store_path, size.orders * 7 // size.days, size.masters, repeats=repeats)
    print(
        f"\n{size.orders:,} orders over {size.days} days, {size.customers:,} customers, {size.masters:,} master records"
    )
    print(f"answer: {_told(ours.answer)}")
    line("reading with its worklist", f"{ours.seconds:.3f} s")
    line(
        "floor: whole scan of the needed columns + integer anti-join",
        f"{bare.seconds:.3f} s",
        ours.seconds / bare.seconds,
        2.5,
    )
    line("peak memory of the reading", f"{ours.peak_mb:.0f} MB", ours.peak_mb, 800)
    question = _question(world.workspace.timezone)
    for name, job in (("pandas", pandas_answer), ("Polars", polars_answer), ("datacompy", datacompy_answer)):
        peer = measured(job, facts, question, repeats=min(repeats, 3))
        differs = "" if peer.answer == ours.answer else f": {_told(peer.answer)}"
        bar = 8 if name == "pandas" else None
        line(f"{name}{differs}", f"{peer.seconds:.3f} s", peer.seconds / ours.seconds, bar, at_most=False)
        line(f"{name}, peak memory", f"{peer.peak_mb:.0f} MB")
    _history(quick, repeats)


def _question(zone: ZoneInfo) -> Question:
    """Put the card's window in the peers' terms."""
    window = window_of(WINDOW, AS_OF, zone)
    return Question(window.start.replace(tzinfo=None), window.end.replace(tzinfo=None))


def _told(answer: Answer) -> str:
    return f"{answer.absent:,} absent, {answer.blocked / 100:,.2f} blocked"


def _history(quick: bool, repeats: int) -> None:
    small = FULL.over(500 if quick else 10)
    large = small.with_history(10)
    made_world(_WORK, small)
    made_world(_WORK, large)
    near = measured(reading, _WORK, small, repeats=repeats)
    far = measured(reading, _WORK, large, repeats=repeats)
    line(f"{small.orders:,} orders, 7 days of {small.days}", f"{near.seconds:.3f} s")
    line("the same window, ten times the history behind it", f"{far.seconds:.3f} s", far.seconds / near.seconds, 1.3)


def _files(quick: bool, repeats: int) -> None:
    divisor = 50 if quick else 1
    print()
    table = written_csv(_WORK / f"orders-{divisor}.csv", 1_000_000 // divisor)
    nodes = written_jsonl(_WORK / f"orders-{divisor}.jsonl", 500_000 // divisor)
    for path, bare in ((table, bare_csv), (nodes, bare_jsonl)):
        alone = measured(bare, path, repeats=repeats)
        ours = measured(read_with_product, path, repeats=repeats)
        size = path.stat().st_size / 1e6
        line(f"{path.suffix[1:]}: bare decoder, {size:,.0f} MB", f"{alone.seconds:.3f} s")
        line(
            f"{path.suffix[1:]}: read into {ours.answer:,} records",
            f"{ours.seconds:.3f} s",
            alone.seconds / ours.seconds,
            0.6,
            at_most=False,
        )


def _help() -> None:
    command = [str(Path(sys.executable).with_name("unposted")), "--help"]
    times = []
    for _ in range(15):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    print()
    line("unposted --help", f"{median(times) * 1000:.0f} ms", median(times) * 1000, 150)


def main(arguments: list[str]) -> None:
    """Run the asked sections, all of them by default."""
    quick = "--quick" in arguments
    asked = [name for name in arguments if not name.startswith("-")] or [
        "reading",
        "files",
        "ingest",
        "economy",
        "beside",
        "near",
        "web",
        "help",
    ]
    repeats = 1 if quick else 5
    print(
        f"{os.cpu_count()} cores; medians of {repeats}, after one run to warm up; each contender in a process of its own"
    )
    if "reading" in asked:
        _reading(quick, repeats)
    if "files" in asked:
        _files(quick, repeats)
    if "ingest" in asked:
        ingest(quick, repeats)
    if "economy" in asked:
        economy(quick)
    if "beside" in asked:
        beside(_WORK, quick=quick, repeats=repeats)
    if "near" in asked:
        near(["--quick"] if quick else [])
    if "web" in asked:
        web()
    if "help" in asked:
        _help()


if __name__ == "__main__":
    main(sys.argv[1:])
