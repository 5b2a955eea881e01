"""Bugs that somebody could write into the Shopify connector, and the test that must notice each of them."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_HOME = "connectors/shopify"
_TESTS = "tests/contract/live/test_shopify_"

BUGS: tuple[Bug, ...] = (
    Bug(
        "only the first 250 orders are read", f"{_HOME}/walk.py",
        "if not info.has_next_page or", "if True or",
        f"{_TESTS}paging.py::test_every_order_of_a_span_is_read_once",
    ),
    Bug(
        "the first second of a span is left out", f"{_HOME}/walk.py",
        "f\"updated_at:>='{_second(since or", "f\"updated_at:>'{_second(since or",
        f"{_TESTS}paging.py::test_both_ends_of_a_span_belong_to_it",
    ),
    Bug(
        "times are searched for without quotes", f"{_HOME}/walk.py",
        "updated_at:<='{_second(end)}'\"", 'updated_at:<={_second(end)}"',
        f"{_TESTS}paging.py::test_both_ends_of_a_span_belong_to_it",
    ),
    Bug(
        "the end of a span is cut to the second", f"{_HOME}/walk.py",
        "end = span.end + timedelta(seconds=1) if", "end = span.end - timedelta(seconds=1) if",
        f"{_TESTS}paging.py::test_a_span_with_parts_of_a_second_loses_nothing",
    ),
    Bug(
        "customers are searched for without the days around", f"{_HOME}/walk.py",
        "around = timedelta(days=settings.customer_overlap_days)", "around = timedelta(days=-1)",
        f"{_TESTS}paging.py::test_customers_changed_at_any_time_of_a_day_are_read",
    ),
    Bug(
        "a list that stands still is read for ever", f"{_HOME}/walk.py",
        "if info.end_cursor is None or info.end_cursor == token.after:", "if info.end_cursor is None:",
        f"{_TESTS}paging.py::test_a_list_that_stands_still_is_an_error",
    ),
    Bug(
        "a change of a location is not a change of its company", f"{_HOME}/walk.py",
        'return None if is_done else Token(part="locations")', "return None",
        f"{_TESTS}paging.py::test_a_companys_changed_location_brings_the_company",
    ),
    Bug(
        "errors inside status 200 are not looked at", f"{_HOME}/answers.py",
        "if b'\"errors\"' not in reply.body:", "if True:",
        f"{_TESTS}refusals.py::test_a_failure_inside_status_200_is_tried_again",
    ),
    Bug(
        "rows that were left out after many errors stay out", f"{_HOME}/admin.py",
        "if not is_cut_short(faults) and not", "if not",
        f"{_TESTS}refusals.py::test_rows_that_are_left_out_after_too_many_errors_are_fetched",
    ),
    Bug(
        "a page never waits for points", f"{_HOME}/admin.py",
        "self._budget.wait(name, rows)", "0.0",
        f"{_TESTS}points.py::test_a_page_waits_until_the_points_for_it_are_back",
    ),
    Bug(
        "a failed bulk operation is an empty history", f"{_HOME}/bulk.py",
        "return self._by_pages(f\"{found.status} {found.error_code or ''}\".strip())", "return Page((), None)",
        f"{_TESTS}bulk.py::test_a_failed_operation_is_read_by_pages_instead",
    ),
    Bug(
        "a bulk file is not counted", f"{_HOME}/bulk.py",
        "if token.lines < int(operation.object_count):", "if False:",
        f"{_TESTS}bulk.py::test_a_file_that_holds_less_than_was_counted_is_an_error",
    ),
    Bug(
        "the token is sent to the host of the bulk files", f"{_HOME}/bulk.py",
        "origin, Unsigned(),", "origin, self._admin.caller.signer,",
        f"{_TESTS}bulk.py::test_the_token_never_goes_to_the_host_of_the_file",
    ),
    Bug(
        "hidden orders count as deleted", f"{_HOME}/recount.py",
        "        if kind is ORDERS:\n            window.must_hold(start)\n", "",
        f"{_TESTS}recount.py::test_hidden_orders_are_not_counted_as_deleted",
    ),
    Bug(
        "webhooks are not verified", f"{_HOME}/webhooks.py",
        "if not _is_signed(secrets,", "if False and not _is_signed(secrets,",
        f"{_TESTS}webhooks.py::test_a_changed_body_is_refused",
    ),
)  # fmt: skip
