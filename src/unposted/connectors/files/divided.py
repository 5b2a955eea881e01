"""Reads a big plain file with the help of other processes: they take parts by turns, the items come in file order.

The result is the same to the last item as without them. A part is cut so that it can be read on its own, and is taken
only when it was read without a complaint; otherwise this process reads on alone from where that part starts.
"""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import cycle
from types import TracebackType
from typing import Self

import msgspec

from unposted.connectors.files.division import Division
from unposted.connectors.files.messages import received, sent
from unposted.connectors.files.part_reading import Answer, Task, items_in, items_of
from unposted.connectors.files.parts import Part
from unposted.connectors.formats import Context, Item
from unposted.errors import SourceFileError

__all__ = ["divided_items"]


def divided_items(division: Division, context: Context) -> Iterator[Item]:
    """Read the parts of a file, this process and its helpers by turns."""
    with ExitStack() as stack:
        helpers = [stack.enter_context(_Helper(division.task)) for _ in range(division.helpers)]
        turns = cycle([None, *helpers])
        waiting: deque[tuple[Part, _Helper | None]] = deque()
        while True:
            while len(waiting) < 2 * (len(helpers) + 1) and (part := next(division.parts, None)) is not None:
                helper = next(turns)
                waiting.append((part, helper))
                if helper is not None:
                    helper.ask(part)
            if not waiting:
                return
            part, helper = waiting.popleft()
            items = _own_items(division, context, part) if helper is None else helper.items()
            if items is None:
                break
            yield from items
    yield from items_in(division.task, division.form, context, Part(part.offset, -1, part.line))


def _own_items(division: Division, context: Context, part: Part) -> Iterator[Item] | None:
    try:
        return iter(list(items_in(division.task, division.form, context, part)))
    except SourceFileError:
        return None


class _Helper:
    """A process that reads the parts it is asked for, one after the other, while this one reads its own."""

    def __init__(self, task: Task) -> None:
        """Start the process and tell it the task."""
        self._process = subprocess.Popen(
            # -P: a module that lies in the user's folder is not taken for one of ours
            [sys.executable, "-P", "-m", "unposted.connectors.files.helper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._decode = msgspec.msgpack.Decoder(Answer).decode
        self._send(msgspec.msgpack.encode(task))

    def ask(self, part: Part) -> None:
        """Ask for a part; the process reads it as soon as it has finished those before."""
        self._send(msgspec.msgpack.encode(part))

    def items(self) -> Iterator[Item] | None:
        """Wait for the next part's items; None when it cannot be read on its own or the process has gone."""
        assert self._process.stdout is not None
        message = received(self._process.stdout)
        return items_of(self._decode(message)) if message else None

    def _send(self, message: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # a process that has gone gives no answer either, and that is noticed
            sent(self._process.stdin, message)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()
