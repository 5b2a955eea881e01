"""Bugs that somebody could write into what stands beside the headline, each to be caught by the oracle beside it."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]


def _relation(name: str, relation: str, old: str, new: str, check: str = "beside") -> Bug:
    return Bug(name, f"cards/relations/{relation}.sql", old, new, check)


BUGS = (
    _relation(
        "a quote outweighs a cancelled order", "everyone_step",
        "WHEN 'quote_only' THEN 1", "WHEN 'quote_only' THEN 8", "beside:4",
    ),
    _relation(
        "an account's idle orders do not find its active ones", "idle_account",
        "SELECT a.source_id, a.customer_id, p.party,", "SELECT a.source_id, a.customer_id, NULL AS party,",
        "beside:21",
    ),
    _relation(
        "a replaced order keeps its own state", "idle_order", "WHEN r.order_id IS NOT NULL", "WHEN FALSE", "beside:9",
    ),
    _relation(
        "a present party's key is the last that hits", "first_key",
        "min(rank) AS rank FROM hit", "max(rank) AS rank FROM hit", "beside:53,72,131",
    ),
    _relation("refunds do not lessen a step's value", "window_value", "o.total - o.refunded", "o.total", "beside:3"),
    _relation(
        "a party's quotes are valued with its active orders", "bridge_value",
        "ON o.key = s.key AND o.step = s.decided_by", "ON o.key = s.key", "beside:39,45,53,73",
    ),
    _relation(
        "a policy forgets orders that no rule sends anywhere", "line_mask",
        "WHERE o.entity IS NULL", "WHERE FALSE", "beside:15",
    ),
    _relation("a flip is told in one direction only", "policy_flip", "'leaves'", "'enters'", "beside:4"),
    _relation(
        "one sound record of another entity bills", "unbillable_order",
        "(r.entity = o.entity OR o.entity IS NULL)", "TRUE", "beside:35,45,53,56,60,73",
    ),
    _relation(
        "one flawed record is enough to stop billing", "unbillable_order",
        "count(*) = count(flaw)", "count(flaw) > 0", "beside:56,73,94",
    ),
    _relation(
        "one-time customers can bill", "present_record",
        "WHERE m.blocked <> '' OR m.one_time", "WHERE m.blocked <> ''", "beside:45,104",
    ),
    _relation(
        "two parties on one record are no conflict", "conflict_record",
        "WHERE parties > 1", "WHERE FALSE", "beside:10",
    ),
    _relation(
        "a party that ordered again is still aged out", "aged_line",
        "WHERE o.created_at >= :card_start", "WHERE FALSE", "beside:1",
    ),
)  # fmt: skip
