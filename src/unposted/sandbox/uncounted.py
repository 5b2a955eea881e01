"""Orders that the card must not count although nobody in the customer master has heard of their buyers.

Each of them, counted by mistake, would be one more party or more money.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from unposted.sandbox.scene import AS_OF, Scene
from unposted.sandbox.values import Quote, ShopSale, TradeSale, local

__all__ = ["uncounted_orders"]


def uncounted_orders(scene: Scene) -> None:
    """Place what was cancelled, refunded, tested, quoted, not finished, or placed outside the week."""
    _not_active_in_the_shop(scene)
    _outside_the_week(scene)
    _cancelled_since(scene)
    _quotes(scene)
    _not_active_in_trade(scene)


def _shop(scene: Scene, placed: datetime, total: int, country: Literal["US", "CA"] = "US") -> ShopSale:
    person = scene.people.person(country)
    shopper = scene.guest(person) if scene.rng.random() < 0.3 else scene.shopper(person)
    changed = scene.soon_after(placed)
    return ShopSale(shopper=shopper, placed=placed, changed=changed, total=total, ship_to=person.place)


def _not_active_in_the_shop(scene: Scene) -> None:
    for at, total, financial in (("07 11:20:00", 349_00, "REFUNDED"), ("10 18:41:00", 1_280_00, "PAID")):
        sale = _shop(scene, local(f"2026-04-{at}"), total)
        gone = sale.placed + timedelta(hours=3)
        refunded = total if financial == "REFUNDED" else 0
        scene.shop_sale(replace(sale, financial=financial, cancelled=gone, changed=gone, refunded=refunded))
    for at, total in (("06 13:13:00", 212_75), ("09 08:09:00", 95_00), ("11 20:20:00", 1_999_00)):
        scene.shop_sale(replace(_shop(scene, local(f"2026-04-{at}"), total), financial="VOIDED"))
    for at, total in (("08 10:45:00", 520_00), ("12 12:12:00", 75_90)):
        sale = _shop(scene, local(f"2026-04-{at}"), total)
        back = sale.placed + timedelta(hours=5)
        scene.shop_sale(replace(sale, financial="REFUNDED", refunded=total, changed=back))
    for at, total in (("08 09:00:00", 1_00), ("10 16:00:00", 2_500_00)):
        scene.shop_sale(replace(_shop(scene, local(f"2026-04-{at}"), total), test=True))


def _outside_the_week(scene: Scene) -> None:
    scene.shop_sale(_shop(scene, local("2026-04-05 23:59:59"), 1_450_00))
    scene.shop_sale(_shop(scene, local("2026-04-05 20:30:00"), 88_00, "CA"))
    for seconds, total in ((1, 640_00), (260, 77_35), (1_210, 129_00)):
        placed = AS_OF + timedelta(seconds=seconds)
        scene.shop_sale(replace(_shop(scene, placed, total), changed=placed))


def _cancelled_since(scene: Scene) -> None:
    sale = _shop(scene, local("2026-04-09 21:15:00"), 730_00)
    gone = sale.placed + timedelta(hours=11)
    older = replace(sale, changed=sale.placed)
    scene.shop_sale(replace(sale, cancelled=gone, changed=gone, financial="VOIDED", older=older))


def _quotes(scene: Scene) -> None:
    for at, total in (("08 14:00:00", 3_400_00), ("11 09:30:00", 910_00)):
        shopper = scene.shopper(scene.people.person())
        status: Literal["OPEN", "INVOICE_SENT"] = "OPEN" if total > 1_000_00 else "INVOICE_SENT"
        scene.quotes.append(Quote(shopper, local(f"2026-04-{at}"), total, status))
    for sale in [sale for sale in scene.shop_sales if sale.source == "shopify_draft_order"]:
        scene.quotes.append(Quote(sale.shopper, sale.placed - timedelta(minutes=40), sale.total, "COMPLETED"))


def _not_active_in_trade(scene: Scene) -> None:
    for at, total, status, paid, method in (
        ("06 10:10:00", 2_190_00, 0, "", "Credit Card"),
        ("09 15:35:00", 1_045_00, 1, "", "Credit Card"),
        ("07 12:00:00", 3_770_00, 5, "", "Invoice"),
        ("08 16:20:00", 860_00, 6, "declined", "Credit Card"),
        ("10 11:11:00", 1_515_00, 4, "refunded", "Credit Card"),
        ("11 08:40:00", 2_620_00, 11, "void", "Credit Card"),
        ("09 09:09:00", 10_000_00, 11, "captured", "Test Payment Gateway"),
        ("05 23:59:59", 4_240_00, 11, "", "Invoice"),
        ("12 18:07:30", 1_330_00, 11, "", "Invoice"),
    ):
        person = scene.people.person()
        buyer = scene.visitor(person) if status < 2 else scene.buyer(person)
        placed = local(f"2026-04-{at}")
        changed = placed if placed > AS_OF else scene.soon_after(placed)
        sale = TradeSale(
            buyer=buyer, placed=placed, changed=changed, total=total, status=status, paid=paid, method=method
        )
        scene.trade_sale(sale)
