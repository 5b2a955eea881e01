"""The day after the card's: what happened to the made-up merchant until 13 April 2026, six in the evening.

Somebody enters and leaves the list for each reason that a change can have from files. Who is named here is absent or
present in every seed; the others are the first that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from unposted.sandbox.bigcommerce import bigcommerce_files
from unposted.sandbox.dataverse import dataverse_files
from unposted.sandbox.demo import write_demo
from unposted.sandbox.finance_operations import finance_operations_files
from unposted.sandbox.scene import AS_OF, WINDOW_START
from unposted.sandbox.shopify import shopify_files
from unposted.sandbox.values import (
    ZONE,
    MasterRecord,
    Person,
    Place,
    Shopper,
    ShopSale,
    TradeSale,
    World,
    local,
)
from unposted.sandbox.world import make_world

__all__ = ["SECOND_AS_OF", "second_day", "write_second_day"]

SECOND_AS_OF: datetime = local("2026-04-13 18:00:00").astimezone(ZONE)
_MORNING = local("2026-04-13 09:00:00")
_NEWCOMER = Person(
    "Amara", "Nwosu", "amara.nwosu@example.org", "+15125550113",
    Place("77 Pecan Street", "Austin", "Texas", "TX", "78701", "US"),
)  # fmt: skip


def write_second_day(folder: Path, seed: int = 2026) -> Path:
    """Write the second day's exports and field map over the first day's, and return the workspace file."""
    world = make_world(seed)
    after = second_day(world)
    workspace = write_demo(folder, seed)
    for system, files in (
        ("bigcommerce", bigcommerce_files(after)),
        ("shopify", shopify_files(after)),
        ("finance_operations", finance_operations_files(after)),
        ("dataverse", dataverse_files(after)),
    ):
        for name, text in files:
            (folder / "exports" / system / name).write_text(text, encoding="utf-8", newline="\n")
    sent = _known_shoppers(world)[3].shopper.person.email
    (folder / "overrides.csv").write_text(f"customer_key,entity\n{sent},CATU\n", encoding="utf-8", newline="\n")
    text = workspace.read_text("utf-8").replace(
        'match_on = ["external_id", "tax_id", "email"] ',
        'overrides = "overrides.csv"\nmatch_on = ["external_id", "email", "phone"] ',
    )
    workspace.write_text(text, encoding="utf-8", newline="\n")
    return workspace


def second_day(world: World) -> World:
    """Let the day pass in the storefronts, the customer master and Dataverse."""
    known = _known_shoppers(world)
    return replace(
        world,
        shop_sales=(*_edited_shop(world, known), *_new_shop(world)),
        trade_sales=(*_edited_trade(world), *_new_trade(world)),
        masters=_masters(world, known),
    )


@dataclass(frozen=True, slots=True)
class _KnownShopper:
    """A shopper of the week whom one record of the master knows by the address alone."""

    shopper: Shopper
    record: MasterRecord


def _known_shoppers(world: World) -> list[_KnownShopper]:
    """List them by their numbers: those with one sale in both weeks, shipped within the US."""
    records: dict[str, list[MasterRecord]] = {}
    for record in world.masters:
        records.setdefault(record.email.casefold(), []).append(record)
    found: dict[int, _KnownShopper] = {}
    for sale in _of_the_week(world):
        shopper, email = sale.shopper, (sale.shopper.person.email or "").casefold()
        mine = [one for one in _of_the_week(world) if one.shopper.person.email == shopper.person.email]
        is_plain = mine == [sale] and sale.firm is None and not sale.tags and not sale.refunded and not sale.test
        at_home = (
            sale.ship_to is not None
            and sale.ship_to.country == "US"
            and sale.financial == "PAID"
            and sale.cancelled is None
        )
        one_record = len(records.get(email, [])) == 1 and not records[email][0].external_id
        if shopper.account and is_plain and at_home and one_record and sale.older is None:
            found[shopper.account] = _KnownShopper(shopper, records[email][0])
    return [found[account] for account in sorted(found)]


def _of_the_week(world: World) -> list[ShopSale]:
    return [sale for sale in world.shop_sales if local("2026-04-07 00:00:00") <= sale.placed <= AS_OF]


def _sale(world: World, email: str) -> ShopSale:
    return next(sale for sale in world.shop_sales if sale.shopper.person.email == email)


def _edited_shop(world: World, known: list[_KnownShopper]) -> Iterable[ShopSale]:
    """Noémie's order is cancelled, and one that was to go to the US goes to Canada."""
    moved = known[2].shopper.account
    toronto = Place("350 Lakeview Row", "Toronto", "Ontario", "ON", "M5V 2T6", "CA")
    for sale in world.shop_sales:
        if sale.shopper.person.email == "noemie.tremblay-roy@example.org":
            yield replace(sale, cancelled=_MORNING, changed=_MORNING)
        elif sale.shopper.account == moved and moved is not None and sale.placed >= WINDOW_START:
            yield replace(sale, ship_to=toronto, changed=_MORNING)
        else:
            yield sale


