"""Pages of Finance & Operations: across companies, by next links of any form, in the order of the key."""

from __future__ import annotations

import pytest

from tests.contract.live.finance_operations_setting import (
    BASE,
    EVER,
    Environment,
    asked,
    customer,
    masters,
    paged,
    read,
    stream,
    the_world,
)
from unposted.connectors.live import PageRequest
from unposted.errors import BadAnswer, SourceDown
from unposted.sandbox.services.finance_operations import FinanceOperationsService, FinanceOperationsSwitches
from unposted.sandbox.wire import Call


def _accounts(environment: Environment, **settings: object) -> list[str]:
    return [master.account for master in masters(environment.connect(**settings))]


def test_customers_of_every_company_are_read() -> None:
    """microsoft/Dynamics-AX-Integration#110, NangoHQ/integration-templates PR#600: not the default company alone."""
    environment = Environment()
    environment.fill(3, "usti", "catu", "demf")
    found = {(master.entity, master.account) for master in masters(environment.connect())}
    assert found == {(entity, f"XX-00000{n}") for entity in ("USTI", "CATU", "DEMF") for n in (1, 2, 3)}


def test_without_asking_across_companies_the_service_shows_one_alone() -> None:
    """The emulator does what the real service does: an empty or partial, and successful, answer."""
    service = FinanceOperationsService(lambda: EVER.start, BASE, FinanceOperationsSwitches(default_company="dat"))
    service.put("CustomersV3", customer("usti", 1))
    assert b'"value":[]' in service(Call("GET", "/data/CustomersV3")).body
    single = "/data/CustomersV3(dataAreaId='usti',CustomerAccount='XX-000001')"
    assert service(Call("GET", single)).status == 404
    assert service(Call("GET", single, (("cross-company", "true"),))).status == 200


def test_every_call_of_every_stream_asks_across_companies() -> None:
    """No call for rows, single records, counts or a probe leaves it out."""
    environment = Environment(FinanceOperationsSwitches(page_size=40), the_world())
    connector = environment.connect(revenue_accounts=("401100",), further_emails=True, external_ids="retail_map")
    list(connector.examine())
    for found in connector.streams:
        list(paged(found, EVER if found.way == "changes" else None))
        list(found.recount(None, None) if found.recount else ())
    list(stream(connector, "customers").by_id(["CATU|CA-001010"]))  # type: ignore[misc]
    list(stream(connector, "sales_orders").by_id(["CATU|order|CA-SO-000001"]))  # type: ignore[misc]
    assert len(environment.service.asked) > 50
    assert all(call.first("cross-company") == "true" for call in environment.service.asked)


@pytest.mark.parametrize("name", ["sales_orders", "invoices", "free_text_invoices", "ledger"])
def test_documents_of_both_companies_are_read(name: str) -> None:
    """Each stream shows more than the default company."""
    connector = Environment(world=the_world()).connect(revenue_accounts=("401100", "401200", "401900"))
    assert {record.entity for record in read(connector, name)} == {"USTI", "CATU"}  # type: ignore[union-attr]


@pytest.mark.parametrize("links", ["skip", "skiptoken", "bare"])
def test_a_next_link_of_any_form_is_followed(links: str) -> None:
    """NangoHQ/integration-templates PR#610: a next link without `$skip` is no end."""
    environment = Environment(FinanceOperationsSwitches(page_size=7, links=links))  # type: ignore[arg-type]
    environment.fill(45)
    assert _accounts(environment) == [f"XX-{n:06d}" for n in range(1, 46)]


def test_a_next_link_is_followed_as_it_is() -> None:
    """What the server wrote is what it is sent: option by option."""
    environment = Environment(FinanceOperationsSwitches(page_size=7, links="skiptoken"))
    environment.fill(20)
    _accounts(environment)
    links = [answer.body.split(b'"@odata.nextLink":"')[1].split(b'"')[0].decode() for answer in environment.answers
             if b"nextLink" in answer.body]  # fmt: skip
    sent = [f"{BASE}{call.path}?{call.raw_query}" for call in asked(environment, "CustomersV3")]
    assert len(links) == 2
    assert sent[1:] == links


def test_a_link_to_another_host_is_not_followed() -> None:
    """It would be sent our token."""
    environment = Environment(FinanceOperationsSwitches(page_size=7, link_base="http://elsewhere.example"))
    environment.fill(20)
    with pytest.raises(BadAnswer) as caught:
        _accounts(environment)
    assert caught.value.code == "foreign-link"


@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 14])
def test_the_end_is_where_no_next_link_is(count: int) -> None:
    """A full last page has no successor, an empty list is one page."""
    environment = Environment(FinanceOperationsSwitches(page_size=7))
    environment.fill(count)
    assert len(_accounts(environment)) == count


def test_the_server_decides_how_many_rows_a_page_has() -> None:
    """`$top` would be taken for all that is wanted: the list asks for none."""
    environment = Environment(FinanceOperationsSwitches(page_size=7))
    environment.fill(20)
    _accounts(environment)
    whole = [call for call in asked(environment, "CustomersV3") if "PartyType" in (call.first("$select") or "")]
    assert len(whole) == 3
    assert all(call.first("$top") is None for call in whole)


@pytest.mark.parametrize("links_with_top", [True, False])
@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_pages_of_a_wanted_size_show_everything(size: int, links_with_top: bool) -> None:
    """With a page size of ours nothing is lost, whether or not the server adds a link to `$top`."""
    environment = Environment(FinanceOperationsSwitches(page_size=50, links_with_top=links_with_top))
    environment.fill(15)
    assert _accounts(environment, page_size=size) == [f"XX-{n:06d}" for n in range(1, 16)]


