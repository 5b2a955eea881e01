"""Speaks BigCommerce: v2 orders (a bare list), v3 customers, and B2B Edition companies and company users.

V2 times are RFC 2822 in UTC and amounts are text with four decimals; shipping addresses stand behind a link unless the
consignments were asked for. V3 times are ISO 8601, B2B Edition's are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from uuid import NAMESPACE_URL, uuid5

from unposted.sandbox.values import Buyer, Firm, Goods, Place, TradeSale, World, goods_in, pages, tax_in
from unposted.sandbox.writing import ROWS, Row, page_text

__all__ = [
    "STATUS_NAMES",
    "b2b_order_row",
    "bigcommerce_files",
    "company_row",
    "consignments_of",
    "customer_row",
    "order_row",
    "user_row",
]

_CATALOG = (
    ("Cedar planter box, flat-packed", "CED-120-T"), ("Linen table runner, assorted", "LIN-044-T"),
    ("Cast-iron fire bowl", "IRN-310-T"), ("Wool throw, hotel grade", "WOL-072-T"),
    ("Stackable teak chair", "TEK-450-T"), ("Stoneware dinner set", "STW-216-T"),
)  # fmt: skip
_HOST = "https://api.bigcommerce.com/stores/ustrade01"
STATUS_NAMES = (
    "Incomplete", "Pending", "Shipped", "Partially Shipped", "Refunded", "Cancelled", "Declined", "Awaiting Payment",
    "Awaiting Pickup", "Awaiting Shipment", "Completed", "Awaiting Fulfillment", "Manual Verification Required",
    "Disputed", "Partially Refunded",
)  # fmt: skip
_COUNTRY = {"US": "United States", "CA": "Canada"}
_ORDERS_A_PAGE = 100
_SHIPPED = frozenset({2, 10})


def bigcommerce_files(world: World) -> Iterator[tuple[str, str]]:
    """Give the store's files: orders by id, after older versions of some; customers, companies and their users."""
    orders = [order_row(sale) for sale in world.trade_sales]
    older = [order_row(sale.older) for sale in world.trade_sales if sale.older]
    for number, page in enumerate(pages([*older, *orders], _ORDERS_A_PAGE), 1):
        yield f"orders-{number:03d}.json", page_text(ROWS, page)
    customers = [customer_row(buyer) for buyer in world.buyers]
    yield "customers-001.json", page_text({"data": ROWS, "meta": _pagination(len(customers))}, customers)
    yield "companies-001.json", _b2b_page([company_row(firm) for firm in world.firms])
    users = [user_row(buyer, buyer.firm, place) for place, buyer in enumerate(world.buyers, 1) if buyer.firm]
    yield "company_users-001.json", _b2b_page(users)


def _pagination(count: int) -> Row:
    links = {"current": "?page=1&limit=250"}
    return {"pagination": {"total": count, "count": count, "per_page": 250, "current_page": 1, "total_pages": 1,
                           "links": links}}  # fmt: skip


def _b2b_page(rows: Sequence[Row]) -> str:
    meta = {"message": "SUCCESS", "pagination": {"totalCount": len(rows), "offset": 0, "limit": 250}}
    return page_text({"code": 200, "data": ROWS, "meta": meta}, rows)


