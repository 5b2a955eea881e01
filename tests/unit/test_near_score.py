"""One pair, one verdict: each rule of near matches with an example."""

from __future__ import annotations

from itertools import permutations

import pytest

from unposted.cards.near_score import Judged, Master, Profile, judge
from unposted.cards.near_tax import differs_by_a_slip, has_right_check_digit

_MASTER = Master(100_000, {"smith": 2_000, "ana": 3_000, "lena": 800, "hartwell": 3, "outfitters": 40})


def _side(*names: str, company: bool = False, **values: str) -> Profile:
    return Profile(names, company, {kind: tuple(sorted(text.split())) for kind, text in values.items()})


def _person(name: str = "Lena Hartwell", **values: str) -> Profile:
    return Profile((name,), False, {kind: (text,) for kind, text in values.items()})


def _firm(name: str, **values: str) -> Profile:
    return Profile((name,), True, {kind: (text,) for kind, text in values.items()})


def _judged(one: Profile, other: Profile) -> Judged:
    """Judge a pair, and make sure that the other way round says the same."""
    found = judge(one, other, _MASTER)
    back = judge(other, one, _MASTER)
    assert (found.score, found.verdict) == (back.score, back.verdict)
    return found


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (_person(email="l.hartwell@gmail.com"), _person(email="lhartwell+x@googlemail.com"), "link"),
        (_person(phone="+15035550142"), _person("Hartwell Lena", phone="+15035550142"), "link"),
        (_person(name_address="lena hartwell|97701|418"), _person(name_address="lena hartwell|97701|418"), "link"),
        (_person(phone="+15035550142"), _person("Oskar Hartwell", phone="+15035550142"), "ask"),
        (_person(), _person(), "ask"),
        (_person("Ana Smith"), _person("Ana Smith"), "create"),
        (_person(email="lena@gmail.com"), _person("Oskar Lind", email="oskar@gmail.com"), "create"),
        (_person(birth="1971-06-24", phone="+15035550142"), _person(birth="1999-01-02", phone="+15035550142"), "ask"),
        (_firm("Müller Werkzeuge GmbH", tax_id="DE136695976"), _firm("Mueller Werkzeuge", tax_id="~136695976"), "link"),
        (_firm("Müller Werkzeuge", tax_id="DE136695976"), _firm("Mueller Werkzeuge", tax_id="DE136695967"), "link"),
        (_firm("Müller Werkzeuge", tax_id="DE136695976"), _firm("Müller Werkzeuge", tax_id="DE811907980"), "create"),
        (_firm("Kestrel Tools", email="a@kestrel.example.io"), _firm("Kestrel", email="b@kestrel.example.io"), "ask"),
        (_firm("Kestrel Tools", email="a@kestrel.io"), _firm("Kestrel Tools Inc", email="b@kestrel.io"), "link"),
        (_firm("Kestrel Nord 1", email="a@kestrel.io"), _firm("Kestrel Nord 2", email="b@kestrel.io"), "ask"),
    ],
)  # fmt: skip
def test_a_pair_has_one_verdict(one: Profile, other: Profile, verdict: str) -> None:
    """Link what is the same, ask where something speaks against it, create when nothing is close."""
    found = _judged(one, other)
    assert found.verdict == verdict, found


def test_the_order_of_values_and_names_changes_nothing() -> None:
    """Facts arrive in any order."""
    names = ("Lena Hartwell", "L. Hartwell", "Hartwell Studio")
    phones = ("+15035550142", "+15035550143", "+15035550144")
    other = _person(phone="+15035550143")
    found = {
        judge(Profile(some, False, {"phone": numbers}), other, _MASTER)
        for some in permutations(names)
        for numbers in permutations(phones)
    }
    assert len(found) == 1


def test_a_number_that_thousands_share_says_little() -> None:
    """A call centre's number is evidence of nothing but the call centre."""
    shared = Master(100_000, _MASTER.words, {("phone", "+18005550100"): 20_000})
    one, other = _person(phone="+18005550100"), _person("Oskar Lind", phone="+18005550100")
    assert judge(one, other, shared).score < judge(one, other, _MASTER).score


def test_nothing_known_is_nothing_close() -> None:
    """Empty sides, one-letter names and placeholders of names never make a match."""
    nothing = Profile((), False, {})
    assert judge(nothing, nothing, Master(0)).verdict == "create"
    assert _judged(_person("x"), _person("y")).verdict == "create"


@pytest.mark.parametrize(
    ("country", "number", "is_right"),
    [
        ("DE", "136695976", True), ("DE", "136695967", False), ("GB", "980780684", True), ("GB", "802311781", False),
        ("FR", "40303265045", True), ("IT", "00743110157", True), ("BE", "0403019261", True),
        ("PL", "8567346215", True),
        ("PT", "501964843", True), ("DK", "13585628", True), ("FI", "20774740", True), ("LU", "15027442", True),
        ("AU", "83914571673", True), ("AU", "99999999999", False), ("US", "123456789", None), ("DE", "A36695976", None),
    ],
)  # fmt: skip
def test_check_digits(country: str, number: str, is_right: bool | None) -> None:
    """The examples are the tax offices' own or well known."""
    assert has_right_check_digit(country, number) is is_right


def test_two_real_numbers_are_two_firms() -> None:
    """A slip is one only when at most one of the two can be real."""
    assert differs_by_a_slip("136695976", "136695967", "DE")
    assert not differs_by_a_slip("136695976", "136695976", "DE")
    assert not differs_by_a_slip("136695976", "811907980", "DE")
    assert not differs_by_a_slip("00743100091", "00743100901", "IT")
