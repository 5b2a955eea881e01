"""Times one contender in a process of its own, so that neither warm caches nor peaks of memory mix."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["Measured", "measured", "peak_mb"]


@dataclass(frozen=True, slots=True)
class Measured:
    """The median seconds of the repeats, the peak memory in MB, and what the contender answered."""

    seconds: float
    peak_mb: float
    answer: Any


def measured(job: Callable[..., Any], *args: Any, repeats: int) -> Measured:
    """Run `job(*args)` once to warm up and then `repeats` times in a fresh process; its answer must pickle.

    Without repeats (for the peak of memory alone) the first run is the one that is timed.
    """
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(send, job, args, repeats))
    process.start()
    send.close()
    try:
        result = receive.recv()
    except EOFError:
        raise RuntimeError(f"{job.__name__} ended without an answer") from None
    finally:
        process.join()
    return Measured(*result)


def _run(send: Any, job: Callable[..., Any], args: tuple[Any, ...], repeats: int) -> None:
    started = time.perf_counter()
    answer = job(*args)
    times = [] if repeats else [time.perf_counter() - started]
    for _ in range(repeats):
        started = time.perf_counter()
        answer = job(*args)
        times.append(time.perf_counter() - started)
    send.send((median(times), peak_mb(), answer))


def peak_mb() -> float:
    """Return this process's peak memory in MB.

    The kernel's own high-water mark comes first: `ru_maxrss` also counts what the parent held when it started us.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for told in status.read_text("ascii", "replace").splitlines():
            if told.startswith("VmHWM:"):
                return int(told.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