def order_row(sale: TradeSale) -> Row:
    """Write an order as v2 lists it."""
    ship_to = sale.ship_to or sale.buyer.person.place
    tax = tax_in(sale.total, ship_to.country, "trade")
    goods = goods_in(sale.total - tax, sale.number, _CATALOG, packs=True)
    items = goods.quantity
    is_shipped = sale.status in _SHIPPED
    return {
        "id": sale.number,
        "customer_id": sale.buyer.account,
        "date_created": _rfc2822(sale.placed),
        "date_modified": _rfc2822(sale.changed),
        "date_shipped": _rfc2822(sale.changed) if is_shipped else "",
        "status_id": sale.status,
        "status": STATUS_NAMES[sale.status],
        "custom_status": STATUS_NAMES[sale.status],
        "cart_id": None if sale.status == 0 else str(uuid5(NAMESPACE_URL, f"{_HOST}/carts/{sale.number}")),
        **_amounts(sale.total, tax),
        "is_tax_inclusive_pricing": False,
        "items_total": items,
        "items_shipped": items if is_shipped else 0,
        "payment_method": sale.method,
        "payment_provider_id": "",
        "payment_status": sale.paid,
        "refunded_amount": "0.0000",
        "order_is_digital": False,
        "is_deleted": False,
        "ip_address": "",
        "ip_address_v6": "",
        "geoip_country": "",
        "geoip_country_iso2": "",
        "currency_id": 1 if sale.currency == "USD" else 2,
        "currency_code": sale.currency,
        "currency_exchange_rate": "1.0000000000",
        "default_currency_id": 1 if sale.currency == "USD" else 2,
        "default_currency_code": sale.currency,
        "store_default_currency_code": "USD",
        "store_default_to_transactional_exchange_rate": "1.0000000000" if sale.currency == "USD" else "1.3698630137",
        "staff_notes": "",
        "customer_message": "",
        "shipping_address_count": 1,
        "ebay_order_id": "0",
        "billing_address": _billing(sale.buyer),
        "is_email_opt_in": False,
        "credit_card_type": None,
        "order_source": "www",
        "channel_id": 1,
        "external_source": None,
        "external_id": None,
        "external_merchant_id": None,
        "external_order_id": "",
        "tax_provider_id": "BasicTaxProvider",
        "customer_locale": "en",
        "products": _link(sale, "products"),
        "shipping_addresses": _link(sale, "shippingaddresses"),
        "coupons": _link(sale, "coupons"),
        "fees": _link(sale, "fees"),
        "consignments": _consignments(sale, sale.ship_to, goods) if sale.ship_to else _link(sale, "consignments"),
    }


def _amounts(total: int, tax: int) -> Row:
    nothing = (
        "base_shipping_cost", "shipping_cost_ex_tax", "shipping_cost_inc_tax", "shipping_cost_tax",
        "base_handling_cost", "handling_cost_ex_tax", "handling_cost_inc_tax", "handling_cost_tax",
        "base_wrapping_cost", "wrapping_cost_ex_tax", "wrapping_cost_inc_tax", "wrapping_cost_tax",
        "discount_amount", "coupon_discount", "store_credit_amount", "gift_certificate_amount",
    )  # fmt: skip
    return {
        "subtotal_ex_tax": _amount(total - tax),
        "subtotal_inc_tax": _amount(total),
        "subtotal_tax": _amount(tax),
        **dict.fromkeys(nothing, "0.0000"),
        "total_ex_tax": _amount(total - tax),
        "total_inc_tax": _amount(total),
        "total_tax": _amount(tax),
    }


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}00"


def _rfc2822(moment: datetime) -> str:
    return format_datetime(moment)


def _link(sale: TradeSale, name: str) -> Row:
    return {"url": f"{_HOST}/v2/orders/{sale.number}/{name}", "resource": f"/orders/{sale.number}/{name}"}


def _address(buyer: Buyer, place: Place) -> Row:
    person = buyer.person
    return {
        "first_name": person.first,
        "last_name": person.last,
        "company": buyer.trade_name,
        "street_1": place.street,
        "street_2": "",
        "city": place.city,
        "state": place.province,
        "zip": place.postcode,
        "country": _COUNTRY[place.country],
        "country_iso2": place.country,
        "phone": person.phone or "",
        "email": person.email or "",
        "form_fields": [],
    }


def consignments_of(sale: TradeSale) -> Row:
    """Write where an order goes, as `include=consignments` shows it."""
    ship_to = sale.ship_to or sale.buyer.person.place
    tax = tax_in(sale.total, ship_to.country, "trade")
    return _consignments(sale, ship_to, goods_in(sale.total - tax, sale.number, _CATALOG, packs=True))


def _billing(buyer: Buyer) -> Row:
    return _address(buyer, buyer.person.place)


def _consignments(sale: TradeSale, ship_to: Place, goods: Goods) -> Row:
    shipping = {
        "id": sale.number + 400,
        **_address(sale.buyer, ship_to),
        "shipping_method": "Freight",
        "line_items": [_link(sale, f"products/{sale.number + 700}")],
        "items_total": goods.quantity,
        "items_shipped": goods.quantity if sale.status in _SHIPPED else 0,
        "base_cost": 0,
        "cost_ex_tax": 0,
        "cost_inc_tax": 0,
        "cost_tax": 0,
        "shipping_zone_id": 1 if ship_to.country == "US" else 2,
        "shipping_zone_name": _COUNTRY[ship_to.country],
    }
    return {"pickups": [], "shipping": [shipping], "downloads": [], "email": {"gift_certificates": []}}


