"""Bugs that somebody could write into the Dataverse connector, and the test that must notice each of them."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_TESTS = "tests/contract/live/test_dataverse_"
_API = "connectors/dataverse/web_api.py"
_WALK = "connectors/dataverse/walk.py"
_TRACKED = "connectors/dataverse/tracked.py"

BUGS = (
    Bug(
        "changes are only tracked on the first page", _API,
        'return self._page(query, Ask("GET", link), size)',
        'return self._page(query._replace(is_tracked=False), Ask("GET", link), size)',
        f"{_TESTS}changes.py::test_every_page_goes_with_the_same_preferences",
    ),
    Bug(
        "the page's size is asked for on the first page only", _API,
        'return self._page(query, Ask("GET", link), size)', 'return self._page(query, Ask("GET", link), MOST)',
        f"{_TESTS}changes.py::test_a_size_that_is_set_goes_with_every_page",
    ),
    Bug(
        "a page begins behind the last row's time", _WALK,
        'f"{self._column} ge {since}"', 'f"{self._column} gt {since}"',
        f"{_TESTS}walk.py::test_a_tie_across_a_page_s_end_loses_nobody",
    ),
    Bug(
        "the end of a span is outside it", _WALK,
        'f"{self._column} le {instant_literal', 'f"{self._column} lt {instant_literal',
        f"{_TESTS}walk.py::test_both_ends_of_a_span_are_in_it",
    ),
    Bug(
        "a page of one single time is asked for again and again", _WALK,
        "return Place(last) if moves_on else Place(place.bound, page.next_link)", "return Place(last)",
        f"{_TESTS}walk.py::test_rows_of_one_second_are_all_read",
    ),
    Bug(
        "a refused mark is an error for ever", _TRACKED,
        "            if not token.is_whole:\n                raise DeltaExpired from None",
        "            if not token.is_whole:\n                raise",
        f"{_TESTS}changes.py::test_a_mark_of_eight_days_ago_is_expired",
    ),
    Bug(
        "a mark is used whatever columns it gives", _TRACKED,
        "if token.columns != self._sum() or token.link is None:", "if token.link is None:",
        f"{_TESTS}changes.py::test_a_mark_of_other_columns_is_expired",
    ),
    Bug(
        "deletions are read as records", "connectors/dataverse/columns.py",
        "gone = _gone(body, table) if _DELETED in body or _REMOVED in body else None", "gone = None",
        f"{_TESTS}changes.py::test_deletions_are_told_apart",
    ),
    Bug(
        "a company's id is compared as it is written", "connectors/dataverse/companies.py",
        'return company_id.strip("{}").lower()', 'return company_id.strip("{}")',
        f"{_TESTS}changes.py::test_ids_are_the_same_in_any_case",
    ),
    Bug(
        "a throttle counts as a failure", "connectors/dataverse/answers.py",
        "retry_after(reply, now), is_asked=True)", "retry_after(reply, now))",
        f"{_TESTS}access.py::test_a_long_row_of_throttles_uses_up_no_tries",
    ),
    Bug(
        "dual-write's columns are asked for without looking", "connectors/dataverse/columns.py",
        "tuple(column for column in wanted if has[column]), tuple", "wanted, tuple",
        f"{_TESTS}walk.py::test_columns_that_the_environment_lacks_are_not_asked_for",
    ),
)  # fmt: skip
