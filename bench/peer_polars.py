"""The card's question as a competent analyst answers it in Polars: one lazy query over the files, run streaming."""

from __future__ import annotations

from functools import reduce

import polars as pl

from bench.generator import INACTIVE_SIGNALS
from bench.parquet import ParquetFacts
from bench.question import Answer, Question

__all__ = ["polars_answer"]

_KINDS = ("email", "external_id", "tax_id")


def polars_answer(facts: ParquetFacts, question: Question) -> Answer:
    """Answer in Polars, with the worklist that the pandas peer makes."""
    lines = _worklist(facts, question)
    return Answer(lines.height, int(lines["blocked"].sum()))


def _worklist(facts: ParquetFacts, question: Question) -> pl.DataFrame:
    orders = _orders(facts, question)
    customers = _typed(pl.scan_parquet(facts.customers))
    masters = _typed(pl.scan_parquet(facts.masters)).select("entity", *_KINDS)
    accounts = _accounts(orders, customers)
    held = pl.concat(_held(orders, accounts, masters, kind) for kind in _KINDS).unique()
    blocked = orders.join(held, on=["party", "entity"], how="anti")
    lines = blocked.group_by("party").agg(
        orders=pl.len(),
        first_order_at=pl.col("created_at").min(),
        last_order_at=pl.col("created_at").max(),
        buyer_name=pl.col("buyer_name").last(),
        stores=pl.col("store").unique(),
        missing=pl.col("entity").unique(),
        blocked=(pl.col("exact").sum() / 100).round(mode="half_to_even").cast(pl.Int64),
    )
    near = masters.select(folded=_folded("email")).drop_nulls().unique().with_columns(is_near=True)
    contacts = accounts.sort("store", "customer_id").group_by("party").agg(
        name=pl.col("name").first(), external_ids=pl.col("customer_id"), tax_ids=pl.col("tax_id").drop_nulls()
    )  # fmt: skip
    beside = (held.group_by("party").agg(exists_in=pl.col("entity")), contacts)
    full = reduce(lambda left, right: left.join(right, on="party", how="left"), beside, lines)
    return (
        full.with_columns(folded=_folded("party"), name=pl.coalesce("name", "buyer_name"))
        .join(near, on="folded", how="left")
        .with_columns(pl.col("is_near").fill_null(value=False))
        .sort(["blocked", "orders", "first_order_at"], descending=[True, True, False])
        .collect(engine="streaming")
    )


def _orders(facts: ParquetFacts, question: Question) -> pl.LazyFrame:
    """Read the active orders of the window with their party, expected entity and value."""
    is_active = ~pl.col("status").is_in(INACTIVE_SIGNALS)
    rate = pl.when(pl.col("currency") == "CAD").then(73).otherwise(100)
    return (
        pl.scan_parquet(facts.orders)
        .filter(pl.col("created_at").is_between(question.start, question.end) & is_active)
        .with_columns(
            party=pl.col("email").str.strip_chars().str.to_lowercase(),
            entity=pl.when(pl.col("country") == "CA").then(pl.lit("CATU")).otherwise(pl.lit("USTI")),
            exact=(pl.col("total") - pl.col("refunded")) * rate,
        )
    )


def _typed(records: pl.LazyFrame) -> pl.LazyFrame:
    return records.with_columns(
        pl.col("email").str.strip_chars().str.to_lowercase(),
        pl.col("tax_id").str.to_uppercase().str.replace_all(" ", "", literal=True),
    )


def _accounts(orders: pl.LazyFrame, customers: pl.LazyFrame) -> pl.LazyFrame:
    """Find the storefront accounts of each party: those that ordered, and those with its address."""
    ordering = orders.select("party", "store", "customer_id").drop_nulls().unique()
    by_id = ordering.join(customers, on=["store", "customer_id"])
    by_email = orders.select("party").unique().join(customers, left_on="party", right_on="email", coalesce=False)
    columns = ["party", "store", "customer_id", "name", "email", "tax_id"]
    return pl.concat([by_id.select(columns), by_email.select(columns)]).unique(["party", "store", "customer_id"])


def _held(orders: pl.LazyFrame, accounts: pl.LazyFrame, masters: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """Find the entities that hold a party under one key."""
    column = "customer_id" if kind == "external_id" else kind
    values = accounts.select("party", value=column).drop_nulls()
    if kind == "email":
        values = pl.concat([values, orders.select("party", value="party")]).unique()
    keys = masters.select("entity", value=kind).drop_nulls()
    return values.join(keys, on="value").select("party", "entity")


def _folded(column: str) -> pl.Expr:
    """Fold addresses for near matches: no dots and no plus-tag before the @."""
    local = pl.col(column).str.replace(r"(\+.*)?@.*", "").str.replace_all(".", "", literal=True)
    return local + "@" + pl.col(column).str.split("@").list.last()
