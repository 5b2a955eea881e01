"""The house rules: what every file of the repository keeps to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

_ROOT = Path(__file__).parents[2]
_SOURCE = _ROOT / "src" / "unposted"
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b")
_PATCHING = "mock" + ".patch"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_every_module_defers_its_annotations() -> None:
    """Annotations are text in every module that has any code."""
    line = "from __future__ import annotations"
    bare = [_shown(file) for file in _python("src") if _has_code(file) and line not in _text(file).splitlines()]
    assert not bare, f"without `{line}`: {bare}"


def test_every_module_lists_its_public_names_in_order() -> None:
    """A reader sees at the top what a module offers: constants, classes, functions, each by the alphabet."""
    wrong = [_shown(file) for file in _python("src") if file.name != "__main__.py" and not _lists_names(file)]
    assert not wrong, f"no sorted __all__ in {wrong}"


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    """A file is one subject."""
    sizes = {_shown(file): _length(file) for file in _python("src", "tests", "bench")}
    long = {name: size for name, size in sizes.items() if size > 500}
    assert not long, f"over 500 lines: {long}"


def test_half_of_the_source_files_are_short() -> None:
    """The median file of the product has 150 lines at most."""
    sizes = sorted((_length(file), _shown(file)) for file in _python("src"))
    assert median(size for size, _ in sizes) <= 150, f"the longest: {sizes[-10:]}"


def test_no_function_is_longer_than_sixty_lines() -> None:
    """A function fits on a screen."""
    long = {name: size for name, size in _function_sizes().items() if size > 60}
    assert not long, f"over 60 lines: {long}"


def test_half_of_the_functions_are_short() -> None:
    """The median function of the product has 10 lines at most."""
    sizes = sorted((size, name) for name, size in _function_sizes().items())
    assert median(size for size, _ in sizes) <= 10, f"the longest: {sizes[-10:]}"


def test_every_test_says_what_it_shows() -> None:
    """The docstring of a test is a sentence of behaviour."""
    silent = [
        f"{_shown(file)}: {function.name}"
        for file in _python("tests")
        for function in _functions(file)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert not silent, f"without a docstring: {silent}"


def test_nothing_in_the_product_is_left_unfinished() -> None:
    """No note in the product says that something is still to be done."""
    files = [*_python("src"), *sorted(_SOURCE.rglob("*.sql"))]
    notes = [
        f"{_shown(file)}:{number}"
        for file in files
        for number, line in enumerate(_text(file).splitlines(), start=1)
        if _UNFINISHED.search(line)
    ]
    assert not notes, f"unfinished: {notes}"


def test_no_test_patches_the_product() -> None:
    """What a test needs to replace is a parameter."""
    patching = [_shown(file) for file in _python("tests") if _PATCHING in _text(file)]
    assert not patching, f"{_PATCHING} in {patching}"


def test_every_relation_begins_with_a_sentence_on_what_it_holds() -> None:
    """Who opens a relation reads first what its lines are."""
    relations = sorted((_SOURCE / "cards" / "relations").glob("*.sql"))
    assert relations
    silent = [_shown(file) for file in relations if not _text(file).startswith("--")]
    assert not silent, f"without a comment: {silent}"


def _python(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (_ROOT / folder).rglob("*.py"))


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(_text(file))


def _shown(file: Path) -> str:
    return file.relative_to(_ROOT).as_posix()


def _length(file: Path) -> int:
    return len(_text(file).splitlines())


def _statements(file: Path) -> list[ast.stmt]:
    """List what a module holds beside its docstring."""
    body = _tree(file).body
    return body[1:] if ast.get_docstring(_tree(file)) is not None else body


def _has_code(file: Path) -> bool:
    return not all(isinstance(node, ast.Assign) for node in _statements(file))


def _functions(file: Path) -> Iterator[_Function]:
    return (node for node in ast.walk(_tree(file)) if isinstance(node, _Function))


def _function_sizes() -> dict[str, int]:
    return {
        f"{_shown(file)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for file in _python("src")
        for function in _functions(file)
    }


def _lists_names(file: Path) -> bool:
    """Tell whether a module has a sorted `__all__`, or no public name to put there."""
    for node in _statements(file):
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            names = ast.literal_eval(node.value)
            return list(names) == sorted(names, key=_place)
    return not any(_is_public(node) for node in _statements(file))


def _place(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _is_public(node: ast.stmt) -> bool:
    if isinstance(node, _Function | ast.ClassDef):
        return not node.name.startswith("_")
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and not target.id.startswith("_") for target in targets)
