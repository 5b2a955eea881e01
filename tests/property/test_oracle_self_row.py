"""The oracle proves itself on tiny worlds: entities, money, statuses and splits, each answer worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.oracle import judge
from tests.support.world_examples import (
    AS_OF,
    account,
    company,
    email,
    external_id,
    master,
    only_row,
    order,
    rows,
    shop,
    staged,
    tax_id,
    world,
)
from unposted.cards.reading import CurrencyAmount
from unposted.domain.records import Key, Order
from unposted.workspace.model import FieldMap, Override, Rule

_TAG = Rule(entity="CATU", tag="canada")
_SHIP = Rule(entity="DEUG", ship_to=("DE", "AT"))
_ANA = email("ana@example.com")
_PHONE = (Key("phone", "+12025550101"),)
_ADDRESS = (Key("name_address", "ana smith|10001|5"),)


@pytest.mark.parametrize(
    ("changes", "overrides", "entities"),
    [
        ({}, (), ("USTI",)),
        ({"country": "DE"}, (), ("DEUG",)),
        ({"country": "CA"}, (), ("USTI",)),
        ({"country": "DE", "tags": ("Canada",)}, (), ("CATU",)),
        ({"country": "DE", "tags": ("Canada",)}, (Override("ana@example.com", "usti"),), ("USTI",)),
        ({}, (Override(" Ana@Example.com", "CATU"),), ("CATU",)),
        ({}, (Override("ben@example.com", "CATU"),), ("USTI",)),
        ({"customer_id": "Ab7"}, (Override("gid://shopify/Customer/ab7", "CATU"),), ("CATU",)),
        ({"keys": tax_id("445566778")}, (Override("DE 445.566.778", "DEUG"),), ("DEUG",)),
        ({"keys": tax_id("DE445566778", "~445566778")}, (Override("FR445566778", "DEUG"),), ("USTI",)),
        ({"customer_id": "7"}, (Override("7", "CATU"), Override("ana@example.com", "DEUG")), ("CATU", "DEUG")),
    ],
)
def test_the_first_rank_with_a_rule_decides(
    changes: dict[str, Any], overrides: tuple[Override, ...], entities: tuple[str, ...]
) -> None:
    """An override goes before the order's tag, the tag before the ship-to country, that before the store's default."""
    row = only_row(order()._replace(**changes), field_map=FieldMap(rules=(_TAG, _SHIP), overrides=overrides))
    assert (row.expected_entities, row.ambiguous) == (entities, len(entities) > 1)


@pytest.mark.parametrize("key", ["502", "ap@example.com"])
def test_an_override_may_name_a_joined_company(key: str) -> None:
    """An override names a company by a value of any of its records, also of one without orders."""
    shared = external_id("ext-1")
    row = only_row(
        company("501", keys=shared),
        company("502", keys=(*shared, *email("ap@example.com"))),
        order(company_id="501"),
        field_map=FieldMap(overrides=(Override(key, "CATU"),)),
    )
    assert row.expected_entities == ("CATU",)


def test_a_rule_may_belong_to_one_store() -> None:
    """A rule of one store leaves the other store's orders alone."""
    rule = Rule(entity="catu", tag="canada", store="eu")
    assert only_row(order(tags=("canada",)), field_map=FieldMap(rules=(rule,))).expected_entities == ("USTI",)
    assert only_row(eu=[order(tags=("canada",))], field_map=FieldMap(rules=(rule,))).expected_entities == ("CATU",)


def test_two_tags_of_one_order_expect_both() -> None:
    """Rules of one rank that disagree make the order expect both entities; lacking one of them blocks it."""
    rules = FieldMap(rules=(_TAG, Rule(entity="DEUG", tag="vip")))
    row = only_row(order(tags=("canada", "VIP")), master(*_ANA, entity="DEUG"), field_map=rules)
    assert (row.expected_entities, row.missing_entities, row.exists_in) == (("CATU", "DEUG"), ("CATU",), ("DEUG",))
    assert (row.status, row.flags, row.orders) == ("other_entity", ("ambiguous",), 1)


def test_only_the_orders_of_the_lacking_entity_are_blocked() -> None:
    """Orders that disagree make the party ambiguous; what an entity with the record bills is not blocked."""
    row = only_row(
        order("1", total=100),
        order("2", total=5000, country="DE", created_at=AS_OF - timedelta(days=1)),
        master(*_ANA),
        field_map=FieldMap(rules=(_SHIP,)),
    )
    assert (row.expected_entities, row.missing_entities, row.orders, row.blocked) == (
        ("DEUG", "USTI"), ("DEUG",), 1, 5000
    )  # fmt: skip
    assert row.first_order_at == row.last_order_at == AS_OF - timedelta(days=1)


