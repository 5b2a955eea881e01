"""The healthy rest: some 180 parties that order in the week and have their master record, and two months of history.

They are found by an e-mail address (written in another case, or as the second of two), by the storefront's id in the
master's extension field, or by a tax id with or without its country's letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, TypedDict

from unposted.sandbox.scene import AS_OF, WINDOW_START, Scene
from unposted.sandbox.values import Buyer, Lead, MasterRecord, Shopper, ShopSale, TradeSale, local

__all__ = ["present_firms", "present_shoppers", "strangers"]

_HISTORY_START = local("2026-02-11 08:00:00")
_FIRMS, _TRADERS, _SHOPPERS = 44, 15, 117
_SHOP_FINANCIAL = ("PAID",) * 14 + ("AUTHORIZED", "PENDING", "PARTIALLY_PAID", "PARTIALLY_REFUNDED", "EXPIRED")
_TRADE_STATUS = (2, 3, 7, 8, 9, 10, 10, 11, 11, 12, 13, 14)


class _Known(TypedDict, total=False):
    """What a master record shows of somebody, where that is not simply his own e-mail address."""

    email: str
    tax_id: str
    external_id: str


def _country(index: int) -> Literal["US", "CA"]:
    return "CA" if index % 7 == 3 else "US"


def _entity(country: str) -> Literal["usti", "catu"]:
    return "catu" if country == "CA" else "usti"


def _in_the_week(scene: Scene) -> datetime:
    span = AS_OF - timedelta(minutes=30) - WINDOW_START
    return WINDOW_START + timedelta(seconds=scene.rng.randint(0, int(span.total_seconds())))


def _before_the_week(scene: Scene) -> datetime:
    span = WINDOW_START - timedelta(hours=2) - _HISTORY_START
    return _HISTORY_START + timedelta(seconds=scene.rng.randint(0, int(span.total_seconds())))


# ---- the wholesale store


def present_firms(scene: Scene) -> None:
    """Let companies and traders order who have their record: some 85 orders in the week, some 130 before."""
    buyers = [buyer for index in range(_FIRMS) for buyer in _firm(scene, index)]
    buyers += [_trader(scene, index) for index in range(_TRADERS)]
    firsts = list({(buyer.firm.number if buyer.firm else buyer.account): buyer for buyer in reversed(buyers)}.values())
    for buyer in (*firsts, *scene.rng.sample(buyers, 24)):
        scene.trade_sale(_trade_sale(scene, buyer, _in_the_week(scene), _TRADE_STATUS))
    for _ in range(130):
        scene.trade_sale(_trade_sale(scene, scene.rng.choice(buyers), _before_the_week(scene), (2, 10, 10, 10, 5)))
    _both_countries(scene)
    _guest_of_a_firm(scene, buyers[0])


def _firm(scene: Scene, index: int) -> list[Buyer]:
    """Register a firm with one buyer or two, and its master record, found in one of six ways."""
    country = _country(index)
    name, domain = scene.people.firm_name()
    people = [scene.people.person(country, domain) for _ in range(1 + index % 2)]
    digits = scene.people.tax_digits()
    shown = f"{digits}RT0001" if country == "CA" else f"{digits[:2]}-{digits[2:]}"
    uuid = f"{scene.rng.getrandbits(32):08x}-{index:04x}-4000-8000-{scene.rng.getrandbits(48):012x}"
    firm = scene.firm(name, f"accounts@{domain}", people[0], shown if index % 6 in {2, 3} else None, uuid)
    ways: tuple[_Known, ...] = (
        {"email": firm.email},
        {"email": (people[0].email or "").title()},
        {"email": "", "tax_id": country + digits + ("RT0001" if country == "CA" else "")},
        {"email": f"billing@{domain}", "tax_id": shown.replace("-", " ")},
        {"email": "", "external_id": uuid.upper()},
        {"email": f"office@{domain}; {firm.email}"},
    )
    hold = {9: "All", 20: "Invoice"}.get(index, "No")
    record = scene.master(_entity(country), people[0], organization=name, hold=hold, **ways[index % 6])
    if index % 3:
        _promoted(scene, record)
    return [scene.buyer(person, firm) for person in people]


def _promoted(scene: Scene, record: MasterRecord) -> None:
    """Let dual-write have mirrored a master record into Dataverse."""
    scene.leads.append(
        Lead(
            place=record.place, created=_before_the_week(scene), name=record.organization, first=record.first,
            last=record.last, email=record.email.split(";")[0] or None, phone=record.phone or None,
            tax_id=record.tax_id or None, number=record.account, company=record.entity, customer_type=3,
        )
    )  # fmt: skip


def _trader(scene: Scene, index: int) -> Buyer:
    """Open an account for somebody who buys for himself; every third is known by the store's customer id."""
    person = scene.people.person(_country(index))
    buyer = scene.buyer(person, trade_name=f"{person.last} Studio" if index % 2 else "")
    external_id = str(buyer.account) if index % 3 == 0 else ""
    scene.master(_entity(person.place.country), person, email="" if external_id else None, external_id=external_id)
    return buyer


