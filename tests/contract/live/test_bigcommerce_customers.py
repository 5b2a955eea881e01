"""BigCommerce customers, live: v3's envelopes, cursors and pages."""

from __future__ import annotations

import pytest

from tests.contract.live.bigcommerce_setting import SPAN, Store, at, buyer, ids
from unposted.connectors.live import PageRequest
from unposted.domain.records import Customer
from unposted.errors import BadAnswer, SourceRefused
from unposted.sandbox.wire import Answer, Call


def _filled(store: Store, count: int, *, same_second: bool = False) -> Store:
    for number in range(1, count + 1):
        store.customer(buyer(4_000 + number, email=f"p{number}@x.example"), at(10 if same_second else number))
    return store


def _ids(store: Store, **more: int) -> set[str]:
    return set(ids(store.records("customers", **more)))


def test_customers_are_read_by_their_time_of_change_with_addresses_and_form_fields() -> None:
    """Form fields hold the tax id, and the first address is one of the keys."""
    store = Store()
    fields = [{"name": "VAT Number", "value": "GB123456782", "customer_id": 4_101}]
    store.customer(buyer(), at(5), form_fields=fields)
    (found,) = store.records("customers")
    assert isinstance(found, Customer)
    assert found.b2b
    assert {key.kind for key in found.keys} == {"email", "tax_id", "phone", "name_address"}
    call = store.asked("/customers")[0]
    assert call.first("include") == "addresses,formfields"
    assert call.first("sort") == "date_modified:asc"


@pytest.mark.parametrize("size", [1, 7, 20, None])
def test_all_customers_are_read_however_small_the_pages(size: int | None) -> None:
    """Each page begins at the time of the last customer of the page before."""
    assert len(_ids(_filled(Store(), 60), **({"size": size} if size else {}))) == 60


@pytest.mark.parametrize("cursors", [True, False])
def test_more_customers_of_one_second_than_a_page_holds_are_all_read(cursors: bool) -> None:
    """By the store's own cursor, or by page number where it gives none."""
    store = _filled(Store({"gives_cursors": cursors}), 65, same_second=True)
    store.customer(buyer(9_000, email="late@x.example"), at(11))
    assert len(_ids(store, size=20)) == 66


def test_a_customer_who_leaves_a_crowded_second_hides_no_other() -> None:
    """The cursor is a place among the ids, no number."""
    store = _filled(Store(), 60, same_second=True)

    def change(number: int, _call: Call) -> None:
        if 2 <= number <= 8:
            store.customer(buyer(4_000 + number, email=f"p{number}@x.example"), at(90 + number))

    store.before = change
    assert len(_ids(store, size=20)) == 60


@pytest.mark.parametrize("includes", [True, False])
def test_bounds_that_are_not_part_of_a_filter_lose_nothing(includes: bool) -> None:
    """The reference says "after this date", which may leave out the very second."""
    store = Store({"includes_bounds": includes})
    for number in range(45):
        store.customer(buyer(4_000 + number, email=f"p{number}@x.example"), at(number // 15 / 60))
    assert len(_ids(store, size=10)) == 45


def test_a_page_past_the_end_is_empty_and_fine() -> None:
    """v3 answers 200 with no data where v2 answers 204."""
    store = Store()
    assert [list(page.items) for page in store.read("customers")] == [[]]


def test_the_first_page_tells_the_total() -> None:
    """The envelope has it."""
    assert _filled(Store(), 12).read("customers")[0].total == 12


def test_customers_by_id_are_fetched_many_in_one_call() -> None:
    """For the buyers of a first answer; ids that are gone are left out."""
    store = _filled(Store(), 150)
    stream = store.stream("customers")
    assert stream.by_id is not None
    assert stream.wanted_by == "orders"
    pages = list(stream.by_id([*(str(4_000 + number) for number in range(1, 151)), "77", "no-id"]))
    assert sum(len(page.items) for page in pages) == 150
    lists = [call.first("id:in") or "" for call in store.asked("/customers")]
    assert max(len(one.split(",")) for one in lists) == 100
    assert len({*lists}) == 2


def test_a_recount_of_customers_is_lean_and_by_time_of_creation() -> None:
    """Half-open: from one instant to before another; no addresses, no form fields."""
    store = Store()
    for number, minutes in enumerate((0, 1, 2), 1):
        row = buyer(number, email=f"p{number}@x.example")
        store.service.put_customer(_row(row, number), at(minutes), at(50))
    recount = store.stream("customers").recount
    assert recount is not None
    assert [light.record_id for light in recount(at(0), at(2))] == ["1", "2"]
    assert [light.record_id for light in recount(None, None)] == ["1", "2", "3"]
    assert not [call for call in store.calls if call.first("include")]


def test_a_recount_of_more_customers_than_a_page_holds_is_whole() -> None:
    """By cursor to the end."""
    store = _filled(Store(), 600)
    recount = store.stream("customers").recount
    assert recount is not None
    assert len({light.record_id for light in recount(None, None)}) == 600


def test_plus_addresses_and_commas_do_not_break_a_query() -> None:
    """Everything in a query is percent-encoded."""
    store = _filled(Store(), 1)
    store.read("customers")
    assert "addresses%2Cformfields" in store.asked("/customers")[0].raw_query


def test_v3_says_in_its_own_words_why_it_refuses() -> None:
    """The title of its error object."""
    store = _filled(Store({"scopes": frozenset({"store_v2_orders_read_only"})}), 1)
    with pytest.raises(SourceRefused) as caught:
        store.read("customers")
    assert "required scope" in caught.value.message


def test_a_customer_that_the_store_cannot_deliver_is_passed_over() -> None:
    """The walk goes on behind it, page by page of one."""
    store = _filled(Store({"poison": frozenset({4_003})}), 6)
    stream = store.stream("customers")
    assert stream.skip is not None
    found: list[bytes] = []
    token: str | None = None
    skipped = []
    for _ in range(60):
        try:
            page = stream.fetch(PageRequest(SPAN, token, 1))
        except Exception:  # noqa: BLE001 - whatever it is, the engine passes over it
            name, token = stream.skip(PageRequest(SPAN, token, 1))
            skipped.append(name)
            continue
        found += page.items
        token = page.next
        if token is None:
            break
    assert token is None
    assert len({body.partition(b",")[0] for body in found}) == 5
    assert skipped
    assert "number 1 of those changed from 2026-04-0" in skipped[0]


def test_an_envelope_without_data_is_half_an_answer() -> None:
    """JSON that is cut is asked again, and an error in the end."""
    store = _filled(Store(), 2)
    store.after = lambda _number, answer: answer._replace(body=answer.body[:-9]) if answer.status == 200 else answer
    with pytest.raises(BadAnswer):
        store.read("customers")
    assert len(store.waits) == 5


def _row(found: object, number: int) -> dict[str, object]:
    from unposted.sandbox.bigcommerce import customer_row
    from unposted.sandbox.values import Buyer

    assert isinstance(found, Buyer)
    return {**customer_row(found), "id": number}


def test_an_answer_of_the_wrong_shape_is_no_end() -> None:
    """An error object under a status that is fine must not look like an empty list."""
    store = _filled(Store(), 2)
    store.after = lambda _number, _answer: Answer(200, (), b'{"status":500,"title":"Oops"}')
    with pytest.raises(BadAnswer):
        store.read("customers")
