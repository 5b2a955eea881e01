"""Narrows a reading to the rows that a filter keeps; every total follows from the rows that are left."""

from __future__ import annotations

from dataclasses import replace

from unposted.cards.reading import Reading
from unposted.cards.totals import totals_of
from unposted.domain.filters import Filter

__all__ = ["narrow"]


def narrow(reading: Reading, asked: Filter) -> Reading:
    """Keep the rows that match; value, blocked, splits and largest are theirs.

    Ranks stay those of the full list, the alert stays that of the whole card, and so do quarantine and freshness.
    """
    if asked == Filter():
        return reading
    is_kept = asked.keeps(reading.blocked.currency)
    rows = tuple(row for row in reading.rows if is_kept(row))
    totals = totals_of(rows, reading.blocked.currency, reading.alert.threshold)
    told = f"{asked.words(reading.blocked.currency)} ({len(rows)} of {len(reading.rows)} rows)"
    return replace(
        reading,
        value=totals.value,
        blocked=totals.blocked,
        splits=totals.splits,
        in_dataverse=totals.in_dataverse,
        rows=rows,
        filters=f"{reading.filters}; then {told}" if reading.filters else told,
    )
