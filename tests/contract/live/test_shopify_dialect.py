"""The sandbox shop has Shopify's traps: whoever falls into one falls into it here, too."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from tests.contract.live.shopify_shop import NOW, SHOP, Shop, company_row, customer_row, order_row
from unposted.sandbox.services.shopify_switches import ALL_SCOPES, ShopifySwitches
from unposted.sandbox.transport import InProcess

_DAY = timedelta(days=1)
_ORDERS = "query($q: String, $after: String, $first: Int = 50) { orders(first: $first, query: $q, after: $after, sortKey: UPDATED_AT) { nodes { id } pageInfo { hasNextPage endCursor } } }"  # noqa: E501
_CUSTOMERS = "query($q: String) { customers(first: 50, query: $q) { edges { cursor node { id } } } }"


def _ids(shop: Shop, search: str) -> list[str]:
    nodes = shop.ask(_ORDERS, q=search)["data"]["orders"]["nodes"]
    return [node["id"].rpartition("/")[2] for node in nodes]


def _days(count: int = 10) -> Shop:
    shop = Shop()
    shop.orders(count, _DAY)
    return shop


def test_an_unquoted_time_finds_older_orders() -> None:
    """It holds colons (Shopify/shopify-api-ruby#588); the same time in quotes finds the right ones."""
    shop = _days()
    moment = f"{NOW - 3 * _DAY:%Y-%m-%dT%H:%M:%SZ}"
    assert len(_ids(shop, f"updated_at:>={moment}")) == 10
    assert len(_ids(shop, f"updated_at:>='{moment}'")) == 3


def test_an_unquoted_email_finds_other_people() -> None:
    """The address is cut into words of which one is enough (microsoft/BCApps#6459)."""
    shop = Shop()
    shop.service.put_customer(customer_row(1, NOW, "mail@test.ch"))
    shop.service.put_customer(customer_row(2, NOW, "anna@bluewin.ch"))

    def found(search: str) -> int:
        return len(shop.ask(_CUSTOMERS, q=search)["data"]["customers"]["edges"])

    assert (found("email:mail@test.ch"), found('email:"mail@test.ch"')) == (2, 1)


def test_customers_are_found_by_whole_days() -> None:
    """A time of day means its day."""
    shop = Shop()
    shop.service.put_customer(customer_row(1, NOW.replace(hour=1)))
    edges = shop.ask(_CUSTOMERS, q=f"updated_at:>='{NOW:%Y-%m-%dT%H:%M:%SZ}'")["data"]["customers"]["edges"]
    assert len(edges) == 1


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ("", 10),
        ("test:true", 1),
        ("-test:true", 9),
        ("NOT test:true", 9),
        ("financial_status:pending", 1),
        ("test:true OR financial_status:pending", 2),
        ("(test:true OR financial_status:pending) tag:vip", 2),
        ("status:cancelled", 1),
        ("status:open", 8),
        ("tag:vip", 10),
        ("id:>=5008", 3),
        ('name:"#5004"', 1),
        (f"updated_at:'{NOW - 3 * _DAY:%Y-%m-%d}'", 1),
        (f"created_at:>'{NOW - 3 * _DAY:%Y-%m-%dT%H:%M:%SZ}'", 2),
    ],
)
def test_searches_are_understood(search: str, count: int) -> None:
    """Terms, comparators, connectives and brackets."""
    shop = _days()
    shop.service.put_order(order_row(5001, NOW - 10 * _DAY, test=True, closed=True))
    shop.service.put_order(order_row(5002, NOW - 9 * _DAY, displayFinancialStatus="PENDING"))
    shop.service.put_order(order_row(5003, NOW - 8 * _DAY, cancelledAt="2026-04-05T00:00:00Z"))
    assert len(_ids(shop, search)) == count


def test_an_unknown_term_is_ignored_with_a_warning() -> None:
    """It is not rejected."""
    shop = _days()
    found = shop.ask(_ORDERS, q="colour:red")
    assert len(found["data"]["orders"]["nodes"]) == 10
    assert found["extensions"]["search"][0]["warnings"][0]["message"] == "Invalid search field: colour"


