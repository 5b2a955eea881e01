"""Writes the same made-up world as people export it by hand: Shopify's CSV files, and one CSV a legal entity.

The orders CSV has no customer id and no company, no draft orders and no mark for test orders but their gateway. So
who is only known by what it lacks is left out: the shop's own companies, and an account under a placeholder address.
The wholesale store and Dataverse stay as they are in the demo.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from unposted.sandbox.bigcommerce import bigcommerce_files
from unposted.sandbox.dataverse import dataverse_files
from unposted.sandbox.demo import workspace_text
from unposted.sandbox.finance_operations import customer_row
from unposted.sandbox.shopify import CATALOG, order_names, shipping_of
from unposted.sandbox.values import ZONE, MasterRecord, Person, Place, Shopper, ShopSale, World, goods_in, tax_in
from unposted.sandbox.world import make_world

__all__ = ["write_export_demo"]

_ORDER_COLUMNS = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing",
    "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status",
    *(f"{kind} {part}" for kind in ("Billing", "Shipping") for part in (
        "Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country", "Phone")),
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount", "Vendor",
    "Outstanding Balance", "Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source",
    "Lineitem discount", "Phone", "Receipt Number", "Duties", "Billing Province Name", "Shipping Province Name",
)  # fmt: skip
_CUSTOMER_COLUMNS = (
    "Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing", "Default Address Company",
    "Default Address Address1", "Default Address Address2", "Default Address City", "Default Address Province Code",
    "Default Address Country Code", "Default Address Zip", "Default Address Phone", "Phone", "Accepts SMS Marketing",
    "Total Spent", "Total Orders", "Note", "Tax Exempt", "Tags",
)  # fmt: skip
_DYNAMICS = """\
# The customer master, exported from each legal entity's own Data management workspace.
[[dynamics]]
name = "fno-us"
system = "finance_operations"
entity = "USTI"                   # an export is of one company and does not name it
external_id = "EcomCustomerId"
files = { customers = "exports/finance_operations/customers-usti.csv" }

