"""The change between two readings as JSON: both headlines, and every part of the bridge with its rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from unposted.cards.change import Change, ChangedRow, Part
from unposted.cards.reading import Reading
from unposted.domain.money import amount_text
from unposted.exports.safety import json_safe

__all__ = ["change_json"]


def change_json(change: Change) -> str:
    """Write a change as one object; amounts are decimal text, null where unknown or where the party is not listed.

    `change.count` and `change.blocked` are the sums of the parts; unknown values add nothing, as in the headline.
    """
    currency = change.end.blocked.currency
    told = {
        "card": change.end.card,
        "currency": currency,
        "from": _headline(change.start, currency),
        "to": _headline(change.end, currency),
        "change": {
            "count": sum(part.count for part in change.parts),
            "blocked": amount_text(sum(part.blocked for part in change.parts), currency),
        },
        "parts": [_part(part, currency) for part in change.parts],
    }
    return json_safe(json.dumps(told, ensure_ascii=False, indent=2)) + "\n"


def _headline(reading: Reading, currency: str) -> dict[str, Any]:
    return {
        "as_of": _instant(reading.as_of),
        "value": reading.value,
        "blocked": _amount(reading.blocked.units, currency),
        "unknown_rate_rows": reading.blocked.unknown_rate_rows,
    }


def _part(part: Part, currency: str) -> dict[str, Any]:
    return {
        "side": part.side,
        "reason": part.reason,
        "label": part.label,
        "count": part.count,
        "blocked": amount_text(part.blocked, currency),
        "rows": [_row(row, currency) for row in part.rows],
    }


def _row(row: ChangedRow, currency: str) -> dict[str, Any]:
    return {
        "party": row.party,
        "name": row.name,
        "before": _amount(row.before, currency),
        "after": _amount(row.after, currency),
        "change": amount_text(row.change, currency),
    }


def _amount(units: int | None, currency: str) -> str | None:
    return None if units is None else amount_text(units, currency)


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
