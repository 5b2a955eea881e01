"""Speaks Shopify: pages of the Admin GraphQL API, version 2026-10, as a paging client would save them.

Ids are global ids, amounts are decimals as text in money bags, missing values are there as null, times end in Z.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from unposted.sandbox.values import (
    Person,
    Place,
    Quote,
    ShopFirm,
    Shopper,
    ShopSale,
    World,
    goods_in,
    pages,
    tax_in,
)
from unposted.sandbox.writing import ROWS, Row, page_text

__all__ = [
    "CATALOG",
    "COUNTRY_NAMES",
    "ShopifyRecords",
    "order_names",
    "shipping_of",
    "shopify_files",
    "shopify_records",
]

CATALOG = (
    ("Cedar planter box", "CED-120"), ("Linen table runner", "LIN-044"), ("Cast-iron fire bowl", "IRN-310"),
    ("Wool throw", "WOL-072"), ("Teak garden bench", "TEK-900"), ("Stoneware dinner set", "STW-216"),
    ("Rattan pendant lamp", "RAT-055"), ("Copper watering can", "COP-018"),
)  # fmt: skip
COUNTRY_NAMES = {"US": "United States", "CA": "Canada"}
_ORDERS_A_PAGE, _CUSTOMERS_A_PAGE = 175, 100
_FIRST_NAME = 10_001


class ShopifyRecords(NamedTuple):
    """Everything that the shop holds, as nodes of its API."""

    orders: tuple[Row, ...]
    customers: tuple[Row, ...]
    companies: tuple[Row, ...]
    draft_orders: tuple[Row, ...]


def shopify_records(world: World) -> ShopifyRecords:
    """Give the shop's records, each in its newest version."""
    names = order_names(world)
    return ShopifyRecords(
        tuple(_order(sale, names[sale.number]) for sale in world.shop_sales),
        tuple({**_customer(shopper), **_profiles(world, shopper)} for shopper in world.shoppers),
        tuple(_companies(world)),
        tuple(_draft(quote, place) for place, quote in enumerate(world.quotes, 1)),
    )


def order_names(world: World) -> dict[int, str]:
    """Name each order of the shop as its people see it, by its id."""
    return {sale.number: f"#US{_FIRST_NAME + place}" for place, sale in enumerate(world.shop_sales)}


def shipping_of(sale: ShopSale) -> int:
    """Tell the shipping that an order's total holds, in cents."""
    return 12_00 if sale.ship_to and 30_00 < sale.total < 150_00 else 0


def shopify_files(world: World) -> Iterator[tuple[str, str]]:
    """Give the shop's files: orders by age, older versions from an earlier pull, customers, draft orders."""
    names = order_names(world)
    orders = [_order(sale, names[sale.number]) for sale in world.shop_sales]
    for number, page in enumerate(pages(orders, _ORDERS_A_PAGE), 1):
        yield f"orders-{number:03d}.json", _page("orders", page, is_last=number * _ORDERS_A_PAGE >= len(orders))
    older = [_order(sale.older, names[sale.number]) for sale in world.shop_sales if sale.older]
    yield "orders-earlier-pull.json", _page("orders", older, is_last=False)
    customers = [_customer(shopper) for shopper in world.shoppers]
    for number, page in enumerate(pages(customers, _CUSTOMERS_A_PAGE), 1):
        is_last = number * _CUSTOMERS_A_PAGE >= len(customers)
        yield f"customers-{number:03d}.json", _page("customers", page, is_last=is_last)
    drafts = [_draft(quote, place) for place, quote in enumerate(world.quotes, 1)]
    yield "draft_orders.json", _page("draftOrders", drafts, is_last=True)


def _page(name: str, nodes: Sequence[Row], *, is_last: bool) -> str:
    cursor = base64.b64encode(f'{{"last_id":"{nodes[-1]["legacyResourceId"]}"}}'.encode()).decode()
    cost = {"requestedQueryCost": 412, "actualQueryCost": 96 + len(nodes), "throttleStatus": {
        "maximumAvailable": 20000.0, "currentlyAvailable": 19588, "restoreRate": 1000.0}}  # fmt: skip
    connection = {"nodes": ROWS, "pageInfo": {"hasNextPage": not is_last, "endCursor": cursor}}
    return page_text({"data": {name: connection}, "extensions": {"cost": cost}}, nodes)


