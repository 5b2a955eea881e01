"""How a reading differs from those before it: since a day ago, since a week ago, over a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from unposted.cards.catalogue import ABSENT_CUSTOMERS
from unposted.cards.engine import read_card
from unposted.cards.reading import Reading
from unposted.cards.rows import cursor_of
from unposted.domain.window import window_of

if TYPE_CHECKING:
    import duckdb

    from unposted.workspace.model import Workspace

__all__ = ["DAYS", "Changes", "Gone", "Parties", "Point", "changes_between", "trend_points"]

DAYS = 30
Parties: TypeAlias = Mapping[str, tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Point:
    """What the card said at the same time of day, some days ago."""

    day: date
    value: int
    blocked: int | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A party that left the list."""

    party: str
    name: str
    blocked: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to the list since an earlier instant: how many came, who went, how many are worth another sum."""

    since: datetime
    value_before: int
    blocked_before: int | None
    came: int
    gone: tuple[Gone, ...]
    revalued: int


def changes_between(before: Reading, parties_before: Parties, parties: Parties) -> Changes:
    """Compare the parties of two readings."""
    gone = sorted(
        (Gone(party, *told) for party, told in parties_before.items() if party not in parties),
        key=lambda one: (-(one.blocked or 0), one.party),
    )
    return Changes(
        since=before.as_of,
        value_before=before.value,
        blocked_before=before.blocked.units,
        came=sum(party not in parties_before for party in parties),
        gone=tuple(gone),
        revalued=sum(
            party in parties_before and parties_before[party][1] != told[1] for party, told in parties.items()
        ),
    )


def trend_points(
    store: duckdb.DuckDBPyConnection, workspace: Workspace, as_of: datetime, covered: datetime | None
) -> Iterator[Point]:
    """Say what the card said on each of the last days at this time of day, the newest first.

    A day whose window begins before `covered`, from when on the orders were read, was not measured and is left out.
    """
    zone = workspace.timezone
    here = as_of.astimezone(zone)
    for back in range(DAYS):
        moment = as_of if back == 0 else (here.replace(tzinfo=None) - timedelta(days=back)).replace(tzinfo=zone)
        start = window_of(ABSENT_CUSTOMERS.window, moment, workspace.timezone).start
        if back and (covered is None or start < covered):
            return
        reading = read_card(store, workspace, moment)
        yield Point(moment.astimezone(zone).date(), reading.value, reading.blocked.units)
        cursor_of(reading.rows).close()
