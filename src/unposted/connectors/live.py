"""What a live source offers to the sync: streams of pages, single records by id, an independent recount, and facts.

A connector does not store, wait or try again: it turns one request for a page into one page. Its decoders are those of
the files: an item is one undecoded JSON object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple, Protocol, TypeAlias

import msgspec

from unposted.connectors.clock import Clock, SystemClock
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.http import Patience, Spent
from unposted.connectors.secrets import Secret
from unposted.domain.cursor import Span

if TYPE_CHECKING:
    import httpx2

__all__ = [
    "Connection",
    "Connector",
    "DeltaExpired",
    "Fact",
    "Light",
    "LiveStream",
    "Page",
    "PageRequest",
    "SecretName",
    "Tools",
    "Way",
    "needed_secrets",
]

Way: TypeAlias = Literal["changes", "list", "delta"]


class DeltaExpired(Exception):
    """The source does not know our mark of what has changed any more: everything must be read again."""


class PageRequest(NamedTuple):
    """Which page is wanted: of a span of changes or (span None) of a whole list.

    `token` is what the page before gave as `next`, None for the first one. `size` asks for smaller pages than usual.
    """

    span: Span | None = None
    token: str | None = None
    size: int | None = None


class Page(NamedTuple):
    """One page: undecoded records in the source's order, and how to get the next one.

    `next` None: there is no further page. `removed` are ids of records that the source says are gone. `delta`, on the
    last page of a stream of way `delta`, is the mark from which the source will tell what has changed since.
    `total` is how many records the span or list has, where the source tells. `entity` is the legal entity that the
    page's records are of, where the records do not say so themselves.
    """

    items: Sequence[bytes]
    next: str | None
    removed: Sequence[str] = ()
    delta: str | None = None
    total: int | None = None
    entity: str | None = None


class Light(NamedTuple):
    """A record as the recount sees it: enough to tell a missing, a stale and a wrong one.

    `record_id` is the record's id in the store (see domain.records.record_id).
    `state` is the platform's own status as text; `total` is in minor units of `currency`, None where there is none.
    """

    record_id: str
    created_at: datetime | None
    updated_at: datetime | None
    state: str = ""
    currency: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class LiveStream:
    """One stream of a live source.

    `way` is how it is read: `changes` by time of change, `list` as a whole each time (a record that is not listed any
    more has ended), `delta` as a whole once and then by the source's own marks. `fetch` gets one page; `decode` makes
    records of items. Ids everywhere are those of domain.records.record_id.

    `by_id` fetches single records by their `record_id` (an id that is gone is left out). `recount` lists, by another
    path than `fetch`, what exists: created from one instant to before another, or (None, None) everything; with
    `recount_daily` the sync does so itself once a day, to see deletions that the source never tells.
    `forgets`: the source drops old records, so one that it does not show any more has not ended.
    `scope` is an SQL condition that tells this stream's facts in a table that it shares with another stream.
    `wanted_by`: by which stream of the same source single records of this one are wanted for a first answer, before
    all of it is read. `main`: the main card needs it; other streams are read when the workspace lists them.
    `skip` passes over the single record that a request of size 1 would give, and tells what it was and the next token:
    for a record that the source itself cannot deliver.
    """

    name: str
    records: tuple[type, ...]
    way: Way
    fetch: Callable[[PageRequest], Page]
    decode: Callable[[Iterable[RawItem], Context], Iterator[Item]]
    by_id: Callable[[Sequence[str]], Iterable[Page]] | None = None
    recount: Callable[[datetime | None, datetime | None], Iterator[Light]] | None = None
    recount_daily: bool = False
    forgets: bool = False
    scope: str = "TRUE"
    wanted_by: str | None = None
    main: bool = True
    skip: Callable[[PageRequest], tuple[str, str | None]] | None = None


class Fact(NamedTuple):
    """One thing that the source lets us know about our access: `level` warn narrows what we can see, fail stops us."""

    check: str
    level: Literal["ok", "warn", "fail"]
    text: str


class SecretName(NamedTuple):
    """A secret that a connection needs, what it is for, and the value of `auth` that it belongs to (None: all)."""

    name: str
    purpose: str
    auth: str | None = None
    is_optional: bool = False


class Connection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings under `connect` of a source; each system adds its own. Secrets are never among them."""

    url: Annotated[str, msgspec.Meta(description="Where the system is.", examples=["https://shop.example"])]
    streams: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            description="What to read; without it what the card needs, `all` for everything.", examples=[["all"]]
        ),
    ] = ()
    history_days: Annotated[
        int,
        msgspec.Meta(ge=1, description="How many days of orders and documents are read in the end.", examples=[365]),
    ] = 90
    page_size: Annotated[
        int | None,
        msgspec.Meta(description="Records on a page; without it the most that the system allows.", examples=[100]),
    ] = None

    SECRETS: ClassVar[tuple[SecretName, ...]] = ()
    STREAMS: ClassVar[tuple[str, ...]] = ()


def needed_secrets(connection: Connection) -> tuple[SecretName, ...]:
    """List the secrets that a connection needs under its own way of signing in."""
    auth = getattr(connection, "auth", None)
    return tuple(name for name in connection.SECRETS if name.auth in {None, auth})


class Connector(Protocol):
    """A live source: made by its module's `connect(source, connection, secrets, tools)`."""

    @property
    def streams(self) -> Sequence[LiveStream]:
        """Every stream that this source can give, in the order in which they are read."""
        ...

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far, and the limits that the server showed."""
        ...

    def examine(self) -> Iterator[Fact]:
        """Find out what our credentials let us see: who we are, scopes, the oldest record, companies, limits.

        The first fact is `credentials`. Raises SignIn when the credentials are refused.
        """
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What every connector is handed. `secret` returns one of its secrets, `find_secret` one that may be missing.

    `tell_wait` is told the seconds and the reason of each wait; `transport` is for tests and the sandbox.
    """

    secret: Callable[[str], Secret]
    find_secret: Callable[[str], Secret | None]
    clock: Clock = field(default_factory=SystemClock)
    patience: Patience = field(default_factory=Patience)
    transport: httpx2.BaseTransport | None = None
    tell_wait: Callable[[float, str], None] = lambda _seconds, _why: None
