"""What the API answers about what stands beside a reading: the same fields as `check --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

__all__ = [
    "AgedLaneAnswer",
    "BesideAnswer",
    "BridgeAnswer",
    "BridgeRowAnswer",
    "BridgeStepAnswer",
    "FlipAnswer",
    "KeyFillAnswer",
    "LaneAnswer",
    "LaneRowAnswer",
    "PolicyAnswer",
    "SensitivityAnswer",
]


class BridgeRowAnswer(msgspec.Struct):
    """One party or contact in a step of the bridge."""

    party: str
    kind: str
    name: str
    stores: list[str]
    blocked: str | None
    orders: int
    last_order_at: datetime


class LaneRowAnswer(BridgeRowAnswer):
    """One party beside the headline: why, in which entities, and the evidence in words."""

    reasons: list[str]
    entities: list[str]
    evidence: str | None


class LaneAnswer(msgspec.Struct):
    """Parties beside the headline; `rows` are the first 1,000, and empty for roles that see no persons."""

    count: int
    blocked: str | None
    unknown_rate_rows: int
    rows: list[LaneRowAnswer]


class AgedLaneAnswer(LaneAnswer, rename={"start": "from"}):
    """Parties that aged out; `from` is where the look back begins."""

    start: datetime


class BesideAnswer(msgspec.Struct):
    """What stands beside the headline and never in it."""

    aged_out: AgedLaneAnswer
    cannot_bill: LaneAnswer
    conflicts: LaneAnswer


class BridgeStepAnswer(msgspec.Struct):
    """One step of the bridge; `rows` are the first 1,000, and empty for roles that see no persons."""

    step: str
    label: str
    count: int
    blocked: str | None
    unknown_rate_rows: int
    rows: list[BridgeRowAnswer]


class BridgeAnswer(msgspec.Struct):
    """From everyone, the first step, to the headline, the last; those between are what is taken away."""

    bridge: list[BridgeStepAnswer]


class FlipAnswer(msgspec.Struct):
    """A party that enters the headline under a policy, or leaves it."""

    party: str
    kind: str
    name: str
    stores: list[str]
    change: Literal["enters", "leaves"]
    blocked: str | None


class PolicyAnswer(msgspec.Struct):
    """The headline under one policy.

    `flipped` are the first 1,000, and empty for roles that see no persons; `flips` counts them all.
    """

    policy: str
    value: int
    blocked: str | None
    unknown_rate_rows: int
    carries: dict[str, int]
    flips: int
    flipped: list[FlipAnswer]


class KeyFillAnswer(msgspec.Struct):
    """How many parties and master records have no usable value of a key."""

    key: str
    parties: int
    parties_lacking: int
    records: int
    records_lacking: int


class SensitivityAnswer(msgspec.Struct):
    """The headline under every other choice of keys, the one in force first."""

    sensitivity: list[PolicyAnswer]
    key_fill: list[KeyFillAnswer]
