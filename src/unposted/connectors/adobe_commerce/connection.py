"""The settings of a live Adobe Commerce store, and which secrets each way of signing in needs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from unposted.connectors.live import Connection, SecretName

__all__ = ["AdobeCommerceConnection"]


class AdobeCommerceConnection(Connection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to reach an Adobe Commerce or Magento Open Source store over REST, and how to sign in there."""

    SECRETS: ClassVar[tuple[SecretName, ...]] = (
        SecretName("consumer_key", "the integration's consumer key", "oauth1"),
        SecretName("consumer_secret", "the integration's consumer secret", "oauth1"),
        SecretName("access_token", "the integration's access token", "oauth1"),
        SecretName("access_token_secret", "the integration's access token secret", "oauth1"),
        SecretName("token", "an access token that the store takes as bearer", "bearer", is_optional=True),
        SecretName("username", "an admin user, where there is no token", "bearer", is_optional=True),
        SecretName("password", "the admin user's password", "bearer", is_optional=True),
        SecretName("client_secret", "the client secret of the Developer Console project", "ims"),
    )
    STREAMS: ClassVar[tuple[str, ...]] = ("orders", "customers", "companies", "quotes")

    url: Annotated[
        str,
        Meta(
            description="The store's address without /rest; on SaaS the API's address with the tenant id.",
            examples=["https://shop.example", "https://na1.api.commerce.adobe.com/AbCdEf123"],
        ),
    ]
    flavour: Annotated[
        Literal["paas", "saas"],
        Meta(description="`paas` for 2.4 in the cloud, on-premises and Open Source; `saas` for the Cloud Service."),
    ] = "paas"
    auth: Annotated[
        Literal["oauth1", "bearer", "ims"],
        Meta(description="How to sign in: the integration's four OAuth 1.0a values, a bearer token, or Adobe IMS."),
    ] = "oauth1"
    store_view: Annotated[
        str, Meta(description="The store view to read through; it narrows nothing.", examples=["all", "default"])
    ] = "all"
    b2b: Annotated[
        bool | None,
        Meta(
            description="Whether the B2B modules are there: true makes their absence an error, unset finds out.",
            examples=[True],
        ),
    ] = None
    quotes: Annotated[bool, Meta(description="Read negotiable quotes too; it means reading every cart.")] = False
    admin_token_hours: Annotated[
        float, Meta(gt=0, description="How long the store's admin tokens live.", examples=[4.0])
    ] = 4.0
    client_id: Annotated[
        str,
        Meta(
            description="The client id of the Developer Console project (ims).",
            examples=["0123456789abcdef0123456789abcdef"],
        ),
    ] = ""
    org_id: Annotated[str, Meta(description="The IMS organization (ims).", examples=["0123456789ABCDEF@AdobeOrg"])] = ""
    scope: Annotated[str, Meta(description="The scopes that the Developer Console shows for the project (ims).")] = (
        "openid,AdobeID,email,profile,additional_info.roles,additional_info.projectedProductContext,commerce.accs"
    )
    ims_url: Annotated[str, Meta(description="Adobe's login service (ims).")] = "https://ims-na1.adobelogin.com"

    @property
    def api(self) -> str:
        """The address that every path of the API is under."""
        base = self.url.rstrip("/")
        return f"{base}/V1" if self.flavour == "saas" else f"{base}/rest/{self.store_view}/V1"
