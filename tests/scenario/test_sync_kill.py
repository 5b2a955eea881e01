"""A sync that is killed at any instant leaves a store that the next one completes: nothing lost, nothing double.

`unposted sync` runs in a process of its own against the sandbox on loopback and is ended by SIGKILL, which nobody can
handle: some calls after it began, and a random moment later. What the store must hold in the end is counted from the
made-up world itself, not from a sync. `make test` kills a few times, `make test-deep` a hundred times.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date
from pathlib import Path
from random import Random
from typing import NamedTuple

import duckdb
import pytest

from tests.support.live_world import dishonest_runs, dump, small_world
from tests.support.served_world import ServedWorld, served, started
from unposted.sandbox.values import World

_SEED = 20_260_412
_CURRENT = "known_to > TIMESTAMP '9000-01-01'"


class _Money(NamedTuple):
    """What orders come to: of a source, in a currency, created on a day (UTC)."""

    source: str
    currency: str
    day: date


def _sales(world: World, trade: str) -> Counter[_Money]:
    """Add up the world's own sales in minor units; `trade` is the source that shows the wholesale ones."""
    sums: Counter[_Money] = Counter()
    for sale in world.shop_sales:
        sums[_Money("dtc", "USD", sale.placed.astimezone(UTC).date())] += sale.total
    for deal in world.trade_sales:
        sums[_Money(trade, deal.currency, deal.placed.astimezone(UTC).date())] += deal.total
    return sums


def _ids(world: World, trade: str) -> dict[tuple[str, str], set[str]]:
    """List the ids that each source shows, by source and kind of fact; drafts are no sales."""
    return {
        ("dtc", "order"): {str(sale.number) for sale in world.shop_sales},
        (trade, "order"): {str(deal.number) for deal in world.trade_sales},
        ("fno", "master"): {f"{record.entity.upper()}|{record.account}" for record in world.masters},
    }


def _killed(running: ServedWorld, path: Path, names: Sequence[str], rng: Random, *, full: bool) -> bool:
    """Start a sync and kill it after some calls and a moment; tell whether it still ran."""
    calls, moment = rng.randrange(0, 40), rng.random() * 0.08
    first = len(running.calls)
    process = started("sync", *names, *(["--full"] if full else []), "-w", str(path))
    try:
        while len(running.calls) < first + calls and process.poll() is None:
            time.sleep(0.002)
        time.sleep(moment if calls else moment * 10)
        was_running = process.poll() is None
        process.kill()
        process.communicate()
        return was_running
    finally:
        process.kill()
        process.wait()


def _run(*args: str) -> tuple[int, str]:
    process = started(*args)
    out, err = process.communicate()
    return process.returncode, f"{out}\n{err}"


def _endure(folder: Path, kills: int, workspace: str, names: Sequence[str] = ()) -> None:
    """Kill so many syncs, let one end, and look at everything that must hold."""
    world, rng = small_world(), Random(_SEED + kills)
    with served(world) as running:
        path = running.workspace(folder / "killed", workspace)
        store = folder / "killed" / ".unposted" / "unposted.duckdb"
        survived = 0
        for number in range(kills):
            survived += not _killed(running, path, names, rng, full=number % 7 == 6)
        assert survived <= kills // 2
        code, said = _run("sync", *names, "-w", str(path))
        assert code == 0, said
        code, said = _run("verify", *names, "--days", "400", "--no-repair", "-w", str(path))
        assert code == 0, said
        before = _looked_at(store, world, names)
        code, said = _run("sync", *names, "-w", str(path))
        assert code == 0, said
        with duckdb.connect(str(store), read_only=True) as connection:
            assert dump(connection) == before, "a further sync changed something"
        calm = running.workspace(folder / "calm", workspace)
        code, said = _run("sync", *names, "-w", str(calm))
        assert code == 0, said
        with duckdb.connect(str(folder / "calm" / ".unposted" / "unposted.duckdb"), read_only=True) as connection:
            assert dump(connection) == before, "another order of pages gave other facts"


def _looked_at(store: Path, world: World, names: Sequence[str]) -> object:
    """Check the invariants on a store, and return what it knows."""
    with duckdb.connect(str(store), read_only=True) as connection:
        trade = "trade" if names and "trade" in names else "wholesale"
        for (source, table), wanted in _ids(world, trade).items():
            column = "entity || '|' || account" if table == "master" else "order_id"
            rows = connection.execute(
                f"""SELECT {column}, count(*) FILTER ({_CURRENT}), count(*) FROM {table}_version
                JOIN source USING (source_id) WHERE source.name = ? AND {column} NOT LIKE 'draft-%' GROUP BY 1""",
                [source],
            ).fetchall()
            assert {row[0] for row in rows} == wanted, "completeness"
            assert {(row[1], row[2]) for row in rows} == {(1, 1)}, "uniqueness"
        rows = connection.execute(
            f"""SELECT source.name, currency, CAST(created_at AS DATE), sum(total), count(*) FROM order_version
            JOIN source USING (source_id) WHERE {_CURRENT} AND source.name IN ('dtc', ?)
            AND order_id NOT LIKE 'draft-%' GROUP BY ALL""",
            [trade],
        ).fetchall()
        assert {_Money(*row[:3]): int(row[3]) for row in rows} == dict(_sales(world, trade)), "money"
        assert not dishonest_runs(connection), "honesty of the ledger"
        killed = connection.execute("SELECT count(*) FROM sync_run WHERE outcome = 'killed'").fetchone()
        assert killed is not None
        assert killed[0] > 0, "a killed run is told of"
        stale = connection.execute("SELECT * FROM list_seen").fetchall()
        assert not stale, "nothing is left of a list that was broken off"
        return dump(connection)


def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    """Four systems, killed at the start, amid news and amid history."""
    _endure(tmp_path, 2, "demo")


@pytest.mark.deep
def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    """All seven systems, a hundred times, now and then while everything is read again."""
    _endure(tmp_path, 100, "all")
