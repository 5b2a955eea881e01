"""What every contender answers, so that the answers can be compared before their times are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Answer", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """Which customers were absent from the masters, for orders from `start` to `end` (naive UTC, both inclusive)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """Absent parties and what they block in minor units of the reporting currency."""

    absent: int
    blocked: int
