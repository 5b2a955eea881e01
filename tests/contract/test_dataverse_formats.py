"""Dataverse accounts and contacts, from the Web API and from tables, become staged records."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from unposted.connectors.dataverse import FORMATS
from unposted.connectors.formats import Bad, Context, Item, JsonFormat, RawItem, Stream, Table, TableFormat
from unposted.connectors.keys import KeyMaker
from unposted.domain.records import Key, Staged

_ID = "0a1b2c3d-0000-4111-8222-aabbccddeeff"
_SHOWN = "_msdyn_company_value@OData.Community.Display.V1.FormattedValue"


def _context(external_id_field: str | None = None) -> Context:
    return Context(KeyMaker(), ZoneInfo("America/New_York"), external_id_field=external_id_field)


def _json_format(stream: Stream) -> JsonFormat:
    return next(found for found in FORMATS if isinstance(found, JsonFormat) and found.stream == stream)


def _items(stream: Stream, *bodies: dict[str, object], context: Context | None = None) -> list[Item]:
    items = [RawItem(line, json.dumps(body).encode()) for line, body in enumerate(bodies, 1)]
    return list(_json_format(stream).decode(items, context or _context()))


def _account(context: Context | None = None, /, **fields: object) -> Staged:
    (found,) = _items("accounts", {"accountid": _ID} | fields, context=context)
    assert isinstance(found, Staged)
    return found


def _contact(**fields: object) -> Staged:
    (found,) = _items("contacts", {"contactid": _ID} | fields)
    assert isinstance(found, Staged)
    return found


def _from_rows(header: str, *rows: str) -> tuple[TableFormat, list[Item]]:
    places = {name.casefold(): place for place, name in enumerate(header.split("|"))}
    tables = [found for found in FORMATS if isinstance(found, TableFormat)]
    chosen = next(found for found in tables if found.signature <= places.keys())
    cells = [(line, row.split("|")) for line, row in enumerate(rows, 2)]
    return chosen, list(chosen.decode(Table(places, cells), _context()))


def test_an_account_becomes_a_staged_record() -> None:
    """An account carries its number, company code, type, state, times and the keys of all its e-mail addresses."""
    found = _account(
        name="Birch & Sons",
        accountnumber=" US-007 ",
        emailaddress1="one@example.org",
        emailaddress2="two@example.org",
        emailaddress3="one@example.org",
        telephone1="(415) 555-0123",
        customertypecode=3,
        statecode=0,
        msdyn_taxexemptnumber="12-3456780",
        address1_line1="12 Quay Road",
        address1_postalcode="94107",
        address1_country="United States",
        createdon="2026-04-01T10:00:00Z",
        modifiedon="2026-04-10T10:00:00Z",
        **{_SHOWN: "usmf", "_msdyn_company_value": _ID},
    )
    assert found == Staged(
        "account",
        _ID,
        "Birch & Sons",
        "US-007",
        "USMF",
        3,
        None,
        True,
        datetime(2026, 4, 1, 10, tzinfo=UTC),
        datetime(2026, 4, 10, 10, tzinfo=UTC),
        (
            Key("tax_id", "123456780"),
            Key("email", "one@example.org"),
            Key("email", "two@example.org"),
            Key("phone", "+14155550123"),
            Key("name_address", "birch sons|94107|12"),
        ),
    )


def test_a_contact_becomes_a_staged_record() -> None:
    """A contact's account number is its contact person id; its name is the full one, else joined from its parts."""
    found = _contact(
        firstname="Ada",
        lastname="Holt",
        emailaddress1="ada@example.org",
        mobilephone="+14155550123",
        msdyn_sellable=True,
        msdyn_contactpersonid="C-9",
        cdm_companycode="usmf",
    )
    assert found == Staged(
        "contact",
        _ID,
        "Ada Holt",
        "C-9",
        "USMF",
        sellable=True,
        keys=(Key("email", "ada@example.org"), Key("phone", "+14155550123")),
    )
    assert _contact(fullname="Dr Ada Holt", firstname="Ada").name == "Dr Ada Holt"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({_SHOWN: "usmf"}, "USMF"),
        ({"msdyn_company": {"cdm_companycode": "catu"}}, "CATU"),
        ({"cdm_companycode": " catu "}, "CATU"),
        ({"_msdyn_company_value": _ID}, None),
        ({_SHOWN: _ID, "msdyn_company": None}, None),
        ({}, None),
    ],
)
def test_the_company_code_comes_from_what_names_it(fields: dict[str, object], code: str | None) -> None:
    """The annotation, the expanded record or a column of its own names the company; a GUID names none."""
    assert _account(**fields).company_code == code


@pytest.mark.parametrize(
    ("value", "customer_type"), [(3, 3), ("3", 3), ("Customer", 3), ("Kunde", None), ("", None), (None, None)]
)
def test_the_customer_type_is_a_number_or_a_label(value: object, customer_type: int | None) -> None:
    """A choice is understood by its number and by its English label; an unknown label is no type."""
    assert _account(customertypecode=value).customer_type == customer_type


