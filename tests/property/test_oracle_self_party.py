"""The oracle proves itself on tiny worlds: parties and their match, each answer worked out by hand."""

from __future__ import annotations

import pytest

from tests.support.world_examples import (
    account,
    company,
    email,
    external_id,
    master,
    only_row,
    order,
    rows,
    shop,
    tax_id,
)
from unposted.domain.records import CompanyLink, Key
from unposted.workspace.model import FieldMap

_BIGCOMMERCE = (shop(platform="bigcommerce"), shop("eu"))
_DE = tax_id("DE445566778", "~445566778")
_FR = tax_id("FR445566778", "~445566778")
_BARE = tax_id("445566778")


def test_guests_join_on_their_address_across_stores() -> None:
    """Two guest orders with one address are one person, in one store or two."""
    row = only_row(order("1"), order("2"), eu=[order("1")])
    assert (row.kind, row.orders, row.stores, row.blocked) == ("person", 3, ("eu", "web"), 30000)


def test_different_addresses_are_different_persons() -> None:
    """Plus-tags and dots stay significant."""
    addresses = ["ana@example.com", "ana+shop@example.com", "a.na@example.com"]
    assert len(rows(*(order(address, keys=email(address)) for address in addresses))) == 3


def test_an_account_joins_its_addresses() -> None:
    """An account's own address and those of its orders belong to one person, and guests who use them too."""
    ana = account("1001", keys=email("ana@example.com"), email="ana@example.com")
    row = only_row(
        ana,
        order("1", customer_id="1001", keys=email("work@example.org")),
        order("2", keys=email("work@example.org")),
        eu=[order("3", keys=email("ana@example.com"))],
    )
    assert (row.orders, row.emails) == (3, ("ana@example.com", "work@example.org"))


def test_an_account_without_orders_joins_guests() -> None:
    """An account that holds two addresses makes the guests behind them one person."""
    both = account("1001", keys=email("ana@example.com", "work@example.org"))
    row = only_row(both, order("1"), order("2", keys=email("work@example.org")))
    assert (row.orders, row.external_ids) == (2, ("1001",))


def test_placeholders_join_nobody() -> None:
    """Two guests behind a placeholder stand alone, without a key; the placeholder is still shown."""
    found = rows(order("1", keys=(), email="noreply@example.com"), order("2", keys=(), email="noreply@example.com"))
    assert [(row.status, row.orders, row.emails) for row in found] == [("no_key", 1, ("noreply@example.com",))] * 2


def test_an_account_without_address_is_its_id() -> None:
    """A person without an address stands under the store's own customer id, one party in each store."""
    orders = [order("1", keys=(), customer_id="1001"), order("2", keys=(), customer_id="1001")]
    found = rows(*orders, eu=[order("1", keys=(), customer_id="1001")])
    assert [(row.orders, row.external_ids, row.status) for row in found] == [
        (2, ("1001",), "no_match"),
        (1, ("1001",), "no_match"),
    ]


def test_orders_outside_the_window_join_nobody() -> None:
    """An address that an account used in a cancelled order joins no one."""
    found = rows(
        order("1", customer_id="1001", keys=email("work@example.org"), signals="cancelled"),
        order("2", customer_id="1001"),
        order("3", keys=email("work@example.org")),
    )
    assert [row.orders for row in found] == [1, 1]


def test_a_company_is_one_party_whoever_buys() -> None:
    """Two buyers of one company are one party with its name; what one buys privately is another party."""
    found = rows(
        company("501", name="Acme"),
        order("1", company_id="501"),
        order("2", company_id="501", keys=email("ben@example.com")),
        order("3"),
    )
    assert [(row.kind, row.company, row.orders) for row in found] == [("company", "Acme", 2), ("person", None, 1)]


def test_company_orders_join_no_persons() -> None:
    """Two guests do not become one because a buyer used both addresses for a company."""
    bought = [order("1", company_id="501", customer_id="1001", keys=email("ana@example.com", "ben@example.com"))]
    found = rows(*bought, order("2"), order("3", keys=email("ben@example.com")))
    assert sorted(row.kind for row in found) == ["company", "person", "person"]


@pytest.mark.parametrize(
    ("here", "there", "parties"),
    [
        (external_id("ext-1"), external_id("ext-1"), 1),
        (_DE, _DE, 1),
        (_DE, _BARE, 1),
        (_BARE, _BARE, 1),
        (_DE, _FR, 2),
        (external_id("445566778"), _BARE, 2),
        (email("ap@example.com"), email("ap@example.com"), 2),
        ((), (), 2),
    ],
)
def test_companies_of_two_stores_join(here: tuple[Key, ...], there: tuple[Key, ...], parties: int) -> None:
    """An explicit external id or a tax id joins companies of two stores; equal platform ids and addresses do not."""
    found = rows(
        company("501", keys=here),
        order("1", company_id="501", keys=()),
        eu=[company("501", keys=there), order("1", company_id="501", keys=())],
    )
    assert len(found) == parties


def test_companies_join_through_others() -> None:
    """A company without orders may join two that share nothing with each other."""
    row = only_row(
        company("501", keys=_DE, name="Zed"),
        company("502", keys=(*_DE, *external_id("ext-1")), name="Acme"),
        order("1", company_id="501", keys=()),
        eu=[company("9", keys=external_id("ext-1"), name="Brook"), order("1", company_id="9", keys=())],
    )
    assert (row.orders, row.company, row.external_ids) == (2, "Brook", ("501", "502", "9", "ext-1"))


