"""Bugs that somebody could write into the Business Central connector, and the test that must notice each."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_HOME = "connectors/business_central"
_TESTS = "tests/contract/live/test_business_central_"

BUGS = (
    Bug(
        "rows are asked for by $top", f"{_HOME}/wire.py",
        'ask = Ask("GET", address, params or {}, headers=self._headers(rows))',
        'ask = Ask("GET", address, {**(params or {}), "$top": str(rows)}, headers=self._headers(rows))',
        f"{_TESTS}paging.py::test_no_call_ever_has_top_or_skip",
    ),
    Bug(
        "the first page is taken for all", f"{_HOME}/reading.py",
        "if page.next_link is not None:\n            last =", "if False:\n            last =",
        f"{_TESTS}paging.py::test_a_list_longer_than_a_page_is_read_to_its_end",
    ),
    Bug(
        "the page size is asked for once", f"{_HOME}/wire.py",
        "headers=self._headers(rows))", 'headers=self._headers(None if "skiptoken" in address else rows))',
        f"{_TESTS}paging.py::test_the_page_size_is_asked_for_on_every_page",
    ),
    Bug(
        "the start of a span is left out", f"{_HOME}/reading.py",
        "{time} ge {instant_literal(since or span.start)}", "{time} gt {instant_literal(since or span.start)}",
        f"{_TESTS}paging.py::test_both_ends_of_a_span_are_read",
    ),
    Bug(
        "only the first company is read", f"{_HOME}/reading.py",
        "other = self._companies.after(company)", "other = None",
        f"{_TESTS}companies.py::test_every_company_is_read_into_its_own_legal_entity",
    ),
    Bug(
        "a company that is not seen is left out in silence", f"{_HOME}/companies.py",
        "if self.missing:\n            raise", "if False:\n            raise",
        f"{_TESTS}companies.py::test_a_company_that_the_credentials_do_not_see_is_named",
    ),
    Bug(
        "the joined id goes by the source's own field", f"{_HOME}/sets.py",
        "replace(context, external_id_field=link.field)", "context",
        f"{_TESTS}external_ids.py::test_the_joined_field_is_read_whatever_the_source_names",
    ),
    Bug(
        "choices are read as they are written", f"{_HOME}/words.py",
        'return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), name or "").strip()',
        'return (name or "").strip()',
        f"{_TESTS}streams.py::test_an_order_s_status_is_read_from_its_xml_name",
    ),
    Bug(
        "a rate is turned round", f"{_HOME}/ledger.py",
        "_plain(worth / amount)", "_plain(amount / worth)",
        f"{_TESTS}streams.py::test_a_rate_is_relational_amount_by_amount",
    ),
    Bug(
        "a page that is too big is asked for again as it is", f"{_HOME}/answers.py",
        "if status in _TOO_BIG and place.can_shrink:", "if False and place.can_shrink:",
        f"{_TESTS}paging.py::test_a_page_that_takes_too_long_is_asked_for_smaller",
    ),
    Bug(
        "a draft is taken for posted", f"{_HOME}/documents.py",
        'is_posted = kind != "order" and status.casefold() in _POSTED', 'is_posted = kind != "order"',
        f"{_TESTS}streams.py::test_an_invoice_s_status_tells_whether_it_is_posted",
    ),
    Bug(
        "the clientState is not looked at", f"{_HOME}/webhooks.py",
        "return bool(secret) and compare_digest(", "return True or compare_digest(",
        f"{_TESTS}webhooks.py::test_a_forged_delivery_is_refused",
    ),
)  # fmt: skip
