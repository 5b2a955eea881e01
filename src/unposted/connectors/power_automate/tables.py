"""The tables of Dataverse in which Power Automate keeps its flows, their runs and what happened to the history."""

from __future__ import annotations

from unposted.connectors.dataverse.web_api import Table

__all__ = ["CLOUD_FLOWS", "EVENTS", "FLOWS", "RUNS"]

FLOWS = Table("workflows", "workflow", "workflowid")
RUNS = Table("flowruns", "flowrun", "flowrunid", is_elastic=True)
EVENTS = Table("flowevents", "flowevent", "floweventid")
CLOUD_FLOWS = "category eq 5 and type eq 1"  # definitions of cloud flows; a flow that is on has an activation too
