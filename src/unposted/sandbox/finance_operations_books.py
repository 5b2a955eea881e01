"""Speaks Finance & Operations beside customers: rows of its sets of orders, invoices, ledger entries, rates, companies.

A day is written as an instant at noon, no day as 1900, no end as 2154; an enum is its member's name; a credit note is
an invoice with a negative total; a main account is followed by its dimensions.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from unposted.sandbox.erp import REVENUE, ErpCompany, ErpCreditMemo, ErpEntry, ErpInvoice, ErpOrder, ErpRate
from unposted.sandbox.finance_operations import customer_row
from unposted.sandbox.values import MasterRecord

__all__ = [
    "address_rows",
    "company_row",
    "entry_row",
    "free_text_row",
    "full_customer_row",
    "invoice_row",
    "map_row",
    "order_row",
    "rate_row",
]

_ADDRESS_PARTS = ("Description", "Street", "StreetNumber", "City", "State", "ZipCode", "County", "CountryRegionId",
                  "CountryRegionISOCode")  # fmt: skip
_ISO3 = {"US": "USA", "CA": "CAN"}
_POSTING = {"receivable": "CustBalance", "revenue": "CustRevenue", "tax": "Tax"}
_FACTORS = {1: "One", 100: "Hundred"}
_ACCOUNT_OF = {"dtc": "Ecom", "trade": "Ecom", "office": ""}


def full_customer_row(record: MasterRecord) -> dict[str, Any]:
    """Write a customer with the blank fields that the files leave out."""
    blank = {
        f"{kind}{part}": "" for kind in ("Address", "InvoiceAddress", "DeliveryAddress") for part in _ADDRESS_PARTS
    }
    row = blank | {"PersonLastNamePrefix": ""} | dict(customer_row(record))
    row["PrimaryContactEmail"] = record.email.partition(";")[0].strip()
    return {"dataAreaId": record.entity, **row}


def address_rows(record: MasterRecord) -> list[dict[str, Any]]:
    """Write a customer's e-mail addresses, the primary one first, and its phone number."""
    emails = [email.strip() for email in record.email.split(";") if email.strip()]
    held = [("Email", email) for email in emails] + ([("Phone", record.phone)] if record.phone else [])
    return [
        {
            "dataAreaId": record.entity,
            "CustomerAccount": record.account,
            "ElectronicAddressId": f"EA-{record.account}-{place}",
            "LocationId": f"{int(record.account[3:]) * 10 + place:012d}",
            "Description": kind,
            "Type": kind,
            "Locator": locator,
            "LocatorExtension": "",
            "IsPrimary": "Yes" if place == 0 or kind == "Phone" else "No",
            "IsPrivate": "No",
            "Purpose": "Business",
            "CountryRegionCode": "",
        }
        for place, (kind, locator) in enumerate(held)
    ]


def map_row(record: MasterRecord, is_active: bool = True) -> dict[str, Any]:
    """Write what the retail channel knows a customer by."""
    return {
        "dataAreaId": record.entity,
        "ExternalIdentityId": record.external_id,
        "ProviderId": "https://shop.example/login",
        "CustomerAccountNumber": record.account,
        "IsActivated": "Yes" if is_active else "No",
    }


def company_row(company: ErpCompany) -> dict[str, Any]:
    """Write a legal entity."""
    return {
        "LegalEntityId": company.entity,
        "Name": company.name,
        "NameAlias": company.name[:20],
        "PartyNumber": f"00000{1 + (company.entity == 'catu'):04d}",
        "LanguageId": "en-us",
        "AddressCountryRegionId": _ISO3[company.country],
        "AddressCountryRegionISOCode": company.country,
        "AddressValidTo": "2154-12-31T23:59:59Z",
    }


def order_row(order: ErpOrder, modified_field: str | None = None) -> dict[str, Any]:
    """Write a sales order; `modified_field` is an extension that shows the time of change."""
    row = {
        "dataAreaId": order.entity,
        "SalesOrderNumber": order.number,
        "SalesOrderStatus": "Invoiced" if order.invoice else "Backorder",
        "SalesOrderProcessingStatus": "Invoiced" if order.invoice else "Active",
        "OrderingCustomerAccountNumber": order.account,
        "InvoiceCustomerAccountNumber": order.account,
        "CurrencyCode": order.currency,
        "CustomersOrderReference": order.reference,
        "CustomerRequisitionNumber": order.reference.lstrip("#"),
        "SalesOrderOriginCode": _ACCOUNT_OF[order.source],
        "SalesOrderName": "",
        "Email": order.email,
        "IsOneTimeCustomer": "No",
        "OrderTotalAmount": _amount(order.total) if order.invoice else 0,
        "OrderTotalTaxAmount": _amount(order.tax) if order.invoice else 0,
        "AreTotalsCalculated": "Yes" if order.invoice else "No",
        "OrderCreationDateTime": _instant(order.entered),
    }
    return row | {modified_field: _instant(order.changed)} if modified_field else row


