"""The counting part of a workspace as text: all that decides a reading beside the facts, and never a secret or a path.

The same part gives the same text, so that it can be kept once under its own digest.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from unposted.domain.fx import Rate
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, KeptRates, Override, Rule, Store, Workspace

__all__ = ["copy_of", "digest", "rates_copy", "rates_from", "workspace_from"]


def copy_of(workspace: Workspace) -> str:
    """Write the counting part: sources, entities, field map, overrides, fixed rates, zone and currency."""
    field_map = workspace.field_map
    return _text({
        "name": workspace.name,
        "timezone": workspace.timezone.key,
        "reporting_currency": workspace.reporting_currency,
        "stores": [
            [
                store.name, store.platform, store.segment, store.entity, dict(store.statuses),
                list(store.default_customers),
            ]
            for store in workspace.stores
        ],
        "dynamics": [[item.name, item.system] for item in workspace.dynamics],
        "entities": [[entity.id, entity.name, entity.currency] for entity in workspace.entities],
        "match_on": field_map.match_on,
        "awaiting_sync_minutes": field_map.awaiting_sync_minutes,
        "aged_out_days": field_map.aged_out_days,
        "rules": [[rule.entity, rule.ship_to, rule.tag, rule.store] for rule in field_map.rules],
        "overrides": [[override.customer_key, override.entity] for override in field_map.overrides],
        "placeholders": field_map.placeholders,
        "b2b_tags": field_map.b2b_tags,
        "b2b_groups": field_map.b2b_groups,
        "rates": {currency: str(rate) for currency, rate in workspace.fx.rates.items()},
    })  # fmt: skip


def workspace_from(copy: str, now: Workspace) -> Workspace:
    """Return the workspace of a copy. Where its files and systems are stays as it is now: it decides no reading."""
    told = json.loads(copy)
    field_map = FieldMap(
        match_on=tuple(told["match_on"]),
        awaiting_sync_minutes=told["awaiting_sync_minutes"],
        aged_out_days=told["aged_out_days"],
        rules=tuple(Rule(entity, tuple(ship_to), tag, store) for entity, ship_to, tag, store in told["rules"]),
        overrides=tuple(Override(*pair) for pair in told["overrides"]),
        placeholders=tuple(told["placeholders"]),
        b2b_tags=tuple(told["b2b_tags"]),
        b2b_groups=tuple(told["b2b_groups"]),
    )
    rates = MappingProxyType({currency: Decimal(rate) for currency, rate in told["rates"].items()})
    return replace(
        now,
        name=told["name"],
        timezone=ZoneInfo(told["timezone"]),
        reporting_currency=told["reporting_currency"],
        stores=tuple(_store(given, now) for given in told["stores"]),
        dynamics=tuple(_dynamics(given, now) for given in told["dynamics"]),
        entities=tuple(Entity(*given) for given in told["entities"]),
        field_map=field_map,
        fx=Fx(rates, now.fx.file),
    )


def rates_copy(first: date, last: date, rates: tuple[Rate, ...]) -> str:
    """Write what a file of rates says of some days."""
    lines = [
        [rate.currency, str(rate.rate), rate.origin, rate.rank, _day(rate.day), _day(rate.until)] for rate in rates
    ]
    return _text({"first": first.isoformat(), "last": last.isoformat(), "rates": lines})


def rates_from(copy: str) -> KeptRates:
    """Return the rates of a copy."""
    told = json.loads(copy)
    rates = tuple(
        Rate(
            currency, Decimal(rate), origin, rank, day and date.fromisoformat(day), until and date.fromisoformat(until)
        )
        for currency, rate, origin, rank, day, until in told["rates"]
    )
    return KeptRates(date.fromisoformat(told["first"]), date.fromisoformat(told["last"]), rates)


def digest(copy: str) -> str:
    """Return what a copy is kept under."""
    return hashlib.blake2b(copy.encode(), digest_size=16).hexdigest()


def _store(given: list[Any], now: Workspace) -> Store:
    name, platform, segment, entity, statuses, default_customers = given
    known = next((store for store in now.stores if store.name == name), None)
    made = known or Store(name, platform, MappingProxyType({}))
    return replace(
        made, platform=platform, segment=segment, entity=entity, statuses=MappingProxyType(statuses),
        default_customers=tuple(default_customers),
    )  # fmt: skip


def _dynamics(given: list[Any], now: Workspace) -> Dynamics:
    name, system = given
    known = next((item for item in now.dynamics if item.name == name), None)
    return replace(known or Dynamics(name, system, MappingProxyType({})), system=system)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
