"""Bugs that somebody could write into the Finance & Operations connector, and the test that must notice each."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_HOME = "connectors/finance_operations"
_TESTS = "tests/contract/live/test_finance_operations_"

BUGS = (
    Bug(
        "the default company is taken for all", f"{_HOME}/questions.py",
        'pairs = [("cross-company", "true"), ("$select", ",".join(chosen))]',
        'pairs = [("$select", ",".join(chosen))]',
        f"{_TESTS}paging.py::test_customers_of_every_company_are_read",
    ),
    Bug(
        "a next link without $skip is taken for the end", f"{_HOME}/walk.py",
        "if answer.next_link is not None:", 'if answer.next_link is not None and "$skip" in answer.next_link:',
        f"{_TESTS}paging.py::test_a_next_link_of_any_form_is_followed",
    ),
    Bug(
        "pages are in no order", f"{_HOME}/questions.py",
        'pairs.append(("$orderby", ",".join(dict.fromkeys((*self.order, *self.key)))))', "pass",
        f"{_TESTS}paging.py::test_rows_are_asked_for_in_the_order_of_the_key",
    ),
    Bug(
        "a deleted row hides another one", f"{_HOME}/walk.py",
        "if is_counted and place.last and not self._stands(question, place):",
        "if False and is_counted and place.last and not self._stands(question, place):",
        f"{_TESTS}paging.py::test_a_row_that_is_deleted_between_two_pages_hides_no_other",
    ),
    Bug(
        "the first page of a wanted size is taken for all", f"{_HOME}/walk.py",
        "if size and count >= size else None", "if size and count > size else None",
        f"{_TESTS}paging.py::test_pages_of_a_wanted_size_show_everything",
    ),
    Bug(
        "a throttled answer without a time is asked again at once", f"{_HOME}/replies.py",
        "pause_seconds if asked is None else asked", "asked or 0.0",
        f"{_TESTS}answers.py::test_a_throttled_call_without_a_time_waits_thirty_seconds",
    ),
    Bug(
        "the end of a span is left out", f"{_HOME}/questions.py",
        "and {field} le {_literal(span.end.astimezone(UTC))}", "and {field} lt {_literal(span.end.astimezone(UTC))}",
        f"{_TESTS}books.py::test_a_span_holds_both_of_its_ends",
    ),
    Bug(
        "a day is read in the span of its own noon alone", f"{_HOME}/questions.py",
        "first = (span.start.astimezone(UTC) - timedelta(days=1)).date()",
        "first = (span.start.astimezone(UTC) + timedelta(days=1)).date()",
        f"{_TESTS}books.py::test_an_invoice_of_a_day_is_in_every_span_of_that_day",
    ),
    Bug(
        "a credit note is an invoice", f"{_HOME}/documents.py",
        'kind="credit_memo" if total < 0 else "invoice"', 'kind="invoice"',
        f"{_TESTS}books.py::test_posted_invoices_include_free_text_ones_and_credit_notes",
    ),
    Bug(
        "a rate for a hundred units is taken for one", f"{_HOME}/ledger.py",
        "round(rate / factor, _RATE_DIGITS)", "round(rate, _RATE_DIGITS)",
        f"{_TESTS}books.py::test_a_rate_is_that_of_one_unit_in_the_set_direction",
    ),
    Bug(
        "an account takes the entries of longer numbers", f"{_HOME}/ledger.py",
        "text_literal(f'{account}{connection.account_separator}*')", "text_literal(f'{account}*')",
        f"{_TESTS}books.py::test_the_ledger_is_read_on_the_named_accounts",
    ),
    Bug(
        "a short list of keys ends customers", f"{_HOME}/customers.py",
        "if len(found) >= counted:", "if found:",
        f"{_TESTS}customers.py::test_a_recount_that_shows_less_than_the_count_is_no_recount",
    ),
    Bug(
        "further addresses go to the account of every company", f"{_HOME}/customers.py",
        "emails, ids = known.emails.get(place), known.ids.get(place)",
        "emails = next((held for (_, one), held in known.emails.items() if one == row.account), None)\n"
        "    ids = known.ids.get(place)",
        f"{_TESTS}customers.py::test_further_addresses_go_to_their_own_customer",
    ),
)  # fmt: skip
