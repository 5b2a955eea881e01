"""Power Automate as a live source: flow states, runs and gaps in the history of runs, all through Dataverse.

Only cloud flows that stand in a solution are in Dataverse, and their runs for 28 days. Nothing is ever started here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from unposted.connectors.dataverse.lights import LightColumns, by_keys, lights
from unposted.connectors.dataverse.walk import Place, TimeWalk, key_of
from unposted.connectors.dataverse.web_api import Query, WebApi, with_select
from unposted.connectors.http import Spent
from unposted.connectors.live import Connector, Fact, LiveStream, Page, PageRequest, Tools
from unposted.connectors.odata import text_literal
from unposted.connectors.power_automate.decoding import flow_gaps, flow_runs, flows
from unposted.connectors.power_automate.facts import examined
from unposted.connectors.power_automate.settings import PowerAutomateConnection
from unposted.connectors.power_automate.tables import CLOUD_FLOWS, EVENTS, FLOWS, RUNS
from unposted.domain.cursor import Span
from unposted.domain.records import Flow, FlowGap, FlowRun

__all__ = ["PowerAutomateSource", "connect"]

_FLOW = Query(FLOWS, ("workflowid", "name", "statecode", "modifiedon"))
_RUN = (
    "name", "status", "starttime", "endtime", "errorcode", "errormessage", "_workflow_value", "workflowid",
    "modifiedon",
)  # fmt: skip
_EVENT = Query(EVENTS, ("floweventid", "eventcode", "createdon", "modifiedon"))
_EVER = datetime(1900, 1, 1, tzinfo=UTC)


def connect(source: str, connection: PowerAutomateConnection, tools: Tools) -> Connector:
    """Make the live source of an environment's flows; nothing is called yet."""
    return PowerAutomateSource(source, connection, tools)


class PowerAutomateSource:
    """Reads flows, their runs and the gaps in their history."""

    def __init__(self, source: str, connection: PowerAutomateConnection, tools: Tools) -> None:
        """Take the source's name, its settings and the tools."""
        self._api = WebApi(source, connection, tools)
        self._connection = connection
        extra = (connection.run_time_column,) if connection.run_time_column not in _RUN else ()
        runs = TimeWalk(self._api, Query(RUNS, (*_RUN, *extra)), connection.run_time_column)
        only = f"eventtype eq {text_literal(connection.events_type)}"
        self._runs = _Changes(self._api, runs)
        self._events = _Changes(self._api, TimeWalk(self._api, _EVENT, "modifiedon", only))
        self._only_events = only

    @property
    def streams(self) -> Sequence[LiveStream]:
        """The streams, in the order in which they are read."""
        return (self._flow_stream(), self._run_stream(), self._event_stream())

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far."""
        return self._api.spent

    def examine(self) -> Iterator[Fact]:
        """Find out what our credentials let us see."""
        return examined(self._api, self._connection)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _flow_stream(self) -> LiveStream:
        return LiveStream(
            "flows", (Flow,), "list", self._fetch_flows, flows,
            by_id=lambda ids: _as_pages(self._api, _FLOW, "workflowid", ids),
            recount=lambda start, end: lights(self._api, FLOWS, start, end, only=CLOUD_FLOWS),
            skip=self._skip_flow,
        )  # fmt: skip

    def _run_stream(self) -> LiveStream:
        column = self._connection.run_id_column
        columns = LightColumns("starttime", "modifiedon", "status", "name" if column == "name" else None)
        return LiveStream(
            "flow_runs", (FlowRun,), "changes", self._runs.fetch, flow_runs(column),
            by_id=lambda ids: _as_pages(self._api, self._runs.query, column, ids, is_text=column == "name"),
            recount=lambda start, end: lights(self._api, RUNS, start, end, columns), forgets=True,
            skip=self._runs.skip,
        )  # fmt: skip

    def _event_stream(self) -> LiveStream:
        return LiveStream(
            "flow_events", (FlowGap,), "changes", self._events.fetch, flow_gaps,
            by_id=lambda ids: _as_pages(self._api, _EVENT, "floweventid", ids),
            recount=lambda start, end: lights(self._api, EVENTS, start, end, only=self._only_events), forgets=True,
            skip=self._events.skip,
        )  # fmt: skip

    def _fetch_flows(self, request: PageRequest) -> Page:
        if request.token:
            page = self._api.next_page(_FLOW, request.token, request.size)
        else:
            page = self._api.first_page(_FLOW, {"$filter": CLOUD_FLOWS, "$orderby": "workflowid"}, request.size)
        return Page(page.items, page.next_link)

    def _skip_flow(self, request: PageRequest) -> tuple[str, str | None]:
        keys = _FLOW._replace(select=(FLOWS.key,))
        if request.token:
            page = self._api.next_page(keys, with_select(request.token, FLOWS.key), 1)
        else:
            page = self._api.first_page(keys, {"$filter": CLOUD_FLOWS, "$orderby": "workflowid"}, 1)
        link = page.next_link and with_select(page.next_link, ",".join(_FLOW.select))
        return key_of(page, FLOWS.key), link or None


class _Changes:
    """Reads a stream of changes by a walk through its table; a token is a place of the walk as text."""

    def __init__(self, api: WebApi, walk: TimeWalk) -> None:
        self._api = api
        self._walk = walk
        self.query = walk.query

    def fetch(self, request: PageRequest) -> Page:
        span = request.span or Span(_EVER, self._api.clock.now())
        page, place = self._walk.step(span.start, span.end, _place(request.token), request.size)
        return Page(page.items, _token(place))

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        span = request.span or Span(_EVER, self._api.clock.now())
        found, place = self._walk.skip(span.start, span.end, _place(request.token))
        return found, _token(place)


def _as_pages(api: WebApi, query: Query, column: str, ids: Sequence[str], *, is_text: bool = False) -> Iterable[Page]:
    for page in by_keys(api, query, column, ids, text_literal if is_text else str):
        yield Page(page.items, None)


def _place(token: str | None) -> Place | None:
    return msgspec.json.decode(token, type=Place) if token else None


def _token(place: Place | None) -> str | None:
    return msgspec.json.encode(place).decode() if place else None
