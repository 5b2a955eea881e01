"""The usual time to clear: Kaplan and Meier's estimate, by hand, by an oracle, and what it says of too little."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unposted.domain.survival import Case, Usual, survival_curve, time_until, usual_time

_CASES = st.lists(st.builds(Case, st.integers(0, 12), st.booleans(), st.integers(1, 3)), max_size=30)


def test_the_curve_of_a_textbook_example() -> None:
    """The 6-MP arm of Freireich's leukaemia trial gives the shares that the textbooks print."""
    ended = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    open_ones = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    cases = [Case(time, True, count) for time, count in ended.items()] + [Case(time, False) for time in open_ones]
    curve = survival_curve(cases)
    assert [(time, round(share, 3)) for time, share in curve] == [
        (6, Decimal("0.857")), (7, Decimal("0.807")), (10, Decimal("0.753")), (13, Decimal("0.690")),
        (16, Decimal("0.627")), (22, Decimal("0.538")), (23, Decimal("0.448")),
    ]  # fmt: skip
    assert time_until(curve, Decimal("0.5")) == 23
    assert time_until(curve, Decimal("0.05")) is None


def test_a_share_of_exactly_one_half_is_reached() -> None:
    """3/4 × 2/3 is one half, whatever the digits of two thirds."""
    cases = [Case(1, True), Case(2, True), Case(3, False), Case(4, False)]
    assert time_until(survival_curve(cases), Decimal("0.5")) == 2


@given(_CASES)
def test_the_curve_is_the_product_of_the_shares_that_stay(cases: list[Case]) -> None:
    """Counted case by case with fractions, it is the same to thirty digits."""
    single = [(case.length, case.ended) for case in cases for _ in range(case.number)]
    share, expected = Fraction(1), []
    for time in sorted({length for length, ended in single if ended}):
        at_risk = [one for one in single if one[0] >= time]
        share *= 1 - Fraction(len([one for one in at_risk if one == (time, True)]), len(at_risk))
        expected.append((time, share))
    curve = survival_curve(cases)
    assert [time for time, _ in curve] == [time for time, _ in expected]
    for (_, got), (_, wanted) in zip(curve, expected, strict=True):
        assert abs(Fraction(got) - wanted) < Fraction(1, 10**30)


@pytest.mark.parametrize(("ended", "known"), [(29, False), (30, True)])
def test_below_thirty_cases_nothing_is_said(ended: int, known: bool) -> None:
    """Cases that still go on do not make up for cases that have ended."""
    told = usual_time([Case(60, True, ended), Case(5, False, 500)])
    assert (told is not None) == known


def test_the_usual_time_is_when_half_and_nearly_all_have_ended() -> None:
    """Of forty cases of 1 to 40 minutes twenty have ended at 20, thirty-eight at 38."""
    assert usual_time([Case(length, True) for length in range(1, 41)]) == Usual(20, 38)
