"""Emulates B2B Edition's server-to-server API: a host of its own, offset paging, Unix times, totals in the envelope."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from unposted.sandbox.services.bigcommerce_filters import between, number_of
from unposted.sandbox.services.bigcommerce_gate import Refusal, b2b_refusal
from unposted.sandbox.services.bigcommerce_switches import B2B, BigCommerceSwitches
from unposted.sandbox.shelf import Entry, Shelf
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["BigCommerceB2bService"]

_ROOT = "/api/v3/io/"
_YEAR, _MINUTE = timedelta(days=365), timedelta(minutes=1)


class BigCommerceB2bService:
    """The B2B Edition of one store; see `wire.Service`. Paths begin with /api/v3/io/."""

    def __init__(self, now: Now, switches: BigCommerceSwitches) -> None:
        """Take the time and the store's ways."""
        self._now = now
        self._switches = switches
        self._calls: deque[datetime] = deque()
        self.companies, self.users, self.orders = Shelf(now), Shelf(now), Shelf(now)
        self.calls = 0

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        self.calls += 1
        try:
            self._check(call)
            return json_answer(self._answer(call))
        except Refusal as refusal:
            return b2b_refusal(refusal.status, refusal.text)

    def throttled(self) -> Answer:
        """Refuse a call because there were too many of them."""
        return b2b_refusal(429)

    def unauthorized(self) -> Answer:
        """Refuse a call because of its token."""
        return b2b_refusal(401)

    def _check(self, call: Call) -> None:
        if call.headers.get("x-store-hash") != self._switches.store_hash:
            raise Refusal(500)  # no 401: the gateway cannot tell whose token it is
        if call.headers.get("x-auth-token") != self._switches.token:
            raise Refusal(401)
        scopes = self._switches.scopes
        if scopes is not None and B2B not in scopes:
            raise Refusal(403)
        now = self._now()
        while self._calls and self._calls[0] <= now - _MINUTE:
            self._calls.popleft()
        if len(self._calls) >= self._switches.b2b_calls_a_minute:
            raise Refusal(429)
        self._calls.append(now)

    def _answer(self, call: Call) -> dict[str, Any]:
        if call.method != "GET":
            raise Refusal(405)
        name, _, rest = call.path.removeprefix(_ROOT).partition("/")
        if name == "users" and rest.startswith("customer/"):
            return self._user_of(rest.removeprefix("customer/"))
        if rest or name not in {"companies", "users", "orders"} or not call.path.startswith(_ROOT):
            raise Refusal(404, "This resource is not found.")
        return self._listed(name, call)

    def _user_of(self, customer_id: str) -> dict[str, Any]:
        found = next((one for one in self.users.entries() if str(one.row["customerId"]) == customer_id), None)
        if found is None:
            raise Refusal(404, "The user does not exist.")
        return {"code": 200, "data": _shown(found), "meta": {"message": "SUCCESS"}}

    def _listed(self, name: str, call: Call) -> dict[str, Any]:
        shelf = {"companies": self.companies, "users": self.users, "orders": self.orders}[name]
        largest = 200 if name == "orders" else 250
        limit, offset = number_of(call, "limit", 10) or 10, number_of(call, "offset", 0) or 0
        if limit > largest:
            raise Refusal(422, "Parameter Error")
        found = [entry for entry in shelf.entries() if self._is_wanted(name, entry, call)]
        found = _sorted(name, found, call)
        shown = [self._row(name, entry, call) for entry in found[offset : offset + limit]]
        paging = {"totalCount": len(found), "limit": limit, "offset": offset}
        where = paging if self._switches.b2b_totals == "meta" else {"pagination": paging}
        return {"code": 200, "data": shown, "meta": {"message": "SUCCESS", **where}}

    def _is_wanted(self, name: str, entry: Entry, call: Call) -> bool:
        for low, high, moment in (
            ("minModified", "maxModified", entry.updated_at),
            ("minCreated", "maxCreated", entry.created_at),
        ):
            bounds = (number_of(call, low), number_of(call, high))
            if not between(int(moment.timestamp()), *bounds, includes_bounds=self._switches.includes_bounds):
                return False
        return name != "orders" or self._is_shown_order(entry, call)

    def _is_shown_order(self, entry: Entry, call: Call) -> bool:
        is_asked = any(call.first(name) for name in ("minModified", "minCreated"))
        is_limited = not (is_asked and self._switches.b2b_filters_lift_year)
        if is_limited and max(entry.created_at, entry.updated_at) < self._now() - _YEAR:
            return False
        channels = {value for key, value in call.query if key == "channelIds[]"}
        if not channels and self._switches.b2b_one_channel:
            channels = {"1"}
        return not channels or str(entry.row["channelId"]) in channels

    def _row(self, name: str, entry: Entry, call: Call) -> dict[str, Any]:
        if int(entry.record_id) in self._switches.poison:
            raise Refusal(500)
        row = _shown(entry)
        if name == "companies":
            row["createdAt"], row["updatedAt"] = str(row["createdAt"]), str(row["updatedAt"])
        if name != "orders" and call.first("isIncludeExtraFields") != "1":
            row.pop("extraFields", None)
        if name == "orders" and not row.get("companyId"):
            row["companyId"] = self._switches.b2b_no_company
        return row


def _shown(entry: Entry) -> dict[str, Any]:
    times = {"createdAt": int(entry.created_at.timestamp()), "updatedAt": int(entry.updated_at.timestamp())}
    return {**entry.row, **times}


def _sorted(name: str, entries: list[Entry], call: Call) -> list[Entry]:
    """Sort as asked; users cannot be sorted and come newest first."""
    found = sorted(entries, key=lambda entry: -int(entry.record_id))
    if name == "users":
        return found
    by, is_falling = call.first("sortBy") or "updatedAt", (call.first("orderBy") or "DESC") == "DESC"
    allowed = {"companies": {"companyName", "updatedAt"}, "orders": {"createdAt", "updatedAt"}}[name]
    if by not in allowed:
        raise Refusal(422, "Parameter Error")
    if by == "companyName":
        return sorted(found, key=lambda entry: str(entry.row["companyName"]), reverse=is_falling)
    field = "created_at" if by == "createdAt" else "updated_at"
    return sorted(found, key=lambda entry: int(getattr(entry, field).timestamp()), reverse=is_falling)
