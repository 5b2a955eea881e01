"""Flows and gaps in the history of their runs, and what the source lets us see of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.live.dataverse_stage import NOW, decoded, drained, facts, last_week, rows_of, stage, stream
from unposted.connectors.live import PageRequest
from unposted.connectors.power_automate import PowerAutomateConnection
from unposted.domain.records import Flow, FlowGap
from unposted.errors import SignIn
from unposted.sandbox.dataverse import guid_of


def test_the_flows_of_solutions_are_listed_with_their_states() -> None:
    """Four cloud flows; a suspended one is told from one that is on."""
    flows = stream(stage().flows(), "flows")
    found = [row for row in decoded(flows, drained(flows)) if isinstance(row, Flow)]
    assert {(row.name, row.state) for row in found} == {
        ("Create customer in D365", "on"), ("Post order", "on"), ("Sync company", "suspended"), ("Nightly stock", "on"),
    }  # fmt: skip
    assert flows.way == "list"


@pytest.mark.parametrize(("code", "state"), [(0, "off"), (1, "on"), (2, "suspended")])
def test_a_state_is_off_on_or_suspended(code: int, state: str) -> None:
    """Draft is off, activated is on, suspended is suspended."""
    made = stage()
    made.service.change("workflows", guid_of("workflows", "Post order"), statecode=code)
    flows = stream(made.flows(), "flows")
    found = {row.name: row.state for row in decoded(flows, drained(flows)) if isinstance(row, Flow)}
    assert found["Post order"] == state


def test_classic_workflows_desktop_flows_and_activations_are_no_flows() -> None:
    """The table holds other processes, and a copy of each flow that is on; only definitions of cloud flows count."""
    made = stage()
    assert len(list(made.service.shelves["workflows"].entries())) == 9
    flows = stream(made.flows(), "flows")
    assert len(rows_of(drained(flows))) == 4


def test_the_list_of_flows_comes_in_pages() -> None:
    """A list longer than a page is read by the service's links, under one preference."""
    made = stage()
    flows = stream(made.flows(page_size=3), "flows")
    assert [len(page.items) for page in drained(flows)] == [3, 1]
    assert set(made.prefers("/workflows")) == {"odata.maxpagesize=3"}


def test_a_flow_s_definition_is_not_asked_for() -> None:
    """The definition may hold secrets: least fields."""
    made = stage()
    drained(stream(made.flows(), "flows"))
    assert not any("clientdata" in call for call in made.asked("/workflows"))


def test_single_flows_are_fetched_by_id() -> None:
    """A flow's id finds it in any case."""
    made = stage(upper_guids=True)
    flows = stream(made.flows(), "flows")
    assert flows.by_id is not None
    (row,) = decoded(flows, list(flows.by_id([guid_of("workflows", "Post order")])))
    assert isinstance(row, Flow)
    assert (row.flow_id, row.name) == (guid_of("workflows", "Post order"), "Post order")


def test_the_recount_of_flows_sees_the_same() -> None:
    """By another path there are the same four."""
    flows = stream(stage().flows(), "flows")
    assert flows.recount is not None
    ids = {row.flow_id for row in decoded(flows, drained(flows)) if isinstance(row, Flow)}
    assert {light.record_id for light in flows.recount(None, None)} == ids


def test_a_flow_that_the_service_fails_at_is_passed_over() -> None:
    """The list goes on behind a flow that cannot be delivered."""
    made = stage()
    flows = stream(made.flows(), "flows")
    first = rows_of(drained(flows))[0]["workflowid"]
    made.service.fail_at.add(first)
    assert flows.skip is not None
    skipped, token = flows.skip(PageRequest(None, None, 1))
    assert skipped == first
    assert len(rows_of(drained(flows, token=token))) == 3


def test_a_reported_gap_becomes_a_record() -> None:
    """An event of the ingestion is a gap in the system's own code."""
    events = stream(stage(reports_gaps=True).flows(), "flow_events")
    (gap,) = decoded(events, drained(events, last_week()))
    assert isinstance(gap, FlowGap)
    assert (gap.code, gap.happened_at.isoformat()) == ("IngestionRateDataLoss", "2026-04-09T07:10:00+00:00")


def test_other_events_are_no_gaps() -> None:
    """Events of another type say nothing of the history."""
    made = stage(reports_gaps=True)
    made.service.change("flowevents", guid_of("flowevents", "1"), eventtype="DesktopFlowQueue")
    events = stream(made.flows(), "flow_events")
    assert rows_of(drained(events, last_week())) == []


