"""`beside`: what stands beside the headline, held against the time of the reading alone."""

from __future__ import annotations

from pathlib import Path

from bench.contenders import reading
from bench.telling import line
from bench.timing import measured
from bench.world import AS_OF, FULL, WINDOW, Size, made_world

__all__ = ["beside", "part"]

_BARS = {"sensitivity": 3.0}


def part(work: Path, size: Size, names: tuple[str, ...]) -> tuple[int, ...]:
    """Compute a reading with some of the parts beside it, each of whose figures are looked at, as a command does."""
    from unposted.cards.explained import explain_card
    from unposted.store.database import open_store

    world = made_world(work, size)
    store = open_store(world.workspace.store_path)
    try:
        found = explain_card(store, world.workspace, AS_OF, WINDOW, parts=names)
        lanes = found.beside
        return (
            found.reading.value,
            *(step.count for step in found.bridge),
            *(policy.value for policy in (found.sensitivity.policies if found.sensitivity else ())),
            *((lanes.aged_out.count, lanes.cannot_bill.count, lanes.conflicts.count) if lanes else ()),
        )
    finally:
        store.close()


def beside(work: Path, *, quick: bool, repeats: int) -> None:
    """Print how long each part takes in times of the reading alone; a tenth of the full world, or less."""
    size = FULL.over(50 if quick else 10)
    made_world(work, size)
    alone = measured(reading, work, size, repeats=repeats)
    print(f"\n{size.orders:,} orders, {size.masters:,} master records: what stands beside the headline")
    line("reading with its worklist", f"{alone.seconds:.3f} s")
    for names in (("sensitivity",), ("bridge",), ("beside",), ("beside", "bridge", "sensitivity")):
        ours = measured(part, work, size, names, repeats=repeats)
        told = " + ".join(names)
        line(f"with {told}", f"{ours.seconds:.3f} s", ours.seconds / alone.seconds, _BARS.get(told))
        line(f"with {told}, peak memory", f"{ours.peak_mb:.0f} MB")
