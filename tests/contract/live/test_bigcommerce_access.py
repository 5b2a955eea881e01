"""BigCommerce, live: credentials, limits, waiting, and what `connector test` finds out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.contract.live.bigcommerce_setting import FIRM, TOKEN, Store, at, buyer, sale
from unposted.connectors.live import Fact
from unposted.errors import LimitReached, SignIn, SourceDown, SourceRefused, UnpostedError
from unposted.sandbox.bigcommerce import company_row
from unposted.sandbox.services.bigcommerce_gate import v3_refusal
from unposted.sandbox.services.bigcommerce_switches import B2B
from unposted.sandbox.wire import Answer, Call, SteppedClock, html_answer

_ALL = frozenset(
    {"store_v2_orders_read_only", "store_v2_customers_read_only", "store_v2_information_read_only",
     "store_v2_transactions_read_only", B2B}
)  # fmt: skip


def _filled(store: Store, count: int = 3) -> Store:
    for number in range(1, count + 1):
        store.order(sale(number, number))
    store.customer(buyer(), at(1))
    store.service.put_b2b("companies", company_row(FIRM), at(1))
    store.b2b_order(sale(1, buyer=buyer(4_101, FIRM)))
    return store


def _facts(store: Store, **settings: object) -> Mapping[str, Fact]:
    found = list(store.connector(**settings).examine())
    assert found[0].check == "credentials"
    return {fact.check: fact for fact in found}


def test_a_wrong_token_is_a_failed_sign_in() -> None:
    """Both when reading and when examined, and nothing is tried twice."""
    store = _filled(Store(token="wrong-token-9c"))
    with pytest.raises(SignIn):
        store.read()
    with pytest.raises(SignIn) as caught:
        list(store.connector().examine())
    assert len(store.calls) == 2
    assert "wrong-token-9c" not in caught.value.message


def test_a_sound_store_passes_every_check() -> None:
    """Credentials, scopes, oldest order, companies, paging, clock, limits, in this order."""
    found = list(_filled(Store()).connector(b2b=True).examine())
    assert [fact.level for fact in found] == ["ok"] * len(found)
    assert [fact.check for fact in found] == [
        "credentials", "scope orders", "scope customers", "scope refunds", "oldest order", "ship-to country",
        "companies", "oldest B2B order", "paging", "clock", "limits",
    ]  # fmt: skip
    assert "US Trade wholesale" in found[0].text
    assert "of 450" in found[-1].text


@pytest.mark.parametrize(
    ("scope", "check", "level", "hides"),
    [
        ("store_v2_orders_read_only", "scope orders", "fail", "orders"),
        ("store_v2_customers_read_only", "scope customers", "warn", "customers"),
        ("store_v2_information_read_only", "credentials", "warn", "store_v2_information_read_only"),
        (B2B, "companies", "warn", "B2B Edition"),
    ],
)
def test_a_narrowed_scope_is_said_aloud(scope: str, check: str, level: str, hides: str) -> None:
    """What is hidden, and which scope shows it."""
    store = _filled(Store({"scopes": _ALL - {scope}}))
    found = _facts(store, b2b=True)[check]
    assert found.level == level
    assert hides in found.text


def test_refunds_that_may_not_be_read_are_said_aloud() -> None:
    """Either of two scopes shows them."""
    store = _filled(Store())
    store.before = lambda _number, call: v3_refusal(403) if call.path.endswith("/refunds") else None
    found = _facts(store)["scope refunds"]
    assert found.level == "warn"
    assert "store_v2_transactions_read_only" in found.text


def test_an_empty_store_warns() -> None:
    """No order at all is rarely the truth."""
    assert _facts(Store())["oldest order"].level == "warn"


@pytest.mark.parametrize(("minutes", "level"), [(9, "warn"), (-9, "warn"), (1, "ok")])
def test_a_clock_that_is_off_warns(minutes: int, level: str) -> None:
    """Two minutes are what a sync leaves between itself and the present."""
    store = _filled(Store())
    connector = store.connector()
    connector._api.caller.clock = SteppedClock(store.clock.now() - timedelta(minutes=minutes))
    assert {fact.check: fact for fact in connector.examine()}["clock"].level == level


def test_pages_that_overlap_fail_the_check() -> None:
    """A proxy that caches by path alone would do it."""
    store = _filled(Store())
    held: list[Answer] = []

    def cached(_number: int, call: Call) -> Answer | None:
        if not call.path.endswith("/v2/orders") or call.first("page") is None:
            return None
        held.append(store.service(call))
        return held[0]

    store.before = cached
    assert _facts(store)["paging"].level == "fail"


def test_few_calls_left_are_waited_for_before_the_next_one() -> None:
    """The store's own figures decide: a share of the quota is left to its other apps."""
    store = _filled(Store({"quota": 20, "window_ms": 30_000}), 60)
    assert len(store.orders(size=2)) == 60
    assert store.waits
    assert {why for _, why in store.waits} == {"the store has few calls left"}
    assert max(seconds for seconds, _ in store.waits) <= 30


