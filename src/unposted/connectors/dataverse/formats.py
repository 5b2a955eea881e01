"""Reads Dataverse accounts and contacts: Web API JSON, CSV under logical names, and the app's export to Excel.

The account number is what dual-write maps CustomerAccount to: `accountnumber` of an account, `msdyn_contactpersonid`
of a contact. The company code comes from the lookup `msdyn_company`: its annotation, its expanded record or a column
of its own; a bare GUID names no company. Rows that tell of a deletion are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from unposted.connectors.fields import needed, optional_instant
from unposted.connectors.formats import Context, Format, Item, JsonFormat, RawItem, Stream, Table, TableFormat
from unposted.connectors.items import json_records
from unposted.connectors.masters import (
    Address,
    Column,
    columns_with,
    full_name,
    identity_keys,
    sortable_date,
    table_records,
    trimmed,
    truth,
    with_named_field,
)
from unposted.domain.records import Staged

__all__ = ["FORMATS"]

_GUID = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_SHOWN = "_msdyn_company_value@OData.Community.Display.V1.FormattedValue"
_CUSTOMER_TYPES = {
    "competitor": 1, "consultant": 2, "customer": 3, "investor": 4, "partner": 5, "influencer": 6, "press": 7,
    "prospect": 8, "reseller": 9, "supplier": 10, "vendor": 11, "other": 12, "default value": 1,
}  # fmt: skip
_STATES = {"active": 0, "inactive": 1}
_INACTIVE = 1


class _Company(msgspec.Struct, gc=False):
    """An expanded `msdyn_company`."""

    cdm_companycode: str | None = None


class _Wire(msgspec.Struct, gc=False, kw_only=True):
    """What only the Web API sends."""

    msdyn_company: _Company | None = None
    removed: object = msgspec.field(default=None, name="@removed")
    odata_context: str | None = msgspec.field(default=None, name="@odata.context")


class _Row(_Wire, gc=False):
    """What accounts and contacts have in common, in the order of `_COMMON`."""

    emailaddress1: str | None = None
    emailaddress2: str | None = None
    emailaddress3: str | None = None
    telephone1: str | None = None
    customertypecode: int | str | None = None
    statecode: int | str | None = None
    company: str | None = msgspec.field(default=None, name=_SHOWN)
    cdm_companycode: str | None = None
    address1_line1: str | None = None
    address1_postalcode: str | None = None
    address1_country: str | None = None
    createdon: str | None = None
    modifiedon: str | None = None


class _Account(_Row, gc=False):
    """The columns of an account that are read, in the order of `_ACCOUNT`."""

    accountid: str | None = None
    name: str | None = None
    accountnumber: str | None = None
    msdyn_taxexemptnumber: str | None = None


class _Contact(_Row, gc=False):
    """The columns of a contact that are read, in the order of `_CONTACT`."""

    contactid: str | None = None
    fullname: str | None = None
    firstname: str | None = None
    middlename: str | None = None
    lastname: str | None = None
    msdyn_contactpersonid: str | None = None
    msdyn_sellable: bool | int | str | None = None
    mobilephone: str | None = None


_COMMON: tuple[Column, ...] = (
    ("emailaddress1", "email"),
    ("emailaddress2", "email address 2"),
    ("emailaddress3", "email address 3"),
    ("telephone1", "main phone", "business phone"),
    ("customertypecode", "relationship type"),
    ("statecode", "status"),
    (_SHOWN.casefold(), "msdyn_company.cdm_companycode", "msdyn_companyname", "msdyn_company", "_msdyn_company_value"),
    ("cdm_companycode",),
    ("address1_line1", "address 1: street 1"),
    ("address1_postalcode", "address 1: zip/postal code"),
    ("address1_country", "address 1: country/region"),
    ("createdon", "created on"),
    ("modifiedon", "(do not modify) modified on", "modified on"),
)
_ACCOUNT: tuple[Column, ...] = (
    *_COMMON,
    ("accountid", "(do not modify) account"),
    ("name", "account name"),
    ("accountnumber", "account number"),
    ("msdyn_taxexemptnumber",),
)
_CONTACT: tuple[Column, ...] = (
    *_COMMON,
    ("contactid", "(do not modify) contact"),
    ("fullname", "full name"),
    ("firstname", "first name"),
    ("middlename", "middle name"),
    ("lastname", "last name"),
    ("msdyn_contactpersonid",),
    ("msdyn_sellable",),
    ("mobilephone", "mobile phone"),
)


def _is_account(item: dict[str, object]) -> bool:
    return "contactid" not in item and ("accountid" in item or _about(item, "accounts"))


def _is_contact(item: dict[str, object]) -> bool:
    return "contactid" in item or _about(item, "contacts")


def _about(item: dict[str, object], table: str) -> bool:
    return f"$metadata#{table}/$deletedEntity" in str(item.get("@odata.context"))


def _accounts_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = with_named_field(msgspec.json.Decoder(_Account).decode, context.external_id_field)
    return json_records(items, context, decode, _account, lambda node: node[0].accountid)


def _contacts_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    decode = with_named_field(msgspec.json.Decoder(_Contact).decode, context.external_id_field)
    return json_records(items, context, decode, _contact, lambda node: node[0].contactid)


def _accounts_table(table: Table, context: Context) -> Iterator[Item]:
    columns = columns_with(_ACCOUNT, context.external_id_field)
    return table_records(table, context, columns, _account_row, len(_COMMON))


def _contacts_table(table: Table, context: Context) -> Iterator[Item]:
    columns = columns_with(_CONTACT, context.external_id_field)
    return table_records(table, context, columns, _contact_row, len(_COMMON))


def _account_row(cells: Sequence[str], context: Context) -> Staged | None:
    row = _Account(*cells[:-1])
    _keep_sortable_dates(row)
    return _account((row, cells[-1]), context)


def _contact_row(cells: Sequence[str], context: Context) -> Staged | None:
    row = _Contact(*cells[:-1])
    _keep_sortable_dates(row)
    return _contact((row, cells[-1]), context)


def _keep_sortable_dates(row: _Row) -> None:
    row.createdon = sortable_date(row.createdon)
    row.modifiedon = sortable_date(row.modifiedon)


def _account(node: tuple[_Account, str | None], context: Context) -> Staged | None:
    row, external_id = node
    if _deleted(row):
        return None
    return Staged(
        "account",
        _record_id(row.accountid, "accountid"),
        trimmed(row.name),
        trimmed(row.accountnumber),
        _company_code(row),
        _choice(row.customertypecode, _CUSTOMER_TYPES),
        None,
        _choice(row.statecode, _STATES) != _INACTIVE,
        optional_instant(row.createdon, "createdon", context.zone),
        optional_instant(row.modifiedon, "modifiedon", context.zone),
        identity_keys(
            context.keys,
            trimmed(row.name),
            emails=_emails(row),
            tax_id=row.msdyn_taxexemptnumber,
            external_id=external_id,
            phones=(row.telephone1,),
            addresses=_addresses(row),
        ),
    )


def _contact(node: tuple[_Contact, str | None], context: Context) -> Staged | None:
    row, external_id = node
    if _deleted(row):
        return None
    name = trimmed(row.fullname) or full_name(row.firstname, row.middlename, row.lastname)
    return Staged(
        "contact",
        _record_id(row.contactid, "contactid"),
        name,
        trimmed(row.msdyn_contactpersonid),
        _company_code(row),
        _choice(row.customertypecode, _CUSTOMER_TYPES),
        truth(row.msdyn_sellable),
        _choice(row.statecode, _STATES) != _INACTIVE,
        optional_instant(row.createdon, "createdon", context.zone),
        optional_instant(row.modifiedon, "modifiedon", context.zone),
        identity_keys(
            context.keys,
            name,
            emails=_emails(row),
            tax_id=None,
            external_id=external_id,
            phones=(row.telephone1, row.mobilephone),
            addresses=_addresses(row),
        ),
    )


def _deleted(row: _Row) -> bool:
    return row.removed is not None or (row.odata_context or "").endswith("$deletedEntity")


def _record_id(text: str | None, field: str) -> str:
    return needed(text, field).strip("{}").lower()


def _company_code(row: _Row) -> str | None:
    expanded = row.msdyn_company.cdm_companycode if row.msdyn_company is not None else None
    for text in (expanded, row.cdm_companycode, row.company):
        code = (text or "").strip()
        if code and _GUID.fullmatch(code) is None:
            return code.upper()
    return None


def _choice(value: int | str | None, labels: dict[str, int]) -> int | None:
    if value is None or isinstance(value, int):
        return value
    text = value.strip()
    return int(text) if text.isascii() and text.isdigit() else labels.get(text.casefold())


def _emails(row: _Row) -> tuple[str | None, ...]:
    return row.emailaddress1, row.emailaddress2, row.emailaddress3


def _addresses(row: _Row) -> tuple[Address, ...]:
    return (Address(row.address1_line1, row.address1_postalcode, row.address1_country),)


def _table_formats(stream: Stream) -> Iterator[TableFormat]:
    decode = _accounts_table if stream == "accounts" else _contacts_table
    logical = {"accountid", "name"} if stream == "accounts" else {"contactid"}
    record = "Account" if stream == "accounts" else "Contact"
    captions = {"account name", "main phone"} if stream == "accounts" else {"full name", "business phone"}
    excel_id = f"(Do Not Modify) {record}"
    yield TableFormat(
        f"Dataverse {stream} CSV", "dataverse", stream, frozenset(logical), (f"{record.lower()}id",), decode
    )
    for signature in ({excel_id.casefold()}, captions):
        yield TableFormat(
            f"Dataverse {stream} Excel export", "dataverse", stream, frozenset(signature), (excel_id,), decode
        )


FORMATS: tuple[Format, ...] = (
    JsonFormat("Dataverse contacts JSON", "dataverse", "contacts", _is_contact, _contacts_json),
    JsonFormat("Dataverse accounts JSON", "dataverse", "accounts", _is_account, _accounts_json),
    *_table_formats("contacts"),
    *_table_formats("accounts"),
)
