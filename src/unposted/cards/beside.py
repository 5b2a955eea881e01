"""What stands beside the headline and never inside it: aged out, present but unable to bill, conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from unposted.cards.lines import StoredLines
from unposted.domain.window import Window, day_start

if TYPE_CHECKING:
    import duckdb

__all__ = ["AGED_RELATIONS", "LANE_RELATIONS", "Lane", "LaneRow", "Lanes", "aged_out", "lanes_on", "longer"]

LANE_RELATIONS = ("lane_line",)
AGED_RELATIONS = ("aged_line",)
_COLUMNS = "party, kind, name, stores, {reasons}, entities, evidence, blocked, orders, last_order_at"


class LaneRow(NamedTuple):
    """One party beside the headline. `blocked` is minor units of the reporting currency, None without a rate.

    `reasons` are short names (`blocked`, `one_time`, `default_customer`; `two_records`, `two_parties`), `entities`
    those concerned, `evidence` says it in words.
    """

    party: str
    kind: str
    name: str
    stores: tuple[str, ...]
    reasons: tuple[str, ...]
    entities: tuple[str, ...]
    evidence: str | None
    blocked: int | None
    orders: int
    last_order_at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """Rows beside the headline; `blocked` is None when there are rows and none has a known value."""

    count: int
    blocked: int | None
    unknown_rate_rows: int
    rows: Sequence[LaneRow]


@dataclass(frozen=True, slots=True)
class Lanes:
    """All that stands beside the headline; `aged_from` is where the look back for aged-out parties begins."""

    aged_out: Lane
    cannot_bill: Lane
    conflicts: Lane
    aged_from: datetime


def longer(window: Window, days: int) -> Window:
    """Begin a window so many calendar days earlier."""
    zone = ZoneInfo(window.zone)
    first = window.start.astimezone(zone).date() - timedelta(days=days)
    return Window(day_start(first, zone), window.end, window.zone)


def lanes_on(cursor: duckdb.DuckDBPyConnection) -> dict[str, Lane]:
    """Read the lanes of a computed card: `cannot_bill` and `conflicts`."""
    columns = _COLUMNS.format(reasons="reasons")
    return {
        lane: _lane(cursor, f"SELECT {columns} FROM lane_line WHERE lane = ?", [lane])
        for lane in ("cannot_bill", "conflicts")
    }


def aged_out(cursor: duckdb.DuckDBPyConnection) -> Lane:
    """Read the parties of a card computed over the longer window whose last active order left its own."""
    columns = _COLUMNS.format(reasons="NULL AS reasons")
    return _lane(cursor, f"SELECT {columns} FROM aged_line WHERE TRUE", [])


def _lane(cursor: duckdb.DuckDBPyConnection, query: str, values: Sequence[object]) -> Lane:
    found = cursor.execute(
        f"SELECT count(*), sum(blocked), count(*) - count(blocked) FROM ({query})", list(values)
    ).fetchone()
    assert found is not None
    count, blocked, unknown = found
    return Lane(count, 0 if count == 0 else blocked, unknown, StoredLines(cursor, query, values, _row, count))


def _row(
    party: str, kind: str, name: str, stores: list[str], reasons: list[str] | None, entities: list[str] | None,
    evidence: str | None, blocked: int | None, orders: int, last_at: datetime,
) -> LaneRow:  # fmt: skip
    return LaneRow(
        party, kind, name, tuple(stores), tuple(reasons or ()), tuple(entities or ()), evidence, blocked, orders,
        last_at.replace(tzinfo=UTC),
    )  # fmt: skip
