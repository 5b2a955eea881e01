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
_EACH = 1  # of every connector's bugs, and every third of the sync's, in the everyday suite; the others in the long one
_THIRD = 3
_OWN = (*planted.BUGS, *planted_sync.BUGS)
_SYNC = planted_sync.BUGS[::_THIRD]
_OF_CONNECTORS = [import_module(f"tests.contract.live.{file.stem}").BUGS for file in _LIVE]
BUGS: tuple[Bug, ...] = (*planted.BUGS, *_SYNC, *(bug for bugs in _OF_CONNECTORS for bug in bugs[:_EACH]))
MORE_BUGS: tuple[Bug, ...] = (
    *(bug for bug in planted_sync.BUGS if bug not in _SYNC),
    *(bug for bugs in _OF_CONNECTORS for bug in bugs[_EACH:]),
)
CHECKS = tuple(dict.fromkeys(bug.check for bug in _OWN))


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_a_planted_bug_is_caught(tmp_path: Path, bug: Bug) -> None:
    """A copy of the product with one small mistake in it fails the check that is there for it."""
    catch(tmp_path, bug)


@pytest.mark.deep
@pytest.mark.parametrize("bug", MORE_BUGS, ids=[bug.name for bug in MORE_BUGS])
def test_a_further_planted_bug_is_caught(tmp_path: Path, bug: Bug) -> None:
    """The same for the rest of the bugs in the sync and the connectors."""
    catch(tmp_path, bug)


@pytest.mark.deep
@pytest.mark.parametrize("check", CHECKS)
def test_the_product_as_it_is_passes(tmp_path: Path, check: str) -> None:
    """Without a planted bug no check fails, so what fails above is the bug; the connectors' checks are tests here."""
    passes_without(tmp_path, check)


def test_every_suite_has_bugs_to_catch() -> None:
    """At least twelve in the card, and twenty in the sync and the seven connectors."""
    assert len(planted.BUGS) >= 12
    assert len(_OF_CONNECTORS) == 7
    assert len(planted_sync.BUGS) + sum(map(len, _OF_CONNECTORS)) >= 20


def passes_without(folder: Path, check: str) -> None:
    """Run a check on a copy without any bug."""
    _copy(folder)
    ended = _check(folder, check)
    assert ended.returncode == 0, f"{check} fails by itself: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"


def catch(folder: Path, bug: Bug) -> None:
    """Plant a bug in a copy and run its check, which must fail."""
    copy = _copy(folder)
    _plant(copy / bug.file, bug)
    ended = _check(folder, bug.check)
    assert ended.returncode == 1, f"{bug.name}: not caught by {bug.check}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"


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
