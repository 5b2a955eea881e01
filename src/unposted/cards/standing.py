"""How long a row has stood on the list, how long rows like it usually do, and whether it is stuck.

Everything is as it was known at the reading's instant, so that a replay says the same: a stay that began or ended at
that very instant counts as not begun or not ended, whether the reading itself was kept already or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from unposted.domain.survival import Case, Usual, usual_time

if TYPE_CHECKING:
    import duckdb

    from unposted.cards.reading import Row

__all__ = ["NOTHING_KNOWN", "Standing", "Standings", "group_of"]

Group: TypeAlias = tuple[str, str, str]
_LEARNED_FROM = timedelta(days=400)
_MINUTE = 60


class Standing(NamedTuple):
    """What the history says of a row; the last two are None when there is not enough of it.

    `first_seen` is the first reading with the party, UTC. `usual_clear_minutes` None beside a known `stuck`: half of
    the rows like it have not cleared in any time seen.
    """

    first_seen: datetime | None
    usual_clear_minutes: int | None
    stuck: bool | None


NOTHING_KNOWN = Standing(None, None, None)


@dataclass
class Standings:
    """The history behind the rows of one reading, read from the store when the first of them is asked for."""

    cursor: duckdb.DuckDBPyConnection
    card: str
    as_of: datetime
    _stays: dict[str, tuple[datetime, datetime]] | None = None
    _usual: dict[Group, Usual | None] = field(default_factory=dict)

    def of(self, row: Row) -> Standing:
        """Tell the standing of a row."""
        if self._stays is None:
            self._stays = self._read_stays()
            self._usual = self._learn()
        first, since = self._stays.get(row.party, (self.as_of, self.as_of))
        usual = self._usual.get(group_of(row))
        if usual is None:
            return Standing(first, None, None)
        seconds = int((self.as_of - since).total_seconds())
        is_stuck = usual.nearly_all is not None and seconds > usual.nearly_all
        return Standing(first, None if usual.half is None else usual.half // _MINUTE, is_stuck)

    def _read_stays(self) -> dict[str, tuple[datetime, datetime]]:
        """Return for each party when it was first seen, and since when it stands on the list without a break."""
        moment = self._moment
        rows = self.cursor.execute(
            """SELECT m.party, min(m.entered_at), max(m.entered_at) FILTER (m.left_at > ?)
            FROM membership AS m WHERE m.card = ? AND m.entered_at <= ? AND m.party IN (SELECT party FROM worklist)
            GROUP BY m.party""",
            [moment, self.card, moment],
        ).fetchall()
        return {
            party: (first.replace(tzinfo=UTC), since.replace(tzinfo=UTC) if since else self.as_of)
            for party, first, since in rows
        }

    def _learn(self) -> dict[Group, Usual | None]:
        """Learn from the stays of the last 400 days how long those of each store, segment and entity take."""
        moment = self._moment
        rows = self.cursor.execute(
            """SELECT store, segment, entity, left_at < ? AND cleared AS ended,
                CAST(epoch(least(left_at, ?)) - epoch(entered_at) AS BIGINT) AS seconds, count(*)
            FROM membership WHERE card = ? AND entered_at < ? AND entered_at >= ?
            GROUP BY ALL""",
            [moment, moment, self.card, moment, moment - _LEARNED_FROM],
        ).fetchall()
        groups: dict[Group, list[Case]] = {}
        for store, segment, entity, ended, seconds, count in rows:
            groups.setdefault((store, segment, entity), []).append(Case(seconds, ended, count))
        return {group: usual_time(cases) for group, cases in groups.items()}

    @property
    def usual(self) -> Mapping[Group, Usual | None]:
        """How long stays take by store, segment and entity; None where there is not enough history."""
        return self._learn()

    @property
    def _moment(self) -> datetime:
        return self.as_of.astimezone(UTC).replace(tzinfo=None)


def group_of(row: Row) -> Group:
    """Return the buckets of the splits that a row's usual time is learned by: store, segment, entity."""
    store = row.stores[0] if len(row.stores) == 1 else "several"
    entity = "ambiguous" if row.ambiguous else row.expected_entities[0] if row.expected_entities else "unmapped"
    return store, row.segment, entity
