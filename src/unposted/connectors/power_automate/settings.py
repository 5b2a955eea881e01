"""The settings of a Power Automate source under `connect`: the environment whose cloud flows are looked at."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from unposted.connectors.dataverse.settings import EnvironmentConnection

__all__ = ["PowerAutomateConnection"]


class PowerAutomateConnection(EnvironmentConnection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cloud flows of an environment that stand in a solution, and the history of their runs."""

    streams: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="What to read; all three by default.", examples=[["flows", "flow_runs"]]),
    ] = ("flows", "flow_runs", "flow_events")
    history_days: Annotated[
        int, msgspec.Meta(description="How far back runs are read; the service keeps 28 days.", examples=[28])
    ] = 28
    run_time_column: Annotated[
        Literal["modifiedon", "createdon", "starttime"],
        msgspec.Meta(
            description="By which time runs are read: a run that ends later is only seen again by modifiedon.",
            examples=["modifiedon"],
        ),
    ] = "modifiedon"
    run_id_column: Annotated[
        Literal["name", "flowrunid"],
        msgspec.Meta(description="What tells runs apart: the run's name in the portal, or the row.", examples=["name"]),
    ] = "name"
    events_type: Annotated[
        str,
        msgspec.Meta(
            description="The type of the events that tell of gaps in the history.", examples=["FlowRunIngestion"]
        ),
    ] = "FlowRunIngestion"

    STREAMS: ClassVar[tuple[str, ...]] = ("flows", "flow_runs", "flow_events")
