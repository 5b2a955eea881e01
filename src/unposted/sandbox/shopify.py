"""Speaks Shopify: pages of the Admin GraphQL API, version 2026-10, as a paging client would save them.

Ids are global ids, amounts are decimals as text in money bags, missing values are there as null, times end in Z.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime

from unposted.sandbox.values import (
    Goods,
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
from unposted.sandbox.writing import Row, page_text

__all__ = ["CATALOG", "shopify_files"]

CATALOG = (
    ("Cedar planter box", "CED-120"), ("Linen table runner", "LIN-044"), ("Cast-iron fire bowl", "IRN-310"),
    ("Wool throw", "WOL-072"), ("Teak garden bench", "TEK-900"), ("Stoneware dinner set", "STW-216"),
    ("Rattan pendant lamp", "RAT-055"), ("Copper watering can", "COP-018"),
)  # fmt: skip
_ORDERS_A_PAGE, _CUSTOMERS_A_PAGE = 175, 100
_COUNTRY = {"US": "United States", "CA": "Canada"}
_FIRST_NAME = 10_001


def shopify_files(world: World) -> Iterator[tuple[str, str]]:
    """Give the shop's files: orders in the order of their ids, customers, draft orders."""
    names = {sale.number: _FIRST_NAME + place for place, sale in enumerate(world.shop_sales)}
    rows = [_order(sale, names[sale.number]) for sale in world.shop_sales]
    # An earlier pull of the last page, kept beside the newer one: its orders are older versions, read later.
    older = [_order(sale.older, names[sale.number]) for sale in world.shop_sales if sale.older]
    for number, page in enumerate(pages(rows, _ORDERS_A_PAGE), 1):
        last = number * _ORDERS_A_PAGE >= len(rows)
        yield f"orders-{number:03d}.json", _connection("orders", page, last=last)
    yield "orders-005-earlier-pull.json", _connection("orders", older, last=True)
    customers = [_customer(shopper) for shopper in world.shoppers]
    for number, page in enumerate(pages(customers, _CUSTOMERS_A_PAGE), 1):
        last = number * _CUSTOMERS_A_PAGE >= len(customers)
        yield f"customers-{number:03d}.json", _connection("customers", page, last=last)
    drafts = [_draft(quote, place) for place, quote in enumerate(world.quotes, 1)]
    yield "draft_orders.json", _connection("draftOrders", drafts, last=True)


def _connection(name: str, nodes: list[Row] | tuple[Row, ...] | object, *, last: bool) -> str:
    rows: list[Row] = list(nodes)  # type: ignore[call-overload]
    cursor = _cursor(rows[-1]) if rows else None
    return page_text(rows, "data", name, "nodes", after={"extensions": _COST}).replace(
        '],\n', '],\n'
    ) if False else _with_page_info(rows, name, cursor, last)
