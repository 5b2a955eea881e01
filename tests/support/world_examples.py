"""Builds tiny worlds by hand: every part has a plain value, an example names only what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.support.oracle import judge
from tests.support.world import World
from tests.support.world_setting import ENTITIES
from unposted.cards.reading import Row
from unposted.domain.records import Company, Customer, Key, Master, Order, Record, Staged
from unposted.workspace.model import Dynamics, FieldMap, Platform, Store

__all__ = [
    "AS_OF",
    "account",
    "at",
    "company",
    "email",
    "external_id",
    "master",
    "only_row",
    "order",
    "rows",
    "shop",
    "staged",
    "tax_id",
    "world",
]

AS_OF = datetime(2026, 4, 12, 12, tzinfo=UTC)
_USUAL = FieldMap()


def at(text: str) -> datetime:
    """Read an instant of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def email(*values: str) -> tuple[Key, ...]:
    """Make e-mail keys."""
    return tuple(Key("email", value) for value in values)


def tax_id(*values: str) -> tuple[Key, ...]:
    """Make tax id keys out of stored forms."""
    return tuple(Key("tax_id", value) for value in values)


def external_id(*values: str) -> tuple[Key, ...]:
    """Make external id keys."""
    return tuple(Key("external_id", value) for value in values)


def order(order_id: str = "1", *, keys: tuple[Key, ...] = email("ana@example.com"), **changes: Any) -> Order:
    """Make an active order of ana, 100.00 USD, placed two days before the as-of instant."""
    emails = [key.value for key in keys if key.kind == "email"]
    plain: dict[str, Any] = {
        "name": f"#{order_id}",
        "created_at": at("2026-04-10T12:00:00"),
        "signals": "financial_status=PAID",
        "currency": "USD",
        "total": 10000,
        "refunded": 0,
        "net": 8000,
        "email": emails[0] if emails else None,
    }
    return Order(order_id, keys=keys, **(plain | changes))


def account(customer_id: str, *, keys: tuple[Key, ...] = (), **changes: Any) -> Customer:
    """Make a storefront's account."""
    return Customer(customer_id, keys=keys, **changes)


def company(company_id: str, *, keys: tuple[Key, ...] = (), **changes: Any) -> Company:
    """Make a storefront's company."""
    return Company(company_id, keys=keys, **changes)


def master(*keys: Key, entity: str = "USTI", account: str = "C-001", **changes: Any) -> Master:
    """Make a record of the customer master."""
    return Master(entity, account, keys=keys, **changes)


def staged(*keys: Key, **changes: Any) -> Staged:
    """Make a Dataverse account."""
    return Staged("account", "rec-1", keys=keys, **changes)


def shop(name: str = "web", platform: Platform = "shopify", entity: str | None = "USTI", **changes: Any) -> Store:
    """Make a store that sends its orders to USTI."""
    return Store(name=name, platform=platform, files={}, entity=entity, **changes)


def world(
    *,
    facts: Mapping[str, Sequence[Record]],
    stores: tuple[Store, ...] = (shop(), shop("eu")),
    field_map: FieldMap = _USUAL,
    as_of: datetime = AS_OF,
    window: str = "7D",
    zone: str = "UTC",
    rates: Mapping[str, str] | None = None,
    reporting: str = "USD",
) -> World:
    """Make a world of two Shopify stores, a customer master (`erp`) and a Dataverse (`crm`)."""
    return World(
        as_of=as_of,
        window=window,
        zone=zone,
        reporting_currency=reporting,
        stores=stores,
        dynamics=(
            Dynamics(name="erp", system="finance_operations", files={}),
            Dynamics(name="bc", system="business_central", files={}),
            Dynamics(name="crm", system="dataverse", files={}),
        ),
        entities=ENTITIES,
        field_map=field_map,
        rates={code: Decimal(rate) for code, rate in (rates or {}).items()},
        facts=facts,
    )


def rows(*records: Record, **setting: Any) -> tuple[Row, ...]:
    """Judge a world: orders, accounts and companies stand in the store `web`, masters in `erp`, staged in `crm`.

    `eu` adds the records of a second store.
    """
    facts: dict[str, list[Record]] = {"web": [], "eu": list(setting.pop("eu", [])), "erp": [], "crm": []}
    for record in records:
        source = {Master: "erp", Staged: "crm"}.get(type(record), "web")
        facts[source].append(record)
    return judge(world(facts=facts, **setting)).rows


def only_row(*records: Record, **setting: Any) -> Row:
    """Judge a world as `rows` does, and return its one row."""
    (row,) = rows(*records, **setting)
    return row
