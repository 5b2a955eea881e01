"""What a BigCommerce store may do one way or another: rights, limits, and everything that is not written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["B2B", "BigCommerceSwitches"]

B2B = "b2b_edition"


@dataclass(frozen=True, slots=True, kw_only=True)
class BigCommerceSwitches:
    """One store's ways.

    `scopes` are those that the token has (None: all, `b2b_edition` among them). `quota` calls may be made in a window
    by all apps together; `others` is how many calls other apps make with each of ours. The calls whose numbers are in
    `overloaded` are answered 429 without any figures. `shows_limits`: answers bear the rate headers.
    A page over `largest_page` is refused with 413, or (`clamps`) silently cut to it. Without an Accept for JSON, v2
    answers in XML (`speaks_xml`). Filters by date include their bounds or not; a date that cannot be read is no filter
    (`ignores_dates`: none is). Incomplete (status 0) and archived orders are listed or not, and counted or not.
    `gives_consignments`: an order holds its consignments when they are asked for. `amounts` are written as text,
    numbers, or now this, now that. `gives_cursors`: v3 lists show cursors. `poison` orders and customers break each
    page that they are on (500). `refund_meta`: refunds show how many pages there are.
    B2B Edition: calls a minute, whether filters lift its limit of one year, whether it shows channel 1 alone unless
    channels are named, where totals stand, and what names no company.
    """

    store_hash: str = "sandbox"
    token: str = "sandbox-bigcommerce-token"  # noqa: S105 - opens nothing but the sandbox
    scopes: frozenset[str] | None = None
    quota: int = 450
    window_ms: int = 30_000
    others: int = 0
    overloaded: frozenset[int] = frozenset()
    shows_limits: bool = True
    largest_page: int = 250
    clamps: bool = False
    speaks_xml: bool = True
    includes_bounds: bool = True
    ignores_dates: bool = False
    lists_incomplete: bool = True
    archived: Literal["listed", "counted", "hidden"] = "listed"
    gives_consignments: bool = True
    amounts: Literal["text", "numbers", "mixed"] = "text"
    gives_cursors: bool = True
    poison: frozenset[int] = frozenset()
    refund_meta: bool = False
    b2b_calls_a_minute: int = 150
    b2b_filters_lift_year: bool = True
    b2b_one_channel: bool = False
    b2b_totals: Literal["meta", "pagination"] = "meta"
    b2b_no_company: int | None = 0
