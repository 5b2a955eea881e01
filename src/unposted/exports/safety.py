"""Makes other people's text harmless where it lands: a spreadsheet's cell, a terminal, a file of UTF-8."""

from __future__ import annotations

import re

__all__ = ["formula_safe", "is_formula_like", "json_safe", "screen_safe", "sheet_safe", "whole"]

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_STEERS_A_SCREEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_BLANK = re.compile(r"[\t\n\r\u00a0\u2028\u2029]+")
_INVISIBLE_IN_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
_GONE = "\ufffd"


def whole(text: str) -> str:
    """Replace half characters (lone surrogates), which no file of UTF-8 can hold, by U+FFFD."""
    return _LONE_SURROGATE.sub(_GONE, text)


def is_formula_like(text: str) -> bool:
    """Tell whether a spreadsheet could take the text for a formula.

    The signs are those of OWASP's page on CSV injection: `= + - @`, tab, the line ends and the full-width forms.
    """
    return text.startswith(_FORMULA_STARTS)


def formula_safe(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet could take for a formula; only for text, never for numbers."""
    return f"'{text}" if is_formula_like(text) else text


def sheet_safe(text: str) -> str:
    """Replace characters that XML cannot hold by U+FFFD, and line ends by the line feed that a cell knows."""
    return _NOT_IN_XML.sub(_GONE, whole(text).replace("\r\n", "\n").replace("\r", "\n"))


def screen_safe(text: str) -> str:
    """Make one line that cannot steer a terminal: control and direction characters become U+FFFD, line ends blanks."""
    return whole(_STEERS_A_SCREEN.sub(_GONE, _BLANK.sub(" ", text))).strip()


def json_safe(document: str) -> str:
    """Escape what JSON may hold raw but a terminal could act on (C1 controls, line and direction marks)."""
    return _INVISIBLE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", whole(document))