def customer_row(buyer: Buyer) -> Row:
    """Write a customer as v3 lists him, with his addresses."""
    person, place = buyer.person, buyer.person.place
    return {
        "id": buyer.account,
        "email": person.email,
        "first_name": person.first,
        "last_name": person.last,
        "company": buyer.trade_name,
        "phone": person.phone or "",
        "notes": "",
        "tax_exempt_category": "",
        "customer_group_id": 2 if buyer.firm else 0,
        "registration_ip_address": "",
        "date_created": _iso(buyer.joined),
        "date_modified": _iso(buyer.joined),
        "address_count": 1,
        "attribute_count": 0,
        "authentication": {"force_password_reset": False},
        "accepts_product_review_abandoned_cart_emails": False,
        "origin_channel_id": 1,
        "channel_ids": [1],
        "addresses": [
            {
                "id": buyer.account + 5_000,
                "customer_id": buyer.account,
                "first_name": person.first,
                "last_name": person.last,
                "company": buyer.trade_name,
                "address1": place.street,
                "address2": "",
                "city": place.city,
                "state_or_province": place.province,
                "postal_code": place.postcode,
                "country": _COUNTRY[place.country],
                "country_code": place.country,
                "phone": person.phone or "",
                "address_type": "commercial",
            }
        ],
    }


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())


_SIGNED_UP = 1_741_000_000


def company_row(firm: Firm) -> Row:
    """Write a company as B2B Edition lists it, with its extra fields."""
    signed_up = str(_SIGNED_UP + firm.number % 1_000 * 86_400)
    extra = [
        {"fieldName": "Tax ID", "fieldValue": firm.tax_id or ""},
        {"fieldName": "Credit terms", "fieldValue": "Net 30"},
    ]
    return {
        "companyId": firm.number,
        "companyName": firm.name,
        "companyEmail": firm.email,
        "companyPhone": firm.phone,
        "companyStatus": "1",
        "bcGroupId": 2,
        "bcGroupName": "Trade",
        "catalogId": None,
        "catalogName": "",
        "parentCompany": {},
        "priceListAssign": [],
        "uuid": firm.uuid,
        "extraFields": extra,
        "createdAt": signed_up,
        "updatedAt": signed_up,
    }


def user_row(buyer: Buyer, firm: Firm, place: int) -> Row:
    """Write a company's user as B2B Edition lists him; `place` counts the store's buyers from 1."""
    person = buyer.person
    return {
        "id": 61_000 + place,
        "firstName": person.first,
        "lastName": person.last,
        "email": person.email,
        "phoneNumber": person.phone or "",
        "role": 0 if person.place == firm.place else 1,
        "uuid": None,
        "extraFields": [],
        "companyId": firm.number,
        "customerId": buyer.account,
        "companyRoleName": "Admin" if person.place == firm.place else "Senior Buyer",
        "channelList": [{"channelId": 1, "channelName": "Trade storefront", "iconUrl": ""}],
        "createdAt": _unix(buyer.joined),
        "updatedAt": _unix(buyer.joined),
    }


def b2b_order_row(sale: TradeSale) -> Row:
    """Write an order as B2B Edition lists it: with the company that it is for, if there is one."""
    firm = sale.buyer.firm
    return {
        "id": sale.number + 50_000,
        "bcOrderId": sale.number,
        "totalIncTax": sale.total / 100,
        "poNumber": "",
        "status": STATUS_NAMES[sale.status],
        "customStatus": STATUS_NAMES[sale.status],
        "cartId": str(uuid5(NAMESPACE_URL, f"{_HOST}/carts/{sale.number}")),
        "items": 1,
        "usdIncTax": sale.total / 100,
        "companyId": firm.number if firm else 0,
        "currencyCode": sale.currency,
        "money": [{"currencyLocation": "left", "currencyToken": "$", "decimalToken": ".", "decimalPlaces": 2,
                   "thousandsToken": ","}],
        "statusCode": sale.status,
        "isArchived": False,
        "channelId": 1,
        "channelName": "Trade storefront",
        "createdAt": _unix(sale.placed),
        "updatedAt": _unix(sale.changed),
    }  # fmt: skip
