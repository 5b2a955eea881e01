"""A reading with all that stands beside it, computed in one pass over the window (and one over the days before it)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from unposted.cards.beside import AGED_RELATIONS, LANE_RELATIONS, Lane, Lanes, aged_out, lanes_on, longer
from unposted.cards.bridge import BRIDGE_RELATIONS, BridgeStep, bridge_on
from unposted.cards.catalogue import ABSENT_CUSTOMERS, Card
from unposted.cards.engine import BESIDE, compute, reading_on
from unposted.cards.keeping import keep_reading
from unposted.cards.near import NEAR_RELATIONS, prepare_near
from unposted.cards.rates import known_rates
from unposted.cards.reading import Reading
from unposted.cards.sensitivity import SENSITIVITY_RELATIONS, Sensitivity, load_policies, sensitivity_on
from unposted.domain.fx import Rate
from unposted.domain.window import Window, window_of
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["EVERY_PARTY", "PARTS", "Explained", "explain_card"]

PARTS = ("near", "beside", "bridge", "sensitivity")
EVERY_PARTY = (("open_party", "every_party"), ("party_match", "configured_hit"))
"""What stands in for the relations that leave present parties out of sight as soon as they can."""

_RELATIONS = {
    "near": NEAR_RELATIONS, "beside": LANE_RELATIONS, "bridge": BRIDGE_RELATIONS, "sensitivity": SENSITIVITY_RELATIONS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained:
    """A reading and what stands beside it; a part that was not asked for is None or empty."""

    reading: Reading
    beside: Lanes | None
    bridge: tuple[BridgeStep, ...]
    sensitivity: Sensitivity | None


def explain_card(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    as_of: datetime,
    window_text: str | None = None,
    card: Card = ABSENT_CUSTOMERS,
    parts: Collection[str] = PARTS,
    *,
    keep: bool = False,
) -> Explained:
    """Compute a card with some of the parts of PARTS; the reading is the one that `read_card` computes (and keeps).

    All rows are read from the store when they are looked at: keep it open until then.
    """
    as_of = as_of.astimezone(UTC)
    window = window_of(window_text or card.window, as_of, workspace.timezone)
    cursor = connection.cursor()
    try:
        rates = known_rates(connection, workspace, as_of, window)
        explained = _explained(connection, cursor, workspace, as_of, window, rates, card, parts)
        if keep:
            keep_reading(cursor, workspace, explained.reading, window_text, rates, card)
    except BaseException:
        cursor.close()
        raise
    return explained


def _explained(
    connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime,
    window: Window, rates: list[Rate], card: Card, parts: Collection[str],
) -> Explained:  # fmt: skip
    match_on = workspace.field_map.match_on
    load_policies(cursor, match_on)
    with_near = "near" in parts
    if with_near:
        prepare_near(cursor)
    wanted = (card.relation, *BESIDE, *(name for part in PARTS if part in parts for name in _RELATIONS[part]))
    made = compute(cursor, workspace, as_of, window, rates, wanted, stand_ins=EVERY_PARTY)
    return Explained(
        reading=reading_on(cursor, workspace, as_of, window, made, card, with_near=with_near),
        beside=_lanes(connection, cursor, workspace, as_of, window) if "beside" in parts else None,
        bridge=bridge_on(cursor, match_on) if "bridge" in parts else (),
        sensitivity=sensitivity_on(cursor, match_on) if "sensitivity" in parts else None,
    )


def _lanes(
    connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime,
    window: Window,
) -> Lanes:  # fmt: skip
    wider = longer(window, workspace.field_map.aged_out_days)
    lanes = lanes_on(cursor)
    return Lanes(
        _aged(connection.cursor(), workspace, as_of, window, wider), lanes["cannot_bill"], lanes["conflicts"],
        wider.start,
    )  # fmt: skip


def _aged(
    cursor: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime, window: Window, wider: Window
) -> Lane:  # fmt: skip
    """Read the card over the longer window on a cursor of its own: its parties are those of both windows together."""
    if wider == window:
        return Lane(0, 0, 0, ())
    rates = known_rates(cursor, workspace, as_of, wider)
    compute(cursor, workspace, as_of, wider, rates, AGED_RELATIONS, card_start=window.start)
    return aged_out(cursor)
