"""The question of the main card, asked of the product, of its floor, and of peers over the same facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.parquet import ParquetFacts
from bench.world import AS_OF, WINDOW, Size, made_world

__all__ = ["floor", "pandas_answer", "polars_answer", "reading"]

_ACTIVE_FROM = "2026-04-06 04:00:00"
_ACTIVE_TO = "2026-04-12 22:00:00"


def reading(work: Path, size: Size) -> tuple[int, int | None]:
    """Compute the product's reading with its worklist; returns the headline and the blocked minor units."""
    from unposted.cards.engine import read_card
    from unposted.store.database import open_store

    world = made_world(work, size)
    store = open_store(world.workspace.store_path)
    try:
        found = read_card(store, world.workspace, AS_OF, WINDOW)
    finally:
        store.close()
    return found.value, found.blocked.units


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


def polars_answer(facts: ParquetFacts) -> tuple[int, int]:
    """Answer in Polars, lazily; returns the absent parties and the blocked minor units."""
    import polars as pl

    orders = _polars_orders(pl, facts)
    clean = pl.col("email").str.strip_chars().str.to_lowercase()
    masters = pl.scan_parquet(facts.masters).with_columns(clean)
    customers = pl.scan_parquet(facts.customers).with_columns(clean).select("store", "email", "customer_id", "tax_id")
    accounts = [
        orders.join(customers.drop("email"), on=["store", "customer_id"], how="inner"),
        orders.drop("customer_id").join(customers.drop("store"), on="email", how="inner"),
    ]
    values = [
        orders.select("email", "entity", kind=pl.lit("email"), value=pl.col("email")),
        orders.select("email", "entity", kind=pl.lit("external_id"), value=pl.col("customer_id")),
        *(part.select("email", "entity", kind=pl.lit(kind), value=pl.col(mine))
          for part in accounts for kind, mine in (("external_id", "customer_id"), ("tax_id", "tax_id"))),
    ]  # fmt: skip
    keyed = pl.concat(
        [masters.select("entity", kind=pl.lit(kind), value=pl.col(kind)) for kind in ("email", "external_id", "tax_id")]
    )
    known = [pl.concat(values).join(keyed, on=["entity", "kind", "value"], how="semi")]
    present = pl.concat([part.select("email", "entity") for part in known]).unique()
    absent = orders.join(present, on=["email", "entity"], how="anti").collect()
    return absent["email"].n_unique(), int(absent["value"].sum())


def _polars_orders(pl: Any, facts: ParquetFacts) -> Any:
    start, end = (pl.lit(text).str.to_datetime("%Y-%m-%d %H:%M:%S") for text in (_ACTIVE_FROM, _ACTIVE_TO))
    inactive = pl.col("status").str.contains("cancel|REFUNDED|status_id=5$")
    amount = pl.col("total") - pl.col("refunded")
    return (
        pl.scan_parquet(facts.orders)
        .filter(pl.col("created_at").is_between(start, end) & ~inactive)
        .with_columns(
            pl.col("email").str.strip_chars().str.to_lowercase(),
            entity=pl.when(pl.col("country") == "CA").then(pl.lit("CATU")).otherwise(pl.lit("USTI")),
            value=pl.when(pl.col("currency") == "CAD").then(amount * 0.73).otherwise(amount.cast(pl.Float64)),
        )
    )


def pandas_answer(facts: ParquetFacts) -> tuple[int, int]:
    """Answer in pandas; returns the absent parties and the blocked minor units."""
    import pandas as pd

    orders = pd.read_parquet(facts.orders)
    orders = orders[orders["created_at"].between(pd.Timestamp(_ACTIVE_FROM), pd.Timestamp(_ACTIVE_TO))]
    orders = orders[~orders["status"].str.contains("cancel|REFUNDED|status_id=5$")].copy()
    orders["email"] = orders["email"].str.strip().str.lower()
    orders["entity"] = orders["country"].eq("CA").map({True: "CATU", False: "USTI"})
    amount = orders["total"] - orders["refunded"]
    orders["value"] = amount.where(orders["currency"] != "CAD", amount * 0.73)
    masters = pd.read_parquet(facts.masters)
    masters["email"] = masters["email"].str.strip().str.lower()
    customers = pd.read_parquet(facts.customers, columns=["store", "email", "customer_id", "tax_id"])
    customers["email"] = customers["email"].str.strip().str.lower()
    accounts = [
        orders[["store", "email", "entity", "customer_id"]].merge(
            customers[["store", "customer_id", "tax_id"]], on=["store", "customer_id"]
        ),
        orders[["email", "entity"]].merge(customers[["email", "customer_id", "tax_id"]], on="email"),
    ]
    values = [("email", orders.assign(key=orders["email"])), ("external_id", orders.assign(key=orders["customer_id"]))]
    for part in accounts:
        values += [("external_id", part.assign(key=part["customer_id"])), ("tax_id", part.assign(key=part["tax_id"]))]
    found = []
    for kind, part in values:
        keyed = masters.loc[masters[kind].notna(), [kind, "entity"]].drop_duplicates()
        wanted = part.loc[part["key"].notna(), ["email", "entity", "key"]]
        hit = wanted.merge(keyed, left_on=["key", "entity"], right_on=[kind, "entity"], suffixes=("", "_master"))
        found.append(hit[["email", "entity"]])
    present = pd.concat(found).drop_duplicates()
    judged = orders.merge(present, on=["email", "entity"], how="left", indicator=True)
    absent = judged[judged["_merge"] == "left_only"]
    return int(absent["email"].nunique()), int(absent["value"].sum())
