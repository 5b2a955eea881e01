"""Hints at the real connectors: a hint about every record that is held, and about some that nobody knows."""

from __future__ import annotations

from pathlib import Path

from tests.support.live_world import LiveWorld, dishonest_runs, dump, small_workspace, small_world
from unposted.connectors.hints import Hint
from unposted.connectors.live import LiveStream
from unposted.sandbox.business_central import guid
from unposted.store.tables import FACT_TABLES
from unposted.sync.hints import keep_hint
from unposted.sync.run import wanted_streams

_STRANGERS = {"business_central": (f"{guid('company', 'usti')}|{guid('nobody')}",), "dataverse": (guid("nobody"),)}


def test_a_hint_about_every_record_changes_nothing(tmp_path: Path) -> None:
    """Each is fetched by its id and found as it is known; ids that the source does not know end nothing else."""
    world = LiveWorld(small_workspace(tmp_path, page_size=100), small_world(40))
    try:
        world.sync_to_the_end()
        known = dump(world.store)
        hinted = _hint_at_everything(world)
        calls = len(world.called)
        reports = world.sync()
        assert [report.error for report in reports if report.error] == []
        assert dump(world.store) == known
        assert not dishonest_runs(world.store)
        assert world.store.execute("SELECT count(*) FROM hint WHERE done_at IS NULL").fetchone() == (0,)
        assert hinted > 150
        assert len(world.called) - calls < hinted * 2, "no more calls than ids"
    finally:
        world.close()


def _hint_at_everything(world: LiveWorld) -> int:
    """Keep a hint about each record of each stream that can be asked for single ones; returns how many."""
    run, hinted = world.opened(), 0
    try:
        for source in world.sources():
            number = run.number(source)
            for stream in wanted_streams(source, run.connector(source)):
                if stream.by_id is None:
                    continue
                ids = (*_held(world, number, stream), *_STRANGERS.get(source.system, ("987654321",)))
                hinted += len(ids)
                for one in ids:
                    assert keep_hint(
                        world.store, number, Hint(stream.name, one, f"{stream.name}{one}"), world.clock.now()
                    )
    finally:
        run.close()
    return hinted


def _held(world: LiveWorld, number: int, stream: LiveStream) -> list[str]:
    """List the ids of what is held of a stream."""
    table = next(table for table in FACT_TABLES if table.record is stream.records[0])
    rows = world.store.execute(
        f"""SELECT {table.record_key} FROM {table.versions} AS c WHERE source_id = {number}
        AND known_to > TIMESTAMP '9000-01-01' AND {stream.scope}"""
    ).fetchall()
    return [row[0] for row in rows]
