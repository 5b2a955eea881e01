"""The same facts as Parquet files for the peers: one row a record, values as people type them, not our keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.world import World
from unposted.store.database import open_store

__all__ = ["ParquetFacts", "written_parquet"]


@dataclass(frozen=True, slots=True)
class ParquetFacts:
    """Where the peers find orders, storefront customers and customer master records."""

    orders: Path
    customers: Path
    masters: Path


def written_parquet(world: World) -> ParquetFacts:
    """Return a world's Parquet files, writing them unless an earlier run did."""
    facts = ParquetFacts(*(world.folder / f"{name}.parquet" for name in ("orders", "customers", "masters")))
    queries = {facts.orders: _ORDERS, facts.customers: _CUSTOMERS, facts.masters: _MASTERS}
    missing = [path for path in queries if not path.exists()]
    if missing:
        connection = open_store(world.workspace.store_path, memory_limit="4GB")
        try:
            connection.execute("SET preserve_insertion_order = true")
            for path in missing:
                unfinished = path.with_suffix(".unfinished")
                connection.execute(f"COPY ({queries[path]}) TO '{unfinished}' (FORMAT parquet)")
                unfinished.rename(path)
        finally:
            connection.close()
    return facts


def _typed_email(value: str, number: str) -> str:
    """Write every third address in capitals and every seventh with a blank behind it."""
    return f"CASE WHEN {number} % 3 = 0 THEN upper({value}) ELSE {value} END || repeat(' ', ({number} % 7 = 0)::INT)"


_ORDERS = f"""
SELECT
    s.name AS store, o.order_id, o.created_at, o.signals AS status, o.currency, o.total, o.refunded,
    o.customer_id, o.buyer_name, {_typed_email("o.email", "o.order_id::BIGINT")} AS email, o.country
FROM order_version AS o JOIN source AS s USING (source_id)
"""

_CUSTOMERS = f"""
SELECT
    s.name AS store, c.customer_id, c.name, t.value AS tax_id,
    {_typed_email("k.value", "c.customer_id::BIGINT")} AS email
FROM customer_version AS c
JOIN source AS s USING (source_id)
LEFT JOIN customer_key AS k ON k.source_id = c.source_id AND k.customer_id = c.customer_id AND k.kind = 'email'
LEFT JOIN customer_key AS t
    ON t.source_id = c.source_id AND t.customer_id = c.customer_id AND t.kind = 'tax_id' AND t.nth = 1
ORDER BY c.customer_id::BIGINT
"""

_MASTERS = f"""
SELECT
    m.entity, m.account, m.name, x.value AS external_id, t.value AS tax_id,
    {_typed_email("k.value", "substr(m.account, 2)::BIGINT")} AS email
FROM master_version AS m
LEFT JOIN master_key AS k ON k.entity = m.entity AND k.account = m.account AND k.kind = 'email'
LEFT JOIN master_key AS x ON x.entity = m.entity AND x.account = m.account AND x.kind = 'external_id'
LEFT JOIN master_key AS t ON t.entity = m.entity AND t.account = m.account AND t.kind = 'tax_id' AND t.nth = 1
ORDER BY m.account
"""
