"""The OData service of a Finance & Operations environment, as its documentation and recorded answers tell.

What it insists on: `cross-company=true`, or the user's default company alone is there; the order of the key, or pages
are in no order at all; 10,000 rows a page and a next link; the useful words of an error in `innererror`; a role for
every entity; patience when it is under load. It knows no changes and no deletions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode
from zlib import crc32

from unposted.sandbox.erp import books_of
from unposted.sandbox.odata_query import BadQuery, apply_orderby, apply_select, parse_filter, whole_number
from unposted.sandbox.services.finance_operations_sets import SETS, EntitySet, FinanceOperationsSwitches, shelves_of
from unposted.sandbox.services.finance_operations_words import (
    bad_query,
    failing,
    no_key,
    no_role,
    no_set,
    overloaded,
    refused_token,
    unavailable,
)
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.shelf import Shelf
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["FinanceOperationsService", "FinanceOperationsSwitches"]

_OPTIONS = frozenset({"$filter", "$count", "$orderby", "$skip", "$top", "$select", "$expand", "$skiptoken"})
_REMEMBERED = 5_000
_METADATA = b'<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0"/>'


@dataclass(slots=True)
class _Trouble:
    """Answers that are due before anything else: how many, and what they are."""

    left: int = 0
    kind: Literal["throttled", "unavailable", "failing"] = "throttled"
    retry_after: str | None = None


class FinanceOperationsService:
    """The service below the environment's address; see `wire.Service`. `asked` holds the latest calls."""

    def __init__(
        self,
        now: Now,
        base: str,
        switches: FinanceOperationsSwitches | None = None,
        login: LoginService | None = None,
    ) -> None:
        """Take the time, the environment's address, what varies, and who knows the tokens (None: nobody asks)."""
        self.switches = switches or FinanceOperationsSwitches()
        self.base = base.rstrip("/")
        self.asked: deque[Call] = deque(maxlen=_REMEMBERED)
        self._turn = 0
        self._login = login
        self._now = now
        self._shelves: dict[str, Shelf] = {name: Shelf(now) for name in SETS}
        self._trouble = _Trouble()

    @classmethod
    def of_world(
        cls,
        world: World,
        now: Now,
        base: str,
        switches: FinanceOperationsSwitches | None = None,
        login: LoginService | None = None,
    ) -> FinanceOperationsService:
        """Fill a service with the world's master records and the books that follow from the world."""
        service = cls(now, base, switches, login)
        for name, rows in shelves_of(world, books_of(world), service.switches):
            for row in rows:
                service.put(name, row)
        return service

    def put(self, name: str, row: Mapping[str, Any]) -> None:
        """Add a row to a set, named as in SETS, or put a newer version in its place."""
        self._shelves[name].put(SETS[name].key_of(row), dict(row), self._now())

    def remove(self, name: str, *key: str) -> None:
        """Delete a row; nothing will ever tell of it."""
        self._shelves[name].remove("|".join(part.lower() for part in key))

    def throttle(self, times: int, retry_after: str | None = "12") -> None:
        """Answer the next calls with 429, with this Retry-After or none."""
        self._trouble = _Trouble(times, "throttled", retry_after)

    def fail(self, times: int, kind: Literal["unavailable", "failing"] = "unavailable") -> None:
        """Answer the next calls with 503 or 500."""
        self._trouble = _Trouble(times, kind)

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        self.asked.append(call)
        self._turn += 1
        if (refusal := self._unknown_caller(call)) is not None:
            return refusal
        if self._trouble.left:
            self._trouble.left -= 1
            return self._troubled()
        if call.method != "GET" or not call.path.startswith("/data/"):
            return no_set(self.base + call.path)
        path = call.path.removeprefix("/data/")
        if path == "$metadata":
            return Answer(200, (("Content-Type", "application/xml"),), _METADATA)
        try:
            return self._answered(call, path)
        except BadQuery as error:
            return bad_query(error)

    # ---- who asks

    def _unknown_caller(self, call: Call) -> Answer | None:
        if self._login is None:
            return None
        authorization = call.headers.get("authorization")
        if self._login.check(authorization, self.base) != "ok":
            return refused_token(self.base)
        mapped = self.switches.mapped
        if mapped is not None and self._login.holder(authorization) not in mapped:
            return refused_token(self.base)
        return None

    def _troubled(self) -> Answer:
        if self._trouble.kind == "throttled":
            return overloaded(self._trouble.retry_after)
        return unavailable() if self._trouble.kind == "unavailable" else failing()

    # ---- what is asked

    def _answered(self, call: Call, path: str) -> Answer:
        name, _, rest = path.partition("/")
        name, _, key = name.partition("(")
        found = self._set_named(name)
        if found is None or rest not in {"", "$count"}:
            return no_set(f"{self.base}/data/{path}")
        if self.switches.roles is not None and found.name not in self.switches.roles:
            return no_role(found.entity)
        rows = list(self._rows(found, call))
        if key:
            return self._single(found, rows, key.rstrip(")"))
        rows = self._filtered(found, rows, call)
        if rest == "$count":
            return Answer(200, (("Content-Type", "text/plain"),), b"\xef\xbb\xbf" + str(len(rows)).encode())
        return self._page(found, self._ordered(found, rows, call), call, name)

    def _set_named(self, name: str) -> EntitySet | None:
        if name in self.switches.order_sets:
            return SETS["SalesOrderHeadersV2"]
        return None if name == "SalesOrderHeadersV2" else SETS.get(name)

    def _rows(self, found: EntitySet, call: Call) -> Iterator[dict[str, Any]]:
        """List the rows of the default company alone, unless the call asks across companies."""
        is_everywhere = (call.first("cross-company") or "").lower() == "true"
        for entry in self._shelves[found.name].entries():
            company = str(entry.row.get(found.company, "")).lower() if found.company else None
            is_asked = company is None or is_everywhere or company == self.switches.default_company
            if is_asked and company not in self.switches.hidden_companies:
                yield entry.row

    def _single(self, found: EntitySet, rows: list[dict[str, Any]], key: str) -> Answer:
        parts = (part.partition("=") for part in key.split(","))
        wanted = {name.strip(): value.strip().strip("'").replace("''", "'").lower() for name, _, value in parts}
        if set(wanted) != set(found.key):
            raise BadQuery("syntax", "The key of the entity is not complete.")
        for row in rows:
            if all(str(row[name]).lower() == value for name, value in wanted.items()):
                return json_answer({"@odata.context": self._context(found.name, "/$entity"), **row})
        return no_key(found.entity)

    def _filtered(self, found: EntitySet, rows: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
        for name, _ in call.query:
            if name.startswith("$") and name not in _OPTIONS:
                raise BadQuery("syntax", f"The query parameter '{name}' is not supported.")
        text = call.first("$filter")
        if not text:
            return rows
        test = parse_filter(text, found.dialect, self._fields(found))
        return [row for row in rows if test(row)]

    def _ordered(self, found: EntitySet, rows: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
        """Sort rows as is asked; without a wish they come in an order of their own, another one for each page."""
        order = call.first("$orderby")
        if order:
            return [dict(row) for row in apply_orderby(rows, order, found.dialect, self._fields(found))]
        turn = self._turn % max(1, len(rows))
        return [*rows[turn:], *rows[:turn]]

    def _page(self, found: EntitySet, rows: list[dict[str, Any]], call: Call, name: str) -> Answer:
        start, top = whole_number(call.first("$skip"), "$skip") or 0, whole_number(call.first("$top"), "$top")
        start = int(call.first("$skiptoken") or call.first("position") or start)
        size = self.switches.page_size if top is None else min(top, self.switches.page_size)
        shown = rows[start : start + size]
        if any(found.key_of(row) in self.switches.poisoned for row in shown):
            return failing()
        chosen = apply_select(shown, call.first("$select"), found.dialect, self._fields(found))
        body: dict[str, Any] = {"@odata.context": self._context(name)}
        if (call.first("$count") or "").lower() == "true":
            body["@odata.count"] = len(rows)
        body["value"] = [{"@odata.etag": _etag(row), **one} for row, one in zip(shown, chosen, strict=True)]
        is_more = start + len(shown) < len(rows) and bool(shown)
        if is_more and (top is None or self.switches.links_with_top):
            body["@odata.nextLink"] = self._link(call, name, start + len(shown))
        return json_answer(body, headers=(("Content-Type", "application/json; odata.metadata=minimal"),))

    def _link(self, call: Call, name: str, start: int) -> str:
        kept = [pair for pair in call.query if pair[0] not in {"$skip", "$skiptoken", "position"}]
        option = {"skip": "$skip", "skiptoken": "$skiptoken", "bare": "position"}[self.switches.links]
        pairs = [*kept, (option, str(start))]
        return f"{self.switches.link_base or self.base}/data/{name}?{urlencode(pairs, quote_via=quote, safe='$,')}"

    def _fields(self, found: EntitySet) -> frozenset[str] | None:
        """Tell which fields an entity has: those of its rows; None when it has no row to tell by."""
        entry = next(self._shelves[found.name].entries(), None)
        return frozenset(entry.row) if entry else None

    def _context(self, name: str, more: str = "") -> str:
        return f"{self.base}/data/$metadata#{name}{more}"


def _etag(row: Mapping[str, Any]) -> str:
    return f'W/"{crc32(repr(sorted(row.items())).encode()):08x}"'
