"""`unposted serve` as a process: it says how to get in, holds the store, answers, and ends when it is asked to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from unposted.sandbox.demo import write_demo

_RUN = [sys.executable, "-m", "unposted"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path, str]]:
    """Serve the demo's files on a free port, and give the address of the welcome."""
    workspace = write_demo(tmp_path)
    command = [*_RUN, "serve", "-w", str(workspace), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        link = ""
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/welcome/\S+", line):
                link = found[0]
            if "Ctrl-C" in line:
                break
        yield process, workspace, link
        process.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_asked_to_end(
    served: tuple[subprocess.Popen[str], Path, str], stop: signal.Signals
) -> None:
    """The welcome opens, other commands are told who holds the store, and the end is quick and quiet."""
    process, workspace, link = served
    with urllib.request.urlopen(link, timeout=10) as answer:
        assert "You are the first" in answer.read().decode()
    other = subprocess.run(
        [*_RUN, "check", "-w", str(workspace)], capture_output=True, text=True, timeout=60, check=False
    )
    assert other.returncode == 2
    assert "store" in other.stderr
    process.send_signal(stop)
    assert process.wait(timeout=30) in {0, -stop, 128 + stop}
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    again = subprocess.run(
        [*_RUN, "user", "list", "-w", str(workspace)], capture_output=True, text=True, timeout=60, check=False
    )
    assert again.returncode == 0


def test_the_demo_opens_its_board_by_a_link_that_works_once(tmp_path: Path) -> None:
    """The worked example stands on the board that the link opens; the link opens nothing again; Ctrl-C ends it."""
    command = [*_RUN, "demo", "--port", "0", "--no-browser", "--folder", str(tmp_path / "demo")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        link = next(
            found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+/enter/\S+", line))
        )
        jar = CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        board = ""
        for _ in range(100):
            board = browser.open(link if not board else link.split("/enter/")[0] + "/", timeout=10).read().decode()
            if "customers absent" in board:
                break
            time.sleep(0.1)
        assert '<span class="value">17</span>' in board
        assert "$61,200.00" in board
        assert [cookie.has_nonstandard_attr("HttpOnly") for cookie in jar] == [True]
        with pytest.raises(urllib.error.HTTPError, match="410"):
            urllib.request.urlopen(link, timeout=10)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=40) in {0, -signal.SIGINT, 130}
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
