"""Reads Finance & Operations customers: `CustomersV3` as OData JSON and as a data-management export (CSV, XLSX).

The field names are those of the entity CustCustomerV3Entity; an export writes the same names in upper case.
A record is blocked, `on hold: Invoice`, when OnHoldStatus says anything but `No` (`Never`, a vendor's value of the
same list, says that the account is never put on hold), or when a CustomerGroupId that is shown is blank: without its
group a customer has no posting profile (`missing: customer group`). The tax id is TaxExemptNumber;
IdentificationNumber holds whatever a country's practice puts there, and is none. CustomersV3 has no time of change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from unposted.connectors.fields import needed
from unposted.connectors.formats import Context, Format, Item, JsonFormat, RawItem, Table, TableFormat
from unposted.connectors.items import json_records
from unposted.connectors.masters import (
    Address,
    columns_with,
    full_name,
    identity_keys,
    legal_entity,
    table_records,
    trimmed,
    truth,
    with_named_field,
)
from unposted.domain.records import Master

__all__ = ["FORMATS", "CustomerRow", "customer_master"]

_NOT_ON_HOLD = frozenset({"", "no", "never", "0", "none"})
_OF_A_CUSTOMER = frozenset({
    "PartyType", "PartyNumber", "OrganizationName", "NameAlias", "PersonFirstName", "PersonLastName",
    "PrimaryContactEmail", "PrimaryContactPhone", "OnHoldStatus",
})  # fmt: skip


class CustomerRow(msgspec.Struct, gc=False, rename="pascal"):
    """The fields of CustomersV3 that are read, in the order of the table's columns."""

    customer_account: str | None = None
    data_area_id: str | None = msgspec.field(default=None, name="dataAreaId")
    party_type: str | None = None
    organization_name: str | None = None
    name_alias: str | None = None
    person_first_name: str | None = None
    person_middle_name: str | None = None
    person_last_name_prefix: str | None = None
    person_last_name: str | None = None
    primary_contact_email: str | None = None
    primary_contact_phone: str | None = None
    tax_exempt_number: str | None = None
    on_hold_status: str | int | None = None
    is_one_time_customer: str | int | bool | None = None
    address_street: str | None = None
    address_street_number: str | None = None
    address_zip_code: str | None = None
    address_country: str | None = msgspec.field(default=None, name="AddressCountryRegionISOCode")
    address_country_region_id: str | None = None
    invoice_address_street: str | None = None
    invoice_address_street_number: str | None = None
    invoice_address_zip_code: str | None = None
    invoice_address_country: str | None = msgspec.field(default=None, name="InvoiceAddressCountryRegionISOCode")
    delivery_address_street: str | None = None
    delivery_address_street_number: str | None = None
    delivery_address_zip_code: str | None = None
    delivery_address_country: str | None = msgspec.field(default=None, name="DeliveryAddressCountryRegionISOCode")
    customer_group_id: str | None = None


_GROUP = "customergroupid"
_COLUMNS = tuple((field.encode_name.casefold(),) for field in msgspec.structs.fields(CustomerRow))


def _is_customer(item: dict[str, object]) -> bool:
    return "CustomerAccount" in item and not _OF_A_CUSTOMER.isdisjoint(item)


def _from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = with_named_field(msgspec.json.Decoder(CustomerRow).decode, context.external_id_field)
    return json_records(items, context, decode, customer_master, lambda node: node[0].customer_account)


def _from_table(table: Table, context: Context) -> Iterator[Item]:
    columns = columns_with(_COLUMNS, context.external_id_field)
    return table_records(table, context, columns, _row_master if _GROUP in table.header else _groupless_master)


def _row_master(cells: Sequence[str], context: Context) -> Master:
    return customer_master((CustomerRow(*cells[:-1]), cells[-1]), context)


def _groupless_master(cells: Sequence[str], context: Context) -> Master:
    """Make the record of a row whose table does not show the customer group: that is no blank group."""
    row = CustomerRow(*cells[:-1])
    row.customer_group_id = None
    return customer_master((row, cells[-1]), context)


def customer_master(node: tuple[CustomerRow, str | None], context: Context) -> Master:
    """Make the record of a row and of the storefront's id that stands beside it."""
    row, external_id = node
    account = needed(row.customer_account, "CustomerAccount")
    person = full_name(row.person_first_name, row.person_middle_name, row.person_last_name_prefix, row.person_last_name)
    is_company = _is_company(row.party_type, row.organization_name, person)
    organization = trimmed(row.organization_name) or trimmed(row.name_alias)
    name = organization or person if is_company else person or organization
    return Master(
        legal_entity(row.data_area_id, context, "dataAreaId"),
        account,
        name,
        is_company,
        _unbillable(row.on_hold_status, row.customer_group_id),
        truth(row.is_one_time_customer) is True,
        None,
        identity_keys(
            context.keys,
            name,
            emails=(row.primary_contact_email,),
            tax_id=row.tax_exempt_number,
            external_id=external_id,
            phones=(row.primary_contact_phone,),
            addresses=_addresses(row),
        ),
    )


def _is_company(party_type: str | None, organization: str | None, person: str | None) -> bool:
    kind = (party_type or "").strip().casefold()
    if kind in {"organization", "person"}:
        return kind == "organization"
    return trimmed(organization) is not None or person is None


@lru_cache(maxsize=64)
def _hold(status: str | int | None) -> str:
    text = "" if status is None else str(status).strip()
    return "" if text.casefold() in _NOT_ON_HOLD else f"on hold: {text}"


def _unbillable(status: str | int | None, group: str | None) -> str:
    """Say why a record cannot bill: it is on hold, or its group is shown and blank."""
    hold = _hold(status)
    if group is None or group.strip():
        return hold
    return f"{hold}; missing: customer group" if hold else "missing: customer group"


def _addresses(row: CustomerRow) -> list[Address]:
    found = []
    country = row.address_country or row.address_country_region_id
    if row.address_street or country:
        street = _street(row.address_street, row.address_street_number)
        found.append(Address(street, row.address_zip_code, country))
    if row.invoice_address_street or row.invoice_address_country:
        street = _street(row.invoice_address_street, row.invoice_address_street_number)
        found.append(Address(street, row.invoice_address_zip_code, row.invoice_address_country))
    if row.delivery_address_street or row.delivery_address_country:
        street = _street(row.delivery_address_street, row.delivery_address_street_number)
        found.append(Address(street, row.delivery_address_zip_code, row.delivery_address_country))
    return found


def _street(street: str | None, number: str | None) -> str | None:
    return f"{number} {street}" if street and number else street


def _export_format(*signature: str) -> TableFormat:
    name, columns = "F&O CustomersV3 export", frozenset(column.casefold() for column in signature)
    return TableFormat(name, "finance_operations", "customers", columns, ("CUSTOMERACCOUNT",), _from_table)


FORMATS: tuple[Format, ...] = (
    JsonFormat("F&O CustomersV3 JSON", "finance_operations", "customers", _is_customer, _from_json),
    *(_export_format("CustomerAccount", column) for column in sorted(_OF_A_CUSTOMER)),
    _export_format("PartyType", "OrganizationName"),
)
