"""Speaks Dataverse: pages of accounts and contacts of the Web API, with dual-write's columns and all annotations.

A missing value is null; a lookup is a GUID with the name that people see as an annotation beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from unposted.sandbox.values import Lead, World
from unposted.sandbox.writing import ROWS, Row, page_text

__all__ = ["account_row", "contact_row", "dataverse_files", "guid_of"]

_HOST = "https://ustrade.crm.dynamics.com/api/data/v9.2"
_SHOWN = "OData.Community.Display.V1.FormattedValue"
_TARGET = "Microsoft.Dynamics.CRM.lookuplogicalname"
_CURRENCY = {"US": "US Dollar", "CA": "Canadian Dollar"}
_TYPES = {1: "Competitor", 3: "Customer", 8: "Prospect", 10: "Supplier"}


def dataverse_files(world: World) -> Iterator[tuple[str, str]]:
    """Give the accounts and the contacts."""
    for table, rows in (
        ("accounts", [account_row(lead) for lead in world.leads if lead.name]),
        ("contacts", [contact_row(lead) for lead in world.leads if not lead.name]),
    ):
        page = {"@odata.context": f"{_HOST}/$metadata#{table}", "value": ROWS}
        yield f"{table}.json", page_text(page, rows)


def guid_of(kind: str, text: str) -> str:
    """Make the GUID of a row of a table, or of anything else that has one, out of what it is known by."""
    return str(uuid5(NAMESPACE_URL, f"{_HOST}/{kind}/{text}"))


def account_row(lead: Lead) -> Row:
    """Write an account with all its columns and annotations."""
    return {
        "@odata.etag": _etag(lead),
        "accountid": guid_of("accounts", f"{lead.name} {lead.created}"),
        "name": lead.name,
        "accountnumber": lead.number,
        **_choice("customertypecode", lead.customer_type, _TYPES),
        "msdyn_taxexemptnumber": lead.tax_id,
        **_common(lead),
    }


def contact_row(lead: Lead) -> Row:
    """Write a contact with all its columns and annotations."""
    return {
        "@odata.etag": _etag(lead),
        "contactid": guid_of("contacts", f"{lead.email} {lead.created}"),
        "firstname": lead.first,
        "lastname": lead.last,
        "fullname": f"{lead.first} {lead.last}",
        "msdyn_contactpersonid": lead.number,
        "msdyn_sellable": lead.number is not None,
        f"msdyn_sellable@{_SHOWN}": "Yes" if lead.number else "No",
        "mobilephone": None,
        "_parentcustomerid_value": None,
        **_common(lead),
    }


def _common(lead: Lead) -> Row:
    place = lead.place
    return {
        "emailaddress1": lead.email,
        "emailaddress2": None,
        "emailaddress3": None,
        "telephone1": lead.phone,
        "address1_line1": place.street,
        "address1_city": place.city,
        "address1_stateorprovince": place.province_code,
        "address1_postalcode": place.postcode,
        "address1_country": place.country,
        **_choice("statecode", 0, {0: "Active"}),
        **_choice("statuscode", 1, {1: "Active"}),
        **_lookup(
            "_transactioncurrencyid_value",
            "transactioncurrency",
            _CURRENCY[place.country],
        ),
        **_lookup("_msdyn_company_value", "cdm_company", lead.company),
        "createdon": _time(lead.created),
        "modifiedon": _time(lead.created),
    }


def _etag(lead: Lead) -> str:
    return f'W/"{int(lead.created.timestamp()) % 90_000_000}"'


def _choice(column: str, value: int | None, labels: dict[int, str]) -> Row:
    return {column: None} if value is None else {f"{column}@{_SHOWN}": labels[value], column: value}


def _lookup(column: str, table: str, shown: str | None) -> Row:
    if shown is None:
        return {column: None}
    return {f"{column}@{_SHOWN}": shown, f"{column}@{_TARGET}": table, column: guid_of(table, shown)}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
