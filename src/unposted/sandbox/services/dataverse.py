"""The Dataverse emulator: the Web API v9.2 of one environment, with the flows and flow runs of Power Automate in it.

Sources: Power Apps developer guide (Web API, change tracking, service protection limits, elastic tables), Dataverse
table reference (flowrun, flowevent), Power Automate documentation (cloud flow run metadata).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias
from zlib import crc32

from unposted.sandbox.dataverse import guid_of
from unposted.sandbox.flows import flow_book
from unposted.sandbox.scene import EXPORTED
from unposted.sandbox.services.dataverse_limits import Limits, Throttle, refusal
from unposted.sandbox.services.dataverse_metadata import definition
from unposted.sandbox.services.dataverse_query import answer_query, count_of
from unposted.sandbox.services.dataverse_tables import (
    DUAL_WRITE,
    TABLES,
    Put,
    TableDefinition,
    company_rows,
    event_row,
    flow_rows,
    lead_rows,
    organization_row,
    other_processes,
    run_row,
)
from unposted.sandbox.services.dataverse_view import UNEXPECTED, Refused, TableView
from unposted.sandbox.services.login import LoginService
from unposted.sandbox.shelf import Shelf
from unposted.sandbox.values import World
from unposted.sandbox.wire import Answer, Call, Now, json_answer

__all__ = ["DataverseService", "DataverseSwitches", "Depth"]

Depth: TypeAlias = Literal["Basic", "Local", "Deep", "Global"]
_API = "/api/data/v9.2"
_USER = guid_of("systemusers", "unposted")
_UNIT = guid_of("businessunits", "root")
_ORGANIZATION = guid_of("organizations", "ustrade")
_DEFINITION = re.compile(r"EntityDefinitions\(LogicalName='(\w+)'\)(/Attributes)?")
_PRIVILEGES = re.compile(r"systemusers\(([0-9a-f-]{36})\)/Microsoft\.Dynamics\.CRM\.RetrieveUserPrivileges\(\)")
_SET = re.compile(r"(\w+)(/\$count)?")
_EVERYTHING: dict[str, Depth] = {table.privilege: "Global" for table in TABLES.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataverseSwitches:
    """What differs from environment to environment, or is not known for sure.

    `privileges` is what the application's role reads, and how deep. `members` are the client ids of application users
    (None: any). With `copy_lag` seconds every second call that shows no session token is answered by a copy that
    lags behind. `run_ttl` is FlowRunTimeToLiveInSeconds; 0 keeps no runs.
    """

    privileges: Mapping[str, Depth] = field(default_factory=lambda: _EVERYTHING)
    members: frozenset[str] | None = None
    has_dual_write: bool = True
    has_metadata: bool = True
    tracked: frozenset[str] = frozenset({"accounts", "contacts"})
    mark_lives_days: int = 7
    most_requests: int = 6_000
    most_seconds: float = 1_200.0
    call_seconds: float = 0.05
    page_cap: int = 5_000
    upper_guids: bool = False
    shows_company_names: bool = False
    duration_in_milliseconds: bool = True
    run_ttl: int = 2_419_200
    has_short_elastic_pages: bool = False
    copy_lag: float = 0.0
    reports_gaps: bool = False


class DataverseService:
    """One environment; see `wire.Service`. `calls` counts, `fail_at` are rows that the server cannot deliver."""

    def __init__(
        self,
        now: Now,
        base: str,
        switches: DataverseSwitches | None = None,
        login: LoginService | None = None,
    ) -> None:
        """Take the time, the address it is mounted at, its switches, and who knows the tokens (None: any is good)."""
        self._now = now
        self._base = base.rstrip("/")
        self.switches = switches or DataverseSwitches()
        self._login = login
        self.limits = Limits(now, self.switches.most_requests, self.switches.most_seconds, self.switches.call_seconds)
        self.shelves = {name: Shelf(now) for name in TABLES}
        self.fail_at: set[str] = set()
        self.calls: list[Call] = []
        self._privileges: dict[str, Depth] = dict(self.switches.privileges)
        self._unsessioned = 0
        self.put(organization_row(_ORGANIZATION, self.switches.run_ttl, self.switches.mark_lives_days))

    @classmethod
    def of_world(
        cls,
        world: World,
        now: Now,
        base: str,
        switches: DataverseSwitches | None = None,
        login: LoginService | None = None,
    ) -> DataverseService:
        """Make the environment of the made-up world."""
        service = cls(now, base, switches, login)
        given, book = service.switches, flow_book(world)
        runs = [
            run_row(run, duration_in_milliseconds=given.duration_in_milliseconds, ttl=given.run_ttl)
            for run in book.runs
        ]
        gaps = [event_row(gap) for gap in book.gaps] if given.reports_gaps else []
        companies = company_rows(EXPORTED - timedelta(days=700))
        flows = [put for flow in book.flows for put in flow_rows(flow)]
        for put in (*lead_rows(world), *companies, *flows, *other_processes(book.flows[0]), *runs, *gaps):
            service.put(put)
        return service

    def put(self, put: Put) -> None:
        """Add a row, or put a newer version in its place."""
        self.shelves[put.set].put(put.row_id, put.row, put.created, put.changed)

    def change(self, table: str, row_id: str, **columns: object) -> None:
        """Change columns of a row now."""
        entry = self.shelves[table].get(row_id)
        assert entry is not None, f"{table} has no {row_id}"
        now = self._now()
        row = entry.row | columns | {"modifiedon": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
        self.put(Put(table, row_id, row, entry.created_at, now))

    def remove(self, table: str, row_id: str) -> None:
        """Delete a row now."""
        self.shelves[table].remove(row_id)

    def revoke(self, privilege: str) -> None:
        """Take a privilege away from the application's role."""
        del self._privileges[privilege]

    def throttle(self, kind: Throttle, seconds: float | None, times: int = 1) -> None:
        """Refuse the next calls as a busy server does."""
        self.limits.force(kind, seconds, times)

    def __call__(self, call: Call) -> Answer:
        """Answer a call."""
        self.calls.append(call)
        refused = self._stranger(call) or self.limits.take()
        if refused is not None:
            return refused
        try:
            answer = self._answer(call)
        except Refused as error:
            answer = error.answer
        return answer.with_headers(self.limits.headers())

    def _stranger(self, call: Call) -> Answer | None:
        authorization = call.headers.get("authorization")
        standing = "ok" if authorization else "missing"
        if self._login is not None:
            standing = self._login.check(authorization, self._base)
        if standing != "ok":
            kind = (("WWW-Authenticate", "Bearer"), ("Content-Type", "text/html"))
            return Answer(401, kind, b"HTTP Error 401 - Unauthorized: Access is denied")
        members = self.switches.members
        if members is not None and self._login is not None and self._login.holder(authorization) not in members:
            return refusal(403, "0x80072560", "The user is not a member of the organization.")
        return None

    def _answer(self, call: Call) -> Answer:
        if not call.path.startswith(f"{_API}/") or call.method != "GET":
            return refusal(404, UNEXPECTED, "Resource not found.")
        rest = call.path.removeprefix(f"{_API}/")
        if rest == "WhoAmI":
            return self._who()
        if found := _PRIVILEGES.fullmatch(rest):
            return self._role(found[1])
        if found := _DEFINITION.fullmatch(rest):
            return self._definition(found[1], call, is_list=bool(found[2]))
        if found := _SET.fullmatch(rest):
            return self._rows(found[1], call, is_count=bool(found[2]))
        return refusal(404, UNEXPECTED, f"Resource not found for the segment '{rest.partition('/')[0][:60]}'.")

    def _who(self) -> Answer:
        context = f"{self._base}{_API}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse"
        ids = {"BusinessUnitId": _UNIT, "UserId": _USER, "OrganizationId": _ORGANIZATION}
        return json_answer({"@odata.context": context, **ids})

    def _role(self, user: str) -> Answer:
        if user != _USER:
            return refusal(404, "0x80040217", f"systemuser With Id = {user} Does Not Exist")
        held = [
            {"Depth": depth, "PrivilegeId": guid_of("privileges", name), "BusinessUnitId": _UNIT, "PrivilegeName": name}
            for name, depth in self._privileges.items()
        ]
        context = f"{self._base}{_API}/$metadata#Microsoft.Dynamics.CRM.RetrieveUserPrivilegesResponse"
        return json_answer({"@odata.context": context, "RolePrivileges": held})

    def _definition(self, name: str, call: Call, *, is_list: bool) -> Answer:
        table = next((table for table in self._tables().values() if table.name == name), None)
        if not self.switches.has_metadata:
            return self._forbidden("prvReadAttribute")
        if table is None:
            return refusal(404, "0x80060888", f"Could not find an entity with name {name} and object type code -1.")
        return definition(
            table,
            self._columns(table),
            call,
            f"{self._base}{_API}",
            table.set in self.switches.tracked,
            is_list=is_list,
        )

    def _rows(self, name: str, call: Call, *, is_count: bool) -> Answer:
        table = self._tables().get(name)
        if table is None:
            return refusal(404, UNEXPECTED, f"Resource not found for the segment '{name[:60]}'.")
        depth = self._privileges.get(table.privilege)
        tracks = "odata.track-changes" in call.headers.get("prefer", "") or call.first("$deltatoken") is not None
        if depth is None or (tracks and depth != "Global"):
            return self._forbidden(table.privilege)
        view = self._view(table, call, depth)
        answer = count_of(view, call) if is_count else answer_query(view, call)
        if table.is_elastic:
            return answer.with_headers((("x-ms-session-token", f"0:-1#{view.shelf.serial}"),))
        return answer

    def _view(self, table: TableDefinition, call: Call, depth: Depth) -> TableView:
        given, now = self.switches, self._now()
        shelf = self.shelves[table.set]
        hidden: frozenset[str] = frozenset()
        if depth != "Global":  # a role that reads less than everything sees some of the rows only
            hidden = frozenset(entry.record_id for entry in shelf.entries() if crc32(entry.record_id.encode()) % 3)
        return TableView(
            table=table, shelf=shelf, root=f"{self._base}{_API}", now=now, columns=self._columns(table),
            is_tracked=table.set in given.tracked, lives=timedelta(days=given.mark_lives_days),
            page_cap=given.page_cap, hidden=hidden, has_short_pages=given.has_short_elastic_pages,
            until=now - timedelta(seconds=given.copy_lag) if self._asks_copy(table, call) else None,
            not_before=now - timedelta(seconds=given.run_ttl) if table.set == "flowruns" else None,
            upper_guids=given.upper_guids, names_companies=given.shows_company_names, poison=frozenset(self.fail_at),
        )  # fmt: skip

    def _asks_copy(self, table: TableDefinition, call: Call) -> bool:
        if not table.is_elastic or not self.switches.copy_lag or "mscrm.sessiontoken" in call.headers:
            return False
        self._unsessioned += 1
        return self._unsessioned % 2 == 0

    def _tables(self) -> dict[str, TableDefinition]:
        if self.switches.has_dual_write:
            return TABLES
        return {name: table for name, table in TABLES.items() if name != "cdm_companies"}

    def _columns(self, table: TableDefinition) -> frozenset[str]:
        columns = frozenset(table.columns)
        return columns if self.switches.has_dual_write else columns - DUAL_WRITE

    def _forbidden(self, privilege: str) -> Answer:
        said = (
            f"Principal user (Id={_USER}, type=8, roleCount=1, privilegeCount=12, accessMode=4), is missing "
            f"{privilege} privilege on OTC=1 for entity. context.Caller={_USER}"
        )
        return refusal(403, "0x80040220", said)
