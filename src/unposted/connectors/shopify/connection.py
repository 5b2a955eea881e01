"""What a workspace says of a live Shopify shop."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from unposted.connectors.live import Connection, SecretName

__all__ = ["ShopifyConnection"]


class ShopifyConnection(Connection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shop of the Admin GraphQL API, read with the access token of a custom app."""

    api_version: Annotated[
        str,
        Meta(
            pattern=r"^20\d\d-(01|04|07|10)$",
            description="The version of the Admin API that is asked for; an ended one is answered as a later one.",
            examples=["2026-10"],
        ),
    ] = "2026-10"
    bulk_from_days: Annotated[
        int,
        Meta(
            ge=0,
            description="Spans of more days than this are fetched as one file (a bulk operation); 0: never.",
            examples=[30],
        ),
    ] = 30
    companies_way: Annotated[
        Literal["changes", "list"],
        Meta(
            description="Read companies by their and their locations' time of change, or all of them each time.",
            examples=["changes"],
        ),
    ] = "changes"
    customer_overlap_days: Annotated[
        int,
        Meta(
            ge=0,
            description="Days around a span that are asked for too, because Shopify finds customers by whole days.",
            examples=[1],
        ),
    ] = 1
    cursor_reach: Annotated[
        int,
        Meta(
            ge=250,
            description="After so many rows a walk starts anew at the last row's time: some lists end at 25,000 rows.",
            examples=[20000],
        ),
    ] = 20_000

    SECRETS: ClassVar[tuple[SecretName, ...]] = (
        SecretName("token", "the Admin API access token of the custom app (shpat_…)"),
        SecretName("webhook_secret", "the app's client secret, with which Shopify signs webhooks", is_optional=True),
    )
    STREAMS: ClassVar[tuple[str, ...]] = ("orders", "customers", "companies", "draft_orders")
