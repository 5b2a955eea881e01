"""Scores one pair, an absent party and a master record: bits of evidence per field, a sentence each, one verdict.

Pure functions of what both sides show; all numbers come from near_weights. The order of values changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Literal, NamedTuple, TypeAlias

from unposted.cards import near_weights as weights
from unposted.cards.near_lists import FREE_DOMAINS, SHARED_MAILBOXES
from unposted.cards.near_names import NameEvidence, close_words, compare_names
from unposted.cards.near_tax import differs_by_a_slip
from unposted.domain.identity import fold_email

__all__ = ["Judged", "Master", "Profile", "Verdict", "judge"]

Verdict: TypeAlias = Literal["link", "ask", "create"]
_DIGITS = re.compile(r"\d+")
_LETTERS = "~ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Profile:
    """What one side shows: its names and its normalised values by kind of key."""

    names: tuple[str, ...]
    is_company: bool
    values: Mapping[str, tuple[str, ...]]

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the values of one kind."""
        return self.values.get(kind, ())

    @cached_property
    def emails(self) -> frozenset[str]:
        """The addresses without dots and tags."""
        return frozenset(fold_email(email) for email in self.of("email") if "@" in email)

    @cached_property
    def phones(self) -> frozenset[str]:
        """The phone numbers."""
        return frozenset(self.of("phone"))

    @cached_property
    def places(self) -> frozenset[tuple[str, str]]:
        """Postcode and house number of each address."""
        parts = [value.split("|") for value in self.of("name_address")]
        return frozenset((part[1], part[2]) for part in parts if len(part) == 3)

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """The tax numbers without their country, each with the country that it is shown with (or empty)."""
        return _numbers(self.of("tax_id"))


