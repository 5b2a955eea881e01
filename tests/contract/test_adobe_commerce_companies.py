"""Adobe Commerce companies of `/V1/company`, and every published body of the API together."""

from __future__ import annotations

from typing import Any

from tests.support.storefronts import bad_codes, company, decoded, keys_of, published, recognised
from unposted.connectors.adobe_commerce import FORMATS
from unposted.connectors.adobe_commerce.companies import COMPANIES
from unposted.domain.records import Company

_NAME = "Adobe Commerce companies JSON"


def _payload(**changes: Any) -> dict[str, Any]:
    payload = {
        "id": 2,
        "status": 1,
        "company_name": "Test & Sons",
        "legal_name": "Test and Sons Ltd",
        "company_email": "Office@Example.org",
        "vat_tax_id": "GB 123 4567 82",
        "reseller_id": "55-111222",
        "street": ["100 Big Tree Avenue"],
        "postcode": "99999",
        "country_id": "US",
        "telephone": "4155550112",
    }
    return payload | changes


def test_a_company_is_read_with_its_keys() -> None:
    """Tax id, e-mail, phone and name with address are keys; the reseller id is none."""
    found = company(decoded(COMPANIES, [_payload()]))
    assert found[:4] == ("2", "Test & Sons", None, "office@example.org")
    assert keys_of(found, "tax_id") == ["GB123456782", "~123456782"]
    assert keys_of(found, "email") == ["office@example.org"]
    assert keys_of(found, "phone") == ["+14155550112"]
    assert keys_of(found, "name_address") == ["test sons|99999|100"]
    assert keys_of(found, "external_id") == []


def test_a_company_may_show_little() -> None:
    """Without a name the legal name stands; absent fields are no faults."""
    found = company(decoded(COMPANIES, [{"id": "3", "company_name": "", "legal_name": "Tiny", "company_email": None}]))
    assert found == Company("3", "Tiny")


def test_a_company_without_an_id_is_told_of() -> None:
    """A company that cannot be told from another goes to quarantine."""
    assert bad_codes(decoded(COMPANIES, [_payload(id=0)])) == ["missing-field"]


def test_the_vendors_own_companies_are_read() -> None:
    """Adobe's published companies decode, from the search and one by one."""
    listed = published("specs", "adobe-commerce", "examples", "company-search.json")["items"]
    single = published("specs", "adobe-commerce", "examples", "company-get.json")
    assert all(recognised(FORMATS, one) == [_NAME] for one in (*listed, single))
    items = decoded(COMPANIES, [*listed, single])
    assert [item[:2] for item in items] == [("2", "Test Company"), ("3", "Widgets, Inc"), ("2", "Test company")]


def test_of_all_published_bodies_only_a_company_is_ours() -> None:
    """Comments, shipments, GraphQL answers and requests among Adobe's examples are taken for nothing else."""
    lines = published("data", "payloads", "adobe_commerce__adobedocs_examples.jsonl")
    found = {}
    for place, line in enumerate(lines):
        body = line["body"]
        records = body["items"] if isinstance(body.get("items"), list) and "id" not in body else [body]
        names = {name for one in records if isinstance(one, dict) for name in recognised(FORMATS, one)}
        if names:
            found[place] = (names, bad_codes(decoded(COMPANIES, records)))
    assert found == {33: ({_NAME}, [])}
