"""The seventeen parties that the demo's card counts: 6 in wholesale, 11 in the DTC shop, 61,200.00 USD blocked.

Two things happen to each: it orders in the week of the card, and no customer master record of the legal entity that
should bill it says so. What else is known about it (a Dataverse row, a record in the other entity, a look-alike)
decides what a clerk should do. Canadian dollars count 0.73 each.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from unposted.sandbox.scene import AS_OF, WINDOW_START, Scene
from unposted.sandbox.values import Buyer, Lead, Person, Place, Shopper, ShopSale, TradeSale, local

__all__ = ["absent_firms", "absent_shoppers"]

_DENVER = Place("2200 Quartz Boulevard", "Denver", "Colorado", "CO", "80202", "US")
_CALGARY = Place("77 Chinook Way", "Calgary", "Alberta", "AB", "T2P 4K9", "CA")
_TORONTO = Place("350 Lakeview Row", "Toronto", "Ontario", "ON", "M5V 2T6", "CA")


def absent_firms(scene: Scene) -> None:
    """Let the five companies and the sole trader of the wholesale store order; together 54,144.23 USD."""
    _wholesale_x(scene)
    _granite_peak(scene)
    _northlight(scene)
    _bluestem(scene)
    _harbor_and_pine(scene)
    _sole_trader(scene)


def absent_shoppers(scene: Scene) -> None:
    """Let the eleven shoppers of the DTC shop order; together 7,055.77 USD."""
    _a_few_minutes_ago(scene)
    _contacts_in_dataverse(scene)
    _look_alikes(scene)
    _tagged_for_canada(scene)
    _nothing_to_match_on(scene)
    _unknown_people(scene)


def _person(first: str, last: str, email: str | None, phone: str | None, place: Place) -> Person:
    return Person(first, last, email, phone, place)


def _order(scene: Scene, buyer: Buyer, at: str, total: int, currency: Literal["USD", "CAD"] = "USD", status: int = 11,
           ship_to: Place | None = None) -> TradeSale:  # fmt: skip
    placed = local(f"2026-04-{at}")
    sale = TradeSale(
        buyer=buyer, placed=placed, changed=scene.soon_after(placed), total=total, currency=currency, status=status,
        ship_to=ship_to,
    )  # fmt: skip
    scene.trade_sale(sale)
    return sale


def _wholesale_x(scene: Scene) -> None:
    """18,400.00 USD in two unpaid and two processing orders of two buyers; sales keeps it as a prospect in Dataverse.

    One order's total went down after it was first exported. What it did not finish, what it cancelled and what it
    ordered the week before do not count.
    """
    hall = Place("1810 Commerce Parkway", "Columbus", "Ohio", "OH", "43215", "US")
    dana = _person("Dana", "Whitfield", "buyer@wholesale-x.example", "+16145550181", hall)
    priya = _person("Priya", "Raman", "priya.raman@wholesale-x.example", "+16145550182", hall)
    firm = scene.firm(
        "Wholesale-X", "ap@wholesale-x.example", dana, "47-1180364", "6f0a3c1e-52d7-4b0e-9a64-1c8e2f7d9b35"
    )
    first, second = scene.buyer(dana, firm), scene.buyer(priya, firm)
    _order(scene, first, "07 10:12:41", 6_250_00, status=7)
    edited = _order(scene, second, "08 15:47:03", 5_480_00)
    scene.trade_sales[-1] = replace(
        edited,
        changed=edited.placed + timedelta(hours=20),
        older=replace(edited, total=5_980_00, changed=edited.placed),
    )
    _order(scene, second, "10 09:20:16", 4_120_00)
    _order(scene, first, "12 09:40:55", 2_550_00, status=7)
    _order(scene, first, "11 16:05:30", 9_900_00, status=0)
    _order(scene, second, "09 11:31:12", 3_300_00, status=5)
    _order(scene, first, "01 13:02:09", 2_875_00)
    scene.leads.append(
        Lead(place=hall, created=local("2026-03-18 10:00:00"), name="Wholesale-X", email="ap@wholesale-x.example",
             phone="+16145550181", customer_type=8)
    )  # fmt: skip


def _granite_peak(scene: Scene) -> None:
    """11,300.40 USD: a customer of the US entity, promoted from Dataverse, whose new branch orders in Canada in CAD.

    The billing address is in the US; only the consignments say where the goods go.
    """
    jonah = _person("Jonah", "Castellane", "jonah@granitepeak.example", "+13035550121", _DENVER)
    firm = scene.firm("Granite Peak Provisioning", "accounts@granitepeak.example", jonah, "84-2207719")
    buyer = scene.buyer(jonah, firm)
    _order(scene, buyer, "06 11:25:00", 9_120_00, "CAD", ship_to=_CALGARY)
    _order(scene, buyer, "10 14:10:48", 6_360_00, "CAD", ship_to=_CALGARY)
    record = scene.master(
        "usti", jonah, organization=firm.name, email=firm.email, phone=firm.phone, tax_id="US842207719"
    )
    scene.leads.append(
        Lead(place=_DENVER, created=local("2024-05-06 09:30:00"), name=firm.name, email=firm.email, phone=firm.phone,
             tax_id="US842207719", number=record.account, company="usti", customer_type=3)
    )  # fmt: skip


def _northlight(scene: Scene) -> None:
    """7,259.50 USD: orders to the US and to Canada, so both entities are expected, and neither has it.

    Its Dataverse account carries a number that no customer master record has: the promotion failed.
    """
    place = Place("64 Beacon Wharf", "Buffalo", "New York", "NY", "14203", "US")
    mirela = _person("Mirela", "Dobrev", "mirela@northlight-interiors.example", "+17165550139", place)
    firm = scene.firm("Northlight Interiors", "office@northlight-interiors.example", mirela, "35-9021446")
    buyer = scene.buyer(mirela, firm)
    _order(scene, buyer, "07 08:51:27", 4_960_00)
    _order(scene, buyer, "11 12:33:40", 3_150_00, "CAD", ship_to=_TORONTO)
    scene.leads.append(
        Lead(place=place, created=local("2026-04-02 08:15:00"), name=firm.name, tax_id="US359021446",
             email="hello@northlight-interiors.example", number="US-009871", company="usti", customer_type=3)
    )  # fmt: skip


def _bluestem(scene: Scene) -> None:
    """9,870.40 USD: a new hotel group that nobody in the back office has heard of; two of its buyers ordered."""
    place = Place("15 Prairie Court", "Omaha", "Nebraska", "NE", "68102", "US")
    tobin = _person("Tobin", "Esterhazy", "tobin@bluestem-hospitality.example", "+14025550177", place)
    ilse = _person("Ilse", "Maddox", "ilse@bluestem-hospitality.example", "+14025550178", place)
    uuid = "c2b7e0d4-9f31-4e6a-8d05-73a1b9e4c6f0"
    firm = scene.firm("Bluestem Hospitality Group", "payables@bluestem-hospitality.example", tobin, "45-7716023", uuid)
    _order(scene, scene.buyer(tobin, firm), "08 09:05:00", 4_310_40)
    buyer = scene.buyer(ilse, firm)
    _order(scene, buyer, "09 17:22:11", 3_185_00, status=9)
    _order(scene, buyer, "12 11:48:36", 2_375_00)


def _harbor_and_pine(scene: Scene) -> None:
    """6,412.75 USD: in the US entity stands the same firm under its buyer's address without the plus-tag."""
    place = Place("9 Shipwright Lane", "Portland", "Maine", "ME", "04101", "US")
    corin = _person("Corin", "Ashworth-Bell", "purchasing+web@harborpine.example", "+12075550164", place)
    firm = scene.firm("Harbor & Pine Outfitters", "hello@harborpine.example", corin)
    buyer = scene.buyer(corin, firm)
    _order(scene, buyer, "07 13:40:19", 3_962_75)
    _order(scene, buyer, "10 10:02:58", 2_450_00, status=12)
    scene.master("usti", corin, organization="H&P Outfitters LLC", email="purchasing@harborpine.example", phone="")