[[dynamics]]
name = "fno-ca"
system = "finance_operations"
entity = "CATU"
external_id = "EcomCustomerId"
files = { customers = "exports/finance_operations/customers-catu.csv" }
"""
_SHOP_FILES = """\
[stores.files]
orders = "exports/shopify/orders_export*.csv"
customers = "exports/shopify/customers_export.csv"
"""


def write_export_demo(folder: Path, seed: int = 2026) -> Path:
    """Write the world as export files with their own workspace file, which is returned.

    The reading is the demo's: the same seventeen rows with the same values. The bytes depend on the seed alone.
    """
    world = make_world(seed)
    for system, files, encoding in (
        ("bigcommerce", bigcommerce_files(world), "utf-8"),
        ("shopify", _shopify_files(world), "utf-8"),
        ("finance_operations", _finance_operations_files(world), "utf-8-sig"),
        ("dataverse", dataverse_files(world), "utf-8"),
    ):
        place = folder / "exports" / system
        place.mkdir(parents=True, exist_ok=True)
        for name, text in files:
            (place / name).write_text(text, encoding=encoding, newline="")
    workspace = folder / "unposted.toml"
    workspace.write_text(workspace_text(_SHOP_FILES, _DYNAMICS), encoding="utf-8", newline="\n")
    return workspace


def _csv(columns: Sequence[str], rows: Iterator[Mapping[str, object]], line_end: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator=line_end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _finance_operations_files(world: World) -> Iterator[tuple[str, str]]:
    for entity in ("usti", "catu"):
        rows = [_upper(record) for record in world.masters if record.entity == entity]
        yield f"customers-{entity}.csv", _csv(list(rows[0]), iter(rows), "\r\n")


def _upper(record: MasterRecord) -> dict[str, object]:
    return {name.upper(): value for name, value in customer_row(record).items()}


# ---- the shop


def _shopify_files(world: World) -> Iterator[tuple[str, str]]:
    names = order_names(world)
    sales = [sale for sale in reversed(world.shop_sales) if _is_expressible(sale)]
    yield "orders_export_1.csv", _csv(_ORDER_COLUMNS, _order_rows(sales, names), "\n")
    older = [sale.older for sale in sales if sale.older]
    yield "orders_export_earlier.csv", _csv(_ORDER_COLUMNS, _order_rows(older, names), "\n")
    yield "customers_export.csv", _csv(_CUSTOMER_COLUMNS, map(_customer_row, world.shoppers), "\n")


def _is_expressible(sale: ShopSale) -> bool:
    email = sale.shopper.person.email or ""
    return sale.firm is None and (sale.shopper.account is None or not email.startswith("noreply@"))


def _order_rows(sales: Sequence[ShopSale], names: Mapping[int, str]) -> Iterator[dict[str, object]]:
    for sale in sales:
        yield from _rows_of(sale, names[sale.number])


def _rows_of(sale: ShopSale, name: str) -> Iterator[dict[str, object]]:
    """Write an order: its own columns with its first line item, and on every third order a second item's row."""
    tax = tax_in(sale.total, sale.ship_to.country if sale.ship_to else "US", "dtc")
    shipping = shipping_of(sale)
    subtotal = sale.total - tax - shipping
    halves = (subtotal // 2, subtotal - subtotal // 2) if sale.number % 3 == 0 else (subtotal,)
    for place, part in enumerate(halves):
        goods = goods_in(part, sale.number + place, CATALOG, packs=False)
        item: dict[str, object] = {
            "Name": name,
            "Email": sale.shopper.person.email or "",
            "Created at": _time(sale.placed),
            "Lineitem quantity": goods.quantity,
            "Lineitem name": goods.title,
            "Lineitem price": _decimal(goods.price),
            "Lineitem sku": goods.sku,
            "Lineitem requires shipping": "true",
            "Lineitem taxable": "true",
            "Lineitem fulfillment status": "pending",
            "Lineitem discount": "0.00",
            "Vendor": "US Trade",
        }
        yield item if place else item | _order_columns(sale, subtotal, shipping, tax)


def _order_columns(sale: ShopSale, subtotal: int, shipping: int, tax: int) -> dict[str, object]:
    person = sale.shopper.person
    is_paid = sale.financial in {"PAID", "PARTIALLY_REFUNDED", "REFUNDED"}
    row: dict[str, object] = {
        "Financial Status": (sale.financial or "").lower(),
        "Paid at": _time(sale.placed) if is_paid else "",
        "Fulfillment Status": "unfulfilled",
        "Accepts Marketing": "no",
        "Currency": "USD",
        "Subtotal": _decimal(subtotal),
        "Shipping": _decimal(shipping),
        "Taxes": _decimal(tax),
        "Total": _decimal(sale.total),
        "Discount Amount": "0.00",
        "Shipping Method": "Standard" if sale.ship_to else "",
        "Cancelled at": _time(sale.cancelled) if sale.cancelled else "",
        "Payment Method": "bogus" if sale.test else "Shopify Payments",
        "Refunded Amount": _decimal(sale.refunded),
        "Outstanding Balance": _decimal(0 if is_paid else sale.total),
        "Id": sale.number,
        "Tags": ", ".join(sale.tags),
        "Risk Level": "Low",
        "Source": sale.source,
    }
    if sale.ship_to:
        for kind in ("Billing", "Shipping"):
            row |= _address(kind, person, sale.ship_to)
    return row


def _address(kind: str, person: Person, place: Place) -> dict[str, object]:
    return {
        f"{kind} Name": f"{person.first} {person.last}",
        f"{kind} Street": place.street,
        f"{kind} Address1": place.street,
        f"{kind} City": place.city,
        f"{kind} Zip": f"'{place.postcode}",
        f"{kind} Province": place.province_code,
        f"{kind} Country": place.country,
        f"{kind} Phone": person.phone or "",
        f"{kind} Province Name": place.province,
    }


def _customer_row(shopper: Shopper) -> dict[str, object]:
    person, place = shopper.person, shopper.person.place
    return {
        "Customer ID": f"'{shopper.account}",
        "First Name": person.first,
        "Last Name": person.last,
        "Email": person.email,
        "Accepts Email Marketing": "no",
        "Default Address Address1": place.street,
        "Default Address City": place.city,
        "Default Address Province Code": place.province_code,
        "Default Address Country Code": place.country,
        "Default Address Zip": f"'{place.postcode}",
        "Default Address Phone": f"'{person.phone}",
        "Phone": f"'{person.phone}",
        "Accepts SMS Marketing": "no",
        "Tax Exempt": "no",
        "Tags": ", ".join(shopper.tags),
    }


def _time(moment: datetime) -> str:
    """Write a time as the admin exports it: the shop's wall clock and its offset."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S %z")


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
