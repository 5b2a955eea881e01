"""What a Power Automate source finds out about its own access, and about how whole the history of runs is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from unposted.connectors.dataverse.checks import Privilege, clock_and_limits, oldest, paging, sign_in
from unposted.connectors.dataverse.web_api import Query, Table, WebApi
from unposted.connectors.live import Fact
from unposted.connectors.odata import instant_literal, text_literal
from unposted.connectors.power_automate.settings import PowerAutomateConnection
from unposted.connectors.power_automate.tables import CLOUD_FLOWS, EVENTS, FLOWS, RUNS
from unposted.errors import SourceRefused

__all__ = ["examined"]

_TTL = "flowruntimetoliveinseconds"
_USUAL_TTL = 28 * 86_400
_ORGANIZATIONS = Table("organizations", "organization", "organizationid")
_PRIVILEGES = (
    Privilege("prvReadWorkflow", "flows"),
    Privilege("prvReadflowrun", "flow runs"),
    Privilege("prvReadflowevent", "events that tell of gaps in the history of runs", is_vital=False),
)
_DAY = 86_400


def examined(api: WebApi, connection: PowerAutomateConnection) -> Iterator[Fact]:
    """Check everything that decides which flows and runs we see."""
    yield from sign_in(api, _PRIVILEGES)
    yield oldest(api, RUNS, "starttime", "flow run")
    yield _kept(api, connection)
    yield _flows(api)
    yield _gaps(api, connection)
    yield _paging(api)
    yield from clock_and_limits(api)


def _kept(api: WebApi, connection: PowerAutomateConnection) -> Fact:
    """Tell for how long the environment keeps runs: what ran before is not visible any more."""
    try:
        page = api.first_page(Query(_ORGANIZATIONS, (_TTL,)), {}, 1)
        row: dict[str, object] = msgspec.json.decode(page.value[0]) if page.value else {}
    except SourceRefused:
        row = {}
    found = row.get(_TTL)
    seconds = found if isinstance(found, int) else _USUAL_TTL
    if seconds == 0:
        return Fact("history", "fail", "the environment keeps no flow runs (FlowRunTimeToLiveInSeconds is 0)")
    days = seconds / _DAY
    since = api.clock.now() - timedelta(seconds=seconds)
    known = "" if isinstance(found, int) else " (the usual time; the setting cannot be read)"
    said = f"flow runs are kept for {days:g} days{known}; what ran before {since:%d %b %Y} is not visible any more"
    return Fact("history", "warn" if days < connection.history_days else "ok", said)


def _flows(api: WebApi) -> Fact:
    try:
        pages = api.pages(Query(FLOWS, ("statecode",)), {"$filter": CLOUD_FLOWS})
        rows: list[dict[str, object]] = [msgspec.json.decode(row) for page in pages for row in page.value]
    except SourceRefused:
        return Fact("flows", "fail", "no flow can be read")
    states = Counter(row.get("statecode") for row in rows)
    said = f"{len(rows)} cloud flows in solutions: {states[1]} on, {states[0]} off, {states[2]} suspended"
    return Fact("flows", "ok" if rows else "warn", said if rows else f"{said}; flows outside solutions are not seen")


def _gaps(api: WebApi, connection: PowerAutomateConnection) -> Fact:
    since = instant_literal(api.clock.now() - timedelta(days=connection.history_days))
    only = f"eventtype eq {text_literal(connection.events_type)} and createdon ge {since}"
    try:
        pages = api.pages(Query(EVENTS, ("eventcode", "createdon")), {"$filter": only})
        rows: list[dict[str, object]] = [msgspec.json.decode(row) for page in pages for row in page.value]
    except SourceRefused:
        return Fact("gaps", "warn", "events cannot be read, so nobody knows whether the history of runs is complete")
    if not rows:
        return Fact("gaps", "ok", f"no gap in the history of runs was reported in {connection.history_days} days")
    codes = ", ".join(sorted({str(row.get("eventcode"))[:60] for row in rows}))
    return Fact("gaps", "warn", f"flow history incomplete: {len(rows)} reports ({codes})")


def _paging(api: WebApi) -> Fact:
    try:
        return paging(api, FLOWS)
    except SourceRefused:
        return Fact("paging", "warn", "no row can be read, so no page was tried")