def test_a_record_elsewhere_does_not_help() -> None:
    """A record in another entity is shown and changes nothing; company codes compare in any case."""
    row = only_row(order(), master(*_ANA, entity="demf"))
    assert (row.missing_entities, row.exists_in, row.status) == (("USTI",), ("DEMF",), "other_entity")
    assert rows(order(), master(*_ANA, entity="usti")) == ()


def test_an_unmapped_order_needs_any_entity() -> None:
    """Without an entity a party is absent when no entity holds it, and present when any does."""
    stores = (shop(entity=None), shop("eu"))
    row = only_row(order(), stores=stores)
    assert (row.expected_entities, row.missing_entities, row.flags) == ((), (), ("unmapped",))
    assert rows(order(), master(*_ANA, entity="DEMF"), stores=stores) == ()


def test_an_unmapped_order_beside_a_mapped_one() -> None:
    """A party that another entity holds is blocked by its mapped order alone, and still flagged unmapped."""
    stores = (shop(entity=None), shop("eu"))
    row = only_row(order(), master(*_ANA, entity="CATU"), eu=[order("2", total=700)], stores=stores)
    assert (row.orders, row.blocked, row.stores) == (1, 700, ("eu", "web"))
    assert (row.expected_entities, row.status, row.flags) == (("USTI",), "other_entity", ("unmapped",))


def test_refunds_reduce_the_value_not_the_count() -> None:
    """What is left of each order is blocked, and its net is kept beside it."""
    row = only_row(order("1", refunded=2500, net=6000), order("2", refunded=10000, net=0))
    assert (row.orders, row.blocked, row.blocked_net) == (2, 7500, 6000)


def test_currencies_convert_by_their_own_digits() -> None:
    """Yen have no digits and dinars three; each currency keeps its own sum in the order of the codes."""
    row = only_row(
        order("1", currency="JPY", total=1000, net=900),
        order("2", currency="KWD", total=1500, net=1500),
        order("3", currency="JPY", total=10, net=10),
        rates={"JPY": "0.0067", "KWD": "3.25"},
    )
    assert row.blocked_by_currency == (CurrencyAmount("JPY", 1010), CurrencyAmount("KWD", 1500))
    assert (row.blocked, row.blocked_net) == (1164, 1097)  # 6.767 + 4.875 and 6.097 + 4.875 dollars


@pytest.mark.parametrize(("units", "blocked"), [(1, 0), (3, 2), (5, 2), (7, 4), (25, 12)])
def test_a_row_rounds_half_to_even_once(units: int, blocked: int) -> None:
    """Half a cent goes to the even cent, and a row rounds its sum rather than its orders."""
    assert only_row(order(currency="CAD", total=units, net=0), rates={"CAD": "0.5"}).blocked == blocked
    halves = [order(str(number), currency="CAD", total=1, net=0) for number in range(units)]
    assert only_row(*halves, rates={"CAD": "0.5"}).blocked == blocked


def test_a_missing_rate_makes_the_row_unknown() -> None:
    """One order in a currency without a rate keeps the row and leaves its reporting value unknown, even at zero."""
    row = only_row(order("1"), order("2", currency="CAD", total=0, net=0))
    assert (row.blocked, row.blocked_net, row.flags) == (None, None, ("unknown_rate",))
    assert row.blocked_by_currency == (CurrencyAmount("CAD", 0), CurrencyAmount("USD", 10000))


def test_totals_are_the_sum_of_rounded_rows() -> None:
    """Two rows of half a cent each show 0 and add up to 0; unknown rows are counted apart."""
    orders = [order(str(n), keys=email(f"p{n}@example.org"), currency="CAD", total=1, net=0) for n in range(2)]
    made = world(facts={"web": [*orders, order("9", currency="EUR")]}, rates={"CAD": "0.5"})
    blocked = judge(made).blocked
    assert (blocked.units, blocked.unknown_rate_rows) == (0, 1)
    assert blocked.by_currency == (CurrencyAmount("CAD", 2), CurrencyAmount("EUR", 10000))


def test_totals_without_any_rate_are_unknown() -> None:
    """Nothing is 0; rows of which none is known are unknown, in the total and in every split."""
    assert judge(world(facts={"web": []})).blocked.units == 0
    expected = judge(world(facts={"web": [order(currency="EUR")]}))
    assert (expected.blocked.units, dict(expected.splits["store"])) == (None, {"web": (1, None)})