def test_without_a_share_for_others_the_quota_is_used_up() -> None:
    """The wait then comes at the last call."""
    store = _filled(Store({"quota": 20}), 60)
    store.orders(size=2, spare_share=0)
    waited = len(store.waits)
    store.waits.clear()
    store.orders(size=2, spare_share=0.9)
    assert len(store.waits) > waited


def test_calls_of_other_apps_use_up_the_same_quota() -> None:
    """Left falls without us. Reproduces bigcommerce/bigcommerce-api-python#88."""
    store = _filled(Store({"quota": 20, "others": 8}), 40)
    assert len(store.orders(size=4)) == 40


def test_a_429_waits_as_long_as_the_store_says() -> None:
    """X-Rate-Limit-Time-Reset-Ms, in milliseconds; it is no failure that uses up the tries."""
    store = _filled(Store())
    store.before = lambda number, _call: store.service.throttled() if number <= 8 else None
    assert len(store.orders()) == 3
    assert [seconds for seconds, _ in store.waits] == [3.0] * 8


def test_a_429_without_figures_is_waited_for_ever_longer() -> None:
    """The platform is overloaded and does not say how long."""
    store = _filled(Store({"overloaded": frozenset({1, 2, 3, 4})}))
    assert len(store.orders()) == 3
    seconds = [waited for waited, _ in store.waits]
    assert len(seconds) == 4
    assert seconds[3] > 2 * seconds[0]


def test_a_store_that_lets_nobody_in_for_long_ends_the_run() -> None:
    """After a quarter of an hour the run ends with what it has, and says when to come again."""
    store = _filled(Store())
    store.before = lambda _number, _call: v3_refusal(429)
    with pytest.raises(LimitReached):
        store.read()


def test_answers_without_rate_headers_cost_no_wait() -> None:
    """A proxy may drop them."""
    store = _filled(Store({"shows_limits": False}), 30)
    assert len(store.orders(size=3)) == 30
    assert store.waits == []
    assert _facts(store)["limits"].level == "warn"


def test_a_page_for_people_is_tried_again_and_then_told_of() -> None:
    """A gateway's 502 in HTML."""
    store = _filled(Store())
    store.before = lambda number, _call: html_answer(502, "502 Bad Gateway") if number <= 2 else None
    assert len(store.orders()) == 3
    store.before = lambda _number, _call: html_answer(502, "502 Bad Gateway")
    with pytest.raises(SourceDown):
        store.read()


def test_spent_counts_both_apis_and_keeps_what_the_store_shows() -> None:
    """For the ledger and for `connector test`."""
    store = _filled(Store())
    connector = store.connector(b2b=True)
    list(connector.examine())
    assert connector.spent.calls == len(store.calls)
    assert connector.spent.limits["x-rate-limit-requests-quota"] == "450"
    connector.close()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_no_refusal_shows_the_token(status: int) -> None:
    """Not even when the store repeats it."""
    store = _filled(Store())
    store.before = lambda _number, _call: v3_refusal(status, f"bad token {TOKEN}")
    with pytest.raises(UnpostedError) as caught:
        store.read()
    assert TOKEN not in caught.value.message + caught.value.next_step


def test_a_refusal_names_what_to_grant() -> None:
    """403 leads to the page of permissions."""
    store = _filled(Store({"scopes": frozenset({"store_v2_customers_read_only"})}))
    with pytest.raises(SourceRefused) as caught:
        store.read()
    assert "docs/connectors" in caught.value.next_step
