"""Prints one figure with its ratio to what stands beside it, and whether that meets the bar."""

from __future__ import annotations

__all__ = ["line"]


def line(
    what: str,
    figure: str,
    ratio: float | None = None,
    bar: float | None = None,
    *,
    at_most: bool = True,
    note: str = "",
) -> None:
    """Print what was measured, the figure, its ratio and the bar; `at_most` tells on which side of it is good."""
    verdict = note
    if ratio is not None and bar is not None:
        is_met = ratio <= bar if at_most else ratio >= bar
        verdict = f"{ratio:8.2f}  {'<=' if at_most else '>='} {bar:<6g} {'ok' if is_met else 'MISSED'}"
    elif ratio is not None:
        verdict = f"{ratio:8.2f}"
    print(f"{what:<58} {figure:>14} {verdict}", flush=True)
