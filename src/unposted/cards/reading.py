"""A reading: what a card said at one instant, with the rows that make the number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from unposted.domain.window import Window

if TYPE_CHECKING:
    from unposted.cards.standing import Standing, Standings

__all__ = ["Alert", "Blocked", "Bucket", "CurrencyAmount", "Input", "Near", "Reading", "Row"]


class CurrencyAmount(NamedTuple):
    """An amount in minor units of its currency."""

    currency: str
    units: int


class Near(NamedTuple):
    """One master record that may be the party: `score` in bits (0: as likely as not), `evidence` a sentence a field."""

    account: str
    entity: str
    name: str | None
    verdict: Literal["link", "ask", "create"]
    score: int
    evidence: tuple[str, ...]


class Row(NamedTuple):
    """One absent party: a line of the worklist.

    `near` is empty unless near matches were asked for.
    Money is minor units; `blocked` and `blocked_net` are in the reporting currency, None when a rate is missing.
    """

    rank: int
    party: str
    name: str
    kind: str
    company: str | None
    segment: str
    stores: tuple[str, ...]
    platforms: tuple[str, ...]
    emails: tuple[str, ...]
    tax_ids: tuple[str, ...]
    external_ids: tuple[str, ...]
    expected_entities: tuple[str, ...]
    ambiguous: bool
    missing_entities: tuple[str, ...]
    exists_in: tuple[str, ...]
    status: str
    flags: tuple[str, ...]
    matched_evidence: str | None
    blocked_by_currency: tuple[CurrencyAmount, ...]
    blocked: int | None
    blocked_net: int | None
    orders: int
    first_order_at: datetime
    last_order_at: datetime
    age_days: int
    route: str
    recommended_action: str
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """One part of a split; `blocked` is None when it has rows and none has a known value."""

    name: str
    count: int
    blocked: int | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """The blocked value in the reporting currency; `units` None when there are rows and none has a known value."""

    currency: str
    units: int | None
    unknown_rate_rows: int
    by_currency: tuple[CurrencyAmount, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """Whether the card's alert fires: `firing` or `ok`."""

    state: str
    threshold: int


@dataclass(frozen=True, slots=True)
class Input:
    """How fresh one stream of one source is; `newest` is the newest time that a record itself shows."""

    source: str
    stream: str
    records: int
    newest: datetime | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a card said; `rows` are in rank order and make the number.

    `filters` is empty, or tells in words how the rows were narrowed. `history` tells how long each row has stood here.
    """

    card: str
    label: str
    workspace: str
    definition_version: str
    as_of: datetime
    window: Window
    value: int
    alert: Alert
    blocked: Blocked
    splits: tuple[tuple[str, tuple[Bucket, ...]], ...]
    in_dataverse: int
    quarantined: int
    unmapped_statuses: tuple[tuple[str, int], ...]
    inputs: tuple[Input, ...]
    fx: tuple[str, ...]
    rows: Sequence[Row]
    filters: str = ""
    history: Standings | None = field(default=None, compare=False)

    @property
    def largest(self) -> Row | None:
        """The row of the greatest known blocked value; None when no row's value is known."""
        return self.rows[0] if self.rows and self.rows[0].blocked is not None else None

    def split(self, name: str) -> tuple[Bucket, ...]:
        """Return one split by its name: segment, platform, store, entity or status."""
        return dict(self.splits)[name]

    def standing(self, row: Row) -> Standing:
        """Tell how long a row has stood on the list, and whether it is stuck."""
        from unposted.cards.standing import NOTHING_KNOWN

        return NOTHING_KNOWN if self.history is None else self.history.of(row)

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows in rank order."""
        return iter(self.rows)