def test_awaiting_sync_needs_every_blocked_order_to_be_young() -> None:
    """A blocked order of exactly fifteen minutes is no longer young; an order that is not blocked does not matter."""
    young, old = AS_OF - timedelta(minutes=15) + timedelta(microseconds=1), AS_OF - timedelta(minutes=15)
    assert only_row(order(created_at=young)).status == "awaiting_sync"
    assert only_row(order(created_at=old)).status == "no_match"
    assert only_row(order("1", created_at=old), order("2", created_at=young)).status == "no_match"
    german = order("2", created_at=young, country="DE")
    row = only_row(order("1"), german, master(*_ANA), field_map=FieldMap(rules=(_SHIP,)))
    assert (row.status, row.flags) == ("awaiting_sync", ("other_entity", "ambiguous"))


@pytest.mark.parametrize(
    ("number", "code", "status"),
    [
        (None, None, "in_dataverse"),
        ("C-009", "USTI", "in_dataverse"),
        ("C-001", "catu", "no_match"),
        ("C-001", "USTI", "in_dataverse"),
        ("C-001", None, "no_match"),
    ],
)
def test_in_dataverse_until_promoted(number: str | None, code: str | None, status: str) -> None:
    """A Dataverse record is promoted when its account number is a master's in its company, or in any if it has none."""
    record = staged(*_ANA, account_number=number, company_code=code)
    assert only_row(order(), record, master(entity="CATU")).status == status


def test_dataverse_is_found_by_the_policy_s_keys() -> None:
    """A Dataverse record under an equal phone number is none of the party's."""
    assert only_row(order(keys=(*_ANA, *_PHONE)), staged(*_PHONE)).status == "no_match"


@pytest.mark.parametrize(
    ("mine", "theirs", "near"),
    [
        (email("ana+shop@example.com"), email("ana@example.com"), True),
        (email("ana@example.com"), email("a.na+x@example.com"), True),
        (email("ana@example.com"), email("ana@example.org"), False),
        (_PHONE, _PHONE, True),
        (_ADDRESS, _ADDRESS, True),
        (tax_id("DE445566778", "~445566778"), tax_id("FR445566778", "~445566778"), True),
    ],
)
def test_near_matches(mine: tuple[Key, ...], theirs: tuple[Key, ...], near: bool) -> None:
    """A folded address, phone, name and address, or tax number but its country, that equal a master's: near."""
    row = only_row(order(keys=mine, customer_id="1001"), master(*theirs))
    assert row.status == ("near_match" if near else "no_match")


def test_near_matches_are_looked_for_where_the_record_is_missing() -> None:
    """A near match in an entity that nobody expects is no help; an unmapped party is looked for everywhere."""
    near = master(*email("a.na@example.com"), entity="CATU")
    assert only_row(order(), near).status == "no_match"
    assert only_row(order(), near, stores=(shop(entity=None), shop("eu"))).status == "near_match"


def test_an_unmapped_order_that_is_not_blocked_widens_nothing() -> None:
    """Where an unmapped order is not blocked, near matches are looked for in the missing entities alone."""
    stores = (shop(entity=None), shop("eu"))
    held = master(*_ANA, entity="DEMF")
    near = master(*email("a.na@example.com"), entity="CATU", account="C-002")
    row = only_row(order(), held, near, eu=[order("2")], stores=stores)
    assert (row.status, row.flags) == ("other_entity", ("unmapped",))


def test_no_key_means_nothing_to_match_on() -> None:
    """A party without values of the policy's kinds has no key, whatever else is known of it."""
    policy = FieldMap(match_on=("tax_id", "email"))
    assert only_row(order(keys=(), customer_id="1001"), field_map=policy).status == "no_key"
    assert only_row(order(keys=tax_id("445566778")), field_map=policy).status == "no_match"


def test_one_status_and_the_others_as_flags() -> None:
    """The first status in the order of what to do is the status; the others that apply are flags."""
    row = only_row(
        order(created_at=AS_OF),
        staged(*_ANA),
        master(*email("a.na@example.com"), entity="USTI"),
        master(*_ANA, entity="CATU"),
    )
    assert (row.status, row.flags) == ("awaiting_sync", ("in_dataverse", "near_match", "other_entity"))
    made = world(facts={"web": [order(created_at=AS_OF)], "crm": [staged(*_ANA)]})
    assert judge(made).in_dataverse == 1


