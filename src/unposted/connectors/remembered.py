"""Keeps a function's answers for the values that come again and again in a big file: amounts, countries, tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["Remembered"]

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Remembered(dict[Question, Answer]):
    """The answers to the questions asked so far, read with `[]`: for a known one several times faster than a call.

    At most `kept` are held; then it starts over. An error that the function raises is not remembered.
    """

    def __init__(self, answer: Callable[[Question], Answer], kept: int = 1 << 15) -> None:
        """Take the function to ask and how many answers to hold."""
        super().__init__()
        self._answer = answer
        self._kept = kept

    def __missing__(self, question: Question) -> Answer:
        if len(self) >= self._kept:
            self.clear()
        answer = self[question] = self._answer(question)
        return answer
