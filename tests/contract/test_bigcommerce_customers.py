"""BigCommerce customers, v3 and v2."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.storefronts import bad_codes, customer, decoded, keys_of, published, recognised, setting
from unposted.connectors.bigcommerce import FORMATS
from unposted.connectors.bigcommerce.customers import CUSTOMERS
from unposted.domain.records import Customer

_NAME = "BigCommerce customers JSON"


def _payload(**changes: Any) -> dict[str, Any]:
    payload = {
        "id": 7,
        "email": "Buy.Er+shop@Example.com",
        "first_name": "Bo",
        "last_name": "Lind",
        "company": "Lind & Co",
        "phone": "",
        "customer_group_id": 0,
        "date_created": "2026-01-30T00:49:10Z",
        "date_modified": "2026-02-01T05:42:34Z",
    }
    return payload | changes


def test_a_customer_is_read_with_its_keys() -> None:
    """E-mail, its folded form, phone and name with address become keys; a free-text company is no company."""
    address = {"address1": "5 Quay Road", "postal_code": "V6B 1A1", "country_code": "CA", "phone": "604-555-0199"}
    found = customer(decoded(CUSTOMERS, [_payload(addresses=[address])]))
    assert found[:5] == ("7", "Bo Lind", datetime(2026, 2, 1, 5, 42, 34, tzinfo=UTC), "buy.er+shop@example.com", False)
    assert keys_of(found, "email") == ["buy.er+shop@example.com"]
    assert keys_of(found, "email_folded") == ["buyer@example.com"]
    assert keys_of(found, "phone") == ["+16045550199"]
    assert keys_of(found, "name_address") == ["bo lind|v6b1a1|5"]


def test_a_named_customer_group_makes_b2b() -> None:
    """Group 0 is none; the workspace names the groups that are B2B."""
    context = setting(groups=["4", "0"])
    assert customer(decoded(CUSTOMERS, [_payload(customer_group_id=4)], context)).b2b
    assert not customer(decoded(CUSTOMERS, [_payload(customer_group_id=0)], context)).b2b


@pytest.mark.parametrize(
    "held",
    [
        {"form_fields": [{"name": "VAT ID", "value": "GB 667 788 990", "customer_id": 7}]},
        {"attributes": [{"attribute_id": 3, "attribute_name": "Tax number", "attribute_value": "GB667788990"}]},
    ],
)
def test_a_tax_id_in_a_field_or_attribute_makes_a_key_and_b2b(held: dict[str, Any]) -> None:
    """Form fields always show their name, attributes where the export adds it."""
    found = customer(decoded(CUSTOMERS, [_payload(**held)]))
    assert keys_of(found, "tax_id") == ["GB667788990", "~667788990"]
    assert found.b2b


def test_a_v2_customer_is_read_too() -> None:
    """v2 has RFC 2822 dates and a link instead of addresses."""
    link = {"url": "https://example.com/v2/customers/7/addresses", "resource": "/customers/7/addresses"}
    payload = _payload(date_modified="Thu, 09 Apr 2026 08:00:00 +0000", addresses=link)
    assert customer(decoded(CUSTOMERS, [payload])).updated_at == datetime(2026, 4, 9, 8, tzinfo=UTC)


def test_a_customer_without_a_name_goes_by_its_company() -> None:
    """The free-text company is better than no name at all."""
    assert customer(decoded(CUSTOMERS, [_payload(first_name="", last_name="")])).name == "Lind & Co"


@pytest.mark.parametrize(
    ("changes", "code"), [({"id": None}, "missing-field"), ({"date_modified": "yesterday"}, "bad-date")]
)
def test_a_bad_customer_is_told_of(changes: dict[str, Any], code: str) -> None:
    """A customer without an id, or with a date that cannot be read, goes to quarantine."""
    assert bad_codes(decoded(CUSTOMERS, [_payload(**changes)])) == [code]


def test_only_a_customer_is_recognised_as_one() -> None:
    """Adobe's and Shopify's customers are none of BigCommerce's."""
    assert recognised(FORMATS, _payload()) == [_NAME]
    assert recognised(FORMATS, {"id": 1, "email": "a@example.com", "first_name": "A", "last_name": "B"}) == []
    assert recognised(FORMATS, {"id": 1, "group_id": 1, "email": "a@example.com", "firstname": "A"}) == []


# Bodies of which some customers show no id, because the published text left it out (place in the file: how many).
_WITHOUT_ID = {8: 1, 11: 2}


def test_recorded_answers_are_read() -> None:
    """Every customer of a public client's recorded answers decodes, but those that the text left without an id."""
    lines = published("data", "payloads", "bigcommerce_v3__johnhebron.jsonl")
    found, bad = 0, {}
    for place, line in enumerate(lines):
        customers = line["body"].get("data", [])
        items = decoded(CUSTOMERS, customers)
        assert all(recognised(FORMATS, one) == [_NAME] for one in customers)
        found += sum(isinstance(item, Customer) for item in items)
        if codes := bad_codes(items):
            assert set(codes) == {"missing-field"}
            bad[place] = len(codes)
    assert (found, bad) == (9, _WITHOUT_ID)


def test_the_vendors_own_example_lacks_its_id() -> None:
    """BigCommerce's printed example of a customer has no id, so it cannot be told from another."""
    payload = published("specs", "bigcommerce", "examples", "v3-get-customers-200-example-1.json")
    assert [recognised(FORMATS, one) for one in payload["data"]] == [[_NAME]]
    assert bad_codes(decoded(CUSTOMERS, payload["data"])) == ["missing-field"]
