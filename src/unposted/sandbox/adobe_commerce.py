"""Speaks Adobe Commerce for the wholesale store: orders, customers, companies and carts, as REST 2.4 writes them.

Amounts are JSON numbers, times are UTC and show no zone, fields without a value are left out. Adobe knows no test
orders: what another platform would mark as one is cancelled here. Source: Admin REST schema 2.4.9.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from unposted.sandbox.values import Buyer, Firm, Goods, Place, TradeSale, World, goods_in, pages, tax_in
from unposted.sandbox.writing import ROWS, page_text

__all__ = ["adobe_commerce_files", "cart_rows", "company_row", "customer_row", "order_row", "utc_naive"]

Payload = dict[str, Any]

_CATALOG = (
    ("Cedar planter box, flat-packed", "CED-120-T"), ("Linen table runner, assorted", "LIN-044-T"),
    ("Cast-iron fire bowl", "IRN-310-T"), ("Wool throw, hotel grade", "WOL-072-T"),
    ("Stackable teak chair", "TEK-450-T"), ("Stoneware dinner set", "STW-216-T"),
)  # fmt: skip
_STORE_NAME = "Trade Website\nTrade Store\nTrade View"
_CAD_FOR_USD = 1.3698630137
_ROWS_A_PAGE = 100


class _State(NamedTuple):
    state: str
    status: str


_STATES = {
    0: _State("pending_payment", "pending_payment"), 1: _State("pending_payment", "pending_payment"),
    2: _State("complete", "complete"), 3: _State("processing", "processing"), 4: _State("closed", "closed"),
    5: _State("canceled", "canceled"), 6: _State("canceled", "canceled"), 7: _State("new", "pending"),
    8: _State("processing", "ready_for_pickup"), 9: _State("processing", "processing"),
    10: _State("complete", "complete"), 11: _State("processing", "processing"),
    12: _State("payment_review", "fraud"), 13: _State("holded", "holded"), 14: _State("complete", "complete"),
}  # fmt: skip
_QUOTE_STATUSES = ("created", "processing_by_admin", "submitted_by_admin", "expired", "declined", "ordered")


def adobe_commerce_files(world: World) -> Iterator[tuple[str, str]]:
    """Give the store's search results as files: older versions of some orders, then all; customers and companies."""
    orders = [order_row(sale.older) for sale in world.trade_sales if sale.older]
    orders += [order_row(sale) for sale in world.trade_sales]
    for number, page in enumerate(pages(orders, _ROWS_A_PAGE), 1):
        criteria = {"filter_groups": [], "page_size": _ROWS_A_PAGE, "current_page": number}
        yield f"orders-{number:03d}.json", page_text(_envelope(criteria, len(orders)), page)
    for name, rows in (
        ("customers", [customer_row(buyer) for buyer in world.buyers]),
        ("companies", [company_row(firm) for firm in world.firms]),
        ("carts", list(cart_rows(world))),
    ):
        yield f"{name}-001.json", page_text(_envelope({"filter_groups": []}, len(rows)), rows)


