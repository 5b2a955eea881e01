"""The emulated environment's tables: their columns, and the made-up world's rows as Dataverse keeps them.

Column names are those of the published tables; dual-write's come from its default maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from unposted.sandbox.dataverse import account_row, contact_row, guid_of
from unposted.sandbox.flows import CloudFlow, FlowGapEvent, FlowRunRow
from unposted.sandbox.scene import EXPORTED
from unposted.sandbox.values import World

__all__ = [
    "COMPANY_NAMES",
    "DUAL_WRITE",
    "SHOWN",
    "TABLES",
    "Put",
    "TableDefinition",
    "company_rows",
    "event_row",
    "flow_rows",
    "lead_rows",
    "organization_row",
    "other_processes",
    "run_row",
]

SHOWN = "OData.Community.Display.V1.FormattedValue"
DUAL_WRITE = frozenset({"msdyn_taxexemptnumber", "msdyn_contactpersonid", "msdyn_sellable", "_msdyn_company_value"})
COMPANY_NAMES = {"usti": "US Trade Inc", "catu": "CA Trade ULC"}
_PERSON = (
    "emailaddress1", "emailaddress2", "emailaddress3", "telephone1", "customertypecode", "address1_line1",
    "address1_city", "address1_stateorprovince", "address1_postalcode", "address1_country", "statecode", "statuscode",
    "_transactioncurrencyid_value", "_msdyn_company_value", "createdon", "modifiedon",
)  # fmt: skip


class TableDefinition(NamedTuple):
    """A table: its entity set, logical name, key, columns, and the privilege that reads it."""

    set: str
    name: str
    key: str
    privilege: str
    columns: tuple[str, ...]
    is_elastic: bool = False


class Put(NamedTuple):
    """A row to put on its table's shelf."""

    set: str
    row_id: str
    row: dict[str, Any]
    created: datetime
    changed: datetime


TABLES = {
    table.set: table
    for table in (
        TableDefinition(
            "accounts", "account", "accountid", "prvReadAccount",
            ("accountid", "name", "accountnumber", "msdyn_taxexemptnumber", *_PERSON),
        ),
        TableDefinition(
            "contacts", "contact", "contactid", "prvReadContact",
            ("contactid", "firstname", "middlename", "lastname", "fullname", "msdyn_contactpersonid", "msdyn_sellable",
             "mobilephone", "_parentcustomerid_value", *_PERSON),
        ),
        TableDefinition(
            "cdm_companies", "cdm_company", "cdm_companyid", "prvReadcdm_Company",
            ("cdm_companyid", "cdm_companycode", "cdm_name", "createdon", "modifiedon"),
        ),
        TableDefinition(
            "workflows", "workflow", "workflowid", "prvReadWorkflow",
            ("workflowid", "workflowidunique", "name", "category", "type", "statecode", "description", "ismanaged",
             "clientdata", "_ownerid_value", "createdon", "modifiedon"),
        ),
        TableDefinition(
            "flowruns", "flowrun", "flowrunid", "prvReadflowrun",
            ("flowrunid", "name", "status", "starttime", "endtime", "duration", "errorcode", "errormessage",
             "triggertype", "parentrunid", "resourceid", "partitionid", "isprimary", "ttlinseconds", "_workflow_value",
             "workflowid", "workflowname", "_ownerid_value", "createdon", "modifiedon"),
            is_elastic=True,
        ),
        TableDefinition(
            "flowevents", "flowevent", "floweventid", "prvReadflowevent",
            ("floweventid", "name", "eventtype", "eventcode", "level", "eventcontent", "_parentobjectid_value",
             "parentobjectlogicalname", "statecode", "statuscode", "createdon", "modifiedon"),
        ),
        TableDefinition(
            "organizations", "organization", "organizationid", "prvReadOrganization",
            ("organizationid", "name", "flowruntimetoliveinseconds", "expirechangetrackingindays", "createdon",
             "modifiedon"),
        ),
    )
}  # fmt: skip


def lead_rows(world: World) -> Iterator[Put]:
    """Give the accounts and contacts."""
    for lead in world.leads:
        row = dict(account_row(lead) if lead.name else contact_row(lead))
        name = "accounts" if lead.name else "contacts"
        yield Put(name, str(row[TABLES[name].key]), row, lead.created, lead.created)


