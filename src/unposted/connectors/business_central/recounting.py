"""Lists what exists by another path than the reading: a count by `$count`, then keys alone, each company by itself.

Business Central tells of no deletion, and a posted order vanishes. `lastModifiedDateTime` does not always move when a
record changes (MicrosoftDocs/dynamics365smb-devitpro-pb#1762), so the list shows states and amounts too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from unposted.connectors.business_central.answers import Place
from unposted.connectors.business_central.companies import Companies, Company
from unposted.connectors.business_central.sets import EntitySet
from unposted.connectors.business_central.wire import Wire
from unposted.connectors.business_central.words import choice, signed_units
from unposted.connectors.live import Light
from unposted.errors import BadAnswer, BadRecord, SourceDown

__all__ = ["recount_of"]

_SHOWN = ("status", "blocked", "currencyCode", "totalAmountIncludingTax")


class _Key(msgspec.Struct, gc=False, rename="camel"):
    id: str | None = None
    number: str | None = None
    changed: datetime | None = msgspec.field(default=None, name="lastModifiedDateTime")
    status: Any = None
    blocked: Any = None
    currency_code: str | None = None
    total: Any = msgspec.field(default=None, name="totalAmountIncludingTax")


_decode = msgspec.json.Decoder(_Key, float_hook=str).decode


def recount_of(
    wire: Wire, companies: Companies, entity_set: EntitySet
) -> Callable[[datetime | None, datetime | None], Iterator[Light]]:
    """Give the recount of one set; a document's creation is its own date, other sets are always listed as a whole."""

    def recount(start: datetime | None, end: datetime | None) -> Iterator[Light]:
        condition = _condition(entity_set, start, end)
        shown = tuple(name for name in _SHOWN if name in entity_set.fields)
        for company in companies.read:
            try:
                yield from _lights(wire, companies, entity_set, company, condition, shown)
            except SourceDown as error:
                if error.code != "source-failing":
                    raise
                # One record that cannot be delivered must not hide that all others exist: list keys alone.
                yield from _lights(wire, companies, entity_set, company, condition, ())

    return recount


def _condition(entity_set: EntitySet, start: datetime | None, end: datetime | None) -> str:
    parts = [f"({entity_set.filter})"] if entity_set.filter else []
    if entity_set.day is not None:
        parts += [f"{entity_set.day} ge {start:%Y-%m-%d}"] if start else []
        parts += [f"{entity_set.day} le {end:%Y-%m-%d}"] if end else []
    return " and ".join(parts)


def _lights(
    wire: Wire,
    companies: Companies,
    entity_set: EntitySet,
    company: Company,
    condition: str,
    shown: Sequence[str],
) -> Iterator[Light]:
    place = Place(company.name, entity_set.name)
    address = wire.api(f"companies({company.id})/{entity_set.name}")
    narrowed = {"$filter": condition} if condition else {}
    least = wire.count(place, address, narrowed)
    names = dict.fromkeys(("id", entity_set.key, "lastModifiedDateTime", *shown))
    listed = 0
    for page in wire.pages(place, address, narrowed | {"$select": ",".join(names)}):
        for item in page.items:
            listed += 1
            yield _light(_decode(item), companies, entity_set, company)
    if listed < least and listed < wire.count(place, address, narrowed):
        raise BadAnswer(
            "list-cut",
            f"{wire.source} counts {least} rows of {place}, but lists {listed}.",
            "Run the command again; if it stays so, set a smaller page_size for this source.",
        )


def _light(row: _Key, companies: Companies, entity_set: EntitySet, company: Company) -> Light:
    key = (row.number if entity_set.key == "number" else row.id) or ""
    state = choice(row.status) if entity_set.kind else choice(row.blocked)
    currency = ((row.currency_code or "").strip() or companies.currency(company)) if entity_set.kind else None
    total = None
    if currency and row.total is not None:
        try:
            total = signed_units(row.total, "totalAmountIncludingTax", currency.upper())
        except (BadRecord, KeyError):
            total = None  # the reading tells of it; the recount only compares
    return Light(entity_set.id_of(company.entity, key), None, row.changed, state, currency, total)
