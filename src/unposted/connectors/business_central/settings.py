"""The settings of a Business Central source under `connect`, and its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from unposted.connectors.entra import DEFAULT_AUTHORITY
from unposted.connectors.live import Connection, SecretName

__all__ = ["PUBLIC_SCOPE", "PUBLIC_URL", "BusinessCentralConnection", "ExternalIds"]

PUBLIC_URL = "https://api.businesscentral.dynamics.com"
PUBLIC_SCOPE = f"{PUBLIC_URL}/.default"


class ExternalIds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the storefront's customer ids stand: the standard customers page cannot carry an extension's field."""

    path: Annotated[
        str,
        msgspec.Meta(
            description="The path after the environment, of a custom API or `ODataV4` for a published web service.",
            examples=["api/contoso/shop/v1.0", "ODataV4"],
        ),
    ]
    set: Annotated[str, msgspec.Meta(description="The entity set or web service.", examples=["shopCustomers"])]
    number: Annotated[
        str, msgspec.Meta(description="Its field with the customer's number.", examples=["number", "No"])
    ] = "number"
    field: Annotated[str, msgspec.Meta(description="Its field with the storefront's id.", examples=["shopifyId"])]
    modified: Annotated[
        str,
        msgspec.Meta(
            description="Its field with the time of change, so that a link made later is seen; blank: it has none.",
            examples=["lastModifiedDateTime"],
        ),
    ] = ""


class BusinessCentralConnection(Connection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Business Central environment, and which of its companies is which legal entity.

    With a blank `environment` the url is an on-premises server's with its instance (`https://erp.example:7048/BC`).
    """

    url: Annotated[
        str, msgspec.Meta(description="The address of the service, or of your own server.", examples=[PUBLIC_URL])
    ] = PUBLIC_URL
    tenant: Annotated[
        str, msgspec.Meta(description="The Entra tenant, id or domain.", examples=["ustrade.onmicrosoft.com"])
    ] = ""
    environment: Annotated[
        str,
        msgspec.Meta(
            description="The environment's name; blank for your own server.", examples=["Production", "Sandbox"]
        ),
    ] = "Production"
    auth: Annotated[
        Literal["secret", "certificate", "basic"],
        msgspec.Meta(
            description="How to sign in: as an Entra application, or (your own server only) as a user with a key.",
            examples=["secret"],
        ),
    ] = "secret"
    client_id: Annotated[
        str,
        msgspec.Meta(
            description="The Entra application's client id.", examples=["0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1"]
        ),
    ] = ""
    user: Annotated[str, msgspec.Meta(description="With auth basic: the user's name.", examples=["UNPOSTED"])] = ""
    authority: Annotated[
        str, msgspec.Meta(description="The login service (a national cloud has its own).", examples=[DEFAULT_AUTHORITY])
    ] = DEFAULT_AUTHORITY
    scope: Annotated[str, msgspec.Meta(description="What the token is asked for.", examples=[PUBLIC_SCOPE])] = (
        PUBLIC_SCOPE
    )
    companies: Annotated[
        Mapping[str, str],
        msgspec.Meta(
            description="Company name, display name or id = legal entity; empty: every company under its own name.",
            examples=[{"US Trade Inc": "USTI", "CA Trade ULC": "CATU"}],
        ),
    ] = {}
    currencies: Annotated[
        Mapping[str, str],
        msgspec.Meta(
            description="Legal entity = local currency, where General Ledger Setup may not be read.",
            examples=[{"USTI": "USD"}],
        ),
    ] = {}
    external_ids: Annotated[
        ExternalIds | None, msgspec.Meta(description="Where the storefront's customer ids stand; none when absent.")
    ] = None
    revenue_accounts: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            description="The ledger accounts that ledger_entries reads: numbers, or ranges with two dots.",
            examples=[["40100", "44000..44999"]],
        ),
    ] = ()
    ledger_time: Annotated[
        Literal["lastModifiedDateTime", "postingDate"],
        msgspec.Meta(description="By which field ledger_entries is read.", examples=["lastModifiedDateTime"]),
    ] = "lastModifiedDateTime"
    read_from_replica: Annotated[
        bool,
        msgspec.Meta(description="Read a copy of the database that may be minutes behind; spares the users.",
                     examples=[False]),
    ] = False  # fmt: skip
    language: Annotated[str, msgspec.Meta(description="The language of the server's messages.", examples=["en-US"])] = (
        "en-US"
    )

    SECRETS: ClassVar[tuple[SecretName, ...]] = (
        SecretName("client_secret", "the Entra application's client secret", auth="secret"),
        SecretName("certificate", "the Entra application's private key and certificate (PEM)", auth="certificate"),
        SecretName("access_key", "the user's web service access key", auth="basic"),
        SecretName("client_state", "the clientState that webhook subscriptions are made with", is_optional=True),
    )
    STREAMS: ClassVar[tuple[str, ...]] = (
        "companies", "customers", "sales_orders", "sales_invoices", "sales_credit_memos", "ledger_entries",
        "exchange_rates", "job_queue_log", "items",
    )  # fmt: skip

    @property
    def root(self) -> str:
        """The path under the url below which `api/...` and `ODataV4/...` stand."""
        if not self.environment:
            return ""
        return f"v2.0/{self.tenant}/{self.environment}/" if self.tenant else f"v2.0/{self.environment}/"
