"""A merchant's world of any size: its store, generated once, and the workspace that reads it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bench.generator import GENERATOR_VERSION, fill
from unposted.store.database import open_store
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, Rule, Store, Workspace

__all__ = ["AS_OF", "FULL", "WINDOW", "Size", "World", "made_world"]

AS_OF = datetime(2026, 4, 12, 22, tzinfo=UTC)
WINDOW = "7D"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is; its orders spread evenly over the days up to the as-of instant."""

    orders: int
    days: int
    customers: int
    masters: int

    def over(self, divisor: int) -> Size:
        """Return the same world with a fraction of everything but the days."""
        return Size(self.orders // divisor, self.days, self.customers // divisor, self.masters // divisor)

    def with_history(self, times: int) -> Size:
        """Return the same orders a day and the same buyers over a longer time."""
        return Size(self.orders * times, self.days * times, self.customers, self.masters)


FULL = Size(orders=10_000_000, days=90, customers=3_000_000, masters=2_500_000)


@dataclass(frozen=True, slots=True)
class World:
    """A generated world: its size, the folder of its files, and the workspace whose store holds it."""

    size: Size
    folder: Path
    workspace: Workspace


def made_world(work: Path, size: Size) -> World:
    """Return the world of a size, generating its store unless an earlier run did."""
    folder = work / f"world-{size.orders}-{size.days}-{size.customers}-{size.masters}-v{GENERATOR_VERSION}"
    workspace = _workspace(folder / "unposted.toml")
    if not workspace.store_path.exists():
        shutil.rmtree(folder, ignore_errors=True)
        unfinished = workspace.store_path.with_name("unfinished.duckdb")
        connection = open_store(unfinished, memory_limit="4GB")
        try:
            fill(connection, size.orders, size.customers, size.masters, size.days, AS_OF)
        finally:
            connection.close()
        unfinished.rename(workspace.store_path)
    return World(size, folder, workspace)


def _workspace(path: Path) -> Workspace:
    return Workspace(
        path=path,
        name="Bench",
        timezone=ZoneInfo("America/New_York"),
        reporting_currency="USD",
        stores=(
            Store("dtc", "shopify", {}, entity="USTI"),
            Store("wholesale", "bigcommerce", {}, entity="USTI"),
            Store("eu", "adobe_commerce", {}, entity="USTI"),
        ),
        dynamics=(Dynamics("fno", "finance_operations", {}),),
        entities=(Entity("USTI", "US Trade Inc", "USD"), Entity("CATU", "Canada Trade Ltd", "CAD")),
        field_map=FieldMap(rules=(Rule("CATU", ship_to=("CA",)),)),
        fx=Fx(MappingProxyType({"CAD": Decimal("0.73")})),
    )
