"""Reads a live shop into the store by the product's own sync, beside fetching the same pages and keeping nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.folders import in_folder
from bench.shop import END, START, TOKEN, Shop
from unposted.connectors.clock import SystemClock

__all__ = ["FixedClock", "fetched_alone", "fetched_pages", "synced"]

PAGE = 250


class FixedClock(SystemClock):
    """A clock whose date stands still, so that each run asks for the same pages; seconds are measured truly."""

    def now(self) -> datetime:
        """Return the instant at which the shop was looked at."""
        return END + timedelta(minutes=2)


def fetched_pages(shop: Shop, most: int | None = None) -> Iterator[list[bytes]]:
    """Fetch pages by the product's caller and open their envelopes, nothing else; `most` is how many orders."""
    from unposted.connectors.http import Caller
    from unposted.connectors.live import PageRequest
    from unposted.connectors.secrets import Secret
    from unposted.connectors.shopify.admin import Admin, Asked
    from unposted.connectors.shopify.answers import judge
    from unposted.connectors.shopify.connection import ShopifyConnection
    from unposted.connectors.shopify.queries import ORDERS
    from unposted.connectors.shopify.walk import search_of
    from unposted.connectors.signers import HeaderSigner
    from unposted.domain.cursor import Span

    signer = HeaderSigner("X-Shopify-Access-Token", Secret(TOKEN))
    caller = Caller("shop", f"{shop.address}/admin/api/2026-10", signer, judge=judge, clock=FixedClock())
    admin = Admin(caller, "2026-10", None)
    search = search_of(ORDERS, PageRequest(Span(START, END)).span, ShopifyConnection(url=shop.address))
    after, fetched = None, 0
    try:
        while most is None or fetched < most:
            found = admin.page(ORDERS, Asked(None, after, search))
            items = found.items
            fetched += len(items)
            yield items
            if not found.page_info.has_next_page:
                return
            after = found.page_info.end_cursor
    finally:
        caller.close()


def fetched_alone(shop: Shop) -> int:
    """Fetch every page and keep nothing; returns how many orders they had."""
    return sum(map(len, fetched_pages(shop)))


def synced(shop: Shop) -> int:
    """Sync the shop's orders into a new store, as `unposted sync` does; returns how many it then holds."""
    return in_folder(lambda folder: _sync(shop, folder))


def _sync(shop: Shop, folder: Path) -> int:
    from unposted.connectors.secrets import SecretStore
    from unposted.connectors.shopify.connection import ShopifyConnection
    from unposted.store.database import SYNC_MEMORY_LIMIT, open_store
    from unposted.sync.ahead import AHEAD
    from unposted.sync.connecting import Connecting
    from unposted.sync.run import LiveSync, live_sources
    from unposted.workspace.model import Entity, FieldMap, Fx, Store, Workspace

    connection = ShopifyConnection(url=shop.address, streams=("orders",), history_days=1)
    workspace = Workspace(
        path=folder / "unposted.toml",
        name="Bench",
        timezone=ZoneInfo("America/New_York"),
        reporting_currency="USD",
        stores=(Store("shop", "shopify", {}, entity="USTI", connect=connection),),
        dynamics=(),
        entities=(Entity("USTI", "US Trade Inc", "USD"),),
        field_map=FieldMap(),
        fx=Fx(),
    )
    clock = FixedClock()
    store = open_store(folder / "store.duckdb")
    connecting = Connecting(SecretStore({"UNPOSTED_SHOP_TOKEN": TOKEN}), clock)
    sync = LiveSync(store, workspace, connecting, clock, START, ahead=AHEAD, memory=SYNC_MEMORY_LIMIT)
    try:
        sync.news(live_sources(workspace))
        for report in sync.reports:
            if report.error is not None:
                raise report.error
        row = store.execute("SELECT count(*) FROM order_version").fetchone()
    finally:
        sync.close()
        store.close()
    return int(row[0]) if row else 0
