"""Bugs that somebody could write into the Adobe Commerce connector, and the check that must notice each of them."""

from __future__ import annotations

from tests.property.planted import Bug

__all__ = ["BUGS"]

_HOME = "connectors/adobe_commerce"
_TESTS = "tests/contract/live/test_adobe_commerce"


BUGS: tuple[Bug, ...] = (
    Bug(
        "Adobe Commerce: reading goes on until a page is empty", f"{_HOME}/walking.py",
        "if reached >= total:", "if not keys:", f"{_TESTS}_paging.py::test_pages_by_number_end_too",
    ),
    Bug(
        "Adobe Commerce: a span begins after its first instant", f"{_HOME}/walking.py",
        '[Condition("updated_at", "gteq", start)]', '[Condition("updated_at", "gt", start)]',
        f"{_TESTS}_paging.py::test_a_span_includes_both_its_ends",
    ),
    Bug(
        "Adobe Commerce: orders of one second are passed over", f"{_HOME}/walking.py",
        'groups.append([Condition("updated_at", "gt", start), Condition("entity_id", "gt", str(place.after))])',
        'groups.append([Condition("updated_at", "gt", start)])',
        f"{_TESTS}_paging.py::test_a_second_that_a_page_cuts_is_read_to_its_end",
    ),
    Bug(
        "Adobe Commerce: whatever page comes is taken for the one that was asked for", f"{_HOME}/walking.py",
        "if is_settled and self._fits(request.span, place, keys):", "if is_settled:",
        f"{_TESTS}_paging.py::test_a_page_that_came_before_is_asked_for_again",
    ),
    Bug(
        "Adobe Commerce: filters are in the merchant's local time", f"{_HOME}/criteria.py",
        "moment.astimezone(UTC)", 'moment.astimezone(__import__("zoneinfo").ZoneInfo("America/New_York"))',
        f"{_TESTS}_paging.py::test_times_in_filters_are_utc",
    ),
    Bug(
        "Adobe Commerce: answers are read in local time", f"{_HOME}/shapes.py",
        'ZoneInfo("UTC")', 'ZoneInfo("Europe/Vienna")', f"{_TESTS}_records.py::test_times_without_a_zone_are_utc",
    ),
    Bug(
        "Adobe Commerce: the query is left out of the signature", f"{_HOME}/signing.py",
        "client.sign(str(request.url), request.method)",
        'client.sign(str(request.url).partition("?")[0], request.method)',
        f"{_TESTS}_sign_in.py::test_an_integration_signs_with_its_four_values",
    ),
    Bug(
        "Adobe Commerce: an admin token is fetched once", f"{_HOME}/signing.py",
        "connection.admin_token_hours * 3600", "connection.admin_token_hours * 3600_000",
        f"{_TESTS}_sign_in.py::test_an_admin_token_is_fetched_anew_at_half_of_its_life",
    ),
    Bug(
        "Adobe Commerce: a missing right is taken for a dead token", f"{_HOME}/searching.py",
        "if not self.lets_in():", "if True:",
        f"{_TESTS}_access.py::test_a_missing_right_is_told_apart_from_a_dead_token",
    ),
    Bug(
        "Adobe Commerce: the status decides and not the state", f"{_HOME}/orders.py",
        "state = text(node.state)", "state = text(node.status)",
        f"{_TESTS}_records.py::test_the_state_decides_and_not_the_status",
    ),
    Bug(
        "Adobe Commerce: company 0 is a company", f"{_HOME}/shapes.py",
        "company_id = id_text(found.company_id)", "company_id = text(found.company_id)",
        f"{_TESTS}_records.py::test_company_zero_is_no_company",
    ),
    Bug(
        "Adobe Commerce: abandoned carts are handed on as quotes", f"{_HOME}/recounts.py",
        "return quote is not None and bool(quote.is_regular_quote)", "return True",
        f"{_TESTS}_records.py::test_abandoned_carts_are_no_quotes",
    ),
    Bug(
        "Adobe Commerce: a webhook's signature is not looked at", f"{_HOME}/webhooks.py",
        "except (InvalidSignature, UnsupportedAlgorithm, Base64Error, ValueError):\n        return False",
        "except (InvalidSignature, UnsupportedAlgorithm, Base64Error, ValueError):\n        return True",
        f"{_TESTS}_webhooks.py::test_a_forged_event_is_refused",
    ),
    Bug(
        "Adobe Commerce: a store that is down is taken for a broken record", f"{_HOME}/walking.py",
        "        self._probe.find(self.listing, nothing)\n", "",
        f"{_TESTS}_recount.py::test_a_store_that_is_down_has_no_broken_record",
    ),
)  # fmt: skip
