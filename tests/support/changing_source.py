"""A source whose records come, change, show themselves late and go while they are being read: a model of a platform.

Two ways of paging: `keyset` goes on behind the last row's time and id, `offset` counts rows, so that a row that moves
while somebody pages makes the next page skip one. Every call may be the one at which something happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import msgspec

from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.live import Light, LiveStream, Page, PageRequest
from unposted.domain.records import Customer
from unposted.sandbox.wire import SteppedClock

__all__ = ["ChangingSource", "Version"]

_SIZE = 3


class Version(msgspec.Struct):
    """One version of a record as the source shows it."""

    record_id: str
    content: int
    updated_at: datetime
    visible_at: datetime
    is_deletion: bool = False


@dataclass(slots=True)
class ChangingSource:
    """The source's side; `on_call` is told of each call before it is answered and may change the records or fail."""

    clock: SteppedClock
    paging: Literal["keyset", "offset"] = "keyset"
    versions: list[Version] = field(default_factory=list)
    on_call: Callable[[], None] = lambda: None

    def write(self, record_id: str, content: int, updated_at: datetime, visible_at: datetime) -> None:
        """Write a record, or a newer version of it."""
        self.versions.append(Version(record_id, content, updated_at.replace(microsecond=0), visible_at))

    def delete(self, record_id: str) -> None:
        """Take a record away, leaving no trace."""
        self.versions.append(Version(record_id, 0, self.clock.now(), self.clock.now(), is_deletion=True))

    def shown(self) -> dict[str, Version]:
        """Return what can be seen now: the last visible version of each record."""
        now = self.clock.now()
        last = {version.record_id: version for version in self.versions if version.visible_at <= now}
        return {key: version for key, version in last.items() if not version.is_deletion}

    def stream(self) -> LiveStream:
        """Offer the records as a stream of changes."""
        return LiveStream(
            "customers", (Customer,), "changes", self.fetch, _decode, by_id=self._by_id, recount=self._recount
        )

    def fetch(self, request: PageRequest) -> Page:
        """Give a page of a span, ordered by time of change and id."""
        self.on_call()
        assert request.span is not None
        rows = sorted(
            (
                version
                for version in self.shown().values()
                if request.span.start <= version.updated_at <= request.span.end
            ),
            key=lambda version: (version.updated_at, version.record_id),
        )
        size = request.size or _SIZE
        if self.paging == "offset":
            start = int(request.token or 0)
            page = rows[start : start + size]
            return Page([_body(row) for row in page], str(start + size) if len(rows) > start + size else None)
        after = msgspec.json.decode(request.token, type=tuple[datetime, str]) if request.token else None
        rest = [row for row in rows if after is None or (row.updated_at, row.record_id) > after]
        page = rest[:size]
        token = msgspec.json.encode((page[-1].updated_at, page[-1].record_id)).decode() if len(rest) > size else None
        return Page([_body(row) for row in page], token)

    def _by_id(self, ids: Sequence[str]) -> Iterator[Page]:
        self.on_call()
        shown = self.shown()
        yield Page([_body(shown[one]) for one in ids if one in shown], None)

    def _recount(self, start: datetime | None, end: datetime | None) -> Iterator[Light]:  # noqa: ARG002 - a list
        self.on_call()
        for version in list(self.shown().values()):
            yield Light(version.record_id, None, version.updated_at)


def _body(version: Version) -> bytes:
    return msgspec.json.encode(version)


def _decode(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    for _, body in items:
        version = msgspec.json.decode(body, type=Version)
        yield Customer(version.record_id, str(version.content), version.updated_at.astimezone(UTC))
