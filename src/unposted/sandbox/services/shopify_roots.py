"""Answers the root fields of a query: lists, single records, the shop itself, bulk operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from graphql.language import ast

from unposted.sandbox.services.shopify_bulk import BulkOperations
from unposted.sandbox.services.shopify_lists import ListArguments, Listed, Lists
from unposted.sandbox.services.shopify_project import Connected, Projector, QueryRefused, Refusals, arguments_of
from unposted.sandbox.services.shopify_switches import ShopifySwitches
from unposted.sandbox.services.shopify_types import NEEDED_SCOPES, ROOTS, denied_by_scopes
from unposted.sandbox.shelf import Shelf

__all__ = ["Execution", "Roots"]

_KINDS = {
    "Order": "orders", "Customer": "customers", "Company": "companies", "CompanyLocation": "companyLocations",
    "DraftOrder": "draftOrders",
}  # fmt: skip


@dataclass(slots=True)
class Execution:
    """One query while it is answered: its errors, how many rows each root field gave, the lists that it used."""

    refusals: Refusals
    variables: Mapping[str, Any]
    version: str
    sizes: dict[str, int] = field(default_factory=dict)
    lists: list[Listed] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    is_lasting: bool = True
    """Whether only lists were used, so that the answer holds as long as they do."""


class Roots:
    """The root fields of one shop."""

    def __init__(
        self, shelves: Mapping[str, Shelf], lists: Lists, bulk: BulkOperations, switches: ShopifySwitches
    ) -> None:
        """Take what the shop holds, and its switches."""
        self._shelves = shelves
        self._lists = lists
        self._bulk = bulk
        self._switches = switches
        self.denied = {**dict.fromkeys(switches.denied, ""), **denied_by_scopes(switches.scopes)}
        self.window = None if "read_all_orders" in switches.scopes else timedelta(days=switches.window_days)

    def answer(self, node: ast.FieldNode, run: Execution) -> Any:
        """Answer one root field."""
        name = node.name.value
        kind = ROOTS.get(name)
        key = node.alias.value if node.alias else name
        if kind is None or node.selection_set is None:
            raise QueryRefused(
                f"Field '{name}' doesn't exist on type 'QueryRoot'", "undefinedField",
                typeName="QueryRoot", fieldName=name,
            )  # fmt: skip
        given = arguments_of(node, run.variables)
        projector = Projector(node.selection_set, kind, self.denied, run.version, run.variables)
        if name == "bulkOperations":
            run.is_lasting = False
            rows = list(self._bulk.rows(self._switches))[: given.get("first") or 250]
            return projector.connection(Connected(rows, str, has_next=False, has_previous=False), (key,), run.refusals)
        needed = NEEDED_SCOPES.get(kind.lstrip("*"), ())
        if needed and self._switches.scopes.isdisjoint(needed):
            ways = " or ".join(f"`{scope}`" for scope in needed)
            run.refusals.add(f"Access denied for {name} field. Required access: {ways} access scope.", (key,))
            return None
        if kind.startswith("*"):
            return self._list(name, key, given, projector, run)
        run.is_lasting = False
        return self._single(name, key, given, projector, run)

    def _list(self, name: str, key: str, given: Mapping[str, Any], projector: Projector, run: Execution) -> Any:
        arguments = ListArguments.of(name, given)
        listed = self._lists.get(name, arguments, self.window, by_day=self._switches.customers_by_day)
        run.lists.append(listed)
        run.warnings += listed.warnings
        found = listed.page(arguments)
        if self._switches.repeats_pages:
            own = found.cursors
            found = found._replace(has_next=True, cursors=lambda at: arguments.after or own(at))
        run.sizes[key] = len(found.rows)
        if self._switches.poisoned:
            run.seen.update(row["id"] for row in found.rows)
        return projector.connection(found, (key,), run.refusals)

    def _single(self, name: str, key: str, given: Mapping[str, Any], projector: Projector, run: Execution) -> Any:
        if name in {"node", "nodes"}:
            ids = [given["id"]] if name == "node" else list(given["ids"])
            if len(ids) > 250:
                message = f"The input array size of {len(ids)} is greater than the maximum allowed of 250."
                raise QueryRefused(message, "MAX_INPUT_SIZE_EXCEEDED")
            run.sizes[key] = len(ids)
            run.seen.update(ids)
            found = [self._node(gid, (key, place), projector, run) for place, gid in enumerate(ids)]
            return found[0] if name == "node" else found
        row = self._rows()[name](given)
        return None if row is None else projector.row(row, (key,), run.refusals)

    def _rows(self) -> dict[str, Callable[[Mapping[str, Any]], dict[str, Any] | None]]:
        switches = self._switches
        scopes = [{"handle": scope, "description": scope} for scope in sorted(switches.scopes)]
        return {
            "shop": lambda _: {
                "id": "gid://shopify/Shop/1", "name": "Cedar & Stone", "myshopifyDomain": "cedar-stone.myshopify.com",
                "ianaTimezone": switches.zone, "currencyCode": "USD", "email": "shop@cedar-stone.example",
            },
            "currentAppInstallation": lambda _: {"id": "gid://shopify/AppInstallation/1", "accessScopes": scopes},
            "ordersCount": lambda given: self._count("orders", given),
            "companiesCount": lambda given: self._count("companies", given),
            "bulkOperation": lambda given: self._bulk.row(given["id"], switches),
            "bulkOperationRunQuery": lambda given: self._bulk.start(given["query"], switches),
            **dict.fromkeys(("order", "customer", "company", "draftOrder"), self._row),
        }  # fmt: skip

    def _count(self, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
        arguments = ListArguments(1, None, given.get("query") or "", "ID", reverse=False)
        count = len(self._lists.get(kind, arguments, self.window, by_day=self._switches.customers_by_day).keys)
        limit = given.get("limit", 10_000)
        is_capped = limit is not None and count > limit
        return {"count": limit if is_capped else count, "precision": "AT_LEAST" if is_capped else "EXACT"}

    def _node(self, gid: str, path: tuple[str | int, ...], projector: Projector, run: Execution) -> Any:
        kind = gid.split("/")[-2] if gid.startswith("gid://shopify/") else ""
        needed = NEEDED_SCOPES.get(kind, ())
        if needed and self._switches.scopes.isdisjoint(needed):
            run.refusals.add(f"Access denied for {kind}. Required access: `{needed[0]}` access scope.", path)
            return None
        row = self._row({"id": gid})
        return None if row is None else projector.row({**row, "__typename": kind}, path, run.refusals)

    def _row(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Find a record by its global id; an order that is older than the window is not there."""
        gid = given["id"]
        kind = _KINDS.get(gid.split("/")[-2]) if gid.startswith("gid://shopify/") else None
        entry = self._shelves[kind].get(gid.rpartition("/")[2]) if kind else None
        if entry is None:
            return None
        if kind == "orders" and self.window is not None and entry.created_at < self._lists.now() - self.window:
            return None
        return entry.row