def _sole_trader(scene: Scene) -> None:
    """901.18 USD: three times 411.50 CAD is 901.185 USD, which is rounded once, and half-even."""
    place = Place("412 Rue des Érables", "Québec", "Quebec", "QC", "G1R 3V8", "CA")
    person = _person("Maëlle", "Gagnier", "maelle.gagnier@example.org", "+14185550149", place)
    buyer = scene.buyer(person, trade_name="Atelier Gagnier")
    for at in ("06 18:14:02", "08 19:30:45", "11 07:55:21"):
        _order(scene, buyer, at, 411_50, "CAD")


def _bought(scene: Scene, shopper: Shopper, at: str, total: int, tags: tuple[str, ...] = ()) -> None:
    placed = local(f"2026-04-{at}")
    scene.shop_sale(
        ShopSale(
            shopper=shopper, placed=placed, changed=scene.soon_after(placed), total=total,
            ship_to=shopper.person.place, tags=tags,
        )
    )  # fmt: skip


def _a_few_minutes_ago(scene: Scene) -> None:
    """389.00 USD: both orders are younger than a quarter of an hour, the second is placed at the very as-of instant.

    A contact in Dataverse has the address too: that stands as a flag beside the status.
    """
    place = Place("731 Ocotillo Street", "Tucson", "Arizona", "AZ", "85701", "US")
    ines = _person("Ines", "Valderrama", "ines.valderrama@example.com", "+15205550126", place)
    shopper = scene.shopper(ines)
    for placed, total in ((local("2026-04-12 17:49:10"), 240_00), (AS_OF, 149_00)):
        scene.shop_sale(ShopSale(shopper=shopper, placed=placed, changed=placed, total=total, ship_to=place))
    _contact(scene, ines, "2026-04-12 17:20:00")


