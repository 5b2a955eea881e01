"""Writing files: whole or not at all, and an error that says what to do."""

from __future__ import annotations

import io
import json
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.support.readings import a_row, reading_of
from unposted.cards.reading import Reading
from unposted.errors import UsageError
from unposted.exports.csv_text import FOR_PEOPLE
from unposted.exports.write import format_of, write_file, write_worklist


def _reading(rows: int = 3) -> Reading:
    return reading_of([a_row(rank) for rank in range(1, rows + 1)])


@contextmanager
def _disk_of(size: int) -> Iterator[None]:
    """Let no file grow beyond a size: the nearest thing to a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("asked", "target", "form"),
    [
        (None, None, "table"),
        (None, "-", "table"),
        (None, "a.csv", "csv"),
        (None, "a.XLSX", "xlsx"),
        (None, "a.json", "json"),
        ("csv", "a.txt", "csv"),
        ("JSON", None, "json"),
        ("csv", "a.json", "csv"),
    ],
)
def test_the_format_is_the_asked_one_else_the_suffix(asked: str | None, target: str | None, form: str) -> None:
    """A file's name tells its format unless the user does."""
    assert format_of(asked, None if target is None else Path(target)) == form


@pytest.mark.parametrize(
    ("asked", "target"), [("pdf", None), (None, "worklist"), (None, "a.table"), (None, "a.csv.gz")]
)
def test_a_format_that_cannot_be_told_is_an_error(asked: str | None, target: str | None) -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError) as caught:
        format_of(asked, None if target is None else Path(target))
    assert caught.value.code == "format-unknown"
    assert "csv" in caught.value.next_step


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path, name: str) -> None:
    """The folder holds the one file, replaced as a whole, the same bytes each time."""
    target = tmp_path / name
    assert write_worklist(_reading(), None, target)
    first = target.read_bytes()
    target.write_bytes(b"old")
    write_worklist(_reading(), None, target)
    assert target.read_bytes() == first
    assert os.listdir(tmp_path) == [name]  # noqa: PTH208 - hidden files too


def test_a_file_of_csv_is_for_people_and_standard_output_for_programs(tmp_path: Path) -> None:
    """The byte order mark would stand in a program's first header."""
    stdout = io.BytesIO()
    assert not write_worklist(_reading(), "csv", None, stdout=stdout)
    assert stdout.getvalue().startswith(b"rank,")
    write_worklist(_reading(), "csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfrank,")
    stdout = io.BytesIO()
    write_worklist(_reading(), "csv", Path("-"), FOR_PEOPLE, stdout)
    assert stdout.getvalue().startswith(b"\xef\xbb\xbfrank,")


def test_json_goes_to_standard_output(tmp_path: Path) -> None:
    """The dash is no file."""
    stdout = io.BytesIO()
    write_worklist(_reading(), "json", Path("-"), stdout=stdout)
    assert json.loads(stdout.getvalue())["value"] == 3


@pytest.mark.parametrize(("form", "target"), [("xlsx", None), ("xlsx", "-"), ("table", "a.txt")])
def test_what_cannot_go_there_is_an_error(form: str, target: str | None) -> None:
    """A workbook needs a file, a table a screen."""
    with pytest.raises(UsageError):
        write_worklist(_reading(), form, None if target is None else Path(target), stdout=io.BytesIO())


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    """The error names the folder and a file in it."""
    with pytest.raises(UsageError) as caught:
        write_worklist(_reading(), "csv", tmp_path)
    assert caught.value.code == "output-is-a-folder"
    assert str(tmp_path / "worklist.csv") in caught.value.next_step


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_a_missing_folder_is_named(tmp_path: Path, name: str) -> None:
    """No folder is made silently."""
    with pytest.raises(UsageError) as caught:
        write_worklist(_reading(), None, tmp_path / "none" / name)
    assert caught.value.code == "output-folder-missing"
    assert str(tmp_path / "none") in caught.value.message


@pytest.mark.parametrize("size", [0, 4096, 30_000])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.json"])
def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(tmp_path: Path, name: str, size: int) -> None:
    """Wherever the disk gives out, the name still holds the whole old file."""
    target = tmp_path / name
    target.write_bytes(b"old")
    reading = _reading(400)
    with _disk_of(size), pytest.raises(UsageError) as caught:
        write_worklist(reading, None, target)
    assert caught.value.code == "output-not-written"
    assert str(target) in caught.value.message
    assert "space" in caught.value.next_step
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [name]  # noqa: PTH208


def test_any_failure_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    """Also an interruption by the user."""
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")

    def interrupted(file: BinaryIO) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file(target, interrupted)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.csv"]  # noqa: PTH208


def test_a_replaced_file_keeps_its_permissions_and_a_link_stays_a_link(tmp_path: Path) -> None:
    """A worklist holds names: who was kept out stays out."""
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_bytes(b"old")
    target.chmod(0o600)
    link.symlink_to(target)
    write_worklist(_reading(), None, link)
    assert link.is_symlink()
    assert b"Customer 1" in target.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_device_is_written_and_not_replaced(form: str) -> None:
    """Writing to the null device does not turn it into a file."""
    write_worklist(_reading(), form, Path(os.devnull))
    assert not Path(os.devnull).is_file()
