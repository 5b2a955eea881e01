"""The suites prove themselves: each planted bug is caught, and the product without one passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.property import planted, planted_sync
from tests.property.planted import Bug

_ROOT = Path(__file__).parents[2]
_LIVE = sorted((_ROOT / "tests" / "contract" / "live").glob("planted_*.py"))
BUGS: tuple[Bug, ...] = (
    *planted.BUGS,
    *planted_sync.BUGS,
    *(bug for file in _LIVE for bug in import_module(f"tests.contract.live.{file.stem}").BUGS),
)
CHECKS = tuple(dict.fromkeys(bug.check for bug in BUGS))


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_caught(tmp_path: Path, bug: Bug) -> None:
    """A copy of the product with one small mistake in it fails the check that is there for it."""
    copy = _copy(tmp_path)
    _plant(copy / bug.file, bug)
    ended = _check(tmp_path, bug.check)
    assert ended.returncode == 1, f"{bug.name}: not caught by {bug.check}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"


@pytest.mark.parametrize("check", CHECKS)
def test_the_product_as_it_is_passes(tmp_path: Path, check: str) -> None:
    """Without a planted bug no check fails, so what fails above is the bug."""
    _copy(tmp_path)
    ended = _check(tmp_path, check)
    assert ended.returncode == 0, f"{check} fails by itself: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"


def _copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(_ROOT / "src" / "unposted", folder / "unposted", ignore=ignored))


def _plant(file: Path, bug: Bug) -> None:
    text = file.read_text(encoding="utf-8")
    times = text.count(bug.old)
    assert times == 1, f"{bug.name}: {bug.file} has {bug.old!r} {times} times, not once; choose the text again"
    file.write_text(text.replace(bug.old, bug.new), encoding="utf-8")


def _check(folder: Path, check: str) -> subprocess.CompletedProcess[str]:
    """Run a check in a process of its own that finds the copy before the installed product."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(_ROOT)])
    command = [sys.executable, "-m", "tests.support.caught", str(folder), check]
    return subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
