"""The configured sources as the sync sees them, and what the decoders need to know of each."""

from __future__ import annotations

from dataclasses import dataclass

from unposted.connectors.formats import Context
from unposted.connectors.keys import KeyMaker
from unposted.domain.identity import Placeholders
from unposted.workspace.model import Dynamics, Store, Workspace

__all__ = ["Source", "context_of", "sources_of"]


@dataclass(frozen=True, slots=True)
class Source:
    """A configured source as the sync sees it."""

    name: str
    role: str
    system: str
    setting: Store | Dynamics


def sources_of(workspace: Workspace) -> tuple[Source, ...]:
    """List the configured sources, stores first, in the order of the workspace file."""
    stores = [Source(item.name, "store", item.platform, item) for item in workspace.stores]
    return (*stores, *[Source(item.name, "dynamics", item.system, item) for item in workspace.dynamics])


def context_of(workspace: Workspace, source: Source) -> Context:
    """Build what the decoders need to know about a source."""
    setting, field_map = source.setting, workspace.field_map
    return Context(
        keys=KeyMaker(Placeholders(field_map.placeholders)),
        zone=setting.timezone or workspace.timezone,
        entity=setting.entity,
        external_id_field=setting.external_id if isinstance(setting, Dynamics) else None,
        b2b_tags=frozenset(tag.casefold() for tag in field_map.b2b_tags),
        b2b_groups=frozenset(group.casefold() for group in field_map.b2b_groups),
        decimal_comma=setting.decimal_comma,
        columns=tuple(sorted(setting.columns.items())),
        currency=setting.currency if isinstance(setting, Store) else None,
    )
