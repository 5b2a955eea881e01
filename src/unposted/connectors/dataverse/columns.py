"""Which columns of accounts and contacts are asked for, and what is added to a row before the decoders see it.

Dual-write's columns are only asked for where the environment has them: a name that it does not know is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from unposted.connectors.dataverse.settings import DataverseConnection
from unposted.connectors.dataverse.web_api import Table, WebApi
from unposted.connectors.odata import ODataPage
from unposted.errors import SourceRefused

__all__ = ["ACCOUNTS", "CONTACTS", "Columns", "Rows", "columns_of", "completer", "number_column", "sorted_rows"]

ACCOUNTS = Table("accounts", "account", "accountid")
CONTACTS = Table("contacts", "contact", "contactid")
_COMMON = (
    "emailaddress1", "emailaddress2", "emailaddress3", "telephone1", "customertypecode", "statecode",
    "address1_line1", "address1_postalcode", "address1_country", "createdon", "modifiedon",
)  # fmt: skip
_OWN = {
    "account": ("accountid", "name", "msdyn_taxexemptnumber"),
    "contact": ("contactid", "fullname", "mobilephone", "msdyn_sellable"),
}
_READ_AS = {"account": "accountnumber", "contact": "msdyn_contactpersonid"}
_CODE = "cdm_companycode"
_DELETED = b"$deletedEntity"
_REMOVED = b'"@removed"'


class Columns(NamedTuple):
    """The columns that are asked for, and those that the environment lacks; `is_known` False: it would not say."""

    select: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    is_known: bool = True


class Rows(NamedTuple):
    """The rows of a page: those that are there, and the ids of those that are gone."""

    items: list[bytes]
    removed: list[str]


class _Attribute(msgspec.Struct):
    LogicalName: str


class _Attributes(msgspec.Struct):
    value: list[_Attribute]


def columns_of(api: WebApi, table: Table, connection: DataverseConnection) -> Columns:
    """Tell which of the wanted columns the table has, by its own definition."""
    wanted = _wanted(table, connection)
    address = f"EntityDefinitions(LogicalName='{table.name}')/Attributes"
    try:
        found = api.one(address, _Attributes, {"$select": "LogicalName"})
    except SourceRefused:
        return Columns(wanted, is_known=False)
    known = {attribute.LogicalName.lower() for attribute in found.value}
    has = {column: _attribute(column) in known for column in wanted}
    return Columns(
        tuple(column for column in wanted if has[column]), tuple(column for column in wanted if not has[column])
    )


def number_column(table: Table, connection: DataverseConnection) -> str:
    """Return the column with the ERP's customer account."""
    return connection.account_number_column if table is ACCOUNTS else connection.contact_number_column


def completer(
    table: Table, connection: DataverseConnection, code_of: Callable[[str], str | None]
) -> Callable[[bytes], bytes]:
    """Make the function that writes what stands in other columns under the names that the decoders read.

    `code_of` finds a company's code by its id.
    """
    number, read_as = number_column(table, connection), _READ_AS[table.name]
    names = {"company": connection.company_column, "number": number}
    row = msgspec.defstruct("Row", [(name, Any, None) for name in names], rename=names)
    decode = msgspec.json.Decoder(row).decode

    def complete(body: bytes) -> bytes:
        found: Any = decode(body)
        more: dict[str, object] = {}
        if isinstance(found.company, str) and (code := code_of(found.company)):
            more[_CODE] = code
        if number != read_as and found.number is not None:
            more[read_as] = str(found.number)
        return body.rstrip()[:-1] + b"," + msgspec.json.encode(more)[1:] if more else body

    return complete


def sorted_rows(page: ODataPage, table: Table, complete: Callable[[bytes], bytes]) -> Rows:
    """Part a page into rows that are there and ids of rows that are gone."""
    rows = Rows([], [])
    for body in page.items:
        gone = _gone(body, table) if _DELETED in body or _REMOVED in body else None
        if gone is None:
            rows.items.append(complete(body))
        else:
            rows.removed.append(gone)
    return rows


def _gone(body: bytes, table: Table) -> str | None:
    """Return the id of a row that tells of a deletion; None for one that only quotes the words."""
    row: dict[str, Any] = msgspec.json.decode(body)
    if not str(row.get("@odata.context", "")).endswith("/$deletedEntity") and "@removed" not in row:
        return None
    return str(row.get("id") or row.get(table.key) or "").strip("{}").lower() or None


def _wanted(table: Table, connection: DataverseConnection) -> tuple[str, ...]:
    own = [*_OWN[table.name], *_COMMON, number_column(table, connection), connection.company_column]
    external = (connection.external_id_field or "").strip().lower()
    if external:
        own.append(external)
    return tuple(dict.fromkeys(own))


def _attribute(column: str) -> str:
    """Return the attribute of a column: a lookup `_name_value` is the attribute `name`."""
    is_lookup = column.startswith("_") and column.endswith("_value")
    return (column[1:].removesuffix("_value") if is_lookup else column).lower()
