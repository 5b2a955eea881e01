"""Finds the files that the `files` of a source name: paths and globs, relative to the workspace file."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from unposted.workspace.hints import closest, quoted

__all__ = ["file_advice", "matching_files", "named_path"]


_RELATIVE = "Put the file there, or correct the path; paths start from the folder of the workspace file."


def matching_files(workspace_folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    """List the files that match any of the patterns, sorted, each once.

    `~` and `**` are understood; absolute paths stay absolute. A pattern that is the very name of a file means that
    file, brackets and all. The lock files that Excel puts beside an open workbook (`~$…`) never match a glob.
    """
    found = {
        os.path.normpath(path): path for pattern in patterns for path in sorted(_matches(workspace_folder, pattern))
    }
    return sorted(found.values())


def named_path(workspace_folder: Path, written: str) -> Path:
    """Return the path that the workspace file names: relative to its folder, with `~` expanded."""
    return workspace_folder / _expanded(written)


def file_advice(workspace_folder: Path, pattern: str) -> tuple[str, str]:
    """Say why a path or glob names no file, and what to write instead."""
    path = named_path(workspace_folder, pattern)
    if "\\" in pattern and "/" not in pattern:
        return f"{quoted(pattern)} names no file.", "Write paths with forward slashes: exports/orders.csv."
    if path.is_dir():
        return f"{quoted(pattern)} is a folder.", f"Name its files: {quoted(pattern.rstrip('/') + '/*.csv')}."
    what = "matches no file" if glob.has_magic(pattern) else "does not exist"
    parent = path.parent
    if not glob.has_magic(str(parent)) and not parent.is_dir():
        return f"{quoted(pattern)} {what}: there is no folder {quoted(os.path.dirname(pattern))}.", _RELATIVE  # noqa: PTH120 - as written
    guess = _similar(path.name, _names_in(parent))
    if guess:
        shown = os.path.join(os.path.dirname(pattern), guess)  # noqa: PTH118, PTH120 - as written
        return f"{quoted(pattern)} {what}.", f"Did you mean {quoted(shown)}?"
    return f"{quoted(pattern)} {what}.", _RELATIVE


def _similar(written: str, names: list[str]) -> str | None:
    """Find the file that was meant by its name without the ending, so that `.csv` alone makes no likeness."""
    stem = closest(_stem(written), map(_stem, names))
    of_stem = [name for name in names if _stem(name) == stem]
    return closest(written, of_stem) or next(iter(of_stem), None)


def _stem(name: str) -> str:
    return name.partition(".")[0].strip("*?")


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def _expanded(written: str) -> str:
    return os.path.expanduser(written)  # noqa: PTH111 - Path.expanduser raises for an unknown user


def _matches(folder: Path, pattern: str) -> Iterable[Path]:
    expanded = _expanded(pattern)
    if "\0" in expanded:
        return
    if (folder / expanded).is_file():
        yield folder / expanded
    elif glob.has_magic(expanded):
        for name in glob.glob(expanded, root_dir=folder, recursive=True):  # noqa: PTH207 - Path.glob knows no absolute patterns
            path = folder / name
            if path.is_file() and not path.name.startswith("~$"):
                yield path