@pytest.mark.parametrize(
    ("state", "active"), [(0, True), (1, False), ("Active", True), ("inactive", False), ("1", False), (None, True)]
)
def test_only_an_inactive_state_is_inactive(state: object, active: bool) -> None:
    """A record counts as active unless its state says otherwise."""
    assert _account(statecode=state).active is active


@pytest.mark.parametrize(
    ("value", "sellable"),
    [(True, True), (False, False), ("Yes", True), ("No", False), (1, True), ("0", False), ("?", None), (None, None)],
)
def test_sellable_is_understood_in_every_spelling(value: object, sellable: bool | None) -> None:
    """Sellable is a boolean, a number or a label; what tells nothing stays unknown."""
    assert _contact(msdyn_sellable=value).sellable is sellable


def test_deletions_are_left_out() -> None:
    """Rows of a change feed that tell of a deletion make no record, and no bad one either."""
    gone: dict[str, object] = {
        "@odata.context": "https://example.org/$metadata#accounts/$deletedEntity",
        "id": _ID,
        "reason": "deleted",
    }
    removed: dict[str, object] = {"@removed": {"reason": "deleted"}, "accountid": _ID}
    assert _items("accounts", gone, removed, {"accountid": _ID}) == [Staged("account", _ID)]
    assert _json_format("accounts").recognise(gone)
    assert not _json_format("contacts").recognise(gone)


def test_a_custom_column_may_hold_the_storefront_s_id() -> None:
    """The field that the workspace names is read as the external id."""
    assert _account(_context("New_ShopId"), new_shopid="0077").keys == (Key("external_id", "0077"),)


def test_bad_records_are_told_of() -> None:
    """A record without its id or with a time that cannot be read is bad; braces around an id do not matter."""
    found = _items("accounts", {"name": "Birch"}, {"accountid": _ID, "createdon": "soon"})
    assert [(item.line, item.record_id, item.code) for item in found if isinstance(item, Bad)] == [
        (1, None, "missing-field"),
        (2, _ID, "bad-date"),
    ]
    assert _account(accountid="{" + _ID.upper() + "}").record_id == _ID


def test_a_table_of_accounts_under_logical_names_is_read() -> None:
    """A CSV with logical names gives the same record as the Web API."""
    chosen, found = _from_rows(
        "accountid|name|accountnumber|emailaddress1|customertypecode|statecode|msdyn_company.cdm_companycode|createdon",
        f"{_ID}|Birch|US-007|one@example.org|3|0|usmf|2026-04-01T10:00:00Z",
    )
    fields = {"name": "Birch", "accountnumber": "US-007", "emailaddress1": "one@example.org", "customertypecode": 3}
    assert chosen.stream == "accounts"
    assert found == [_account(cdm_companycode="usmf", createdon="2026-04-01T10:00:00Z", **fields)]


def test_a_table_of_contacts_is_not_taken_for_accounts() -> None:
    """A contact's row may name its account; it is still a contact."""
    chosen, found = _from_rows(
        "contactid|accountid|fullname|msdyn_sellable|msdyn_contactpersonid|mobilephone",
        f"{_ID}|{_ID}|Ada Holt|Yes|C-9|+14155550123",
    )
    assert chosen.stream == "contacts"
    assert found == [Staged("contact", _ID, "Ada Holt", "C-9", sellable=True, keys=(Key("phone", "+14155550123"),))]


def test_the_app_s_excel_export_is_read() -> None:
    """The export from a view has captions; a date in the user's own order is left out."""
    chosen, found = _from_rows(
        "(Do Not Modify) Account|(Do Not Modify) Modified On|Account Name|Main Phone|Email|Relationship Type|Status",
        f"{_ID}|4/10/2026 10:00 AM|Birch|+14155550123|one@example.org|Customer|Inactive",
    )
    assert chosen.stream == "accounts"
    assert found == [
        Staged(
            "account",
            _ID,
            "Birch",
            customer_type=3,
            active=False,
            keys=(Key("email", "one@example.org"), Key("phone", "+14155550123")),
        )
    ]


@pytest.mark.parametrize(
    ("header", "required"),
    [("Account Name|Main Phone", "(Do Not Modify) Account"), ("Full Name|Business Phone", "(Do Not Modify) Contact")],
)
def test_an_excel_export_without_its_hidden_columns_names_the_missing_one(header: str, required: str) -> None:
    """A view's export whose hidden id column was removed is still recognised, and the column is named."""
    chosen, _ = _from_rows(header)
    assert chosen.required == (required,)


def test_a_row_without_its_id_is_bad() -> None:
    """A table's bad row is told of with its line."""
    _, found = _from_rows("accountid|name", "|Birch", f"{_ID}|Birch")
    assert found == [Bad(2, None, "missing-field", "accountid is missing"), Staged("account", _ID, "Birch")]
