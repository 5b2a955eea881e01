"""Emulates a BigCommerce store: v2 orders, v3 customers, refunds and webhooks, and its B2B Edition beside it.

Written from the vendor's reference; what that does not say is a switch (see bigcommerce_switches).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from unposted.sandbox.bigcommerce import (
    b2b_order_row,
    company_row,
    consignments_of,
    customer_row,
    order_row,
    user_row,
)
from unposted.sandbox.services.bigcommerce_b2b import BigCommerceB2bService
from unposted.sandbox.services.bigcommerce_gate import Refusal, StoreGate, v2_refusal, v3_refusal
from unposted.sandbox.services.bigcommerce_orders import OrderDesk
from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches
from unposted.sandbox.services.bigcommerce_v3 import CustomerDesk, HookDesk, RefundDesk
from unposted.sandbox.shelf import Shelf
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["BigCommerceService"]

_ORDERS = ("store_v2_orders_read_only",)
_CUSTOMERS = ("store_v2_customers_read_only",)
_INFORMATION = ("store_v2_information_read_only",)
_REFUNDS = ("store_v2_transactions_read_only", "store_v2_orders_read_only")


class BigCommerceService:
    """One store; see `wire.Service`. `b2b` is its B2B Edition, a service to be mounted at an address of its own.

    Records are put with the instants that the platform shows; the dates inside their rows follow these.
    """

    def __init__(self, now: Now, base: str, switches: BigCommerceSwitches | None = None) -> None:
        """Take the time, the address that links begin with, and the store's ways."""
        self.switches = switches or BigCommerceSwitches()
        self._now = now
        self.orders, self.customers, self.refunds = Shelf(now), Shelf(now), Shelf(now)
        self.gate = StoreGate(now, self.switches)
        self.b2b = BigCommerceB2bService(now, self.switches)
        self._orders = OrderDesk(self.orders, self.switches, base)
        self._customers = CustomerDesk(self.customers, self.switches)
        self._refunds = RefundDesk(self.refunds, self.switches)
        self._hooks = HookDesk(self.switches, now)

    @classmethod
    def of_world(
        cls, world: World, now: Now, base: str, switches: BigCommerceSwitches | None = None
    ) -> BigCommerceService:
        """Open the wholesale store of a world."""
        service = cls(now, base, switches)
        for sale in world.trade_sales:
            row = {**order_row(sale), "consignments": consignments_of(sale)}
            service.put_order(row, sale.placed, sale.changed)
            service.put_b2b("orders", b2b_order_row(sale), sale.placed, sale.changed)
        for place, buyer in enumerate(world.buyers, 1):
            service.put_customer(customer_row(buyer), buyer.joined)
            if buyer.firm:
                service.put_b2b("users", user_row(buyer, buyer.firm, place), buyer.joined)
        for firm in world.firms:
            row = dict(company_row(firm))
            signed_up = datetime.fromtimestamp(int(str(row["createdAt"])), now().tzinfo)
            service.put_b2b("companies", row, signed_up)
        return service

    def put_order(
        self,
        row: Mapping[str, Any],
        created_at: datetime,
        updated_at: datetime | None = None,
        visible_at: datetime | None = None,
    ) -> None:
        """Add an order, or put a newer version of it in its place."""
        self.orders.put(str(row["id"]), dict(row), created_at, updated_at, visible_at)

    def put_customer(self, row: Mapping[str, Any], created_at: datetime, updated_at: datetime | None = None) -> None:
        """Add a customer, or put a newer version in its place."""
        self.customers.put(str(row["id"]), dict(row), created_at, updated_at)

    def put_refund(self, row: Mapping[str, Any], created_at: datetime) -> None:
        """Add a refund."""
        self.refunds.put(str(row["id"]), dict(row), created_at)

    def put_b2b(
        self, kind: str, row: Mapping[str, Any], created_at: datetime, updated_at: datetime | None = None
    ) -> None:
        """Add a record of B2B Edition: kind companies, users or orders."""
        shelf = {"companies": self.b2b.companies, "users": self.b2b.users, "orders": self.b2b.orders}[kind]
        kept = {name: value for name, value in row.items() if value is not None}
        number = row["companyId"] if kind == "companies" else row["id"]
        shelf.put(str(number), kept, created_at, updated_at)

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        refuse = v3_refusal if "/v3/" in call.path else v2_refusal
        try:
            self.gate.check(call)
            answer = self._answer(call)
        except Refusal as refusal:
            answer = refuse(refusal.status, refusal.text)
        return answer.with_headers(self.gate.headers())

    def throttled(self) -> Answer:
        """Refuse a call because the quota is used up, as far as the figures of the window go."""
        figures = dict(self.gate.headers()) | {"X-Rate-Limit-Requests-Left": "0", "X-Rate-Limit-Time-Reset-Ms": "3000"}
        return v3_refusal(429).with_headers(figures.items())

    def unauthorized(self) -> Answer:
        """Refuse a call because of its token."""
        return v3_refusal(401)

    def _answer(self, call: Call) -> Answer:
        parts = call.path.strip("/").split("/")
        if len(parts) < 4 or parts[0] != "stores":
            raise Refusal(404)
        if parts[1] != self.switches.store_hash:
            raise Refusal(401)
        if parts[2] == "v3":
            return self._v3("/".join(parts[3:]), call)
        if parts[2] != "v2" or call.method != "GET":
            raise Refusal(404 if parts[2] != "v2" else 405)
        value = self._v2(parts[3:], call)
        if self.switches.speaks_xml and "json" not in call.headers.get("accept", ""):
            return Answer(
                200, (("Content-Type", "application/xml"),), b'<?xml version="1.0" encoding="UTF-8"?>\n<rows/>'
            )
        return json_answer(value) if value != [] else Answer(204)

    def _v2(self, parts: list[str], call: Call) -> object:
        match parts:
            case ["store"]:
                return self._allowed(_INFORMATION, lambda: _store(self.switches))
            case ["time"]:
                return {"time": int(self._now().timestamp())}
            case ["order_statuses"]:
                return self._allowed(_ORDERS, self._orders.statuses)
            case ["orders", *rest]:
                return self._allowed(_ORDERS, lambda: self._v2_orders(rest, call))
        raise Refusal(404)

    def _v2_orders(self, parts: list[str], call: Call) -> object:
        match parts:
            case []:
                return self._orders.listed(call)
            case ["count"]:
                return self._orders.counted(call)
            case [number]:
                return self._orders.single(number, call)
            case [number, "shipping_addresses"]:
                return self._orders.addresses(number, call)
        raise Refusal(404)

    def _v3(self, path: str, call: Call) -> Answer:
        if path == "hooks" and call.method == "POST":
            return json_answer(self._hooks.made(call.body))
        if call.method != "GET":
            raise Refusal(405)
        match path:
            case "customers":
                return json_answer(self._allowed(_CUSTOMERS, lambda: self._customers.listed(call)))
            case "orders/payment_actions/refunds":
                return json_answer(self._allowed(_REFUNDS, lambda: self._refunds.listed(call)))
            case "hooks":
                return json_answer(self._hooks.listed())
        raise Refusal(404)

    def _allowed(self, scopes: tuple[str, ...], make: Callable[[], object]) -> object:
        self.gate.need(*scopes)
        return make()


def _store(switches: BigCommerceSwitches) -> dict[str, object]:
    return {
        "id": switches.store_hash,
        "domain": "trade.example",
        "secure_url": "https://trade.example",
        "status": "live",
        "name": "US Trade wholesale",
        "country": "United States",
        "country_code": "US",
        "timezone": {
            "name": "America/New_York", "raw_offset": -18_000, "dst_offset": -14_400, "dst_correction": True,
            "date_format": {"display": "M jS Y", "export": "M jS Y", "extended_display": "M jS Y @ g:i A"},
        },
        "language": "en",
        "currency": "USD",
        "plan_name": "Pro",
        "plan_level": "Pro",
    }  # fmt: skip
