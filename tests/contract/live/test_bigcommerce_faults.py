"""BigCommerce, live: whatever happens on the way, what is read in the end is what is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.live.bigcommerce_setting import B2B_BASE, BASE, FIRM, SPAN, Store, at, buyer, decoded, sale
from unposted.connectors.formats import Bad
from unposted.connectors.live import Page, PageRequest
from unposted.domain.records import Record
from unposted.errors import BadAnswer, LimitReached, SignIn
from unposted.sandbox.bigcommerce import company_row, user_row
from unposted.sandbox.faults import FAULTS, FaultName, Faults, FaultyService, nth
from unposted.sandbox.wire import Answer, Call

_STREAMS = ("orders", "customers", "companies", "company_users", "company_orders")
_MOST_CALLS = 60


def _filled() -> Store:
    store = Store()
    for number in range(1, 24):
        found = sale(number, number if number < 10 else 12, status=14 if number % 5 == 0 else 11)
        store.order(found)
        store.b2b_order(found, companyId=FIRM.number)
        store.customer(buyer(number, email=f"p{number}@x.example"), at(number if number < 12 else 13))
        store.service.put_b2b("users", user_row(buyer(number, FIRM), FIRM, number), at(number))
        if number % 5 == 0:
            store.refund(number, number, 5, 0.25)
    store.service.put_b2b("companies", company_row(FIRM), at(1))
    return store


def _again(store: Store, stream_name: str, tries: int = 4) -> list[Record | Bad]:
    """Read a stream as the sync does: after an error the next run goes on from the last token."""
    token: str | None = None
    pages: list[Page] = []
    for _ in range(tries):
        stream = store.stream(stream_name, refunds=True)
        span = None if stream.way == "list" else SPAN
        try:
            while True:
                page = stream.fetch(PageRequest(span, token, 5))
                pages.append(page)
                token = page.next
                if token is None:
                    return decoded(stream, pages)
        except (BadAnswer, LimitReached, SignIn):
            store.clock.sleep(86_400)
    raise AssertionError("the stream does not end")


def _calls_of(stream_name: str) -> int:
    store = _filled()
    _again(store, stream_name)
    assert 2 <= len(store.calls) <= _MOST_CALLS
    return len(store.calls)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", _STREAMS)
def test_a_fault_of_any_call_loses_nothing(name: str, fault: FaultName) -> None:
    """Each call of a whole reading fails once, in each of the ways that there are."""
    wanted = set(map(repr, _again(_filled(), name)))
    for number in range(1, _calls_of(name) + 1):
        store = _filled()
        faults = Faults(nth(fault, number))
        store.before = _spoilt(store, faults)
        assert set(map(repr, _again(store, name))) == wanted, f"call {number}"


def _spoilt(store: Store, faults: Faults) -> Callable[[int, Call], Answer | None]:
    faulty = {
        base: FaultyService(service, faults, store.clock.now)
        for base, service in ((BASE, store.service), (B2B_BASE, store.service.b2b))
    }

    def answer(_number: int, call: Call) -> Answer:
        return faulty[B2B_BASE if "/io/" in call.path else BASE](call)

    return answer
