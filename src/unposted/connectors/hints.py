"""A webhook is a hint: it says that a record should be fetched soon, and nothing in it is believed beyond that."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

__all__ = ["Handshake", "Hint", "HintRefused"]


class Hint(NamedTuple):
    """That a record of a stream may have changed. `record_id` None: read the stream's news; `delivery` tells repeats.

    `is_gone` tells that the source speaks of a deletion; it is checked like everything else.
    """

    stream: str
    record_id: str | None
    delivery: str
    sent_at: datetime | None = None
    is_gone: bool = False


class Handshake(NamedTuple):
    """What a source wants to read back before it sends hints."""

    body: bytes
    content_type: str = "text/plain"


class HintRefused(Exception):
    """A delivery is forged, too old or not for us: `status` is what to answer; the reason names no secret."""

    def __init__(self, status: int, reason: str) -> None:
        """Take the HTTP status to answer and the reason."""
        super().__init__(reason)
        self.status = status
        self.reason = reason
