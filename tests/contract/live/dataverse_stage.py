"""A stage for the contract tests of Dataverse and Power Automate: the emulated environment and a live source at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from unposted.connectors.clock import Clock
from unposted.connectors.dataverse import DataverseConnection
from unposted.connectors.dataverse import connect as connect_dataverse
from unposted.connectors.formats import Bad, Context, RawItem
from unposted.connectors.keys import KeyMaker
from unposted.connectors.live import Connector, Fact, LiveStream, Page, PageRequest, Tools
from unposted.connectors.power_automate import PowerAutomateConnection
from unposted.connectors.power_automate import connect as connect_power_automate
from unposted.connectors.secrets import Secret
from unposted.domain.cursor import Span
from unposted.domain.records import Record
from unposted.sandbox.dataverse import guid_of
from unposted.sandbox.services.dataverse import DataverseService, DataverseSwitches
from unposted.sandbox.services.dataverse_tables import Put
from unposted.sandbox.services.login import EntraApp, LoginService
from unposted.sandbox.transport import InProcess
from unposted.sandbox.values import World
from unposted.sandbox.wire import Service, SteppedClock
from unposted.sandbox.world import make_world

__all__ = [
    "BASE", "CLIENT", "NOW", "SECRET", "TENANT", "Stage", "decoded", "drained", "facts", "last_week", "rows_of",
    "stage", "stream",
]  # fmt: skip

NOW = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
BASE = "http://sandbox/dataverse"
TENANT = "5d4c3b2a-0000-4000-8000-000000000001"
CLIENT = "9a8b7c6d-0000-4000-8000-000000000002"
SECRET = "canary-dataverse-secret-4Kp"
_CONTEXT = Context(KeyMaker(), ZoneInfo("UTC"))


@cache
def _world() -> World:
    return make_world(2026)


class Stage:
    """An environment, its login service and the clock that all share."""

    def __init__(self, *, is_empty: bool, life: int, secret: str, **switches: Any) -> None:
        """Take whether the environment begins without rows, how long a token lives, our secret, and the switches."""
        self.clock = SteppedClock(NOW)
        app = EntraApp(tenant=TENANT, client_id=CLIENT, secret=SECRET)
        self.login = LoginService(self.clock.now, (app,), life=life)
        given = DataverseSwitches(**switches)
        if is_empty:
            self.service = DataverseService(self.clock.now, BASE, given, self.login)
        else:
            self.service = DataverseService.of_world(_world(), self.clock.now, BASE, given, self.login)
        self.waits: list[tuple[float, str]] = []
        self._secret = secret

    def tools(self, clock: Clock | None = None) -> Tools:
        """Make what a connector is handed."""
        found = {"client_secret": Secret(self._secret)}
        mounts: dict[str, Service] = {BASE: self.service, "http://sandbox/login": self.login}
        return Tools(
            found.__getitem__,
            found.get,
            clock or self.clock,
            transport=InProcess(mounts, self.clock),
            tell_wait=lambda seconds, why: self.waits.append((seconds, why)),
        )

    def dataverse(self, clock: Clock | None = None, **settings: Any) -> Connector:
        """Connect to the accounts and contacts."""
        return connect_dataverse("crm", DataverseConnection(**_SETTINGS | settings), self.tools(clock))

    def flows(self, clock: Clock | None = None, **settings: Any) -> Connector:
        """Connect to the flows."""
        return connect_power_automate("flows", PowerAutomateConnection(**_SETTINGS | settings), self.tools(clock))

    def put_account(self, number: int, changed: datetime, **columns: object) -> str:
        """Put an account there; returns its id."""
        return self._put("accounts", "accountid", number, changed, {"name": f"Firm {number}"} | columns)

    def put_run(self, number: int, changed: datetime, **columns: object) -> str:
        """Put a flow run there; returns its name."""
        name = f"0858{number:08d}CU11"
        row = {"name": name, "status": "Succeeded", "starttime": _time(changed), "endtime": _time(changed),
               "_workflow_value": guid_of("workflows", "Post order")}  # fmt: skip
        self._put("flowruns", "flowrunid", number, changed, row | columns)
        return str((row | columns)["name"])

    def _put(self, table: str, key: str, number: int, changed: datetime, columns: dict[str, object]) -> str:
        row_id = f"{number:08d}-0000-4000-8000-000000000000"
        times = {"createdon": _time(changed), "modifiedon": _time(changed)}
        self.service.put(Put(table, row_id, {key: row_id} | times | columns, changed, changed))
        return row_id

    def asked(self, part: str) -> list[str]:
        """List the calls whose path ends so, as path and query."""
        calls = [call for call in self.service.calls if call.path.endswith(part)]
        return [f"{call.path}?{call.raw_query}" for call in calls]

    def prefers(self, part: str) -> list[str]:
        """List what the calls whose path ends so prefer."""
        return [call.headers.get("prefer", "") for call in self.service.calls if call.path.endswith(part)]


_SETTINGS: dict[str, Any] = {
    "url": BASE, "tenant": TENANT, "client_id": CLIENT, "authority": "http://sandbox/login",
}  # fmt: skip


def stage(*, is_empty: bool = False, life: int = 3599, secret: str = SECRET, **switches: Any) -> Stage:
    """Set up an environment, that of the made-up world unless it is to be empty."""
    return Stage(is_empty=is_empty, life=life, secret=secret, **switches)


def stream(source: Connector, name: str) -> LiveStream:
    """Find a stream of a source."""
    return next(found for found in source.streams if found.name == name)


def drained(
    found: LiveStream, span: Span | None = None, token: str | None = None, size: int | None = None
) -> list[Page]:
    """Fetch pages until there is no further one; a token that comes again fails."""
    pages, met = [], {token}
    while True:
        pages.append(found.fetch(PageRequest(span, token, size)))
        token = pages[-1].next
        if token is None:
            return pages
        assert token not in met, "the same page was offered again"
        met.add(token)


def decoded(found: LiveStream, pages: Sequence[Page]) -> list[Record]:
    """Decode pages; a bad item fails."""
    items = [body for page in pages for body in page.items]
    records = list(found.decode([RawItem(place, body) for place, body in enumerate(items, 1)], _CONTEXT))
    bad = [item for item in records if isinstance(item, Bad)]
    assert not bad, bad
    return [item for item in records if not isinstance(item, Bad)]


def facts(source: Connector) -> dict[str, list[Fact]]:
    """Examine a source; facts by what they check."""
    found: dict[str, list[Fact]] = {}
    for fact in source.examine():
        found.setdefault(fact.check, []).append(fact)
    return found


def rows_of(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """Return the pages' items as JSON."""
    return [msgspec.json.decode(body) for page in pages for body in page.items]


def last_week() -> Span:
    """Return the week before the present."""
    return Span(NOW - timedelta(days=7), NOW)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
