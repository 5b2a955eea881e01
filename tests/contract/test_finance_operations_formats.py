"""Finance & Operations customers, as OData JSON and as a data-management export, become master records."""

from __future__ import annotations

import json
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import pytest

from unposted.connectors.finance_operations import FORMATS
from unposted.connectors.formats import Bad, Context, Item, JsonFormat, RawItem, Table, TableFormat
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Key, Master

_CUSTOMER = {"dataAreaId": "usmf", "CustomerAccount": "US-007", "PartyType": "Organization"}


def _context(entity: str | None = None, external_id_field: str | None = None) -> Context:
    return Context(KeyMaker(), ZoneInfo("America/New_York"), entity=entity, external_id_field=external_id_field)


def _json_format() -> JsonFormat:
    return next(found for found in FORMATS if isinstance(found, JsonFormat))


def _table_formats() -> list[TableFormat]:
    return [found for found in FORMATS if isinstance(found, TableFormat)]


def _decoded(bodies: Iterable[bytes], context: Context | None = None) -> list[Item]:
    items = [RawItem(line, body) for line, body in enumerate(bodies, 1)]
    return list(_json_format().decode(items, context or _context()))


def _master(context: Context | None = None, /, **fields: object) -> Master:
    (found,) = _decoded([json.dumps(_CUSTOMER | fields).encode()], context)
    assert isinstance(found, Master)
    return found


def _from_rows(header: str, *rows: str, context: Context | None = None) -> list[Item]:
    places = {name.casefold(): place for place, name in enumerate(header.split(","))}
    cells = [(line, row.split(",")) for line, row in enumerate(rows, 2)]
    return list(_table_formats()[0].decode(Table(places, cells), context or _context()))


def test_an_organization_becomes_a_company_with_its_keys() -> None:
    """An organization carries its upper-case legal entity, its account, its name, and a key of every kind."""
    found = _master(
        OrganizationName=" Birch & Sons ",
        NameAlias="BIRCH",
        PrimaryContactEmail="Buy.Er@Example.org",
        PrimaryContactPhone="+14155550123",
        TaxExemptNumber="DE 123 456 788",
        AddressStreet="12 Quay Road",
        AddressZipCode="94107",
    )
    assert found == Master(
        "USMF",
        "US-007",
        "Birch & Sons",
        keys=(
            Key("tax_id", "DE123456788"),
            Key("tax_id", "~123456788"),
            Key("email", "buy.er@example.org"),
            Key("email_folded", "buyer@example.org"),
            Key("phone", "+14155550123"),
            Key("name_address", "birch sons|94107|12"),
        ),
    )


def test_a_person_is_named_by_its_parts() -> None:
    """A person's name is joined from its parts, and the record is no company."""
    found = _master(PartyType="Person", PersonFirstName="Ada", PersonLastNamePrefix="van", PersonLastName="Holt")
    assert (found.name, found.is_company) == ("Ada van Holt", False)


@pytest.mark.parametrize(
    ("fields", "is_company"),
    [
        ({"PartyType": "person", "OrganizationName": "Odd Ltd"}, False),
        ({"PartyType": None, "OrganizationName": "Odd Ltd", "PersonLastName": "Holt"}, True),
        ({"PartyType": "", "OrganizationName": " ", "PersonLastName": "Holt"}, False),
        ({"PartyType": None, "NameAlias": "ODD"}, True),
    ],
)
def test_the_kind_comes_from_the_party_type_else_from_the_name(fields: dict[str, object], is_company: bool) -> None:
    """Without a party type, a name that is only a person's makes a person; all else is a company."""
    assert _master(**fields).is_company is is_company


def test_several_addresses_in_one_field_are_several_keys() -> None:
    """A primary e-mail field with two addresses gives two keys."""
    found = _master(PrimaryContactEmail="one@example.org; two@example.org")
    assert [key.value for key in found.keys] == ["one@example.org", "two@example.org"]


def test_the_identification_number_is_no_tax_id() -> None:
    """Only TaxExemptNumber is read as the tax id."""
    assert _master(IdentificationNumber="123456788", TaxExemptNumber="").keys == ()


