"""What a new rule of the field map would do: the parties it moves and what they block, before anything is written."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from unposted.cards.engine import read_card
from unposted.cards.reading import Reading, Row
from unposted.cards.rows import cursor_of
from unposted.errors import UsageError, WorkspaceError
from unposted.exports import write_file
from unposted.web.desk import Desk
from unposted.workspace.model import Rule, Workspace
from unposted.workspace.reading import read_workspace

__all__ = ["Effect", "Moved", "effect_of", "new_rule", "rule_text", "write_rule"]

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Moved:
    """A party that a rule moves: where it is expected without the rule and with it; empty: it is not on the list."""

    party: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    blocked: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule does: how many parties it moves and what they block, and the headline before and after."""

    moved: int
    blocked: int
    unknown: int
    value_before: int
    value_after: int
    shown: tuple[Moved, ...]


def new_rule(workspace: Workspace, condition: str, value: str, entity: str, store: str) -> Rule:
    """Make a rule from what somebody typed; raises UsageError."""
    known = {one.id for one in workspace.entities}
    if known and entity.strip().upper() not in known:
        raise UsageError(
            "rule-entity", f"There is no entity {entity[:40]!r}.", f"There are: {', '.join(sorted(known))}."
        )
    values = tuple(part.strip() for part in value.split(",") if part.strip())
    if not values or condition not in {"ship_to", "tag"} or any(not part.isprintable() for part in values):
        raise UsageError("rule-empty", "A rule needs a condition.", "Name countries (CA, MX), or one tag.")
    if condition == "ship_to" and any(len(part) != 2 or not part.isascii() or not part.isalpha() for part in values):
        raise UsageError("rule-country", "A country is two letters.", "Write them like CA, MX.")
    if store and store not in {one.name for one in workspace.stores}:
        raise UsageError("rule-store", f"There is no store {store[:40]!r}.", "Choose one of the list, or all.")
    to = entity.strip().upper()
    if condition == "tag":
        return Rule(to, tag=value.strip().casefold(), store=store or None)
    return Rule(to, ship_to=tuple(part.upper() for part in values), store=store or None)


def effect_of(desk: Desk, rule: Rule) -> Effect:
    """Compute what a rule would do to the reading, without writing anything."""
    kept = desk.known.kept
    if kept is None:
        raise UsageError("no-numbers", "There are no numbers yet.", "Wait until the sources were read.")
    workspace, as_of = desk.workspace, kept.reading.as_of
    changed = replace(workspace, field_map=replace(workspace.field_map, rules=(*workspace.field_map.rules, rule)))
    with desk.shelf.cursor() as cursor:
        readings = [read_card(cursor, one, as_of) for one in (workspace, changed)]
        before, after = (_rows(reading) for reading in readings)
    moved = [
        _moved(party, before.get(party), after.get(party))
        for party in sorted(before.keys() | after.keys())
        if _entities(before.get(party)) != _entities(after.get(party))
    ]
    moved.sort(key=lambda one: (-(one.blocked or 0), one.party))
    known = [one.blocked for one in moved if one.blocked is not None]
    return Effect(len(moved), sum(known), len(moved) - len(known), len(before), len(after), tuple(moved[:_MOST_SHOWN]))


def rule_text(rule: Rule) -> str:
    """Write a rule as the workspace file holds it."""
    lines = ["[[field_map.rules]]"]
    lines.append(
        f"ship_to = [{', '.join(map(_quoted, rule.ship_to))}]" if rule.ship_to else f"tag = {_quoted(rule.tag or '')}"
    )
    lines.append(f"entity = {_quoted(rule.entity)}")
    lines += [f"store = {_quoted(rule.store)}"] if rule.store else []
    return "\n".join(lines) + "\n"


def write_rule(desk: Desk, rule: Rule) -> None:
    """Add a rule to the workspace file, if the file is without a fault with it; raises UsageError otherwise."""
    path = desk.workspace.path
    text = path.read_text("utf-8")
    text = f"{text.rstrip()}\n\n{rule_text(rule)}"
    trial = path.with_name(f".unposted-{secrets.token_hex(6)}.toml")
    try:
        trial.write_text(text, "utf-8")
        read_workspace(trial)
    except WorkspaceError as error:
        fault = error.faults[0]
        raise UsageError("rule-faulty", f"The file would have a fault: {fault.message}", fault.suggestion) from None
    finally:
        trial.unlink(missing_ok=True)
    _replace(path, text)
    desk.workspace = read_workspace(path)
    desk.wake.set()


def _replace(path: Path, text: str) -> None:
    def body(file: BinaryIO) -> None:
        file.write(text.encode())

    write_file(path, body)


def _rows(reading: Reading) -> dict[str, Row]:
    rows = {row.party: row for row in reading.rows}
    cursor_of(reading.rows).close()
    return rows


def _entities(row: Row | None) -> tuple[str, ...] | None:
    return None if row is None else row.expected_entities


def _moved(party: str, before: Row | None, after: Row | None) -> Moved:
    row = after or before
    assert row is not None
    return Moved(party, _entities(before) or (), _entities(after) or (), row.blocked)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
