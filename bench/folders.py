"""Gives a contender a folder that is gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

__all__ = ["in_folder"]


def in_folder(job: Callable[[Path], int]) -> int:
    """Run a job in a new folder, which is removed when it has ended."""
    folder = Path(tempfile.mkdtemp(prefix="unposted-bench-"))
    try:
        return job(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
