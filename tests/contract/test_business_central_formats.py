"""Business Central customers, from API v2.0 and from the list opened in Excel, become master records."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from unposted.connectors.business_central import FORMATS
from unposted.connectors.formats import Bad, Context, Item, JsonFormat, RawItem, Table, TableFormat
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Key, Master

_CUSTOMER = {"number": "10000", "displayName": "Birch & Sons", "type": "Company", "email": "", "blocked": "_x0020_"}


def _context(entity: str | None = "CRONUS", external_id_field: str | None = None) -> Context:
    return Context(KeyMaker(), ZoneInfo("Europe/Berlin"), entity=entity, external_id_field=external_id_field)


def _json_format() -> JsonFormat:
    return next(found for found in FORMATS if isinstance(found, JsonFormat))


def _list_format(header: dict[str, int]) -> TableFormat:
    tables = [found for found in FORMATS if isinstance(found, TableFormat)]
    return next(found for found in tables if found.signature <= header.keys())


def _item(body: bytes, context: Context | None = None) -> Item:
    (found,) = _json_format().decode([RawItem(1, body)], context or _context())
    return found


def _master(context: Context | None = None, /, **fields: object) -> Master:
    found = _item(json.dumps(_CUSTOMER | fields).encode(), context)
    assert isinstance(found, Master)
    return found


def _from_rows(header: str, *rows: str, context: Context | None = None) -> list[Item]:
    places = {name.casefold(): place for place, name in enumerate(header.split("|"))}
    cells = [(line, row.split("|")) for line, row in enumerate(rows, 2)]
    return list(_list_format(places).decode(Table(places, cells), context or _context()))


def test_a_customer_belongs_to_the_source_s_entity() -> None:
    """The payload names no company: the record belongs to the source's entity, with its keys and its time of change."""
    found = _master(
        email="Buy@Example.org;desk@example.org",
        phoneNumber="030 1234567",
        taxRegistrationNumber="DE 123456788",
        addressLine1="Kai 12",
        postalCode="10115",
        country="DE",
        lastModifiedDateTime="2026-04-10T07:38:44.293Z",
    )
    assert found == Master(
        "CRONUS",
        "10000",
        "Birch & Sons",
        updated_at=datetime(2026, 4, 10, 7, 38, 44, 293000, UTC),
        keys=(
            Key("tax_id", "DE123456788"),
            Key("tax_id", "~123456788"),
            Key("email", "buy@example.org"),
            Key("email", "desk@example.org"),
            Key("phone", "+49301234567"),
            Key("name_address", "birch sons|10115|12"),
        ),
    )


@pytest.mark.parametrize(
    ("choice", "blocked"),
    [
        ("_x0020_", ""), (" ", ""), ("", ""), (None, ""), ("All", "blocked: All"), ("Ship", "blocked: Ship"),
        ("In_x0020_Review", "blocked: In Review"),
    ],
)  # fmt: skip
def test_a_block_is_told_in_the_system_s_words(choice: str | None, blocked: str) -> None:
    """A blank choice in any spelling blocks nothing; any other is shown as people read it."""
    assert _master(blocked=choice).blocked == blocked


def test_a_person_is_no_company() -> None:
    """The contact type tells persons from companies; without one it is a company."""
    assert [_master(type=kind).is_company for kind in ("Person", "Company", "", None)] == [False, True, True, True]


def test_an_empty_time_of_change_is_none() -> None:
    """The zero date of the platform is no time; a time that cannot be read is told of."""
    assert _master(lastModifiedDateTime="0001-01-01T00:00:00Z").updated_at is None
    found = _item(json.dumps(_CUSTOMER | {"lastModifiedDateTime": "soon"}).encode())
    assert isinstance(found, Bad)
    assert (found.record_id, found.code) == ("10000", "bad-date")


def test_a_custom_page_may_carry_the_storefront_s_id() -> None:
    """A field of a merchant's own API page is read as the external id, in any case."""
    found = _master(_context(external_id_field="shopifyCustomerID"), shopifyCustomerId="gid://shopify/Customer/5001")
    assert found.keys == (Key("external_id", "5001"),)


