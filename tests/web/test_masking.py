"""Persons stay hidden from those who may not see them, on every page and by every way of asking."""

from __future__ import annotations

import re

import pytest

from tests.web.serving import Web
from unposted.domain.filters import Filter
from unposted.web.asked import Asked, Wanted
from unposted.web.masking import alias_of
from unposted.web.pages import PAGES
from unposted.web.roles import sight_of

_PSEUDONYM = re.compile(r"(person|company)[- ][0-9a-f]{10}", re.IGNORECASE)
"""Its digits come by chance, and may be those of an order's number."""
_CARD = "ecom-customers-absent-from-d365-customer-master"


def _personal(web: Web) -> set[str]:
    """Collect everything about persons that the demo's store knows, as it is written."""
    queries = (
        "SELECT buyer_name FROM order_version", "SELECT email FROM order_version", "SELECT name FROM customer_version",
        "SELECT email FROM customer_version", "SELECT value FROM customer_key WHERE kind IN ('email', 'phone')",
        "SELECT name FROM order_version", "SELECT email FROM company_version", "SELECT value FROM company_key",
    )  # fmt: skip
    found = {row[0] for query in queries for row in web.desk.shelf.rows(query) if row[0]}
    companies = {row[0] for row in web.desk.shelf.rows("SELECT name FROM company_version") if row[0]}
    return {text for text in found if len(text) > 4} - companies


def _reachable(web: Web, role: str) -> list[str]:
    """List what a role's pages can show: every page, every party, every filter that could tell one from another."""
    kept = web.desk.known.kept
    assert kept is not None
    refs = [one.ref for one in kept.every(Wanted(), sight_of(role))]
    paths = [one.path for one in PAGES if "GET" in one.methods and "{" not in one.path and one.path != "/runs/now"]
    paths += [
        f"/api/v1{path}" for path in ("/cards", f"/readings/{_CARD}", "/rows", "/rows?sort=name", "/sources", "/runs")
    ]
    paths += [f"/api/v1/readings/{_CARD}/{part}" for part in ("beside", "bridge", "sensitivity")]
    paths += [f"/api/v1/parties/{ref}" for ref in refs]
    paths += [f"/cards/{_CARD}", *[f"/parties/{ref}" for ref in refs]]
    return [*paths, *[f"/worklist?sort={sort}" for sort in ("name", "-name", "age", "entity")]]


@pytest.mark.parametrize("role", ["marketing", "engineering"])
def test_no_page_shows_a_person_to_a_role_that_must_not_see_them(web: Web, role: str) -> None:
    """Names, addresses, ids and order numbers: none of them on any page."""
    client, personal = web.client(role), _personal(web)
    assert len(personal) > 100
    for path in _reachable(web, role):
        text = _PSEUDONYM.sub("", client.get(path).text)
        assert not [secret for secret in personal if secret in text], path


def test_the_same_pages_do_show_them_to_those_who_work_with_them(web: Web) -> None:
    """The test above looks for what is really there."""
    client = web.client("operations")
    shown = "".join(client.get(path).text for path in _reachable(web, "operations"))
    assert "caleb.okonjo@example.com" in shown
    assert "Noémie Tremblay-Roy" in shown


@pytest.mark.parametrize("words", ["caleb", "okonjo", "example.com", "#us106", "7214300249273", "p-73124dc37759acde"])
def test_a_search_does_not_tell_who_is_there(web: Web, words: str) -> None:
    """Who may not see persons finds nobody by a name, an address, an id or a label."""
    kept = web.desk.known.kept
    assert kept is not None
    asked = Asked(Wanted(Filter(search=words)))
    assert kept.page(asked, sight_of("owner")).found.count > 0
    assert kept.page(asked, sight_of("marketing")).found.count == 0


def test_a_party_is_not_reached_by_the_label_that_could_be_computed(web: Web) -> None:
    """The label is a plain hash of an address, so a masked role knows a party by its pseudonym only."""
    assert web.client("owner").get("/parties/p-73124dc37759acde").status_code == 200
    assert web.client("marketing").get("/parties/p-73124dc37759acde").status_code == 404


def test_a_pseudonym_stays_and_tells_nothing() -> None:
    """The same party has the same one on every page; another store's is another."""
    assert alias_of("p-1", b"key") == alias_of("p-1", b"key")
    assert alias_of("p-1", b"key") != alias_of("p-1", b"other")
    assert alias_of("c-1", b"key").startswith("Company ")


def test_who_sees_no_money_gets_no_amount(web: Web) -> None:
    """Rows and totals of a sight without money hold none."""
    kept = web.desk.known.kept
    assert kept is not None
    page = kept.page(Asked(), sight_of("engineering"))
    assert page.found.blocked.units is None
    assert not page.found.blocked.by_currency
    for one in page.rows:
        assert (one.row.blocked, one.row.blocked_net, one.row.blocked_by_currency) == (None, None, ())


def test_seeing_a_person_is_written_down(web: Web) -> None:
    """Opening a party is a line of the log, and a masked look at one is not."""
    web.client("finance").get("/parties/p-73124dc37759acde")
    web.desk.audit.flush()
    before = len(web.desk.audit.lines(most=1000))
    assert web.desk.audit.lines(most=1)[0].subject == "p-73124dc37759acde"
    kept = web.desk.known.kept
    assert kept is not None
    web.client("marketing").get(f"/parties/{next(iter(kept.every(Wanted(), sight_of('marketing')))).ref}")
    web.desk.audit.flush()
    assert len(web.desk.audit.lines(most=1000)) == before
    assert web.desk.audit.first_broken() is None


def test_a_changed_or_missing_line_of_the_log_shows(web: Web) -> None:
    """The chain of hashes breaks at the first line that is not what was written."""
    audit, person = web.desk.audit, web.people["owner"]
    for place in range(3):
        audit.note(person, "test", f"subject {place}", web.clock(), place=place)
    last = audit.lines(most=1)[0].number
    with web.desk.shelf.writing() as cursor:
        cursor.execute("UPDATE audit_line SET subject = 'other' WHERE number = ?", [last - 1])
    assert audit.first_broken() == last - 1
    with web.desk.shelf.writing() as cursor:
        cursor.execute("UPDATE audit_line SET subject = 'subject 1' WHERE number = ?", [last - 1])
    assert audit.first_broken() is None
    with web.desk.shelf.writing() as cursor:
        cursor.execute("DELETE FROM audit_line WHERE number = ?", [last - 1])
    assert audit.first_broken() == last
