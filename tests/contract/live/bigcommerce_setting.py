"""What the BigCommerce tests share: a store, a connector to it, and ways to read whole streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from unposted.connectors.bigcommerce.connection import BigCommerceConnection
from unposted.connectors.bigcommerce.live import LiveBigCommerce
from unposted.connectors.formats import Bad, Context, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import LiveStream, Page, PageRequest, Tools
from unposted.connectors.secrets import Secret
from unposted.domain.cursor import Span
from unposted.domain.records import Order, Record, record_id
from unposted.sandbox.bigcommerce import b2b_order_row, consignments_of, customer_row, order_row
from unposted.sandbox.services.bigcommerce import BigCommerceService
from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import Buyer, Firm, Person, Place, TradeSale, World
from unposted.sandbox.wire import Answer, Call, SteppedClock

__all__ = [
    "AUSTIN",
    "B2B_BASE",
    "BASE",
    "FIRM",
    "HASH",
    "NOW",
    "SPAN",
    "TOKEN",
    "TORONTO",
    "Store",
    "at",
    "buyer",
    "context",
    "decoded",
    "ids",
    "sale",
]  # fmt: skip

NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
SPAN = Span(NOW - timedelta(days=7), NOW - timedelta(minutes=2))
BASE, B2B_BASE = "http://sandbox/bigcommerce", "http://sandbox/bigcommerce-b2b"
TOKEN, HASH = "canary-token-5b1c", "abc123"
AUSTIN = Place("455 Main Street", "Austin", "Texas", "TX", "78751", "US")
TORONTO = Place("9 King Street", "Toronto", "Ontario", "ON", "M5H 1A1", "CA")
FIRM = Firm(880_101, "Lakeside Inns", "ap@lakeside.example", "+15125550100", AUSTIN, "US123456789", "ACC-7")


def at(minutes: float) -> datetime:
    """Tell the instant that is so many minutes behind the start of the span."""
    return SPAN.start + timedelta(minutes=minutes)


def buyer(account: int = 4_101, firm: Firm | None = None, email: str = "jane@lakeside.example") -> Buyer:
    """Make somebody in Austin who buys; account 0 is a guest."""
    return Buyer(account, Person("Jane", "Doe", email, "+15125550101", AUSTIN), at(-500_000), firm)


def sale(number: int, minutes: float = 1, *, changed: float | None = None, **more: Any) -> TradeSale:
    """Make an order of 107.00 that was placed, and last changed, so many minutes behind the start of the span."""
    usual: dict[str, Any] = {"buyer": buyer(), "total": 107_00}
    return TradeSale(
        number=number, placed=at(minutes), changed=at(minutes if changed is None else changed), **(usual | more)
    )


@dataclass
class Store:
    """A store with its B2B Edition, and everything that was asked of it.

    `before` and `after` are called around each call with its number, counted from 1 over both APIs; what `before`
    returns stands in place of the store's answer.
    """

    switches: dict[str, Any] = field(default_factory=dict)
    world: World | None = None
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(NOW))
    calls: list[Call] = field(default_factory=list)
    waits: list[tuple[float, str]] = field(default_factory=list)
    before: Callable[[int, Call], Answer | None] = lambda _number, _call: None
    after: Callable[[int, Answer], Answer] = lambda _number, answer: answer
    token: str = TOKEN

    def __post_init__(self) -> None:
        """Open the store: empty, or that of a world."""
        switches = BigCommerceSwitches(**({"store_hash": HASH, "token": TOKEN} | self.switches))
        if self.world is None:
            self.service = BigCommerceService(self.clock.now, BASE, switches)
        else:
            self.service = BigCommerceService.of_world(self.world, self.clock.now, BASE, switches)

    def order(self, found: TradeSale, **changes: Any) -> None:
        """Put an order, with changes to its row."""
        row = {**order_row(found), "consignments": consignments_of(found), **changes}
        self.service.put_order(row, found.placed, found.changed)

    def customer(self, found: Buyer, changed: datetime | None = None, **changes: Any) -> None:
        """Put a customer, with changes to the row."""
        self.service.put_customer({**customer_row(found), **changes}, found.joined, changed)

    def refund(self, number: int, order_id: int, amount: float, tax: float = 0, **changes: Any) -> None:
        """Put a refund that the provider has paid."""
        paid = {"id": number, "provider_id": "stripe", "amount": amount, "offline": False, "is_declined": False,
                "declined_message": ""}  # fmt: skip
        row = {"id": number, "order_id": order_id, "user_id": 1, "reason": "", "total_amount": amount,
               "total_tax": tax, "uses_merchant_override_values": False, "items": [], "payments": [paid]}  # fmt: skip
        self.service.put_refund(row | changes, at(3))

    def b2b_order(self, found: TradeSale, **changes: Any) -> None:
        """Put an order as B2B Edition knows it."""
        self.service.put_b2b("orders", {**b2b_order_row(found), **changes}, found.placed, found.changed)

    def connector(self, **settings: Any) -> LiveBigCommerce:
        """Connect with settings that differ from the usual ones."""
        usual: dict[str, Any] = {"url": BASE, "store_hash": HASH, "b2b_url": f"{B2B_BASE}/api/v3/io"}
        tools = Tools(
            secret=lambda _name: Secret(self.token),
            find_secret=lambda _name: None,
            clock=self.clock,
            transport=InProcess(
                {BASE: lambda call: self._answer(self.service, call),
                 B2B_BASE: lambda call: self._answer(self.service.b2b, call)},
                self.clock,
            ),
            tell_wait=lambda seconds, why: self.waits.append((seconds, why)),
        )  # fmt: skip
        return LiveBigCommerce("trade", BigCommerceConnection(**(usual | settings)), tools)

    def stream(self, name: str, **settings: Any) -> LiveStream:
        """Connect and return one stream."""
        settings = {"b2b": name.startswith("compan")} | settings
        return next(stream for stream in self.connector(**settings).streams if stream.name == name)

    def read(
        self, name: str = "orders", span: Span | None = SPAN, size: int | None = None, **settings: Any
    ) -> list[Page]:
        """Read a stream to its end; a page or a token that comes again, or too many of them, is a failure."""
        stream = self.stream(name, **settings)
        span = None if stream.way == "list" else span
        pages: list[Page] = []
        tokens: set[str | None] = {None}
        token: str | None = None
        while len(pages) < 2_000:
            page = stream.fetch(PageRequest(span, token, size))
            assert not page.items or not pages or list(page.items) != list(pages[-1].items), "a page came twice"
            pages.append(page)
            token = page.next
            if token is None:
                return pages
            assert token not in tokens, "a token came twice"
            tokens.add(token)
        raise AssertionError("the stream does not end")

    def records(self, name: str = "orders", **more: Any) -> list[Record]:
        """Read a stream to its end and decode it; nothing may be bad."""
        found = decoded(self.stream(name), self.read(name, **more))
        assert not [item for item in found if isinstance(item, Bad)]
        return [item for item in found if not isinstance(item, Bad)]

    def orders(self, **more: Any) -> dict[str, Order]:
        """Read all orders of the span, each in the version that came last."""
        return {item.order_id: item for item in self.records(**more) if isinstance(item, Order)}

    def asked(self, part: str) -> list[Call]:
        """List the calls whose path ends like this."""
        return [call for call in self.calls if call.path.endswith(part)]

    def _answer(self, service: Callable[[Call], Answer], call: Call) -> Answer:
        self.calls.append(call)
        number = len(self.calls)
        instead = self.before(number, call)
        return self.after(number, service(call) if instead is None else instead)


def context() -> Context:
    """Make the context of a store."""
    return Context(KeyMaker(), ZoneInfo("America/New_York"))


def decoded(stream: LiveStream, pages: Sequence[Page]) -> list[Record | Bad]:
    """Decode the items of pages as the sync does."""
    items = [RawItem(line, body) for page in pages for line, body in enumerate(page.items, 1)]
    return list(stream.decode(items, context()))


def ids(records: Sequence[Record]) -> list[str]:
    """List the ids of records."""
    return [record_id(record) for record in records]