@pytest.mark.parametrize(
    ("status", "blocked"),
    [("No", ""), ("", ""), (None, ""), ("Never", ""), ("Invoice", "on hold: Invoice"), ("All", "on hold: All")],
)
def test_a_hold_is_told_in_the_system_s_words(status: str | None, blocked: str) -> None:
    """Every hold but `No` and `Never` blocks the record, and says so."""
    assert _master(OnHoldStatus=status).blocked == blocked


@pytest.mark.parametrize(("flag", "one_time"), [("Yes", True), ("No", False), (None, False), (1, True), (True, True)])
def test_a_one_time_customer_is_marked(flag: object, one_time: bool) -> None:
    """IsOneTimeCustomer is understood as a label, a number and a boolean."""
    assert _master(IsOneTimeCustomer=flag).one_time is one_time


@pytest.mark.parametrize("value", ["gid://shopify/Customer/77001", "77001", 77001, 77001.0])
def test_the_storefront_s_id_is_found_in_any_case_of_the_field(value: object) -> None:
    """The field that the workspace names is read in any case, as text or number, without the platform's prefix."""
    found = _master(_context(external_id_field="shopcustomerid"), ShopCustomerID=value)
    assert found.keys == (Key("external_id", "77001"),)


def test_a_storefront_id_may_begin_in_a_later_record() -> None:
    """A field that the first records lack is still found; a null is no key."""
    context = _context(external_id_field="ShopId")
    bodies = [_CUSTOMER, _CUSTOMER | {"ShopId": None}, _CUSTOMER | {"ShopId": "A-1"}]
    found = _decoded([json.dumps(body).encode() for body in bodies], context)
    assert [getattr(item, "keys", None) for item in found] == [(), (), (Key("external_id", "a-1"),)]


def test_the_named_field_may_be_one_that_is_read_anyway() -> None:
    """NameAlias, a customary place for a shop's number, may be the external id and still be a name."""
    found = _master(_context(external_id_field="NAMEALIAS"), NameAlias="SHOP-9")
    assert (found.name, found.keys) == ("SHOP-9", (Key("external_id", "shop-9"),))


@pytest.mark.parametrize(
    ("fields", "phones"),
    [
        ({"AddressCountryRegionISOCode": "US"}, ["+14155550123"]),
        ({"AddressCountryRegionId": "USA"}, ["+14155550123"]),
        ({"DeliveryAddressCountryRegionISOCode": "US"}, ["+14155550123"]),
        ({}, []),
    ],
)
def test_a_national_phone_number_needs_a_country(fields: dict[str, object], phones: list[str]) -> None:
    """A phone number without a prefix is read in the country of an address, and not at all without one."""
    found = _master(PrimaryContactPhone="(415) 555-0123", **fields)
    assert [key.value for key in found.keys if key.kind == "phone"] == phones


def test_each_place_of_a_customer_is_a_key() -> None:
    """Two addresses make two name-and-address keys, equal ones make one; a separate house number counts."""
    found = _master(
        OrganizationName="Birch",
        AddressStreet="Quay Road",
        AddressStreetNumber="12",
        AddressZipCode="94107",
        InvoiceAddressStreet="12 Quay Road",
        InvoiceAddressZipCode="94107",
        DeliveryAddressStreet="3 Dock",
        DeliveryAddressZipCode="94108",
    )
    assert {key.value for key in found.keys} == {"birch|94107|12", "birch|94108|3"}


def test_the_source_s_entity_stands_in_for_a_missing_company() -> None:
    """A record without dataAreaId belongs to the source's entity; its own company goes first."""
    assert _master(_context(entity="CATU"), dataAreaId=" ").entity == "CATU"
    assert _master(_context(entity="CATU")).entity == "USMF"