def _order(sale: ShopSale, name: str) -> Row:
    tax = tax_in(sale.total, sale.ship_to.country if sale.ship_to else "US", "dtc")
    shipping = shipping_of(sale)
    is_canadian = sale.ship_to is not None and sale.ship_to.country == "CA"
    presentment = "CAD" if is_canadian else "USD"
    goods = goods_in(sale.total - tax - shipping, sale.number, CATALOG, packs=False)
    left = sale.total - sale.refunded
    is_closed = sale.cancelled is None and sale.financial == "PAID" and sale.placed.month < 4
    person = sale.shopper.person
    address = None if sale.ship_to is None else _address(person, sale.ship_to, sale.firm)
    return {
        "id": f"gid://shopify/Order/{sale.number}",
        "legacyResourceId": str(sale.number),
        "name": name,
        "createdAt": _time(sale.placed),
        "processedAt": _time(sale.placed),
        "updatedAt": _time(sale.changed),
        "cancelledAt": _time(sale.cancelled) if sale.cancelled else None,
        "cancelReason": "CUSTOMER" if sale.cancelled else None,
        "closed": is_closed,
        "closedAt": _time(sale.changed) if is_closed else None,
        "test": sale.test,
        "confirmed": True,
        "edited": sale.older is not None,
        "displayFinancialStatus": sale.financial,
        "displayFulfillmentStatus": "FULFILLED" if is_closed or sale.source == "pos" else "UNFULFILLED",
        "returnStatus": "RETURNED" if sale.refunded else "NO_RETURN",
        "sourceName": sale.source,
        "poNumber": None,
        "tags": list(sale.tags),
        "note": None,
        "currencyCode": "USD",
        "presentmentCurrencyCode": presentment,
        "taxesIncluded": False,
        "taxExempt": False,
        "totalPriceSet": _money(sale.total, presentment),
        "currentTotalPriceSet": _money(left, presentment),
        "subtotalPriceSet": _money(sale.total - tax - shipping, presentment),
        "totalTaxSet": _money(tax, presentment),
        "totalShippingPriceSet": _money(shipping, presentment),
        "totalDiscountsSet": _money(0, presentment),
        "totalRefundedSet": _money(sale.refunded, presentment),
        "email": person.email,
        "phone": None,
        "customer": None if sale.shopper.account is None else _customer_in_order(sale.shopper),
        "purchasingEntity": _purchaser(sale),
        "billingAddress": address,
        "shippingAddress": address,
        "billingAddressMatchesShippingAddress": True,
        "lineItems": {
            "nodes": [
                {
                    "title": goods.title,
                    "sku": goods.sku,
                    "quantity": goods.quantity,
                    "originalUnitPriceSet": _money(goods.price, presentment),
                }
            ]
        },
    }


def _money(cents: int, presentment: str) -> Row:
    shown = cents if presentment == "USD" else (cents * 100 + 36) // 73
    return {
        "shopMoney": {"amount": _decimal(cents), "currencyCode": "USD"},
        "presentmentMoney": {"amount": _decimal(shown), "currencyCode": presentment},
    }


def _decimal(cents: int) -> str:
    text = f"{cents // 100}.{cents % 100:02d}"
    return text.removesuffix("0")


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _customer_in_order(shopper: Shopper) -> Row:
    person = shopper.person
    return {
        "id": f"gid://shopify/Customer/{shopper.account}",
        "legacyResourceId": str(shopper.account),
        "displayName": f"{person.first} {person.last}",
        "firstName": person.first,
        "lastName": person.last,
        "tags": list(shopper.tags),
        "defaultEmailAddress": {"emailAddress": person.email},
        "defaultPhoneNumber": {"phoneNumber": person.phone} if person.phone else None,
    }


def _customer(shopper: Shopper) -> Row:
    person = shopper.person
    return {
        **_customer_in_order(shopper),
        "createdAt": _time(shopper.joined),
        "updatedAt": _time(shopper.joined),
        "state": "ENABLED" if (shopper.account or 0) % 3 else "DISABLED",
        "verifiedEmail": True,
        "taxExempt": False,
        "locale": "fr-CA" if person.place.province_code == "QC" else "en",
        "note": None,
        "defaultAddress": _address(person, person.place, None),
    }


