"""What stands beside a kept reading: lanes, bridge and key sensitivity, computed once, when somebody first asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from unposted.cards.beside import Lane, Lanes
from unposted.cards.bridge import BridgeRow, BridgeStep
from unposted.cards.explained import explain_card
from unposted.cards.rows import cursor_of
from unposted.cards.sensitivity import Sensitivity
from unposted.web.failing import tell_failure
from unposted.web.shelf import Shelf

if TYPE_CHECKING:
    from unposted.workspace.model import Workspace

__all__ = ["MOST_LINES", "Beside", "Stood", "beside_of", "compute_beside"]

MOST_LINES = 1_000
"""How many lines of a lane, a step or a policy are held in memory; the count beside them is always the whole."""
_PARTS = ("beside", "bridge", "sensitivity")


@dataclass(frozen=True, slots=True)
class Stood:
    """What stands beside a reading, its lines cut at MOST_LINES; `flips` counts the flips of each policy."""

    lanes: Lanes
    bridge: tuple[BridgeStep, ...]
    sensitivity: Sensitivity
    flips: tuple[int, ...]


@dataclass
class Beside:
    """What stands beside one reading: a thread computes it when it is first asked for, and never again."""

    compute: Callable[[], Stood]
    is_failed: bool = False
    _stood: Stood | None = None
    _ended: Event = field(default_factory=Event)
    _turn: Lock = field(default_factory=Lock)
    _is_begun: bool = False

    def stood(self, seconds: float) -> Stood | None:
        """Return what was computed, waiting so long for it; None while it is computed, or when that failed."""
        with self._turn:
            if not self._is_begun:
                self._is_begun = True
                Thread(target=self._run, name="beside", daemon=True).start()
        self._ended.wait(seconds)
        return self._stood

    def _run(self) -> None:
        try:
            self._stood = self.compute()
        except Exception as error:  # noqa: BLE001 - the page tells that it failed, the log why
            self.is_failed = True
            tell_failure("what stands beside failed", error)
        finally:
            self._ended.set()


def beside_of(shelf: Shelf, workspace: Workspace, as_of: datetime) -> Beside:
    """Prepare what stands beside a reading of an instant: the facts are those known then, whatever is read since."""
    return Beside(lambda: compute_beside(shelf, workspace, as_of))


def compute_beside(shelf: Shelf, workspace: Workspace, as_of: datetime) -> Stood:
    """Compute it, and let go of all that it was computed on."""
    with shelf.cursor() as cursor:
        explained = explain_card(cursor, workspace, as_of, parts=_PARTS)
        assert explained.beside is not None
        assert explained.sensitivity is not None
        policies = explained.sensitivity.policies
        stood = Stood(
            _lanes(explained.beside),
            tuple(replace(step, rows=_lines(explained.bridge, step)) for step in explained.bridge),
            replace(
                explained.sensitivity,
                policies=tuple(replace(one, flipped=tuple(one.flipped[:MOST_LINES])) for one in policies),
            ),
            tuple(len(one.flipped) for one in policies),
        )
        cursor_of(explained.reading.rows).close()
    return stood


def _lanes(lanes: Lanes) -> Lanes:
    return replace(
        lanes, aged_out=_lane(lanes.aged_out), cannot_bill=_lane(lanes.cannot_bill), conflicts=_lane(lanes.conflicts)
    )


def _lane(lane: Lane) -> Lane:
    return replace(lane, rows=tuple(lane.rows[:MOST_LINES]))


def _lines(steps: tuple[BridgeStep, ...], step: BridgeStep) -> tuple[BridgeRow, ...]:
    """Take the first lines of a step; those of everyone are those of all the other steps."""
    if step is not steps[0]:
        return tuple(step.rows[:MOST_LINES])
    return tuple(islice(chain.from_iterable(one.rows[:MOST_LINES] for one in steps[1:]), MOST_LINES))
