"""An Adobe Commerce store: its REST API under /rest/{view}/V1, or (SaaS) under /V1 with a Store header."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeAlias

from unposted.sandbox.adobe_commerce import cart_rows, company_row, customer_row, order_row
from unposted.sandbox.services.adobe_commerce_auth import Gate
from unposted.sandbox.services.adobe_commerce_search import Refusal, criteria_of, matching, ordered, projected
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.shelf import Shelf
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Now, html_answer, json_answer

__all__ = ["AdobeCommerceService", "Kind"]

Kind: TypeAlias = Literal["orders", "customers", "companies", "carts"]
Row = dict[str, Any]
_NOBODY = "The entity that was requested doesn't exist. Verify the entity and try again."
_NO_ROUTE = "Request does not match any route."
_SIGNED_UP = datetime(2025, 3, 3, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Place:
    """A path of the API: what it lists, what its records' id is called, and which right it needs."""

    kind: Kind
    id_name: str
    resource: str
    columns: frozenset[str]


_PLACES = {
    "orders": _Place(
        "orders", "entity_id", "Magento_Sales::actions_view",
        frozenset({
            "entity_id", "increment_id", "state", "status", "created_at", "updated_at", "customer_id", "store_id",
            "customer_email", "customer_is_guest", "grand_total", "base_grand_total", "order_currency_code", "quote_id",
        }),
    ),
    "customers/search": _Place(
        "customers", "id", "Magento_Customer::customer",
        frozenset({
            "entity_id", "email", "firstname", "lastname", "created_at", "updated_at", "website_id", "group_id",
        }),
    ),
    "company": _Place(
        "companies", "id", "Magento_Company::index",
        frozenset({"entity_id", "status", "company_name", "company_email", "region_id", "country_id"}),
    ),
    "carts/search": _Place(
        "carts", "id", "Magento_Cart::manage",
        frozenset({"entity_id", "created_at", "updated_at", "is_active", "customer_is_guest", "store_id"}),
    ),
}  # fmt: skip


