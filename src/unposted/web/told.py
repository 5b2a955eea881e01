"""What a card's face says: the figure, its colour, its parts, and what changed, as a role may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from unposted.cards.catalogue import Card
from unposted.cards.reading import Reading
from unposted.domain.filters import Filter
from unposted.exports.words import money_words
from unposted.web.asked import Asked, Wanted
from unposted.web.changes import Changes, Point
from unposted.web.desk import Knowledge
from unposted.web.kept import SeenRow
from unposted.web.roles import Sight

__all__ = ["Part", "Split", "Told", "told_of"]

_AMBER_FROM = 0.7
_SPLITS = {
    "segment": "Segment",
    "platform": "Platform",
    "store": "Store",
    "entity": "Legal entity",
    "status": "Join status",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split; `url` opens exactly its rows."""

    name: str
    count: int
    blocked: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Split:
    """One way of cutting the rows into parts."""

    name: str
    label: str
    parts: tuple[Part, ...]

    @property
    def most(self) -> int:
        """The greatest count of its parts."""
        return max((part.count for part in self.parts), default=0)


@dataclass(frozen=True, slots=True)
class Told:
    """What a card's face says. `colour` is green, amber, red or grey; `week` is the change to the same weekday."""

    reading: Reading
    colour: str
    splits: tuple[Split, ...]
    largest: SeenRow | None
    week: int | None
    change: str
    trend: tuple[Point, ...]
    has_money: bool


def told_of(known: Knowledge, card: Card, sight: Sight) -> Told | None:
    """Tell what the card says now; None when nothing was computed yet."""
    kept = known.kept
    if kept is None:
        return None
    reading = kept.reading
    page = kept.page(Asked(), sight, 1)
    trend = known.trend or ()
    return Told(
        reading=reading,
        colour=_colour(reading.value, card, is_partial=bool(known.failures) or reading.quarantined > 0),
        splits=tuple(_split(reading, name, sight) for name in _SPLITS),
        largest=page.rows[0] if page.rows and page.rows[0].row.blocked is not None else None,
        week=_since_a_week(reading, trend),
        change=_sentence(known.changes, reading, sight),
        trend=trend,
        has_money=sight.money,
    )


def _colour(value: int, card: Card, *, is_partial: bool) -> str:
    """Choose the colour; a card on partial input is never green."""
    if value > card.alert_above:
        return "red"
    return "amber" if is_partial or value > _AMBER_FROM * card.alert_above else "green"


def _split(reading: Reading, name: str, sight: Sight) -> Split:
    parts = tuple(
        Part(bucket.name, bucket.count, bucket.blocked if sight.money else None, _url(name, bucket.name))
        for bucket in reading.split(name)
    )
    if name != "segment":
        parts = tuple(sorted(parts, key=lambda part: (-part.count, part.name)))
    return Split(name, _SPLITS[name], parts)


def _url(split: str, name: str) -> str:
    """Return the address of exactly a part's rows; a row has one segment only, so that has a plainer name."""
    asked = Filter(segment=(name,)) if split == "segment" else Filter(part=(f"{split}={name}",))
    return Asked(Wanted(asked)).url()


def _since_a_week(reading: Reading, trend: tuple[Point, ...]) -> int | None:
    if not trend:
        return None
    day = trend[-1].day - timedelta(days=7)
    before = next((point.value for point in trend if point.day == day), None)
    return None if before is None else reading.value - before


def _sentence(changes: Changes | None, reading: Reading, sight: Sight) -> str:
    """Say in a sentence what changed since a day ago."""
    if changes is None:
        return ""
    if not changes.came and not changes.gone and not changes.revalued:
        return "Nothing changed since this time yesterday."
    moves = [f"{changes.came:,} came" if changes.came else "", f"{len(changes.gone):,} went" if changes.gone else ""]
    moves.append(f"{changes.revalued:,} changed in value" if changes.revalued else "")
    sentence = "Since this time yesterday " + _listed([move for move in moves if move])
    if sight.money and reading.blocked.units is not None and changes.blocked_before is not None:
        off = reading.blocked.units - changes.blocked_before
        amount = money_words(abs(off), reading.blocked.currency, with_code=True)
        sentence += (
            f"; {amount} {'more' if off > 0 else 'less'} is blocked" if off else "; the blocked value is the same"
        )
    return sentence + "."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