def test_the_keys_that_orders_show_join_companies() -> None:
    """Without any company record the external id on the orders joins them, and the newest order names the party."""
    row = only_row(
        order("1", company_id="501", company_name="Old", keys=external_id("ext-1")),
        order("2", company_id="501", company_name="New", keys=(), created_at=order().created_at.replace(hour=13)),
        eu=[order("1", company_id="77", keys=external_id("ext-1"))],
    )
    assert (row.orders, row.company) == (3, "New")


@pytest.mark.parametrize(
    "link",
    [
        CompanyLink("501", "order", "1"),
        CompanyLink("501", "customer", "1001"),
        CompanyLink("501", "email", "ana@example.com"),
    ],
)
def test_links_tell_the_company(link: CompanyLink) -> None:
    """A BigCommerce order is bought for the company that a link names by order, customer or address."""
    row = only_row(link, order(customer_id="1001"), stores=_BIGCOMMERCE)
    assert (row.kind, row.external_ids) == ("company", ("501",))


def test_an_ambiguous_link_is_ignored() -> None:
    """A value that two companies claim says nothing; the next link that is clear decides."""
    claims = [CompanyLink("501", "customer", "1001"), CompanyLink("502", "customer", "1001")]
    bought = order(customer_id="1001")
    assert only_row(*claims, bought, stores=_BIGCOMMERCE).kind == "person"
    clear = CompanyLink("503", "email", "ana@example.com")
    assert only_row(*claims, clear, bought, stores=_BIGCOMMERCE).external_ids == ("503",)


def test_the_closest_link_decides() -> None:
    """A link by order goes before one by customer, and both before one by address; links stay in their store."""
    links = [
        CompanyLink("503", "email", "ana@example.com"),
        CompanyLink("502", "customer", "1001"),
        CompanyLink("501", "order", "1"),
    ]
    assert only_row(*links, order(customer_id="1001"), stores=_BIGCOMMERCE).external_ids == ("501",)
    assert only_row(*links[:2], order(customer_id="1001"), stores=_BIGCOMMERCE).external_ids == ("502",)
    assert only_row(*links, eu=[order(customer_id="1001")], stores=_BIGCOMMERCE).kind == "person"


@pytest.mark.parametrize(
    ("mine", "theirs", "present"),
    [
        (email("ana@example.com"), email("ana@example.com"), True),
        (email("ana@example.com"), email("ben@example.com"), False),
        (email("ana+shop@example.com"), email("ana@example.com"), False),
        (_DE, _BARE, True),
        (_BARE, _DE, True),
        (_DE, _DE, True),
        (_DE, _FR, False),
        (_BARE, external_id("445566778"), False),
        ((Key("phone", "+12025550101"),), (Key("phone", "+12025550101"),), False),
        ((), (), False),
    ],
)
def test_a_person_is_present_when_a_key_hits(mine: tuple[Key, ...], theirs: tuple[Key, ...], present: bool) -> None:
    """E-mail, tax id (bare or with its country) and external id match their own kind, and nothing else does."""
    assert (rows(order(keys=mine), master(*theirs)) == ()) is present


def test_the_platform_id_is_an_external_id() -> None:
    """A master that keeps the storefront's customer id, in any case of letters, holds the person."""
    assert rows(order(keys=(), customer_id="Ab7"), master(*external_id("ab7"))) == ()


def test_all_accounts_of_a_person_count() -> None:
    """A tax id on another store's account that shares the address makes the person present."""
    known = account("77", keys=(*email("ana@example.com"), *_DE))
    assert rows(order(), master(*_DE), eu=[known]) == ()


@pytest.mark.parametrize(
    ("keys", "present"),
    [
        (external_id("501"), True),
        (email("ap@example.com"), True),
        (email("order@example.com"), True),
        (email("buyer@example.org"), True),
        (external_id("1001"), False),
        (external_id("buyer-ext"), False),
    ],
)
def test_what_a_company_is_matched_by(keys: tuple[Key, ...], present: bool) -> None:
    """A company matches by its own values and its buyers' addresses, not by its buyers' ids."""
    acme = company("501", keys=email("ap@example.com"))
    buyer = account("1001", keys=(*email("buyer@example.org"), *external_id("buyer-ext")))
    bought = order(company_id="501", customer_id="1001", keys=email("order@example.com"))
    assert (rows(acme, buyer, bought, master(*keys)) == ()) is present


def test_only_the_policy_s_keys_match() -> None:
    """With external ids alone an equal address does not make a party present; it is a near match."""
    row = only_row(order(), master(*email("ana@example.com")), field_map=FieldMap(match_on=("external_id",)))
    assert (row.status, row.flags) == ("near_match", ("no_key",))


def test_a_blocked_master_is_a_record() -> None:
    """A record on hold holds the party."""
    assert rows(order(), master(*email("ana@example.com"), blocked="All", one_time=True)) == ()


def test_a_master_is_read_in_its_newest_version() -> None:
    """A master whose newest version lost the address does not hold the party."""
    assert len(rows(order(), master(*email("ana@example.com")), master(*email("ben@example.com")))) == 1


def test_two_masters_make_a_conflict() -> None:
    """Keys that hit two accounts of one entity raise a note; two entities, or one account twice, do not."""
    bought = order(keys=(*email("ana@example.com"), *_DE))
    first, second = master(*_DE, entity="DEMF"), master(*email("ana@example.com"), entity="DEMF", account="C-002")
    assert only_row(bought, first, second).flags == ("conflict",)
    assert only_row(bought, first, second._replace(entity="CATU")).flags == ()
    assert only_row(bought, first, second._replace(account="C-001", keys=(*second.keys, *first.keys))).flags == ()
