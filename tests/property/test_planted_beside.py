"""The oracle beside the headline proves itself: each planted bug is caught, and the product without one passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.property.planted import Bug
from tests.property.planted_beside import BUGS

_ROOT = Path(__file__).parents[2]
_DAILY = 5  # the others in the long suite


@pytest.mark.parametrize("bug", BUGS[:_DAILY], ids=[bug.name for bug in BUGS[:_DAILY]])
def test_a_planted_bug_beside_is_caught(tmp_path: Path, bug: Bug) -> None:
    """A copy of the product with one small mistake in it differs from the oracle."""
    _catch(tmp_path, bug)


@pytest.mark.deep
@pytest.mark.parametrize("bug", BUGS[_DAILY:], ids=[bug.name for bug in BUGS[_DAILY:]])
def test_a_further_planted_bug_beside_is_caught(tmp_path: Path, bug: Bug) -> None:
    """The same for the rest of the bugs."""
    _catch(tmp_path, bug)


@pytest.mark.deep
def test_the_product_beside_as_it_is_passes(tmp_path: Path) -> None:
    """Without a planted bug nothing differs, so what fails above is the bug."""
    shutil.copytree(_ROOT / "src" / "unposted", tmp_path / "unposted", ignore=shutil.ignore_patterns("__pycache__"))
    ended = _check(tmp_path, "beside")
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]


def _catch(folder: Path, bug: Bug) -> None:
    copy = folder / "unposted"
    shutil.copytree(_ROOT / "src" / "unposted", copy, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / bug.file
    text = file.read_text(encoding="utf-8")
    assert text.count(bug.old) == 1, f"{bug.name}: {bug.file} does not hold {bug.old!r} once"
    file.write_text(text.replace(bug.old, bug.new), encoding="utf-8")
    ended = _check(folder, bug.check)
    assert ended.returncode == 1, f"{bug.name}: not caught: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"


def _check(folder: Path, check: str) -> subprocess.CompletedProcess[str]:
    """Run a check in a process of its own that finds the copy before the installed product."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(_ROOT)])
    command = [sys.executable, "-m", "tests.support.caught", str(folder), check]
    return subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
