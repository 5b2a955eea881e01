"""What can differ from shop to shop, and what Shopify does not publish: the sandbox shop's switches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ALL_SCOPES", "ShopifySwitches"]

ALL_SCOPES = frozenset({"read_orders", "read_all_orders", "read_customers", "read_companies", "read_draft_orders"})


@dataclass(frozen=True, slots=True)
class ShopifySwitches:
    """The shop's dialect.

    `denied` are protected fields (`Order.email`, `Order.customer`) that the app is not approved for; after
    `error_limit` errors the rest of the rows is left out. `status_words` shows other financial states than are known
    (`(("EXPIRED", "LAPSED"),)`). A query that asks for an amount of an order in `poisoned` fails as a whole.
    `shop_status` answers every call with 402, 404 or 423.
    """

    token: str = "shpat_sandbox"  # noqa: S105 - it opens nothing
    scopes: frozenset[str] = ALL_SCOPES
    denied: frozenset[str] = frozenset()
    error_limit: int = 250
    supported: tuple[str, ...] = ("2026-01", "2026-04", "2026-07", "2026-10")
    maximum: float = 20_000.0
    restore: float = 1_000.0
    exponent: float = 0.38
    max_cost: int = 1_000
    window_days: int = 60
    customers_by_day: bool = True
    status_words: tuple[tuple[str, str], ...] = ()
    poisoned: frozenset[str] = frozenset()
    shop_status: int | None = None
    repeats_pages: bool = False  # a list that gives the same cursor for ever
    cache_bytes: int = 256 * 1024 * 1024
    # bulk operations
    bulk_seconds: float = 20.0
    bulk_slots: int = 5
    bulk_taken: int = 0  # by other apps with the same token
    bulk_error: Literal["ACCESS_DENIED", "INTERNAL_SERVER_ERROR", "TIMEOUT"] | None = None
    bulk_loses: int = 0  # lines that are counted but not in the file
    orphans_first: bool = True
    files: str | None = None  # where the files lie: another host than the shop's
    has_ranges: bool = True
    file_days: int = 7
    # webhooks
    hook_secret: str = "shpss_sandbox"  # noqa: S105 - it guards nothing
    zone: str = "America/New_York"