def test_a_record_without_a_company_asks_for_the_entity() -> None:
    """With neither company nor entity, the record is bad and the reason says which setting is missing."""
    (found,) = _decoded([json.dumps(_CUSTOMER | {"dataAreaId": None}).encode()])
    assert found == Bad(1, "US-007", "missing-entity", "dataAreaId names no legal entity: set `entity` for this source")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b'{"dataAreaId": "usmf", "CustomerAccount": " "}', "missing-field", "CustomerAccount"),
        (b'{"dataAreaId": "usmf", "CustomerAccount": 7}', "bad-shape", "CustomerAccount"),
        (b'{"CustomerAccount": "\xff"}', "bad-encoding", ""),
        (b'{"CustomerAccount": "A1"', "bad-json", ""),
    ],
)
def test_a_bad_record_stands_in_its_place_and_stops_nothing(body: bytes, code: str, field: str) -> None:
    """A record that cannot be read is told of with its place, and the next one is read."""
    bad, good = _decoded([body, json.dumps(_CUSTOMER).encode()])
    assert isinstance(bad, Bad)
    assert (bad.line, bad.code) == (1, code)
    assert field in bad.reason
    assert isinstance(good, Master)


def test_an_export_with_upper_case_headers_is_read() -> None:
    """A data-management export gives the same record as the OData page; columns that are not read do not matter."""
    header = "CUSTOMERACCOUNT,CUSTOMERGROUPID,ORGANIZATIONNAME,PARTYTYPE,PRIMARYCONTACTEMAIL,ONHOLDSTATUS,DATAAREAID"
    found = _from_rows(header, "US-007,30,Birch,Organization,buyer@example.org,Invoice,usmf")
    by_json = _master(OrganizationName="Birch", PrimaryContactEmail="buyer@example.org", OnHoldStatus="Invoice")
    assert found == [by_json]


def test_an_export_without_a_company_column_takes_the_source_s_entity() -> None:
    """A file without DATAAREAID belongs to the source's entity; without one, each row is bad and says so."""
    assert _from_rows("CUSTOMERACCOUNT,NAMEALIAS", "00042,X", context=_context(entity="CATU")) == [
        Master("CATU", "00042", "X")
    ]
    (bad,) = _from_rows("CUSTOMERACCOUNT,NAMEALIAS", "00042,X")
    assert isinstance(bad, Bad)
    assert (bad.line, bad.record_id, bad.code) == (2, "00042", "missing-entity")


def test_an_export_s_extra_column_may_hold_the_storefront_s_id() -> None:
    """The external id's column is found in any case, and a row that is cut short is bad."""
    context = _context(external_id_field="ShopId")
    good, bad = _from_rows("CUSTOMERACCOUNT,DATAAREAID,SHOPID", "A1,usmf,0077", "A2,usmf", context=context)
    assert isinstance(good, Master)
    assert good.keys == (Key("external_id", "0077"),)
    assert isinstance(bad, Bad)
    assert bad.code == "short-row"


def test_an_export_without_its_key_is_recognised_by_its_other_columns() -> None:
    """A header that lacks the account is still known for what it is, so that the missing column can be named."""
    header = {"partytype", "organizationname", "dataareaid"}
    known = [found for found in _table_formats() if found.signature <= header]
    assert [found.required for found in known] == [("CUSTOMERACCOUNT",)]


def test_another_export_with_a_customer_account_is_not_taken_for_customers() -> None:
    """Free text invoices have an account and a tax number too; the account alone does not make a customer."""
    header = {"freetextnumber", "customeraccount", "invoicedate", "taxexemptnumber", "customergroup"}
    assert not any(found.signature <= header for found in _table_formats())


@pytest.mark.parametrize(
    ("item", "known"),
    [
        (_CUSTOMER, True),
        ({"CustomerAccount": "A1", "PrimaryContactEmail": None}, True),
        ({"CustomerAccount": "A1", "FreeTextNumber": "7"}, False),
        ({"number": "10000", "displayName": "Birch", "email": ""}, False),
        ({"id": 1, "email": "buyer@example.org", "orders_count": 2}, False),
    ],
)
def test_a_customer_is_recognised_by_its_fields(item: dict[str, object], known: bool) -> None:
    """An item with the account and a field of a customer is one; other systems' items are not."""
    assert _json_format().recognise(item) is known