def test_a_cursor_belongs_to_its_search() -> None:
    """With another one it is refused."""
    shop = _days()
    cursor = shop.ask(_ORDERS, q="", first=5)["data"]["orders"]["pageInfo"]["endCursor"]
    assert len(shop.ask(_ORDERS, q="", after=cursor)["data"]["orders"]["nodes"]) == 5
    assert "nvalid cursor" in shop.ask(_ORDERS, q="tag:vip", after=cursor)["errors"][0]["message"]


def test_orders_older_than_sixty_days_are_silently_absent() -> None:
    """No error, no flag; by id they are null."""
    shop = Shop(ShopifySwitches(scopes=ALL_SCOPES - {"read_all_orders"}))
    shop.service.put_order(order_row(1, NOW - 61 * _DAY))
    shop.service.put_order(order_row(2, NOW - 59 * _DAY))
    assert _ids(shop, "") == ["2"]
    found = shop.ask('{ order(id: "gid://shopify/Order/1") { id } }')
    assert (found["data"], "errors" in found) == ({"order": None}, False)
    shop.clock.sleep(2 * 86_400)
    assert _ids(shop, "") == []


def test_a_page_that_is_kept_changes_with_the_shop() -> None:
    """Answers are kept for speed, and only while nothing changed or became visible."""
    shop = _days(3)
    assert len(_ids(shop, "")) == 3
    shop.service.put_order(order_row(9, NOW), visible_at=NOW + timedelta(hours=1))
    assert len(_ids(shop, "")) == 3
    shop.clock.sleep(3600)
    assert len(_ids(shop, "")) == 4
    shop.service.remove("orders", "9")
    assert len(_ids(shop, "")) == 3


def test_what_a_query_did_not_need_is_given_back() -> None:
    """Asked for is the price of a full page, taken that of the rows that came."""
    shop = _days(2)
    cost = shop.ask(_ORDERS, q="", first=250)["extensions"]["cost"]
    assert cost["actualQueryCost"] < cost["requestedQueryCost"]
    status = cost["throttleStatus"]
    assert status["maximumAvailable"] - status["currentlyAvailable"] == cost["actualQueryCost"]


def test_aliases_fragments_and_names_are_understood() -> None:
    """As a GraphQL server does."""
    shop = _days(1)
    purchaser = {"__typename": "PurchasingCompany", "company": company_row(7, NOW), "location": {"id": "x"}}
    shop.service.put_order(order_row(6, NOW, purchasingEntity=purchaser))
    document = (
        "query A { one: orders(first: 1, reverse: true, sortKey: UPDATED_AT) { list: nodes { __typename number: name "
        "purchasingEntity { __typename ... on Customer { id } ... on PurchasingCompany { company { name } } } } } } "
        "query B { shop { name } }"
    )
    transport = InProcess(shop.mounts(), shop.clock)
    with httpx2.Client(transport=transport, headers={"X-Shopify-Access-Token": "shpat_sandbox"}) as client:
        answer = client.post(
            f"{SHOP}/admin/api/2026-10/graphql.json", json={"query": document, "operationName": "A"}
        ).json()
    (row,) = answer["data"]["one"]["list"]
    company = {"__typename": "PurchasingCompany", "company": {"name": "Adler 7"}}
    assert row == {"__typename": "Order", "number": "#6", "purchasingEntity": company}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ orders(first: 1) { nodes { nonsense } } }", "undefinedField"),
        ("{ nonsense(first: 1) { nodes { id } } }", "undefinedField"),
        ("{ orders(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders(first: 1) { nodes { customer } } }", "selectionMismatch"),
        ("{ orders(first: 1, sortKey: COLOUR) { nodes { id } } }", "argumentLiteralsIncompatible"),
    ],
)
def test_a_wrong_query_is_an_error_with_status_200(document: str, code: str) -> None:
    """There is no data then."""
    found = _days(1).ask(document)
    assert (found["errors"][0]["extensions"]["code"], "data" in found) == (code, False)


def test_more_than_250_ids_at_once_are_refused() -> None:
    """Input lists have a limit of their own."""
    ids = [f"gid://shopify/Order/{number}" for number in range(251)]
    found = Shop().ask("query($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { id } } }", ids=ids)
    assert found["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"