@pytest.mark.parametrize(
    ("bought", "segment"),
    [
        (order(), "dtc"),
        (order(b2b=True), "b2b"),
        (order(company_name="Acme"), "b2b"),
        (order(keys=tax_id("445566778")), "b2b"),
        (order(company_id="501"), "b2b"),
        (order(customer_id="1001"), "b2b"),
        (order(customer_id="1002"), "b2b"),
        (order(customer_id="1003"), "dtc"),
    ],
)
def test_any_sign_of_business_makes_b2b(bought: Order, segment: str) -> None:
    """A B2B order, a company, a tax id or a B2B account makes the party B2B."""
    accounts = [account("1001", b2b=True), account("1002", keys=tax_id("445566778")), account("1003")]
    assert only_row(*accounts, bought).segment == segment


def test_any_of_its_stores_makes_b2b() -> None:
    """A store's default counts where the party has an active order; a DTC default takes nothing away."""
    stores = (shop(segment="dtc"), shop("eu", segment="b2b"))
    assert only_row(order(), stores=stores).segment == "dtc"
    assert only_row(order(), eu=[order("2")], stores=stores).segment == "b2b"
    assert only_row(order(b2b=True), stores=stores).segment == "b2b"


def test_splits_put_each_row_into_one_bucket() -> None:
    """Two stores are `several`, two entities `ambiguous`, none `unmapped`."""
    stores = (shop(), shop("eu", platform="bigcommerce"), shop("uk", entity=None))
    made = world(
        stores=stores,
        field_map=FieldMap(rules=(_SHIP,)),
        facts={
            "web": [order("1", total=100), order("2", keys=email("ben@example.com"), total=20)],
            "eu": [order("1", signals="status_id=11", country="DE", total=3)],
            "uk": [order("1", keys=email("cyd@example.org"), total=4000)],
        },
    )
    splits = judge(made).splits
    assert splits["store"] == {"several": (1, 103), "web": (1, 20), "uk": (1, 4000)}
    assert splits["platform"] == {"several": (1, 103), "shopify": (2, 4020)}
    assert splits["entity"] == {"ambiguous": (1, 103), "USTI": (1, 20), "unmapped": (1, 4000)}
    assert splits["segment"] == {"dtc": (3, 4123)}
    assert splits["status"] == {"no_match": (3, 4123)}


def test_rank_is_by_value_then_orders_then_age() -> None:
    """Unknown values come last; equal values rank by more orders, then by the earlier first order."""
    earlier = AS_OF - timedelta(days=5)
    found = rows(
        order("1", keys=email("p1@example.org"), currency="EUR"),
        order("2", keys=email("p2@example.org"), total=100),
        order("3", keys=email("p3@example.org"), total=100, created_at=earlier),
        order("4", keys=email("p4@example.org"), total=50),
        order("5", keys=email("p4@example.org"), total=50),
        order("6", keys=email("p6@example.org"), total=0, refunded=0),
        order("7", keys=email("p7@example.org"), total=900),
    )
    assert [row.emails[0][:2] for row in found] == ["p7", "p4", "p3", "p2", "p6", "p1"]
    assert [row.rank for row in found] == [1, 2, 3, 4, 5, 6]


def test_a_row_shows_every_value_of_the_party() -> None:
    """Addresses, tax ids with their country and external ids are shown sorted, each once, with the platform's id."""
    keys = (*_ANA, *tax_id("DE445566778", "~445566778"), *external_id("ext-1"))
    row = only_row(account("Ab7", keys=keys, email="ana@example.com"), order(customer_id="Ab7"))
    assert (row.emails, row.tax_ids, row.external_ids) == (("ana@example.com",), ("DE445566778",), ("ab7", "ext-1"))


def test_age_is_counted_from_the_first_blocked_order() -> None:
    """An older order that is not blocked makes the row no older."""
    recent = order("2", country="DE", created_at=AS_OF - timedelta(days=1))
    row = only_row(order("1"), recent, master(*_ANA), field_map=FieldMap(rules=(_SHIP,)))
    assert (row.age_days, row.first_order_at) == (1, recent.created_at)


def test_a_company_is_named_by_its_first_record() -> None:
    """The record of the alphabetically first store and id that has a name names the company."""
    row = only_row(
        company("501", name="Web Acme", keys=external_id("ext-1")),
        order("1", company_id="501", company_name="Order Acme"),
        eu=[company("9", keys=external_id("ext-1")), company("99", name="Eu Acme", keys=external_id("ext-1"))],
    )
    assert row.company == "Eu Acme"
