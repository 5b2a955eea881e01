"""A disk that takes no more is told in plain words, and leaves nothing half-written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from unposted.sandbox.demo import write_demo

resource = pytest.importorskip("resource", reason="limits on file sizes need POSIX")

_LIMITED = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
    "from unposted.cli.main import main; main(sys.argv[1:])"
)


def _run(folder: Path, size: int, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that can write files up to `size` bytes, as on a disk that is nearly full."""
    return subprocess.run(
        [sys.executable, "-c", _LIMITED.format(size=size), *command],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("size", [10_000, 400_000])
def test_the_demo_on_a_full_disk(tmp_path: Path, size: int) -> None:
    """Whether a payload or the store cannot be written: an error with a next step, no traceback."""
    done = _run(tmp_path, size, "demo", "--once")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "\nnext:  " in done.stderr
    assert "Traceback" not in done.stderr
    assert str(tmp_path) not in done.stderr


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    """What was read before is still there, and with room again the command ends well."""
    write_demo(tmp_path / "unposted-demo")
    check = ("check", "-w", "unposted-demo/unposted.toml", "--as-of", "2026-04-12T18:00:00-04:00", "--json")
    assert _run(tmp_path, 1 << 30, *check).returncode == 0
    before = _run(tmp_path, 1 << 30, *check, "--no-sync").stdout
    exports = [path for path in (tmp_path / "unposted-demo" / "exports").rglob("*") if path.is_file()]
    changed = [path for path in exports if "Wholesale-X" in path.read_text("utf-8")]
    for path in changed:
        path.write_text(path.read_text("utf-8").replace("Wholesale-X", "Wholesale-Y"), "utf-8")
    full = _run(tmp_path, 100, *check)
    assert (full.returncode, "Traceback" in full.stderr) == (2, False)
    assert _run(tmp_path, 1 << 30, *check, "--no-sync").stdout == before
    after = _run(tmp_path, 1 << 30, *check)
    assert (after.returncode, json.loads(after.stdout)["inputs"] != json.loads(before)["inputs"]) == (0, True)
