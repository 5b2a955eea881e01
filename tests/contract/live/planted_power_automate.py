"""Bugs that somebody could write into the Power Automate connector, and the test that must notice each of them."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_TESTS = "tests/contract/live/test_power_automate_"
_API = "connectors/dataverse/web_api.py"
_DECODING = "connectors/power_automate/decoding.py"

BUGS = (
    Bug(
        "only the documented spelling is a success", _DECODING,
        '"succeeded": "succeeded", ', "",
        f"{_TESTS}runs.py::test_a_status_is_understood_in_both_spellings",
    ),
    Bug(
        "the session's token is not shown again", _API,
        'headers["MSCRM.SessionToken"] = self._session', "pass",
        f"{_TESTS}runs.py::test_the_session_s_token_is_shown_again",
    ),
    Bug(
        "an empty page is the end", "connectors/dataverse/walk.py",
        "if page.next_link is None:\n            return None\n        times",
        "if page.next_link is None or not page.value:\n            return None\n        times",
        f"{_TESTS}runs.py::test_an_empty_page_is_not_the_end",
    ),
    Bug(
        "an elastic table is sorted by two columns", "connectors/dataverse/walk.py",
        "order = self._column if table.is_elastic else", "order = self._column if not table else",
        f"{_TESTS}runs.py::test_an_elastic_table_is_sorted_by_one_column",
    ),
    Bug(
        "activations count as flows", "connectors/power_automate/tables.py",
        "category eq 5 and type eq 1", "category eq 5",
        f"{_TESTS}flows.py::test_classic_workflows_desktop_flows_and_activations_are_no_flows",
    ),
    Bug(
        "a suspended flow is on", _DECODING,
        '2: "suspended"', '2: "on"',
        f"{_TESTS}flows.py::test_a_state_is_off_on_or_suspended",
    ),
    Bug(
        "reported gaps are a clean history", "connectors/power_automate/facts.py",
        'return Fact("gaps", "warn", f"flow history', 'return Fact("gaps", "ok", f"flow history',
        f"{_TESTS}flows.py::test_gaps_make_the_history_incomplete",
    ),
)  # fmt: skip
