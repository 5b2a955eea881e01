"""A process that reads parts of a file for another one: `python -m unposted.connectors.files.helper`.

It takes messages on its input and answers on its output, each with its length before it: first a Task, then Parts.
The answer to a part that cannot be read on its own is empty.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

import msgspec

from unposted.collector import without_collector
from unposted.connectors.files.messages import received, sent
from unposted.connectors.files.part_reading import Task, answer_of, items_in
from unposted.connectors.files.parts import Part

__all__ = ["serve"]


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Read parts until the input ends."""
    first = received(asked)
    if first is None:
        return
    task = msgspec.msgpack.decode(first, type=Task)
    form, context = task.format, task.context
    while (message := received(asked)) is not None:
        part = msgspec.msgpack.decode(message, type=Part)
        with without_collector():
            try:
                answer = msgspec.msgpack.encode(answer_of(list(items_in(task, form, context, part))))
            except Exception:  # noqa: BLE001 - whatever it is, the process that asked meets it too, and tells it
                answer = b""
        sent(answers, answer)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
