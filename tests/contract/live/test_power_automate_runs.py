"""Flow runs out of an elastic table: statuses, times, errors, pages of any size, copies that lag behind."""

from __future__ import annotations

import json
import logging
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.live.dataverse_stage import (
    NOW,
    Stage,
    decoded,
    drained,
    facts,
    last_week,
    rows_of,
    stage,
    stream,
)
from unposted.connectors.live import PageRequest
from unposted.domain.cursor import Span
from unposted.domain.records import FlowRun
from unposted.errors import SourceDown

_OLD = NOW - timedelta(days=3)
_EVER = Span(NOW - timedelta(days=40), NOW)


def _runs(made: Stage, span: Span = _EVER, size: int | None = None, **settings: Any) -> list[FlowRun]:
    found = stream(made.flows(**settings), "flow_runs")
    return [row for row in decoded(found, drained(found, span, size=size)) if isinstance(row, FlowRun)]


def _one(**columns: object) -> FlowRun:
    made = stage(is_empty=True)
    made.put_run(1, _OLD, **columns)
    (run,) = _runs(made)
    return run


def test_every_run_of_the_world_is_read() -> None:
    """All 533 runs of four weeks come once, whatever the page's size."""
    made = stage()
    assert len({run.run_id for run in _runs(made)}) == 533
    assert len({run.run_id for run in _runs(made, size=37)}) == 533


def test_some_runs_failed_for_the_absent() -> None:
    """Failed runs name orders and addresses, by which they will be tied to parties."""
    failed = [run for run in _runs(stage(), last_week()) if run.status == "failed"]
    assert len(failed) > 20
    assert any("order 20466, mirela@northlight-interiors.example" in (run.error_message or "") for run in failed)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Success", "succeeded"), ("Succeeded", "succeeded"), ("SUCCEEDED", "succeeded"), ("Failed", "failed"),
        ("Cancelled", "cancelled"), ("Canceled", "cancelled"), ("Running", "running"), ("TimedOut", "TimedOut"),
    ],
)  # fmt: skip
def test_a_status_is_understood_in_both_spellings(written: str, status: str) -> None:
    """Documents say Success, live rows Succeeded; a word that nobody knows stays as it is."""
    assert _one(status=written).status == status


def test_both_spellings_are_in_the_world() -> None:
    """The environment changed its spelling on 30 March; no status is left unread."""
    assert set(Counter(run.status for run in _runs(stage()))) == {"succeeded", "failed", "cancelled", "running"}


@pytest.mark.parametrize("in_milliseconds", [False, True])
def test_how_long_a_run_took_is_its_end_less_its_start(in_milliseconds: bool) -> None:
    """Whether duration is sent in seconds or in milliseconds does not matter: it is not even asked for."""
    made = stage(duration_in_milliseconds=in_milliseconds)
    nightly = [run for run in _runs(made) if run.ended_at and (run.ended_at - run.started_at).total_seconds() > 60]
    assert {(run.ended_at - run.started_at).total_seconds() for run in nightly if run.ended_at} == {412.0}
    assert not any("duration" in call for call in made.asked("/flowruns"))


def test_a_running_run_has_no_end() -> None:
    """A run without an end is running, and is read again when it ends."""
    made = stage(is_empty=True)
    name = made.put_run(1, _OLD, status="Running", endtime=None)
    (run,) = _runs(made)
    assert (run.status, run.ended_at) == ("running", None)
    made.service.change("flowruns", "00000001-0000-4000-8000-000000000000", status="Succeeded",
                        endtime="2026-04-12T22:29:00Z")  # fmt: skip
    (later,) = _runs(made, Span(NOW - timedelta(hours=1), NOW))
    assert (later.run_id, later.status) == (name, "succeeded")


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("ActionFailed", "An action failed.", ("ActionFailed", "An action failed.")),
        (None, json.dumps({"error": {"code": "Conflict", "message": "Number taken"}}), ("Conflict", "Number taken")),
        ("X", json.dumps({"error": {"code": "Conflict", "message": "Number taken"}}), ("X", "Number taken")),
        (None, json.dumps({"code": 429, "message": "Too many"}), ("429", "Too many")),
        ("X", '{"error": {"message": "cut o', ("X", '{"error": {"message": "cut o')),
        ("X", json.dumps({"error": "plain"}), ("X", '{"error": "plain"}')),
        ("", "  ", (None, None)),
        (None, None, (None, None)),
    ],
)
def test_an_error_is_text_or_json(code: str | None, message: str | None, expected: tuple[str | None, ...]) -> None:
    """What an error says is found in JSON too; JSON of another shape, or cut off, stands for itself."""
    run = _one(status="Failed", errorcode=code, errormessage=message)
    assert (run.error_code, run.error_message) == expected


def test_a_long_error_is_cut() -> None:
    """Two thousand characters of an error are kept."""
    run = _one(status="Failed", errormessage="Ä" * 20_000)
    assert len(run.error_message or "") == 2_000


def test_an_error_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An address in a run's error is in the record and in no log line."""
    made = stage(is_empty=True)
    made.put_run(1, _OLD, status="Failed", errormessage="canary.person@example.org is unknown")
    with caplog.at_level(logging.DEBUG):
        (run,) = _runs(made)
    assert "canary.person" in (run.error_message or "")
    assert "canary" not in caplog.text


def test_the_flow_is_the_lookup_else_the_column() -> None:
    """A run names its flow by the lookup, and by a text column where the lookup is empty; in any case."""
    guid = "C17AF45C-10A1-43CA-B816-D9CC352718CF"
    assert _one(_workflow_value=guid).flow_id == guid.lower()
    assert _one(_workflow_value=None, workflowid=guid).flow_id == guid.lower()