class AdobeCommerceService:
    """One store; see `wire.Service`. `switches` may be exchanged while it runs. `calls` counts what was answered."""

    def __init__(
        self, now: Now, base: str, switches: AdobeCommerceSwitches | None = None, login: LoginService | None = None
    ) -> None:
        """Take the time, the store's own address, its ways, and the login service of a SaaS store."""
        self._now = now
        self._base = base.rstrip("/")
        self.switches = switches or AdobeCommerceSwitches()
        self.gate = Gate(now, base, login)
        self.shelves: dict[Kind, Shelf] = {place.kind: Shelf(now) for place in _PLACES.values()}
        self.calls = 0

    @classmethod
    def of_world(
        cls, world: World, now: Now, base: str, switches: AdobeCommerceSwitches | None = None,
        login: LoginService | None = None,
    ) -> AdobeCommerceService:  # fmt: skip
        """Open the wholesale store of a world."""
        service = cls(now, base, switches, login)
        for sale in world.trade_sales:
            service.put("orders", order_row(sale))
        for buyer in world.buyers:
            service.put("customers", customer_row(buyer))
        for firm in world.firms:
            service.put("companies", company_row(firm))
        for cart in cart_rows(world):
            service.put("carts", cart)
        return service

    def put(self, kind: Kind, row: Row, visible_at: datetime | None = None) -> None:
        """Add a record or a newer version of it; its times are those that it shows."""
        created = _moment(row.get("created_at"))
        self.shelves[kind].put(_id(kind, row), row, created, _moment(row.get("updated_at"), created), visible_at)

    def remove(self, kind: Kind, record_id: int) -> None:
        """Take a record away; the store tells nobody."""
        self.shelves[kind].remove(str(record_id))

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        self.calls += 1
        switches = self.switches
        if switches.is_in_maintenance:
            return html_answer(503, "Service Temporarily Unavailable")
        if switches.is_behind_firewall:
            return html_answer(403, "Access Denied")
        if self.calls <= switches.throttled_until_call:
            headers = (("Retry-After", str(switches.retry_after)),)
            return json_answer({"message": "Too Many Requests", "trace": None}, 429, headers)
        try:
            return self._routed(call, self._path(call))
        except Refusal as refusal:
            return _error(refusal, switches.parameters)

    def _path(self, call: Call) -> str:
        """Return the path under V1; raises Refusal where the store view or the flavour does not fit."""
        parts = call.path.strip("/").split("/")
        if self.switches.flavour == "saas":
            if parts[0] != "V1":
                raise Refusal(404, _NO_ROUTE)
            self._check_view(call.headers.get("store", "default"))
            return "/".join(parts[1:])
        if len(parts) < 3 or parts[0] != "rest" or parts[2] != "V1":
            raise Refusal(404, _NO_ROUTE)
        self._check_view(parts[1])
        return "/".join(parts[3:])

    def _check_view(self, view: str) -> None:
        if view not in {"all", *self.switches.store_views}:
            raise Refusal(404, "The store that was requested wasn't found. Verify the store and try again.")

    def _routed(self, call: Call, path: str) -> Answer:
        if path == "integration/admin/token" and call.method == "POST" and self.switches.flavour == "paas":
            return self.gate.admin_token(call, self.switches)
        if call.method != "GET":
            raise Refusal(404, _NO_ROUTE)
        if path == "store/storeConfigs":
            self.gate.check(call, "Magento_Backend::store", self.switches)
            return json_answer([self._config(number, view) for number, view in enumerate(self.switches.store_views, 1)])
        head, _, number = path.rpartition("/")
        if path in _PLACES and self._has(path):
            return self._search(call, _PLACES[path])
        if head in {"orders", "company"} and number.isdecimal() and self._has(head):
            return self._one(call, _PLACES[head], number)
        raise Refusal(404, _NO_ROUTE)

    def _has(self, path: str) -> bool:
        return path != "company" or self.switches.has_b2b

    def _one(self, call: Call, place: _Place, number: str) -> Answer:
        self.gate.check(call, place.resource, self.switches)
        entry = self.shelves[place.kind].get(number)
        if entry is None:
            raise Refusal(404, _NOBODY)
        row = self._shown(entry.row)
        fields = call.first("fields")
        return json_answer(projected(row, fields) if fields else row)

    def _search(self, call: Call, place: _Place) -> Answer:
        self.gate.check(call, place.resource, self.switches)
        switches = self.switches
        criteria = criteria_of(call.query, switches.page_limit)
        rows = [entry.row for entry in self.shelves[place.kind].entries()]
        rows = matching(rows, criteria, place.columns, place.id_name, time=not switches.ignores_time)
        total = len(rows)
        if switches.ignores_sort:
            rows = sorted(rows, key=lambda row: (row.get("updated_at", ""), row[place.id_name]), reverse=True)
        elif criteria.sorts:
            rows = ordered(rows, criteria, place.columns, place.id_name)
        elif rows:
            turn = self.calls * 7 % len(rows)  # an order that nobody asked for is another one each time
            rows = rows[turn:] + rows[:turn]
        if criteria.size is not None:
            last = max(1, -(-total // criteria.size))
            page = min(criteria.page, last) if switches.repeats_last_page else criteria.page
            rows = rows[(page - 1) * criteria.size : page * criteria.size]
        if place.kind == "orders" and any(row["entity_id"] in switches.broken for row in rows):
            raise Refusal(500, "Internal Error. Details are available in Magento log file. Report ID: webapi-65f0c1a2")
        answer: object = {
            "items": [self._shown(row) for row in rows], "search_criteria": criteria.shown(), "total_count": total,
        }  # fmt: skip
        fields = call.first("fields")
        return json_answer(projected(answer, fields) if fields else answer)

    def _shown(self, row: Row) -> Row:
        switches = self.switches
        if switches.hours_shown:
            row = row | {
                name: _shifted(row[name], switches.hours_shown) for name in ("created_at", "updated_at") if name in row
            }
        if switches.empty_as_list:
            extension = {"company_order_attributes": [], **row.get("extension_attributes", {}), "gift_message": []}
            row = row | {"extension_attributes": extension}
        return row

    def _config(self, number: int, view: str) -> Row:
        """Write one store view's configuration; the addresses are all the store's own."""
        kinds = ("base_url", "base_link_url", "base_static_url", "base_media_url")
        addresses = {f"{kind}{name}": f"{self._base}/" for kind in ("", "secure_") for name in kinds}
        return {
            "id": number, "code": view, "website_id": 1, "locale": "en_US", "base_currency_code": "USD",
            "default_display_currency_code": "USD", "timezone": "America/New_York", "weight_unit": "lbs", **addresses,
        }  # fmt: skip


def _id(kind: Kind, row: Row) -> str:
    return str(row["entity_id" if kind == "orders" else "id"])


def _moment(text: str | None, otherwise: datetime = _SIGNED_UP) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else otherwise


def _shifted(text: str, hours: int) -> str:
    return (datetime.fromisoformat(text) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")


def _error(refusal: Refusal, parameters: str) -> Answer:
    body: Row = {"message": refusal.message}
    if refusal.parameters:
        values = list(refusal.parameters.values())
        body["parameters"] = refusal.parameters if parameters == "object" else values
    return json_answer(body, refusal.status)
