"""The question of the main card, asked of the product, and the floor under it."""

from __future__ import annotations

from pathlib import Path

from bench.question import Answer
from bench.world import AS_OF, WINDOW, Size, made_world

__all__ = ["floor", "reading"]


def reading(work: Path, size: Size) -> Answer:
    """Compute the product's reading with its worklist, as a command does: open the store, compute, close."""
    from unposted.cards.engine import read_card
    from unposted.store.database import open_store

    world = made_world(work, size)
    store = open_store(world.workspace.store_path)
    try:
        found = read_card(store, world.workspace, AS_OF, WINDOW)
    finally:
        store.close()
    return Answer(found.value, found.blocked.units or 0)


def floor(store: Path, orders: int, masters: int) -> int:
    """Scan the columns that the reading needs, whole, and do a bare hash anti-join on integer keys.

    `orders` are those of the window, `masters` the master records.
    """
    from unposted.store.database import open_store

    connection = open_store(store)
    try:
        for table, columns in _NEEDED.items():
            listed = ", ".join(f"max({column})" for column in columns.split())
            connection.execute(f"SELECT {listed} FROM {table}").fetchall()
        row = connection.execute(
            f"""SELECT count(*) FROM (SELECT CAST(hash(i) % {masters * 2} AS BIGINT) AS k FROM range({orders}) AS t(i)) AS o
            ANTI JOIN (SELECT j FROM range({masters}) AS t(j)) AS m ON o.k = m.j"""
        ).fetchone()
    finally:
        connection.close()
    return int(row[0]) if row else 0


_NEEDED = {
    "order_version": (
        "source_id order_id created_at signals currency total refunded net customer_id company_id email_key country tags b2b"
    ),
    "customer_key": "source_id customer_id kind value",
    "customer_version": "source_id customer_id name email b2b",
    "master_key": "entity account kind value",
}
