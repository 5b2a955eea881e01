"""B2B Edition, live: companies, who buys for them, and which order is for which."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.live.bigcommerce_setting import FIRM, HASH, NOW, SPAN, Store, at, buyer, ids, sale
from unposted.connectors.live import PageRequest
from unposted.domain.cursor import Span
from unposted.domain.records import Company, CompanyLink
from unposted.errors import BadAnswer, SourceDown, SourceRefused
from unposted.sandbox.bigcommerce import company_row, user_row
from unposted.sandbox.values import Firm
from unposted.sandbox.wire import Answer, Call


def _company(store: Store, number: int, minutes: float = 1, changed: float | None = None) -> None:
    firm = Firm(number, f"Firm {number}", f"ap{number}@x.example", "", FIRM.place, "US123456789", None)
    store.service.put_b2b("companies", company_row(firm), at(minutes), at(minutes if changed is None else changed))


def _user(store: Store, account: int, company: int = 880_101, minutes: float = 1) -> None:
    firm = Firm(company, "Firm", "ap@x.example", "", FIRM.place, None, None)
    row = user_row(buyer(account, firm, email=f"u{account}@x.example"), firm, account)
    store.service.put_b2b("users", row, at(minutes))


def test_without_b2b_edition_nothing_of_it_is_called() -> None:
    """Most stores have none; it must be switched on."""
    store = Store()
    assert [stream.name for stream in store.connector().streams] == ["orders", "customers"]
    list(store.connector().examine())
    assert not [call for call in store.calls if "/io/" in call.path]


def test_companies_come_with_their_extra_fields() -> None:
    """The tax id is one of them by convention; without being asked the API leaves them out."""
    store = Store()
    store.service.put_b2b("companies", company_row(FIRM), at(1))
    (found,) = store.records("companies")
    assert isinstance(found, Company)
    assert found.updated_at == at(1)
    assert {key.kind for key in found.keys} >= {"tax_id", "external_id", "email"}


def test_every_call_names_the_store_and_bears_the_token() -> None:
    """X-Auth-Token alone is not enough on this host."""
    store = Store()
    _company(store, 1)
    store.read("company_users")
    assert {call.headers["x-store-hash"] for call in store.calls} == {HASH}
    assert all(call.headers["x-auth-token"] for call in store.calls)


def test_a_wrong_store_hash_is_a_failure_and_examine_says_what_it_means() -> None:
    """The host answers with a server's error instead of a refusal."""
    store = Store()
    with pytest.raises(SourceDown):
        store.read("companies", store_hash="other")

    def renamed(_number: int, call: Call) -> Answer | None:
        other = call._replace(headers={**call.headers, "x-store-hash": "other"})
        return store.service.b2b(other) if "/io/" in call.path else None

    store.before = renamed
    said = {fact.check: fact for fact in store.connector(b2b=True).examine()}
    assert said["companies"].level == "warn"
    assert "store_hash" in said["companies"].text


@pytest.mark.parametrize("totals", ["meta", "pagination"])
@pytest.mark.parametrize("size", [1, 7, None])
def test_all_companies_are_read_by_offset(totals: str, size: int | None) -> None:
    """Ten is what the API gives unasked; the total may stand in either of two places."""
    store = Store({"b2b_totals": totals})
    for number in range(1, 38):
        _company(store, number, number)
    assert len(set(ids(store.records("companies", size=size)))) == 37


def test_users_link_accounts_and_addresses_to_their_company() -> None:
    """And the company's own address buys for it too."""
    store = Store()
    _company(store, 5)
    _user(store, 4_101, 5)
    found = set(store.records("company_users"))
    assert found == {
        CompanyLink("5", "email", "ap5@x.example"),
        CompanyLink("5", "customer", "4101"),
        CompanyLink("5", "email", "u4101@x.example"),
    }


