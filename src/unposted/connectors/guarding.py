"""Stands between a connector and its users: what a connector stumbles over becomes an error that shows no record.

No error brings along the frames that it was raised in: a dump of a crash would show credentials and customers.

An answer of a shape that nobody foresaw would otherwise end in a Python error, which quotes the value it failed at.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import ParamSpec, TypeVar

from unposted.connectors.http import Spent
from unposted.connectors.hushing import without_frames
from unposted.connectors.live import Connector, Fact, LiveStream
from unposted.errors import BadAnswer, BadRecord, SignIn, UnpostedError

__all__ = ["Guarded"]

Given = ParamSpec("Given")
Found = TypeVar("Found")
_MISREAD = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, BadRecord)


class Guarded:
    """A connector whose every call is guarded; `source` is its name."""

    def __init__(self, source: str, connector: Connector, places: Callable[[], str] = str) -> None:
        """Take the source's name, the connector, and how to learn where its credentials are found."""
        self._source = source
        self._connector = connector
        self._places = places

    @property
    def streams(self) -> Sequence[LiveStream]:
        """The connector's streams, guarded."""
        return [self._stream(stream) for stream in self._connector.streams]

    @property
    def spent(self) -> Spent:
        """What the calls have cost."""
        return self._connector.spent

    def examine(self) -> Iterator[Fact]:
        """Find out what the credentials let us see."""
        yield from self._each(self._connector.examine)()

    def close(self) -> None:
        """Close the connections."""
        self._connector.close()

    def _stream(self, stream: LiveStream) -> LiveStream:
        return replace(
            stream,
            fetch=self._call(stream.fetch),
            decode=self._each(stream.decode),
            by_id=None if stream.by_id is None else self._each(stream.by_id),
            recount=None if stream.recount is None else self._each(stream.recount),
            skip=None if stream.skip is None else self._call(stream.skip),
        )

    def _call(self, function: Callable[Given, Found]) -> Callable[Given, Found]:
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Found:
            told: UnpostedError
            try:
                return function(*args, **kwargs)
            except UnpostedError as error:
                told = self._placed(error)
            except _MISREAD as error:
                told = self._misread(error)
            raise without_frames(told)  # out here it takes nothing along of what it was caught in

        return guarded

    def _each(self, function: Callable[Given, Iterable[Found]]) -> Callable[Given, Iterator[Found]]:
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Iterator[Found]:
            told: UnpostedError
            try:
                yield from function(*args, **kwargs)
            except UnpostedError as error:
                told = self._placed(error)
            except _MISREAD as error:
                told = self._misread(error)
            else:
                return
            raise without_frames(told)

        return guarded

    def _placed(self, error: UnpostedError) -> UnpostedError:
        """Say of refused credentials where they were found, so that the right one is mended."""
        places = self._places() if isinstance(error, SignIn) else ""
        if places and places not in error.next_step:
            error.next_step = f"{error.next_step} Its secret is read from {places}."
        return error

    def _misread(self, error: Exception) -> BadAnswer:
        """Say what kind of error it was and where, and nothing of the value."""
        frames = traceback.extract_tb(error.__traceback__)
        place = next(
            (f"{frame.name}, line {frame.lineno}" for frame in reversed(frames) if "unposted" in frame.filename), "?"
        )
        return BadAnswer(
            "bad-answer",
            f"{self._source} gave an answer of a shape that is not expected ({type(error).__name__} in {place}).",
            "Run the command again; if it stays so, report this line. What was read so far is kept.",
        )
