"""What the credentials open: missing rights, absent modules, closed doors, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.adobe_shop import ALL, SECRETS, Shop, plain_order, shop, world_shop
from unposted.connectors.adobe_commerce.answers import filled
from unposted.connectors.live import Fact, PageRequest
from unposted.errors import BadAnswer, LimitReached, SignIn, SourceDown, SourceRefused
from unposted.sandbox.services.adobe_commerce_switches import AdobeCommerceSwitches
from unposted.sandbox.wire import Answer, Call, html_answer, json_answer

_SALES, _CUSTOMERS, _COMPANIES = "Magento_Sales::actions_view", "Magento_Customer::customer", "Magento_Company::index"


def _facts(opened: Shop) -> list[Fact]:
    return list(opened.connector.examine())


def _levels(opened: Shop, check: str) -> dict[str, str]:
    return {fact.text.partition(":")[0]: fact.level for fact in _facts(opened) if fact.check == check}


def test_the_facts_come_in_their_order() -> None:
    """Who we are, what is granted, how far back, companies, paging, clock, limits: all well in a healthy store."""
    facts = _facts(world_shop(quotes=True))
    assert list(dict.fromkeys(fact.check for fact in facts)) == [
        "credentials", "permissions", "oldest record", "companies seen", "paging", "clock skew", "limits",
    ]  # fmt: skip
    assert {fact.level for fact in facts} == {"ok"}


def test_the_oldest_order_is_told() -> None:
    """The first sale of the world is of 14 February."""
    (fact,) = (fact for fact in _facts(world_shop()) if fact.check == "oldest record")
    assert "2026-02-14 08:02:45 UTC" in fact.text


def test_a_wrong_credential_fails() -> None:
    """`connector test` with a wrong token ends in SignIn, not in a warning."""
    with pytest.raises(SignIn):
        _facts(world_shop(auth="bearer", secrets=SECRETS | {"UNPOSTED_TRADE_TOKEN": "somebody-elses-token"}))


@pytest.mark.parametrize(
    ("lacking", "name", "level", "hides"),
    [
        (_CUSTOMERS, "customers", "warn", "only known by what their orders show"),
        (_COMPANIES, "companies", "warn", "as far as orders show them"),
        (_SALES, "orders", "fail", "no order can be read"),
    ],
)
def test_a_narrowed_right_is_told_with_what_it_hides(lacking: str, name: str, level: str, hides: str) -> None:
    """Each missing resource warns, or fails where nothing is left; the fact names the resource to grant."""
    granted = frozenset({_SALES, _CUSTOMERS, _COMPANIES, "Magento_Backend::store"}) - {lacking}
    facts = _facts(world_shop(switches=AdobeCommerceSwitches(granted=granted)))
    (fact,) = (fact for fact in facts if fact.level != "ok" and fact.check == "permissions")
    assert (fact.text.partition(":")[0], fact.level) == (name, level)
    assert lacking in fact.text
    assert hides in fact.text


def test_a_missing_right_is_told_apart_from_a_dead_token() -> None:
    """magento/magento2#40960: the store says 401 with the same words for both; another path tells which it is."""
    narrowed = shop(auth="bearer", switches=AdobeCommerceSwitches(granted=frozenset({_CUSTOMERS})))
    with pytest.raises(SourceRefused, match=_SALES) as caught:
        narrowed.ids()
    assert caught.value.code == "not-allowed"
    dead = shop(auth="bearer", secrets=SECRETS | {"UNPOSTED_TRADE_TOKEN": "a-token-that-was-revoked"})
    with pytest.raises(SignIn, match=_SALES):
        dead.ids()


def test_a_token_that_is_revoked_in_the_middle_of_a_run_is_a_refusal_to_sign_in() -> None:
    """That it opened the store a minute ago does not make it a missing right."""
    opened = shop(auth="bearer")
    opened.put(plain_order(1, "2026-04-07 10:00:00"))
    assert opened.ids() == ["1"]
    opened.switch(takes_integration_as_bearer=False)
    with pytest.raises(SignIn):
        opened.ids()