def test_a_company_that_changes_while_the_list_is_read_is_still_listed() -> None:
    """It moves to the end of the order of change; one that is not listed would be taken for gone."""
    store = Store()
    for number in range(1, 41):
        _company(store, number, number)

    def change(number: int, _call: Call) -> None:
        if number in {2, 3}:
            store.clock.step(60)
            _company(store, 30 + number, 30 + number, changed=(store.clock.now() - SPAN.start).total_seconds() / 60)
            _company(store, number - 1, number - 1, changed=(store.clock.now() - SPAN.start).total_seconds() / 60)

    store.before = change
    assert set(ids(store.records("companies", size=10))) == {str(number) for number in range(1, 41)}


def test_a_user_who_is_deleted_while_the_list_is_read_hides_no_other() -> None:
    """All users behind him move forward by one; the total tells."""
    store = Store()
    for account in range(1, 41):
        _user(store, account)
    wanted = {CompanyLink("880101", "customer", str(account)) for account in range(1, 41)}
    gone = store.service.b2b.users

    def delete(number: int, _call: Call) -> None:
        if number in {5, 6}:
            gone.remove(str(61_000 + 45 - number))  # newest first: these were read on the page before

    store.before = delete
    found = set(store.records("company_users", size=10))
    missing = wanted - found
    assert len(missing) == 0


def test_orders_tell_their_company_by_the_id_of_the_v2_order() -> None:
    """`bcOrderId` is that id; `id` is B2B Edition's own. Orders of nobody's company link nothing."""
    store = Store()
    store.b2b_order(sale(1, buyer=buyer(4_101, FIRM)))
    store.b2b_order(sale(2, 2, buyer=buyer(0)))
    assert store.records("company_orders") == [CompanyLink("880101", "order", "1")]


@pytest.mark.parametrize("nobody", [0, None])
def test_an_order_without_a_company_links_nothing(nobody: int | None) -> None:
    """It is not written whether that is 0 or null."""
    store = Store({"b2b_no_company": nobody})
    store.b2b_order(sale(2, 2, buyer=buyer(0)))
    assert store.records("company_orders") == []


def test_orders_are_read_by_their_time_of_change_two_hundred_at_a_time() -> None:
    """The list holds every order of the store, so it is not read as a whole; 250 would be refused here."""
    store = Store()
    for number in range(1, 451):
        store.b2b_order(sale(number, number / 60, buyer=buyer(4_101, FIRM)))
    assert len(store.records("company_orders")) == 450
    assert {call.first("limit") for call in store.asked("/orders")} == {"200"}


def test_an_order_that_changes_while_the_span_is_read_hides_no_other() -> None:
    """It leaves the span, and the page begins one place earlier."""
    store = Store()
    for number in range(1, 41):
        store.b2b_order(sale(number, number, buyer=buyer(4_101, FIRM)))

    def change(number: int, _call: Call) -> None:
        if number in {2, 3}:
            store.b2b_order(sale(number, number, changed=60 * 24 * 30, buyer=buyer(4_101, FIRM)))

    store.before = change
    assert len(set(store.records("company_orders", size=10))) == 40


@pytest.mark.parametrize("includes", [True, False])
def test_both_ends_of_a_span_of_orders_are_part_of_it(includes: bool) -> None:
    """Unix seconds; "later than" may leave out the very second."""
    store = Store({"includes_bounds": includes})
    store.b2b_order(sale(1, 0, buyer=buyer(4_101, FIRM)))
    store.b2b_order(sale(2, (SPAN.end - SPAN.start).total_seconds() / 60, buyer=buyer(4_101, FIRM)))
    assert len(store.records("company_orders")) == 2


def test_orders_of_more_than_a_year_ago_are_asked_for() -> None:
    """Without a filter by time the API shows the last year alone."""
    store = Store()
    store.b2b_order(sale(1, -600_000, buyer=buyer(4_101, FIRM)))
    long_ago = Span(NOW - timedelta(days=800), NOW)
    assert len(store.records("company_orders", span=long_ago)) == 1


