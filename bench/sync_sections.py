"""The sections of live sources: how fast their pages reach the store, and how few of them a first answer needs."""

from __future__ import annotations

from bench.economy import MERCHANT, PLANS, Cost, first_answer, full_copy
from bench.ingest import fetched_alone, synced
from bench.peer_dlt import dlt_arrow, dlt_default
from bench.shop import running_shop
from bench.telling import line
from bench.timing import measured

__all__ = ["economy", "ingest"]


def ingest(quick: bool, repeats: int) -> None:
    """Sync a shop on loopback into a new store, beside fetching alone and beside dlt on the same pages.

    A page that the emulator makes for each call tells what a sync adds to fetching; pages that are ready in its memory
    take nobody's time, so that the tools alone are compared.
    """
    orders = 10_000 if quick else 50_000
    print(f"\n{orders:,} orders in pages of 250 from the Shopify emulator in a process of its own")
    for ready in (False, True):
        _ingest(orders, repeats, ready=ready)
    many = orders * 10
    with running_shop(many, ready=True) as shop:
        large = measured(synced, shop, repeats=0)
    line(f"peak memory of the sync, {many:,} orders", f"{large.peak_mb:.0f} MB", large.peak_mb, 300)
    assert large.answer == many, "the sync has lost orders"


def _ingest(orders: int, repeats: int, *, ready: bool) -> None:
    few = orders // 5
    with running_shop(orders, ready=ready) as shop:
        alone = measured(fetched_alone, shop, repeats=repeats)
        ours = measured(synced, shop, repeats=repeats)
        arrow = measured(dlt_arrow, shop, orders, repeats=min(repeats, 3))
        plain = measured(dlt_default, shop, few, repeats=1)
    assert ours.answer == orders, "the sync has lost orders"
    per_second, default = orders / ours.seconds, few / plain.seconds
    print("pages that are ready in its memory" if ready else "pages that it makes for each call")
    line("fetching the pages alone", f"{orders / alone.seconds:,.0f} /s")
    line(
        "sync into the store",
        f"{per_second:,.0f} /s",
        alone.seconds / ours.seconds,
        None if ready else 0.6,
        at_most=False,
    )
    line(
        f"dlt, default, the first {few:,}",
        f"{default:,.0f} /s",
        per_second / default,
        20 if ready else None,
        at_most=False,
    )
    line("dlt, Arrow tables", f"{orders / arrow.seconds:,.0f} /s", per_second / (orders / arrow.seconds))
    if ready:
        line(f"peak memory of the sync, {orders:,} orders", f"{ours.peak_mb:.0f} MB", ours.peak_mb, 300)


def economy(quick: bool) -> None:
    """Count calls and waiting of a large merchant's first right answer, beside a full copy."""
    merchant = MERCHANT.over(20) if quick else MERCHANT
    print(
        f"\n{merchant.customers:,} customers, {merchant.orders_a_week:,} orders a week for {merchant.weeks} weeks, "
        f"{merchant.masters:,} F&O customers; the clock is simulated, only limits take time"
    )
    for plan in PLANS:
        costs, found, right = first_answer(merchant, plan)
        print(f"{plan.name} plan ({plan.restore:.0f} points/s)")
        for cost in costs:
            _told(f"  first answer, {cost.source}: {cost.rows:,} records", cost)
        first = _sum(costs)
        verdict = "right" if found == right else f"WRONG, {right:,} are"
        _told(f"  first answer: {found:,} absent, {verdict}", first)
        copied = full_copy(merchant, plan)
        for cost in copied:
            _told(f"  full copy, {cost.source} {cost.stream}, extrapolated", cost)
        whole = _sum(copied)
        _told("  full copy", whole)
        line("  calls, full copy against first answer", "", whole.calls / first.calls, 20, at_most=False)
        line("  waiting, full copy against first answer", "", whole.waited / max(1.0, first.waited), 20, at_most=False)
        files = _sum(full_copy(merchant, plan, in_bulk=True))
        rest = _sum([cost for cost in copied if cost.source != "shop"])
        line(
            "  calls of a full copy by Shopify's files",
            f"{files.calls + rest.calls:,.0f}",
            (files.calls + rest.calls) / first.calls,
        )


def _sum(costs: list[Cost]) -> Cost:
    return Cost(
        "", "", sum(one.calls for one in costs), sum(one.waited for one in costs), sum(one.rows for one in costs)
    )


def _told(what: str, cost: Cost) -> None:
    line(what, f"{cost.calls:,.0f} calls", note=f"waits {_span(cost.waited)}")


def _span(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} h" if seconds >= 7200 else f"{seconds / 60:,.1f} min"
