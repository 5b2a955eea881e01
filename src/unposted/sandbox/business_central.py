"""Speaks Business Central: the rows of API v2.0, one company for each legal entity, and of a custom page with shop ids.

A choice is written as an XML name, a missing date as the year 1, a missing id as zeros; the company's own currency is
stored as blank. The standard customers page has no field for a storefront's id: a custom page, `shopCustomers`, has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeAlias

from unposted.sandbox.erp import ErpCompany, ErpCreditMemo, ErpEntry, ErpInvoice, ErpItem, ErpOrder, ErpRate
from unposted.sandbox.scene import EXPORTED
from unposted.sandbox.values import MasterRecord, local

__all__ = [
    "EXTERNAL_ID_FIELD",
    "EXTERNAL_ID_PATH",
    "EXTERNAL_ID_SET",
    "NO_DATE",
    "NO_ID",
    "WEB_SERVICE",
    "Row",
    "company_row",
    "credit_memo_row",
    "customer_changed",
    "customer_row",
    "entry_row",
    "guid",
    "information_row",
    "instant",
    "invoice_row",
    "item_row",
    "job_rows",
    "order_row",
    "rate_rows",
    "setup_row",
    "shop_customer_row",
    "web_service_row",
    "wire_name",
]

Row: TypeAlias = dict[str, Any]

EXTERNAL_ID_PATH, EXTERNAL_ID_SET, EXTERNAL_ID_FIELD = "api/contoso/shop/v1.0", "shopCustomers", "shopifyId"
WEB_SERVICE = "ShopCustomerCard"
NO_ID = "00000000-0000-0000-0000-000000000000"
NO_DATE = "0001-01-01"
_PLAIN = re.compile(r"[A-Za-z0-9_]")
_FIRST_CUSTOMER = local("2023-02-06 08:15:00")
_JOB = 30_104
_FAILED_DAYS = frozenset({date(2026, 4, 8), date(2026, 4, 11)})


def guid(*parts: object) -> str:
    """Make the system id of something, the same each time."""
    text = sha256("|".join(map(str, parts)).encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-ec11-{text[16:20]}-{text[20:32]}"


def wire_name(caption: str) -> str:
    """Write a choice's caption as the XML name that goes over the wire: `In Review` is `In_x0020_Review`."""
    return "".join(char if _PLAIN.match(char) else f"_x{ord(char):04X}_" for char in caption)


def instant(moment: datetime) -> str:
    """Write an instant with as many digits of a second as it needs, at most three."""
    text = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    millis = f"{moment.microsecond // 1000:03d}".rstrip("0")
    return f"{text}.{millis}Z" if millis else f"{text}Z"


def company_row(company: ErpCompany) -> Row:
    """Write a company."""
    created = instant(local("2022-11-14 09:30:00"))
    return {
        "id": guid("company", company.entity),
        "systemVersion": "27.0.38460.41712",
        "timestamp": 50_516,
        "name": company.name,
        "displayName": company.name,
        "businessProfileId": "",
        "systemCreatedAt": created,
        "systemCreatedBy": guid("user", "admin"),
        "systemModifiedAt": created,
        "systemModifiedBy": guid("user", "admin"),
    }


def setup_row(company: ErpCompany) -> Row:
    """Write a company's general ledger setup."""
    return {
        "id": guid("setup", company.entity),
        "allowPostingFrom": "2026-01-01",
        "allowPostingTo": "2026-12-31",
        "additionalReportingCurrency": "",
        "localCurrencyCode": company.currency,
        "localCurrencySymbol": "$",
        "lastModifiedDateTime": instant(local("2026-01-02 08:00:00")),
        "allowQueryFromConsolidation": False,
        "shortcutDimension1Code": "DEPARTMENT",
    }


def information_row(company: ErpCompany) -> Row:
    """Write a company's information page."""
    return {
        "id": guid("information", company.entity),
        "displayName": company.name,
        "country": company.country,
        "currencyCode": company.currency,
        "lastModifiedDateTime": instant(local("2026-01-02 08:00:00")),
    }