def test_without_an_entity_each_record_asks_for_it() -> None:
    """Neither JSON nor list names a company, so a source without `entity` is told to set one."""
    found = _item(json.dumps(_CUSTOMER).encode(), _context(entity=None))
    assert found == Bad(1, "10000", "missing-entity", "the file names no legal entity: set `entity` for this source")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("No.|Name|E-Mail|VAT Registration No.|Post Code|Address|Country/Region Code|Phone No.|Blocked", "Ship"),
        ("No.|Name|Email|VAT Registration No.|Post Code|Address|Country/Region Code|Phone No.|Blocked", "All"),
        ("Nr.|Name|E-Mail|USt-IdNr.|PLZ-Code|Adresse|Länder-/Regionscode|Telefonnr.|Gesperrt", "Liefern"),
        ("N°|Nom|Adresse e-mail|N° identif. intracomm.|Code postal|Adresse|Code pays/région|N° téléphone|Bloqué", "X"),
        ("Nummer|Navn|Mail|SE/CVR-nr.|Postnr.|Adresse|Lande-/områdekode|Telefon|Spærret", "Lever"),
        ("Nº|Nombre|Correo electrónico|CIF/NIF|C.P.|Dirección|Cód. país/región|Nº teléfono|Bloqueado", "Todos"),
    ],
)
def test_the_list_is_read_under_the_captions_of_each_language(header: str, row: str) -> None:
    """The Customers list gives the same record in every language that is understood; a block keeps its word."""
    (found,) = _from_rows(header, f"00042|Birch|buy@example.org|123456788|10115|Kai 12|DE|030 1234567|{row}")
    assert found == Master(
        "CRONUS",
        "00042",
        "Birch",
        blocked=f"blocked: {row}",
        keys=(
            Key("tax_id", "123456788"),
            Key("email", "buy@example.org"),
            Key("phone", "+49301234567"),
            Key("name_address", "birch|10115|12"),
        ),
    )


def test_the_list_s_english_extras_are_read() -> None:
    """Contact type, mobile phone, privacy block and a date that starts with the year are read from the list."""
    header = "No.|Name|Contact Type|Mobile Phone No.|Blocked|Privacy Blocked|Last Date Modified"
    (found,) = _from_rows(header, "1|Ada Holt|Person|+14155550123|All|Yes|2026-04-10")
    assert found == Master(
        "CRONUS",
        "1",
        "Ada Holt",
        is_company=False,
        blocked="privacy blocked",
        updated_at=datetime(2026, 4, 9, 22, tzinfo=UTC),
        keys=(Key("phone", "+14155550123"),),
    )


def test_a_date_that_may_be_read_two_ways_is_left_out() -> None:
    """`04/12/26` is no reason to lose the record: it only has no time of change."""
    (found,) = _from_rows("No.|Name|Last Date Modified", "1|Birch|04/12/26")
    assert found == Master("CRONUS", "1", "Birch")


def test_a_caption_may_name_the_storefront_s_id() -> None:
    """The external id's column is named by its caption, in any case."""
    context = _context(external_id_field="Shopify Customer ID")
    (found,) = _from_rows("No.|Name|Shopify Customer Id", "1|Birch|0077", context=context)
    assert isinstance(found, Master)
    assert found.keys == (Key("external_id", "0077"),)


def test_a_row_without_a_number_is_bad() -> None:
    """A list row without its number is told of with its line."""
    (found,) = _from_rows("No.|Name", " |Birch")
    assert found == Bad(2, None, "missing-field", "No. is missing")


def test_a_list_without_its_number_column_names_the_column() -> None:
    """A header that lacks the number is recognised by its other captions, and the missing one is named."""
    header = {"name": 0, "vat registration no.": 1, "phone no.": 2}
    assert _list_format(header).required == ("No.",)
    assert _list_format({"navn": 0, "se/cvr-nr.": 1, "telefon": 2}).required == ("Nummer",)


@pytest.mark.parametrize(
    ("item", "known"),
    [
        (_CUSTOMER, True),
        ({"number": "1", "displayName": "Birch", "taxRegistrationNumber": ""}, True),
        ({"number": "1", "displayName": "Project"}, False),
        ({"number": "1", "displayName": "Vendor", "email": "", "irs1099Code": ""}, False),
        ({"CustomerAccount": "A1", "OrganizationName": "Birch"}, False),
        ({"displayName": "Ada Holt", "email": "buyer@example.org", "numberOfOrders": "2"}, False),
    ],
)
def test_a_customer_is_recognised_by_its_fields(item: dict[str, object], known: bool) -> None:
    """A number, a display name and a field of a customer make one; vendors, projects and other systems do not."""
    assert _json_format().recognise(item) is known
