"""Messages between processes: bytes with their length before them."""

from __future__ import annotations

from typing import IO

__all__ = ["received", "sent"]


def sent(file: IO[bytes], message: bytes) -> None:
    """Write a message and push it out."""
    file.write(len(message).to_bytes(8, "big"))
    file.write(message)
    file.flush()


def received(file: IO[bytes]) -> bytes | None:
    """Read a message; None when the other side has gone."""
    head = file.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    message = file.read(size)
    return message if len(message) == size else None
