"""The change between two readings as an exact bridge: who entered, who left, whose value moved, each by its reason.

From the earlier reading to the later one the ingredients are changed one at a time, always in the same order: the
sources and the time zone, the status table, the entity rules, the keys of the field map, the master records, what the
storefronts say of what was there, and at last the time. A party's reason is found at the step that changed whether it
is absent; where several did, at the last of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.inputs import Known
from unposted.cards.reading import Reading, Row
from unposted.cards.reasons import ENTERED, LEFT, Step, entering_reasons, leaving_reasons
from unposted.cards.snapshots import Ingredients, Snapshot, take_snapshot
from unposted.domain.window import window_of
from unposted.workspace.copies import copy_of
from unposted.workspace.model import Store, Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["STILL", "Change", "ChangedRow", "Part", "Side", "explain_change"]

Side: TypeAlias = Literal["entered", "left", "still"]
STILL: Mapping[str, str] = {"up": "value up", "down": "value down", "same": "value as before"}


class ChangedRow(NamedTuple):
    """A party before and after; values in minor units of the reporting currency, None where unknown or not there."""

    party: str
    name: str
    before: int | None
    after: int | None

    @property
    def change(self) -> int:
        """What it adds to the change of the blocked value; an unknown value adds nothing, as in the headline."""
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the bridge: parties of one side and reason.

    `count` and `blocked` are what it adds to the number and to the sum of the known values.
    """

    side: Side
    reason: str
    label: str
    count: int
    blocked: int
    rows: tuple[ChangedRow, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Two readings and the parts between them: the first one's number and value plus all parts give the second's."""

    start: Reading
    end: Reading
    parts: tuple[Part, ...]


def explain_change(
    connection: duckdb.DuckDBPyConnection,
    start: Reading,
    end: Reading,
    definitions: tuple[Workspace, Workspace],
    window_text: str | None = None,
) -> Change:
    """Explain the way from one reading to a later one, both in one currency; `definitions` are what each stands on."""
    before, after = ({row.party: row for row in reading.rows} for reading in (start, end))
    reasons = _reasons(connection, start, end, definitions, window_text, before, after)
    parts: dict[tuple[Side, str], list[ChangedRow]] = {}
    for party in sorted(before.keys() | after.keys()):
        row = _row(before.get(party), after.get(party))
        side: Side = "entered" if party not in before else "left" if party not in after else "still"
        reason = reasons.get(party, "other") if side != "still" else _still(row)
        parts.setdefault((side, reason), []).append(row)
    return Change(start, end, tuple(_parts(parts)))


def _row(before: Row | None, after: Row | None) -> ChangedRow:
    told = after or before
    assert told is not None
    return ChangedRow(told.party, told.name, before and before.blocked, after and after.blocked)


def _still(row: ChangedRow) -> str:
    return "up" if row.change > 0 else "down" if row.change < 0 else "same"


def _parts(found: Mapping[tuple[Side, str], Sequence[ChangedRow]]) -> Iterator[Part]:
    """Put the parts in their order, in each the greatest change first."""
    sides: tuple[tuple[Side, Mapping[str, str], int], ...] = (
        ("entered", ENTERED, 1), ("left", LEFT, -1), ("still", STILL, 0),
    )  # fmt: skip
    for side, labels, weight in sides:
        for reason, label in labels.items():
            rows = found.get((side, reason), ())
            if rows:
                ranked = tuple(sorted(rows, key=lambda row: (-abs(row.change), row.party)))
                yield Part(side, reason, label, weight * len(rows), sum(row.change for row in rows), ranked)


def _reasons(
    connection: duckdb.DuckDBPyConnection, start: Reading, end: Reading, definitions: tuple[Workspace, Workspace],
    window_text: str | None, before: Mapping[str, Row], after: Mapping[str, Row],
) -> dict[str, str]:  # fmt: skip
    """Go the steps and note for each party whose membership a step changed the reason; the last step's stands."""
    if before.keys() == after.keys():
        return {}
    dataverse = {row.party for row in before.values() if "in_dataverse" in (row.status, *row.flags)}
    reasons: dict[str, str] = {}
    steps = _steps(start, end, definitions, window_text or ABSENT_CUSTOMERS.window)
    held = take_snapshot(connection, next(steps)[1])
    try:
        for step, made_of in steps:
            following = take_snapshot(connection, made_of)
            reasons |= _changed(step, held, following, dataverse)
            held.close()
            held = following
    finally:
        held.close()
    return reasons


def _changed(step: Step, before: Snapshot, after: Snapshot, dataverse: Iterable[str]) -> dict[str, str]:
    entered = {key: label for label, key in after.absent.items() if label not in before.absent}
    left = {key: label for label, key in before.absent.items() if label not in after.absent}
    unpromoted = {before.absent[label] for label in dataverse if label in before.absent}
    told = entering_reasons(step, before, after, entered)
    gone = leaving_reasons(step, before, after, left, unpromoted)
    return {entered[key]: reason for key, reason in told.items()} | {left[key]: reason for key, reason in gone.items()}


def _steps(
    start: Reading, end: Reading, definitions: tuple[Workspace, Workspace], window_text: str
) -> Iterator[tuple[Step, Ingredients]]:
    """Give the ingredients of each step, the earlier reading's first; what the definition did not change is no step."""
    first, last = definitions
    from_facts, to_facts = start.as_of, end.as_of

    def made_of(workspace: Workspace, known: Known, as_of_end: bool = False) -> Ingredients:
        as_of = end.as_of if as_of_end else start.as_of
        return Ingredients(workspace, known, as_of, window_of(window_text, as_of, workspace.timezone))

    yield "workspace", made_of(first, Known(from_facts, from_facts))
    for step, workspace in _definitions(first, last):
        yield step, made_of(workspace, Known(from_facts, from_facts))
    yield "masters", made_of(last, Known(from_facts, to_facts))
    yield "storefronts", made_of(last, Known(to_facts, to_facts))
    yield "time", made_of(last, Known(to_facts, to_facts), as_of_end=True)


def _definitions(first: Workspace, last: Workspace) -> Iterator[tuple[Step, Workspace]]:
    """Go from one definition to another, part by part."""
    earlier = {store.name: store for store in first.stores}

    def stores(take: tuple[str, ...]) -> tuple[Store, ...]:
        return tuple(
            replace(earlier[store.name], **{name: getattr(store, name) for name in take})
            if store.name in earlier
            else store
            for store in last.stores
        )

    sources = replace(last, stores=stores(("platform", "segment")), entities=first.entities, field_map=first.field_map)
    statuses = replace(sources, stores=stores(("platform", "segment", "statuses")))
    rules = replace(
        last, field_map=replace(first.field_map, rules=last.field_map.rules, overrides=last.field_map.overrides)
    )
    steps: tuple[tuple[Step, Workspace], ...] = (
        ("workspace", sources), ("statuses", statuses), ("entity_rules", rules), ("field_map", last),
    )  # fmt: skip
    held = copy_of(first)
    for step, workspace in steps:
        copy = copy_of(workspace)
        if copy != held:
            yield step, workspace
        held = copy
