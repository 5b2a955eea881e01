"""What stands beside a reading, as JSON: lanes, bridge, key sensitivity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from unposted.cards.beside import Lane, LaneRow, Lanes
from unposted.cards.bridge import BridgeRow, BridgeStep
from unposted.cards.explained import Explained
from unposted.cards.sensitivity import Flip, Policy, Sensitivity
from unposted.domain.money import amount_text

__all__ = ["beside_fields", "bridge_field", "sensitivity_fields"]


def beside_fields(explained: Explained) -> Mapping[str, Any]:
    """Write the fields `beside`, `bridge`, `sensitivity` and `key_fill` of the parts that were computed."""
    currency = explained.reading.blocked.currency
    found: dict[str, Any] = {}
    if explained.beside is not None:
        found["beside"] = _lanes(explained.beside, currency)
    if explained.bridge:
        found["bridge"] = bridge_field(explained.bridge, currency)
    if explained.sensitivity is not None:
        found |= sensitivity_fields(explained.sensitivity, currency)
    return found


def bridge_field(steps: Iterable[BridgeStep], currency: str) -> Sequence[Mapping[str, Any]]:
    """Write a bridge: everyone first, the headline last, between them what is taken away."""
    return [
        {
            "step": step.step,
            "label": step.label,
            "count": step.count,
            "blocked": _amount(step.blocked, currency),
            "unknown_rate_rows": step.unknown_rate_rows,
            "rows": [_bridge_row(row, currency) for row in step.rows],
        }
        for step in steps
    ]


def sensitivity_fields(sensitivity: Sensitivity, currency: str) -> Mapping[str, Any]:
    """Write the policies, the field map's own first, and how well each key is filled on either side."""
    return {
        "sensitivity": [_policy(policy, currency) for policy in sensitivity.policies],
        "key_fill": [fill._asdict() for fill in sensitivity.fill],
    }


def _lanes(lanes: Lanes, currency: str) -> Mapping[str, Any]:
    aged = _lane(lanes.aged_out, currency) | {"from": _instant(lanes.aged_from)}
    return {
        "aged_out": aged,
        "cannot_bill": _lane(lanes.cannot_bill, currency),
        "conflicts": _lane(lanes.conflicts, currency),
    }


def _lane(lane: Lane, currency: str) -> dict[str, Any]:
    return {
        "count": lane.count,
        "blocked": _amount(lane.blocked, currency),
        "unknown_rate_rows": lane.unknown_rate_rows,
        "rows": [_lane_row(row, currency) for row in lane.rows],
    }


def _lane_row(row: LaneRow, currency: str) -> Mapping[str, Any]:
    return row._asdict() | {
        "blocked": _amount(row.blocked, currency),
        "last_order_at": _instant(row.last_order_at),
    }


def _bridge_row(row: BridgeRow, currency: str) -> Mapping[str, Any]:
    return row._asdict() | {
        "blocked": _amount(row.blocked, currency),
        "last_order_at": _instant(row.last_order_at),
    }


def _policy(policy: Policy, currency: str) -> Mapping[str, Any]:
    return {
        "policy": policy.policy,
        "value": policy.value,
        "blocked": _amount(policy.blocked, currency),
        "unknown_rate_rows": policy.unknown_rate_rows,
        "carries": dict(policy.carries),
        "flipped": [_flip(flip, currency) for flip in policy.flipped],
    }


def _flip(flip: Flip, currency: str) -> Mapping[str, Any]:
    return flip._asdict() | {"blocked": _amount(flip.blocked, currency)}


def _amount(units: int | None, currency: str) -> str | None:
    return None if units is None else amount_text(units, currency)


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
