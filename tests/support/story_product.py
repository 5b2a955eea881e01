"""Lets the product live through a made-up history, and asks it afterwards."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.story import Learned, Story, Taken
from unposted.cards.change import Change, explain_change
from unposted.cards.engine import read_card
from unposted.cards.keeping import workspace_at
from unposted.domain.records import Order, Record
from unposted.exports import reading_json
from unposted.store import facts, ledger
from unposted.workspace.model import Workspace

if TYPE_CHECKING:
    import duckdb

__all__ = ["Lived", "change_of", "live", "replayed"]

_TABLES = (
    "source", "order_version", "order_key", "customer_version", "customer_key", "company_version", "company_key",
    "company_link_version", "master_version", "master_key", "staged_version", "staged_key", "order_signal",
    "stream_state", "stream_past", "reading", "definition", "membership", "source_counted",
)  # fmt: skip


@dataclass
class Lived:
    """What the product said at each reading; `today` is the workspace as it is at the end."""

    store: duckdb.DuckDBPyConnection
    said: list[tuple[datetime, str]]
    today: Workspace


def live(store: duckdb.DuckDBPyConnection, story: Story, shuffle: int | None = None) -> Lived:
    """Empty the store and go through a history in it; `shuffle` seeds another order of what came at one instant."""
    for name in _TABLES:
        store.execute(f"TRUNCATE {name}")
    numbers = _add_sources(store, story)
    said: list[tuple[datetime, str]] = []
    today = story.first.workspace(Path("world.toml"))
    dynamics = {item.name for item in story.first.dynamics}
    for event in _ordered(story, shuffle):
        if isinstance(event, Taken):
            today = event.definition.workspace(Path("world.toml"))
            reading = read_card(store, today, event.at, keep=True)
            said.append((event.at, reading_json(reading)))
        else:
            _learn(store, numbers[event.source], event, is_whole=event.source in dynamics)
    return Lived(store, said, today)


def replayed(lived: Lived, at: datetime) -> str:
    """Ask for a past instant, as `check --as-of` does."""
    return reading_json(read_card(lived.store, workspace_at(lived.store, lived.today, at)[0], at))


def change_of(lived: Lived, first: datetime, last: datetime) -> Change:
    """Ask for the change between two instants, as `explain` does."""
    then = [workspace_at(lived.store, lived.today, at)[0] for at in (first, last)]
    start, end = (read_card(lived.store, workspace, at) for workspace, at in zip(then, (first, last), strict=True))
    return explain_change(lived.store, start, end, (then[0], then[1]))


def _add_sources(store: duckdb.DuckDBPyConnection, story: Story) -> dict[str, int]:
    numbers: dict[str, int] = {}
    first = min(learned.at for learned in story.learned)
    for shop in story.first.stores:
        numbers[shop.name] = ledger.source_id_of(store, shop.name, "store", shop.platform)
    for item in story.first.dynamics:
        numbers[item.name] = ledger.source_id_of(store, item.name, "dynamics", item.system)
    for number in numbers.values():
        ledger.finish_first_sync(store, number, first)
    return numbers


def _ordered(story: Story, shuffle: int | None) -> list[Learned | Taken]:
    if shuffle is None:
        return story.events
    chance = random.Random(shuffle)
    mixed: list[Learned | Taken] = []
    for event in story.events:
        if isinstance(event, Learned):
            mixed.append(event._replace(records=tuple(chance.sample(event.records, len(event.records)))))
        else:
            mixed.append(event)
    return mixed


def _learn(store: duckdb.DuckDBPyConnection, number: int, event: Learned, *, is_whole: bool) -> None:
    if event.gone:
        listed = ", ".join(f"'{order_id}'" for order_id in event.gone)
        condition = f"source_id = {number} AND order_id IN ({listed})"
        facts.end(store, facts.table_of(Order), event.at, condition)
    by_table: dict[str, list[Record]] = {}
    for record in event.records:
        by_table.setdefault(facts.table_of(type(record)).name, []).append(record)
    for table in facts.FACT_TABLES:
        records: Sequence[Record] = by_table.get(table.name, ())
        if is_whole and table.name in {"master", "staged"}:
            facts.start_staging(store, table)
            facts.stage(store, table, number, 0, records)
            facts.merge(store, table, event.at, whole=f"source_id = {number}")
        elif records:
            facts.put(store, table, number, event.at, records)
    ledger.record_stream(store, number, "all", "master" if is_whole else "order", "TRUE", event.at)


def a_moment_before(at: datetime) -> datetime:
    """Return the instant just before another."""
    return at - timedelta(microseconds=1)
