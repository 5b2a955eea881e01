"""A Shopify shop: the Admin GraphQL API, the files of its bulk operations, and its records as tests change them.

Answers are 200 even when they refuse: throttling, denied fields and faults stand in `errors`. The answer of a list is
kept and given again while the list stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple

import msgspec
from graphql import GraphQLSyntaxError, parse
from graphql.language import ast

from unposted.sandbox.services.shopify_bulk import BulkOperations, written
from unposted.sandbox.services.shopify_cost import Bucket, query_cost
from unposted.sandbox.services.shopify_lists import CursorRefused, ListArguments, Listed, Lists
from unposted.sandbox.services.shopify_project import QueryRefused, Refusals, arguments_of
from unposted.sandbox.services.shopify_roots import Execution, Roots
from unposted.sandbox.services.shopify_switches import ShopifySwitches
from unposted.sandbox.services.shopify_types import ROOTS
from unposted.sandbox.shelf import Shelf
from unposted.sandbox.shopify import shopify_records
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["ShopifyService", "ShopifySwitches"]

_PATH = re.compile(r"/admin/api/([\w-]+)/graphql\.json")
_REFUSED = "[API] Invalid API key or access token (unrecognized login or wrong password)"
_LIMITS = "https://shopify.dev/api/usage/rate-limits"
_DOCUMENT = lru_cache(maxsize=256)(parse)


class _Query(NamedTuple):
    """A call that has been let in."""

    document: str
    variables: Mapping[str, Any]
    name: str | None
    version: str


class _Kept(NamedTuple):
    """An answer's data and errors as bytes, its price, and the lists that it holds as long as."""

    inside: bytes
    warnings: list[str]
    requested: int
    actual: int
    lists: list[Listed]