def customer_changed(record: MasterRecord) -> datetime:
    """Tell when a customer was changed last: the higher its number, the later."""
    serial = int(record.account[3:]) - 1000
    return min(_FIRST_CUSTOMER + timedelta(hours=97 * serial, seconds=13 * serial), EXPORTED - timedelta(hours=serial))


def customer_row(record: MasterRecord) -> Row:
    """Write a customer. A hold is a choice of `blocked`, nothing held is a blank one."""
    place = record.place
    return {
        "id": guid("customer", record.entity, record.account),
        "number": record.account,
        "displayName": (record.organization or f"{record.first} {record.last}").strip(),
        "type": "Company" if record.organization else "Person",
        "addressLine1": place.street,
        "addressLine2": "",
        "city": place.city,
        "state": place.province_code,
        "country": place.country,
        "postalCode": place.postcode,
        "phoneNumber": record.phone,
        "email": record.email,
        "website": "",
        "salespersonCode": "",
        "balanceDue": 0,
        "creditLimit": 25_000 if record.organization else 0,
        "taxLiable": True,
        "taxAreaId": guid("tax area", record.entity, place.province_code),
        "taxAreaDisplayName": f"{place.city.upper()}, {place.province_code}",
        "taxRegistrationNumber": record.tax_id,
        "currencyId": NO_ID,
        "currencyCode": "USD" if record.entity == "usti" else "CAD",
        "paymentTermsId": guid("terms", "NET30" if record.organization else "PREPAID"),
        "shipmentMethodId": NO_ID,
        "paymentMethodId": NO_ID,
        "blocked": wire_name(" " if record.hold == "No" else record.hold),
        "lastModifiedDateTime": instant(customer_changed(record)),
    }


def shop_customer_row(record: MasterRecord) -> Row:
    """Write a row of the custom page: the customer's number and the storefront's id."""
    return {
        "id": guid("customer", record.entity, record.account),
        "number": record.account,
        EXTERNAL_ID_FIELD: record.external_id,
        "lastModifiedDateTime": instant(customer_changed(record)),
    }


def web_service_row(row: Row) -> Row:
    """Write a row of the custom page as a published web service does: captions with underscores."""
    return {"id": row["id"], "No": row["number"], "Shopify_Id": row[EXTERNAL_ID_FIELD],
            "SystemModifiedAt": row["lastModifiedDateTime"]}  # fmt: skip


def order_row(order: ErpOrder) -> Row:
    """Write a sales order that is not posted yet; a released one is `Open`."""
    is_released = EXPORTED - order.entered > timedelta(hours=12)
    return _document("order", order, order.entered.date(), "Open" if is_released else "Draft", order.changed) | {
        "orderDate": order.entered.date().isoformat(),
        "requestedDeliveryDate": NO_DATE,
        "partialShipping": False,
        "fullyShipped": False,
    }


def invoice_row(invoice: ErpInvoice) -> Row:
    """Write an invoice, posted or not: both stand in one set."""
    status = "Draft" if invoice.posted is None else "Paid" if invoice.source == "dtc" else "Open"
    return _document("invoice", invoice, invoice.day, status, invoice.posted or invoice.written) | {
        "invoiceDate": invoice.day.isoformat(),
        "dueDate": (invoice.day + timedelta(days=30)).isoformat(),
        "customerPurchaseOrderReference": invoice.text,
        "orderId": guid("order", invoice.entity, invoice.order) if invoice.order else NO_ID,
        "orderNumber": invoice.order or "",
        "remainingAmount": 0 if status == "Paid" else _amount(invoice.total),
    }


def credit_memo_row(memo: ErpCreditMemo) -> Row:
    """Write a credit memo; its amounts are as positive as an invoice's."""
    return _document("credit memo", memo, memo.day, "Paid", memo.posted) | {
        "creditMemoDate": memo.day.isoformat(),
        "dueDate": memo.day.isoformat(),
        "invoiceId": guid("invoice", memo.entity, memo.invoice),
        "invoiceNumber": memo.invoice,
        "customerReturnReasonId": NO_ID,
    }


