"""Makes the setting of a world: its instant and window, its stores, systems, entities, field map and rates.

Every choice is a small number whose 0 is the dullest answer, so that a failing world shrinks towards a dull one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from unposted.workspace.model import Dynamics, Entity, FieldMap, MatchKey, Override, Platform, Rule, Segment, Store

__all__ = ["ENTITIES", "Choices", "Moment", "dynamics", "field_map", "moment", "one", "rarely", "rates", "stores"]

ENTITIES = (
    Entity(id="USTI", name="US Trade", currency="USD"),
    Entity(id="CATU", name="CA Trade", currency="CAD"),
    Entity(id="DEUG", name="DE Trade", currency="EUR"),
)
_Choice = TypeVar("_Choice")


class Choices(Protocol):
    """A source of small numbers: a seeded generator, or Hypothesis."""

    def below(self, count: int, /) -> int:
        """Choose a number from 0 to count - 1; 0 is the simplest."""
        ...


def one(choices: Choices, among: Sequence[_Choice]) -> _Choice:
    """Choose one; the first is the simplest."""
    return among[choices.below(len(among))]


def rarely(choices: Choices, times: int) -> bool:
    """Say yes once in so many times."""
    return choices.below(times) == times - 1


class Moment(NamedTuple):
    """When a world is looked at: the as-of instant, the window as a user writes it, and the zone."""

    as_of: datetime
    window: str
    zone: str


# Plain days, both clock changes of several zones, a midnight that does not exist (Santiago), one that comes twice
# (Havana), a whole day that does not exist (Apia, 30 Dec 2011), an offset of 5:45 h, and instants at midnight itself.
_INSTANTS = [
    ("America/New_York", "2026-04-12T16:30:00"),
    ("UTC", "2026-04-12T23:59:59.999999"),
    ("America/New_York", "2026-04-12T04:00:00"),
    ("America/New_York", "2026-04-12T03:59:59.999999"),
    ("America/New_York", "2026-03-08T06:59:59.999999"),
    ("America/New_York", "2026-03-08T07:00:00"),
    ("America/New_York", "2026-03-14T15:00:00.123456"),
    ("America/New_York", "2025-11-02T05:30:00"),
    ("America/New_York", "2025-11-02T06:30:00"),
    ("America/New_York", "2025-11-08T20:00:00"),
    ("Europe/Berlin", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "2026-04-04T10:00:00"),
    ("Europe/Berlin", "2025-10-26T00:30:00"),
    ("Europe/Berlin", "2025-11-01T22:59:00"),
    ("America/Santiago", "2025-09-07T04:00:00"),
    ("America/Santiago", "2025-09-13T15:00:00"),
    ("America/Santiago", "2026-04-11T03:30:00"),
    ("America/Havana", "2025-11-08T18:00:00"),
    ("America/Havana", "2025-11-02T04:30:00"),
    ("Asia/Kathmandu", "2026-04-12T18:15:00"),
    ("Asia/Kathmandu", "2026-04-12T18:14:59.999999"),
    ("Pacific/Apia", "2012-01-05T02:00:00"),
]
_WINDOWS = ["7D", "7D", "7D", "7D", "1D", "30D", "2D", "yesterday", "today", "around", "past", "future"]
_PLATFORMS: Sequence[Platform] = ["shopify", "bigcommerce", "adobe_commerce"]
_SEGMENTS: Sequence[Segment | None] = [None, None, None, None, "dtc", "dtc", "b2b"]
_STORE_NAMES = ["web", "Outlet", "b2b"]
_STATUSES: Mapping[Platform, list[dict[str, str]]] = {
    "shopify": [{}, {}, {"financial_status=PENDING": "incomplete"}, {"financial_status=VOIDED": "active"}],
    "bigcommerce": [{}, {}, {"status_id=1": "active"}, {"status=on its way": "cancelled", "status_id=11": "quote"}],
    "adobe_commerce": [{}, {}, {"state=pending_payment": "active"}, {"state=fraud": "cancelled", "state=new": "test"}],
}
_MATCH_ON: list[tuple[MatchKey, ...]] = [
    ("external_id", "tax_id", "email"),
    ("external_id", "tax_id", "email"),
    ("email",),
    ("tax_id", "external_id"),
    ("external_id",),
    ("email", "phone", "name_address", "tax_id", "external_id"),
    ("phone",),
    ("name_address", "email"),
    ("tax_id",),
]
_OVERRIDE_KEYS = [
    "ana@example.com",
    "1001",
    "DE445566778",
    " Ben@Example.com ",
    "445566778",
    "fr 445.566.778",
    "EXT-100",
    "gid://shopify/Customer/1002",
    "c-501",
    "ab7",
    "nobody@example.org",
    "cyd@example.org",
]
_RATES = [
    {},
    {"CAD": "0.73", "EUR": "1.08", "JPY": "0.0067", "KWD": "3.25", "USD": "1.00"},
    {"CAD": "0.5", "EUR": "0.5", "USD": "0.5", "JPY": "0.005", "KWD": "0.05"},
    {"EUR": "1.0833333333", "JPY": "0.006666666667"},
    {"CAD": "0.333333333333", "USD": "150.25", "KWD": "490.1234567"},
]


def moment(choices: Choices) -> Moment:
    """Choose when the world is looked at, and through which window."""
    zone, text = one(choices, _INSTANTS)
    as_of = datetime.fromisoformat(text).replace(tzinfo=UTC)
    today = as_of.astimezone(ZoneInfo(zone)).date()
    window = one(choices, _WINDOWS)
    ranges = {"yesterday": (-1, -1), "today": (0, 0), "around": (-3, 2), "past": (-6, -3), "future": (1, 3)}
    if window in ranges:
        first, last = (today + timedelta(days=days) for days in ranges[window])
        window = f"{first}..{last}"
    return Moment(as_of, window, zone)


def stores(choices: Choices) -> tuple[Store, ...]:
    """Choose one to three stores."""
    made = []
    for name in _STORE_NAMES[: 1 + choices.below(3)]:
        platform = one(choices, _PLATFORMS)
        made.append(
            Store(
                name=name,
                platform=platform,
                files={},
                segment=one(choices, _SEGMENTS),
                entity=one(choices, ["USTI", "USTI", "usti", "CATU", "CATU", None]),
                statuses=one(choices, _STATUSES[platform]),
            )
        )
    return tuple(made)


def dynamics(choices: Choices) -> tuple[Dynamics, ...]:
    """Choose the Dynamics systems: one or two customer masters, with or without Dataverse."""
    made = [Dynamics(name="erp", system="finance_operations", files={}, entity="USTI")]
    if rarely(choices, 3):
        made.append(Dynamics(name="bc", system="business_central", files={}))
    if rarely(choices, 2):
        made.append(Dynamics(name="crm", system="dataverse", files={}))
    return tuple(made)


def field_map(choices: Choices, of: tuple[Store, ...]) -> FieldMap:
    """Choose the policy of keys, the rules and the overrides; no condition is sent to two entities."""
    rules: list[Rule] = []
    for _ in range(choices.below(5)):
        rule = _rule(choices, of)
        if not any(_contradict(rule, known) for known in rules):
            rules.append(rule)
    overrides: dict[str, Override] = {}
    for _ in range(max(0, choices.below(6) - 2)):
        key = one(choices, _OVERRIDE_KEYS)
        overrides[key] = Override(customer_key=key, entity=one(choices, ["CATU", "USTI", "deug"]))
    return FieldMap(
        match_on=one(choices, _MATCH_ON),
        awaiting_sync_minutes=one(choices, [15, 15, 15, 0, 60, 1440]),
        rules=tuple(rules),
        overrides=tuple(overrides.values()),
    )


def _rule(choices: Choices, of: tuple[Store, ...]) -> Rule:
    entity = one(choices, ["CATU", "DEUG", "USTI", "catu"])
    store = one(choices, of).name if rarely(choices, 4) else None
    if choices.below(2):
        return Rule(entity=entity, tag=one(choices, ["canada", "vip", "wholesale"]), store=store)
    return Rule(entity=entity, ship_to=one(choices, [("CA",), ("DE",), ("CA", "DE"), ("US",)]), store=store)


def _contradict(rule: Rule, known: Rule) -> bool:
    """Tell whether the workspace's reader would refuse the two: the same condition for the same stores."""
    same_condition = rule.tag == known.tag and (rule.tag is not None or bool(set(rule.ship_to) & set(known.ship_to)))
    return same_condition and rule.store == known.store


def rates(choices: Choices, reporting_currency: str) -> dict[str, Decimal]:
    """Choose the fixed rates to the reporting currency, some missing."""
    listed = one(choices, _RATES)
    return {code: Decimal(rate) for code, rate in listed.items() if code != reporting_currency}