def test_a_right_to_the_store_views_is_not_needed() -> None:
    """Who may read orders is let in, though the configuration stays hidden."""
    granted = frozenset({_SALES, _CUSTOMERS, _COMPANIES})
    first = _facts(world_shop(switches=AdobeCommerceSwitches(granted=granted)))[0]
    assert (first.check, first.level) == ("credentials", "ok")


@pytest.mark.parametrize("parameters", ["object", "list"])
def test_a_placeholder_is_filled_from_a_list_or_an_object(parameters: Any) -> None:
    """magento/magento2#38426: `%resources` stands unfilled in the message; its value comes beside it, in two ways."""
    switches = AdobeCommerceSwitches(takes_integration_as_bearer=False, parameters=parameters)
    with pytest.raises(SignIn) as caught:
        shop(switches, auth="bearer").ids()
    assert "%" not in caught.value.message
    assert _SALES in caught.value.message


@pytest.mark.parametrize(
    ("message", "parameters", "shown"),
    [
        (
            "No such entity with %fieldName = %fieldValue",
            {"fieldName": "id", "fieldValue": 4},
            "No such entity with id = 4",
        ),
        ("%1 of %2", ["a", "b"], "a of b"),
        ("to %resources.", [{"resources": "X::y"}], "to X::y."),
        ("to %resources.", None, "to %resources."),
        ("100%", ["a", "b"], "100%"),
    ],
)
def test_messages_are_filled(message: str, parameters: object, shown: str) -> None:
    """Numbered and named placeholders; what has no value stays as it is."""
    assert filled(message, parameters) == shown


def test_open_source_has_no_companies_and_is_read_all_the_same() -> None:
    """/V1/company answers 404 there: the stream is empty, a fact warns, orders come as ever."""
    opened = world_shop(switches=AdobeCommerceSwitches(has_b2b=False))
    assert opened.ids("companies", None) == []
    assert list(opened.stream("companies").recount(None, None)) == []  # type: ignore[misc]
    assert len(opened.ids()) == 245
    facts = {fact.text.partition(":")[0]: fact for fact in _facts(opened)}
    assert facts["companies"].level == "warn"
    assert "B2B modules are absent" in facts["companies"].text


def test_modules_that_must_be_there_are_missed() -> None:
    """With b2b = true the absence of the B2B modules is an error, in the reading and in the examination."""
    opened = world_shop(switches=AdobeCommerceSwitches(has_b2b=False), b2b=True)
    with pytest.raises(SourceRefused, match="does not match any route"):
        opened.ids("companies", None)
    assert _levels(opened, "permissions")["companies"] == "fail"


def test_maintenance_is_waited_for() -> None:
    """A 503 page for people is tried again, and the reading goes on when the store is back."""
    opened = shop(AdobeCommerceSwitches(is_in_maintenance=True))
    opened.put(plain_order(1, "2026-04-07 10:00:00"))
    opened.between.append(lambda _call: opened.switch(is_in_maintenance=len(opened.asked) < 3))
    assert opened.ids() == ["1"]
    assert len(opened.waits) == 2


def test_long_maintenance_is_told() -> None:
    """After every try the error says 503 and what was seen there, not that JSON was wrong."""
    with pytest.raises(SourceDown, match=r"503.*maintenance"):
        shop(AdobeCommerceSwitches(is_in_maintenance=True)).ids()


def test_a_firewall_is_told_from_a_missing_right() -> None:
    """A 403 page for people is no answer of the store's: the words say so."""
    with pytest.raises(SourceRefused, match="firewall"):
        shop(AdobeCommerceSwitches(is_behind_firewall=True)).ids()


def test_a_throttled_store_is_obeyed() -> None:
    """429 with Retry-After: we wait as long as it asks, and say for what."""
    opened = shop(AdobeCommerceSwitches(throttled_until_call=3, retry_after=11))
    opened.put(plain_order(1, "2026-04-07 10:00:00"))
    assert opened.ids() == ["1"]
    assert [seconds for seconds, _ in opened.waits] == [11, 11, 11]
    assert "Too Many Requests" in opened.waits[0][1]