def utc_naive(moment: datetime) -> str:
    """Write an instant as every answer shows it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def order_row(sale: TradeSale) -> Payload:
    """Write one order."""
    ship_to = sale.ship_to or sale.buyer.person.place
    tax = tax_in(sale.total, ship_to.country, "trade")
    goods = goods_in(sale.total - tax, sale.number, _CATALOG, packs=True)
    state = _state(sale)
    rate = 1.0 if sale.currency == "USD" else _CAD_FOR_USD
    items = [_item(sale, goods, tax)]
    return {
        **_amounts(sale, tax, rate),
        "base_currency_code": "USD",
        "base_to_global_rate": 1,
        "base_to_order_rate": rate,
        "billing_address_id": sale.number * 2,
        "created_at": utc_naive(sale.placed),
        **_of_customer(sale.buyer),
        "discount_amount": 0,
        "email_sent": 1,
        "entity_id": sale.number,
        "global_currency_code": "USD",
        "increment_id": f"{sale.number:09d}",
        "is_virtual": 0,
        "order_currency_code": sale.currency,
        "protect_code": f"{sale.number * 2_654_435_761 % 16**6:06x}",
        "quote_id": sale.number + 40_000,
        "shipping_description": "Freight - Table rate",
        "state": state.state,
        "status": state.status,
        "store_currency_code": "USD",
        "store_id": 1,
        "store_name": _STORE_NAME,
        "store_to_base_rate": 0,
        "store_to_order_rate": 0,
        "total_item_count": 1,
        "total_qty_ordered": goods.quantity,
        "updated_at": utc_naive(sale.changed),
        "weight": 0,
        **({"hold_before_state": "processing"} if state.state == "holded" else {}),
        **({"relation_parent_id": str(sale.replaces), "edit_increment": 1} if sale.replaces else {}),
        "items": items,
        "billing_address": _order_address(sale, sale.buyer.person.place, "billing"),
        "payment": _payment(sale),
        "status_histories": [],
        "extension_attributes": _order_extension(sale, ship_to, items),
    }


def customer_row(buyer: Buyer) -> Payload:
    """Write one customer account; company 0 is none."""
    person, place = buyer.person, buyer.person.place
    address = {
        "id": buyer.account + 5_000,
        "customer_id": buyer.account,
        "region": {"region_code": place.province_code, "region": place.province, "region_id": _region(place)},
        "region_id": _region(place),
        "country_id": place.country,
        "street": [place.street],
        **({"company": buyer.trade_name} if buyer.trade_name else {}),
        "telephone": person.phone or "",
        "postcode": place.postcode,
        "city": place.city,
        "firstname": person.first,
        "lastname": person.last,
        "default_shipping": True,
        "default_billing": True,
    }
    company = {
        "customer_id": buyer.account,
        "company_id": buyer.firm.number if buyer.firm else 0,
        "status": 1,
        **({"job_title": "Buyer", "telephone": person.phone or ""} if buyer.firm else {}),
    }
    return {
        "id": buyer.account,
        "group_id": 2 if buyer.firm else 1,
        "default_billing": str(address["id"]),
        "default_shipping": str(address["id"]),
        "created_at": utc_naive(buyer.joined),
        "updated_at": utc_naive(buyer.joined),
        "created_in": "Trade View",
        "email": person.email or "",
        "firstname": person.first,
        "lastname": person.last,
        "store_id": 1,
        "website_id": 1,
        "addresses": [address],
        "disable_auto_group_change": 0,
        "extension_attributes": {"company_attributes": company, "is_subscribed": False},
        "custom_attributes": [{"attribute_code": "reward_update_notification", "value": "0"}],
    }


def company_row(firm: Firm) -> Payload:
    """Write one company, as a search lists it: the reasons of a rejection stand there as null."""
    place = firm.place
    return {
        "id": firm.number,
        "status": 1,
        "company_name": firm.name,
        "legal_name": firm.name,
        "company_email": firm.email,
        **({"vat_tax_id": firm.tax_id} if firm.tax_id else {}),
        "street": [place.street],
        "city": place.city,
        "country_id": place.country,
        "region": place.province,
        "region_id": str(_region(place)),
        "postcode": place.postcode,
        "telephone": firm.phone,
        "customer_group_id": 2,
        "sales_representative_id": 1,
        "reject_reason": None,
        "rejected_at": None,
        "super_user_id": firm.number % 10_000,
        "extension_attributes": {"applicable_payment_method": 0, "use_config_settings": 1,
                                 "quote_config": {"is_quote_enabled": True}},
    }  # fmt: skip


def cart_rows(world: World) -> Iterator[Payload]:
    """Write carts: every twelfth sale's buyer has one, a negotiable quote when he buys for a firm, else abandoned."""
    for place, sale in enumerate(world.trade_sales):
        if place % 12 == 0:
            yield _cart(sale, _QUOTE_STATUSES[place // 12 % len(_QUOTE_STATUSES)])


def _envelope(criteria: Payload, count: int) -> Payload:
    return {"items": ROWS, "search_criteria": criteria, "total_count": count}


def _state(sale: TradeSale) -> _State:
    """Tell the state that stands for the sale's own status: a voided payment closes, a test order is cancelled."""
    if sale.method == "Test Payment Gateway":
        return _STATES[5]
    return _STATES[4] if sale.paid == "void" else _STATES[sale.status]


def _number(cents: int) -> int | float:
    return cents // 100 if cents % 100 == 0 else cents / 100


def _amounts(sale: TradeSale, tax: int, rate: float) -> Payload:
    """Write the totals in the order's currency, and (`base_`) in the website's; what is zero or unknown is left out."""
    is_refunded = _state(sale).state == "closed" and sale.paid != "void"
    order: dict[str, int] = {
        "grand_total": sale.total, "subtotal": sale.total - tax, "subtotal_incl_tax": sale.total, "tax_amount": tax,
        "shipping_amount": 0, "shipping_incl_tax": 0, "shipping_tax_amount": 0,
    }  # fmt: skip
    if sale.paid in {"captured", "refunded"}:
        order["total_paid"] = sale.total
    if is_refunded:
        order |= {"total_refunded": sale.total, "tax_refunded": tax, "total_offline_refunded": sale.total}
    order["total_due"] = 0 if "total_paid" in order else sale.total
    row: Payload = {name: _number(cents) for name, cents in order.items()}
    row |= {f"base_{name}": _number(round(cents / rate)) for name, cents in order.items()}
    return row | {"base_discount_amount": 0}


def _of_customer(buyer: Buyer) -> Payload:
    """Write who bought; a guest has neither id nor name of his own."""
    person = buyer.person
    if not buyer.account:
        return {"customer_email": person.email or "", "customer_group_id": 0, "customer_is_guest": 1,
                "customer_note_notify": 1}  # fmt: skip
    return {
        "customer_email": person.email or "",
        "customer_firstname": person.first,
        "customer_lastname": person.last,
        "customer_group_id": 2 if buyer.firm else 1,
        "customer_id": buyer.account,
        "customer_is_guest": 0,
        "customer_note_notify": 1,
        **({"ext_customer_id": buyer.firm.uuid} if buyer.firm and buyer.firm.uuid else {}),
    }


def _item(sale: TradeSale, goods: Goods, tax: int) -> Payload:
    total = _number(goods.price * goods.quantity)
    return {
        "created_at": utc_naive(sale.placed),
        "item_id": sale.number + 700,
        "name": goods.title,
        "order_id": sale.number,
        "price": _number(goods.price),
        "product_type": "simple",
        "qty_ordered": goods.quantity,
        "row_total": total,
        "sku": goods.sku,
        "store_id": 1,
        "tax_amount": _number(tax),
        "updated_at": utc_naive(sale.placed),
    }


def _order_address(sale: TradeSale, place: Place, kind: str) -> Payload:
    person = sale.buyer.person
    return {
        "address_type": kind,
        "city": place.city,
        **({"company": sale.buyer.trade_name} if sale.buyer.trade_name else {}),
        "country_id": place.country,
        "email": person.email or "",
        "entity_id": sale.number * 2 + (kind == "shipping"),
        "firstname": person.first,
        "lastname": person.last,
        "parent_id": sale.number,
        "postcode": place.postcode,
        "region": place.province,
        "region_code": place.province_code,
        "region_id": _region(place),
        "street": [place.street],
        "telephone": person.phone or "",
    }


def _payment(sale: TradeSale) -> Payload:
    return {
        "account_status": None,
        "additional_information": [sale.method],
        "amount_ordered": _number(sale.total),
        "cc_last4": None,
        "entity_id": sale.number,
        "method": "purchaseorder" if sale.method == "Invoice" else "braintree",
        "parent_id": sale.number,
    }


def _order_extension(sale: TradeSale, ship_to: Place, items: list[Payload]) -> Payload:
    shipping = {"address": _order_address(sale, ship_to, "shipping"), "method": "tablerate_bestway"}
    firm = sale.buyer.firm
    company = (
        {"order_id": sale.number, "company_id": firm.number, "company_name": firm.name}
        if firm
        else {"order_id": sale.number}
    )
    return {
        "shipping_assignments": [{"shipping": shipping, "items": items}],
        **({"company_order_attributes": company} if firm or sale.number % 2 else {}),
    }


def _region(place: Place) -> int:
    return sum(map(ord, place.province_code))


def _cart(sale: TradeSale, status: str) -> Payload:
    buyer = sale.buyer
    number = sale.number + 40_000
    goods = goods_in(sale.total, sale.number, _CATALOG, packs=True)
    item = {"item_id": number + 1, "sku": goods.sku, "qty": goods.quantity, "name": goods.title,
            "price": _number(goods.price), "product_type": "simple", "quote_id": str(number)}  # fmt: skip
    place, person = buyer.person.place, buyer.person
    address = {
        "id": number * 2, "region": place.province, "region_id": _region(place), "region_code": place.province_code,
        "country_id": place.country, "street": [place.street], "telephone": person.phone or "",
        "postcode": place.postcode, "city": place.city, "firstname": person.first, "lastname": person.last,
        "email": person.email or "", "same_as_billing": 1, "save_in_address_book": 0,
    }  # fmt: skip
    assignment = {"shipping": {"address": address, "method": "tablerate_bestway"}, "items": [item]}
    quote = {"negotiable_quote": _quote(sale, number, status)} if buyer.firm else {}
    return {
        "id": number,
        "created_at": utc_naive(sale.placed),
        "updated_at": utc_naive(sale.changed),
        "is_active": status != "ordered",
        "is_virtual": False,
        "items": [item],
        "items_count": 1,
        "items_qty": goods.quantity,
        "customer": customer_row(buyer) if buyer.account else {"email": "", "firstname": "", "lastname": ""},
        "billing_address": address,
        **({"reserved_order_id": f"{sale.number:09d}"} if status == "ordered" else {}),
        "orig_order_id": 0,
        "currency": {"global_currency_code": "USD", "base_currency_code": "USD", "store_currency_code": "USD",
                     "quote_currency_code": sale.currency},
        "customer_is_guest": not buyer.account,
        "customer_note_notify": True,
        "customer_tax_class_id": 3,
        "store_id": 1,
        "extension_attributes": {"shipping_assignments": [assignment], **quote},
    }  # fmt: skip


def _quote(sale: TradeSale, number: int, status: str) -> Payload:
    return {
        "quote_id": number, "is_regular_quote": True, "status": status, "negotiated_price_type": None,
        "negotiated_price_value": None, "shipping_price": None, "quote_name": f"Season order {sale.number}",
        "expiration_period": None, "email_notification_status": 0, "has_unconfirmed_changes": False,
        "is_shipping_tax_changed": False, "is_customer_price_changed": False, "notifications": None,
        "applied_rule_ids": "", "is_address_draft": False, "deleted_sku": None,
        "creator_id": sale.buyer.account, "creator_type": 3, "negotiated_total_price": _number(sale.total),
    }  # fmt: skip
