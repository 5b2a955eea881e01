"""Business Central's pages: the server cuts them, and nothing is lost or read for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from tests.contract.live.business_central_setting import (
    CA,
    EVER,
    US,
    Environment,
    customer,
    decoded,
    document,
    pages,
    read,
    span,
)
from unposted.connectors.live import PageRequest
from unposted.errors import BadAnswer, SourceDown
from unposted.sandbox.business_central import guid
from unposted.sandbox.wire import Answer, Call, json_answer

START = datetime(2026, 4, 10, 10, tzinfo=UTC)


@pytest.fixture
def bc() -> Environment:
    """Twenty-five customers of one company, five of them changed in the same instant."""
    found = Environment()
    for place in range(25):
        moment = START + timedelta(minutes=min(place, 20))
        found.service.put(US, "customers", customer(f"C{place:02d}", moment))
    return found


def test_a_list_longer_than_a_page_is_read_to_its_end(bc: Environment) -> None:
    """The largest page has 20,000 rows in life and 4 here; all are read."""
    bc.change(largest_page=4)
    assert len({one.account for one in read(bc.stream("customers"))}) == 25


def test_no_call_ever_has_top_or_skip(bc: Environment) -> None:
    """With `$top` there is no next link and the rest is lost (microsoft/AL#6858)."""
    connector = bc.connector(page_size=3)
    list(connector.examine())
    stream = next(one for one in connector.streams if one.name == "customers")
    read(stream)
    assert stream.recount is not None
    list(stream.recount(None, None))
    assert bc.calls
    assert not [call for call in bc.calls if call.first("$top") or call.first("$skip")]


def test_the_page_size_is_asked_for_on_every_page(bc: Environment) -> None:
    """The preference does not travel in the next link; without it the second page would have 20,000 rows."""
    sizes = [len(page.items) for page in pages(bc.stream("customers", page_size=10)) if page.entity == "USTI"]
    assert sizes == [10, 10, 5]
    assert {call.headers.get("prefer") for call in bc.asked("/customers")} == {"odata.maxpagesize=10"}


def test_a_smaller_page_can_be_asked_for_at_any_time(bc: Environment) -> None:
    """The sync asks for smaller pages when one record makes pages fail."""
    page = bc.stream("customers", companies={US: "USTI"}).fetch(PageRequest(EVER, None, 1))
    assert len(page.items) == 1


def test_the_next_link_is_followed_as_it_came(bc: Environment) -> None:
    """Not a letter of it is changed: what the client sends is what the server gave."""
    import json

    read(bc.stream("customers", companies={US: "USTI"}, page_size=10))
    links = [json.loads(answer.body).get("@odata.nextLink") for answer in bc.answers if answer.body[:1] == b"{"]
    given = [link.partition("?")[2] for link in links if link]
    asked = [call.raw_query for call in bc.asked("/customers")][1:]
    assert given
    assert asked == given


def test_a_row_that_leaves_the_span_while_it_is_read_shifts_nothing(bc: Environment) -> None:
    """A customer of the first page changes; the second page still begins behind the first one's last row."""
    stream = bc.stream("customers", companies={US: "USTI"}, page_size=10)
    over = span("2026-04-10T10:00:00+00:00", "2026-04-10T12:00:00+00:00")
    first = stream.fetch(PageRequest(over))
    bc.service.put(US, "customers", customer("C03", START + timedelta(days=1)))
    second = stream.fetch(PageRequest(over, first.next))
    third = stream.fetch(PageRequest(over, second.next))
    assert len({one.account for one in decoded(stream, [first, second, third])}) == 25  # type: ignore[union-attr]


def test_both_ends_of_a_span_are_read(bc: Environment) -> None:
    """A customer that changed in the very instant of either end is in (estuary/connectors#5205)."""
    found = read(bc.stream("customers"), span("2026-04-10T10:03:00+00:00", "2026-04-10T10:05:00+00:00"))
    assert [one.account for one in found] == ["C03", "C04", "C05"]


def test_rows_of_one_instant_are_cut_between_pages_without_loss(bc: Environment) -> None:
    """Five customers changed in the same instant (a batch job); pages of two show each of them."""
    over = span("2026-04-10T10:20:00+00:00", "2026-04-10T10:20:00+00:00")
    found = [one.account for one in read(bc.stream("customers"), over, size=2)]
    assert sorted(found) == ["C20", "C21", "C22", "C23", "C24"]


def test_a_reading_is_ordered_by_time_of_change_and_id(bc: Environment) -> None:
    """Newer rows come last, so that what changes meanwhile comes again instead of being missed."""
    read(bc.stream("customers"))
    assert {call.first("$orderby") for call in bc.asked("/customers")} == {"lastModifiedDateTime,id"}


def test_instants_with_milliseconds_are_compared_as_instants(bc: Environment) -> None:
    """`49:38.5Z` and `49:38.500Z` are one instant."""
    bc.service.put(US, "customers", customer("MS", "2026-04-11T17:49:38.5Z"))
    over = span("2026-04-11T17:49:38.500+00:00", "2026-04-11T17:49:38.500+00:00")
    assert [one.account for one in read(bc.stream("customers"), over)] == ["MS"]


@pytest.mark.parametrize("status", [408, 413, 504])
def test_a_page_that_takes_too_long_is_asked_for_smaller(bc: Environment, status: int) -> None:
    """408, 413 and 504 are answered with a smaller page at once, and the size is remembered."""
    bc.change(slow_over=10, slow_status=status)
    assert len(read(bc.stream("customers", page_size=100))) == 25
    assert not bc.waits
    sizes = [call.headers["prefer"].partition("=")[2] for call in bc.asked("/customers")]
    assert sizes[:3] == ["100", "25", "6"]
    assert set(sizes[3:]) == {"6"}


def test_a_single_row_that_takes_too_long_is_a_failure_of_the_source(bc: Environment) -> None:
    """When not even one row comes in time the call is tried again and then told."""
    bc.change(slow_over=0)
    with pytest.raises(SourceDown) as caught:
        read(bc.stream("customers", page_size=4))
    assert caught.value.code == "source-failing"


def test_a_next_link_to_the_page_itself_is_an_error(bc: Environment) -> None:
    """A server that names the page it has just sent would be read for ever."""
    loop: list[str] = []

    def answers(call: Call) -> Answer:
        if "/customers" not in call.path:
            return service(call)
        loop.append(call.raw_query)
        link = f"http://sandbox/bc{call.path}?{call.raw_query if '$skiptoken' in call.raw_query else '$skiptoken=A'}"
        return json_answer({"value": [customer("C1")], "@odata.nextLink": link})

    service = bc.service
    bc.service = answers  # type: ignore[assignment]
    with pytest.raises(BadAnswer, match="the same page of customers of the company CA Trade ULC") as caught:
        read(bc.stream("customers"))
    assert caught.value.code == "page-loop"
    assert len(loop) < 5


def test_a_link_to_another_host_is_not_followed(bc: Environment) -> None:
    """It would be sent our token."""
    service = bc.service

    def answers(call: Call) -> Answer:
        if "/customers" not in call.path:
            return service(call)
        return json_answer({"value": [customer("C1")], "@odata.nextLink": "http://elsewhere/customers?$skiptoken=A"})

    bc.service = answers  # type: ignore[assignment]
    with pytest.raises(BadAnswer) as caught:
        read(bc.stream("customers"))
    assert caught.value.code == "foreign-link"


@pytest.mark.parametrize("size", [1, 7])
def test_a_record_that_cannot_be_delivered_is_passed_over_alone(bc: Environment, size: int) -> None:
    """The page's own code fails at one customer; every other one is read, and the one is named."""
    bc.change(poison=frozenset({guid("customer", "C21")}))
    stream = bc.stream("customers", companies={US: "USTI"})
    assert stream.skip is not None
    request, met, skipped = PageRequest(EVER, None, size), [], []
    while True:
        try:
            page = stream.fetch(request)
        except SourceDown:
            if request.size != 1:
                request = request._replace(size=1)
                continue
            what, token = stream.skip(request)
            skipped.append(what)
        else:
            met += decoded(stream, [page])
            token = page.next
        if token is None:
            break
        request = request._replace(token=token)
    assert skipped == ["USTI|C21"]
    assert {one.account for one in met} == {f"C{place:02d}" for place in range(25)} - {"C21"}  # type: ignore[union-attr]


def test_several_bad_records_and_a_bad_first_one_are_passed_over(bc: Environment) -> None:
    """Each is named by its id in the store; the reading ends."""
    bc.change(poison=frozenset(guid("customer", number) for number in ("C00", "C01", "C24")), poison_status=500)
    stream = bc.stream("customers", companies={US: "USTI"})
    assert stream.skip is not None
    request, met, skipped = PageRequest(EVER, None, 1), [], []
    while True:
        try:
            page = stream.fetch(request)
            met += decoded(stream, [page])
            token = page.next
        except SourceDown:
            what, token = stream.skip(request)
            skipped.append(what)
        if token is None:
            break
        request = request._replace(token=token)
    assert sorted(skipped) == ["USTI|C00", "USTI|C01", "USTI|C24"]
    assert len({one.account for one in met}) == 22  # type: ignore[union-attr]


def test_a_document_that_cannot_be_delivered_is_named_by_kind_and_id(bc: Environment) -> None:
    """What is passed over is named as it would be in the store."""
    bc.service.put(CA, "salesInvoices", document("I1"))
    bc.change(poison=frozenset({guid("document", "I1")}))
    stream = bc.stream("sales_invoices")
    assert stream.skip is not None
    assert stream.skip(PageRequest(EVER, None, 1))[0] == f"CATU|invoice|{guid('document', 'I1')}"


def test_a_reading_of_the_replica_is_a_setting(bc: Environment) -> None:
    """A copy of the database lags; it is read only when the workspace says so."""
    bc.change(replica_lag=timedelta(minutes=10))
    bc.clock.step(-timedelta(days=400).total_seconds())
    bc.service.put(US, "customers", customer("NEW", bc.clock.now()))
    assert "NEW" in {one.account for one in read(bc.stream("customers"))}
    assert "NEW" not in {one.account for one in read(bc.stream("customers", read_from_replica=True))}
    assert {call.headers.get("data-access-intent") for call in bc.asked("/customers")} == {None, "ReadOnly"}


def test_the_query_is_percent_encoded(bc: Environment) -> None:
    """What the server decodes is what was meant, plus signs and quotes included."""
    bc.service.put(US, "generalLedgerEntries", {"id": guid("e"), "accountNumber": "O'NEILL+1", "debitAmount": 1,
                                                "creditAmount": 0, "postingDate": "2026-04-10",
                                                "lastModifiedDateTime": "2026-04-10T10:00:00Z"})  # fmt: skip
    found = read(bc.stream("ledger_entries", revenue_accounts=("O'NEILL+1",)))
    assert [one.account for one in found] == ["O'NEILL+1"]
    (asked, *_) = bc.asked("/generalLedgerEntries")
    assert dict(parse_qsl(asked.raw_query))["$filter"].startswith("(accountNumber eq 'O''NEILL+1') and ")
