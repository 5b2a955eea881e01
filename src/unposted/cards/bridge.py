"""The bridge: from every party or contact with any order or quote in the window down to the headline, step by step.

Each party falls in exactly one step. Active orders decide: the party is absent, or present by the first key of the
field map that hits. Without active orders the state nearest to counting decides: refunded before cancelled, before
superseded (edited into a newer order), test, incomplete and quote. A row's value is that of the orders that decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from unposted.cards.lines import StoredLines

if TYPE_CHECKING:
    import duckdb

__all__ = ["ABSENT", "BRIDGE_RELATIONS", "EVERYONE", "IDLE_STEPS", "BridgeRow", "BridgeStep", "bridge_on", "step_names"]

BRIDGE_RELATIONS = ("bridge_line",)
EVERYONE, ABSENT = "everyone", "absent"
IDLE_STEPS = ("quote_only", "incomplete", "test", "superseded", "cancelled", "refunded")
_LABELS = {
    EVERYONE: "Everyone with an order or quote in the window",
    "quote_only": "Quotes only",
    "incomplete": "Checkout not completed",
    "test": "Test orders only",
    "superseded": "Edited into a newer order that does not count here",
    "cancelled": "Cancelled",
    "refunded": "Fully refunded or voided",
    "present_by_external_id": "Present: external id",
    "present_by_tax_id": "Present: tax id",
    "present_by_email": "Present: e-mail",
    "present_by_phone": "Present: phone",
    "present_by_name_address": "Present: name and address",
    ABSENT: "Absent from the customer master",
}


class BridgeRow(NamedTuple):
    """One party or contact in a step. `blocked` is minor units of the reporting currency, None without a rate."""

    party: str
    kind: str
    name: str
    stores: tuple[str, ...]
    blocked: int | None
    orders: int
    last_order_at: datetime


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """One step; the first is everyone, the last the headline, those between are what is taken away.

    `blocked` is the known value of its rows, None when there are rows and none is known.
    """

    step: str
    label: str
    count: int
    blocked: int | None
    unknown_rate_rows: int
    rows: Sequence[BridgeRow]


def step_names(match_on: Iterable[str]) -> tuple[str, ...]:
    """List the steps in their fixed order, those of present parties in the order of the field map's keys."""
    return (EVERYONE, *IDLE_STEPS, *(f"present_by_{key}" for key in match_on), ABSENT)


def bridge_on(cursor: duckdb.DuckDBPyConnection, match_on: Iterable[str]) -> tuple[BridgeStep, ...]:
    """Read the bridge of a computed card; every step is there, with or without rows."""
    found = {
        step: figures
        for step, *figures in cursor.execute(
            "SELECT step, count(*), sum(blocked), count(*) - count(blocked) FROM bridge_line GROUP BY step"
        ).fetchall()
    }
    names = step_names(match_on)
    steps = [_step(cursor, name, *found.get(name, (0, 0, 0))) for name in names[1:]]
    return (_everyone(steps), *steps)


def _step(
    cursor: duckdb.DuckDBPyConnection, name: str, count: int, blocked: int | None, unknown: int
) -> BridgeStep:  # fmt: skip
    query = "SELECT party, kind, name, stores, blocked, orders, last_order_at FROM bridge_line WHERE step = ?"
    return BridgeStep(
        name, _LABELS[name], count, blocked, unknown, StoredLines(cursor, query, [name], _row, count)
    )  # fmt: skip


def _everyone(steps: Sequence[BridgeStep]) -> BridgeStep:
    known = [step.blocked for step in steps if step.blocked is not None]
    count, unknown = sum(step.count for step in steps), sum(step.unknown_rate_rows for step in steps)
    blocked = None if count and count == unknown else sum(known)
    return BridgeStep(EVERYONE, _LABELS[EVERYONE], count, blocked, unknown, _Together(steps))


class _Together(Sequence[BridgeRow]):
    """The rows of several steps, one step after the other."""

    def __init__(self, steps: Sequence[BridgeStep]) -> None:
        self._steps = steps

    def __len__(self) -> int:
        return sum(step.count for step in self._steps)

    def __getitem__(self, place: int | slice) -> BridgeRow | tuple[BridgeRow, ...]:  # type: ignore[override]
        if isinstance(place, slice):
            return tuple(row for step in self._steps for row in step.rows)[place]
        place = range(len(self))[place]
        for step in self._steps:
            if place < step.count:
                return step.rows[place]
            place -= step.count
        raise IndexError(place)


def _row(
    party: str, kind: str, name: str, stores: list[str], blocked: int | None, orders: int, last_at: datetime
) -> BridgeRow:  # fmt: skip
    return BridgeRow(party, kind, name, tuple(stores), blocked, orders, last_at.replace(tzinfo=UTC))
