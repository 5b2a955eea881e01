"""Reads the sources of the workspace file: [[stores]] and [[dynamics]], with their files and columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args

from unposted.connectors.secrets import variable_name
from unposted.domain.status import ORDER_STATES
from unposted.workspace import keys
from unposted.workspace.checks import Section
from unposted.workspace.connect import read_connect
from unposted.workspace.globs import file_advice, matching_files
from unposted.workspace.hints import kind_of, quoted
from unposted.workspace.model import Dynamics, Entity, Platform, Segment, Store, System
from unposted.workspace.vocabulary import choice, choice_advice, chosen, currency, entity_id, zone

if TYPE_CHECKING:
    from unposted.connectors.live import Connection

__all__ = ["SourceNames", "read_dynamics", "read_stores"]

_MEANT_PLATFORM = MappingProxyType({
    "magento": "adobe_commerce", "magento_2": "adobe_commerce", "adobe": "adobe_commerce",
    "big_commerce": "bigcommerce", "bc": "bigcommerce", "shopify_plus": "shopify", "b2b_edition": "bigcommerce",
})  # fmt: skip
_MEANT_SYSTEM = MappingProxyType({
    "fno": "finance_operations", "f&o": "finance_operations", "fo": "finance_operations", "ax": "finance_operations",
    "finance": "finance_operations", "d365": "finance_operations", "d365fo": "finance_operations",
    "finance_and_operations": "finance_operations", "bc": "business_central", "nav": "business_central",
    "navision": "business_central", "crm": "dataverse", "cds": "dataverse", "dynamics_crm": "dataverse",
    "flow": "power_automate", "flows": "power_automate", "microsoft_flow": "power_automate",
})  # fmt: skip
_MEANT_STATE = MappingProxyType({
    "canceled": "cancelled", "void": "refunded", "voided": "refunded", "draft": "quote", "open": "active",
    "paid": "active", "pending": "incomplete", "ignore": "cancelled",
})  # fmt: skip
_FILES_EXAMPLES = {
    "orders": '{ orders = "exports/orders*.csv" }',
    "customers": '{ customers = "exports/CustomersV3.csv" }',
    "accounts": '{ accounts = "exports/accounts.csv" }',
}


@dataclass(frozen=True, slots=True)
class SourceNames:
    """The names of the sources met so far, casefolded, with their spelling and line; `variables` has those of the live
    ones, as the environment spells them.
    """

    lines: dict[str, tuple[str, int]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def take(self, section: Section) -> str | None:
        """Read a source's name, which no other source may have."""
        name = section.text("name", '"dtc"', needed=True)
        if name is None:
            return None
        if name == "several":
            advice = "Choose another name: the splits of the card use this one."
            section.fault("name", f"{quoted(name)} cannot be the name of a source.", advice)
        first = self.lines.setdefault(name.casefold(), (name, section.line("name")))
        if first[1] != section.line("name"):
            message = f"{quoted(name)} is the name of a source on line {first[1]} already."
            section.fault("name", message, "Give every store and every Dynamics system a name of its own.")
        elif "connect" in section:
            other = self.variables.setdefault(variable_name(name, ""), name)
            if other != name:
                message = f"{quoted(name)} and {quoted(other)} have the same environment variables for their secrets."
                section.fault("name", message, "Choose a name that differs in its letters A to Z or digits.")
        return name


def read_stores(
    tables: Iterable[Section], folder: Path, entities: Mapping[str, Entity], names: SourceNames
) -> tuple[Store, ...]:
    """Read the [[stores]]; one that cannot be read is left out, with its faults noted."""
    order_files: dict[Path, str] = {}
    found = [_store(section, folder, entities, names, order_files) for section in tables]
    return tuple(store for store in found if store is not None)


def _store(
    section: Section, folder: Path, entities: Mapping[str, Entity], names: SourceNames, order_files: dict[Path, str]
) -> Store | None:
    platforms: tuple[Platform, ...] = get_args(Platform)
    segments: tuple[Segment, ...] = get_args(Segment)
    section.known(keys.STORE)
    name = names.take(section)
    platform = choice(section, "platform", platforms, needed=True, meant=_MEANT_PLATFORM)
    connect = _connect(section, platform, name)
    files = _files(section, folder, keys.STORE_STREAMS, ("orders",))
    _refuse_shared_orders(section, folder, files, order_files)
    segment = choice(section, "segment", segments)
    entity = entity_id(section, entities)
    columns = _columns(section, platform or "shopify", files)
    statuses, timezone, comma = _statuses(section), zone(section), section.flag("decimal_comma")
    shown_currency = currency(section, "currency", needed=False)
    defaults = tuple(written.value for written in section.texts("default_customers", '["US-000001"]', numbers=True))
    if name is None or platform is None:
        return None
    return Store(
        name, platform, files, segment, entity, columns, statuses, timezone, comma, shown_currency, connect, defaults
    )


def read_dynamics(
    tables: Iterable[Section], folder: Path, entities: Mapping[str, Entity], names: SourceNames
) -> tuple[Dynamics, ...]:
    """Read the [[dynamics]] systems; one that cannot be read is left out, with its faults noted."""
    found = [_one_dynamics(section, folder, entities, names) for section in tables]
    return tuple(source for source in found if source is not None)


