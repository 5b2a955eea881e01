"""The emulator's v3 lists: customers, refunds and webhooks, each in an envelope with what it says of its pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from unposted.sandbox.services.bigcommerce_filters import number_of, page_size, within
from unposted.sandbox.services.bigcommerce_gate import Refusal
from unposted.sandbox.services.bigcommerce_switches import BigCommerceSwitches
from unposted.sandbox.shelf import Entry, Shelf
from unposted.sandbox.wire import Call, Now

__all__ = ["CustomerDesk", "HookDesk", "RefundDesk"]

_MOST_EMBEDDED = 10


class CustomerDesk:
    """Answers what is asked about customers. A stored row holds addresses and form fields."""

    def __init__(self, shelf: Shelf, switches: BigCommerceSwitches) -> None:
        """Take the customers and the store's ways."""
        self._shelf = shelf
        self._switches = switches

    def listed(self, call: Call) -> dict[str, Any]:
        """Give a page of the customers that a query finds; past the end it is empty and fine."""
        created, modified = ("date_created:min", "date_created:max"), ("date_modified:min", "date_modified:max")
        entries = within(self._shelf.entries(), call, created, lambda entry: entry.created_at, self._switches)
        entries = within(entries, call, modified, lambda entry: entry.updated_at, self._switches)
        found = [entry for entry in entries if _is_named(entry, call)]
        size, page = page_size(call, self._switches), number_of(call, "page", 1) or 1
        cursor = call.first("after")
        if cursor is not None and self._switches.gives_cursors:
            rest = [entry for entry in _by_id(found) if int(entry.record_id) > _cursor_id(cursor)]
            shown, page = rest[:size], 1
        else:
            shown = _sorted(found, call)[(page - 1) * size : page * size]
        data = [self._shown(entry, call) for entry in shown]
        meta = {"pagination": _pagination(len(found), len(shown), size, page)}
        if self._switches.gives_cursors and (page == 1 or cursor is not None):
            meta["cursor_pagination"] = _cursors(shown, size)
        return {"data": data, "meta": meta}

    def _shown(self, entry: Entry, call: Call) -> dict[str, Any]:
        if int(entry.record_id) in self._switches.poison:
            raise Refusal(500)
        included = (call.first("include") or "").split(",")
        row = dict(entry.row)
        row["date_created"], row["date_modified"] = _iso(entry.created_at), _iso(entry.updated_at)
        for part, name in (("addresses", "addresses"), ("attributes", "attributes"), ("formfields", "form_fields")):
            held = row.pop(name, [])
            if part in included:
                row[name] = held if name == "form_fields" else held[:_MOST_EMBEDDED]
        return row


class RefundDesk:
    """Answers what is asked about refunds, in the order of their ids."""

    def __init__(self, shelf: Shelf, switches: BigCommerceSwitches) -> None:
        """Take the refunds and the store's ways."""
        self._shelf = shelf
        self._switches = switches

    def listed(self, call: Call) -> dict[str, Any]:
        """Give a page of the refunds that a query finds."""
        times = ("created:min", "created:max")
        entries = within(self._shelf.entries(), call, times, lambda entry: entry.created_at, self._switches)
        orders = _listed_in(call, "order_id:in")
        found = [entry for entry in _by_id(entries) if orders is None or str(entry.row["order_id"]) in orders]
        size, page = page_size(call, self._switches), number_of(call, "page", 1) or 1
        shown = found[(page - 1) * size : page * size]
        meta = {"pagination": _pagination(len(found), len(shown), size, page)} if self._switches.refund_meta else {}
        return {"data": [{**entry.row, "created": _offset(entry.created_at)} for entry in shown], "meta": meta}


class HookDesk:
    """Keeps the webhooks that were asked for."""

    def __init__(self, switches: BigCommerceSwitches, now: Now) -> None:
        """Take the store's ways and the time."""
        self._switches = switches
        self._now = now
        self._hooks: list[dict[str, Any]] = []

    def listed(self) -> dict[str, Any]:
        """Give all webhooks of this token."""
        count = len(self._hooks)
        return {"data": list(self._hooks), "meta": {"pagination": _pagination(count, count, 50, 1)}}

    def made(self, body: bytes) -> dict[str, Any]:
        """Make a webhook: only to an address that is encrypted."""
        try:
            asked = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            raise Refusal(422, "The body is no webhook") from None
        if not str(asked.get("destination", "")).startswith("https://") or not asked.get("scope"):
            raise Refusal(422, "The destination must be https and the scope must be set")
        second = int(self._now().timestamp())
        hook = {
            "id": 18_048_287 + len(self._hooks),
            "client_id": "sandboxclient",
            "store_hash": self._switches.store_hash,
            "created_at": second,
            "updated_at": second,
            "scope": asked["scope"],
            "destination": asked["destination"],
            "is_active": bool(asked.get("is_active", True)),
            "headers": asked.get("headers") or {},
        }
        self._hooks.append(hook)
        return {"data": hook, "meta": {}}


def _is_named(entry: Entry, call: Call) -> bool:
    ids, emails = _listed_in(call, "id:in"), _listed_in(call, "email:in")
    groups = _listed_in(call, "customer_group_id:in")
    return (
        (ids is None or entry.record_id in ids)
        and (emails is None or str(entry.row["email"]).casefold() in {email.casefold() for email in emails})
        and (groups is None or str(entry.row["customer_group_id"]) in groups)
    )


def _listed_in(call: Call, name: str) -> frozenset[str] | None:
    written = call.first(name)
    return None if written is None else frozenset(part.strip() for part in written.split(","))


def _sorted(entries: list[Entry], call: Call) -> list[Entry]:
    name, _, direction = (call.first("sort") or "").partition(":")
    if not name:
        return _by_id(entries)
    if name not in {"date_created", "date_modified", "last_name"} or direction not in {"asc", "desc"}:
        raise Refusal(422, "The sort is invalid")
    found = list(reversed(_by_id(entries)))  # records of one time come in no order that anybody may count on
    if name == "last_name":
        return sorted(found, key=lambda entry: str(entry.row["last_name"]), reverse=direction == "desc")
    times = {"date_created": lambda entry: entry.created_at, "date_modified": lambda entry: entry.updated_at}
    return sorted(found, key=lambda entry: int(times[name](entry).timestamp()), reverse=direction == "desc")


def _by_id(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: int(entry.record_id))


def _pagination(total: int, count: int, size: int, page: int) -> dict[str, Any]:
    pages = max(1, -(-total // size))
    links = {"current": f"?page={page}&limit={size}"}
    if page > 1:
        links["previous"] = f"?page={page - 1}&limit={size}"
    if page < pages:
        links["next"] = f"?page={page + 1}&limit={size}"
    return {
        "total": total, "count": count, "per_page": size, "current_page": page, "total_pages": pages, "links": links,
    }  # fmt: skip


def _cursors(shown: Sequence[Entry], size: int) -> dict[str, Any]:
    if not shown:
        return {"count": 0, "per_page": size, "links": {}}
    start, end = _cursor(shown[0]), _cursor(shown[-1])
    links = {"next": f"?limit={size}&after={end}"}
    return {"count": len(shown), "per_page": size, "start_cursor": start, "end_cursor": end, "links": links}


def _cursor(entry: Entry) -> str:
    return base64.b64encode(json.dumps({"id": int(entry.record_id)}, separators=(",", ":")).encode()).decode()


def _cursor_id(cursor: str) -> int:
    try:
        return int(json.loads(base64.b64decode(cursor))["id"])
    except (ValueError, KeyError):
        raise Refusal(422, "The cursor is invalid") from None


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _offset(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
