"""The settings of a Finance & Operations source under `connect`, and its secrets.

Builds, extensions and customers differ in entity sets and fields; each of those names is a setting here.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from unposted.connectors.entra import DEFAULT_AUTHORITY
from unposted.connectors.live import Connection, SecretName

__all__ = ["FinanceOperationsConnection"]


class FinanceOperationsConnection(Connection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Finance & Operations environment, read as one application across all of its companies."""

    url: Annotated[
        str, Meta(description="The environment's address.", examples=["https://ustrade.operations.dynamics.com"])
    ]
    page_size: Annotated[
        Annotated[int, Meta(ge=1, le=10_000)] | None,
        Meta(description="Rows a page; unset: as many as the server gives, 10,000.", examples=[2000]),
    ] = None
    tenant: Annotated[str, Meta(description="The Entra tenant, id or domain.", examples=["ustrade.onmicrosoft.com"])]
    client_id: Annotated[
        str,
        Meta(description="The Entra application's client id.", examples=["0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1"]),
    ]
    auth: Annotated[
        Literal["secret", "certificate"],
        Meta(description="What the application proves itself with.", examples=["secret"]),
    ] = "secret"
    authority: Annotated[
        str, Meta(description="The login service (a national cloud has its own).", examples=[DEFAULT_AUTHORITY])
    ] = DEFAULT_AUTHORITY
    companies: Annotated[
        tuple[str, ...], Meta(description="Read these companies only; empty: all.", examples=[["usti", "catu"]])
    ] = ()
    pause_seconds: Annotated[
        float,
        Meta(description="How long to wait when a throttled answer does not say.", examples=[30.0], ge=1, le=600),
    ] = 30.0

    customers_set: Annotated[str, Meta(description="The entity set of customers.", examples=["CustomersV3"])] = (
        "CustomersV3"
    )
    external_ids: Annotated[
        Literal["field", "retail_map"],
        Meta(
            description="Where the storefront's customer ids stand: in a field of the customer, or in the retail map.",
            examples=["field"],
        ),
    ] = "field"
    external_id_field: Annotated[
        str | None, Meta(description="That field, an extension of the entity.", examples=["EcomCustomerId"])
    ] = None
    retail_map_set: Annotated[
        str,
        Meta(
            description="The entity set of external ids, for external_ids `retail_map`.",
            examples=["RetailExternalIdToCustomerMaps"],
        ),
    ] = "RetailExternalIdToCustomerMaps"
    further_emails: Annotated[
        bool,
        Meta(description="Read the e-mail addresses beside the primary one too; they are held in memory.",
             examples=[True]),
    ] = False  # fmt: skip
    addresses_set: Annotated[
        str,
        Meta(description="The entity set that further_emails reads.", examples=["CustomerElectronicAddresses"]),
    ] = "CustomerElectronicAddresses"

    legal_entities_set: Annotated[str, Meta(description="The entity set of companies.", examples=["LegalEntities"])] = (
        "LegalEntities"
    )

    orders_set: Annotated[
        str,
        Meta(description="The entity set of sales orders; builds have V2, V3 or V4.", examples=["SalesOrderHeadersV4"]),
    ] = "SalesOrderHeadersV2"
    orders_reference_field: Annotated[
        str,
        Meta(
            description="Its field with the storefront's order number.",
            examples=["CustomersOrderReference", "CustomerRequisitionNumber"],
        ),
    ] = "CustomersOrderReference"
    orders_time_field: Annotated[
        str,
        Meta(
            description="Its field to read by; one that tells changes, if the entity was extended with one.",
            examples=["OrderCreationDateTime"],
        ),
    ] = "OrderCreationDateTime"

    invoices_set: Annotated[
        str, Meta(description="The entity set of posted invoices.", examples=["SalesInvoiceHeadersV2"])
    ] = "SalesInvoiceHeadersV2"
    invoices_reference_field: Annotated[
        str, Meta(description="Its field with the storefront's order number.", examples=["CustomersOrderReference"])
    ] = "CustomersOrderReference"

    free_text_set: Annotated[
        str, Meta(description="The entity set of free-text invoices.", examples=["FreeTextInvoiceHeaders"])
    ] = "FreeTextInvoiceHeaders"
    free_text_reference_field: Annotated[
        str,
        Meta(
            description="Its field with the storefront's order number.",
            examples=["CustomerReference", "CustomerRequisition"],
        ),
    ] = "CustomerReference"

    revenue_accounts: Annotated[
        tuple[str, ...],
        Meta(description="The main accounts that stream `ledger` reads; without any it reads nothing.",
             examples=[["401100", "401200"]]),
    ] = ()  # fmt: skip
    ledger_set: Annotated[
        str, Meta(description="The entity set of ledger entries.", examples=["GeneralJournalAccountEntries"])
    ] = "GeneralJournalAccountEntries"
    ledger_id_field: Annotated[
        str, Meta(description="Its field that is an entry's own id.", examples=["GeneralJournalAccountEntryRecId"])
    ] = "GeneralJournalAccountEntryRecId"
    ledger_company_field: Annotated[
        str, Meta(description="Its field with the company.", examples=["LedgerName", "DataArea"])
    ] = "LedgerName"
    account_separator: Annotated[
        str, Meta(description="What stands between main account and dimensions.", examples=["-"], min_length=1)
    ] = "-"

    rates_set: Annotated[str, Meta(description="The entity set of exchange rates.", examples=["ExchangeRates"])] = (
        "ExchangeRates"
    )
    rate_type: Annotated[
        str, Meta(description="Which type of exchange rate is read.", examples=["Default", "Budget"])
    ] = "Default"
    rate_direction: Annotated[
        Literal["from_to", "to_from"],
        Meta(
            description="What a rate says: how much of ToCurrency one FromCurrency is worth, or the other way round.",
            examples=["from_to"],
        ),
    ] = "from_to"

    SECRETS: ClassVar[tuple[SecretName, ...]] = (
        SecretName("client_secret", "the Entra application's client secret", auth="secret"),
        SecretName("certificate", "the Entra application's private key and certificate (PEM)", auth="certificate"),
    )
    STREAMS: ClassVar[tuple[str, ...]] = (
        "legal_entities", "customers", "exchange_rates", "sales_orders", "invoices", "free_text_invoices", "ledger",
    )  # fmt: skip

    @property
    def root(self) -> str:
        """The environment's address without what is sometimes copied along with it."""
        return self.url.strip().rstrip("/").removesuffix("/data").rstrip("/")

    @property
    def company_codes(self) -> tuple[str, ...]:
        """The companies to read, as the wire writes them: in lower case."""
        return tuple(dict.fromkeys(code.strip().lower() for code in self.companies if code.strip()))
