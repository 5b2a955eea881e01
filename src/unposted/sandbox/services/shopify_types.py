"""The part of Shopify's Admin schema that the sandbox knows: the fields of its types, and what guards them.

A field's value is the name of its type: empty for a scalar, `*` before a connection, `|` before a union. Names: Admin
GraphQL API 2026-10; a test compares them with the published schema.
"""

from __future__ import annotations

__all__ = ["NEEDED_SCOPES", "NOT_NULL", "ROOTS", "SINCE", "TYPES", "USUAL", "denied_by_scopes"]


def _fields(scalars: str, **objects: str) -> dict[str, str]:
    return {**dict.fromkeys(scalars.split(), ""), **objects}


_BUYER = {
    "customer": "Customer", "purchasingEntity": "|PurchasingEntity", "billingAddress": "MailingAddress",
    "shippingAddress": "MailingAddress",
}  # fmt: skip
TYPES: dict[str, dict[str, str]] = {
    "Order": _fields(
        "id legacyResourceId name createdAt updatedAt processedAt cancelledAt cancelReason closed closedAt test "
        "confirmed edited displayFinancialStatus displayFulfillmentStatus returnStatus sourceName poNumber tags note "
        "currencyCode presentmentCurrencyCode taxesIncluded taxExempt email phone billingAddressMatchesShippingAddress",
        totalPriceSet="MoneyBag", currentTotalPriceSet="MoneyBag", subtotalPriceSet="MoneyBag",
        totalTaxSet="MoneyBag", totalShippingPriceSet="MoneyBag", totalDiscountsSet="MoneyBag",
        totalRefundedSet="MoneyBag", lineItems="*LineItem", **_BUYER,
    ),
    "DraftOrder": _fields(
        "id legacyResourceId name status createdAt updatedAt completedAt invoiceSentAt email phone tags poNumber "
        "currencyCode presentmentCurrencyCode taxesIncluded",
        totalPriceSet="MoneyBag", subtotalPriceSet="MoneyBag", totalTaxSet="MoneyBag", order="Order", **_BUYER,
    ),
    "LineItem": _fields("id title sku quantity", originalUnitPriceSet="MoneyBag"),
    "MoneyBag": _fields("", shopMoney="MoneyV2", presentmentMoney="MoneyV2"),
    "MoneyV2": _fields("amount currencyCode"),
    "Customer": _fields(
        "id legacyResourceId displayName firstName lastName tags createdAt updatedAt state verifiedEmail taxExempt "
        "locale note numberOfOrders",
        defaultEmailAddress="CustomerEmailAddress", defaultPhoneNumber="CustomerPhoneNumber",
        defaultAddress="MailingAddress", taxSettings="TaxSettings", companyContactProfiles="CompanyContact",
    ),
    "CustomerEmailAddress": _fields("emailAddress validFormat"),
    "CustomerPhoneNumber": _fields("phoneNumber"),
    "TaxSettings": _fields("taxId"),
    "MailingAddress": _fields(
        "id firstName lastName name company address1 address2 city province provinceCode zip country countryCodeV2 "
        "phone"
    ),
    "PurchasingCompany": _fields("", company="Company", location="CompanyLocation", contact="CompanyContact"),
    "Company": _fields(
        "id name externalId note createdAt updatedAt customerSince",
        mainContact="CompanyContact", locations="*CompanyLocation",
    ),
    "CompanyLocation": _fields(
        "id name externalId phone note createdAt updatedAt currency",
        company="Company", taxSettings="CompanyLocationTaxSettings", billingAddress="CompanyAddress",
        shippingAddress="CompanyAddress",
    ),
    "CompanyLocationTaxSettings": _fields("taxRegistrationId taxExempt"),
    "CompanyContact": _fields("id isMainContact title createdAt updatedAt", company="Company", customer="Customer"),
    "CompanyAddress": _fields(
        "id companyName address1 address2 city country countryCode province zoneCode zip phone firstName lastName "
        "recipient"
    ),
    "Shop": _fields("id name myshopifyDomain ianaTimezone currencyCode email"),
    "AppInstallation": _fields("id", accessScopes="AccessScope"),
    "AccessScope": _fields("handle description"),
    "Count": _fields("count precision"),
    "BulkOperation": _fields(
        "id status errorCode objectCount rootObjectCount fileSize url partialDataUrl createdAt completedAt query type"
    ),
    "BulkOperationRunQueryPayload": _fields("", bulkOperation="BulkOperation", userErrors="BulkOperationUserError"),
    "BulkOperationUserError": _fields("field message code"),
    "PageInfo": _fields("hasNextPage hasPreviousPage startCursor endCursor"),
}  # fmt: skip
ROOTS = {
    "orders": "*Order", "customers": "*Customer", "companies": "*Company", "companyLocations": "*CompanyLocation",
    "draftOrders": "*DraftOrder", "bulkOperations": "*BulkOperation", "order": "Order", "customer": "Customer",
    "company": "Company", "draftOrder": "DraftOrder", "node": "|Node", "nodes": "|Node", "shop": "Shop",
    "currentAppInstallation": "AppInstallation", "ordersCount": "Count", "companiesCount": "Count",
    "bulkOperation": "BulkOperation", "bulkOperationRunQuery": "BulkOperationRunQueryPayload",
}  # fmt: skip
NOT_NULL = frozenset(
    {
        "CustomerEmailAddress.emailAddress", "CustomerPhoneNumber.phoneNumber", "PurchasingCompany.company",
        "PurchasingCompany.location", "CompanyContact.customer",
    }
)  # fmt: skip
"""Fields that may not be null: where one is refused or missing, its whole object is null."""
USUAL: dict[str, object] = {"Customer.taxSettings": {"taxId": None}, "Customer.companyContactProfiles": []}
"""What stands in fields that may not be null where a row leaves them out."""
SINCE = {"Customer.taxSettings": "2026-07"}
NEEDED_SCOPES: dict[str, tuple[str, ...]] = {
    "Order": ("read_orders",),
    "Customer": ("read_customers",),
    "Company": ("read_companies", "read_customers"),
    "CompanyLocation": ("read_companies", "read_customers"),
    "CompanyContact": ("read_companies", "read_customers"),
    "DraftOrder": ("read_draft_orders",),
}


def denied_by_scopes(scopes: frozenset[str]) -> dict[str, str]:
    """List the fields (`Order.customer`) that these scopes do not open, each with what it would need."""
    found = {}
    for owner, fields in TYPES.items():
        for name, kind in fields.items():
            needed = NEEDED_SCOPES.get(kind.lstrip("*"))
            if needed and scopes.isdisjoint(needed):
                found[f"{owner}.{name}"] = " or ".join(f"`{scope}`" for scope in needed)
    return found
