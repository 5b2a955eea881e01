"""How what stands beside a reading is told on the card's page: lanes with their words, the bridge as a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unposted.cards.beside import Lane, Lanes
from unposted.cards.bridge import BridgeStep
from unposted.cards.sensitivity import Policy
from unposted.web.beside import Stood

__all__ = ["Fall", "ToldLane", "ToldPolicy", "falls_of", "lanes_of", "policies_of"]

_AGED = "Their last active order left the window, and they are absent still. Looked back to {}."
_CANNOT = "A record is there, but it is on hold, a one-time or a default customer: nothing posts to it."
_CONFLICTS = "Their keys meet two records of one entity, or two parties meet one record."


@dataclass(frozen=True, slots=True)
class ToldLane:
    """A lane with its words."""

    name: str
    label: str
    words: str
    lane: Lane


@dataclass(frozen=True, slots=True)
class Fall:
    """A step of the bridge: what is taken away hangs below what is left, which begins at `start`."""

    step: BridgeStep
    start: int
    is_total: bool


@dataclass(frozen=True, slots=True)
class ToldPolicy:
    """A policy: how far it is from the field map's own, which stands first."""

    policy: Policy
    off: int
    flips: int
    is_own: bool


def lanes_of(lanes: Lanes) -> tuple[ToldLane, ...]:
    """Tell the lanes; none of them is in the headline."""
    aged = _AGED.format(lanes.aged_from.strftime("%d %b %Y"))
    return (
        ToldLane("aged_out", "Aged out, still open", aged, lanes.aged_out),
        ToldLane("cannot_bill", "Present but cannot bill", _CANNOT, lanes.cannot_bill),
        ToldLane("conflicts", "Conflicts", _CONFLICTS, lanes.conflicts),
    )


def falls_of(steps: Sequence[BridgeStep]) -> tuple[Fall, ...]:
    """Hang each step below what the steps before it left; the first and the last stand on the ground."""
    left, found = steps[0].count, [Fall(steps[0], 0, is_total=True)]
    for step in steps[1:-1]:
        left -= step.count
        found.append(Fall(step, left, is_total=False))
    return (*found, Fall(steps[-1], 0, is_total=True))


def policies_of(stood: Stood) -> tuple[ToldPolicy, ...]:
    """Tell the policies beside the field map's own."""
    policies = stood.sensitivity.policies
    return tuple(
        ToldPolicy(one, one.value - policies[0].value, flips, is_own=place == 0)
        for place, (one, flips) in enumerate(zip(policies, stood.flips, strict=True))
    )
