"""Keeps credentials and customers out of what others write down: the logs of libraries, and dumps of a crash."""

from __future__ import annotations

import logging
from typing import TypeVar

__all__ = ["hush", "without_frames"]

Error = TypeVar("Error", bound=BaseException)


def hush(library: str) -> None:
    """Switch off the logs of a library that was imported, whatever level somebody sets.

    They show addresses, headers, tokens and answers; what a person needs is said by our own errors.
    """
    for name in tuple(logging.root.manager.loggerDict):
        if name == library or name.startswith(f"{library}."):
            logging.getLogger(name).disabled = True


def without_frames(error: Error) -> Error:
    """Return an error without where it came from: frames of signing in hold credentials, which a crash dump shows."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