@dataclass(frozen=True, slots=True)
class Master:
    """What the customer master says of chance: how many records it has, and how many share a word or a value."""

    records: int
    words: Mapping[str, int] = field(default_factory=dict)
    shared: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def prior(self) -> int:
        """The bits that a match begins with."""
        return -min(_log2(self.records), weights.MOST_PRIOR)

    def word(self, word: str) -> int:
        """Return what it says, in bits, that two names share a word."""
        return max(1, _log2(self.records // max(1, self.words.get(word, 1))))

    def value(self, kind: str, value: str, most: int) -> int:
        """Return what it says, in bits, that two records share a value; `most` for one that a single record has."""
        return max(1, most - _log2(self.shared.get((kind, value), 1)))


class Judged(NamedTuple):
    """The score of a pair in bits (0: as likely as not), its verdict, and a sentence a field."""

    score: int
    verdict: Verdict
    evidence: tuple[str, ...]


class _Said(NamedTuple):
    """What one field says: bits, a sentence, and whether it agrees on its own or tells the two apart.

    A hint adds to what others say and is nothing by itself: thousands share a city.
    """

    bits: int
    words: str
    agrees: bool = False
    conflicts: bool = False
    is_hint: bool = False


def _log2(number: int) -> int:
    return max(1, number).bit_length() - 1


def judge(party: Profile, record: Profile, master: Master) -> Judged:
    """Score a pair; one that shares a near key is at least to be looked at, whatever else is said."""
    name = _names(party, record, master)
    said = [rule(party, record, master) for rule in _FIELDS]
    found = [each for each in said if each is not None]
    everything = [*([name] if name else []), *found]
    score = master.prior + sum(each.bits for each in everything)
    verdict = _verdict(score, name, found)
    if verdict == "create" and _share_a_key(party, record):
        verdict = "ask"
    return Judged(score, verdict, tuple(each.words for each in everything))


def _share_a_key(party: Profile, record: Profile) -> bool:
    """Tell whether both sides share what the join status near_match looks for (near_value.sql)."""
    return bool(
        party.phones & record.phones
        or not set(party.of("name_address")).isdisjoint(record.of("name_address"))
        or party.emails & record.emails
        or any(len(number) >= 7 and number in record.numbers for number in party.numbers)
    )


def _verdict(score: int, name: _Said | None, found: Iterable[_Said]) -> Verdict:
    agreeing = sum(each.agrees for each in found)
    has_conflict = any(each.conflicts for each in (*found, *([name] if name else [])))
    is_named = name is not None and name.agrees
    if score >= weights.LINK_FROM and not has_conflict and agreeing + is_named >= 2:
        return "link"
    everything = [*found, *([name] if name else [])]
    speaking = sum(each.bits > 0 for each in everything if not each.is_hint)
    hinting = sum(each.bits > 0 for each in everything)
    least = weights.ASK_FROM[min(hinting, len(weights.ASK_FROM)) - 1]
    return "ask" if speaking and score >= least else "create"


def _names(party: Profile, record: Profile, master: Master) -> _Said | None:
    """Compare every name with every name; the likeliest pair speaks."""
    are_people = not (party.is_company or record.is_company)
    compared = [
        compare_names(one, other, master.word, are_people=are_people)
        for one, other in product(sorted(party.names), sorted(record.names))
    ]
    best = max(compared, key=lambda each: (each.bits, each.agrees, not each.conflicts, each.words), default=None)
    return None if best is None or best == _SILENT else _Said(*best)


_SILENT = NameEvidence(0, "name: not shown", agrees=False, conflicts=False)


def _tax_ids(party: Profile, record: Profile, _master: Master) -> _Said | None:
    mine, theirs = party.numbers, record.numbers
    if not mine or not theirs:
        return None
    same = sorted(mine.keys() & theirs.keys())
    if same:
        return _Said(weights.TAX_ID.same, f"tax id: the number {same[0]} is the same", agrees=True)
    for one, other in product(sorted(mine), sorted(theirs)):
        if differs_by_a_slip(one, other, mine[one] or theirs[other]):
            return _Said(weights.TAX_ID.close, f"tax id: {one} and {other} differ by a slip", agrees=True)
    return _Said(weights.TAX_ID.differs, "tax id: another number", conflicts=True)


def _numbers(values: Iterable[str]) -> dict[str, str]:
    """Return the numbers without their country, each with the country that it is shown with (or empty)."""
    found: dict[str, str] = {}
    for value in sorted(values, reverse=True):
        number = value.lstrip(_LETTERS)
        country = value[:2] if value[:2].isalpha() and len(value) > len(number) else ""
        found[number] = found.get(number) or country
    return found


def _emails(party: Profile, record: Profile, master: Master) -> _Said | None:
    mine, theirs = party.emails, record.emails
    if not mine or not theirs:
        return None
    same = sorted(mine & theirs)
    if same:
        bits = master.value("email", same[0], weights.EMAIL.same)
        return _Said(bits, f"e-mail: {same[0]} without dots and tags", agrees=True)
    pairs = list(product(sorted(mine), sorted(theirs)))
    is_firm = party.is_company or record.is_company
    for one, other in pairs:
        if _is_close_address(one, other):
            is_own = is_firm and one.rpartition("@")[2] == other.rpartition("@")[2] not in FREE_DOMAINS
            return _Said(weights.EMAIL.close, f"e-mail: {one} and {other} are nearly the same", agrees=is_own)
    for one, other in pairs:
        domain = one.rpartition("@")[2]
        if domain == other.rpartition("@")[2] and domain not in FREE_DOMAINS:
            bits = master.value("domain", domain, weights.EMAIL.close)
            return _Said(bits, f"e-mail: both at {domain}", agrees=is_firm)
    for one, other in pairs:
        mailbox = one.partition("@")[0]
        if mailbox == other.partition("@")[0] and len(mailbox) >= 6 and mailbox not in SHARED_MAILBOXES:
            bits = master.value("mailbox", mailbox, weights.EMAIL.close)
            return _Said(bits, f"e-mail: {mailbox} at another provider", agrees=True)
    return _Said(weights.EMAIL.differs, "e-mail: another address")


def _is_close_address(one: str, other: str) -> bool:
    """Tell two addresses that differ by a slip or two; a mailbox with another number is somebody else's."""
    from rapidfuzz.distance import OSA

    allowed = min(len(one), len(other)) // weights.SIGNS_FOR_A_SLIP
    if OSA.distance(one, other, score_cutoff=allowed) > allowed:
        return False
    mailbox, other_mailbox = one.rpartition("@")[0], other.rpartition("@")[0]
    return mailbox == other_mailbox or not _is_other_number(mailbox, other_mailbox)


def _is_other_number(one: str, other: str) -> bool:
    """Tell two mailboxes that differ in their digits alone: anna1 and anna2 are two people."""
    letters = "".join(char for char in one if not char.isdecimal())
    return letters == "".join(char for char in other if not char.isdecimal())


def _phones(party: Profile, record: Profile, master: Master) -> _Said | None:
    mine, theirs = party.phones, record.phones
    if not mine or not theirs:
        return None
    same = sorted(mine & theirs, key=lambda value: (master.shared.get(("phone", value), 1), value))
    if same:
        return _Said(master.value("phone", same[0], weights.PHONE.same), f"phone: {same[0]} is the same", agrees=True)
    return _Said(weights.PHONE.differs, "phone: another number")


def _addresses(party: Profile, record: Profile, master: Master) -> _Said | None:
    """Compare postcode with house number, and the street where both sides show one."""
    mine, theirs = party.places, record.places
    streets = _alike_streets(party, record)
    if not (mine and theirs):
        if streets is None:
            return None
        return _Said(weights.ADDRESS.same, f"address: {streets}", agrees=True) if streets else _OTHER_ADDRESS
    same = sorted(mine & theirs)
    if same:
        place = f"{same[0][0]} {same[0][1]}"
        bits = master.value("place", "|".join(same[0]), weights.ADDRESS.same) + (weights.STREET if streets else 0)
        return _Said(bits, f"address: same postcode and house number ({place})", agrees=True)
    if streets:
        return _Said(weights.ADDRESS.same - 1, f"address: {streets}, another postcode")
    postcodes = {place for place, _ in mine} & {place for place, _ in theirs}
    if postcodes:
        street = weights.STREET if _share_a_street(party, record) else 0
        return _Said(
            weights.ADDRESS.close + street, f"address: same postcode ({min(postcodes)}), another number", is_hint=True
        )
    return _OTHER_ADDRESS


_OTHER_ADDRESS = _Said(weights.ADDRESS.differs, "address: another one")


def _alike_streets(party: Profile, record: Profile) -> str | None:
    """Tell two streets that are alike and have one house number; empty when none are, None when a side shows none."""
    from rapidfuzz.fuzz import token_sort_ratio

    mine, theirs = party.of("street"), record.of("street")
    if not mine or not theirs:
        return None
    for one, other in product(mine, theirs):
        numbers = [[part for part in street.split() if part.isdecimal()][:1] for street in (one, other)]
        if numbers[0] == numbers[1] and token_sort_ratio(one, other) >= weights.ALIKE:
            return f"{one} and {other} are alike"
    return ""


def _share_a_street(party: Profile, record: Profile) -> bool:
    """Tell whether both sides show one street, whatever the house numbers."""
    from rapidfuzz.fuzz import token_sort_ratio

    mine, theirs = ([_DIGITS.sub("", street) for street in side.of("street")] for side in (party, record))
    return any(token_sort_ratio(one, other) >= weights.ALIKE for one, other in product(mine, theirs))


def _births(party: Profile, record: Profile, master: Master) -> _Said | None:
    mine, theirs = party.of("birth"), record.of("birth")
    if not mine or not theirs:
        return None
    same = sorted(set(mine) & set(theirs))
    if same:
        return _Said(master.value("birth", same[0], weights.BIRTH.same), "birth: the same day", agrees=True)
    if any(_is_close_day(one, other) for one, other in product(mine, theirs)):
        return _Said(weights.BIRTH.close, "birth: nearly the same day")
    if any(_share_two_parts(one, other) for one, other in product(mine, theirs)):
        return _Said(weights.BIRTH.close // 2, "birth: another day, month or year", is_hint=True)
    is_near_by = any(abs(_days(one) - _days(other)) <= weights.DAYS_NEAR_BY for one, other in product(mine, theirs))
    bits = weights.BIRTH.differs // 4 if is_near_by else weights.BIRTH.differs
    return _Said(bits, "birth: another day", conflicts=True)


def _is_close_day(one: str, other: str) -> bool:
    """Tell two days that differ by one sign, or have day and month swapped."""
    from rapidfuzz.distance import OSA

    parts = one.split("-")
    return OSA.distance(one, other, score_cutoff=1) <= 1 or other.split("-") == [parts[0], *reversed(parts[1:])]


def _share_two_parts(one: str, other: str) -> bool:
    return sum(part == other_part for part, other_part in zip(one.split("-"), other.split("-"), strict=False)) >= 2


def _days(text: str) -> int:
    parts = [int(part) for part in text.split("-") if part.isascii() and part.isdecimal()]
    return parts[0] * 365 + parts[1] * 30 + parts[2] if len(parts) == 3 else 0


def _cities(party: Profile, record: Profile, master: Master) -> _Said | None:
    mine, theirs = party.of("city"), record.of("city")
    if not mine or not theirs:
        return None
    same = sorted(set(mine) & set(theirs))
    if same:
        return _Said(master.value("city", same[0], weights.CITY.same), f"city: {same[0]}", is_hint=True)
    for one, other in product(mine, theirs):
        if close_words(one, other) == "misspelt":
            return _Said(weights.CITY.close, f"city: {one} and {other} are nearly the same", is_hint=True)
    return _Said(weights.CITY.differs, "city: another one")


_FIELDS: tuple[Callable[[Profile, Profile, Master], _Said | None], ...] = (
    _tax_ids, _emails, _phones, _addresses, _births, _cities,
)  # fmt: skip