def entry_row(entry: ErpEntry) -> Row:
    """Write an entry of the general ledger, in the company's own currency: debit and credit are both positive."""
    return {
        "id": guid("entry", entry.entity, entry.serial),
        "entryNumber": entry.serial,
        "postingDate": entry.day.isoformat(),
        "documentNumber": entry.document,
        "documentType": wire_name("Credit Memo" if "CRN" in entry.document else "Invoice"),
        "accountId": guid("account", entry.entity, entry.account),
        "accountNumber": entry.account,
        "description": f"{entry.kind.capitalize()} {entry.document}",
        "debitAmount": _amount(max(entry.home_amount, 0)),
        "creditAmount": _amount(max(-entry.home_amount, 0)),
        "additionalCurrencyDebitAmount": 0,
        "additionalCurrencyCreditAmount": 0,
        "lastModifiedDateTime": instant(entry.posted),
    }


def rate_rows(company: ErpCompany, rates: Iterable[ErpRate]) -> Iterator[Row]:
    """Write the rates of the other currency: 100 of it, or what 100 of the company's own buy, against a blank code."""
    for rate in rates:
        per_hundred = float(rate.rate) * 100
        is_foreign = rate.currency != company.currency
        yield {
            "id": guid("rate", company.entity, rate.currency, rate.day),
            "currencyCode": rate.currency if is_foreign else rate.to_currency,
            "startingDate": rate.day.isoformat(),
            "exchangeRateAmount": 100 if is_foreign else per_hundred,
            "relationalCurrencyCode": "",
            "relationalExchangeRateAmount": per_hundred if is_foreign else 100,
            "lastModifiedDateTime": instant(local(f"{rate.day} 06:00:00")),
        }


def item_row(item: ErpItem) -> Row:
    """Write an item."""
    return {
        "id": guid("item", item.entity, item.number),
        "number": item.number,
        "displayName": item.name,
        "displayName2": "",
        "type": "Inventory",
        "itemCategoryCode": "",
        "blocked": item.is_blocked,
        "gtin": "",
        "inventory": 40,
        "unitPrice": _amount(item.price),
        "priceIncludesTax": False,
        "lastModifiedDateTime": instant(local("2026-02-02 07:00:00")),
    }


def job_rows(company: ErpCompany) -> Iterator[Row]:
    """Write two weeks of the job that fetches the storefront's orders; on some days it fails."""
    for day in range(14):
        began = local("2026-03-30 03:00:00") + timedelta(days=day)
        failed = began.date() in _FAILED_DAYS
        message = f"Not everything can be mapped.  CorrelationId:  {guid('call', company.entity, day)}."
        yield {
            "id": guid("job run", company.entity, day),
            "jobQueueEntryId": guid("job", company.entity),
            "userId": "SYNC",
            "startDateTime": instant(began),
            "endDateTime": instant(began + timedelta(minutes=4)),
            "objectIdToRun": _JOB,
            "objectTypeToRun": "Codeunit",
            "status": "Error" if failed else "Success",
            "description": "Fetch the storefront's orders",
            "errorMessage": message if failed else "",
            "jobQueueCategoryCode": "SHOP",
            "parameterString": "",
            "systemTaskId": NO_ID,
            "lastModifiedDateTime": instant(began + timedelta(minutes=4)),
        }


def _document(
    kind: str, document: ErpOrder | ErpInvoice | ErpCreditMemo, day: date, status: str, changed: datetime
) -> Row:
    home = "USD" if document.entity == "usti" else "CAD"
    return {
        "id": guid(kind, document.entity, document.number),
        "number": document.number,
        "externalDocumentNumber": document.reference[:35],
        "postingDate": day.isoformat(),
        "customerId": guid("customer", document.entity, document.account),
        "customerNumber": document.account,
        "billToCustomerNumber": document.account,
        "currencyId": NO_ID if document.currency == home else guid("currency", document.entity, document.currency),
        "currencyCode": document.currency,
        "pricesIncludeTax": False,
        "discountAmount": 0,
        "totalAmountExcludingTax": _amount(document.total - document.tax),
        "totalTaxAmount": _amount(document.tax),
        "totalAmountIncludingTax": _amount(document.total),
        "status": wire_name(status),
        "lastModifiedDateTime": instant(changed),
    }


def _amount(cents: int) -> float | int:
    return cents // 100 if cents % 100 == 0 else cents / 100