def company_rows(made: datetime) -> Iterator[Put]:
    """Give the legal entities, which dual-write brings."""
    for code, name in COMPANY_NAMES.items():
        row_id = guid_of("cdm_company", code)
        yield Put(
            "cdm_companies",
            row_id,
            _row(row_id, "cdm_companyid", made, made, cdm_companycode=code, cdm_name=name),
            made,
            made,
        )


def flow_rows(flow: CloudFlow) -> Iterator[Put]:
    """Write a cloud flow: its definition and, while it is on, the activation that runs."""
    yield _process(flow.name, flow, category=5, kind=1)
    if flow.state == 1:
        yield _process(f"{flow.name} activation", flow, category=5, kind=2)


def other_processes(flow: CloudFlow) -> Iterator[Put]:
    """Write what else stands in the same table: a classic workflow and a desktop flow, which are no cloud flows."""
    yield _process("Notify owner", flow, category=0, kind=1)
    yield _process("Type in legacy screen", flow, category=6, kind=1)


def _process(known_as: str, flow: CloudFlow, category: int, kind: int) -> Put:
    row_id = guid_of("workflows", known_as)
    row = _row(
        row_id, "workflowid", flow.created, flow.changed, workflowidunique=guid_of("unique", known_as),
        name=flow.name if category == 5 else known_as, category=category, type=kind, statecode=flow.state,
        ismanaged=False, clientdata="{}", _ownerid_value=guid_of("systemusers", "integration"),
    )  # fmt: skip
    row[f"statecode@{SHOWN}"] = ("Draft", "Activated", "Suspended")[flow.state]
    return Put("workflows", row_id, row, flow.created, flow.changed)


def run_row(run: FlowRunRow, *, duration_in_milliseconds: bool, ttl: int) -> Put:
    """Write a run. `duration` is documented in seconds; live rows have milliseconds."""
    row_id, flow_id = guid_of("flowruns", run.name), guid_of("workflows", run.flow)
    seconds = (run.ended - run.started).total_seconds() if run.ended else 0.0
    changed = (run.ended or run.started) + timedelta(seconds=20)
    code, message = run.error or (None, None)
    row = _row(
        row_id, "flowrunid", changed, changed, name=run.name, status=run.status, starttime=_time(run.started),
        endtime=_time(run.ended) if run.ended else None, errorcode=code, errormessage=message,
        duration=round(seconds * 1000) if duration_in_milliseconds else round(seconds), triggertype=run.trigger,
        resourceid=guid_of("resource", run.flow), partitionid=f"owner-{guid_of('systemusers', 'integration')}",
        isprimary=1, ttlinseconds=ttl, _workflow_value=flow_id, workflowid=flow_id, workflowname=run.flow,
        _ownerid_value=guid_of("systemusers", "integration"),
    )  # fmt: skip
    return Put("flowruns", row_id, row, changed, changed)


def event_row(event: FlowGapEvent) -> Put:
    """Write a report of a gap in the history of runs."""
    row_id = guid_of("flowevents", str(event.number))
    row = _row(
        row_id, "floweventid", event.at, event.at, name=f"FlowRunIngestion-{event.number}",
        eventtype="FlowRunIngestion", eventcode=event.code, level="Warning", parentobjectlogicalname="workflow",
        _parentobjectid_value=guid_of("workflows", "Post order"), statecode=0, statuscode=1,
    )  # fmt: skip
    return Put("flowevents", row_id, row, event.at, event.at)


def organization_row(row_id: str, run_ttl: int, mark_days: int) -> Put:
    """Write the environment's own settings."""
    made = EXPORTED - timedelta(days=900)
    row = _row(
        row_id, "organizationid", made, made, name="ustrade", flowruntimetoliveinseconds=run_ttl,
        expirechangetrackingindays=mark_days,
    )  # fmt: skip
    return Put("organizations", row_id, row, made, made)


def _row(row_id: str, key: str, created: datetime, changed: datetime, **columns: object) -> dict[str, Any]:
    etag = f'W/"{int(changed.timestamp()) % 90_000_000}"'
    return {"@odata.etag": etag, key: row_id, **columns, "createdon": _time(created), "modifiedon": _time(changed)}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
