"""The card's question as a competent analyst answers it in pandas: whole columns at a time, merges on typed values.

The worklist has what a clerk needs: name, stores, ids, expected entity, where else the party stands, near matches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pandas as pd

from bench.generator import INACTIVE_SIGNALS
from bench.parquet import ParquetFacts
from bench.question import Answer, Question

__all__ = ["Join", "answer_of", "pandas_answer", "worklist"]

Join: TypeAlias = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
_KINDS = ("email", "external_id", "tax_id")


def pandas_answer(facts: ParquetFacts, question: Question) -> Answer:
    """Answer in pandas."""
    return answer_of(worklist(facts, question, _merged))


def answer_of(lines: pd.DataFrame) -> Answer:
    """Count a worklist."""
    return Answer(len(lines), int(lines["blocked"].sum()))


def worklist(facts: ParquetFacts, question: Question, join: Join) -> pd.DataFrame:
    """Make the ranked worklist; `join` finds the (party, value) lines whose value stands in (entity, value) lines."""
    orders = _orders(facts, question)
    customers = _typed(pd.read_parquet(facts.customers))
    masters = _typed(pd.read_parquet(facts.masters, columns=["entity", *_KINDS]))
    accounts = _accounts(orders, customers)
    held = pd.concat([join(_values(orders, accounts, kind), _keys(masters, kind)) for kind in _KINDS])
    held = held[["party", "entity"]].drop_duplicates()
    gaps = orders.merge(held, on=["party", "entity"], how="left", indicator=True)
    lines = _summed(gaps[gaps["_merge"] == "left_only"])
    lines["is_near"] = _near(lines["party"], masters["email"].dropna())
    absent = lines[["party"]]
    lines = lines.merge(_listed(held.merge(absent, on="party"), "entity", "exists_in"), on="party", how="left")
    lines = lines.merge(_contacts(accounts.merge(absent, on="party")), on="party", how="left")
    lines["name"] = lines["name"].fillna(lines["buyer_name"])
    return lines.sort_values(["blocked", "orders", "first_order_at"], ascending=[False, False, True])


def _merged(values: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    return values.merge(keys, on="value")


def _orders(facts: ParquetFacts, question: Question) -> pd.DataFrame:
    """Read the active orders of the window with their party, expected entity and value."""
    window = [("created_at", ">=", question.start), ("created_at", "<=", question.end)]
    orders = pd.read_parquet(facts.orders, filters=window)
    orders = orders[~orders["status"].isin(INACTIVE_SIGNALS)]
    orders["party"] = orders["email"].str.strip().str.lower()
    orders["entity"] = orders["country"].map({"CA": "CATU"}).fillna("USTI")
    orders["exact"] = (orders["total"] - orders["refunded"]) * orders["currency"].map({"USD": 100, "CAD": 73})
    return orders


def _typed(records: pd.DataFrame) -> pd.DataFrame:
    records["email"] = records["email"].str.strip().str.lower()
    records["tax_id"] = records["tax_id"].str.upper().str.replace(" ", "", regex=False)
    return records


def _accounts(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Find the storefront accounts of each party: those that ordered, and those with its address."""
    ordering = orders[["party", "store", "customer_id"]].dropna().drop_duplicates()
    by_id = ordering.merge(customers, on=["store", "customer_id"])
    by_email = orders[["party"]].drop_duplicates().merge(customers, left_on="party", right_on="email")
    return pd.concat([by_id, by_email]).drop_duplicates(["party", "store", "customer_id"])


def _values(orders: pd.DataFrame, accounts: pd.DataFrame, kind: str) -> pd.DataFrame:
    """List what the parties can be matched by under one key."""
    column = "customer_id" if kind == "external_id" else kind
    values = accounts[["party", column]].rename(columns={column: "value"}).dropna()
    if kind == "email":
        own = orders[["party"]].drop_duplicates()
        values = pd.concat([own.assign(value=own["party"]), values])
    return values.drop_duplicates()


def _keys(masters: pd.DataFrame, kind: str) -> pd.DataFrame:
    return masters[["entity", kind]].rename(columns={kind: "value"}).dropna().drop_duplicates()


def _summed(blocked: pd.DataFrame) -> pd.DataFrame:
    """Sum the blocked orders of each party, in USD rounded half-even."""
    lines = blocked.groupby("party", as_index=False).agg(
        orders=("order_id", "size"),
        first_order_at=("created_at", "min"),
        last_order_at=("created_at", "max"),
        buyer_name=("buyer_name", "last"),
        exact=("exact", "sum"),
    )
    for column, name in (("store", "stores"), ("entity", "missing")):
        lines = lines.merge(_listed(blocked, column, name), on="party")
    lines["blocked"] = (lines["exact"] / 100).round().astype("int64")
    return lines


def _listed(frame: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    """List the distinct values of a column for each party."""
    return frame[["party", column]].drop_duplicates().groupby("party", as_index=False).agg(**{name: (column, list)})


def _near(parties: pd.Series, emails: pd.Series) -> pd.Series:
    """Tell which parties' addresses are a master's but for dots and plus-tags before the @."""
    masters = pd.DataFrame({"folded": _folded(emails)}).drop_duplicates()
    found = pd.DataFrame({"folded": _folded(parties)}).merge(masters, on="folded", how="left", indicator=True)
    return found["_merge"] == "both"


def _folded(emails: pd.Series) -> pd.Series:
    local = emails.str.replace(r"(\+.*)?@.*", "", regex=True).str.replace(".", "", regex=False)
    return local + emails.str.replace(".*@", "@", regex=True)


def _contacts(accounts: pd.DataFrame) -> pd.DataFrame:
    """Collect the names and ids of the absent parties' accounts."""
    first = accounts.sort_values(["store", "customer_id"]).groupby("party", as_index=False)
    names = first.agg(name=("name", "first"), tax_id=("tax_id", "first"))
    return names.merge(_listed(accounts, "customer_id", "external_ids"), on="party")
