"""The fields that each entity set of Business Central has; what is not among them cannot be filtered by or selected."""

from __future__ import annotations

from collections.abc import Mapping

from unposted.sandbox.business_central import EXTERNAL_ID_FIELD, EXTERNAL_ID_SET, WEB_SERVICE

__all__ = ["FIELDS"]

_NAMES = {
    "companies": """
        id systemVersion timestamp name displayName businessProfileId systemCreatedAt systemCreatedBy
        systemModifiedAt systemModifiedBy
    """,
    "customers": """
        id number displayName type addressLine1 addressLine2 city state country postalCode phoneNumber email
        website salespersonCode balanceDue creditLimit taxLiable taxAreaId taxAreaDisplayName
        taxRegistrationNumber currencyId currencyCode paymentTermsId shipmentMethodId paymentMethodId
        blocked lastModifiedDateTime
    """,
    "salesOrders": """
        id number externalDocumentNumber orderDate postingDate customerId customerNumber customerName
        billToName billToCustomerId billToCustomerNumber shipToName shipToContact sellToAddressLine1
        sellToAddressLine2 sellToCity sellToCountry sellToState sellToPostCode billToAddressLine1
        billToAddressLine2 billToCity billToCountry billToState billToPostCode shipToAddressLine1
        shipToAddressLine2 shipToCity shipToCountry shipToState shipToPostCode shortcutDimension1Code
        shortcutDimension2Code currencyId currencyCode pricesIncludeTax paymentTermsId shipmentMethodId
        salesperson partialShipping requestedDeliveryDate discountAmount discountAppliedBeforeTax
        totalAmountExcludingTax totalTaxAmount totalAmountIncludingTax fullyShipped status
        lastModifiedDateTime phoneNumber email
    """,
    "salesInvoices": """
        id number externalDocumentNumber invoiceDate postingDate dueDate promisedPayDate
        customerPurchaseOrderReference customerId customerNumber customerName billToName billToCustomerId
        billToCustomerNumber shipToName shipToContact sellToAddressLine1 sellToAddressLine2 sellToCity
        sellToCountry sellToState sellToPostCode billToAddressLine1 billToAddressLine2 billToCity
        billToCountry billToState billToPostCode shipToAddressLine1 shipToAddressLine2 shipToCity
        shipToCountry shipToState shipToPostCode currencyId shortcutDimension1Code shortcutDimension2Code
        currencyCode orderId orderNumber paymentTermsId shipmentMethodId salesperson disputeStatusId
        disputeStatus pricesIncludeTax remainingAmount discountAmount discountAppliedBeforeTax
        totalAmountExcludingTax totalTaxAmount totalAmountIncludingTax status lastModifiedDateTime
        phoneNumber email
    """,
    "salesCreditMemos": """
        id number externalDocumentNumber creditMemoDate postingDate dueDate customerId customerNumber
        customerName billToName billToCustomerId billToCustomerNumber sellToAddressLine1 sellToAddressLine2
        sellToCity sellToCountry sellToState sellToPostCode billToAddressLine1 billToAddressLine2 billToCity
        billToCountry billToState billToPostCode shortcutDimension1Code shortcutDimension2Code currencyId
        currencyCode paymentTermsId shipmentMethodId salesperson pricesIncludeTax discountAmount
        discountAppliedBeforeTax totalAmountExcludingTax totalTaxAmount totalAmountIncludingTax status
        lastModifiedDateTime invoiceId invoiceNumber phoneNumber email customerReturnReasonId
    """,
    "generalLedgerEntries": """
        id entryNumber postingDate documentNumber documentType accountId accountNumber description
        debitAmount creditAmount additionalCurrencyDebitAmount additionalCurrencyCreditAmount
        lastModifiedDateTime
    """,
    "currencyExchangeRates": """
        id currencyCode startingDate exchangeRateAmount relationalCurrencyCode relationalExchangeRateAmount
        lastModifiedDateTime
    """,
    "jobQueueLogEntries": """
        id jobQueueEntryId userId startDateTime endDateTime objectIdToRun objectTypeToRun status description
        errorMessage jobQueueCategoryCode errorCallStack parameterString systemTaskId userSessionId
        userServiceInstanceId lastModifiedDateTime
    """,
    "items": """
        id number displayName displayName2 type itemCategoryId itemCategoryCode blocked gtin inventory
        unitPrice priceIncludesTax unitCost taxGroupId taxGroupCode baseUnitOfMeasureId
        baseUnitOfMeasureCode generalProductPostingGroupId generalProductPostingGroupCode
        inventoryPostingGroupId inventoryPostingGroupCode lastModifiedDateTime
    """,
    "generalLedgerSetup": """
        id allowPostingFrom allowPostingTo additionalReportingCurrency localCurrencyCode localCurrencySymbol
        lastModifiedDateTime allowQueryFromConsolidation shortcutDimension1Code shortcutDimension2Code
        shortcutDimension3Code shortcutDimension4Code shortcutDimension5Code shortcutDimension6Code
        shortcutDimension7Code shortcutDimension8Code
    """,
    "companyInformation": """
        id displayName addressLine1 addressLine2 city state country postalCode phoneNumber faxNumber email
        website taxRegistrationNumber currencyCode currentFiscalYearStartDate industry picture experience
        lastModifiedDateTime
    """,
}
FIELDS: Mapping[str, frozenset[str]] = {
    **{name: frozenset(fields.split()) for name, fields in _NAMES.items()},
    EXTERNAL_ID_SET: frozenset({"id", "number", EXTERNAL_ID_FIELD, "lastModifiedDateTime"}),
    WEB_SERVICE: frozenset({"No", "Shopify_Id", "SystemModifiedAt"}),
}
