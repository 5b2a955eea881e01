"""The settings of a Dataverse source under `connect`, and what every source that stands in an environment shares."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from unposted.connectors.entra import DEFAULT_AUTHORITY, Application
from unposted.connectors.live import Connection, SecretName, Tools

__all__ = ["DataverseConnection", "EnvironmentConnection", "application"]


class EnvironmentConnection(Connection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Dataverse environment, and the Entra application that is one of its application users."""

    url: Annotated[
        str, msgspec.Meta(description="The environment's address.", examples=["https://contoso.crm4.dynamics.com"])
    ]
    tenant: Annotated[
        str, msgspec.Meta(description="The Entra tenant, id or domain.", examples=["contoso.onmicrosoft.com"])
    ]
    client_id: Annotated[
        str,
        msgspec.Meta(
            description="The Entra application's client id.", examples=["0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1"]
        ),
    ]
    auth: Annotated[
        Literal["secret", "certificate"],
        msgspec.Meta(description="What the application proves itself with.", examples=["secret"]),
    ] = "secret"
    authority: Annotated[
        str, msgspec.Meta(description="The login service (a national cloud has its own).", examples=[DEFAULT_AUTHORITY])
    ] = DEFAULT_AUTHORITY
    scope: Annotated[
        str,
        msgspec.Meta(
            description="What the token is asked for; blank: the url with /.default.",
            examples=["https://contoso.crm4.dynamics.com/.default"],
        ),
    ] = ""
    api_version: Annotated[str, msgspec.Meta(description="The Web API's version.", examples=["v9.2"])] = "v9.2"

    SECRETS: ClassVar[tuple[SecretName, ...]] = (
        SecretName("client_secret", "the Entra application's client secret", auth="secret"),
        SecretName("certificate", "the Entra application's private key and certificate (PEM)", auth="certificate"),
    )

    @property
    def environment(self) -> str:
        """The url without the path of the Web API, which people copy along."""
        return self.url.strip().rstrip("/").partition("/api/data")[0]


class DataverseConnection(EnvironmentConnection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Accounts and contacts of an environment, and the columns by which dual-write promotes them to the ERP."""

    change_tracking: Annotated[
        bool,
        msgspec.Meta(
            description="Read what changed by the table's own marks; false: by modifiedon, deletions by a recount.",
            examples=[True],
        ),
    ] = True
    account_number_column: Annotated[
        str, msgspec.Meta(description="The account's column with the ERP's customer account.", examples=["new_erpno"])
    ] = "accountnumber"
    contact_number_column: Annotated[
        str,
        msgspec.Meta(description="The contact's column with the ERP's customer account.", examples=["new_erpcontact"]),
    ] = "msdyn_contactpersonid"
    company_column: Annotated[
        str, msgspec.Meta(description="The lookup to the legal entity.", examples=["_msdyn_company_value"])
    ] = "_msdyn_company_value"
    company_code_from: Annotated[
        Literal["list", "annotation"],
        msgspec.Meta(
            description="How the lookup's company code is found: in the list of companies, or as the lookup is shown.",
            examples=["list"],
        ),
    ] = "list"
    companies_table: Annotated[
        str, msgspec.Meta(description="The entity set of the legal entities.", examples=["cdm_companies"])
    ] = "cdm_companies"
    companies_id_column: Annotated[str, msgspec.Meta(description="Its key.", examples=["cdm_companyid"])] = (
        "cdm_companyid"
    )
    companies_code_column: Annotated[
        str, msgspec.Meta(description="Its column with the company code.", examples=["cdm_companycode"])
    ] = "cdm_companycode"
    external_id_field: Annotated[
        str | None,
        msgspec.Meta(
            description="The column with the storefront's id; that of the source's external_id when it is not set.",
            examples=["new_shopifyid"],
        ),
    ] = None

    STREAMS: ClassVar[tuple[str, ...]] = ("accounts", "contacts")


def application(connection: EnvironmentConnection, tools: Tools) -> Application:
    """Make the application that signs in, with the one secret that its way needs."""
    if connection.auth == "certificate":
        return Application(connection.tenant, connection.client_id, certificate=tools.secret("certificate"))
    return Application(connection.tenant, connection.client_id, tools.secret("client_secret"))