def _new_shop(world: World) -> Iterable[ShopSale]:
    """Amara orders for the first time, Caleb's account shows Ines' address, a stranger of last week comes again."""
    last = max(sale.number for sale in world.shop_sales)
    caleb = _sale(world, "caleb.okonjo@example.com").shopper
    ines = _sale(world, "ines.valderrama@example.com").shopper
    stranger = next(sale for sale in world.shop_sales if sale.placed == local("2026-04-05 23:59:59")).shopper
    gideon = _sale(world, "gideon.straker@example.com").shopper
    shared = replace(caleb, person=caleb.person._replace(email=ines.person.email))
    newcomer = Shopper(None, _NEWCOMER, local("2026-04-13 08:00:00"))
    for place, (shopper, total) in enumerate(
        ((newcomer, 264_00), (shared, 58_00), (stranger, 310_00), (gideon, 45_50)), 1
    ):
        placed = local(f"2026-04-13 1{place}:15:00")
        yield ShopSale(
            shopper=shopper, placed=placed, changed=placed, total=total, ship_to=shopper.person.place,
            number=last + 32_768 * place,
        )  # fmt: skip


def _edited_trade(world: World) -> Iterable[TradeSale]:
    """Harbor & Pine gets its money back; an order that was not finished on the 9th is paid."""
    for sale in world.trade_sales:
        firm = sale.buyer.firm
        if firm and firm.name.startswith("Harbor") and sale.placed >= WINDOW_START:
            yield replace(sale, status=4, changed=_MORNING)
        elif sale.status == 1 and sale.placed == local("2026-04-09 15:35:00"):
            yield replace(sale, status=11, changed=_MORNING)
        else:
            yield sale


def _new_trade(world: World) -> Iterable[TradeSale]:
    """Wholesale-X orders once more."""
    last = max(sale.number for sale in world.trade_sales)
    buyer = next(sale.buyer for sale in world.trade_sales if sale.buyer.firm and sale.buyer.firm.name == "Wholesale-X")
    placed = local("2026-04-13 10:30:00")
    yield TradeSale(buyer=buyer, placed=placed, changed=placed, total=1_600_00, number=last + 1)


def _masters(world: World, known: list[_KnownShopper]) -> tuple[MasterRecord, ...]:
    """Bluestem is created, Oskar promoted, Lena linked; one record is deleted, one shows another address."""
    bluestem = next(firm for firm in world.firms if firm.name.startswith("Bluestem"))
    oskar = _sale(world, "oskar.lindqvist@example.net").shopper.person
    edits: dict[str, Callable[[MasterRecord], MasterRecord | None]] = {
        known[0].record.account: lambda _: None,
        known[1].record.account: lambda record: replace(record, email="", phone=""),
    }
    kept: list[MasterRecord] = []
    for record in world.masters:
        if (record.first, record.last) == ("Lena", "Hartwell"):
            kept.append(replace(record, email="lena.hartwell@example.org"))
            continue
        edit = edits.get(record.account)
        edited = edit(record) if edit else record
        kept += [edited] if edited else []
    new = (
        MasterRecord(
            entity="usti", account="US-009001", place=bluestem.place, organization=bluestem.name,
            email=bluestem.email, tax_id="US457716023",
        ),
        MasterRecord(
            entity="usti", account="US-009002", place=oskar.place, first=oskar.first, last=oskar.last,
            email=oskar.email or "",
        ),
    )  # fmt: skip
    return tuple(sorted((*kept, *new), key=lambda record: (record.entity, record.account)))
