"""Shoppers who are in the customer master and yet not well: beside the card's number, never in it.

One's record is for one-time customers, one's lacks its customer group, one only meets the shop's catch-all record, and
two share one record. Together with the healthy rest's holds and history there is somebody in every lane.
"""

from __future__ import annotations

from dataclasses import replace

from unposted.sandbox.scene import Scene
from unposted.sandbox.values import Person, Place, ShopSale, local

__all__ = ["CATCH_ALL_ACCOUNT", "stand_beside"]

CATCH_ALL_ACCOUNT = "US-000900"


def stand_beside(scene: Scene) -> None:
    """Let five shoppers order of whom four kinds of trouble are known."""
    _one_time(scene)
    _without_a_group(scene)
    _catch_all(scene)
    _two_on_one_record(scene)


def _ordered(scene: Scene, person: Person, at: str, total: int) -> None:
    placed = local(f"2026-04-{at}")
    scene.shop_sale(
        ShopSale(shopper=scene.shopper(person), placed=placed, changed=placed, total=total, ship_to=person.place)
    )


def _one_time(scene: Scene) -> None:
    """265.00 USD: the back office booked her once as a one-time customer."""
    place = Place("12 Larch Terrace", "Duluth", "Minnesota", "MN", "55802", "US")
    petra = Person("Petra", "Vandermeer", "petra.vandermeer@example.com", "+12185550161", place)
    _ordered(scene, petra, "09 11:40:00", 265_00)
    scene.master("usti", petra, one_time=True)


def _without_a_group(scene: Scene) -> None:
    """148.20 USD: his record was imported without a customer group, so nothing can post to it."""
    place = Place("905 Cattail Road", "Madison", "Wisconsin", "WI", "53703", "US")
    emil = Person("Emil", "Okafor-Lund", "emil.okafor-lund@example.net", "+16085550162", place)
    _ordered(scene, emil, "08 20:15:30", 148_20)
    scene.master("usti", emil)
    scene.masters[-1] = replace(scene.masters[-1], group="")


def _catch_all(scene: Scene) -> None:
    """92.75 USD at the fair: the shop's own address stands on the order and on the catch-all record."""
    place = Place("1 Depot Square", "Columbus", "Ohio", "OH", "43215", "US")
    fair = Person("Trade", "Fair", "fair-sales@ustrade.example", None, place)
    _ordered(scene, fair, "10 15:05:00", 92_75)
    scene.master("usti", fair, organization="Web Shop Sundry Customers", phone="")
    scene.masters[-1] = replace(scene.masters[-1], account=CATCH_ALL_ACCOUNT)


def _two_on_one_record(scene: Scene) -> None:
    """310.00 and 75.50 USD: mother and daughter, each with her own account, share one record with both addresses."""
    place = Place("44 Windmill Crescent", "Savannah", "Georgia", "GA", "31401", "US")
    imogen = Person("Imogen", "Castellan", "imogen.castellan@example.org", "+19125550163", place)
    beatrix = Person("Beatrix", "Castellan", "beatrixcastellan@example.org", "+19125550164", place)
    _ordered(scene, imogen, "07 18:22:10", 310_00)
    _ordered(scene, beatrix, "11 13:47:00", 75_50)
    scene.master("usti", imogen, email=f"{imogen.email}; {beatrix.email}")
