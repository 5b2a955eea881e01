"""Shopify's customers and companies, from the API, from bulk files and from the admin's export."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, customer, decoded, keys_of, rows
from unposted.connectors.formats import Item
from unposted.connectors.shopify.companies import COMPANIES
from unposted.connectors.shopify.customer_export import CUSTOMER_EXPORTS
from unposted.connectors.shopify.customers import CUSTOMERS
from unposted.connectors.shopify.rest_customers import REST_CUSTOMERS
from unposted.domain.records import Company, Customer

_NODE: dict[str, Any] = {
    "id": "gid://shopify/Customer/77",
    "displayName": "Ana Adler",
    "updatedAt": "2026-04-11T08:30:00Z",
    "defaultEmailAddress": {"emailAddress": "Ana.Adler+shop@Example.com"},
    "defaultPhoneNumber": {"phoneNumber": "+12125550147"},
    "tags": ["vip"],
    "defaultAddress": {
        "address1": "12 Main Street",
        "zip": "10001",
        "countryCodeV2": "US",
        "company": "Adler Supplies",
    },
}
_REST: dict[str, Any] = {
    "id": 77,
    "email": "Ana.Adler+shop@Example.com",
    "first_name": "Ana",
    "last_name": "Adler",
    "updated_at": "2026-04-11T04:30:00-04:00",
    "phone": "+12125550147",
    "tags": "vip, gold",
    "orders_count": 2,
    "default_address": {"address1": "12 Main Street", "zip": "10001", "country_code": "US"},
}
_ROW = {
    "Customer ID": "'77",
    "First Name": "Ana",
    "Last Name": "Adler",
    "Email": "Ana.Adler+shop@Example.com",
    "Default Address Company": "Adler Supplies",
    "Default Address Address1": "12 Main Street",
    "Default Address Country Code": "US",
    "Default Address Zip": "'10001",
    "Phone": "'+12125550147",
    "Tags": "vip",
}
_ANA = Customer("77", "Ana Adler", datetime(2026, 4, 11, 8, 30, tzinfo=UTC), "ana.adler+shop@example.com")
_KEYS = {
    ("email", "ana.adler+shop@example.com"),
    ("email_folded", "anaadler@example.com"),
    ("phone", "+12125550147"),
    ("name_address", "ana adler|10001|12"),
}
_EXPORT, _OLD_EXPORT, _OLDEST_EXPORT = CUSTOMER_EXPORTS


def test_the_same_customer_is_read_from_every_shape() -> None:
    """GraphQL, REST and CSV give the same record; the CSV has no time of change."""
    found = [customer(decoded(CUSTOMERS, [_NODE])), customer(decoded(REST_CUSTOMERS, [_REST]))]
    found.append(customer(rows(_EXPORT, [_ROW]))._replace(updated_at=_ANA.updated_at))
    assert [one._replace(keys=()) for one in found] == [_ANA] * 3
    assert [set(one.keys) for one in found] == [_KEYS] * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": ["B2B"]},
        {"taxSettings": {"taxId": "DE136695976"}},
        {"companyContactProfiles": [{"company": {"id": "gid://shopify/Company/9"}}]},
    ],
)
def test_b2b_shows_in_tag_tax_id_and_company(changes: dict[str, Any]) -> None:
    """The company written in an address is free text."""
    assert customer(decoded(CUSTOMERS, [{**_NODE, **changes}])).b2b
    assert not customer(decoded(CUSTOMERS, [{**_NODE, "companyContactProfiles": []}])).b2b


def test_a_tax_id_is_a_key() -> None:
    """With and without its country."""
    found = customer(decoded(CUSTOMERS, [{**_NODE, "taxSettings": {"taxId": "DE 136695976"}}]))
    assert keys_of(found, "tax_id") == ["DE136695976", "~136695976"]


def test_a_customer_without_anything_is_still_an_account() -> None:
    """All but the id may be missing or null."""
    empty: Item = Customer("77")
    assert decoded(CUSTOMERS, [{"id": "gid://shopify/Customer/77", "defaultEmailAddress": None}]) == [empty]
    assert decoded(REST_CUSTOMERS, [{"id": 77, "email": None}]) == [empty]


def test_children_and_other_nodes_of_a_bulk_file_are_passed_over() -> None:
    """A query of customers with their orders gives both, a line each."""
    lines = [_NODE, {"id": "gid://shopify/Order/1", "__parentId": _NODE["id"]}, {"zip": "1", "__parentId": _NODE["id"]}]
    assert [type(item) for item in decoded(CUSTOMERS, lines)] == [Customer]


def test_customers_that_cannot_be_read_go_to_quarantine() -> None:
    """No id, a date that is none, a field of another type."""
    assert bad_codes(decoded(CUSTOMERS, [{**_NODE, "id": None}])) == ["missing-field"]
    assert bad_codes(decoded(CUSTOMERS, [{**_NODE, "updatedAt": "soon"}])) == ["bad-date"]
    assert bad_codes(decoded(CUSTOMERS, [{**_NODE, "defaultAddress": "x"}])) == ["bad-shape"]
    assert bad_codes(decoded(REST_CUSTOMERS, [{**_REST, "id": None}])) == ["missing-field"]


@pytest.mark.parametrize("form", [_OLD_EXPORT, _OLDEST_EXPORT])
def test_an_export_without_ids_takes_the_email_for_one(form: Any) -> None:
    """Its orders are told apart by e-mail too; a row without either cannot be told apart at all."""
    consent = "Accepts Email Marketing" if form is _OLD_EXPORT else "Accepts Marketing"
    row = {name: value for name, value in _ROW.items() if name != "Customer ID"} | {consent: "no"}
    found = rows(form, [row, {**row, "Email": ""}])
    assert [getattr(item, "customer_id", None) for item in found] == ["ana.adler+shop@example.com", None]
    assert bad_codes(found) == ["missing-field"]


_COMPANY: dict[str, Any] = {
    "id": "gid://shopify/Company/9",
    "name": "Adler Supplies",
    "externalId": "ERP-0042",
    "updatedAt": "2026-04-11T08:30:00Z",
    "mainContact": {"customer": {"email": "office@example.org", "phone": "+4940555010"}},
}
_LOCATION: dict[str, Any] = {
    "id": "gid://shopify/CompanyLocation/10",
    "taxSettings": {"taxRegistrationId": "DE136695976"},
    "billingAddress": {"address1": "Hafenstr. 5", "zip": "20457", "countryCode": "DE"},
}
_COMPANY_KEYS = {
    ("external_id", "erp-0042"),
    ("email", "office@example.org"),
    ("phone", "+4940555010"),
    ("tax_id", "DE136695976"),
    ("tax_id", "~136695976"),
    ("name_address", "adler supplies|20457|5"),
}


def _company(items: list[Item]) -> Company:
    (found,) = items
    assert isinstance(found, Company)
    return found


@pytest.mark.parametrize(
    "lines",
    [
        [{**_COMPANY, "locations": {"nodes": [_LOCATION, None]}}],
        [{**_COMPANY, "locations": {"edges": [{"node": _LOCATION}, {"node": None}]}}],
        [_COMPANY, {**_LOCATION, "__parentId": _COMPANY["id"]}],
        [{**_LOCATION, "__parentId": _COMPANY["id"]}, _COMPANY],
        [_COMPANY, {"taxRegistrationId": "DE136695976", "__parentId": _COMPANY["id"]},
         {"billingAddress": _LOCATION["billingAddress"], "__parentId": _COMPANY["id"]}],
    ],
    ids=["nodes", "edges", "after", "before", "apart"],
)  # fmt: skip
def test_a_companys_tax_id_is_found_on_its_locations(lines: list[dict[str, Any]]) -> None:
    """Inside the company, or on lines of their own before or after it."""
    found = _company(decoded(COMPANIES, lines))
    assert found._replace(keys=()) == Company(
        "9", "Adler Supplies", datetime(2026, 4, 11, 8, 30, tzinfo=UTC), "office@example.org"
    )
    assert set(found.keys) == _COMPANY_KEYS


def test_locations_stay_with_their_own_company() -> None:
    """Two companies in one bulk file; a location of neither is nobody's."""
    other = {"id": "gid://shopify/Company/8", "name": "Other"}
    children = [{"taxRegistrationId": f"US{number}23456789", "__parentId": f"gid://shopify/Company/{number}"}
                for number in (7, 8, 9)]  # fmt: skip
    found = decoded(COMPANIES, [_COMPANY, other, *children])
    assert [keys_of(one, "tax_id")[:1] for one in found if isinstance(one, Company)] == [
        ["US923456789"],
        ["US823456789"],
    ]


def test_companies_that_cannot_be_read_go_to_quarantine() -> None:
    """The others are read."""
    items = decoded(
        COMPANIES, [{**_COMPANY, "updatedAt": "soon"}, '{"id"', {"name": "x"}, {**_COMPANY, "name": 5}, _COMPANY]
    )
    assert sorted(bad_codes(items)) == ["bad-date", "bad-json", "bad-shape", "missing-field"]
    assert sum(isinstance(item, Company) for item in items) == 1
