"""Speaks Finance & Operations: pages of the OData set CustomersV3, read across companies.

A company code is lower-case on the wire, a missing text is blank and never null, enums are their members' names. The
storefront's id stands in an extension field, EcomCustomerId.
"""

from __future__ import annotations

from collections.abc import Iterator

from unposted.sandbox.values import MasterRecord, World, pages
from unposted.sandbox.writing import ROWS, Row, page_text

__all__ = ["EXTERNAL_ID_FIELD", "customer_row", "finance_operations_files"]

EXTERNAL_ID_FIELD = "EcomCustomerId"
_HOST = "https://ustrade.operations.dynamics.com/data"
_QUERY = "CustomersV3?cross-company=true&$orderby=dataAreaId,CustomerAccount"
_A_PAGE = 120
_ISO3 = {"US": "USA", "CA": "CAN"}
_CURRENCY = {"usti": "USD", "catu": "CAD"}


def finance_operations_files(world: World) -> Iterator[tuple[str, str]]:
    """Give the customer master's files, one a page."""
    rows = [_odata_row(record, place) for place, record in enumerate(world.masters)]
    for number, page in enumerate(pages(rows, _A_PAGE), 1):
        body: dict[str, object] = {"@odata.context": f"{_HOST}/$metadata#CustomersV3", "value": ROWS}
        if number * _A_PAGE < len(rows):
            body["@odata.nextLink"] = f"{_HOST}/{_QUERY}&$skip={number * _A_PAGE}"
        yield f"CustomersV3-{number:03d}.json", page_text(body, page)


def _odata_row(record: MasterRecord, place: int) -> Row:
    etag = f'W/"JzEsNTYzNzE{place + 1_445_761:d}Jw=="'
    return {"@odata.etag": etag, "dataAreaId": record.entity, **customer_row(record)}


def customer_row(record: MasterRecord) -> Row:
    """Write a customer under the entity's field names, all but its company."""
    place = record.place
    is_firm = bool(record.organization)
    name = record.organization or f"{record.first} {record.last}"
    return {
        "CustomerAccount": record.account,
        "PartyType": "Organization" if is_firm else "Person",
        "PartyNumber": f"{int(record.account[3:]) + 4_000:09d}",
        "OrganizationName": record.organization,
        "NameAlias": name[:20],
        "PersonFirstName": record.first,
        "PersonMiddleName": "",
        "PersonLastName": record.last,
        "CustomerGroupId": ("TRADE" if is_firm else "ECOM") if record.group is None else record.group,
        "SalesCurrencyCode": _CURRENCY[record.entity],
        "PaymentTerms": "Net30" if is_firm else "Prepaid",
        "InvoiceAccount": "",
        "LanguageId": "en-us" if record.entity == "usti" else "en-ca",
        "IsOneTimeCustomer": "Yes" if record.one_time else "No",
        "OnHoldStatus": record.hold,
        "CreditLimit": 25000 if is_firm else 0,
        "PrimaryContactEmail": record.email,
        "PrimaryContactPhone": record.phone,
        "TaxExemptNumber": record.tax_id,
        "IdentificationNumber": "",
        "AddressDescription": "Business" if is_firm else "Home",
        "AddressStreet": place.street,
        "AddressCity": place.city,
        "AddressState": place.province_code,
        "AddressZipCode": place.postcode,
        "AddressCountryRegionId": _ISO3[place.country],
        "AddressCountryRegionISOCode": place.country,
        EXTERNAL_ID_FIELD: record.external_id,
    }
