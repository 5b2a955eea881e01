"""Words for faults: which known name a mistyped one stands for, and what kind of thing a TOML value is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from difflib import get_close_matches

__all__ = ["closest", "did_you_mean", "kind_of", "listed", "quoted"]


def closest(written: str, known: Iterable[str]) -> str | None:
    """Find the known name that a mistyped one most likely stands for; case, blanks and hyphens do not count."""
    by_plain = {_plain(name): name for name in reversed(list(known))}
    found = get_close_matches(_plain(written), sorted(by_plain), n=1, cutoff=0.6)
    return by_plain[found[0]] if found else None


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Suggest the closest known name, or list them all."""
    names = list(known)
    guess = closest(written, names)
    return f'Did you mean "{guess}"?' if guess else f"Known are: {listed(names)}."


def listed(names: Iterable[str]) -> str:
    """Join names for a sentence, in their order."""
    return ", ".join(names) or "none"


def quoted(value: str) -> str:
    """Show a value of the user's on one line, in quotes, shortened where it is long."""
    shown = value if value.isprintable() else repr(value)[1:-1]
    return f'"{shown if len(shown) <= 80 else shown[:77] + "…"}"'


def kind_of(value: object) -> str:
    """Say what kind of thing a TOML value is."""
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"), (str, "text"), (int, "a whole number"), (float, "a decimal number"),
        ((datetime, date, time), "a date or time"), (list, "a list"), (dict, "a table"),
    )  # fmt: skip
    return next((name for kind, name in kinds if isinstance(value, kind)), "something else")


def _plain(name: str) -> str:
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
