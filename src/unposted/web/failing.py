"""Tells the log what failed in our own code: the kind of error and the places it passed, never its words or values."""

from __future__ import annotations

import traceback

import structlog

__all__ = ["tell_failure"]

_FRAMES = 8


def tell_failure(what: str, error: BaseException, **where: str) -> None:
    """Write a line: an error's words and variables may hold a person, so they are left out."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
    structlog.get_logger().error(what, kind=type(error).__name__, places=places, **where)