def _address(person: Person, place: Place, firm: ShopFirm | None) -> Row:
    return {
        "firstName": person.first,
        "lastName": person.last,
        "name": f"{person.first} {person.last}",
        "company": firm.name if firm else None,
        "address1": place.street,
        "address2": None,
        "city": place.city,
        "province": place.province,
        "provinceCode": place.province_code,
        "zip": place.postcode,
        "country": COUNTRY_NAMES[place.country],
        "countryCodeV2": place.country,
        "phone": person.phone,
    }


def _purchaser(sale: ShopSale) -> Row | None:
    account = sale.shopper.account
    if account is None:
        return None
    if sale.firm is None:
        return {"__typename": "Customer", "id": f"gid://shopify/Customer/{account}"}
    firm = sale.firm
    return {
        "__typename": "PurchasingCompany",
        "company": {"id": f"gid://shopify/Company/{firm.number}", "name": firm.name, "externalId": firm.external_id},
        "location": {
            "id": f"gid://shopify/CompanyLocation/{firm.number + 7}",
            "name": f"{firm.name} - {firm.place.city}",
            "externalId": None,
            "taxSettings": {"taxRegistrationId": firm.tax_id, "taxExempt": False},
            "billingAddress": {
                "companyName": firm.name,
                "address1": firm.place.street,
                "city": firm.place.city,
                "zoneCode": firm.place.province_code,
                "zip": firm.place.postcode,
                "countryCode": firm.place.country,
            },
        },
        "contact": {
            "id": f"gid://shopify/CompanyContact/{firm.number + 11}",
            "customer": _customer_in_order(sale.shopper),
        },
    }


def _companies(world: World) -> Iterator[Row]:
    """Show each company of the shop once, with the one location that its orders are for."""
    first: dict[int, ShopSale] = {}
    for sale in world.shop_sales:
        if sale.firm is not None:
            first.setdefault(sale.firm.number, sale)
    for sale in first.values():
        purchaser = _purchaser(sale)
        if purchaser is not None:
            yield _company(purchaser, _time(sale.placed))


def _profiles(world: World, shopper: Shopper) -> Row:
    """Show for which companies somebody buys."""
    firms = {sale.firm.number for sale in world.shop_sales if sale.firm is not None and sale.shopper == shopper}
    return {"companyContactProfiles": [{"id": f"gid://shopify/CompanyContact/{one + 11}"} for one in sorted(firms)]}


def _company(purchaser: Row, at: str) -> Row:
    company, location, contact = purchaser["company"], purchaser["location"], purchaser["contact"]
    assert isinstance(company, dict)
    assert isinstance(location, dict)
    assert isinstance(contact, dict)
    times = {"createdAt": at, "updatedAt": at}
    place = {**location, **times, "phone": None, "shippingAddress": location["billingAddress"]}
    return {
        **company,
        **times,
        "mainContact": {**contact, "isMainContact": True},
        "locations": {"nodes": [place]},
    }


def _draft(quote: Quote, number: int) -> Row:
    person = quote.shopper.person
    tax = tax_in(quote.total, person.place.country, "dtc")
    is_completed = quote.status == "COMPLETED"
    address = _address(person, person.place, None)
    return {
        "id": f"gid://shopify/DraftOrder/{1_184_220_330_100 + number}",
        "legacyResourceId": str(1_184_220_330_100 + number),
        "name": f"#D{410 + number}",
        "status": quote.status,
        "createdAt": _time(quote.placed),
        "updatedAt": _time(quote.placed),
        "completedAt": _time(quote.placed) if is_completed else None,
        "invoiceSentAt": None if quote.status == "OPEN" else _time(quote.placed),
        "email": person.email,
        "phone": None,
        "tags": [],
        "poNumber": None,
        "currencyCode": "USD",
        "presentmentCurrencyCode": "USD",
        "taxesIncluded": False,
        "totalPriceSet": _money(quote.total, "USD"),
        "subtotalPriceSet": _money(quote.total - tax, "USD"),
        "totalTaxSet": _money(tax, "USD"),
        "customer": _customer_in_order(quote.shopper),
        "purchasingEntity": {"__typename": "Customer", "id": f"gid://shopify/Customer/{quote.shopper.account}"},
        "billingAddress": address,
        "shippingAddress": address,
    }
