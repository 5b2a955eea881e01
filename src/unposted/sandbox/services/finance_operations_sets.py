"""The entity sets of a Finance & Operations environment: their keys, their enums, what varies, and the world's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from unposted.sandbox.erp import ErpBooks
from unposted.sandbox.finance_operations import EXTERNAL_ID_FIELD
from unposted.sandbox.finance_operations_books import (
    address_rows,
    company_row,
    entry_row,
    free_text_row,
    full_customer_row,
    invoice_row,
    map_row,
    order_row,
    rate_row,
)
from unposted.sandbox.odata_query import FINANCE_OPERATIONS, Dialect
from unposted.sandbox.values import World

__all__ = ["SETS", "EntitySet", "FinanceOperationsSwitches", "shelves_of"]


class EntitySet(NamedTuple):
    """A set: its entity, key fields, enum fields, and the field that says whose company a row is (none: shared)."""

    name: str
    entity: str
    key: tuple[str, ...]
    enums: frozenset[str] = frozenset()
    company: str = "dataAreaId"

    @property
    def dialect(self) -> Dialect:
        """The way that the service reads queries of this set."""
        return replace(FINANCE_OPERATIONS, enums=self.enums)

    def key_of(self, row: Mapping[str, Any]) -> str:
        """Write a row's key, in lower case, its parts joined by `|`."""
        return "|".join(str(row[name]).lower() for name in self.key)


def _sets(*found: EntitySet) -> dict[str, EntitySet]:
    return {one.name: one for one in found}


SETS = _sets(
    EntitySet("CustomersV3", "CustCustomerV3Entity", ("dataAreaId", "CustomerAccount"),
              frozenset({"IsOneTimeCustomer", "OnHoldStatus"})),
    EntitySet("CustomerElectronicAddresses", "CustCustomerElectronicAddressEntity",
              ("dataAreaId", "CustomerAccount", "ElectronicAddressId"), frozenset({"Type", "IsPrimary", "IsPrivate"})),
    EntitySet("RetailExternalIdToCustomerMaps", "RetailExternalIdToCustomerMapEntity",
              ("dataAreaId", "ProviderId", "ExternalIdentityId"), frozenset({"IsActivated"})),
    EntitySet("LegalEntities", "OMLegalEntity", ("LegalEntityId",), company=""),
    EntitySet("SalesOrderHeadersV2", "SalesOrderHeaderV2Entity", ("dataAreaId", "SalesOrderNumber"),
              frozenset({"SalesOrderStatus", "SalesOrderProcessingStatus", "AreTotalsCalculated"})),
    EntitySet("SalesInvoiceHeadersV2", "SalesInvoiceHeaderV2Entity",
              ("dataAreaId", "InvoiceNumber", "InvoiceDate", "LedgerVoucher")),
    EntitySet("FreeTextInvoiceHeaders", "FreeTextInvoiceHeaderEntity", ("dataAreaId", "FreeTextNumber"),
              frozenset({"IsPosted", "IsOneTimeCustomer"})),
    EntitySet("GeneralJournalAccountEntries", "GeneralJournalAccountEntryEntity",
              ("GeneralJournalAccountEntryRecId",), frozenset({"PostingType", "IsCredit"}), company="LedgerName"),
    EntitySet("ExchangeRates", "ExchangeRateEntity", ("RateTypeName", "FromCurrency", "ToCurrency", "StartDate"),
              frozenset({"ConversionFactor"}), company=""),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceOperationsSwitches:
    """What differs between environments, builds and days.

    `roles` are the sets that the application's user may read (None: all), `mapped` the client ids that have a user.
    `links` is how a next link goes on: `bare` has neither `$skip` nor `$skiptoken`. `link_base` stands in links
    instead of the environment's address. `hidden_companies` are those that the user's role does not show.
    """

    default_company: str = "usti"
    page_size: int = 10_000
    links: Literal["skip", "skiptoken", "bare"] = "skip"
    links_with_top: bool = True
    link_base: str | None = None
    roles: frozenset[str] | None = None
    mapped: frozenset[str] | None = None
    hidden_companies: frozenset[str] = frozenset()
    has_extension: bool = True
    order_sets: tuple[str, ...] = ("SalesOrderHeadersV2",)
    modified_field: str | None = None
    rate_units: Literal[1, 100] = 1
    are_rates_reversed: bool = False
    poisoned: frozenset[str] = frozenset()


def shelves_of(
    world: World, books: ErpBooks, switches: FinanceOperationsSwitches
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Give every set's rows, in an order that is not that of their keys."""
    customers = [full_customer_row(record) for record in world.masters]
    if not switches.has_extension:
        customers = [{name: row[name] for name in row if name != EXTERNAL_ID_FIELD} for row in customers]
    known = [record for record in world.masters if record.external_id]
    rates = [rate_row(rate, units=switches.rate_units, is_reversed=switches.are_rates_reversed) for rate in books.rates]
    yield "CustomersV3", customers[::-1]
    yield "CustomerElectronicAddresses", [row for record in world.masters for row in address_rows(record)]
    yield "RetailExternalIdToCustomerMaps", [map_row(record) for record in known]
    yield "LegalEntities", [company_row(company) for company in books.companies]
    yield "SalesOrderHeadersV2", [order_row(order, switches.modified_field) for order in books.orders[::-1]]
    yield (
        "SalesInvoiceHeadersV2",
        [
            invoice_row(document)
            for documents in (books.credit_memos, books.free_text_invoices, books.invoices)
            for document in documents
            if document.posted
        ],
    )
    yield "FreeTextInvoiceHeaders", [free_text_row(invoice) for invoice in books.free_text_invoices]
    yield "GeneralJournalAccountEntries", [entry_row(entry) for entry in books.entries[::-1]]
    budget = [rate_row(rate._replace(rate="0.7"), "Budget", switches.rate_units) for rate in books.rates]
    yield "ExchangeRates", [*budget, *rates]
