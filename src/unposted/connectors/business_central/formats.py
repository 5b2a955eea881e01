"""Reads Business Central customers: API v2.0 `customers` JSON and the Customers list opened in Excel (CSV, XLSX).

Neither names its company, so the source's `entity` is the legal entity. A record is blocked as its fields say:
`blocked: Invoice`, or `privacy blocked` (which implies All). On the wire a blank choice is `_x0020_`, `" "` or "".
The API does not show a customer's posting groups; a list that has their columns shows which are blank, and without the
customer or general business posting group nothing can be posted (a blank VAT group is how sales without VAT are kept).
The list's captions are those of the Customer table in English, Danish, French, German and Spanish.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from unposted.connectors.business_central.words import unescaped
from unposted.connectors.fields import needed, optional_instant
from unposted.connectors.formats import Context, Format, Item, JsonFormat, RawItem, Table, TableFormat
from unposted.connectors.items import json_records
from unposted.connectors.masters import (
    Address,
    Column,
    columns_with,
    identity_keys,
    legal_entity,
    sortable_date,
    table_records,
    trimmed,
    truth,
    with_named_field,
)
from unposted.domain.records import Master

__all__ = ["CUSTOMER_FIELDS", "FORMATS", "customers_from_json"]

_POSTING_GROUPS = ("customer posting group", "gen. bus. posting group")
_NO_DATE = "0001-01-01"
_OF_A_CUSTOMER = frozenset({"addressLine1", "blocked", "creditLimit", "email", "phoneNumber", "taxRegistrationNumber"})
_OF_ANOTHER = frozenset({
    "accountType", "balance", "bankAccountNumber", "birthDate", "category", "companyNumber", "contactBusinessRelation",
    "employmentDate", "gtin", "intercompanyEnabled", "irs1099Code", "itemCategoryId", "jobTitle", "serialNumber",
    "unitPrice",
})  # fmt: skip


class _Customer(msgspec.Struct, gc=False, rename="camel"):
    """The fields of the customers resource that are read."""

    number: str | None = None
    display_name: str | None = None
    type: str | None = None
    email: str | None = None
    phone_number: str | None = None
    tax_registration_number: str | None = None
    blocked: str | None = None
    address_line1: str | None = msgspec.field(default=None, name="addressLine1")
    postal_code: str | None = None
    country: str | None = None
    last_modified: str | None = msgspec.field(default=None, name="lastModifiedDateTime")


CUSTOMER_FIELDS = tuple(field.encode_name for field in msgspec.structs.fields(_Customer))


class _Captions(NamedTuple):
    """The captions of one language, casefolded, in the order of `_Customer`; then those that the API does not have."""

    number: Column
    name: Column
    kind: Column = ()
    email: Column = ()
    phone: Column = ()
    tax_id: Column = ()
    blocked: Column = ()
    address: Column = ()
    postcode: Column = ()
    country: Column = ()
    modified: Column = ()
    mobile: Column = ()
    privacy: Column = ()
    posting_group: Column = ()
    business_group: Column = ()


_LANGUAGES = {
    "English": _Captions(
        number=("no.",),
        name=("name",),
        kind=("contact type",),
        email=("e-mail", "email"),
        phone=("phone no.",),
        tax_id=("vat registration no.",),
        blocked=("blocked",),
        address=("address",),
        postcode=("post code", "zip code"),
        country=("country/region code",),
        modified=("last modified date time", "last date modified"),
        mobile=("mobile phone no.",),
        privacy=("privacy blocked",),
        posting_group=("customer posting group",),
        business_group=("gen. bus. posting group",),
    ),
    "German": _Captions(
        number=("nr.",),
        name=("name",),
        email=("e-mail",),
        phone=("telefonnr.",),
        tax_id=("ust-idnr.",),
        blocked=("gesperrt",),
        address=("adresse",),
        postcode=("plz-code",),
        country=("länder-/regionscode",),
        modified=("korrigiert am",),
    ),
    "French": _Captions(
        number=("n°", "nº"),
        name=("nom",),
        email=("adresse e-mail", "e-mail"),
        phone=("n° téléphone", "nº téléphone"),
        tax_id=("n° identif. intracomm.", "nº identif. intracomm."),
        blocked=("bloqué",),
        address=("adresse",),
        postcode=("code postal",),
        country=("code pays/région",),
        modified=("date dern. modification",),
    ),
    "Danish": _Captions(
        number=("nummer",),
        name=("navn",),
        email=("mail",),
        phone=("telefon",),
        tax_id=("se/cvr-nr.",),
        blocked=("spærret",),
        address=("adresse",),
        postcode=("postnr.",),
        country=("lande-/områdekode",),
        modified=("rettet den",),
    ),
    "Spanish": _Captions(
        number=("nº", "n.º", "n°"),
        name=("nombre",),
        email=("correo electrónico",),
        phone=("nº teléfono", "n.º teléfono"),
        tax_id=("cif/nif",),
        blocked=("bloqueado",),
        address=("dirección",),
        postcode=("c.p.",),
        country=("cód. país/región",),
        modified=("fecha últ. modificación",),
    ),
}


def _is_customer(item: dict[str, object]) -> bool:
    named = "number" in item and "displayName" in item
    return named and not _OF_A_CUSTOMER.isdisjoint(item) and _OF_ANOTHER.isdisjoint(item)


def customers_from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Make master records of the API's customers."""
    decode = with_named_field(msgspec.json.Decoder(_Customer).decode, context.external_id_field)
    return json_records(items, context, decode, _json_master, lambda node: node[0].number)


