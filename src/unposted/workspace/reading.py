"""Reads the workspace file as a whole, and reports all of its faults at once."""

from __future__ import annotations

from pathlib import Path

from unposted.errors import Fault, UsageError, WorkspaceError
from unposted.workspace import keys
from unposted.workspace.checks import Faults, Section
from unposted.workspace.field_map import read_field_map
from unposted.workspace.hints import quoted
from unposted.workspace.model import Dynamics, Entity, FieldMap, Fx, Store, Workspace
from unposted.workspace.rates import read_fx
from unposted.workspace.sources import SourceNames, read_dynamics, read_stores
from unposted.workspace.syntax import parse_toml
from unposted.workspace.vocabulary import currency, zone

__all__ = ["read_workspace"]


def read_workspace(path: Path) -> Workspace:
    """Read and check a workspace file.

    Raises UsageError when there is no such file, and WorkspaceError with every fault of the file, in line order.
    """
    text = _text(path)
    parsed = parse_toml(text)
    if isinstance(parsed, Fault):
        raise WorkspaceError(str(path), (parsed,))
    faults = Faults(parsed.lines, keys.HOMES)
    workspace = _workspace(path, Section(parsed.table, (), "", faults))
    found = faults.in_line_order()
    if found or workspace is None:
        raise WorkspaceError(str(path), found)
    return workspace


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        message = f"There is no workspace file {path}."
        advice = "Run `unposted init` to write one, or name yours with `-w FILE`."
        raise UsageError("no-workspace", message, advice) from None
    except IsADirectoryError:
        message = f"{path} is a folder, not a workspace file."
        raise UsageError("workspace-is-folder", message, "Name the file in it: `-w FOLDER/unposted.toml`.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"{path} cannot be read: {reason}."
        raise UsageError("workspace-unreadable", message, "Check the path and who may read the file.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fault = Fault(line, "the file", "The file is not UTF-8 text.", "Save it with the encoding UTF-8.")
        raise WorkspaceError(str(path), (fault,)) from None


def _workspace(path: Path, root: Section) -> Workspace | None:
    """Read every table; None when a necessary value is missing, which a fault tells."""
    root.known(keys.ROOT)
    head = _table(root, "workspace")
    head.known(keys.WORKSPACE)
    name = head.text("name", '"US Trade"', needed=True)
    timezone = zone(head, needed=True)
    reporting = currency(head, "reporting_currency")
    entities = _entities(root)
    stores, dynamics, store_names = _sources(root, path.parent, entities)
    field_map, fx = FieldMap(), Fx()
    if "field_map" in root:
        field_map = read_field_map(_table(root, "field_map"), path.parent, entities, store_names)
    if "fx" in root:
        fx = read_fx(_table(root, "fx"), path.parent, reporting)
    if name is None or timezone is None or reporting is None:
        return None
    return Workspace(path, name, timezone, reporting, stores, dynamics, tuple(entities.values()), field_map, fx)


def _table(root: Section, key: str) -> Section:
    """Read a table of the file; an empty one in its place when it is missing or none."""
    found = root.section(key, f"[{key}]", f"[{key}] as a header of its own")
    return found or Section({}, (key,), f"[{key}]", root.faults)


def _sources(
    root: Section, folder: Path, entities: dict[str, Entity]
) -> tuple[tuple[Store, ...], tuple[Dynamics, ...], list[str]]:
    names = SourceNames()
    store_tables, system_tables = root.sections("stores", "stores"), root.sections("dynamics", "dynamics")
    stores = read_stores(store_tables, folder, entities, names)
    store_names = [name for name, _ in names.lines.values()]
    dynamics = read_dynamics(system_tables, folder, entities, names)
    if not store_tables and root.value("stores") in (None, []):
        root.fault("stores", "The file names no store.", "Add a [[stores]] table with name, platform and files.")
    systems = [str(table.value("system")).strip().casefold() for table in system_tables]
    if set(systems) == {"dataverse"} or root.value("dynamics") in (None, []):
        message = "The file names no customer master."
        advice = 'Add a [[dynamics]] table with system = "finance_operations" or "business_central" and its customers.'
        root.fault("dynamics", message, advice)
    return stores, dynamics, store_names


def _entities(root: Section) -> dict[str, Entity]:
    """Read the [[entities]] by their upper-case ids."""
    found: dict[str, Entity] = {}
    first_lines: dict[str, int] = {}
    for table in root.sections("entities", "entities"):
        table.known(keys.ENTITY)
        written = table.text("id", '"USTI"', needed=True)
        name = table.text("name", '"US Trade Inc"')
        code = currency(table, "currency")
        if written is None:
            continue
        entity_id = written.upper()
        if entity_id in found:
            message = f"{quoted(entity_id)} is the id of an entity on line {first_lines[entity_id]} already."
            table.fault("id", message, "Give each legal entity its own id, the company code in Dynamics.")
            continue
        first_lines[entity_id] = table.line("id")
        found[entity_id] = Entity(entity_id, name or written, code or "")
    return found
