"""Opens a sandbox shop for the tests of the Shopify connector, and reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from tests.support.storefronts import setting
from unposted.connectors.formats import Item, RawItem
from unposted.connectors.live import LiveStream, Page, PageRequest, Tools
from unposted.connectors.secrets import Secret
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.connectors.shopify.live import ShopifyConnector, connect
from unposted.domain.cursor import Span
from unposted.sandbox.services.shopify import ShopifyService
from unposted.sandbox.services.shopify_switches import ShopifySwitches
from unposted.sandbox.transport import InProcess
from unposted.sandbox.wire import SteppedClock

__all__ = [
    "FILES", "NOW", "SHOP", "WEEK", "Shop", "at", "company_row", "customer_row", "draft_row", "drain", "node_ids",
    "order_row", "records",
]  # fmt: skip

NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
SHOP, FILES = "http://sandbox/shopify", "http://files.sandbox"
WEEK = Span(NOW - timedelta(days=7), NOW)


@dataclass
class Shop:
    """A shop with its clock; `waits` is what the connectors told of their waits."""

    switches: ShopifySwitches = field(default_factory=ShopifySwitches)
    waits: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = SteppedClock(NOW)
        self.service = ShopifyService(self.clock.now, SHOP, self.switches)

    def mounts(self) -> dict[str, Any]:
        """Where the shop and the files of its bulk operations are."""
        return {SHOP: self.service, FILES: self.service}

    def connector(
        self, token: str = "shpat_sandbox", transport: httpx2.BaseTransport | None = None, **settings: Any
    ) -> ShopifyConnector:
        """Connect to it."""
        tools = Tools(
            secret=lambda _: Secret(token),
            find_secret=lambda _: None,
            clock=self.clock,
            transport=transport or InProcess(self.mounts(), self.clock),
            tell_wait=lambda seconds, why: self.waits.append((seconds, why)),
        )
        return connect("dtc", ShopifyConnection(url=SHOP, **settings), tools)

    def stream(self, name: str, **settings: Any) -> LiveStream:
        """Return one stream of a fresh connector."""
        return stream_of(self.connector(**settings), name)

    def orders(self, count: int, step: timedelta = timedelta(minutes=1)) -> None:
        """Put orders there, the last one changed a step before now."""
        for place in range(count):
            self.service.put_order(order_row(5001 + place, NOW - step * (count - place)))

    def ask(self, document: str, version: str = "2026-10", **variables: Any) -> dict[str, Any]:
        """Send a document as anybody could."""
        with httpx2.Client(transport=InProcess(self.mounts(), self.clock)) as client:
            answer = client.post(
                f"{SHOP}/admin/api/{version}/graphql.json",
                json={"query": document, "variables": variables},
                headers={"X-Shopify-Access-Token": self.service.switches.token},
            )
        found: dict[str, Any] = answer.json()
        return found


def stream_of(connector: ShopifyConnector, name: str) -> LiveStream:
    """Return one stream of a connector."""
    return next(one for one in connector.streams if one.name == name)


def drain(
    stream: LiveStream, span: Span | None = WEEK, token: str | None = None, size: int | None = None
) -> list[Page]:
    """Read a span to its end."""
    pages = [stream.fetch(PageRequest(span, token, size))]
    while pages[-1].next is not None:
        assert len(pages) < 500, "it does not end"
        pages.append(stream.fetch(PageRequest(span, pages[-1].next, size)))
    return pages


def node_ids(pages: Iterable[Page]) -> list[str]:
    """List the ids of what pages hold, in their order."""
    found = (json.loads(item).get("id", "") for page in pages for item in page.items)
    return [gid.rpartition("/")[2] for gid in found]


def records(stream: LiveStream, pages: Iterable[Page]) -> list[Item]:
    """Decode what pages hold."""
    found: list[Item] = []
    for page in pages:
        found += stream.decode([RawItem(place, body) for place, body in enumerate(page.items, 1)], setting())
    return found


def at(moment: datetime) -> str:
    """Write an instant as the API does."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _money(amount: str) -> dict[str, Any]:
    money = {"amount": amount, "currencyCode": "USD"}
    return {"shopMoney": money, "presentmentMoney": money}


_ADDRESS = {"name": "Ana Adler", "address1": "12 Main Street", "zip": "10001", "countryCodeV2": "US", "phone": None}


def order_row(number: int, changed: datetime, created: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """Make an order of somebody."""
    gid = f"gid://shopify/Customer/{number + 1000}"
    person = {
        "id": gid, "firstName": "Ana", "lastName": "Adler", "tags": [],
        "defaultEmailAddress": {"emailAddress": f"ana{number}@example.com"},
    }  # fmt: skip
    return {
        "id": f"gid://shopify/Order/{number}", "name": f"#{number}", "createdAt": at(created or changed),
        "updatedAt": at(changed), "processedAt": at(created or changed), "cancelledAt": None, "test": False,
        "displayFinancialStatus": "PAID", "totalPriceSet": _money("110.50"), "totalTaxSet": _money("10.50"),
        "totalRefundedSet": _money("0.0"), "email": f"ana{number}@example.com", "phone": None, "tags": ["vip"],
        "customer": person, "purchasingEntity": {"__typename": "Customer", "id": gid}, "billingAddress": _ADDRESS,
        "shippingAddress": _ADDRESS, **changes,
    }  # fmt: skip


def draft_row(number: int, changed: datetime) -> dict[str, Any]:
    """Make a draft order."""
    row = order_row(number, changed)
    row |= {"id": f"gid://shopify/DraftOrder/{number}", "name": f"#D{number}", "status": "OPEN"}
    return row


def customer_row(number: int, changed: datetime, email: str | None = None, **changes: Any) -> dict[str, Any]:
    """Make a customer."""
    written = {"emailAddress": email or f"ana{number}@example.com"}
    return {
        "id": f"gid://shopify/Customer/{number}", "firstName": "Ana", "lastName": "Adler", "tags": [],
        "createdAt": at(changes.pop("created", changed)), "updatedAt": at(changed), "defaultEmailAddress": written,
        "defaultPhoneNumber": None, "taxSettings": {"taxId": "DE136695976"}, "companyContactProfiles": [],
        "defaultAddress": _ADDRESS, **changes,
    }  # fmt: skip


def company_row(number: int, changed: datetime, locations: int = 1) -> dict[str, Any]:
    """Make a company; each of its locations has a tax id of its own."""
    address = {"companyName": "Adler", "address1": "Hafenstr. 5", "city": "Hamburg", "zip": "20457",
               "countryCode": "DE", "phone": None}  # fmt: skip
    places = [
        {
            "id": f"gid://shopify/CompanyLocation/{number * 100 + place}", "name": f"place {place}", "phone": None,
            "taxSettings": {"taxRegistrationId": f"DE1366959{place:02d}", "taxExempt": False},
            "billingAddress": address, "shippingAddress": address,
        }
        for place in range(locations)
    ]  # fmt: skip
    contact = {"id": f"gid://shopify/Customer/{number + 5}", "defaultEmailAddress": {"emailAddress": "x@example.org"}}
    return {
        "id": f"gid://shopify/Company/{number}", "name": f"Adler {number}", "externalId": f"ERP-{number}",
        "createdAt": at(changed), "updatedAt": at(changed), "locations": {"nodes": places},
        "mainContact": {"id": f"gid://shopify/CompanyContact/{number}", "customer": contact},
    }  # fmt: skip
