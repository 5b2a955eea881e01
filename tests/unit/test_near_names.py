"""Names are compared word by word, whatever the script, the order and the spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.readings import NAUGHTY
from unposted.cards.near_names import close_words, compare_names, name_words


def _rarity(_word: str) -> int:
    return 8


@pytest.mark.parametrize(
    "names",
    [
        ("Müller", "Mueller", "Muller", "MÜLLER GmbH", "Müller Ltd."),
        ("Großmann", "GROSSMANN AG"),
        ("Harbor & Pine", "harbor pine llc", "Harbor and Pine Inc"),
        ("Łukasz Żak", "Lukasz Zak"),
        ("O'Brien", "OBrien"),
    ],
)
def test_spellings_of_one_name_are_the_same_words(names: tuple[str, ...]) -> None:
    """Umlauts written out or left out, legal forms, ampersands and accents change nothing."""
    assert len({name_words(name) for name in names}) == 1


def test_a_name_of_legal_forms_alone_says_nothing() -> None:
    """Two firms that are called Ltd are not the same."""
    assert name_words("The Ltd. & Co") == ()
    assert not compare_names("Ltd", "Ltd", _rarity, are_people=False).agrees


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("theo", "theodore", "short form"), ("bob", "robert", "short form"), ("j", "jonah", "initial"),
        ("hartwell", "hartwel", "misspelt"), ("harley", "hayler", "misspelt"), ("harley", "kaur", None),
        ("5", "51", None), ("k", "jonah", None), ("marchetti", "castellane", None),
    ],
)  # fmt: skip
def test_two_words_can_be_one(one: str, other: str, how: str | None) -> None:
    """A slip, a short form, an initial; in either direction."""
    assert close_words(one, other) == close_words(other, one) == how


def test_swapped_first_and_last_names_are_one_name() -> None:
    """Forms mix them up."""
    said = compare_names("Lena Hartwell", "Hartwell, Lena", _rarity, are_people=True)
    assert (said.agrees, said.conflicts, said.bits) == (True, False, 16)


def test_a_household_is_not_one_person() -> None:
    """The same surname with another first name tells two people apart."""
    said = compare_names("Lena Hartwell", "Oskar Hartwell", _rarity, are_people=True)
    assert (said.agrees, said.conflicts) == (False, True)


def test_a_junior_is_not_the_senior() -> None:
    """Father and son share all but the suffix."""
    said = compare_names("John Okonjo Jr", "John Okonjo Sr", _rarity, are_people=True)
    assert (said.agrees, said.conflicts) == (False, True)


def test_branches_of_a_chain_are_not_one_firm() -> None:
    """A number that only one has, or that differs, is another branch."""
    assert compare_names("Corner Cafe 12", "Corner Cafe 14", _rarity, are_people=False).conflicts
    assert compare_names("Corner Cafe 12", "Corner Cafe", _rarity, are_people=False).conflicts


def test_a_rare_word_says_more() -> None:
    """Bits follow how many records have the word."""
    common = compare_names("Ana Smith", "Ana Smith", lambda _word: 2, are_people=True)
    rare = compare_names("Ana Smith", "Ana Smith", lambda _word: 9, are_people=True)
    assert rare.bits > common.bits


_NAMES = st.one_of(st.sampled_from(NAUGHTY), st.text(max_size=30), st.sampled_from(["", "x", "שלום עולם", "王", "م"]))


@given(_NAMES, _NAMES, st.booleans())
def test_any_two_texts_can_be_compared_both_ways(one: str, other: str, are_people: bool) -> None:
    """Nothing crashes, and it does not matter which side a name is on."""
    there = compare_names(one, other, _rarity, are_people=are_people)
    back = compare_names(other, one, _rarity, are_people=are_people)
    assert (there.bits, there.agrees, there.conflicts) == (back.bits, back.agrees, back.conflicts)


def test_a_name_of_ten_thousand_characters_is_no_burden() -> None:
    """Only the beginning of a name is read."""
    long = "wort " * 2_000
    assert len(name_words(long)) <= 12
    assert len(name_words("x" * 10_000)[0]) <= 200
    assert compare_names(long, "y" * 10_000, _rarity, are_people=False).conflicts