@pytest.mark.parametrize(
    ("lifts", "days", "oldest", "level"),
    [(False, 800, -600_000, "warn"), (False, 90, -600_000, "ok"), (True, 800, -600_000, "ok"),
     (False, 800, -100_000, "ok")],
)  # fmt: skip
def test_a_year_that_cannot_be_lifted_is_said_aloud(lifts: bool, days: int, oldest: float, level: str) -> None:
    """When more history is wanted than B2B Edition shows, and the store has more, `connector test` warns."""
    store = Store({"b2b_filters_lift_year": lifts})
    for found in (sale(1, oldest, buyer=buyer(4_101, FIRM)), sale(2, -100_000, buyer=buyer(4_101, FIRM))):
        store.order(found)
        store.b2b_order(found)
    store.service.put_b2b("companies", company_row(FIRM), at(1))
    said = {fact.check: fact for fact in store.connector(b2b=True, history_days=days).examine()}
    assert said["oldest B2B order"].level == level
    assert ("older than a year" in said["oldest B2B order"].text) == (level == "warn")


def test_channels_can_be_named_where_only_the_first_is_shown() -> None:
    """The reference gives channel 1 as the default."""
    store = Store({"b2b_one_channel": True})
    store.b2b_order(sale(1, buyer=buyer(4_101, FIRM)))
    store.b2b_order(sale(2, 2, buyer=buyer(4_101, FIRM)), channelId=77)
    assert len(store.records("company_orders")) == 1
    assert sum(len(page.items) for page in store.read("company_orders", b2b_channels=(1, 77))) == 2


def test_more_calls_than_a_minute_allows_are_spread() -> None:
    """The host sends no figures, so the published limit is kept, less a share for other apps."""
    store = Store({"b2b_calls_a_minute": 20})
    for number in range(1, 61):
        _company(store, number, number)
    assert len(set(ids(store.records("companies", size=2, b2b_calls_a_minute=20)))) == 60
    assert store.waits
    assert all("a minute" in why for _, why in store.waits)


def test_a_429_without_figures_is_waited_for_ever_longer() -> None:
    """Other apps use up the minute too."""
    store = Store()
    _company(store, 1)
    store.before = lambda number, _call: store.service.b2b.throttled() if number <= 4 else None
    assert len(store.records("companies")) == 1
    seconds = [waited for waited, _ in store.waits]
    assert len(seconds) == 4
    assert seconds[-1] > 3


def test_an_error_inside_an_answer_that_is_fine_is_an_error() -> None:
    """`code` in the body tells it."""
    store = Store()
    body = b'{"code":404,"data":{},"meta":{"message":"This resource is not found."}}'
    store.before = lambda _number, _call: Answer(200, (("Content-Type", "application/json"),), body)
    with pytest.raises(SourceRefused) as caught:
        store.read("companies")
    assert "This resource is not found." in caught.value.message


def test_an_answer_without_data_is_no_end_of_a_list() -> None:
    """An empty list is a list."""
    store = Store()
    store.before = lambda _number, _call: Answer(200, (), b'{"code":200,"meta":{"message":"SUCCESS"}}')
    with pytest.raises(BadAnswer):
        store.read("companies")


def test_a_company_that_cannot_be_delivered_is_passed_over_by_its_place() -> None:
    """The next offset needs nothing of it."""
    store = Store({"poison": frozenset({3})})
    for number in range(1, 6):
        _company(store, number, number)
    stream = store.stream("companies")
    assert stream.skip is not None
    token: str | None = None
    found = 0
    skipped: list[str] = []
    for _ in range(20):
        try:
            page = stream.fetch(PageRequest(None, token, 1))
        except SourceDown as error:
            assert error.code == "source-failing"  # noqa: PT017 - the next step depends on it
            name, token = stream.skip(PageRequest(None, token, 1))
            skipped.append(name)
            continue
        found += len(page.items)
        token = page.next
        if token is None:
            break
    assert (found, token, skipped) == (4, None, ["number 3 of B2B Edition's companies"])


def test_links_of_orders_and_of_people_are_told_apart_in_their_table() -> None:
    """The whole list of people must not end what was read of the orders."""
    scopes = {stream.name: stream.scope for stream in Store().connector(b2b=True).streams}
    assert scopes["company_users"] == "linked_by <> 'order'"
    assert scopes["company_orders"] == "linked_by = 'order'"