def _json_master(node: tuple[_Customer, str | None], context: Context) -> Master:
    row, external_id = node
    return _master(row, external_id, None, None, context)


def _row_maker(header: Collection[str]) -> Callable[[Sequence[str], Context], Master]:
    """Make masters of rows, told which posting groups the list shows at all."""
    shown = tuple(name in header for name in _POSTING_GROUPS)

    def make(cells: Sequence[str], context: Context) -> Master:
        return _row_master(cells, context, shown)

    return make


def _row_master(cells: Sequence[str], context: Context, shown: Sequence[bool]) -> Master:
    *fields, mobile, privacy, posting_group, business_group, external_id = cells
    row = _Customer(*fields)
    row.last_modified = sortable_date(row.last_modified)
    master = _master(row, external_id, mobile, privacy, context)
    groups = zip(_POSTING_GROUPS, shown, (posting_group, business_group), strict=True)
    lacking = [name for name, is_shown, group in groups if is_shown and not group.strip()]
    if not lacking:
        return master
    told = f"missing: {', '.join(lacking)}"
    return master._replace(blocked=f"{master.blocked}; {told}" if master.blocked else told)


def _master(
    row: _Customer, external_id: str | None, mobile: str | None, privacy: str | None, context: Context
) -> Master:
    number = needed(row.number, "No.")
    name = trimmed(row.display_name)
    modified = row.last_modified
    if modified and modified.startswith(_NO_DATE):
        modified = None
    return Master(
        legal_entity(None, context, "the file"),
        number,
        name,
        (row.type or "").strip().casefold() != "person",
        _blocked(row.blocked, privacy),
        False,
        optional_instant(modified, "lastModifiedDateTime", context.zone),
        identity_keys(
            context.keys,
            name,
            emails=(row.email,),
            tax_id=row.tax_registration_number,
            external_id=external_id,
            phones=(row.phone_number, mobile),
            addresses=(Address(row.address_line1, row.postal_code, row.country),),
        ),
    )


@lru_cache(maxsize=64)
def _blocked(choice: str | None, privacy: str | None) -> str:
    text = unescaped(choice)
    if truth(privacy):
        return "privacy blocked"
    return f"blocked: {text}" if text else ""


def _list_formats(language: str, captions: _Captions) -> Iterator[TableFormat]:
    def from_table(table: Table, context: Context) -> Iterator[Item]:
        columns = columns_with(captions, context.external_id_field)
        return table_records(table, context, columns, _row_maker(table.header))

    name = f"Business Central Customers list ({language})"
    others = captions.tax_id[0], captions.phone[0]
    signatures = [{number, captions.name[0]} for number in captions.number] + [{captions.name[0], *others}]
    for signature in signatures:
        yield TableFormat(
            name, "business_central", "customers", frozenset(signature), (captions.number[0].capitalize(),), from_table
        )


FORMATS: tuple[Format, ...] = (
    JsonFormat("Business Central customers JSON", "business_central", "customers", _is_customer, customers_from_json),
    *(made for language, captions in _LANGUAGES.items() for made in _list_formats(language, captions)),
)
