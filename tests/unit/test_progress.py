"""What is shown while a sync works: nothing into a pipe, on a terminal the streams and whom it waits for."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import sys
from unposted.cli.progress import progress_shown
from unposted.sync.telling import Told, Waiting
try:
    with progress_shown() as tell:
        {words}
except ZeroDivisionError:
    pass
"""
_LINES = "print([task.{} for task in tell._progress.tasks], file=sys.stderr)"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def _command(words: str) -> list[str]:
    return [sys.executable, "-c", _SCRIPT.format(words=words)]


def _on_terminal(words: str) -> str:
    """Run words with a pseudo terminal as stderr, and return all that was written to it."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", "LINES": "40"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(_command(words), stderr=theirs, stdout=subprocess.PIPE, env=environment) as made:
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 65_536):
                written += part
        except OSError:
            pass  # the other end is closed
        assert made.stdout is not None
        assert made.stdout.read() == b""
    os.close(ours)
    assert made.returncode == 0, written
    return written.decode("utf-8", "replace")


def _seen(written: str) -> str:
    """Return what stands on the screen at some time, without the codes that move and colour."""
    return _ESCAPES.sub("", written)


def test_nothing_is_written_into_a_pipe(tmp_path: Path) -> None:
    """A log is not filled with bars; neither stream says anything."""
    words = "tell(Told('shop', 'orders', 5, 10)); tell(Waiting('shop', 3, 'it is busy'))"
    made = subprocess.run(_command(words), capture_output=True, check=True, cwd=tmp_path)
    assert (made.stdout, made.stderr) == (b"", b"")


def test_a_stream_is_shown_with_how_far_it_is() -> None:
    """Its name, how many of how many, and no line twice; afterwards the screen is as it was."""
    written = _on_terminal("tell(Told('shop', 'orders', 5, 10)); tell(Told('shop', 'orders', 10, 10))")
    assert "shop orders" in _seen(written)
    assert re.search(r"10/10\b", _seen(written))
    assert "\x1b[?25h" in written.rpartition("shop orders")[2]  # the cursor is shown again


def test_a_stream_of_unknown_length_is_shown_too() -> None:
    """How many came is known, of how many is not."""
    assert re.search(r"shop orders .*\b7/\?", _seen(_on_terminal("tell(Told('shop', 'orders', 7))")))


def test_more_than_the_source_said_is_no_more_than_all() -> None:
    """A source counts wrong, or something came in meanwhile: 12 of 10 is 12 of 12."""
    assert "12/12" in _seen(_on_terminal("tell(Told('shop', 'orders', 12, 10))"))


def test_two_streams_have_a_line_each() -> None:
    """The one before stays while the next one is read."""
    words = f"tell(Told('shop', 'orders', 1, 2)); tell(Told('shop', 'customers', 3, 4)); {_LINES.format('description')}"
    assert "['shop orders', 'shop customers']" in _seen(_on_terminal(words))


def test_a_wait_says_for_whom_how_long_and_why() -> None:
    """Also before anything was read; the next page takes the note away."""
    waiting = "tell(Waiting('shop', 29.6, 'it answers 503'))"
    assert "shop waits 30 s: it answers 503" in _seen(_on_terminal(waiting))
    notes = f"tell(Told('shop', 'orders', 1)); {waiting}; tell(Told('shop', 'orders', 2)); {_LINES.format('fields')}"
    assert "[{'note': ''}]" in _seen(_on_terminal(notes))


def test_names_and_reasons_cannot_write_on_the_screen() -> None:
    """Control characters and markup of a name or of a server's words are shown, not obeyed."""
    odd = "'\\x1b]0;owned\\x07sh[red]op\\x1b[2J\\r'"
    written = _on_terminal(f"tell(Told({odd}, 'orders', 1, 2)); tell(Waiting({odd}, 1, 'no\\x1b[31m \\x07bell [b]'))")
    assert "\x1b]0;" not in written
    assert "\x07" not in written
    assert "\x1b[31m" not in written
    assert "sh[red]op" in _seen(written)
    assert "[b]" in _seen(written)


def test_an_error_leaves_the_screen_usable() -> None:
    """The bar goes away and the cursor comes back, whatever ended the work."""
    written = _on_terminal("tell(Told('shop', 'orders', 1, 2)); 1 / 0")
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l") >= 0
