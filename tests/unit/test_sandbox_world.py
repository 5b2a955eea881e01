"""The demo world says what the spec's worked example says: counted from its raw files by plain code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.support.plain_card import AS_OF, START, PlainOrder, PlainRow, files, plain_card, plain_orders, rows
from unposted.sandbox.demo import DEMO_AS_OF, write_demo

_ANNOTATIONS = {"OData.Community.Display.V1.FormattedValue", "Microsoft.Dynamics.CRM.lookuplogicalname"}
_STATUSES = ("awaiting_sync", "in_dataverse", "near_match", "other_entity", "no_key")
_WORKLIST = (
    ("Wholesale-X", "18400.00", "in_dataverse"),
    ("Granite Peak Provisioning", "11300.40", "other_entity"),
    ("Bluestem Hospitality Group", "9870.40", "no_match"),
    ("Northlight Interiors", "7259.50", "in_dataverse"),
    ("Harbor & Pine Outfitters", "6412.75", "near_match"),
    ("Caleb Okonjo", "1124.90", "other_entity"),
    ("Gideon Straker", "1025.05", "no_match"),
    ("Theo Marchetti", "918.45", "near_match"),
    ("Maëlle Gagnier", "901.18", "no_match"),
    ("Noémie Tremblay-Roy", "846.30", "no_match"),
    ("Oskar Lindqvist", "742.60", "in_dataverse"),
    ("Lena Hartwell", "655.20", "near_match"),
    ("Desmond Pryce", "617.60", "no_key"),
    ("Wren Abernathy", "433.17", "no_match"),
    ("Ines Valderrama", "389.00", "awaiting_sync"),
    ("Rosalind Achebe", "219.00", "no_key"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, written once."""
    return write_demo(tmp_path_factory.mktemp("demo")).parent


@pytest.fixture(scope="module")
def card(folder: Path) -> list[PlainRow]:
    """Its worklist, worked out by plain code."""
    return plain_card(folder)


@pytest.fixture(scope="module")
def orders(folder: Path) -> list[PlainOrder]:
    """Its orders, each in its newest version."""
    return plain_orders(folder)


def _status(row: PlainRow) -> str:
    return next((status for status in _STATUSES if status in row.flags), "no_match")


def test_the_headline_is_the_worked_example(card: list[PlainRow]) -> None:
    """17 absent parties, 6 B2B and 11 DTC, 61,200.00 USD blocked, Wholesale-X the largest with 18,400.00."""
    assert len(card) == 17
    assert [sum(row.stores == {store} for row in card) for store in ("wholesale", "dtc")] == [6, 11]
    assert sum(row.blocked for row in card) == Decimal("61200.00")
    assert (card[0].name, card[0].blocked) == ("Wholesale-X", Decimal("18400.00"))


def test_four_of_them_are_in_dataverse_as_accounts_and_contacts(card: list[PlainRow]) -> None:
    """The flag counts four, of which one has another status first."""
    found = [row for row in card if "in_dataverse" in row.flags]
    assert sorted(row.name for row in found) == [
        "Ines Valderrama", "Northlight Interiors", "Oskar Lindqvist", "Wholesale-X",
    ]  # fmt: skip
    assert sum(_status(row) == "in_dataverse" for row in found) == 3


def test_every_row_has_the_value_and_the_status_that_the_story_tells(card: list[PlainRow]) -> None:
    """Sixteen named rows, and one sale at the till without any name."""
    told = [(row.name, str(row.blocked), _status(row)) for row in card]
    assert told[:-1] == list(_WORKLIST)
    assert told[-1][0].startswith("#US")
    assert told[-1][1:] == ("84.50", "no_key")


def test_every_status_occurs_and_one_party_is_ambiguous(card: list[PlainRow]) -> None:
    """Each join status has its row, so that every path of the worklist is seen in the demo."""
    assert {_status(row) for row in card} == {*_STATUSES, "no_match"}
    assert [row.name for row in card if "ambiguous" in row.flags] == ["Northlight Interiors"]


def test_look_alikes_look_alike_by_one_thing_each(card: list[PlainRow], folder: Path) -> None:
    """A folded address, a phone number, and a name with its address: one row for each kind of near match."""
    masters = list(rows(folder, "finance_operations/*.json"))
    phones = {"".join(char for char in node["PrimaryContactPhone"] if char.isdigit())[-10:] for node in masters}
    streets = {node["AddressStreet"] for node in masters}
    near = [row for row in card if "near_match" in row.flags]
    assert [row.name for row in near] == ["Harbor & Pine Outfitters", "Theo Marchetti", "Lena Hartwell"]
    by_phone = [row.name for row in near if any(hint.removeprefix("phone ") in phones for hint in row.hints)]
    assert by_phone == ["Theo Marchetti"]
    assert "418 Juniper Lane" in streets


def test_rows_in_canadian_dollars_are_rounded_once_and_half_even(card: list[PlainRow]) -> None:
    """Three times 411.50 CAD at 0.73 is 901.185: 901.18, not 901.19 and not three rounded orders' 901.20."""
    row = next(row for row in card if row.name == "Maëlle Gagnier")
    assert [(order.currency, order.value) for order in row.orders] == [("CAD", Decimal("411.5"))] * 3
    assert row.blocked == Decimal("901.18")
    assert {order.currency for row in card for order in row.orders} == {"USD", "CAD"}