class ShopifyService:
    """One shop. `base` is the address that it is mounted at; `calls` counts what it was asked."""

    def __init__(self, now: Now, base: str, switches: ShopifySwitches = ShopifySwitches()) -> None:  # noqa: B008
        """Take the time, the address and the dialect; the shop is empty."""
        self.calls = 0
        self.shelves = {
            name: Shelf(now) for name in ("orders", "customers", "companies", "companyLocations", "draftOrders")
        }
        self.bucket = Bucket(now, switches.maximum, switches.restore)
        self.bulk = BulkOperations(now, base, self._run_bulk)
        self._now = now
        self._lists = Lists(self.shelves, now)
        self._kept: dict[object, _Kept] = {}
        self._kept_bytes = 0
        self._lock = Lock()
        self._places: dict[str, list[str]] = {}
        self.switches = switches

    @classmethod
    def of_world(
        cls,
        world: World,
        now: Now,
        base: str,
        switches: ShopifySwitches = ShopifySwitches(),  # noqa: B008
    ) -> ShopifyService:
        """Open the made-up world's shop."""
        shop = cls(now, base, switches)
        records = shopify_records(world)
        for order in records.orders:
            shop.put_order(dict(order))
        for customer in records.customers:
            shop.put_customer(dict(customer))
        for company in records.companies:
            shop.put_company(dict(company))
        for draft in records.draft_orders:
            shop.put_draft(dict(draft))
        return shop

    @property
    def switches(self) -> ShopifySwitches:
        """The shop's dialect; set it to change it."""
        return self._switches

    @switches.setter
    def switches(self, switches: ShopifySwitches) -> None:
        self._switches = switches
        self._kept.clear()
        self._kept_bytes = 0
        self._roots = Roots(self.shelves, self._lists, self.bulk, switches)
        if (self.bucket.maximum, self.bucket.restore) != (switches.maximum, switches.restore):
            self.bucket = Bucket(self._now, switches.maximum, switches.restore)

    def put_order(self, row: dict[str, Any], visible_at: datetime | None = None) -> None:
        """Add an order, or put a newer version in its place."""
        self._put("orders", row, visible_at)

    def put_customer(self, row: dict[str, Any], visible_at: datetime | None = None) -> None:
        """Add or change a customer."""
        self._put("customers", row, visible_at)

    def put_draft(self, row: dict[str, Any], visible_at: datetime | None = None) -> None:
        """Add or change a draft order."""
        self._put("draftOrders", row, visible_at)

    def put_company(self, row: dict[str, Any]) -> None:
        """Add or change a company; its locations are records of their own."""
        gid = row["id"]
        for place in row.pop("locations", {"nodes": []})["nodes"]:
            self.put_location(gid, {"createdAt": row["createdAt"], "updatedAt": row["updatedAt"], **place})
        self._put("companies", {**row, "locations": lambda: {"nodes": self._places_of(gid)}}, None)

    def put_location(self, company: str, row: dict[str, Any]) -> None:
        """Add or change a location of a company; the company's own time of change stays as it is."""
        number = row["id"].rpartition("/")[2]
        places = self._places.setdefault(company, [])
        if number not in places:
            places.append(number)
        self._put("companyLocations", {**row, "company": lambda: self._company(company)}, None)

    def remove(self, kind: str, record_id: str) -> None:
        """Delete a record (`orders`, `5001`); the API tells nobody."""
        self.shelves[kind].remove(record_id)

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        with self._lock:
            if call.path.startswith("/bulk/"):
                return self.bulk.file(call, self._switches)
            self.calls += 1
            return self._answer(call)

    def _put(self, kind: str, row: dict[str, Any], visible_at: datetime | None) -> None:
        created, updated = datetime.fromisoformat(row["createdAt"]), datetime.fromisoformat(row["updatedAt"])
        words = dict(self._switches.status_words)
        if row.get("displayFinancialStatus") in words:
            row["displayFinancialStatus"] = words[row["displayFinancialStatus"]]
        self.shelves[kind].put(row["id"].rpartition("/")[2], row, created, updated, visible_at)

    def _company(self, gid: str) -> dict[str, Any] | None:
        entry = self.shelves["companies"].get(gid.rpartition("/")[2])
        return entry.row if entry else None

    def _places_of(self, gid: str) -> list[dict[str, Any]]:
        found = (self.shelves["companyLocations"].get(number) for number in self._places.get(gid, ()))
        return [entry.row for entry in found if entry is not None]

    # ---- the way to a query

    def _answer(self, call: Call) -> Answer:
        match = _PATH.fullmatch(call.path)
        version = None if match is None else self._served(match[1])
        if version is None or call.method != "POST":
            return json_answer({"errors": "Not Found"}, 404)
        if call.headers.get("x-shopify-access-token") != self._switches.token:
            return json_answer({"errors": _REFUSED}, 401)
        shown = (("X-Shopify-API-Version", version), ("X-Request-Id", f"sandbox-{self.calls:08d}"))
        status = self._switches.shop_status
        if status is not None:
            words = {402: "Unavailable Shop", 404: "Not Found", 423: "Unavailable Shop"}
            return json_answer({"errors": words.get(status, "Error")}, status, shown)
        try:
            asked = msgspec.json.decode(call.body)
            query = _Query(asked["query"], asked.get("variables") or {}, asked.get("operationName"), version)
        except (msgspec.DecodeError, KeyError, TypeError):
            return json_answer({"errors": {"query": "Required parameter missing or invalid"}}, 400, shown)
        body = self._paid(query, call.body)
        return Answer(200, (("Content-Type", "application/json; charset=utf-8"), *shown), body)

    def _served(self, asked: str) -> str | None:
        """Tell which version answers: an ended one falls forward to the oldest that is left."""
        supported = self._switches.supported
        if asked in supported:
            return asked
        return supported[0] if re.fullmatch(r"20\d\d-\d\d", asked) and asked < supported[0] else None

    def _paid(self, query: _Query, body: bytes) -> bytes:
        key = (body, query.version)
        kept = self._kept.get(key)
        if kept is not None and all(map(self._lists.is_good, kept.lists)):
            return self._delivered(kept)
        try:
            kept = self._executed(query)
        except QueryRefused as refused:
            return msgspec.json.encode({"errors": [refused.error]})
        except GraphQLSyntaxError as error:
            places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
            return msgspec.json.encode({"errors": [{"message": error.message, "locations": places}]})
        except CursorRefused:
            return msgspec.json.encode({"errors": [{"message": "Invalid cursor for current pagination sort."}]})
        if kept.lists:
            self._keep(key, kept)
        return self._delivered(kept)

    def _keep(self, key: object, kept: _Kept) -> None:
        before = self._kept.pop(key, None)
        self._kept_bytes += len(kept.inside) - (len(before.inside) if before else 0)
        while self._kept and self._kept_bytes > self._switches.cache_bytes:
            self._kept_bytes -= len(self._kept.pop(next(iter(self._kept))).inside)
        self._kept[key] = kept

    def _delivered(self, kept: _Kept) -> bytes:
        """Take the price out of the bucket and put data, errors and price together."""
        if not self.bucket.take(kept.requested, kept.actual):
            fault = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": _LIMITS}}
            cost = self.bucket.shown(kept.requested, None)
            return msgspec.json.encode({"errors": [fault], "extensions": {"cost": cost}})
        more: dict[str, Any] = {"cost": self.bucket.shown(kept.requested, kept.actual)}
        if kept.warnings:
            more["search"] = [{"warnings": [{"message": text} for text in kept.warnings]}]
        return b"{" + kept.inside + b',"extensions":' + msgspec.json.encode(more) + b"}"

    # ---- a query

    def _executed(self, query: _Query) -> _Kept:
        operation = _operation(query)
        variables = {**_defaults(operation), **query.variables}
        fields = [one for one in operation.selection_set.selections if isinstance(one, ast.FieldNode)]
        switches = self._switches
        requested = query_cost(operation, _sizes(fields, variables), switches.exponent)
        if requested > switches.max_cost:
            raise QueryRefused(
                f"Query cost is {requested}, which exceeds the single query max cost limit ({switches.max_cost}).",
                "MAX_COST_EXCEEDED", cost=requested, maxCost=switches.max_cost, documentation=_LIMITS,
            )  # fmt: skip
        run = Execution(Refusals(switches.error_limit), variables, query.version)
        data = {}
        if self.bucket.level >= requested:  # else it is refused, and must not have started anything
            data = {one.alias.value if one.alias else one.name.value: self._roots.answer(one, run) for one in fields}
        self._fail_if_poisoned(query, run)
        inside = b'"data":' + msgspec.json.encode(data)
        if run.refusals.errors:
            inside += b',"errors":' + msgspec.json.encode(_told(run.refusals))
        actual = query_cost(operation, run.sizes, switches.exponent)
        return _Kept(inside, run.warnings, requested, min(actual, requested), run.lists if run.is_lasting else [])

    def _fail_if_poisoned(self, query: _Query, run: Execution) -> None:
        """A poisoned record fails the whole query that asks for its amounts."""
        if not self._switches.poisoned or "totalPriceSet" not in query.document:
            return
        if self._switches.poisoned & run.seen:
            message = "Internal error. Looks like something went wrong on our end."
            raise QueryRefused(message, "INTERNAL_SERVER_ERROR", requestId=f"sandbox-{self.calls:08d}")

    def _run_bulk(self, document: str) -> tuple[list[bytes], int, bool]:
        operation = _DOCUMENT(document).definitions[0]
        assert isinstance(operation, ast.OperationDefinitionNode)
        root = operation.selection_set.selections[0]
        assert isinstance(root, ast.FieldNode)
        kind, switches = root.name.value, self._switches
        given = arguments_of(root, {})
        arguments = ListArguments(1, None, given.get("query") or "", given.get("sortKey") or "ID", reverse=False)
        listed = self._lists.get(kind, arguments, self._roots.window, by_day=switches.customers_by_day)
        rows = [entry.row for entry in listed.entries]
        lines, is_refused = written(
            root, ROOTS[kind].lstrip("*"), rows, self._roots.denied, switches.supported[-1],
            orphans_first=switches.orphans_first,
        )  # fmt: skip
        return lines, len(rows), is_refused


