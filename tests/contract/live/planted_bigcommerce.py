"""Bugs that somebody could write into the BigCommerce connector, and the test that must notice each."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_HOME = "connectors/bigcommerce"
_TESTS = "tests/contract/live/test_bigcommerce_"

BUGS = (
    Bug(
        "an empty body is half an answer even where it is the end", f"{_HOME}/answers.py",
        "is_cut = reply.status != _NO_CONTENT and reply.status < 300", "is_cut = reply.status < 300",
        f"{_TESTS}orders.py::test_a_span_without_orders_ends_at_a_204_without_a_body",
    ),
    Bug(
        "the first 250 orders are taken for all", f"{_HOME}/walk.py",
        "if not is_long and (latest <= place.bound or not fresh(place, rows)):", "if len(rows) < size:",
        f"{_TESTS}orders.py::test_a_store_that_gives_fewer_than_asked_is_read_to_its_end",
    ),
    Bug(
        "the filter's bound is taken to be part of it", f"{_HOME}/live_orders.py",
        'dates = (("min_date_modified", moment(place.bound - 1)), ("max_date_modified", moment(last)))',
        'dates = (("min_date_modified", moment(place.bound)), ("max_date_modified", moment(last)))',
        f"{_TESTS}orders.py::test_both_ends_of_a_span_are_part_of_it",
    ),
    Bug(
        "a crowded second is left at its first page", f"{_HOME}/walk.py",
        "if latest <= place.bound or (is_long and min(times) == latest):", "if False:",
        f"{_TESTS}orders.py::test_more_orders_of_one_second_than_a_page_holds_are_all_read",
    ),
    Bug(
        "local time stands for UTC", f"{_HOME}/api.py",
        "return datetime.fromtimestamp(seconds, UTC).isoformat()",
        'return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "-05:00")',
        f"{_TESTS}orders.py::test_both_ends_of_a_span_are_part_of_it",
    ),
    Bug(
        "the order's own refunded amount is believed", f"{_HOME}/order_parts.py",
        "if connection.refunds:", "if False:",
        f"{_TESTS}order_parts.py::test_the_refund_of_a_partly_refunded_order_is_subtracted",
    ),
    Bug(
        "a declined refund counts", f"{_HOME}/refunds.py",
        'max(0, asked - _declined(refund.get("payments"), currency))', "asked",
        f"{_TESTS}order_parts.py::test_what_the_provider_declined_was_not_given_back",
    ),
    Bug(
        "the shown currency is taken for the paid one", f"{_HOME}/orders.py",
        'currency_code(text(node.default_currency_code) or text(node.currency_code), "default_currency_code")',
        'currency_code(text(node.currency_code) or text(node.default_currency_code), "default_currency_code")',
        f"{_TESTS}order_parts.py::test_amounts_are_in_the_currency_that_the_shopper_paid_in",
    ),
    Bug(
        "an offset counts on over a list that has become shorter", f"{_HOME}/offsets.py",
        "back = moved(place, total)", "back = 0",
        f"{_TESTS}companies.py::test_a_user_who_is_deleted_while_the_list_is_read_hides_no_other",
    ),
    Bug(
        "B2B orders are joined by their own id", f"{_HOME}/companies.py",
        'needed_id(node.bc_order_id, "bcOrderId")', "str(int(str(node.bc_order_id)) + 50_000)",
        f"{_TESTS}companies.py::test_orders_tell_their_company_by_the_id_of_the_v2_order",
    ),
    Bug(
        "a 429 uses up the tries", f"{_HOME}/answers.py",
        "seconds, is_asked=True)", "seconds)",
        f"{_TESTS}access.py::test_a_429_waits_as_long_as_the_store_says",
    ),
    Bug(
        "the page before is taken for the next one", f"{_HOME}/api.py",
        "answered.reply.body and last is not None and last[0] != params and last[1] == answered.reply.body", "False",
        f"{_TESTS}faults.py::test_a_fault_of_any_call_loses_nothing[customers-duplicate-page]",
    ),
    Bug(
        "a webhook's age is not looked at", f"{_HOME}/webhooks.py",
        "if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > _TOLERANCE:", "if False:",
        f"{_TESTS}webhooks.py::test_a_late_or_early_delivery_is_refused",
    ),
)  # fmt: skip
