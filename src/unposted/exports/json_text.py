"""A reading as JSON: one documented object, the same bytes for the same reading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from unposted.cards.reading import Bucket, CurrencyAmount, Input, Reading, Row
from unposted.cards.standing import Standing
from unposted.domain.money import amount_text
from unposted.exports.safety import json_safe

__all__ = ["head_fields", "reading_json", "schema_text"]


def reading_json(reading: Reading, beside: Mapping[str, Any] | None = None) -> str:
    """Write a reading as `reading.schema.json` describes it; `beside` are the fields of what was computed beside it.

    Amounts are decimal strings, null when unknown. Instants are ISO 8601 in UTC with `Z`; the window's bounds show the
    workspace zone's offset instead, because they are calendar days there.
    """
    return json_safe(json.dumps({**_object(reading), **(beside or {})}, ensure_ascii=False, indent=2)) + "\n"


def schema_text() -> str:
    """Return the JSON schema (2020-12) of `reading_json`."""
    return files("unposted.exports").joinpath("reading.schema.json").read_text(encoding="utf-8")


def head_fields(reading: Reading) -> dict[str, Any]:
    """Write what names a reading: its card, value, instant and bounds."""
    zone = ZoneInfo(reading.window.zone)
    return {
        "card": reading.card,
        "value": reading.value,
        "as_of": _instant(reading.as_of),
        "window": {
            "from": reading.window.start.astimezone(zone).isoformat(),
            "to": reading.window.end.astimezone(zone).isoformat(),
            "zone": reading.window.zone,
        },
    }


def _object(reading: Reading) -> dict[str, Any]:
    currency = reading.blocked.currency
    largest = reading.largest
    return head_fields(reading) | {
        "alert": {"state": reading.alert.state, "threshold": reading.alert.threshold},
        "blocked": {
            "currency": currency,
            "amount": _amount(reading.blocked.units, currency),
            "unknown_rate_rows": reading.blocked.unknown_rate_rows,
            "by_currency": _by_currency(reading.blocked.by_currency),
        },
        "splits": {name: _split(buckets, currency) for name, buckets in reading.splits},
        "largest": None if largest is None else _largest(largest, currency),
        "in_dataverse": reading.in_dataverse,
        "quarantined": reading.quarantined,
        "unmapped_statuses": dict(reading.unmapped_statuses),
        "inputs": [_input(stream) for stream in reading.inputs],
        "definition_version": reading.definition_version,
        "rows": [_row(row, currency) | _standing(reading.standing(row)) for row in reading.rows],
    }


def _row(row: Row, currency: str) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "party": row.party,
        "name": row.name,
        "kind": row.kind,
        "company": row.company,
        "segment": row.segment,
        "stores": row.stores,
        "platforms": row.platforms,
        "emails": row.emails,
        "tax_ids": row.tax_ids,
        "external_ids": row.external_ids,
        "expected_entities": row.expected_entities,
        "ambiguous": row.ambiguous,
        "missing_entities": row.missing_entities,
        "exists_in": row.exists_in,
        "status": row.status,
        "flags": row.flags,
        "matched_evidence": row.matched_evidence,
        "blocked_by_currency": _by_currency(row.blocked_by_currency),
        "blocked": _amount(row.blocked, currency),
        "blocked_net": _amount(row.blocked_net, currency),
        "orders": row.orders,
        "first_order_at": _instant(row.first_order_at),
        "last_order_at": _instant(row.last_order_at),
        "age_days": row.age_days,
        "route": row.route,
        "recommended_action": row.recommended_action,
        "near": [near._asdict() for near in row.near],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "first_seen": None if standing.first_seen is None else _instant(standing.first_seen),
        "usual_clear_minutes": standing.usual_clear_minutes,
        "stuck": standing.stuck,
    }


def _largest(row: Row, currency: str) -> dict[str, Any]:
    return {"party": row.party, "name": row.name, "blocked": _amount(row.blocked, currency)}


def _input(stream: Input) -> dict[str, Any]:
    return {
        "source": stream.source,
        "stream": stream.stream,
        "records": stream.records,
        "newest": None if stream.newest is None else _instant(stream.newest),
        "read_at": _instant(stream.read_at),
    }


def _split(buckets: tuple[Bucket, ...], currency: str) -> dict[str, Any]:
    return {bucket.name: {"count": bucket.count, "blocked": _amount(bucket.blocked, currency)} for bucket in buckets}


def _by_currency(amounts: tuple[CurrencyAmount, ...]) -> dict[str, str]:
    return {amount.currency: amount_text(amount.units, amount.currency) for amount in amounts}


def _amount(units: int | None, currency: str) -> str | None:
    return None if units is None else amount_text(units, currency)


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