def _operation(query: _Query) -> ast.OperationDefinitionNode:
    """Find the operation that is to run: the named one, or the only one."""
    found = [one for one in _DOCUMENT(query.document).definitions if isinstance(one, ast.OperationDefinitionNode)]
    if query.name is not None:
        found = [one for one in found if one.name is not None and one.name.value == query.name]
    if len(found) != 1:
        raise QueryRefused("An operation name is required", "missingOperation")
    return found[0]


def _defaults(operation: ast.OperationDefinitionNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in operation.variable_definitions or ():
        value = one.default_value
        if isinstance(value, ast.IntValueNode):
            found[one.variable.name.value] = int(value.value)
        elif isinstance(value, ast.StringValueNode | ast.BooleanValueNode | ast.EnumValueNode):
            found[one.variable.name.value] = value.value
    return found


def _sizes(fields: list[ast.FieldNode], variables: Mapping[str, Any]) -> dict[str, int]:
    """Tell how many rows each root field asks for."""
    found = {}
    for one in fields:
        given = arguments_of(one, variables)
        rows = given.get("first") or (len(given["ids"]) if isinstance(given.get("ids"), list) else None)
        if rows is not None:
            found[one.alias.value if one.alias else one.name.value] = rows
    return found


def _told(refusals: Refusals) -> list[dict[str, Any]]:
    last = {"message": "Too many execution errors, max error limit reached. Results truncated"}
    return [*refusals.errors, last] if refusals.is_full else refusals.errors
