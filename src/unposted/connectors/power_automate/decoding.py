"""Makes records of flows, flow runs and gaps in their history out of Dataverse's rows.

How long a run took is its end less its start: `duration` is documented in seconds and sent in milliseconds. What a
run's error says may name people and orders: it is kept, for it ties the run to a party, and never logged.
Source: Dataverse table reference (workflow, flowrun, flowevent).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from unposted.connectors.fields import instant, needed, optional_instant
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.domain.records import Flow, FlowGap, FlowRun
from unposted.errors import BadRecord

__all__ = ["flow_gaps", "flow_runs", "flows"]

_STATES = {0: "off", 1: "on", 2: "suspended"}
_STATUSES = {
    "success": "succeeded", "succeeded": "succeeded", "failed": "failed", "failure": "failed",
    "cancelled": "cancelled", "canceled": "cancelled", "running": "running",
}  # fmt: skip
_LONGEST_MESSAGE = 2_000


class _Flow(msgspec.Struct, gc=False):
    workflowid: str | None = None
    name: str | None = None
    statecode: int | None = None
    modifiedon: str | None = None


class _Run(msgspec.Struct, gc=False):
    name: str | None = None
    flowrunid: str | None = None
    status: str | None = None
    starttime: str | None = None
    endtime: str | None = None
    errorcode: str | None = None
    errormessage: str | None = None
    lookup: str | None = msgspec.field(default=None, name="_workflow_value")
    workflowid: str | None = None
    modifiedon: str | None = None


class _Event(msgspec.Struct, gc=False):
    floweventid: str | None = None
    eventcode: str | None = None
    createdon: str | None = None
    modifiedon: str | None = None


class _Said(msgspec.Struct):
    """An error message that is JSON itself: its words and code, or an error with them inside."""

    message: str | None = None
    code: str | int | None = None
    error: _Said | None = None


def flows(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Read cloud flows."""
    return json_records(items, context, msgspec.json.Decoder(_Flow).decode, _flow, lambda row: row.workflowid)


def flow_runs(id_column: str) -> Callable[[Iterable[RawItem], Context], Iterator[Item]]:
    """Make the decoder of runs; `id_column` tells them apart, `name` or `flowrunid`."""
    decode = msgspec.json.Decoder(_Run).decode

    def id_of(row: _Run) -> str | None:
        return row.name if id_column == "name" and row.name else _guid(row.flowrunid)

    def make(row: _Run, context: Context) -> FlowRun:
        return _run(row, needed(id_of(row), id_column), context)

    return lambda items, context: json_records(items, context, decode, make, id_of)


def flow_gaps(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Read events that tell of a gap in the history of runs."""
    return json_records(items, context, msgspec.json.Decoder(_Event).decode, _gap, lambda row: row.floweventid)


def _flow(row: _Flow, context: Context) -> Flow:
    if row.statecode is None:
        raise BadRecord("missing-field", "statecode is missing")
    return Flow(
        needed(_guid(row.workflowid), "workflowid"),
        row.name,
        _STATES.get(row.statecode, str(row.statecode)),
        optional_instant(row.modifiedon, "modifiedon", context.zone),
    )


def _run(row: _Run, run_id: str, context: Context) -> FlowRun:
    status = needed(row.status, "status")
    code, message = _error(row)
    return FlowRun(
        run_id,
        needed(_guid(row.lookup) or _guid(row.workflowid), "workflow"),
        _STATUSES.get(status.casefold(), status),
        instant(row.starttime, "starttime", context.zone),
        optional_instant(row.endtime, "endtime", context.zone),
        code,
        message,
        optional_instant(row.modifiedon, "modifiedon", context.zone),
    )


def _gap(row: _Event, context: Context) -> FlowGap:
    return FlowGap(
        needed(_guid(row.floweventid), "floweventid"),
        needed(row.eventcode, "eventcode"),
        instant(row.createdon, "createdon", context.zone),
        optional_instant(row.modifiedon, "modifiedon", context.zone),
    )


def _error(row: _Run) -> tuple[str | None, str | None]:
    """Return the code and the words of a run's error, which may stand in JSON."""
    code, text = (row.errorcode or "").strip(), (row.errormessage or "").strip()
    said = _said(text)
    inner = said.error if said and said.error else said
    if inner and inner.message:
        text = inner.message.strip()
    if not code and inner and inner.code is not None:
        code = str(inner.code)
    return code or None, text[:_LONGEST_MESSAGE] or None


def _said(text: str) -> _Said | None:
    if not text.startswith("{"):
        return None
    try:
        return msgspec.json.decode(text, type=_Said)
    except msgspec.MsgspecError:
        return None  # cut off, or JSON of another shape: then the text stands for itself


def _guid(text: str | None) -> str | None:
    return (text or "").strip().strip("{}").lower() or None