def _trade_sale(scene: Scene, buyer: Buyer, placed: datetime, statuses: Sequence[int]) -> TradeSale:
    inline = scene.rng.random() < 0.3
    place = buyer.person.place
    total = scene.rng.randint(18_000, 640_000) // 5 * 5
    status = scene.rng.choice(statuses)
    return TradeSale(
        buyer=buyer, placed=placed, changed=scene.soon_after(placed), total=total, status=status,
        currency="CAD" if place.country == "CA" else "USD", ship_to=place if inline else None,
        paid="captured" if status in {2, 10} else "", method="Credit Card" if status in {2, 10} else "Invoice",
    )  # fmt: skip


def _both_countries(scene: Scene) -> None:
    """Let a firm order to both countries: both entities are expected, and both have it.

    The order at home was begun by a visitor, and edited into the firm's own by the staff.
    """
    name, domain = scene.people.firm_name()
    person = scene.people.person("US", domain)
    firm = scene.firm(name, f"accounts@{domain}", person)
    buyer = scene.buyer(person, firm)
    home = _trade_sale(scene, buyer, local("2026-04-07 09:30:00"), (11,))
    branch = _trade_sale(scene, buyer, local("2026-04-09 09:30:00"), (11,))
    scene.trade_sale(replace(home, ship_to=None, edits=local("2026-04-06 10:10:00")))
    scene.trade_sale(replace(branch, ship_to=scene.people.place("CA"), currency="CAD"))
    scene.master("usti", person, organization=name, email=firm.email)
    scene.master("catu", person, organization=name, email=firm.email)


def _guest_of_a_firm(scene: Scene, buyer: Buyer) -> None:
    """Let a firm's buyer order once without signing in; the master record has the firm's and his own address."""
    guest = replace(buyer, account=0, firm=None)
    scene.trade_sale(_trade_sale(scene, guest, local("2026-04-10 13:05:00"), (11,)))
    country = buyer.person.place.country
    scene.master(_entity(country), buyer.person, email=buyer.person.email)


# ---- the DTC shop


def present_shoppers(scene: Scene) -> None:
    """Let shoppers order who have their record: some 170 orders in the week, some 420 before."""
    shoppers = [_shopper(scene, index) for index in range(_SHOPPERS)]
    for shopper in (*shoppers, *scene.rng.sample(shoppers, 44)):
        scene.shop_sale(_shop_sale(scene, shopper, _in_the_week(scene)))
    for _ in range(420):
        scene.shop_sale(_shop_sale(scene, scene.rng.choice(shoppers), _before_the_week(scene)))
    _first_and_last_instant(scene, shoppers)
    _in_both_stores(scene)
    _known_by_id_only(scene)
    _shop_firms(scene)
    _only_in_the_back_office(scene)
    twin = shoppers[3].person
    created = local("2026-04-01 12:00:00")
    scene.leads.append(Lead(place=twin.place, created=created, first=twin.first, last=twin.last, email=twin.email))


def _shopper(scene: Scene, index: int) -> Shopper:
    person = scene.people.person(_country(index))
    is_guest = index % 11 == 5
    shopper = scene.guest(person) if is_guest else scene.shopper(person, ("vip",) if index % 13 == 0 else ())
    number = "" if shopper.account is None else str(shopper.account)
    ways: dict[int, _Known] = {
        2: {"email": "", "external_id": number},
        5: {"email": "", "external_id": f"gid://shopify/Customer/{number}"},
        7: {"email": (person.email or "").upper()},
    }
    known_by: _Known = {} if is_guest else ways.get(index % 9, {})
    hold = "All" if index == 16 else "No"
    known = scene.master(_entity(person.place.country), person, hold=hold, **known_by)
    if index % 5 == 0:
        _promoted(scene, known)
    return shopper


