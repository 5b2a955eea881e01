"""The settings of a live BigCommerce store: where it is, what is read, and what differs from store to store."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from unposted.connectors.live import Connection, SecretName

__all__ = ["LARGEST_PAGE", "BigCommerceConnection"]

LARGEST_PAGE = 250  # the most records that the store gives at once; a larger page is answered with 413
Meta = msgspec.Meta
_SAFE = r"^(https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/])"  # a token goes there


class BigCommerceConnection(Connection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a BigCommerce store, and its B2B Edition, is read."""

    store_hash: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z0-9]+$",
            description="The store's own id, as it stands in its API path: …/stores/abc123/….",
            examples=["abc123"],
        ),
    ]
    url: Annotated[
        str,
        Meta(
            description="Where the API is; a proxy or the sandbox is elsewhere.",
            examples=["https://api.bigcommerce.com"],
        ),
    ] = "https://api.bigcommerce.com"
    page_size: Annotated[
        Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] | None,
        Meta(description="Records a page, at most 250; unset means 250.", examples=[100]),
    ] = None
    shipping_country: Annotated[
        Literal["consignments", "addresses", "billing"],
        Meta(
            description="Where the ship-to country comes from: the consignments inside each order (no further call), "
            "one more call for every order whose consignments are missing, or the billing address alone.",
            examples=["consignments"],
        ),
    ] = "consignments"
    refunds: Annotated[
        bool,
        Meta(
            description="Fetch the refunds of refunded orders; the orders themselves never show them.", examples=[True]
        ),
    ] = True
    archived: Annotated[
        Literal["kept", "left-out"],
        Meta(
            description="What an archived (deleted) order is that the store still lists: an order like any other, "
            "or gone.",
            examples=["kept"],
        ),
    ] = "kept"
    count_check: Annotated[
        bool,
        Meta(
            description="Compare each recount with the number that the store itself counts; switch it off for a store "
            "whose number includes archived orders that it does not list.",
            examples=[True],
        ),
    ] = True
    ids_a_call: Annotated[
        int, Meta(ge=1, le=LARGEST_PAGE, description="How many ids one call may name.", examples=[100])
    ] = 100
    spare_share: Annotated[
        float,
        Meta(
            ge=0,
            lt=1,
            description="The share of the store's calls that is left to its other apps, which draw on the same quota.",
            examples=[0.1],
        ),
    ] = 0.1
    b2b: Annotated[
        bool,
        Meta(description="The store has B2B Edition: read its companies, their users and orders.", examples=[True]),
    ] = False
    b2b_url: Annotated[
        str,
        Meta(
            pattern=_SAFE,
            description="Where B2B Edition's API is.",
            examples=["https://api-b2b.bigcommerce.com/api/v3/io"],
        ),
    ] = "https://api-b2b.bigcommerce.com/api/v3/io"
    b2b_channels: Annotated[
        tuple[int, ...],
        Meta(
            description="The channels whose B2B orders are read; name them all if only those of channel 1 arrive.",
            examples=[(1, 1481200)],
        ),
    ] = ()
    b2b_calls_a_minute: Annotated[
        int,
        Meta(
            ge=1,
            description="What B2B Edition allows all apps of the store together; it sends no figures of its own.",
            examples=[150],
        ),
    ] = 150

    SECRETS: ClassVar[tuple[SecretName, ...]] = (
        SecretName("token", "the access token of a store-level API account"),
        SecretName("b2b_token", "another token for B2B Edition, where it has its own", is_optional=True),
        SecretName("webhook_secret", "the client secret that signs webhooks", is_optional=True),
        SecretName("webhook_header", "the value of the header X-Unposted-Hook of webhooks", is_optional=True),
    )
    STREAMS: ClassVar[tuple[str, ...]] = ("orders", "customers", "companies", "company_users", "company_orders")
