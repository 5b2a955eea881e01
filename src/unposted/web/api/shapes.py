"""What the API answers with, and what it takes. Amounts are decimal strings, instants ISO 8601 in UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

__all__ = [
    "Amount",
    "BlockedAnswer",
    "BucketAnswer",
    "CardAnswer",
    "CardsAnswer",
    "InputAnswer",
    "NearAnswer",
    "NewNote",
    "NoteAnswer",
    "NotesAnswer",
    "OrderAnswer",
    "PartyAnswer",
    "PartyWorkAnswer",
    "PointAnswer",
    "ReadingAnswer",
    "RowAnswer",
    "RowsAnswer",
    "RunAnswer",
    "RunsAnswer",
    "SourceAnswer",
    "SourcesAnswer",
    "SplitAnswer",
    "TriedAnswer",
    "WorkChange",
]


class Amount(msgspec.Struct):
    """An amount of money; `amount` is a decimal string."""

    currency: str
    amount: str


class CardAnswer(msgspec.Struct):
    """A card: one named question with a fixed definition."""

    id: str
    label: str
    question: str
    card_class: str
    category: str
    window: str
    alert_above: int
    sentiment: str
    format: str
    roles: list[str]
    definition_version: str
    definition: str


class CardsAnswer(msgspec.Struct):
    """The cards of the asking role."""

    cards: list[CardAnswer]


class BlockedAnswer(msgspec.Struct):
    """What is blocked: in the reporting currency (null when unknown or not to be seen) and by order currency."""

    currency: str
    amount: str | None
    unknown_rate_rows: int
    by_currency: list[Amount]


class BucketAnswer(msgspec.Struct):
    """One part of a split; `url` is the list of exactly its rows."""

    name: str
    count: int
    blocked: str | None
    url: str


class SplitAnswer(msgspec.Struct):
    """One way of cutting the rows into parts that add up."""

    name: str
    parts: list[BucketAnswer]


class InputAnswer(msgspec.Struct):
    """How fresh one stream is."""

    source: str
    stream: str
    records: int
    newest: datetime | None
    read_at: datetime


class PointAnswer(msgspec.Struct):
    """What the card said at this time of day on a day."""

    day: date
    value: int
    blocked: str | None


class ReadingAnswer(msgspec.Struct):
    """What a card says now; `trend` is empty until it was computed."""

    card: str
    label: str
    value: int
    as_of: datetime
    window_from: datetime
    window_to: datetime
    zone: str
    definition_version: str
    alert: Literal["firing", "ok"]
    alert_above: int
    colour: str
    blocked: BlockedAnswer
    splits: list[SplitAnswer]
    in_dataverse: int
    quarantined: int
    inputs: list[InputAnswer]
    trend: list[PointAnswer]
    change: str


class PartyWorkAnswer(msgspec.Struct):
    """What people decided about a party."""

    owner: str | None
    owner_name: str | None
    due: date | None
    state: str
    reason: str | None
    changed_at: datetime | None


class NearAnswer(msgspec.Struct):
    """A master record that may be the party: the verdict, its score in bits, and a sentence for each field."""

    account: str
    entity: str
    name: str | None
    verdict: Literal["link", "ask", "create"]
    score: int
    evidence: list[str]


class RowAnswer(msgspec.Struct):
    """One absent party as the asking role sees it; what is hidden is empty.

    `usual_clear_minutes` and `stuck` are null while there is not enough history.
    """

    rank: int
    party: str
    name: str
    kind: str
    company: str | None
    segment: str
    stores: list[str]
    platforms: list[str]
    emails: list[str]
    tax_ids: list[str]
    external_ids: list[str]
    expected_entities: list[str]
    ambiguous: bool
    missing_entities: list[str]
    exists_in: list[str]
    status: str
    flags: list[str]
    matched_evidence: str | None
    blocked: str | None
    blocked_net: str | None
    blocked_by_currency: list[Amount]
    orders: int
    first_order_at: datetime
    last_order_at: datetime
    age_days: int
    route: str
    recommended_action: str
    near: list[NearAnswer]
    first_seen: datetime | None
    usual_clear_minutes: int | None
    stuck: bool | None
    is_new: bool
    work: PartyWorkAnswer


class RowsAnswer(msgspec.Struct):
    """A page of rows. `count` and `blocked` are those of all that match; `next` is the address of the next page."""

    count: int
    blocked: BlockedAnswer
    first: int
    rows: list[RowAnswer]
    previous: str | None
    next: str | None


class OrderAnswer(msgspec.Struct):
    """An active order of a party."""

    store: str
    platform: str
    order_id: str | None
    name: str | None
    created_at: datetime
    value: Amount | None
    net: Amount | None
    is_blocked: bool
    entities: list[str]


class TriedAnswer(msgspec.Struct):
    """What one key came to: the party's values, and the entities whose master records carry one."""

    key: str
    count: int
    values: list[str]
    held_in: list[str]


class PartyAnswer(msgspec.Struct):
    """A party with what stands behind its row."""

    row: RowAnswer
    orders: list[OrderAnswer]
    compared: list[TriedAnswer]


class WorkChange(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What to change of a party; what is not there stays. `owner` is a person's id, `me`, or null for nobody."""

    owner: Annotated[str, msgspec.Meta(max_length=64)] | msgspec.UnsetType | None = msgspec.UNSET
    due: date | msgspec.UnsetType | None = msgspec.UNSET
    state: Literal["open", "in_progress", "waiting", "done", "dismissed"] | msgspec.UnsetType = msgspec.UNSET
    reason: Annotated[str, msgspec.Meta(max_length=4000)] | msgspec.UnsetType | None = msgspec.UNSET


class NewNote(msgspec.Struct, forbid_unknown_fields=True):
    """A note to write."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class NoteAnswer(msgspec.Struct):
    """A note on a party."""

    id: str
    text: str
    written_at: datetime
    written_by: str


class NotesAnswer(msgspec.Struct):
    """The notes on a party, the oldest first."""

    notes: list[NoteAnswer]


class SourceAnswer(msgspec.Struct):
    """One stream of a source; `recount` is (compared, missing, stale, incorrect, gone)."""

    source: str
    stream: str
    records: int
    newest: datetime | None
    read_at: datetime
    quarantined: int
    outcome: str | None
    remark: str | None
    recount: list[int] | None


class SourcesAnswer(msgspec.Struct):
    """Every stream that was read."""

    phase: str
    streams: list[SourceAnswer]


class RunAnswer(msgspec.Struct):
    """One line of the ledger; fetched = stored + unchanged + quarantined."""

    id: int
    source: str
    stream: str
    started_at: datetime
    ended_at: datetime | None
    fetched: int
    stored: int
    unchanged: int
    quarantined: int
    gone: int
    calls: int
    outcome: str
    remark: str | None


class RunsAnswer(msgspec.Struct):
    """The newest runs."""

    runs: list[RunAnswer]