def test_a_page_size_above_the_servers_shows_everything() -> None:
    """The server cuts the page and adds a link; the rest is still read."""
    environment = Environment(FinanceOperationsSwitches(page_size=4))
    environment.fill(15)
    assert len(_accounts(environment, page_size=10)) == 15


def test_rows_are_asked_for_in_the_order_of_the_key() -> None:
    """Without `$orderby` two pages may overlap: the emulator's then do."""
    environment = Environment(FinanceOperationsSwitches(page_size=7))
    environment.fill(20, "usti", "catu")
    found = [(master.entity, master.account) for master in masters(environment.connect())]
    assert found == sorted(found)
    assert len(set(found)) == 40
    assert all(call.first("$orderby") or "/$count" in call.path for call in environment.service.asked)


def test_documents_are_ordered_by_their_time_and_key() -> None:
    """A tie in the time is broken by the key."""
    environment = Environment(FinanceOperationsSwitches(page_size=50), the_world())
    read(environment.connect(), "invoices")
    order = asked(environment, "SalesInvoiceHeadersV2")[0].first("$orderby")
    assert order == "InvoiceDate,dataAreaId,InvoiceNumber,LedgerVoucher"


@pytest.mark.parametrize("leaver", [1, 4, 7])
@pytest.mark.parametrize("size", [None, 7])
def test_a_row_that_is_deleted_between_two_pages_hides_no_other(leaver: int, size: int | None) -> None:
    """All later rows move up by one; the one that falls between two pages is read all the same."""
    environment = Environment(FinanceOperationsSwitches(page_size=7))
    environment.fill(30)
    found = stream(environment.connect(page_size=size), "customers")
    pages = paged(found)
    seen = list(next(pages).items)
    environment.service.remove("CustomersV3", "usti", f"XX-{leaver:06d}")
    seen += [item for page in pages for item in page.items]
    assert {n for n in range(1, 31) if any(f"XX-{n:06d}".encode() in item for item in seen)} == set(range(1, 31))


def test_many_rows_deleted_between_two_pages_hide_no_other() -> None:
    """Even when more rows go than a page holds, the walk goes back as far as it must."""
    environment = Environment(FinanceOperationsSwitches(page_size=5))
    environment.fill(40)
    pages = paged(stream(environment.connect(), "customers"))
    seen = [item for _ in range(4) for item in next(pages).items]
    for number in range(2, 14):
        environment.service.remove("CustomersV3", "usti", f"XX-{number:06d}")
    seen += [item for page in pages for item in page.items]
    assert all(any(f"XX-{n:06d}".encode() in item for item in seen) for n in range(1, 41))


def test_a_row_that_is_added_between_two_pages_loses_none() -> None:
    """A row before the boundary moves the others down: one is read twice, none is missed."""
    environment = Environment(FinanceOperationsSwitches(page_size=7))
    environment.fill(30)
    pages = paged(stream(environment.connect(), "customers"))
    seen = list(next(pages).items)
    environment.service.put("CustomersV3", customer("usti", 0))
    seen += [item for page in pages for item in page.items]
    assert all(any(f"XX-{n:06d}".encode() in item for item in seen) for n in range(1, 31))


def test_a_list_goes_on_from_its_token() -> None:
    """Another connector, as after a crash, goes on at the next page."""
    environment = Environment(FinanceOperationsSwitches(page_size=7))
    environment.fill(20)
    first = stream(environment.connect(), "customers").fetch(PageRequest())
    rest = list(paged(stream(environment.connect(), "customers"), token=first.next))
    assert len(first.items) + sum(len(page.items) for page in rest) == 20


@pytest.mark.parametrize("size", [1, 3])
def test_a_smaller_page_starts_where_the_token_stands(size: int) -> None:
    """Whatever form the server's link has, a page of a given size begins at the same row."""
    environment = Environment(FinanceOperationsSwitches(page_size=7, links="bare"))
    environment.fill(20)
    found = stream(environment.connect(), "customers")
    token = found.fetch(PageRequest()).next
    page = found.fetch(PageRequest(token=token, size=size))
    assert len(page.items) == size
    assert b"XX-000008" in page.items[0]


def test_a_record_that_cannot_be_delivered_is_passed_over() -> None:
    """The page fails, single rows up to the bad one come, the bad one is skipped, and the rest follows."""
    environment = Environment(FinanceOperationsSwitches(page_size=7, poisoned=frozenset({"usti|xx-000010"})))
    environment.fill(20)
    found = stream(environment.connect(), "customers")
    first = found.fetch(PageRequest())
    with pytest.raises(SourceDown) as caught:
        found.fetch(PageRequest(token=first.next))
    assert caught.value.code == "source-failing"
    eighth = found.fetch(PageRequest(token=first.next, size=1))
    ninth = found.fetch(PageRequest(token=eighth.next, size=1))
    assert found.skip is not None
    skipped, token = found.skip(PageRequest(token=ninth.next, size=1))
    assert skipped == "row 10 of CustomersV3"
    rest = [item for page in paged(found, token=token) for item in page.items]
    assert len(rest) == 10
    assert b"XX-000011" in rest[0]


def test_companies_that_the_settings_name_are_read_alone() -> None:
    """Their codes may be written in any case."""
    environment = Environment()
    environment.fill(3, "usti", "catu", "demf")
    found = {master.entity for master in masters(environment.connect(companies=("USTI", "demf")))}
    assert found == {"USTI", "DEMF"}


def test_the_address_may_be_copied_with_its_path() -> None:
    """`…/data/` at the end of the url is no second one."""
    environment = Environment()
    environment.fill(2)
    assert len(_accounts(environment, url=f"{BASE}/data/")) == 2
