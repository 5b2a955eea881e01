"""Adobe Commerce customers of `/V1/customers/search`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, customer, decoded, keys_of, published, recognised, setting
from unposted.connectors.adobe_commerce import FORMATS
from unposted.connectors.adobe_commerce.customers import CUSTOMERS
from unposted.domain.records import Customer

_NAME = "Adobe Commerce customers JSON"


def _payload(**changes: Any) -> dict[str, Any]:
    payload = {
        "id": 13,
        "group_id": 1,
        "created_at": "2026-03-01 10:00:00",
        "updated_at": "2026-03-02 11:00:00",
        "email": "Liv@Example.org",
        "firstname": "Liv",
        "lastname": "Berg",
        "website_id": 1,
        "addresses": [
            {
                "street": ["7 Fjord Road"],
                "postcode": "0150",
                "country_id": "NO",
                "telephone": "22 12 34 56",
                "vat_id": "",
            }
        ],
    }
    return payload | changes


def test_a_customer_is_read_with_its_keys() -> None:
    """E-mail, phone, and name with address become keys."""
    found = customer(decoded(CUSTOMERS, [_payload()]))
    assert found[:5] == ("13", "Liv Berg", datetime(2026, 3, 2, 11, tzinfo=UTC), "liv@example.org", False)
    assert keys_of(found, "email") == ["liv@example.org"]
    assert keys_of(found, "phone") == ["+4722123456"]
    assert keys_of(found, "name_address") == ["liv berg|0150|7"]


@pytest.mark.parametrize(
    "changes",
    [
        {"taxvat": "NO 923 609 016 MVA"},
        {"addresses": [{"vat_id": "NO923609016MVA"}]},
        {"custom_attributes": [{"attribute_code": "tax_id", "value": ["NO923609016MVA"]}]},
    ],
)
def test_a_tax_id_makes_a_key_and_b2b(changes: dict[str, Any]) -> None:
    """The account's VAT number, an address's, or a custom attribute."""
    found = customer(decoded(CUSTOMERS, [_payload(**changes)]))
    assert keys_of(found, "tax_id") == ["NO923609016MVA", "~923609016MVA"]
    assert found.b2b


def test_custom_attributes_may_hold_anything() -> None:
    """A value may be a text, a list or null, and the list of attributes may be absent."""
    attributes = [{"attribute_code": "tax_id", "value": None}, {"attribute_code": "colours", "value": ["1", "2"]}]
    assert keys_of(customer(decoded(CUSTOMERS, [_payload(custom_attributes=attributes)])), "tax_id") == []


def test_a_company_user_is_b2b_and_company_0_is_none() -> None:
    """`company_id` 0 means that the customer belongs to no company."""
    for company_id, b2b in ((2, True), (0, False)):
        extension = {"company_attributes": {"customer_id": 13, "company_id": company_id}}
        assert customer(decoded(CUSTOMERS, [_payload(extension_attributes=extension)])).b2b is b2b
    assert not customer(decoded(CUSTOMERS, [_payload(extension_attributes=[])])).b2b


def test_a_named_customer_group_makes_b2b() -> None:
    """The workspace names the groups that are B2B."""
    assert customer(decoded(CUSTOMERS, [_payload(group_id=2)], setting(groups=["2"]))).b2b


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"id": None}, "missing-field"), ({"updated_at": "soon"}, "bad-date"), ({"addresses": {"a": 1}}, "bad-shape")],
)
def test_a_bad_customer_is_told_of(changes: dict[str, Any], code: str) -> None:
    """One bad customer never stops the file."""
    items = decoded(CUSTOMERS, [_payload(**changes), _payload(id=14)])
    assert bad_codes(items) == [code]
    assert isinstance(items[1], Customer)


def test_only_a_customer_is_recognised_as_one() -> None:
    """BigCommerce writes first_name, and carts hold a customer inside."""
    assert recognised(FORMATS, _payload()) == [_NAME]
    assert recognised(FORMATS, {"id": 1, "email": "a@example.com", "first_name": "A", "customer_group_id": 1}) == []


@pytest.mark.parametrize(("name", "b2b"), [("customer-company-user-1", False), ("customer-company-user-3", True)])
def test_the_vendors_own_customers_are_read(name: str, b2b: bool) -> None:
    """Adobe's published company users decode: the first before it was assigned to its company, the second after."""
    payload = published("specs", "adobe-commerce", "examples", f"{name}.json")
    assert recognised(FORMATS, payload) == [_NAME]
    found = customer(decoded(CUSTOMERS, [payload]))
    assert (found.customer_id, found.email, found.b2b) == ("13", "mshaw@example.com", b2b)