def test_a_wait_of_hours_ends_the_run() -> None:
    """A daily limit is not waited for: the error says when to come again."""
    with pytest.raises(LimitReached) as caught:
        shop(AdobeCommerceSwitches(throttled_until_call=9, retry_after=7200)).ids()
    assert "13 Apr 2026 00:30 UTC" in caught.value.next_step


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"items": [], "search_criteria": {"filter_groups": []}}),
        json_answer([]),
        Answer(200, (("Content-Type", "application/json"),), b'{"items":[{"entity_id":1'),
        html_answer(200, "Please log in"),
    ],
    ids=["no total_count", "a bare list", "cut", "a page for people"],
)
def test_an_answer_of_another_shape_is_no_empty_store(answer: Answer) -> None:
    """A success without total_count, a list, half a body or a log-in page is an error, never zero orders."""
    opened = shop()
    opened.instead += [answer] * 9
    with pytest.raises(BadAnswer):
        opened.ids()


def test_an_answer_that_was_cut_once_is_asked_for_again() -> None:
    """Half a body is a failure of the wire: the same page is fetched anew."""
    opened = shop()
    opened.put(plain_order(1, "2026-04-07 10:00:00"))
    opened.instead.append(Answer(200, (("Content-Type", "application/json"),), b'{"items":[{"entity_id":1'))
    assert opened.ids() == ["1"]


def test_an_empty_store_may_write_its_items_as_null() -> None:
    """No items at all is an empty page when total_count says zero."""
    opened = shop()
    opened.instead.append(json_answer({"items": None, "search_criteria": {}, "total_count": 0}))
    page = opened.stream("orders").fetch(PageRequest(ALL))
    assert (page.items, page.next) == ([], None)


def test_a_shifted_database_is_found_out() -> None:
    """magento/magento2#28181: an order that is not found by the time that it shows fails the examination."""
    opened = world_shop(switches=AdobeCommerceSwitches(hours_shown=1))
    (fact,) = (fact for fact in _facts(opened) if fact.check == "paging")
    assert fact.level == "fail"
    assert "UTC" in fact.text


def test_an_order_that_changes_during_the_examination_is_no_shift() -> None:
    """The newest order may change between two looks; that fails nothing."""
    opened = world_shop(auth="bearer")

    def touch(call: Call) -> None:
        if any(value == "eq" for name, value in call.query if name.endswith("[condition_type]")):
            row = next(entry.row for entry in opened.service.shelves["orders"].entries())
            opened.put(row | {"entity_id": _newest(opened), "updated_at": "2026-04-12 22:29:59"})

    opened.between.append(touch)
    assert all(fact.level == "ok" for fact in _facts(opened) if fact.check == "paging")


def _newest(opened: Shop) -> int:
    rows = [entry.row for entry in opened.service.shelves["orders"].entries()]
    return int(max(rows, key=lambda row: (row["updated_at"], row["entity_id"]))["entity_id"])


def test_a_clock_that_is_off_warns() -> None:
    """More than two minutes between the store's clock and ours is told."""
    (fact,) = (fact for fact in _facts(world_shop(ahead=-400)) if fact.check == "clock skew")
    assert fact.level == "warn"
    assert "400 s" in fact.text


def test_no_person_and_no_secret_stands_in_an_error() -> None:
    """Every refusal that the store can give is free of tokens and of buyers' addresses."""
    makers: list[Callable[[], Shop]] = [
        lambda: world_shop(auth="bearer", switches=AdobeCommerceSwitches(takes_integration_as_bearer=False)),
        lambda: world_shop(switches=AdobeCommerceSwitches(granted=frozenset({_CUSTOMERS}))),
        lambda: world_shop(switches=AdobeCommerceSwitches(is_in_maintenance=True)),
        lambda: world_shop(switches=AdobeCommerceSwitches(broken=frozenset({20_311}))),
        lambda: world_shop(store_view="retail"),
    ]
    for make in makers:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - each kind of error is looked at
            make().ids()
        text = json.dumps([str(caught.value), repr(caught.value)])
        assert not [secret for secret in SECRETS.values() if secret in text]
        assert "@" not in text
