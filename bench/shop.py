"""Runs the Shopify emulator in a process of its own, with a shop of any size."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["END", "START", "TOKEN", "Shop", "order_node", "running_shop"]

END = datetime(2026, 4, 12, 12, tzinfo=UTC)
START = END - timedelta(days=7)
TOKEN = "shpat_bench"
_PLACES = [(f"{number} Quartz Boulevard", f"{80_000 + number}", "US" if number % 9 else "CA") for number in range(997)]


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop that is being served: its address and the number of its orders."""

    address: str
    orders: int


@contextmanager
def running_shop(orders: int, *, ready: bool) -> Iterator[Shop]:
    """Serve a shop on loopback until the context ends; its orders changed evenly over the week up to `END`.

    When `ready` each page is made once and then served from memory, else it is made for each call, as a shop does.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, orders, ready), daemon=True)
    process.start()
    try:
        yield Shop(here.recv(), orders)
    finally:
        here.send(None)
        process.join(10)


def _serve(pipe: Any, orders: int, ready: bool) -> None:
    from unposted.sandbox.server import SandboxServer
    from unposted.sandbox.services.shopify import ShopifyService, ShopifySwitches

    switches = ShopifySwitches(token=TOKEN, maximum=1e12, restore=1e12, cache_bytes=4 * 1024**3 if ready else 0)
    with SandboxServer({}, lambda: END + timedelta(hours=1)) as server:
        service = ShopifyService(lambda: END + timedelta(hours=1), f"{server.address}/shopify", switches)
        step = (END - START) / (orders + 1)
        for number in range(orders):
            service.put_order(order_node(number, START + step * (number + 1)))
        server.mount("/shopify", service)
        pipe.send(f"{server.address}/shopify")
        pipe.recv()


def order_node(number: int, changed: datetime) -> dict[str, Any]:
    """Make an order of the Admin API: about 1.1 KB as it is asked for."""
    street, postcode, country = _PLACES[number % len(_PLACES)]
    buyer = number * 7919 % 400_000
    email, name = f"buyer{buyer}@mail{buyer % 977}.example", f"Buyer {buyer}"
    address = {
        "name": name, "address1": street, "zip": postcode, "countryCodeV2": country, "phone": f"+1303555{buyer % 10_000:04d}",
    }  # fmt: skip
    customer = f"gid://shopify/Customer/{buyer}"
    at = f"{changed:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "id": f"gid://shopify/Order/{5_000_000_000 + number}", "name": f"#{number + 1001}", "createdAt": at, "updatedAt": at,
        "cancelledAt": None, "test": False, "displayFinancialStatus": "PAID" if number % 11 else "REFUNDED",
        "totalPriceSet": _money(8_000 + number % 90_000), "totalTaxSet": _money(number % 700),
        "totalRefundedSet": _money(0 if number % 11 else 8_000), "email": email, "phone": None,
        "tags": ["vip", "web"] if number % 9 == 0 else [],
        "customer": {
            "id": customer, "firstName": "Buyer", "lastName": str(buyer), "tags": [],
            "defaultEmailAddress": {"emailAddress": email}, "defaultPhoneNumber": None, "taxSettings": None,
        },
        "purchasingEntity": {"__typename": "Customer", "id": customer},
        "billingAddress": address, "shippingAddress": address,
    }  # fmt: skip


def _money(cents: int) -> dict[str, Any]:
    return {"shopMoney": {"amount": f"{cents // 100}.{cents % 100:02d}", "currencyCode": "USD"}}
