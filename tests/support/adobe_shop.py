"""An Adobe Commerce store of the sandbox and the product's connector to it, inside one process and on one clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from tests.support.storefronts import setting
from unposted.connectors.adobe_commerce.connection import AdobeCommerceConnection
from unposted.connectors.adobe_commerce.live import connect
from unposted.connectors.formats import RawItem
from unposted.connectors.http import Patience
from unposted.connectors.live import Connector, LiveStream, Page, PageRequest, Tools
from unposted.connectors.secrets import SecretStore
from unposted.domain.cursor import Span
from unposted.domain.records import Record, record_id
from unposted.sandbox.adobe_commerce import order_row
from unposted.sandbox.services.adobe_commerce import AdobeCommerceService
from unposted.sandbox.services.adobe_commerce_switches import AdminUser, AdobeCommerceSwitches, Integration
from unposted.sandbox.services.login import ImsApp, LoginService
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import Buyer, Person, Place, TradeSale, World
from unposted.sandbox.wire import Answer, Call, SteppedClock
from unposted.sandbox.world import make_world

__all__ = ["ALL", "NOW", "SECRETS", "Shop", "at", "drained", "plain_order", "shop", "span", "world_shop"]

NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
STORE, LOGIN = "http://sandbox/adobe_commerce", "http://sandbox/login"
_KEYS, _ADMIN = Integration(), AdminUser()
SECRETS = {
    "UNPOSTED_TRADE_CONSUMER_KEY": _KEYS.consumer_key,
    "UNPOSTED_TRADE_CONSUMER_SECRET": _KEYS.consumer_secret,
    "UNPOSTED_TRADE_ACCESS_TOKEN": _KEYS.token,
    "UNPOSTED_TRADE_ACCESS_TOKEN_SECRET": _KEYS.token_secret,
    "UNPOSTED_TRADE_TOKEN": _KEYS.token,
    "UNPOSTED_TRADE_CLIENT_SECRET": "ims-secret-5f0c",
}
ADMIN_SECRETS = {"UNPOSTED_TRADE_USERNAME": _ADMIN.name, "UNPOSTED_TRADE_PASSWORD": _ADMIN.password}
_IMS = ImsApp(
    client_id="ims-client",
    secret="ims-secret-5f0c",
    scopes=frozenset(AdobeCommerceConnection(url=STORE).scope.split(",")),
)


def at(text: str) -> datetime:
    """Read `2026-04-07 10:00:00` as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, end: str) -> Span:
    """Make a span of two such texts."""
    return Span(at(start), at(end))


ALL = Span(NOW - timedelta(days=4000), NOW)


@dataclass
class Shop:
    """A store, its connector and what went over the wire.

    `between` is called before each call is answered; `instead` are answers to give to the next calls (None: its own).
    """

    service: AdobeCommerceService
    connector: Connector
    clock: SteppedClock
    login: LoginService
    asked: list[Call] = field(default_factory=list)
    waits: list[tuple[float, str]] = field(default_factory=list)
    between: list[Any] = field(default_factory=list)
    instead: list[Answer | None] = field(default_factory=list)

    def stream(self, name: str) -> LiveStream:
        """Return one of the connector's streams."""
        return next(stream for stream in self.connector.streams if stream.name == name)

    def switch(self, **changes: Any) -> None:
        """Set some of the store's switches."""
        self.service.switches = replace(self.service.switches, **changes)

    def records(self, name: str = "orders", wanted: Span | None = ALL, size: int | None = None) -> list[Record]:
        """Read a stream to its end and decode it."""
        return list(_records(self.stream(name), drained(self.stream(name), wanted, size)))

    def ids(self, name: str = "orders", wanted: Span | None = ALL, size: int | None = None) -> list[str]:
        """Read a stream to its end and tell its records' ids."""
        return [record_id(record) for record in self.records(name, wanted, size)]

    def put(self, *rows: dict[str, Any]) -> None:
        """Put orders into the store."""
        for row in rows:
            self.service.put("orders", row)


def _records(stream: LiveStream, pages: Sequence[Page]) -> Iterator[Record]:
    bodies = [body for page in pages for body in page.items]
    for item in stream.decode([RawItem(line, body) for line, body in enumerate(bodies, 1)], setting()):
        assert type(item).__name__ != "Bad", item
        yield item  # type: ignore[misc]


def drained(stream: LiveStream, wanted: Span | None, size: int | None = None, most: int = 400) -> list[Page]:
    """Fetch page after page until the stream says that it ends, which it must before `most` pages."""
    pages: list[Page] = []
    token: str | None = None
    while True:
        pages.append(stream.fetch(PageRequest(wanted, token, size)))
        token = pages[-1].next
        if token is None:
            return pages
        assert len(pages) < most, "the stream does not end"


def shop(
    switches: AdobeCommerceSwitches | None = None,
    secrets: dict[str, str] | None = None,
    world: World | None = None,
    tries: int = 3,
    ahead: float = 0.0,
    **settings: Any,
) -> Shop:
    """Open a store, empty or a world's, and connect to it; `ahead`: our own clock, in seconds before the store's."""
    clock = SteppedClock(NOW)
    login = LoginService(clock.now, ims=[_IMS])
    make = AdobeCommerceService if world is None else lambda *given: AdobeCommerceService.of_world(world, *given)
    service = make(clock.now, STORE, switches or AdobeCommerceSwitches(), login)
    asked: list[Call] = []
    between: list[Any] = []
    instead: list[Answer | None] = []

    def store(call: Call) -> Answer:
        asked.append(call)
        for change in between:
            change(call)
        own = service(call)
        return (instead.pop(0) if instead else None) or own

    waits: list[tuple[float, str]] = []
    kept = SecretStore(SECRETS if secrets is None else secrets, keyring=lambda _: None)
    tools = Tools(
        secret=lambda name: kept.need("trade", name),
        find_secret=lambda name: kept.find("trade", name),
        clock=SteppedClock(NOW + timedelta(seconds=ahead)) if ahead else clock,
        patience=Patience(tries=tries, first_pause=0.5, longest_pause=1.0),
        transport=InProcess({STORE: store, LOGIN: login}, clock),
        tell_wait=lambda seconds, why: waits.append((seconds, why)),
    )
    ims = {"client_id": "ims-client", "org_id": "ORG@AdobeOrg", "ims_url": LOGIN}
    connection = AdobeCommerceConnection(url=STORE, **{**ims, **settings})
    return Shop(service, connect("trade", connection, tools), clock, login, asked, waits, between, instead)


@lru_cache(maxsize=1)
def _world() -> World:
    return make_world(2026)


def world_shop(**settings: Any) -> Shop:
    """Open the world's wholesale store."""
    return shop(world=_world(), **settings)


def plain_order(number: int, changed: str, created: str | None = None, **fields: Any) -> dict[str, Any]:
    """Write an order of somebody in Ohio for 120.00 USD; a field given as None is left out."""
    place = Place("1 Elm Street", "Columbus", "Ohio", "OH", "43215", "US")
    buyer = Buyer(
        4_101, Person("Ada", "Birch", "ada.birch@example.com", "+16145550101", place), at("2025-01-01 00:00:00")
    )
    sale = TradeSale(buyer=buyer, placed=at(created or changed), changed=at(changed), total=120_00, number=number)
    row = order_row(sale) | fields
    return {name: value for name, value in row.items() if value is not None}