def _shop_sale(scene: Scene, shopper: Shopper, placed: datetime) -> ShopSale:
    total = scene.rng.randint(1_900, 89_900)
    financial = scene.rng.choice(_SHOP_FINANCIAL)
    refunded = total // 4 if financial == "PARTIALLY_REFUNDED" else 0
    if placed < WINDOW_START and scene.rng.random() < 0.05:
        financial, refunded = "REFUNDED", total
    return ShopSale(
        shopper=shopper, placed=placed, changed=scene.soon_after(placed), total=total, refunded=refunded,
        financial=financial, ship_to=shopper.person.place,
    )  # fmt: skip


def _first_and_last_instant(scene: Scene, shoppers: Sequence[Shopper]) -> None:
    for shopper, placed in ((shoppers[0], WINDOW_START), (shoppers[1], AS_OF)):
        sale = _shop_sale(scene, shopper, placed)
        scene.shop_sale(replace(sale, financial=None, refunded=0, changed=placed))
    draft = _shop_sale(scene, shoppers[2], local("2026-04-09 15:40:00"))
    scene.shop_sale(replace(draft, financial="PENDING", refunded=0, source="shopify_draft_order"))


def _in_both_stores(scene: Scene) -> None:
    """Let somebody buy in both stores who has one record."""
    person = scene.people.person()
    scene.shop_sale(_shop_sale(scene, scene.shopper(person), local("2026-04-08 12:12:12")))
    scene.trade_sale(_trade_sale(scene, scene.buyer(person), local("2026-04-11 15:15:15"), (11,)))
    scene.master("usti", person)


def _known_by_id_only(scene: Scene) -> None:
    """Let somebody with a placeholder for an address be known by the shop's customer id."""
    person = scene.people.person()
    shopper = scene.shopper(person._replace(email="noreply@till.example"))
    scene.shop_sale(_shop_sale(scene, shopper, local("2026-04-10 11:45:30")))
    scene.master("usti", person, email="", external_id=str(shopper.account))


def _shop_firms(scene: Scene) -> None:
    """Let two companies buy in the DTC shop: one is known by its external id, the other by its tax id."""
    for index in range(2):
        name, domain = scene.people.firm_name()
        digits = scene.people.tax_digits()
        firm = scene.shop_firm(name, f"{digits[:2]}-{digits[2:]}")
        person = scene.people.person("US", domain)._replace(place=firm.place)
        sale = _shop_sale(scene, scene.shopper(person, ("b2b",)), _in_the_week(scene))
        scene.shop_sale(replace(sale, firm=firm))
        known_by = ("", firm.external_id.lower()) if index == 0 else (f"US{digits}", "")
        scene.master("usti", person, organization=name, email="", tax_id=known_by[0], external_id=known_by[1])


def _only_in_the_back_office(scene: Scene) -> None:
    """Keep customers who never order on the web, and Dataverse rows of all kinds that are about somebody else."""
    for index in range(64):
        country = _country(index)
        if index % 4 == 0:
            name, domain = scene.people.firm_name()
            scene.master(_entity(country), scene.people.person(country, domain), organization=name)
        else:
            scene.master(_entity(country), scene.people.person(country), one_time=index == 7)
    for index in range(9):
        person = scene.people.person()
        name = scene.people.firm_name()[0] if index % 3 == 0 else ""
        scene.leads.append(
            Lead(
                place=person.place, created=_before_the_week(scene), name=name, first="" if name else person.first,
                last="" if name else person.last, email=person.email, phone=person.phone,
                customer_type=(1, 8, 10)[index // 3] if name else None,
            )
        )  # fmt: skip


def strangers(scene: Scene) -> None:
    """Let thirty people whom nobody has a record of order in the weeks before; they aged out of the card."""
    for index in range(30):
        person = scene.people.person(_country(index))
        shopper = scene.guest(person) if index % 3 else scene.shopper(person)
        scene.shop_sale(_shop_sale(scene, shopper, _before_the_week(scene)))
