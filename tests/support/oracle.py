"""The brute-force oracle of the main card: what a reading of a world must say, worked out with lists and loops.

It is written from the card's definition and shares no code with the product but the record types and plain values.
Where the definition leaves a case open, it decides as follows; the product does the same.

 1. Versions of one record in one source: a later one replaces the one before it unless both show an update time and
    the later one's is older. Company codes of masters compare in upper case.
 2. An order that an order of the same store `replaces` does not count, whatever the state and the day of the newer one,
    if the newer one was placed by the as-of instant (even after the end of a window that ends earlier).
 3. A signal given twice on one order is one. A store's override knows a signal as well as the table does.
    The state comes from signals only: an order refunded to zero stays active until its platform says refunded.
 4. Company of an order: its own id, else its store's links: by order, then by customer, then by e-mail key.
    A link value claimed by two companies is ignored, and so is a level where two links name different companies.
 5. Companies join by explicit external id or tax id across stores and within one, over all company records and
    active orders of the window, through any number of steps (`DE1` and `FR1` join when a third one shows a bare `1`).
    Platform ids are values for matching but never join.
 6. Every key that a company's active orders of the window show is the company's. Accounts that placed them lend
    e-mails only, neither their customer ids nor their other keys.
 7. Persons join over all accounts, with or without orders, and the active orders of the window that are not a
    company's. Orders bought for a company join no persons. Only keys of kind `email` join persons.
 8. Platform ids compare in lower case among external ids. `external_ids` of a row are the values that were tried.
 9. Overrides are looked up among all of a party's values, whether the kind is in `match_on` or not.
    Entity codes of rules, overrides, stores and Dataverse compare in upper case; tags compare casefolded.
10. near_match looks in the missing entities; in every entity when an order without an entity is blocked.
    Tax ids that are equal without their country's letters are near. E-mails are folded on both sides, those of orders
    too. E-mail itself is near evidence when it is not in match_on.
11. in_dataverse takes every Dataverse record, active or not; account numbers compare exactly, in any source's masters.
12. An order in an unknown currency makes its row unknown even when the order's value is zero.
    The reporting currency's own rate is 1.
13. conflict: over all kinds of match_on, two different accounts in one entity, whichever entity. The same account
    in two sources is one.
14. A store name, company name and so on sort by code points. The company's name on equal times of orders is that
    of the first store, then of the first order id.
15. Segment: an order that shows a company's name shows a company.
16. A draft or negotiable quote never counts by itself, whatever became of it: the order that it turned into is a record
    of its own and counts there, so that the two are not counted twice.
17. no_match is never a flag. Splits list only the buckets that have rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.support.oracle_facts import Facts, active_orders, facts_of
from tests.support.oracle_money import known_total, per_currency
from tests.support.oracle_party import parties_of
from tests.support.oracle_row import row_of
from tests.support.oracle_status import unknown_signals
from tests.support.oracle_window import bounds
from tests.support.world import World
from unposted.cards.reading import Alert, Blocked, CurrencyAmount, Row

__all__ = ["THRESHOLD", "Expected", "judge"]

THRESHOLD = 10


@dataclass(frozen=True)
class Expected:
    """What the reading must say. `rows` are in rank order; a split maps a bucket to its count and blocked value."""

    start: datetime
    end: datetime
    value: int
    alert: Alert
    blocked: Blocked
    splits: Mapping[str, Mapping[str, tuple[int, int | None]]]
    in_dataverse: int
    unmapped_statuses: Mapping[str, int]
    rows: tuple[Row, ...]


def judge(world: World) -> Expected:
    """Work out the reading of a world."""
    facts = facts_of(world)
    found = [row for row in (row_of(world, facts, party) for party in parties_of(world, facts)) if row]
    rows = tuple(_ranked(found))
    start, end = bounds(world.window, world.as_of, world.zone)
    return Expected(
        start=start,
        end=end,
        value=len(rows),
        alert=Alert("firing" if len(rows) > THRESHOLD else "ok", THRESHOLD),
        blocked=_blocked(world, rows),
        splits=_splits(rows),
        in_dataverse=len([row for row in rows if "in_dataverse" in (row.status, *row.flags)]),
        unmapped_statuses=_unmapped(world, facts),
        rows=rows,
    )


def _ranked(rows: list[Row]) -> list[Row]:
    by_first_order = sorted(rows, key=lambda row: row.first_order_at)
    by_orders = sorted(by_first_order, key=lambda row: row.orders, reverse=True)
    known = sorted(
        (row for row in by_orders if row.blocked is not None), key=lambda row: row.blocked or 0, reverse=True
    )
    unknown = [row for row in by_orders if row.blocked is None]
    return [row._replace(rank=rank) for rank, row in enumerate(known + unknown, start=1)]


def _blocked(world: World, rows: tuple[Row, ...]) -> Blocked:
    amounts = [(amount.currency, amount.units) for row in rows for amount in row.blocked_by_currency]
    return Blocked(
        currency=world.reporting_currency,
        units=known_total(row.blocked for row in rows),
        unknown_rate_rows=len([row for row in rows if row.blocked is None]),
        by_currency=tuple(CurrencyAmount(*pair) for pair in per_currency(amounts)),
    )


def _splits(rows: tuple[Row, ...]) -> dict[str, dict[str, tuple[int, int | None]]]:
    return {
        "segment": _split(rows, lambda row: row.segment),
        "platform": _split(rows, lambda row: _one_of(row.platforms, "several")),
        "store": _split(rows, lambda row: _one_of(row.stores, "several")),
        "entity": _split(rows, lambda row: _one_of(row.expected_entities, "ambiguous")),
        "status": _split(rows, lambda row: row.status),
    }


def _split(rows: tuple[Row, ...], bucket_of: Callable[[Row], str]) -> dict[str, tuple[int, int | None]]:
    buckets: dict[str, list[Row]] = {}
    for row in rows:
        buckets.setdefault(bucket_of(row), []).append(row)
    return {name: (len(some), known_total(row.blocked for row in some)) for name, some in buckets.items()}


def _one_of(values: tuple[str, ...], more: str) -> str:
    if not values:
        return "unmapped"
    return values[0] if len(values) == 1 else more


def _unmapped(world: World, facts: Facts) -> dict[str, int]:
    counts: dict[str, int] = {}
    for store, order in active_orders(world, facts):
        for signal in unknown_signals(store.platform, store.statuses, order.signals):
            counts[signal] = counts.get(signal, 0) + 1
    return counts
