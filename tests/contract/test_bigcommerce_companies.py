"""BigCommerce B2B Edition: companies, users and orders."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, company, decoded, keys_of, published, recognised
from unposted.connectors.bigcommerce import FORMATS
from unposted.connectors.bigcommerce.companies import COMPANIES, COMPANY_ORDERS, COMPANY_USERS
from unposted.domain.records import CompanyLink


def _company(**changes: Any) -> dict[str, Any]:
    payload = {
        "companyId": "42",
        "companyName": "Great Buys Ltd",
        "companyStatus": "1",
        "companyEmail": "Admin@Example.org",
        "companyPhone": "020 7946 0018",
        "addressLine1": "9 Mill Lane",
        "zipCode": "N1 9GU",
        "country": "United Kingdom",
        "bcGroupId": 3,
        "uuid": "ACC-0001",
        "extraFields": [
            {"fieldName": "Customer Tax Code", "fieldValue": "Code G 7"},
            {"fieldName": "VAT Number", "fieldValue": "GB 123 4567 82", "isRequired": "1"},
        ],
        "updatedAt": "1775600000",
    }
    return payload | changes


def test_a_company_is_read_with_its_keys_and_its_address_is_linked() -> None:
    """The uuid is the id in the merchant's ERP, a tax-like extra field a tax id, and the main e-mail buys for it."""
    items = decoded(COMPANIES, [_company()])
    found = company(items)
    assert found[:4] == ("42", "Great Buys Ltd", datetime.fromtimestamp(1775600000, UTC), "admin@example.org")
    assert keys_of(found, "external_id") == ["acc-0001"]
    assert keys_of(found, "tax_id") == ["GB123456782", "~123456782"]
    assert keys_of(found, "email") == ["admin@example.org"]
    assert keys_of(found, "phone") == ["+442079460018"]
    assert keys_of(found, "name_address") == ["great buys ltd|n19gu|9"]
    assert items[1:] == [CompanyLink("42", "email", "admin@example.org")]


def test_a_placeholder_address_links_nothing() -> None:
    """`noreply@…` would draw strangers' orders to the company."""
    assert len(decoded(COMPANIES, [_company(companyEmail="noreply@example.org")])) == 1


def test_ids_and_times_may_be_numbers() -> None:
    """The reference says text, stores answer with numbers too."""
    found = company(decoded(COMPANIES, [_company(companyId=42, updatedAt=1775600000, extraFields=None)]))
    assert (found.company_id, found.updated_at) == ("42", datetime.fromtimestamp(1775600000, UTC))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"companyId": None}, "missing-field"), ({"updatedAt": "soon"}, "bad-date"), ({"updatedAt": 10**20}, "bad-date")],
)
def test_a_bad_company_is_told_of_and_links_nothing(changes: dict[str, Any], code: str) -> None:
    """A company that cannot be read leaves no half of itself behind."""
    items = decoded(COMPANIES, [_company(**changes)])
    assert bad_codes(items) == [code]
    assert len(items) == 1


def test_a_user_links_its_account_and_its_address() -> None:
    """Orders of the account, and guest orders with the user's address, are bought for the company."""
    user = {"id": 9, "companyId": 42, "email": "Bo@example.org", "role": 1, "customerId": 321, "firstName": "Bo"}
    assert decoded(COMPANY_USERS, [user]) == [
        CompanyLink("42", "customer", "321"),
        CompanyLink("42", "email", "bo@example.org"),
    ]
    older = {"id": 9, "companyId": 42, "email": "", "companyRoleId": 10, "bcId": 321}
    assert decoded(COMPANY_USERS, [older]) == [CompanyLink("42", "customer", "321")]


def test_a_user_without_a_company_is_told_of() -> None:
    """A company user belongs to a company."""
    assert bad_codes(decoded(COMPANY_USERS, [{"id": 9, "companyId": 0, "email": "bo@example.org", "role": 1}])) == [
        "missing-field"
    ]


def test_an_order_links_itself_by_the_stores_own_order_id() -> None:
    """The key is `bcOrderId`; orders of persons show no company and link nothing."""
    orders = [
        {"id": 1, "bcOrderId": 123, "companyId": 42},
        {"id": 2, "bcOrderId": 124, "companyId": None},
        {"id": 3, "bcOrderId": 125, "companyId": 0},
        {"id": 4, "bcOrderId": 126},
    ]
    assert decoded(COMPANY_ORDERS, orders) == [CompanyLink("42", "order", "123")]


def test_each_of_the_three_is_recognised_for_itself() -> None:
    """A company, a user and an order all show a company id."""
    user = {"id": 9, "companyId": 42, "email": "bo@example.org", "companyRoleId": 10, "companyRoleName": "Buyer"}
    assert recognised(FORMATS, _company()) == ["BigCommerce B2B Edition companies JSON"]
    assert recognised(FORMATS, user) == ["BigCommerce B2B Edition users JSON"]
    assert recognised(FORMATS, {"bcOrderId": 1, "companyId": 42}) == ["BigCommerce B2B Edition orders JSON"]
    assert recognised(FORMATS, {"companyId": 42, "companyName": "A", "companyStatus": 1}) == []


@pytest.mark.parametrize("name", ["with-extra-fields", "without-extra-fields"])
def test_the_vendors_own_order_examples_are_read(name: str) -> None:
    """BigCommerce's published B2B orders link to their company."""
    payload = published("specs", "bigcommerce", "examples", f"b2b-get-orders-200-{name}.json")
    assert [recognised(FORMATS, one) for one in payload["data"]] == [["BigCommerce B2B Edition orders JSON"]]
    assert decoded(COMPANY_ORDERS, payload["data"]) == [CompanyLink("12345", "order", "123")]
