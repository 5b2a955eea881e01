"""What is known of one party, as JSON, and the sentences that say why each match failed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from unposted.cards.party import KnownOrder, PartyFile, Try
from unposted.cards.reading import Reading, Row
from unposted.domain.money import amount_text
from unposted.exports.safety import json_safe
from unposted.store.readings import Stay

__all__ = ["outcome", "party_json"]


def party_json(known: PartyFile, reading: Reading, row: Row | None) -> str:
    """Write a party as one object; `row` is its line of the worklist, None when it is not absent."""
    standing = None if row is None else reading.standing(row)
    told = {
        "party": known.party or None,
        "kind": known.kind,
        "as_of": _instant(known.as_of),
        "window": {"from": _instant(known.window.start), "to": _instant(known.window.end)},
        "absent": row is not None,
        "rank": None if row is None else row.rank,
        "status": None if row is None else row.status,
        "flags": [] if row is None else row.flags,
        "blocked": None if row is None or row.blocked is None else amount_text(row.blocked, reading.blocked.currency),
        "recommended_action": None if row is None else row.recommended_action,
        "orders": [_order(order) for order in known.orders],
        "entities": [{"entity": one.entity, "holds_a_record": one.is_held} for one in known.entities],
        "matches": [_try(one, known) for one in known.tries],
        "near": known.near,
        "in_dataverse": known.is_in_dataverse,
        "first_seen": None if standing is None or standing.first_seen is None else _instant(standing.first_seen),
        "usual_clear_minutes": None if standing is None else standing.usual_clear_minutes,
        "stuck": None if standing is None else standing.stuck,
        "history": [_stay(stay) for stay in known.stays],
    }
    return json_safe(json.dumps(told, ensure_ascii=False, indent=2)) + "\n"


def outcome(tried: Try, known: PartyFile) -> str:
    """Say in words what became of one match."""
    wanted = [one.entity for one in known.entities]
    shown = ", ".join(f"{account} in {entity}" for entity, account in tried.records)
    if not tried.is_matched_on:
        return (
            f"not matched on by the field map, though {shown} shows it" if shown else "not matched on by the field map"
        )
    if not tried.records:
        return "no master record shows it"
    if any(entity in wanted for entity, _ in tried.records) or not wanted:
        return f"meets {shown}"
    return f"meets {shown}, not in {' or '.join(wanted)}, where a record is needed"


def _order(order: KnownOrder) -> dict[str, Any]:
    return {
        "store": order.store,
        "order_id": order.order_id,
        "name": order.name,
        "created_at": _instant(order.created_at),
        "state": order.state,
        "counts": order.counts,
        "currency": order.currency,
        "value": amount_text(order.value, order.currency),
        "entities": order.entities,
        "blocked": order.is_blocked,
    }


def _try(tried: Try, known: PartyFile) -> dict[str, Any]:
    return {
        "key": tried.kind,
        "value": tried.value,
        "matched_on": tried.is_matched_on,
        "records": [{"entity": entity, "account": account} for entity, account in tried.records],
        "outcome": outcome(tried, known),
    }


def _stay(stay: Stay) -> dict[str, Any]:
    minutes = None if stay.left_at is None else int((stay.left_at - stay.entered_at).total_seconds()) // 60
    return {
        "entered_at": _instant(stay.entered_at),
        "left_at": None if stay.left_at is None else _instant(stay.left_at),
        "minutes": minutes,
    }


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
