"""What `unposted connector test` tells of a Business Central source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.live.business_central_setting import CA, LINKS, US, Environment, customer
from unposted.connectors.business_central import BusinessCentralConnection, connect
from unposted.connectors.live import Fact
from unposted.errors import SignIn
from unposted.sandbox.business_central import guid
from unposted.sandbox.wire import Answer, Call, SteppedClock


@pytest.fixture
def bc() -> Environment:
    """Two customers in one company."""
    found = Environment()
    for number in ("C1", "C2"):
        found.service.put(US, "customers", customer(number))
        found.service.put(US, "shopCustomers", {"id": guid(number), "number": number, "shopifyId": "7",
                                                "lastModifiedDateTime": "2026-04-10T10:00:00Z"})  # fmt: skip
    return found


def _facts(bc: Environment, **settings: object) -> list[Fact]:
    return list(bc.connector(**settings).examine())


def test_everything_granted_is_told_as_fine(bc: Environment) -> None:
    """The facts come in the order in which people ask."""
    for company in (US, CA):
        bc.service.put(company, "shopCustomers", {"id": guid("l"), "number": "C1", "shopifyId": "7",
                                                  "lastModifiedDateTime": "2026-04-10T10:00:00Z"})  # fmt: skip
    found = _facts(bc, external_ids=LINKS)
    assert {fact.level for fact in found} == {"ok"}
    assert list(dict.fromkeys(fact.check for fact in found)) == [
        "credentials", "permissions", "oldest record", "companies", "external ids", "paging", "clock", "limits",
    ]  # fmt: skip


@pytest.mark.parametrize("secret", ["canary-wrong-secret", "x"])
def test_a_wrong_credential_fails(bc: Environment, secret: str) -> None:
    """Nothing is told of an environment that does not let us in."""
    bc.secret = secret
    with pytest.raises(SignIn):
        _facts(bc)


def test_an_application_that_is_not_registered_fails(bc: Environment) -> None:
    """A good token is not enough."""
    bc.change(registered=frozenset())
    with pytest.raises(SignIn, match="refuses a good token"):
        _facts(bc)


@pytest.mark.parametrize(
    ("entity_set", "stream"),
    [("salesInvoices", "sales_invoices"), ("jobQueueLogEntries", "job_queue_log"), ("items", "items")],
)
def test_a_narrowed_scope_warns(bc: Environment, entity_set: str, stream: str) -> None:
    """Each set that the permission sets leave out is named with the stream that stays empty."""
    bc.change(denied=frozenset({entity_set}))
    warned = [fact for fact in _facts(bc) if fact.check == "permissions" and fact.level == "warn"]
    assert len(warned) == 2
    assert all(f"The stream {stream} stays empty" in fact.text and entity_set in fact.text for fact in warned)


def test_customers_that_may_not_be_read_fail(bc: Environment) -> None:
    """Without them every customer would seem absent."""
    bc.change(denied=frozenset({f"{CA}/customers"}))
    (failed,) = (fact for fact in _facts(bc) if fact.level == "fail")
    assert "customers of the company CA Trade ULC" in failed.text


def test_a_company_that_is_not_seen_fails_by_name(bc: Environment) -> None:
    """The rest is not examined: half a world would be told as the whole."""
    bc.change(hidden=frozenset({CA}))
    found = _facts(bc)
    assert [(fact.check, fact.level) for fact in found] == [("credentials", "ok"), ("companies", "fail")]
    assert CA in found[1].text


def test_a_ledger_currency_that_nothing_tells_warns(bc: Environment) -> None:
    """Blank currencies could not be read."""
    bc.change(denied=frozenset({"generalLedgerSetup", "companyInformation"}))
    assert [fact.text for fact in _facts(bc) if "local currency" in fact.text] == [
        f"the local currency of {company} is not told: name it in `currencies`" for company in (CA, US)
    ]


def test_a_missing_page_of_external_ids_fails(bc: Environment) -> None:
    """It is named and not there: matching by the storefront's id cannot work."""
    bc.change(has_custom_page=False)
    assert [fact.level for fact in _facts(bc, external_ids=LINKS) if fact.check == "external ids"] == ["fail", "fail"]


def test_no_page_of_external_ids_warns(bc: Environment) -> None:
    """Matching works by tax id and e-mail alone then."""
    assert [fact.level for fact in _facts(bc) if fact.check == "external ids"] == ["warn"]


def test_the_oldest_visible_record_is_told(bc: Environment) -> None:
    """A view that begins late is seen at a glance."""
    assert "customers of US Trade Inc: from 10 Apr 2026" in [fact.text for fact in _facts(bc)]
    assert "customers of CA Trade ULC: none" in [fact.text for fact in _facts(bc)]


def test_pages_that_repeat_fail(bc: Environment) -> None:
    """A server whose second page is the first one again would be read for ever."""
    service = bc.service

    def answers(call: Call) -> Answer:
        if "/customers" not in call.path:
            return service(call)
        kept = tuple(pair for pair in call.query if pair[0] != "$skiptoken")
        return service(call._replace(query=kept))

    bc.service = answers  # type: ignore[assignment]
    assert [fact.level for fact in _facts(bc) if fact.check == "paging"] == ["ok", "fail"]


def test_a_clock_that_is_wrong_warns(bc: Environment) -> None:
    """Two hours are too much; the server's Date tells."""
    ahead = SteppedClock(bc.clock.now())
    ahead.step(7200)
    tools = replace(bc.tools(), clock=ahead)
    connection = BusinessCentralConnection(
        url="http://sandbox/bc", tenant="ustrade.example", client_id="0f2b6c1e-7f0e-4b0e-9d7e-3a52f0a8f6b1",
        authority="http://sandbox/login", companies={US: "USTI"},
    )  # fmt: skip
    (clock,) = (fact for fact in connect("bc", connection, tools).examine() if fact.check == "clock")
    assert (clock.level, clock.text) == ("warn", "our clock and the server's differ by 7200 seconds")


def test_no_secret_stands_in_any_fact(bc: Environment) -> None:
    """Neither the secret nor a token is shown."""
    shown = " ".join(fact.text for fact in _facts(bc, external_ids=LINKS))
    assert "canary" not in shown
    assert "sandbox-token" not in shown
