"""The one tree of errors, grouped by what the caller should do.

UnpostedError
  AskUser            the user must change something; exit code 2
    WorkspaceError   the workspace file has faults (all of them at once)
    UsageError       a flag or an argument is wrong
    SourceFileError  a source file cannot be used as it is
    StoreError       the store cannot be opened or written
    SourceRefused    a live source says that what we ask does not exist or is not allowed to be asked
  SignIn             credentials are missing or refused; exit code 4
  Incomplete         the numbers stand on incomplete data; exit code 8
    SourceDown       a live source could not be reached, or kept failing after every retry
    LimitReached     a live source lets nobody in for longer than a run waits (a daily limit)
    BadAnswer        a live source answered what cannot be true: no JSON, the wrong shape, a page twice
  BadRecord          one record cannot be read: put it in quarantine and go on
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AskUser",
    "BadAnswer",
    "BadRecord",
    "Fault",
    "Incomplete",
    "LimitReached",
    "SignIn",
    "SourceDown",
    "SourceFileError",
    "SourceRefused",
    "StoreError",
    "UnpostedError",
    "UsageError",
    "WorkspaceError",
]


class UnpostedError(Exception):
    """Any failure that the product explains itself."""

    exit_code = 1

    def __init__(self, code: str, message: str, next_step: str) -> None:
        """Take a stable code, a plain sentence, and what to do next; never a secret or a person's data."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step


class AskUser(UnpostedError):
    """The user must change something before the same call can work."""

    exit_code = 2


class UsageError(AskUser):
    """A flag or an argument is wrong."""


class SourceFileError(AskUser):
    """A source file is empty, cut, unreadable or of the wrong platform."""


class StoreError(AskUser):
    """The store cannot be opened or written."""


class SourceRefused(AskUser):
    """A live source says that what we ask for does not exist or may not be asked."""


class SignIn(UnpostedError):
    """Credentials are missing or were refused."""

    exit_code = 4


class Incomplete(UnpostedError):
    """The result stands on incomplete data."""

    exit_code = 8


class SourceDown(Incomplete):
    """A live source could not be reached, or kept failing after every retry; what was read before is kept."""


class LimitReached(Incomplete):
    """A live source lets nobody in for longer than a run waits; the message says until when."""


class BadAnswer(Incomplete):
    """A live source answered what cannot be true: no JSON, another shape, the same page twice."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the workspace file: where it is, what is wrong, what to write instead."""

    line: int
    where: str
    message: str
    suggestion: str


class WorkspaceError(AskUser):
    """The workspace file has faults; all of them are listed, each with its line."""

    def __init__(self, path: str, faults: tuple[Fault, ...]) -> None:
        """Take the file's path as the user wrote it and its faults in line order."""
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("workspace-faults", f"{path} has {count}.", "Mend the lines above and run the command again.")
        self.path = path
        self.faults = faults


class BadRecord(Exception):
    """One record cannot be read; it goes to quarantine with this reason and the run goes on."""

    def __init__(self, code: str, reason: str) -> None:
        """Take a stable code and a sentence that names the field, never the person."""
        super().__init__(reason)
        self.code = code
        self.reason = reason
