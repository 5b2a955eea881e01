"""Business Central on loopback: API v2.0 of one environment, a custom API page, and subscriptions.

Source: Business Central developer documentation (API v2.0, OData web services, operational limits, error codes).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from unposted.sandbox import business_central as rows
from unposted.sandbox.services.business_central_errors import Refusal, refused
from unposted.sandbox.services.business_central_fields import FIELDS
from unposted.sandbox.services.business_central_hooks import CallBack, Subscriptions
from unposted.sandbox.services.business_central_pages import cut, matching, page_size
from unposted.sandbox.services.business_central_switches import BusinessCentralSwitches
from unposted.sandbox.services.business_central_world import companies_of
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.shelf import Entry, Shelf
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["BusinessCentralService"]

_SCOPED = re.compile(r"\Acompanies\((?P<company>[^()]+)\)/(?P<rest>.+)\Z")
_OLD_SCOPED = re.compile(r"\ACompany\('(?P<company>.+?)'\)/(?P<rest>.+)\Z")
_RECORD = re.compile(r"\A(?P<set>\w+)(?:\((?P<id>[^()]+)\))?(?P<count>/\$count)?\Z")
_TIME = "lastModifiedDateTime"
_CUSTOM = frozenset({rows.EXTERNAL_ID_SET})
_PUBLISHED = frozenset({rows.WEB_SERVICE})
_STANDARD = frozenset(FIELDS) - _CUSTOM - _PUBLISHED - {"companies"}


class BusinessCentralService:
    """One environment; see `wire.Service`. `occupied` is how many other calls of ours run right now."""

    def __init__(
        self,
        now: Now,
        base: str,
        switches: BusinessCentralSwitches | None = None,
        *,
        login: LoginService | None = None,
        call_back: CallBack = lambda _address: (404, ""),
    ) -> None:
        """Take the time, the address of the mount, the switches, who issues tokens (None: all are let in)."""
        self.switches = switches or BusinessCentralSwitches()
        self.occupied = 0
        self.calls = 0
        self._now = now
        self._base = base.rstrip("/")
        self._login = login
        self._companies: dict[str, dict[str, Any]] = {}
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._recent: deque[datetime] = deque()
        self.subscriptions = Subscriptions(now, call_back, self.switches.most_notified)

    @classmethod
    def of_world(
        cls,
        world: World,
        now: Now,
        base: str,
        switches: BusinessCentralSwitches | None = None,
        *,
        login: LoginService | None = None,
        call_back: CallBack = lambda _address: (404, ""),
    ) -> BusinessCentralService:
        """Fill an environment with everything that the world's ERP knows, a company for each legal entity."""
        service = cls(now, base, switches, login=login, call_back=call_back)
        for company, sets in companies_of(world):
            service.put_company(rows.company_row(company))
            for name, found in sets.items():
                for row in found:
                    service.shelf(company.name, name).put(row["id"], row, _moment(row))
        return service

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        self.calls += 1
        try:
            self._let_in(call)
            return self._routed(call, self._within(call.path))
        except Refusal as refusal:
            wait = self.switches.retry_after if refusal.status in {429, 503} else None
            return refused(refusal, self.calls, call.headers.get("accept-language", ""), wait)

    def put_company(self, row: dict[str, Any]) -> None:
        """Add a company."""
        self._companies[row["name"]] = row

    def put(self, company: str, entity_set: str, row: dict[str, Any], visible_at: datetime | None = None) -> None:
        """Add a row to a company's set, or a newer version of it; subscribers hear of it."""
        shelf, changed = self.shelf(company, entity_set), _moment(row)
        kind = "created" if shelf.get(row["id"]) is None else "updated"
        shelf.put(row["id"], row, changed, changed, visible_at)
        self._tell(company, entity_set, row["id"], kind)

    def remove(self, company: str, entity_set: str, record: str) -> None:
        """Delete a row; only subscribers hear of it."""
        self.shelf(company, entity_set).remove(record)
        self._tell(company, entity_set, record, "deleted")

    def shelf(self, company: str, entity_set: str) -> Shelf:
        """Return the rows of a company's set."""
        return self._shelves.setdefault((company, entity_set), Shelf(self._now))

    # ---- who is let in

    def _let_in(self, call: Call) -> None:
        authorization = call.headers.get("authorization")
        if self.switches.access_keys:
            self._let_user_in(authorization)
        elif self._login is not None:
            if self._login.check(authorization, self.switches.audience) != "ok":
                raise Refusal(401, "Authentication_InvalidCredentials")
            registered = self.switches.registered
            if registered is not None and self._login.holder(authorization) not in registered:
                raise Refusal(401, "Authentication_InvalidCredentials")
        self._count_calls()

    def _let_user_in(self, authorization: str | None) -> None:
        from base64 import b64encode

        pairs = (f"{user}:{key}".encode() for user, key in self.switches.access_keys)
        if authorization not in {f"Basic {b64encode(pair).decode()}" for pair in pairs}:
            raise Refusal(401, "Authentication_InvalidCredentials")

    def _count_calls(self) -> None:
        now = self._now()
        while self._recent and now - self._recent[0] >= self.switches.window:
            self._recent.popleft()
        if len(self._recent) >= self.switches.calls or self.occupied >= self.switches.at_once:
            raise Refusal(429, "Application_TooManyRequests")
        self._recent.append(now)

    # ---- what is asked for

    def _within(self, path: str) -> str:
        """Return the path below the environment."""
        found = self._root_of(path)
        if found is None:
            raise Refusal(404, "NoEnvironment")
        return path[len(found) :].lstrip("/")

    def _root_of(self, path: str) -> str | None:
        tenant, environment = self.switches.tenant, self.switches.environment
        roots = (f"/v2.0/{tenant}/{environment}/", f"/v2.0/{environment}/") if environment else ("/",)
        return next((root for root in roots if path.casefold().startswith(root.casefold())), None)

    def _routed(self, call: Call, path: str) -> Answer:
        custom = rows.EXTERNAL_ID_PATH + "/"
        if path.startswith("api/v2.0/"):
            return self._standard(call, path.removeprefix("api/v2.0/"))
        if path.startswith(custom) and self.switches.has_custom_page:
            return self._scoped(call, path.removeprefix(custom), _CUSTOM)
        if path.startswith("ODataV4/") and self.switches.has_custom_page:
            return self._scoped(call, path.removeprefix("ODataV4/"), _PUBLISHED)
        raise Refusal(404, "BadRequest_ResourceNotFound", path.partition("/")[0])

    def _standard(self, call: Call, path: str) -> Answer:
        found = re.fullmatch(r"subscriptions(?:\('?([0-9a-f]+)'?\))?", path)
        if found:
            return self.subscriptions.answer(call, found[1] or "")
        if call.method != "GET":
            raise Refusal(405, "BadRequest_MethodNotAllowed", call.method)
        if path == "companies":
            names = [name for name in self._companies if name not in self.switches.hidden]
            return self._list(call, "companies", [self._companies[name] for name in names])
        return self._scoped(call, path, _STANDARD)

    def _scoped(self, call: Call, path: str, known: frozenset[str]) -> Answer:
        scope = _SCOPED.match(path) or _OLD_SCOPED.match(path)
        company = self._company(scope["company"] if scope else call.first("company"))
        record = _RECORD.match(scope["rest"] if scope else path)
        name = record["set"] if record else path
        if record is None or name not in known or (name == "generalLedgerSetup" and not self.switches.has_setup):
            raise Refusal(404, "BadRequest_ResourceNotFound", name)
        if company in self.switches.closed or not self.switches.denied.isdisjoint((name, f"{company}/{name}")):
            raise Refusal(403, "Authorization_RequestDenied")
        stored = rows.EXTERNAL_ID_SET if name == rows.WEB_SERVICE else name
        entries = list(self._seen(call, self.shelf(company, stored)))
        if record["id"]:
            return self._one(entries, record["id"])
        shown = rows.web_service_row if name == rows.WEB_SERVICE else dict
        found = [{"@odata.etag": f'W/"{entry.serial}"', **shown(entry.row)} for entry in entries]
        if record["count"]:
            return Answer(
                200, (("Content-Type", "text/plain"),), str(len(matching(found, call, FIELDS[name]))).encode()
            )
        return self._list(call, name, found)

    def _company(self, wanted: str | None) -> str:
        if wanted is None:
            raise Refusal(404, "Internal_CompanyNotFound")
        wanted = wanted.strip("'")
        for name, row in self._companies.items():
            if wanted in {row["id"], name} and name not in self.switches.hidden:
                return name
        raise Refusal(404, "Internal_CompanyNotFound")

    def _seen(self, call: Call, shelf: Shelf) -> Iterable[Entry]:
        """A reader of the replica does not see what has just been written."""
        if call.headers.get("data-access-intent", "").casefold() != "readonly":
            return shelf.entries()
        return (entry for entry in shelf.entries() if entry.visible_at <= self._now() - self.switches.replica_lag)

    def _one(self, entries: Iterable[Entry], record: str) -> Answer:
        found = next((entry for entry in entries if entry.record_id == record), None)
        if found is None:
            raise Refusal(404, "Internal_RecordNotFound", record)
        return json_answer({"@odata.etag": f'W/"{found.serial}"', **found.row})

    def _list(self, call: Call, name: str, found: list[dict[str, Any]]) -> Answer:
        size = page_size(call, self.switches.largest_page)
        matched = matching(found, call, FIELDS[name])
        if self.switches.slow_over is not None and size > self.switches.slow_over:
            raise Refusal(self.switches.slow_status, "Internal_ServerError", "8 minutes")
        page = cut(matched, call, size, FIELDS[name])
        if any(row.get("id") in self.switches.poison and not row.keys() <= _PLAIN for row in page.rows):
            raise Refusal(self.switches.poison_status, "Application_DialogException", "C00690")
        body: dict[str, Any] = {"@odata.context": f"{self._base}/api/v2.0/$metadata#{call.path.rpartition('/')[2]}"}
        if call.first("$count") == "true":
            body["@odata.count"] = page.total
        body["value"] = list(page.rows)
        if page.next is not None:
            body["@odata.nextLink"] = f"{self._base}{quote(call.path, safe='/()')}?{page.next}"
        return json_answer(body, headers=[("Content-Type", "application/json; odata.metadata=minimal")])

    def _tell(self, company: str, entity_set: str, record: str, kind: str) -> None:
        resource = f"api/v2.0/companies({self._companies[company]['id']})/{entity_set}"
        self.subscriptions.changed(resource, record, kind, self._now())


_PLAIN = frozenset({"@odata.etag", "id", "number", _TIME})


def _moment(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row[_TIME])
