"""Syntax errors of the workspace file: one fault, with its line and what to write."""

from __future__ import annotations

import pytest

from unposted.errors import Fault
from unposted.workspace.syntax import parse_toml


@pytest.mark.parametrize(
    ("text", "line", "suggestion"),
    [
        ('a = 1\nb = "C:\\exports\\x.csv"\n', 2, "forward slashes"),
        ('a = 1\nb = "C:\\Users\\x.csv"\n', 2, "forward slashes"),
        ("[a]\nx = 1\n\n[a]\ny = 2\n", 4, "stands twice"),
        ('a = "1"\na = "2"\nb = 3\n', 2, "stands twice"),
        ("a = {b = 1, b = 2}\n", 1, "stands twice"),
        ('a = ["x",\n  "y"\nb = 2\n', 3, "end it with ]"),
        ('a = { orders = "x",\n  customers = "y" }\n', 1, "one line"),
        ('a = { orders = "x"\n}\n', 1, "on its line"),
        ('a = { status_id=1 = "active" }\n', 1, "needs quotes"),
        ('a = 1\nmy key = "x"\n', 2, "needs quotes"),
        ("a = “x”\n", 1, "straight quotes"),
        ("a = 1\nb = US Trade\nc = 2", 2, "double quotes"),
        ("a = True\n", 1, "true and false"),
        ('a = 1\nb = "x\nc = 2\n', 2, "Close the text"),
        ('a = 1\nb = """x\n\n', 2, "Close the text"),
        ('a = 1\nb = """x\n\nc = 2\nd = 3\n', 2, "Close the text"),
        ("a = 1\n= 2\n", 2, "key = "),
        ("a = 0,73\n", 1, "double quotes"),
        ("a = 1\nhello\n", 2, 'key = "value"'),
        ("[a\nb = 1", 1, "docs/start.md"),
    ],
)
def test_a_syntax_error_is_one_fault_with_its_line(text: str, line: int, suggestion: str) -> None:
    """The slips that people make are told of with the line and the way to write it."""
    fault = parse_toml(text)
    assert isinstance(fault, Fault)
    assert fault.line == line
    assert fault.message.startswith("This is not valid TOML: ")
    assert suggestion in fault.suggestion


def test_nesting_beyond_all_measure_is_a_fault() -> None:
    """A text that exhausts the parser's stack is told of like any other fault."""
    fault = parse_toml("a = " + "[" * 100_000)
    assert isinstance(fault, Fault)
    assert "nested too deeply" in fault.message


def test_a_number_with_thousands_of_digits_is_a_fault() -> None:
    """A number that Python refuses to read is told of like any other fault."""
    fault = parse_toml("a = " + "9" * 5_000)
    assert isinstance(fault, Fault)
    assert "too many digits" in fault.message


def test_a_good_text_gives_its_table_and_lines() -> None:
    """A text without errors is parsed, and each of its keys has a line."""
    parsed = parse_toml("\n[a]\nb = 1\n")
    assert not isinstance(parsed, Fault)
    assert parsed.table == {"a": {"b": 1}}
    assert parsed.lines["a", "b"] == 3
