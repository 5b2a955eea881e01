"""The workspace: one merchant's stores, Dynamics systems, entities and field map, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias
from zoneinfo import ZoneInfo

from unposted.domain.fx import Rate
from unposted.domain.identity import DEFAULT_PLACEHOLDERS

if TYPE_CHECKING:
    from unposted.connectors.live import Connection

__all__ = [
    "Dynamics",
    "Entity",
    "FieldMap",
    "Fx",
    "KeptRates",
    "MatchKey",
    "Override",
    "Rule",
    "Segment",
    "Store",
    "Workspace",
]

Platform: TypeAlias = Literal["shopify", "bigcommerce", "adobe_commerce"]
System: TypeAlias = Literal["finance_operations", "business_central", "dataverse", "power_automate"]
Segment: TypeAlias = Literal["b2b", "dtc"]
MatchKey: TypeAlias = Literal["external_id", "tax_id", "email", "phone", "name_address"]
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Store:
    """One storefront. `files` maps a stream to its paths or globs, as written; `statuses` overrides the status table.

    `timezone` reads times that show no offset (None: the workspace's); `currency` is that of amounts that show none.
    `connect`, if it is there, says where the live store is; then there are no files. `default_customers` are the
    catch-all records of the customer master (`ACCOUNT`, or `ENTITY/ACCOUNT`), which bill nobody in particular.
    """

    name: str
    platform: Platform
    files: Mapping[str, tuple[str, ...]]
    segment: Segment | None = None
    entity: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    statuses: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    timezone: ZoneInfo | None = None
    decimal_comma: bool | None = None
    currency: str | None = None
    connect: Connection | None = None
    default_customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dynamics:
    """One Dynamics 365 system, live (`connect`) or from files.

    `external_id` names the master's field that holds the storefront's id.
    """

    name: str
    system: System
    files: Mapping[str, tuple[str, ...]]
    entity: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    external_id: str | None = None
    timezone: ZoneInfo | None = None
    decimal_comma: bool | None = None
    connect: Connection | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One legal entity; `id` is the company code in upper case."""

    id: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Sends orders to an entity by one condition: ship-to countries (upper-case) or a tag (casefolded).

    `store` limits the rule to one store.
    """

    entity: str
    ship_to: tuple[str, ...] = ()
    tag: str | None = None
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """Sends one customer to an entity; `customer_key` is an e-mail, tax id, external or platform customer id."""

    customer_key: str
    entity: str


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How parties meet master records, and which legal entity should bill an order."""

    match_on: tuple[MatchKey, ...] = ("external_id", "tax_id", "email")
    awaiting_sync_minutes: int = 15
    aged_out_days: int = 30
    rules: tuple[Rule, ...] = ()
    overrides: tuple[Override, ...] = ()
    placeholders: tuple[str, ...] = DEFAULT_PLACEHOLDERS
    b2b_tags: tuple[str, ...] = ("b2b", "wholesale")
    b2b_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptRates:
    """All that a file of rates said of the days from `first` to `last`, both included."""

    first: date
    last: date
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Fx:
    """Exchange rates to the reporting currency: fixed ones, and the ECB's reference file.

    `kept`, if it is there, is what the file said of some days at an earlier instant; it stands before the file.
    """

    rates: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    file: Path | None = None
    kept: KeptRates | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """One merchant. `path` is the workspace file; files and the store are found relative to its folder."""

    path: Path
    name: str
    timezone: ZoneInfo
    reporting_currency: str
    stores: tuple[Store, ...]
    dynamics: tuple[Dynamics, ...]
    entities: tuple[Entity, ...]
    field_map: FieldMap
    fx: Fx

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.parent

    @property
    def store_path(self) -> Path:
        """Where this workspace's store is kept: `.unposted/NAME.duckdb` beside the workspace file."""
        return self.folder / ".unposted" / f"{self.path.stem}.duckdb"
