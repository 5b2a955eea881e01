"""BigCommerce orders, live: single ones by id, the recount by another path, and orders that cannot be delivered."""

from __future__ import annotations

import pytest

from tests.contract.live.bigcommerce_setting import SPAN, TORONTO, Store, at, decoded, ids, sale
from unposted.connectors.formats import Bad
from unposted.connectors.live import Light, PageRequest
from unposted.errors import BadAnswer, SourceDown


def _filled(store: Store, count: int) -> Store:
    for number in range(1, count + 1):
        store.order(sale(number, number))
    return store


def _by_id(store: Store, *wanted: str, **settings: object) -> list[str]:
    stream = store.stream("orders", **settings)
    assert stream.by_id is not None
    return ids([item for item in decoded(stream, list(stream.by_id(wanted))) if not isinstance(item, Bad)])


def _recount(store: Store, start: float = 0, end: float = 1_000, **settings: object) -> list[Light]:
    recount = store.stream("orders", **settings).recount
    assert recount is not None
    return list(recount(at(start), at(end)))


def test_orders_by_id_that_lie_close_together_are_fetched_in_one_call() -> None:
    """v2 cannot be asked for a list of ids; it can be asked for a stretch of them."""
    store = _filled(Store(), 300)
    assert set(_by_id(store, *(str(number) for number in range(1, 241)))) == {str(one) for one in range(1, 241)}
    assert len(store.asked("/v2/orders")) == 1


def test_only_the_orders_that_were_asked_for_are_given() -> None:
    """Those between them are not."""
    assert _by_id(_filled(Store(), 30), "3", "9") == ["3", "9"]


def test_orders_by_id_that_are_gone_are_left_out() -> None:
    """An empty list is a 204 there too, and an id that is no number names nothing."""
    store = _filled(Store(), 5)
    assert _by_id(store, "2", "77777", "gid://x") == ["2"]


def test_an_order_by_id_has_its_refunds_and_its_country() -> None:
    """It is the same record as the list gives."""
    store = Store()
    store.order(sale(1, status=14, ship_to=TORONTO))
    store.refund(7, 1, 20)
    stream = store.stream("orders")
    assert stream.by_id is not None
    assert decoded(stream, list(stream.by_id(["1"]))) == list(store.orders().values())


def test_a_recount_walks_ids_within_the_time_of_creation() -> None:
    """Half-open, and by another path than the sync: no time of change, no consignments, no refunds."""
    store = _filled(Store(), 600)
    found = _recount(store, 100, 200)
    assert [light.record_id for light in found] == [str(number) for number in range(100, 200)]
    lists = store.asked("/v2/orders")
    assert {call.first("sort") for call in lists} == {"id:asc"}
    assert not [call for call in lists if call.first("include") or call.first("min_date_modified")]


def test_a_recount_tells_money_state_and_times() -> None:
    """Enough to tell a stale order from a missing one."""
    store = Store()
    store.order(sale(1, 5, changed=9, status=5, paid="void", total=99_95, currency="CAD"))
    assert _recount(store) == [Light("1", at(5), at(9), "status_id=5;payment_status=void", "CAD", 99_95)]


def test_a_recount_sees_an_order_whose_time_of_change_never_moved() -> None:
    """What the sync by time of change can never see: a row that was put in with an old date."""
    store = _filled(Store(), 3)
    store.order(sale(4, 5, changed=-9_000))
    assert len(_recount(store)) == 4
    assert "4" not in store.orders()


def test_a_recount_of_everything_has_no_filter() -> None:
    """(None, None): all ids."""
    store = _filled(Store(), 400)
    recount = store.stream("orders").recount
    assert recount is not None
    assert len(list(recount(None, None))) == 400


def test_a_recount_is_whole_where_pages_are_cut() -> None:
    """A short page is no end."""
    assert len(_recount(_filled(Store({"largest_page": 50, "clamps": True}), 260))) == 260


def test_a_store_that_counts_more_than_it_lists_is_told_of() -> None:
    """Its own count is asked as well."""
    store = _filled(Store({"archived": "counted"}), 5)
    store.order(sale(6, 6), is_deleted=True)
    with pytest.raises(BadAnswer) as caught:
        _recount(store)
    assert caught.value.code == "list-short"
    assert "6 orders where it lists 5" in caught.value.message
    assert len(_recount(store, count_check=False)) == 5


@pytest.mark.parametrize("listed", [True, False])
def test_incomplete_orders_do_not_trouble_the_count(listed: bool) -> None:
    """It is not written whether they are listed; they are never counted as sales."""
    store = _filled(Store({"lists_incomplete": listed}), 5)
    store.order(sale(6, 6, status=0))
    assert len(_recount(store)) == 5 + listed


def test_an_archived_order_that_is_left_out_is_not_recounted() -> None:
    """Else the recount would fetch it again every day."""
    store = _filled(Store(), 3)
    store.order(sale(4, 4), is_deleted=True)
    assert len(_recount(store)) == 4
    assert len(_recount(store, archived="left-out")) == 3


def test_an_order_with_an_unreadable_amount_is_still_there() -> None:
    """It is in quarantine, and no reason to fetch it again."""
    store = Store()
    store.order(sale(1), total_inc_tax="many", default_currency_code="???")
    assert [(light.record_id, light.total) for light in _recount(store)] == [("1", None)]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("same_second", [True, False])
def test_an_order_that_the_store_cannot_deliver_is_found_and_passed_over(count: int, same_second: bool) -> None:
    """The store counts without reading it, which gives its id; everything else is read."""
    poison = frozenset(range(1_007, 1_007 + count))
    store = Store({"poison": poison})
    for number in range(1_000, 1_030):
        store.order(sale(number, 10 if same_second else 3 * number - 2_900))
    stream = store.stream("orders")
    assert stream.skip is not None
    read: set[str] = set()
    skipped: list[str] = []
    token: str | None = None
    size: int | None = 10
    while True:
        try:
            page = stream.fetch(PageRequest(SPAN, token, size))
        except SourceDown as error:
            assert error.code == "source-failing"  # noqa: PT017 - the next step depends on it
            if size == 10:
                size = 1
                continue
            name, token = stream.skip(PageRequest(SPAN, token, 1))
            skipped.append(name)
            continue
        read |= set(ids([item for item in decoded(stream, [page]) if not isinstance(item, Bad)]))
        token, size = page.next, 10
        if token is None:
            break
    assert read == {str(number) for number in range(1_000, 1_030) if number not in poison}
    assert set(skipped) == {str(number) for number in poison}


def test_an_order_that_recovers_while_it_is_looked_for_ends_the_run_in_plain_words() -> None:
    """Nothing may be skipped that was not seen to fail."""
    store = Store()
    store.order(sale(1))
    stream = store.stream("orders")
    assert stream.skip is not None
    with pytest.raises(SourceDown):
        stream.skip(PageRequest(SPAN, None, 1))