def test_an_elastic_table_is_sorted_by_one_column() -> None:
    """Two columns of order are refused there; the walk asks for one."""
    made = stage()
    _runs(made, last_week())
    assert all("$orderby=modifiedon" in call and "%2Cflowrunid" not in call for call in made.asked("/flowruns"))


def test_an_empty_page_is_not_the_end() -> None:
    """An elastic table gives short pages, and empty ones with a link to more."""
    made = stage(is_empty=True, has_short_elastic_pages=True)
    names = {made.put_run(number, _OLD + timedelta(seconds=number // 6)) for number in range(40)}
    assert {run.run_id for run in _runs(made, size=8)} == names


def test_many_runs_of_one_second_are_all_read() -> None:
    """A second with more runs than a page holds is drained by the service's own links."""
    made = stage(is_empty=True)
    names = {made.put_run(number, _OLD) for number in range(31)}
    names |= {made.put_run(100, _OLD + timedelta(seconds=1))}
    assert {run.run_id for run in _runs(made, size=7)} == names


def test_the_session_s_token_is_shown_again() -> None:
    """A copy that lags by an hour answers who shows no token; with it every page has the newest runs."""
    made = stage(is_empty=True, copy_lag=3_600.0)
    names = {made.put_run(number, NOW - timedelta(seconds=300 - number)) for number in range(20)}
    assert {run.run_id for run in _runs(made, size=6)} == names
    shown = [call.headers.get("mscrm.sessiontoken") for call in made.service.calls if call.path.endswith("/flowruns")]
    assert shown[0] is None
    assert set(shown[1:]) == {"0:-1#20"}


def test_runs_older_than_their_time_to_live_are_gone() -> None:
    """After four weeks the environment has dropped a run; an old span is empty and no error."""
    made = stage(is_empty=True)
    made.put_run(1, NOW - timedelta(days=29))
    kept = made.put_run(2, NOW - timedelta(days=27))
    assert [run.run_id for run in _runs(made)] == [kept]


def test_single_runs_are_fetched_by_name() -> None:
    """A run's name is what the portal and the trigger's answer show, and finds the run; quotes are harmless."""
    made = stage(is_empty=True)
    names = [made.put_run(number, _OLD) for number in range(3)]
    made.put_run(9, _OLD, name="it's")
    runs = stream(made.flows(), "flow_runs")
    assert runs.by_id is not None
    found = decoded(runs, list(runs.by_id([names[1], "it's", "unknown"])))
    assert [row.run_id for row in found if isinstance(row, FlowRun)] == [names[1], "it's"]


def test_runs_may_be_told_apart_by_row() -> None:
    """With run_id_column flowrunid the row's GUID is the run's id, everywhere."""
    made = stage(is_empty=True)
    made.put_run(1, _OLD)
    (run,) = _runs(made, run_id_column="flowrunid")
    runs = stream(made.flows(run_id_column="flowrunid"), "flow_runs")
    assert runs.recount is not None
    assert runs.by_id is not None
    assert [light.record_id for light in runs.recount(None, None)] == [run.run_id]
    assert len(rows_of(list(runs.by_id([run.run_id])))) == 1


def test_the_recount_goes_by_the_start() -> None:
    """Runs that started from one instant to before another are listed by their names."""
    made = stage(is_empty=True)
    names = [made.put_run(number, _OLD + timedelta(hours=number)) for number in range(3)]
    runs = stream(made.flows(), "flow_runs")
    assert runs.recount is not None
    (light,) = runs.recount(_OLD + timedelta(hours=1), _OLD + timedelta(hours=2))
    assert (light.record_id, light.state) == (names[1], "Succeeded")


def test_a_run_that_the_service_fails_at_is_passed_over() -> None:
    """The failing row is named by its key and the rest is read."""
    made = stage(is_empty=True)
    names = [made.put_run(number, _OLD + timedelta(seconds=number)) for number in range(4)]
    made.service.fail_at.add("00000000-0000-4000-8000-000000000000")
    runs = stream(made.flows(), "flow_runs")
    with pytest.raises(SourceDown):
        runs.fetch(PageRequest(_EVER, None, 1))
    assert runs.skip is not None
    skipped, token = runs.skip(PageRequest(_EVER, None, 1))
    assert skipped == "00000000-0000-4000-8000-000000000000"
    rest = decoded(runs, drained(runs, _EVER, token))
    assert [row.run_id for row in rest if isinstance(row, FlowRun)] == names[1:]


def test_a_run_without_a_start_is_bad_and_named() -> None:
    """A row that lacks what a run needs goes to quarantine by its name; the others are read."""
    made = stage(is_empty=True)
    made.put_run(1, _OLD, starttime=None)
    runs = stream(made.flows(), "flow_runs")
    with pytest.raises(AssertionError, match="starttime is missing"):
        decoded(runs, drained(runs, _EVER))


def test_the_history_s_length_is_a_fact() -> None:
    """How long runs are kept is told, with the day before which nothing is visible any more."""
    (fact,) = facts(stage().flows())["history"]
    assert (fact.level, "before 15 Mar 2026 is not visible any more" in fact.text) == ("ok", True)
    (short,) = facts(stage(run_ttl=7 * 86_400).flows())["history"]
    assert (short.level, "kept for 7 days" in short.text) == ("warn", True)


def test_a_history_that_is_off_fails() -> None:
    """An environment that keeps no runs has none to read, and says so."""
    (fact,) = facts(stage(run_ttl=0).flows())["history"]
    assert (fact.level, "FlowRunTimeToLiveInSeconds is 0" in fact.text) == ("fail", True)


def test_wanting_more_history_than_there_is_warns() -> None:
    """Ninety days of runs are never there."""
    (fact,) = facts(stage().flows(history_days=90))["history"]
    assert fact.level == "warn"