def _one_dynamics(
    section: Section, folder: Path, entities: Mapping[str, Entity], names: SourceNames
) -> Dynamics | None:
    systems: tuple[System, ...] = get_args(System)
    section.known(keys.DYNAMICS)
    name = names.take(section)
    system = choice(section, "system", systems, needed=True, meant=_MEANT_SYSTEM)
    every_stream = tuple(dict.fromkeys(stream for known in keys.SYSTEM_STREAMS.values() for stream in known))
    streams = keys.SYSTEM_STREAMS[system] if system else every_stream
    connect = _connect(section, system, name)
    files = _files(section, folder, streams, streams)
    entity = entity_id(section, entities)
    columns = _columns(section, system or "finance_operations", files)
    external_id = section.text("external_id", '"CUSTOMERACCOUNT"')
    timezone, comma = zone(section), section.flag("decimal_comma")
    is_listed = system == "business_central" and "connect" not in section
    if is_listed and "entity" not in section and "entity" not in columns:
        message = "entity is missing: a Business Central customer list does not show its company."
        section.fault(None, message, f"Add entity = {quoted(next(iter(entities), 'USTI'))}.")
    if name is None or system is None:
        return None
    return Dynamics(name, system, files, entity, columns, external_id, timezone, comma, connect)


def _connect(section: Section, system: str | None, name: str | None) -> Connection | None:
    """Read `connect`; a source is live or read from files, not both."""
    if "connect" not in section or system is None:
        return None
    if "files" in section:
        message = "connect and files cannot both be there: a source is live or read from files."
        section.fault("files", message, "Remove one of them.")
    return read_connect(section, system, name or "source")


def _files(
    section: Section, folder: Path, streams: Sequence[str], necessary: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Read the `files` of a source; at least one of the necessary streams must be there, and every pattern match."""
    if "connect" in section:
        return MappingProxyType({})
    if not necessary:
        section.missing("connect", '{ url = "https://yourorg.crm.dynamics.com" }')
        return MappingProxyType({})
    example = _FILES_EXAMPLES[necessary[0]]
    if "files" not in section:
        section.missing("files", example)
        return MappingProxyType({})
    table = section.section("files", f"{section.title} files", f"files = {example}")
    if table is None:
        return MappingProxyType({})
    table.known(streams)
    if not any(stream in table for stream in necessary):
        needed = " or ".join(necessary)
        section.fault("files", f"files name no {needed}.", f"Write files = {example}.")
    found: dict[str, tuple[str, ...]] = {}
    for stream in (stream for stream in streams if stream in table):
        patterns = table.texts(stream, f'"exports/{stream}*.csv"')
        for pattern in patterns:
            if not matching_files(folder, (pattern.value,)):
                message, advice = file_advice(folder, pattern.value)
                table.fault(stream, message, advice, pattern.line)
        found[stream] = tuple(pattern.value for pattern in patterns)
    return MappingProxyType(found)


def _refuse_shared_orders(
    section: Section, folder: Path, files: Mapping[str, tuple[str, ...]], order_files: dict[Path, str]
) -> None:
    """Note when another store reads the same order file: its orders would count twice."""
    for path in matching_files(folder, files.get("orders", ())):
        owner = order_files.setdefault(path.resolve(), section.title)
        if owner != section.title:
            message = f"{quoted(path.name)} holds the orders of {owner} too; they would count twice."
            section.fault("files", message, "Give each store its own order files.")
            return


def _columns(section: Section, platform: str, files: Mapping[str, object]) -> Mapping[str, str]:
    """Read `columns`: our own column name to the header that the file has."""
    from unposted.connectors.columns import column_names

    known = tuple(dict.fromkeys(name for stream in files for name in column_names(platform, stream)))
    example = 'columns = { order_id = "Order No" }' if "orders" in files else 'columns = { email = "E-mail address" }'
    table = section.section("columns", f"{section.title} columns", example)
    if table is None:
        return MappingProxyType({})
    if files:
        table.known(known)
    headers = {name: table.text(name, '"Order No"') for name in table.keys()}  # noqa: SIM118 - it is no mapping
    return MappingProxyType({name: header for name, header in headers.items() if header is not None})


def _statuses(section: Section) -> Mapping[str, str]:
    """Read `statuses`: what the platform's signal means here, in place of the table's answer."""
    table = section.section("statuses", f"{section.title} statuses", 'statuses = { "status_id=1" = "active" }')
    if table is None:
        return MappingProxyType({})
    found: dict[str, str] = {}
    for signal in table.keys():  # noqa: SIM118 - it is no mapping
        value = table.value(signal)
        if not isinstance(value, str):
            message = f"{quoted(signal)} is {kind_of(value)}; it must be text in quotes."
            table.fault(signal, message, f'Write "{signal}" = "active".')
            continue
        state = chosen(value, ORDER_STATES)
        if state is None:
            message = f"{quoted(value)} is no order state."
            table.fault(signal, message, choice_advice(value, sorted(ORDER_STATES), _MEANT_STATE))
        found[signal.strip()] = state or "active"
    return MappingProxyType(found)
