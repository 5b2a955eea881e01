"""The emulator's v2 orders: lists, counts, single ones and their addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from email.utils import format_datetime
from typing import Any

from unposted.sandbox.bigcommerce import STATUS_NAMES
from unposted.sandbox.services.bigcommerce_filters import between, number_of, page_size, within
from unposted.sandbox.services.bigcommerce_gate import Refusal
from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches
from unposted.sandbox.shelf import Entry, Shelf
from unposted.sandbox.wire import Call

__all__ = ["OrderDesk"]

_SORTED_BY = frozenset({"id", "customer_id", "date_created", "date_modified", "status_id", "channel_id", "external_id"})
_AMOUNTS = ("total_inc_tax", "total_ex_tax", "total_tax", "refunded_amount", "discount_amount", "subtotal_ex_tax")


class OrderDesk:
    """Answers what is asked about orders. A stored row always holds its consignments."""

    def __init__(self, shelf: Shelf, switches: BigCommerceSwitches, base: str) -> None:
        """Take the orders, the store's ways, and the address that links begin with."""
        self._shelf = shelf
        self._switches = switches
        self._base = base

    def listed(self, call: Call) -> list[dict[str, Any]]:
        """Give a page of the orders that a query finds."""
        found = self._sorted(self._found(call, self._listed()), call)
        size = page_size(call, self._switches)
        start = ((number_of(call, "page", 1) or 1) - 1) * size
        return [self._shown(entry, call) for entry in found[start : start + size]]

    def counted(self, call: Call) -> dict[str, Any]:
        """Count the orders that a query finds, by status."""
        entries = list(self._listed())
        if self._switches.archived == "counted":
            entries += [entry for entry in self._shelf.entries() if entry.row["is_deleted"]]
        found = self._found(call, entries)
        counts = Counter(int(entry.row["status_id"]) for entry in found)
        return {
            "statuses": [_status(number) | {"count": counts[number], "sort_order": number} for number in range(15)],
            "count": len(found),
        }

    def single(self, order_id: str, call: Call) -> dict[str, Any]:
        """Give one order, archived ones too; raises Refusal when there is none."""
        return self._shown(self._entry(order_id), call)

    def addresses(self, order_id: str, call: Call) -> list[dict[str, Any]]:
        """Give the addresses that one order goes to."""
        shipping = self._entry(order_id).row["consignments"]["shipping"]
        size = page_size(call, self._switches)
        start = ((number_of(call, "page", 1) or 1) - 1) * size
        return [_address(int(order_id), one) for one in shipping[start : start + size]]

    def statuses(self) -> list[dict[str, Any]]:
        """Give the statuses that an order may have."""
        return [_status(number) | {"order": number} for number in range(15)]

    def _entry(self, order_id: str) -> Entry:
        entry = self._shelf.get(order_id)
        if entry is None:
            raise Refusal(404)
        return entry

    def _listed(self) -> Iterable[Entry]:
        for entry in self._shelf.entries():
            is_hidden = entry.row["is_deleted"] and self._switches.archived != "listed"
            if not is_hidden and (entry.row["status_id"] != 0 or self._switches.lists_incomplete):
                yield entry

    def _found(self, call: Call, entries: Iterable[Entry]) -> list[Entry]:
        created, modified = ("min_date_created", "max_date_created"), ("min_date_modified", "max_date_modified")
        entries = within(entries, call, created, lambda entry: entry.created_at, self._switches)
        entries = within(entries, call, modified, lambda entry: entry.updated_at, self._switches)
        low, high = number_of(call, "min_id"), number_of(call, "max_id")
        wanted = {name: number_of(call, name) for name in ("status_id", "customer_id", "channel_id")}
        email = call.first("email")
        return [
            entry
            for entry in entries
            if between(int(entry.record_id), low, high, includes_bounds=True)
            and all(number is None or entry.row[name] == number for name, number in wanted.items())
            and (email is None or entry.row["billing_address"]["email"] == email)
        ]

    def _sorted(self, entries: list[Entry], call: Call) -> list[Entry]:
        """Sort as asked; records that are equal in that come in no order that anybody may count on."""
        name, _, direction = (call.first("sort") or "id:asc").partition(":")
        if name not in _SORTED_BY or direction not in {"", "asc", "desc"}:
            raise Refusal(400, "The field 'sort' is invalid.")
        entries.sort(key=lambda entry: -int(entry.record_id))
        entries.sort(key=lambda entry: _sort_key(entry, name), reverse=direction == "desc")
        return entries

    def _shown(self, entry: Entry, call: Call) -> dict[str, Any]:
        if int(entry.record_id) in self._switches.poison:
            raise Refusal(500)
        number = int(entry.record_id)
        row = dict(entry.row)
        row["date_created"] = format_datetime(entry.created_at.replace(microsecond=0))
        row["date_modified"] = format_datetime(entry.updated_at.replace(microsecond=0))
        for name in ("products", "coupons", "fees"):
            row[name] = self._link(number, name)
        row["shipping_addresses"] = self._link(number, "shippingaddresses")
        included = (call.first("include") or "").split(",")
        if "consignments" not in included or not self._switches.gives_consignments:
            row["consignments"] = self._link(number, "consignments")
        elif call.first("consignment_structure") != "object":
            row["consignments"] = [row["consignments"]]
        return self._with_amounts(row)

    def _with_amounts(self, row: dict[str, Any]) -> dict[str, Any]:
        for place, name in enumerate(_AMOUNTS):
            is_number = self._switches.amounts == "numbers" or (self._switches.amounts == "mixed" and place % 2 == 0)
            if is_number and isinstance(row.get(name), str):
                amount = float(row[name])
                row[name] = int(amount) if amount == int(amount) else amount
        return row

    def _link(self, number: int, name: str) -> dict[str, str]:
        path = f"/orders/{number}/{name}"
        return {"url": f"{self._base}/stores/{self._switches.store_hash}/v2{path}", "resource": path}


def _sort_key(entry: Entry, name: str) -> Any:
    match name:
        case "id":
            return int(entry.record_id)
        case "date_created":
            return int(entry.created_at.timestamp())
        case "date_modified":
            return int(entry.updated_at.timestamp())
    return entry.row.get(name) or 0


def _status(number: int) -> dict[str, Any]:
    name = STATUS_NAMES[number]
    return {"id": number, "name": name, "system_label": name, "custom_label": name, "system_description": name}


def _address(order_id: int, shipping: dict[str, Any]) -> dict[str, Any]:
    costs = ("base_cost", "cost_ex_tax", "cost_inc_tax", "cost_tax", "base_handling_cost", "handling_cost_ex_tax")
    left_out = {"line_items", *costs}
    return {
        **{name: value for name, value in shipping.items() if name not in left_out},
        **dict.fromkeys(costs, "0.0000"),
        "order_id": order_id,
    }
