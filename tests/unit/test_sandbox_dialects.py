"""Each platform's payload in the demo has that platform's habits: dates, amounts, ids, nulls, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.plain_card import files, rows
from unposted.sandbox.demo import write_demo

_RFC2822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} 2026 \d\d:\d\d:\d\d \+0000")
_ISO_Z = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DECIMAL = re.compile(r"\d+\.\d{1,2}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, written once."""
    return write_demo(tmp_path_factory.mktemp("demo")).parent


def _walk(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Give every member of a payload with its name, however deep."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key, inside
            yield from _walk(inside, key)
    elif isinstance(value, list):
        for inside in value:
            yield from _walk(inside, name)


def test_shopify_ids_are_global_and_times_end_in_z(folder: Path) -> None:
    """Ids name their type, the plain id is text beside it, and every time is UTC with a Z."""
    for pattern, kind in (
        ("shopify/orders*.json", "Order"),
        ("shopify/customers*.json", "Customer"),
        ("shopify/draft_orders.json", "DraftOrder"),
    ):
        for node in rows(folder, pattern):
            assert node["id"] == f"gid://shopify/{kind}/{node['legacyResourceId']}"
            times = [value for name, value in _walk(node) if name.endswith("At") and value is not None]
            assert len(times) >= 2
            assert all(_ISO_Z.fullmatch(time) for time in times)


def test_shopify_amounts_are_decimal_text_in_both_currencies(folder: Path) -> None:
    """The shop's money is US dollars throughout; a Canadian saw Canadian dollars."""
    bags = [value for node in rows(folder, "shopify/orders*.json") for _, value in _walk(node) if _is_bag(value)]
    assert len(bags) > 4_000
    assert all(_DECIMAL.fullmatch(money["amount"]) for bag in bags for money in bag.values())
    assert {bag["shopMoney"]["currencyCode"] for bag in bags} == {"USD"}
    assert {bag["presentmentMoney"]["currencyCode"] for bag in bags} == {"USD", "CAD"}


def _is_bag(value: object) -> bool:
    return isinstance(value, dict) and "shopMoney" in value


def test_shopify_sends_every_field_of_every_node_missing_ones_as_null(folder: Path) -> None:
    """All nodes of a query have the same keys: what is missing is null, never left out."""
    nodes = list(rows(folder, "shopify/orders*.json"))
    assert len({tuple(node) for node in nodes}) == 1
    for name in ("customer", "email", "shippingAddress", "purchasingEntity", "displayFinancialStatus", "cancelledAt"):
        missing = [node[name] is None for node in nodes]
        assert any(missing), name
        assert not all(missing), name
    guests = [node for node in nodes if node["customer"] is None and node["email"]]
    assert len(guests) >= 5
    assert {(node["purchasingEntity"] or {}).get("__typename") for node in nodes} == {
        None,
        "Customer",
        "PurchasingCompany",
    }


def test_shopify_pages_follow_one_another(folder: Path) -> None:
    """Every page but the last says that there is a next one; all have the cost of the query."""
    pages = files(folder, "shopify/orders-0*.json")
    assert [page["data"]["orders"]["pageInfo"]["hasNextPage"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert all(page["extensions"]["cost"]["requestedQueryCost"] <= 1000 for page in pages)
    assert all(len(page["data"]["orders"]["nodes"]) <= 250 for page in pages)


def test_drafts_are_open_sent_or_completed(folder: Path) -> None:
    """Two quotes of people who bought nothing, and a completed one whose order is read on its own."""
    drafts = list(rows(folder, "shopify/draft_orders.json"))
    assert sorted(node["status"] for node in drafts) == ["COMPLETED", "INVOICE_SENT", "OPEN"]
    completed = next(node for node in drafts if node["status"] == "COMPLETED")
    orders = [node for node in rows(folder, "shopify/orders*.json") if node["sourceName"] == "shopify_draft_order"]
    assert [node["email"] for node in orders] == [completed["email"]]


def test_bigcommerce_orders_are_bare_lists_with_rfc_2822_dates(folder: Path) -> None:
    """No envelope; times in UTC that no text sort puts in order; an unshipped order's date is blank."""
    assert all(isinstance(page, list) for page in files(folder, "bigcommerce/orders*.json"))
    orders = list(rows(folder, "bigcommerce/orders*.json"))
    for node in orders:
        assert _RFC2822.fullmatch(node["date_created"])
        assert parsedate_to_datetime(node["date_created"]).utcoffset() == timedelta(0)
        assert parsedate_to_datetime(node["date_created"]) <= parsedate_to_datetime(node["date_modified"])
        assert node["date_shipped"] == "" or _RFC2822.fullmatch(node["date_shipped"])
    assert {node["date_shipped"] == "" for node in orders} == {True, False}


def test_bigcommerce_amounts_are_text_with_four_decimals_that_add_up(folder: Path) -> None:
    """Totals are in the currency the order was paid in; refunded_amount is always zero, as its documentation says."""
    for node in rows(folder, "bigcommerce/orders*.json"):
        amounts = [
            value for name, value in node.items() if "_tax" in name and "class" not in name and name[:3] != "is_"
        ]
        amounts = [value for value in amounts if isinstance(value, str) and value != "BasicTaxProvider"]
        assert len(amounts) >= 12
        assert all(re.fullmatch(r"\d+\.\d{4}", amount) for amount in amounts)
        assert float(node["total_ex_tax"]) + float(node["total_tax"]) == pytest.approx(float(node["total_inc_tax"]))
        assert node["refunded_amount"] == "0.0000"
        assert node["default_currency_code"] in {"USD", "CAD"}


def test_bigcommerce_shows_where_to_ship_only_when_it_was_asked(folder: Path) -> None:
    """Consignments stand inside some orders and behind a link in the others; the other parts are links always."""
    inline = []
    for node in rows(folder, "bigcommerce/orders*.json"):
        for name in ("products", "shipping_addresses", "coupons"):
            assert set(node[name]) == {"url", "resource"}
        assert set(node["consignments"]) in ({"url", "resource"}, {"pickups", "shipping", "downloads", "email"})
        inline.append("shipping" in node["consignments"])
        if inline[-1]:
            assert len(node["consignments"]["shipping"][0]["country_iso2"]) == 2
    assert 0.1 < sum(inline) / len(inline) < 0.6


def test_bigcommerce_status_label_and_number_agree(folder: Path) -> None:
    """Every status has its own label; guests have customer id 0 and still an address."""
    labels: dict[int, set[str]] = {}
    for node in rows(folder, "bigcommerce/orders*.json"):
        labels.setdefault(node["status_id"], set()).add(node["status"])
        assert "@" in node["billing_address"]["email"]
    assert all(len(found) == 1 for found in labels.values())
    assert set(range(15)) <= set(labels)
    assert sum(node["customer_id"] == 0 for node in rows(folder, "bigcommerce/orders*.json")) == 3


def test_b2b_companies_have_unix_times_and_their_users_are_store_customers(folder: Path) -> None:
    """Envelope with code and meta; a user belongs to one company and one customer of the store."""
    (companies,) = files(folder, "bigcommerce/companies*.json")
    (users,) = files(folder, "bigcommerce/company_users*.json")
    assert companies["code"] == users["code"] == 200
    assert companies["meta"]["pagination"]["totalCount"] == len(companies["data"])
    assert all(re.fullmatch(r"1\d{9}", node["createdAt"]) for node in companies["data"])
    known = {node["companyId"] for node in companies["data"]}
    customers = {node["id"]: node["email"] for node in rows(folder, "bigcommerce/customers*.json")}
    assert {user["companyId"] for user in users["data"]} <= known
    assert all(customers[user["customerId"]] == user["email"] for user in users["data"])
    assert all(_ISO_Z.fullmatch(node["date_created"]) for node in rows(folder, "bigcommerce/customers*.json"))


def test_finance_and_operations_writes_lower_case_companies_and_no_null(folder: Path) -> None:
    """A missing text is blank; the country has three letters in one field and two in the other."""
    nodes = list(rows(folder, "finance_operations/*.json"))
    assert {node["dataAreaId"] for node in nodes} == {"usti", "catu"}
    assert len({tuple(node) for node in nodes}) == 1
    assert not any(value is None for node in nodes for value in node.values())
    assert len({(node["dataAreaId"], node["CustomerAccount"]) for node in nodes}) == len(nodes)
    codes = {(node["AddressCountryRegionId"], node["AddressCountryRegionISOCode"]) for node in nodes}
    assert codes == {("USA", "US"), ("CAN", "CA")}
    for node in nodes:
        assert bool(node["OrganizationName"]) == (node["PartyType"] == "Organization")
        assert bool(node["PersonLastName"]) == (node["PartyType"] == "Person")


def test_odata_pages_have_a_context_and_all_but_the_last_a_next_link(folder: Path) -> None:
    """CustomersV3 comes in several pages, read across companies."""
    pages = files(folder, "finance_operations/*.json")
    assert len(pages) >= 3
    assert all(page["@odata.context"].endswith("$metadata#CustomersV3") for page in pages)
    assert ["@odata.nextLink" in page for page in pages] == [True] * (len(pages) - 1) + [False]
    assert all("cross-company=true" in page["@odata.nextLink"] for page in pages[:-1])


def test_dataverse_annotates_lookups_and_choices_and_writes_null(folder: Path) -> None:
    """Whoever was promoted has a number, a company and its code as an annotation; the others have nulls."""
    shown = "@OData.Community.Display.V1.FormattedValue"
    accounts, contacts = (list(rows(folder, f"dataverse/{name}.json")) for name in ("accounts", "contacts"))
    assert {tuple(node) for node in accounts if node["accountnumber"] is None}
    for node, number in [(node, node["accountnumber"]) for node in accounts] + [
        (node, node["msdyn_contactpersonid"]) for node in contacts
    ]:
        assert (number is None) == (node["_msdyn_company_value"] is None)
        assert number is None or node[f"_msdyn_company_value{shown}"] in {"usti", "catu"}
        assert node[f"statecode{shown}"] == "Active"
    assert {node["msdyn_sellable"] for node in contacts} == {True, False}
    assert {node["customertypecode"] for node in accounts} == {1, 3, 8, 10}
    guids = [node.get("accountid") or node["contactid"] for node in (*accounts, *contacts)]
    assert len(set(guids)) == len(guids)


def test_all_moments_are_in_the_past_of_the_export(folder: Path) -> None:
    """No page holds a date that its platform could not have known when the export was taken."""
    dates = [parsedate_to_datetime(node["date_modified"]) for node in rows(folder, "bigcommerce/orders*.json")]
    assert max(dates).astimezone(UTC).isoformat() <= "2026-04-12T22:30:00+00:00"