def test_the_type_of_event_is_compared_in_any_case() -> None:
    """The service's filters do not mind capitals."""
    made = stage(reports_gaps=True)
    made.service.change("flowevents", guid_of("flowevents", "1"), eventtype="FLOWRUNINGESTION")
    events = stream(made.flows(), "flow_events")
    assert len(rows_of(drained(events, last_week()))) == 1


def test_gaps_make_the_history_incomplete() -> None:
    """With a gap reported nobody says that nothing failed."""
    (fact,) = facts(stage(reports_gaps=True).flows())["gaps"]
    assert fact.level == "warn"
    assert fact.text == "flow history incomplete: 1 reports (IngestionRateDataLoss)"
    assert facts(stage().flows())["gaps"][0].level == "ok"


def test_unreadable_events_are_no_clean_history() -> None:
    """Who may not read the events does not know whether the history is whole."""
    made = stage()
    made.service.revoke("prvReadflowevent")
    (fact,) = facts(made.flows())["gaps"]
    assert (fact.level, "nobody knows" in fact.text) == ("warn", True)


def test_a_full_view_has_no_warning() -> None:
    """With everything granted every fact is fine, credentials first."""
    found = list(stage().flows().examine())
    assert [fact.check for fact in found if fact.level != "ok"] == []
    assert list(dict.fromkeys(fact.check for fact in found)) == [
        "credentials", "permissions", "oldest", "history", "flows", "gaps", "paging", "clock", "limits",
    ]  # fmt: skip


def test_a_wrong_secret_signs_nobody_in() -> None:
    """The examination ends with SignIn."""
    with pytest.raises(SignIn):
        list(stage(secret="canary-wrong").flows().examine())


@pytest.mark.parametrize("depth", ["Basic", "Local", "Deep"])
def test_a_narrowed_role_warns(depth: str) -> None:
    """Runs belong to their flows' owners: a narrow role hides the others' runs, and that is told."""
    names = ("prvReadWorkflow", "prvReadflowrun", "prvReadflowevent", "prvReadOrganization")
    made = stage(privileges=dict.fromkeys(names, "Global") | {"prvReadflowrun": depth})
    warned = [fact.text for fact in facts(made.flows())["permissions"] if fact.level == "warn"]
    assert len(warned) == 1
    assert "other flow runs are hidden" in warned[0]


def test_missing_flows_fail() -> None:
    """Without prvReadWorkflow no flow can be read."""
    made = stage()
    made.service.revoke("prvReadWorkflow")
    found = facts(made.flows())
    assert [fact.level for fact in found["flows"]] == ["fail"]
    assert "fail" in [fact.level for fact in found["permissions"]]


def test_an_environment_without_solution_flows_warns() -> None:
    """Flows outside solutions are not seen, so no flow at all is worth a word."""
    (fact,) = facts(stage(is_empty=True).flows())["flows"]
    assert (fact.level, "outside solutions" in fact.text) == ("warn", True)


def test_all_three_streams_are_read_by_default() -> None:
    """A source of this system is read for its flows, runs and gaps without naming them."""
    source = stage().flows()
    assert [found.name for found in source.streams] == ["flows", "flow_runs", "flow_events"]
    given = PowerAutomateConnection(url="https://x.crm.dynamics.com", tenant="t", client_id="c")
    assert (given.streams, given.history_days) == (("flows", "flow_runs", "flow_events"), 28)


def test_a_throttle_in_the_middle_of_runs_is_waited_for() -> None:
    """The shared client waits as long as the service asks."""
    made = stage()
    runs = stream(made.flows(), "flow_runs")
    made.service.throttle("time", 21)
    assert len(rows_of(drained(runs, last_week()))) > 100
    assert [seconds for seconds, _ in made.waits] == [21]


def test_the_newest_run_is_seen_at_the_very_end_of_a_span() -> None:
    """Both ends of a span are in it."""
    made = stage(is_empty=True)
    span = last_week()
    ends = [made.put_run(number, moment) for number, moment in enumerate(span)]
    made.put_run(7, span.start - timedelta(seconds=1))
    runs = stream(made.flows(), "flow_runs")
    assert [row["name"] for row in rows_of(drained(runs, span))] == ends
    assert span.end == NOW
