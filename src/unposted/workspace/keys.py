"""The keys that each table of the workspace file knows."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "DYNAMICS",
    "ENTITY",
    "FIELD_MAP",
    "FX",
    "HOMES",
    "ROOT",
    "RULE",
    "STORE",
    "STORE_STREAMS",
    "SYSTEM_STREAMS",
    "WORKSPACE",
]

ROOT = ("workspace", "stores", "dynamics", "entities", "field_map", "fx")
WORKSPACE = ("name", "timezone", "reporting_currency")
STORE = (
    *("name", "platform", "segment", "entity", "files", "columns", "statuses", "timezone", "decimal_comma", "currency"),
    *("connect", "default_customers"),
)
DYNAMICS = ("name", "system", "entity", "files", "columns", "external_id", "timezone", "decimal_comma", "connect")
ENTITY = ("id", "name", "currency")
FIELD_MAP = (
    *("match_on", "awaiting_sync_minutes", "overrides", "rules", "placeholders", "not_placeholders"),
    *("b2b_tags", "b2b_groups", "aged_out_days"),
)
RULE = ("ship_to", "tag", "entity", "store")
FX = ("rates", "file")
STORE_STREAMS = ("orders", "customers", "companies")
SYSTEM_STREAMS = {
    "finance_operations": ("customers",),
    "business_central": ("customers",),
    "dataverse": ("accounts", "contacts"),
    "power_automate": (),
}

_TABLES: Mapping[str, tuple[str, ...]] = {
    "[workspace]": WORKSPACE,
    "[[stores]]": STORE,
    "[[dynamics]]": DYNAMICS,
    "[[entities]]": ENTITY,
    "[field_map]": FIELD_MAP,
    "[[field_map.rules]]": RULE,
    "[fx]": FX,
}
HOMES: Mapping[str, tuple[str, ...]] = {
    key: tuple(title for title, keys in _TABLES.items() if key in keys) for keys in _TABLES.values() for key in keys
}
"""Which tables a key belongs to, for a key that stands in another one."""
