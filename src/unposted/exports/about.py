"""What a reading says about itself beside its rows: definition, bounds, totals, freshness."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.reading import CurrencyAmount, Reading
from unposted.exports.columns import Cell

__all__ = ["Fact", "facts_of"]


class Fact(NamedTuple):
    """One line about a reading: what, its value, and the blocked value that belongs to it, if any."""

    what: str
    value: Cell
    blocked: Cell = None


def facts_of(reading: Reading, notes: tuple[str, ...] = ()) -> Iterator[Fact]:
    """Tell everything that a reader of the rows must know to trust them; `notes` are about the file itself."""
    zone = ZoneInfo(reading.window.zone)
    currency = reading.blocked.currency
    yield Fact("card", reading.label)
    yield Fact("card id", reading.card)
    yield Fact("workspace", reading.workspace)
    if reading.card == ABSENT_CUSTOMERS.id:
        yield Fact("definition", ABSENT_CUSTOMERS.definition)
    yield Fact("definition version", reading.definition_version)
    yield Fact("as of", _local(reading.as_of, zone))
    yield Fact("window from", _local(reading.window.start, zone))
    yield Fact("window to (included)", _local(reading.window.end, zone))
    yield Fact("time zone of the dates", reading.window.zone)
    yield Fact("filter", reading.filters or "none: all rows")
    yield Fact("rows", reading.value, _known(reading.blocked.units, currency))
    for amount in reading.blocked.by_currency:
        yield Fact(f"blocked in {amount.currency}", None, amount)
    yield Fact("reporting currency", currency)
    yield Fact("rows without a rate (their value is unknown and in no total)", reading.blocked.unknown_rate_rows)
    yield Fact("alert of the whole card", reading.alert.state)
    yield Fact("alert fires above", reading.alert.threshold)
    yield Fact("in Dataverse, not promoted", reading.in_dataverse)
    for name, buckets in reading.splits:
        for bucket in buckets:
            yield Fact(f"{name}: {bucket.name}", bucket.count, _known(bucket.blocked, currency))
    for rate in reading.fx:
        yield Fact("exchange rate", rate)
    yield Fact("records in quarantine", reading.quarantined)
    for signal, orders in reading.unmapped_statuses:
        yield Fact(f"orders of unmapped status {signal} (counted as active)", orders)
    for stream in reading.inputs:
        newest = _local(stream.newest, zone) if stream.newest else "none"
        told = f"{stream.records} records, newest {newest}, read {_local(stream.read_at, zone)}"
        yield Fact(f"input {stream.source} {stream.stream}", told)
    for note in notes:
        yield Fact("note", note)


def _local(when: datetime, zone: ZoneInfo) -> str:
    return when.astimezone(zone).isoformat()


def _known(units: int | None, currency: str) -> Cell:
    return "unknown" if units is None else CurrencyAmount(currency, units)