def _contacts_in_dataverse(scene: Scene) -> None:
    """742.60 USD: customer service made a contact, nobody promoted it."""
    place = Place("58 Glacier View", "Anchorage", "Alaska", "AK", "99501", "US")
    oskar = _person("Oskar", "Lindqvist", "oskar.lindqvist@example.net", "+19075550133", place)
    shopper = scene.shopper(oskar)
    _bought(scene, shopper, "07 20:11:35", 512_60)
    _bought(scene, shopper, "11 21:03:12", 230_00)
    _contact(scene, oskar, "2026-04-07 20:40:00")


def _contact(scene: Scene, person: Person, created: str) -> None:
    scene.leads.append(
        Lead(place=person.place, created=local(created), first=person.first, last=person.last, email=person.email)
    )


def _look_alikes(scene: Scene) -> None:
    """918.45 USD of somebody whose phone number, and 655.20 of somebody whose name and address, a record has."""
    place = Place("2907 Salmon Street", "Portland", "Oregon", "OR", "97214", "US")
    theo = _person("Theo", "Marchetti", "theo.marchetti@example.com", "+15035550142", place)
    _bought(scene, scene.shopper(theo), "09 12:26:50", 918_45)
    office = place._replace(street="100 Terminal Square", postcode="97209")
    kept = _person("Theodore", "Marchetti", "t.marchetti@marchetti-studio.example", "(503) 555-0142", office)
    scene.master("usti", kept)

    place = Place("418 Juniper Lane", "Bend", "Oregon", "OR", "97701", "US")
    lena = _person("Lena", "Hartwell", "lena.hartwell@example.org", "+15415550118", place)
    shopper = scene.shopper(lena)
    _bought(scene, shopper, "06 09:14:27", 415_20)
    _bought(scene, shopper, "08 22:45:09", 240_00)
    scene.master("usti", lena._replace(email="l.hartwell@example.net", phone="+15415550119"))


def _tagged_for_canada(scene: Scene) -> None:
    """1,124.90 USD: known in the US entity, but the order's tag sends it to the Canadian one, wherever it ships."""
    place = Place("640 Lighthouse Road", "Bellingham", "Washington", "WA", "98225", "US")
    caleb = _person("Caleb", "Okonjo", "caleb.okonjo@example.com", "+13605550157", place)
    _bought(scene, scene.shopper(caleb), "10 16:37:44", 1_124_90, tags=("Canada", "gift"))
    scene.master("usti", caleb)


def _nothing_to_match_on(scene: Scene) -> None:
    """84.50 USD at the till without any name, and 219.00 and 617.60 of two guests who gave a marketplace's address.

    The customer master has a record with that address too: it is nobody's.
    """
    nobody = scene.guest(_person("", "", None, None, scene.people.place()))
    placed = local("2026-04-11 14:18:33")
    scene.shop_sale(ShopSale(shopper=nobody, placed=placed, changed=placed, total=84_50, ship_to=None, source="pos"))
    relay = "noreply@marketplace.example"
    place = Place("83 Fern Hollow", "Eugene", "Oregon", "OR", "97401", "US")
    _bought(scene, scene.guest(_person("Rosalind", "Achebe", relay, None, place)), "08 06:52:18", 219_00)
    place = Place("1206 Canyon Rim", "Boulder", "Colorado", "CO", "80301", "US")
    _bought(scene, scene.guest(_person("Desmond", "Pryce", relay, None, place)), "09 19:08:02", 617_60)
    clearing = _person("", "", relay, None, _DENVER._replace(street="1 Clearing House Square"))
    scene.master("usti", clearing, organization="Marketplace Clearing", one_time=True)


def _unknown_people(scene: Scene) -> None:
    """846.30 USD to Canada, 1,025.05 with a partial refund, and 433.17 in the first instant of the week."""
    place = Place("27 Rue du Verger", "Gatineau", "Quebec", "QC", "J8X 3Y2", "CA")
    noemie = _person("Noémie", "Tremblay-Roy", "noemie.tremblay-roy@example.org", "+18195550172", place)
    _bought(scene, scene.shopper(noemie), "07 17:29:55", 846_30)

    place = Place("5150 Mesa Verde Drive", "Santa Fe", "New Mexico", "NM", "87501", "US")
    gideon = _person("Gideon", "Straker", "gideon.straker@example.com", "+15055550191", place)
    shopper = scene.shopper(gideon)
    placed = local("2026-04-06 15:03:20")
    scene.shop_sale(
        ShopSale(shopper=shopper, placed=placed, changed=local("2026-04-09 10:30:00"), total=980_00, refunded=265_35,
                 financial="PARTIALLY_REFUNDED", ship_to=place)
    )  # fmt: skip
    _bought(scene, shopper, "12 10:57:41", 310_40)

    place = Place("19 Cobbler's Yard", "Burlington", "Vermont", "VT", "05401", "US")
    wren = scene.guest(_person("Wren", "Abernathy", "wren.abernathy@example.net", None, place))
    scene.shop_sale(
        ShopSale(shopper=wren, placed=WINDOW_START, changed=local("2026-04-06 08:00:00"), total=433_17, ship_to=place)
    )
