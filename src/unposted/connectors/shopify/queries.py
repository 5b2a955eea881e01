"""The GraphQL documents that are sent, with just the fields that the decoders read.

A selection is a tree, so that a field which the app may not read can be left out of the next document. Every document
answers with its connection under the name `page`. Names: Admin GraphQL API 2026-10.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

__all__ = [
    "COMPANIES",
    "COMPANIES_SEEN",
    "CUSTOMERS",
    "DRAFT_ORDERS",
    "KINDS",
    "LOCATIONS",
    "LOOK_AT_BULK",
    "OLDEST_ORDER",
    "ORDERS",
    "SCOPES",
    "START_BULK",
    "WHO_WE_ARE",
    "Kind",
    "Tree",
    "bulk_document",
    "light_document",
    "more_locations_document",
    "nodes_document",
    "page_document",
    "rendered",
]

Tree: TypeAlias = Mapping[str, "Tree | None"]

_TAX_ID_SINCE = "2026-07"  # Customer.taxSettings is not in earlier versions


def _plain(*names: str) -> dict[str, Tree | None]:
    return dict.fromkeys(names)


_MONEY: Tree = {"shopMoney": _plain("amount", "currencyCode")}
_EMAIL: Tree = {"defaultEmailAddress": _plain("emailAddress")}
_PHONE: Tree = {"defaultPhoneNumber": _plain("phoneNumber")}
_ADDRESS: Tree = _plain("name", "address1", "zip", "countryCodeV2", "phone")
_COMPANY_ADDRESS: Tree = _plain("address1", "zip", "countryCode", "phone")
_PERSON: Tree = {
    **_plain("id", "firstName", "lastName", "tags"), **_EMAIL, **_PHONE, "taxSettings": _plain("taxId"),
}  # fmt: skip
_PURCHASER: Tree = {
    "__typename": None,
    "... on Customer": _plain("id"),
    "... on PurchasingCompany": {
        "company": _plain("id", "name", "externalId"),
        "location": {"taxSettings": _plain("taxRegistrationId"), "billingAddress": _COMPANY_ADDRESS},
        "contact": {"customer": {"id": None, **_EMAIL}},
    },
}
_BUYER: Tree = {
    **_plain("email", "phone", "tags"),
    "customer": _PERSON,
    "purchasingEntity": _PURCHASER,
    "billingAddress": _ADDRESS,
    "shippingAddress": _ADDRESS,
}
_LOCATION: Tree = {
    **_plain("id", "phone"),
    "taxSettings": _plain("taxRegistrationId"),
    "billingAddress": _COMPANY_ADDRESS,
    "shippingAddress": _COMPANY_ADDRESS,
}


class Kind(NamedTuple):
    """A connection at the root: how it is called, what its nodes are, what is read of them.

    `light` is what a recount reads, in the order `light_sort`; `is_newest_first` tells from which end it is walked.
    """

    stream: str
    connection: str
    node: str
    tree: Tree
    light: Tree
    light_sort: str = "CREATED_AT"
    is_newest_first: bool = False


ORDERS = Kind(
    "orders", "orders", "Order",
    {
        **_plain("id", "name", "createdAt", "updatedAt", "cancelledAt", "test", "displayFinancialStatus"),
        "totalPriceSet": _MONEY, "totalTaxSet": _MONEY, "totalRefundedSet": _MONEY, **_BUYER,
    },
    {
        **_plain("id", "createdAt", "updatedAt", "cancelledAt", "test", "displayFinancialStatus"),
        "totalPriceSet": _MONEY,
    },
)  # fmt: skip
DRAFT_ORDERS = Kind(
    "draft_orders", "draftOrders", "DraftOrder",
    {
        **_plain("id", "name", "createdAt", "updatedAt", "status"),
        "totalPriceSet": _MONEY, "totalTaxSet": _MONEY, **_BUYER,
    },
    {**_plain("id", "createdAt", "updatedAt", "status"), "totalPriceSet": _MONEY},
    light_sort="ID",
)  # fmt: skip
CUSTOMERS = Kind(
    "customers", "customers", "Customer",
    {**_PERSON, "updatedAt": None, "companyContactProfiles": _plain("id"), "defaultAddress": _ADDRESS},
    _plain("id", "createdAt", "updatedAt"),
    is_newest_first=True,
)  # fmt: skip
COMPANIES = Kind(
    "companies", "companies", "Company",
    {
        **_plain("id", "name", "externalId", "updatedAt"),
        "mainContact": {"customer": {"id": None, **_EMAIL, **_PHONE}},
        "locations(first: 10)": {"nodes": _LOCATION, "pageInfo": _plain("hasNextPage", "endCursor")},
    },
    _plain("id", "createdAt", "updatedAt"),
)  # fmt: skip
LOCATIONS = Kind(
    "companies", "companyLocations", "CompanyLocation",
    {"updatedAt": None, "company": _plain("id")},
    {},
)  # fmt: skip
KINDS = (ORDERS, CUSTOMERS, COMPANIES, DRAFT_ORDERS, LOCATIONS)

WHO_WE_ARE = (
    "query WhoWeAre { shop { name myshopifyDomain currencyCode } currentAppInstallation { accessScopes { handle } } }"
)
SCOPES = "query Scopes { currentAppInstallation { accessScopes { handle } } }"
COMPANIES_SEEN = "query CompaniesSeen { companiesCount { count } }"
OLDEST_ORDER = "query OldestOrder { page: orders(first: 1, sortKey: CREATED_AT) { nodes { id createdAt } } }"
_MORE_LOCATIONS = (
    "query MoreLocations($id: ID!, $after: String) { company(id: $id) { page: locations(first: 50, after: $after) "
    "{ nodes %s pageInfo { hasNextPage endCursor } } } }"
)
START_BULK = (
    "mutation StartBulk($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: false) "
    "{ bulkOperation { id status } userErrors { field message code } } }"
)
LOOK_AT_BULK = (
    "query LookAtBulk($id: ID!) { bulkOperation(id: $id) "
    "{ id status errorCode objectCount fileSize url partialDataUrl createdAt } }"
)


def rendered(tree: Tree, denied: frozenset[str] = frozenset(), at: str = "") -> str:
    """Write a selection set without the denied paths (`customer.email`); empty when nothing is left of it."""
    parts = []
    for name, inside in tree.items():
        path = at if name.startswith("...") else f"{at}.{name.partition('(')[0]}".lstrip(".")
        if path in denied and not name.startswith("..."):
            continue
        if inside is None:
            parts.append(name)
            continue
        text = rendered(inside, denied, path)
        if text:
            parts.append(f"{name} {text}")
    return "{ " + " ".join(parts) + " }" if parts else ""


@lru_cache(maxsize=128)
def page_document(number: int, version: str, denied: frozenset[str]) -> str:
    """Write the document for a page of the kind with this place in KINDS, ordered by time of change."""
    kind = KINDS[number]
    reverse = ", reverse: true" if kind.is_newest_first else ""
    return (
        f"query {kind.node}Page($first: Int!, $after: String, $query: String) {{ page: {kind.connection}"
        f"(first: $first, after: $after, query: $query, sortKey: UPDATED_AT{reverse}) "
        f"{{ nodes {_nodes(kind, version, denied)} pageInfo {{ hasNextPage endCursor }} }} }}"
    )


def light_document(kind: Kind, sort: str | None = None) -> str:
    """Write the document for a page of a recount, or (with a sort key) of rows of which only id and time are wanted."""
    tree = kind.light if sort is None else {"id": None, "updatedAt": None}
    reverse = ", reverse: true" if sort and kind.is_newest_first else ""
    return (
        f"query {kind.node}Light($first: Int!, $after: String, $query: String) {{ page: {kind.connection}"
        f"(first: $first, after: $after, query: $query, sortKey: {sort or kind.light_sort}{reverse}) "
        f"{{ nodes {rendered(tree)} pageInfo {{ hasNextPage endCursor }} }} }}"
    )


@lru_cache(maxsize=64)
def nodes_document(number: int, version: str, denied: frozenset[str]) -> str:
    """Write the document for single records by their global ids."""
    kind = KINDS[number]
    return (
        f"query {kind.node}ById($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind.node} "
        f"{_nodes(kind, version, denied)} }} }}"
    )


def bulk_document(kind: Kind, version: str, denied: frozenset[str], search: str) -> str:
    """Write the document for a bulk operation: no variables, connections as edges, children known by their parent."""
    tree = {("locations" if name.startswith("locations") else name): inside for name, inside in kind.tree.items()}
    if "locations" in tree:
        tree["locations"] = {"edges": {"node": _LOCATION}}
    quoted = search.replace("\\", "\\\\").replace('"', '\\"')
    fields = rendered(_of_version(tree, version), denied)
    arguments = f'(query: "{quoted}")' if search else ""
    return f"{{ {kind.connection}{arguments} {{ edges {{ node {fields} }} }} }}"


def more_locations_document(denied: frozenset[str]) -> str:
    """Write the document for the locations of a company that did not fit on its page."""
    return _MORE_LOCATIONS % rendered(_LOCATION, denied, "locations.nodes")


def _nodes(kind: Kind, version: str, denied: frozenset[str]) -> str:
    return rendered(_of_version(kind.tree, version), denied)


def _of_version(tree: Tree, version: str) -> Tree:
    """Leave out what an older version does not know."""
    if version >= _TAX_ID_SINCE:
        return tree
    kept: dict[str, Tree | None] = {}
    for name, inside in tree.items():
        if name == "taxSettings" and inside is not None and "taxId" in inside:
            continue
        kept[name] = None if inside is None else _of_version(inside, version)
    return kept
