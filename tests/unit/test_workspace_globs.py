"""The files that the paths and globs of a source match."""

from __future__ import annotations

from pathlib import Path

import pytest

from unposted.workspace.globs import file_advice, matching_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with some export files, a folder named like one, and a lock file of Excel."""
    for name in ("b.csv", "a.csv", "deep/er/c.csv", "deep/d.csv", "orders [1].csv", "deep/~$d.csv", ".hidden.csv"):
        path = tmp_path / "at home" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "at home" / "folder.csv").mkdir()
    return tmp_path / "at home"


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (("a.csv",), ["a.csv"]),
        (("*.csv",), ["a.csv", "b.csv", "orders [1].csv"]),
        (("b.csv", "a.csv", "./b.csv", "?.csv"), ["a.csv", "b.csv"]),
        (("**/*.csv",), ["a.csv", "b.csv", "deep/d.csv", "deep/er/c.csv", "orders [1].csv"]),
        (("deep/**",), ["deep/d.csv", "deep/er/c.csv"]),
        (("orders [1].csv",), ["orders [1].csv"]),
        (("deep/../a.csv", "a.csv"), ["a.csv"]),
        (("../at home/a.csv",), ["../at home/a.csv"]),
        (("none.csv", "none*.csv"), []),
        (("folder.csv",), []),
        (("deep/~$d.csv",), ["deep/~$d.csv"]),
        (("deep/*d.csv",), ["deep/d.csv"]),
        (("a\0.csv",), []),
        (("",), []),
        ((), []),
    ],
)
def test_patterns_match_files_only_each_once_and_sorted(
    folder: Path, patterns: tuple[str, ...], names: list[str]
) -> None:
    """Paths, globs and `**` give files in one order, whatever the order of the patterns."""
    assert [path.relative_to(folder).as_posix() for path in matching_files(folder, patterns)] == names


def test_absolute_patterns_and_the_home_folder_are_understood(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern may be absolute, or start with `~`."""
    monkeypatch.setenv("HOME", str(folder))
    expected = [folder / "a.csv", folder / "b.csv"]
    assert matching_files(Path("elsewhere"), (f"{folder}/?.csv",)) == expected
    assert matching_files(Path("elsewhere"), ("~/b.csv", "~/a.csv")) == expected


def test_a_relative_folder_gives_relative_paths(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a workspace in the current folder are shown without it."""
    monkeypatch.chdir(folder)
    assert matching_files(Path(), ("?.csv",)) == [Path("a.csv"), Path("b.csv")]


@pytest.mark.parametrize(
    ("pattern", "message", "suggestion"),
    [
        ("b.cvs", '"b.cvs" does not exist.', 'Did you mean "b.csv"?'),
        ("deep/d.xlsx", '"deep/d.xlsx" does not exist.', 'Did you mean "deep/d.csv"?'),
        ("customers.csv", '"customers.csv" does not exist.', "folder of the workspace file"),
        ("deep/D.CSV", '"deep/D.CSV" does not exist.', 'Did you mean "deep/d.csv"?'),
        ("deep", '"deep" is a folder.', 'Name its files: "deep/*.csv".'),
        ("deep/", '"deep/" is a folder.', 'Name its files: "deep/*.csv".'),
        ("exports/x.csv", 'there is no folder "exports".', "folder of the workspace file"),
        ("deep/zzz*.json", '"deep/zzz*.json" matches no file.', "folder of the workspace file"),
        ("*/zzz.json", '"*/zzz.json" matches no file.', "folder of the workspace file"),
        ("deep\\d.csv", '"deep\\d.csv" names no file.', "forward slashes"),
    ],
)
def test_a_pattern_without_files_is_explained(folder: Path, pattern: str, message: str, suggestion: str) -> None:
    """The advice says whether the folder or the file is missing, and which file may have been meant."""
    found, advice = file_advice(folder, pattern)
    assert message in found
    assert suggestion in advice
