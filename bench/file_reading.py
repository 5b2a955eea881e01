"""Reads large export files: the product's reader beside the bare decoder over the same bytes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from zoneinfo import ZoneInfo

__all__ = ["bare_csv", "bare_jsonl", "read_with_product", "written_csv", "written_jsonl"]

_HEADER = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing Street",
    "Billing Address1",
    "Billing Address2",
    "Billing Company",
    "Billing City",
    "Billing Zip",
    "Billing Province",
    "Billing Country",
    "Billing Phone",
    "Shipping Name",
    "Shipping Street",
    "Shipping Address1",
    "Shipping Address2",
    "Shipping Company",
    "Shipping City",
    "Shipping Zip",
    "Shipping Province",
    "Shipping Country",
    "Shipping Phone",
    "Notes",
    "Note Attributes",
    "Cancelled at",
    "Payment Method",
    "Payment Reference",
    "Refunded Amount",
    "Vendor",
    "Outstanding Balance",
    "Employee",
    "Location",
    "Device ID",
    "Id",
    "Tags",
    "Risk Level",
    "Source",
    "Lineitem discount",
    "Tax 1 Name",
    "Tax 1 Value",
    "Tax 2 Name",
    "Tax 2 Value",
    "Tax 3 Name",
    "Tax 3 Value",
    "Tax 4 Name",
    "Tax 4 Value",
    "Tax 5 Name",
    "Tax 5 Value",
    "Phone",
    "Receipt Number",
    "Duties",
    "Billing Province Name",
    "Shipping Province Name",
    "Payment ID",
    "Payment Terms Name",
    "Next Payment Due At",
    "Payment References",
]


def written_csv(path: Path, lines: int) -> Path:
    """Write a Shopify orders export of so many lines, about 2.2 line items an order."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    place = {name: number for number, name in enumerate(_HEADER)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADER)
        written = order = 0
        while written < lines:
            order += 1
            for item in range(1 + (order % 5 + 1) // 2):
                row = [""] * len(_HEADER)
                values = _line_item(order, item) | (_order_cells(order) if item == 0 else {})
                for name, value in values.items():
                    row[place[name]] = value
                writer.writerow(row)
                written += 1
    return path


def _line_item(order: int, item: int) -> dict[str, str]:
    return {
        "Name": f"#{order}", "Email": f"buyer{order % 400_000}@shop{order % 977}.example", "Created at": "2026-04-10 10:11:12 -0400",
        "Lineitem quantity": "2", "Lineitem name": f"Stoneware mug, {order % 40} cl", "Lineitem price": "19.90",
        "Lineitem sku": f"MUG-{order % 900}-{item}", "Lineitem requires shipping": "true", "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled", "Vendor": "House", "Lineitem discount": "0.00",
    }  # fmt: skip


def _order_cells(order: int) -> dict[str, str]:
    name, street = f"Buyer {order % 400_000}", f"{order % 990} Quartz Boulevard"
    address = {"Name": name, "Street": street, "Address1": street, "City": "Denver", "Zip": "80202", "Province": "CO"}
    both = {f"{side} {key}": value for side in ("Billing", "Shipping") for key, value in address.items()}
    return both | {
        "Financial Status": "paid", "Paid at": "2026-04-10 10:11:13 -0400", "Fulfillment Status": "fulfilled",
        "Accepts Marketing": "yes", "Currency": "USD", "Subtotal": f"{order % 900}.80", "Shipping": "4.95",
        "Taxes": f"{order % 70}.10", "Total": f"{order % 900 + 80}.85", "Discount Amount": "0.00",
        "Shipping Method": "Standard", "Billing Country": "US", "Shipping Country": "US",
        "Billing Phone": f"+1303555{order % 10_000:04d}", "Payment Method": "Card", "Refunded Amount": "0.00",
        "Outstanding Balance": "0.00", "Id": str(5_000_000_000 + order), "Tags": "vip, web" if order % 9 == 0 else "",
        "Risk Level": "Low", "Source": "web",
    }  # fmt: skip


def written_jsonl(path: Path, records: int) -> Path:
    """Write Admin GraphQL order nodes, one a line."""
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for order in range(1, records + 1):
            file.write(json.dumps(_node(order)) + "\n")
    return path


def _node(order: int) -> dict[str, object]:
    def bag(amount: str) -> dict[str, object]:
        money = {"amount": amount, "currencyCode": "USD"}
        return {"shopMoney": money, "presentmentMoney": money}

    address = {
        "firstName": "Buyer", "lastName": str(order), "name": f"Buyer {order}", "address1": f"{order % 990} Quartz Boulevard",
        "address2": None, "city": "Denver", "zip": "80202", "provinceCode": "CO", "countryCodeV2": "US", "company": None,
        "phone": f"+1303555{order % 10_000:04d}",
    }  # fmt: skip
    email = f"buyer{order % 400_000}@shop{order % 977}.example"
    customer = f"gid://shopify/Customer/{order % 400_000}"
    return {
        "__typename": "Order", "id": f"gid://shopify/Order/{order}", "legacyResourceId": str(order), "name": f"#{order}",
        "createdAt": "2026-04-10T14:11:12Z", "updatedAt": "2026-04-10T15:11:12Z", "processedAt": "2026-04-10T14:11:12Z",
        "cancelledAt": None, "closedAt": None, "test": False, "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED", "currencyCode": "USD", "presentmentCurrencyCode": "USD", "email": email,
        "phone": None, "tags": ["vip", "web"] if order % 9 == 0 else [], "sourceName": "web", "taxesIncluded": False,
        "totalPriceSet": bag(f"{order % 900 + 80}.85"), "currentTotalPriceSet": bag(f"{order % 900 + 80}.85"),
        "subtotalPriceSet": bag(f"{order % 900}.80"), "totalTaxSet": bag(f"{order % 70}.1"), "totalRefundedSet": bag("0.0"),
        "customer": {"id": customer, "displayName": f"Buyer {order}", "email": email, "tags": []},
        "purchasingEntity": {"__typename": "Customer", "id": customer}, "shippingAddress": address, "billingAddress": address,
    }  # fmt: skip


def bare_csv(path: Path) -> int:
    """Read every row with the csv module and keep nothing."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def bare_jsonl(path: Path) -> int:
    """Decode every line with msgspec, untyped, and keep nothing."""
    import msgspec

    decode = msgspec.json.Decoder().decode
    with path.open("rb") as file:
        return sum(1 for line in file if decode(line) is not None)


def read_with_product(path: Path) -> int:
    """Read a file into typed records, as the sync does; returns how many."""
    from unposted.connectors.files import read_file
    from unposted.connectors.formats import Context
    from unposted.connectors.keys import KeyMaker

    context = Context(KeyMaker(), ZoneInfo("America/New_York"))
    return sum(1 for _ in read_file(path, path.name, "shopify", "orders", context).items)
