"""How long something usually takes, learned from cases of which some have not ended yet (Kaplan and Meier 1958)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

__all__ = ["ENOUGH_CASES", "Case", "Usual", "survival_curve", "time_until", "usual_time"]

ENOUGH_CASES = 30
"""Of fewer cases that ended, nothing is said."""

_PRECISE = Context(prec=60)
_COMPARED = Decimal("1e-40")  # what is closer than this is equal: 3/4 × 2/3 is one half
_HALF, _ONE_IN_TWENTY = Decimal("0.5"), Decimal("0.05")


class Case(NamedTuple):
    """Cases of one length, in any unit; `ended` False: they were still going on when they were last seen."""

    length: int
    ended: bool
    number: int = 1


@dataclass(frozen=True, slots=True)
class Usual:
    """Until when half and nineteen in twenty of the cases end; None when so many have not ended in any time seen."""

    half: int | None
    nearly_all: int | None


def usual_time(cases: Iterable[Case]) -> Usual | None:
    """Tell how long cases usually last; None when fewer than `ENOUGH_CASES` have ended."""
    listed = list(cases)
    if sum(case.number for case in listed if case.ended) < ENOUGH_CASES:
        return None
    curve = survival_curve(listed)
    return Usual(time_until(curve, _HALF), time_until(curve, _ONE_IN_TWENTY))


def survival_curve(cases: Iterable[Case]) -> list[tuple[int, Decimal]]:
    """Return, for each length at which cases ended, the share that lasts longer, by the product-limit estimate.

    A case that was last seen at a length at which others ended counts as being at risk there.
    """
    ended: dict[int, int] = {}
    leaving: dict[int, int] = {}
    for case in cases:
        leaving[case.length] = leaving.get(case.length, 0) + case.number
        if case.ended:
            ended[case.length] = ended.get(case.length, 0) + case.number
    at_risk, share = sum(leaving.values()), Decimal(1)
    curve: list[tuple[int, Decimal]] = []
    for length in sorted(leaving):
        if length in ended:
            left = _PRECISE.divide(Decimal(at_risk - ended[length]), Decimal(at_risk))
            share = _PRECISE.multiply(share, left)
            curve.append((length, share))
        at_risk -= leaving[length]
    return curve


def time_until(curve: Iterable[tuple[int, Decimal]], share: Decimal) -> int | None:
    """Return the first length beyond which no more than this share lasts; None when the curve stays above it."""
    return next((length for length, lasting in curve if lasting <= share + _COMPARED), None)