def invoice_row(document: ErpInvoice | ErpCreditMemo) -> dict[str, Any]:
    """Write a posted invoice of an order or by hand, or a credit note as an invoice below zero."""
    sign = -1 if isinstance(document, ErpCreditMemo) else 1
    return {
        "dataAreaId": document.entity,
        "InvoiceNumber": document.number,
        "InvoiceDate": _day(document.day),
        "SalesOrderNumber": document.order or "",
        "InvoiceCustomerAccountNumber": document.account,
        "CustomersOrderReference": document.reference,
        "CurrencyCode": document.currency,
        "TotalInvoiceAmount": _amount(document.total * sign),
        "TotalTaxAmount": _amount(document.tax * sign),
        "TotalChargeAmount": 0,
        "TotalDiscountAmount": 0,
        "SalesOrderOriginCode": _ACCOUNT_OF[document.source],
        "LedgerVoucher": _voucher(document.number),
    }


def free_text_row(invoice: ErpInvoice) -> dict[str, Any]:
    """Write a free-text invoice; a draft has no invoice number and, as often as not, no day."""
    serial = int(invoice.number.rpartition("-")[2])
    return {
        "dataAreaId": invoice.entity,
        "FreeTextNumber": f"FT{serial:06d}",
        "InvoiceId": invoice.number if invoice.posted else "",
        "CustomerAccount": invoice.account,
        "InvoiceAccount": invoice.account,
        "CustomerReference": invoice.reference,
        "CustomerRequisition": "",
        "CurrencyCode": invoice.currency,
        "InvoiceDate": _day(invoice.day) if invoice.posted else "1900-01-01T12:00:00Z",
        "DocumentDate": _day(invoice.day),
        "DueDate": _day(invoice.day + timedelta(days=30)),
        "IsPosted": "Yes" if invoice.posted else "No",
        "IsOneTimeCustomer": "No",
    }


def entry_row(entry: ErpEntry) -> dict[str, Any]:
    """Write a ledger entry; debits are above zero, credits below."""
    is_revenue = entry.account in REVENUE.values()
    return {
        "GeneralJournalAccountEntryRecId": 5_637_144_576 + entry.serial,
        "JournalNumber": f"{entry.entity.upper()}-{100_000 + entry.serial:08d}",
        "Voucher": _voucher(entry.document),
        "AccountingDate": _day(entry.day),
        "LedgerAccount": f"{entry.account}-001-ECOM" if is_revenue else entry.account,
        "TransactionCurrencyCode": entry.currency,
        "TransactionCurrencyAmount": _amount(entry.amount),
        "AccountingCurrencyAmount": _amount(entry.home_amount),
        "DocumentNumber": entry.document,
        "PostingType": _POSTING[entry.kind],
        "PostingLayer": "Current",
        "IsCredit": "Yes" if entry.amount < 0 else "No",
        "LedgerName": entry.entity.upper(),
        "Description": "",
    }


def rate_row(rate: ErpRate, rate_type: str = "Default", units: int = 1, *, is_reversed: bool = False) -> dict[str, Any]:
    """Write an exchange rate for so many units; reversed, it tells how much of the first currency the second costs."""
    first, second = (rate.to_currency, rate.currency) if is_reversed else (rate.currency, rate.to_currency)
    return {
        "RateTypeName": rate_type,
        "RateTypeDescription": rate_type,
        "FromCurrency": first,
        "ToCurrency": second,
        "StartDate": _day(rate.day),
        "EndDate": _day(rate.until) if rate.until else "2154-12-31T12:00:00Z",
        "Rate": round(float(rate.rate) * units, 6),
        "ConversionFactor": _FACTORS[units],
    }


def _voucher(number: str) -> str:
    return number.replace("-", "") + "V"


def _amount(cents: int) -> float:
    return cents / 100


def _day(day: date) -> str:
    return f"{day}T12:00:00Z"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
