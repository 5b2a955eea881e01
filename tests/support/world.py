"""A whole world in one value: a workspace, an instant, a window and the facts that the sources handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from unposted.domain.records import Record
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, Store, Workspace

__all__ = ["World"]


@dataclass(frozen=True)
class World:
    """Everything that decides a reading of the main card.

    `facts` lists, source by source, the records in the order in which they were read; `rates` are the fixed ones,
    to the reporting currency. `as_of` is UTC; `zone` is an IANA name.
    """

    as_of: datetime
    window: str
    zone: str
    reporting_currency: str
    stores: tuple[Store, ...]
    dynamics: tuple[Dynamics, ...]
    entities: tuple[Entity, ...]
    field_map: FieldMap = field(default_factory=FieldMap)
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    facts: Mapping[str, Sequence[Record]] = field(default_factory=dict)

    def workspace(self, path: Path) -> Workspace:
        """Make the product's workspace out of this world; `path` is where its file would stand."""
        return Workspace(
            path=path,
            name="World",
            timezone=ZoneInfo(self.zone),
            reporting_currency=self.reporting_currency,
            stores=self.stores,
            dynamics=self.dynamics,
            entities=self.entities,
            field_map=self.field_map,
            fx=Fx(rates=self.rates),
        )