@pytest.mark.parametrize("seed", [1, 7, 99])
def test_the_story_is_the_same_in_every_seed(seed: int, tmp_path: Path, card: list[PlainRow]) -> None:
    """Only the background is drawn: the seventeen rows do not depend on luck."""
    other = plain_card(write_demo(tmp_path, seed).parent)
    assert [(row.name, row.blocked, row.flags) for row in other][:-1] == [
        (row.name, row.blocked, row.flags) for row in card
    ][:-1]
    assert len(other) == 17


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    """Every file, byte for byte; another seed gives another world."""
    again = write_demo(tmp_path / "new" / "folder").parent
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert all((folder / name).read_bytes() == (again / name).read_bytes() for name in names)
    first = Path("exports/shopify/orders-001.json")
    other = write_demo(tmp_path / "other", seed=3).parent
    assert (other / first).read_bytes() != (folder / first).read_bytes()


def test_a_believable_background_surrounds_them(orders: list[PlainOrder], card: list[PlainRow]) -> None:
    """Some 900 orders, of which some 250 are active, in the week and of some 180 parties that have their record."""
    absent = {row.party for row in card}
    healthy = [
        order for order in orders if order.active and START <= order.placed <= AS_OF and order.party not in absent
    ]
    assert 850 <= len(orders) <= 950
    assert 240 <= len(healthy) <= 265
    assert 170 <= len({order.party for order in healthy}) <= 190
    shop = [order.placed for order in orders if order.store == "dtc"]
    assert timedelta(days=55) < max(shop) - min(shop) < timedelta(days=65)
    both = {order.party for order in healthy if order.store == "dtc"} & {
        order.party for order in healthy if order.store == "wholesale"
    }
    assert len(both) == 1


def test_orders_stand_on_and_beside_every_edge_of_the_week(orders: list[PlainOrder], card: list[PlainRow]) -> None:
    """A second before the week, its first instant, the as-of instant and the second after it."""
    placed = {order.placed for order in orders if order.active}
    assert {START - timedelta(seconds=1), START, AS_OF, AS_OF + timedelta(seconds=1)} <= placed
    counted = {order.placed for row in card for order in row.orders}
    assert {START, AS_OF} <= counted
    assert DEMO_AS_OF == AS_OF
    assert DEMO_AS_OF.isoformat() == "2026-04-12T18:00:00-04:00"


def test_each_reason_not_to_count_would_change_the_card(orders: list[PlainOrder], card: list[PlainRow]) -> None:
    """Orders that do not count belong to people whom nobody has a record of, or would make a row larger."""
    absent = {row.party for row in card}
    dead = [order for order in orders if not order.active and START <= order.placed <= AS_OF]
    unheard_of = [order for order in dead if order.party not in absent and order.store == "wholesale"]
    assert len(unheard_of) == 7
    assert sum(order.party not in absent for order in dead if order.store == "dtc") == 10
    assert sum(order.value for order in dead if order.name == "Wholesale-X") == Decimal("13200.00")


def test_two_orders_come_twice_and_the_newer_version_is_not_always_the_later_one(folder: Path) -> None:
    """The shop's older version is read after the newer one, the wholesale store's before it."""
    shop = _twice((node["id"], node["updatedAt"]) for node in rows(folder, "shopify/orders*.json"))
    assert [first > second for first, second in shop] == [True]
    dates = ((node["id"], node["date_modified"]) for node in rows(folder, "bigcommerce/orders*.json"))
    trade = _twice((key, parsedate_to_datetime(date).isoformat()) for key, date in dates)
    assert [first > second for first, second in trade] == [False]


def _twice(versions: Iterable[tuple[object, str]]) -> list[list[str]]:
    found: dict[object, list[str]] = {}
    for key, changed in versions:
        found.setdefault(key, []).append(changed)
    return [changes for changes in found.values() if len(changes) > 1]


def test_masters_cover_what_makes_matching_hard(folder: Path) -> None:
    """Blocked records, two addresses in a field, ids in three spellings, tax ids with and without a country."""
    masters = list(rows(folder, "finance_operations/*.json"))
    assert {node["OnHoldStatus"] for node in masters} == {"No", "All", "Invoice"}
    assert any(";" in node["PrimaryContactEmail"] for node in masters)
    assert any(node["PrimaryContactEmail"].isupper() for node in masters)
    assert any(node["EcomCustomerId"].startswith("gid://shopify/Customer/") for node in masters)
    assert any(node["EcomCustomerId"].isdigit() for node in masters)
    taxes = [node["TaxExemptNumber"] for node in masters if node["TaxExemptNumber"]]
    assert any(tax[:2].isalpha() for tax in taxes)
    assert any(tax[0].isdigit() for tax in taxes)
    assert any(node["PrimaryContactEmail"].startswith("noreply@") for node in masters)


def test_nobody_real_is_in_it(folder: Path) -> None:
    """Every address ends in a domain that is kept for examples, every phone number is one of the made-up ones."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("exports/*/*.json")))
    domains = set(re.findall(r"[\w.+-]+@([\w-]+\.[\w.-]+)", text)) - _ANNOTATIONS
    assert "example.com" in domains
    assert all(domain.lower().endswith((".example", "example.com", "example.org", "example.net")) for domain in domains)
    phones = re.findall(r'"\+1(\d+)"', text)
    assert len(phones) > 500
    assert all(re.fullmatch(r"\d{3}55501\d\d", phone) for phone in phones)


def test_history_was_taken_after_the_as_of_instant_and_holds_nothing_from_later(folder: Path) -> None:
    """The export was taken at half past six: no order was placed or changed after that."""
    taken = datetime(2026, 4, 12, 22, 30, tzinfo=UTC)
    moments = [datetime.fromisoformat(node["updatedAt"]) for node in rows(folder, "shopify/orders*.json")]
    assert max(moments) <= taken
    assert len(files(folder, "shopify/orders*.json")) >= 3
