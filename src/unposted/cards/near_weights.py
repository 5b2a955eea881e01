"""The weights and thresholds of near matches: every number that decides a verdict stands here.

A weight is in bits: each bit doubles the odds that two records are of one party. What records share by chance depends
on how many there are, so agreement counts log2(records / records that share it), up to the cap named here; a match
begins at minus log2(records), because any one record of the master is probably somebody else's.
"""

from __future__ import annotations

__all__ = [
    "ADDRESS",
    "ALIKE",
    "ASK_FROM",
    "BIRTH",
    "CITY",
    "CLOSE_WORD",
    "DAYS_NEAR_BY",
    "EMAIL",
    "LINK_FROM",
    "LISTED",
    "MOST_PRIOR",
    "NAME",
    "NAME_DIFFERS",
    "PHONE",
    "SHOWN_FROM",
    "SIGNS_FOR_A_SLIP",
    "STREET",
    "TAX_ID",
    "Field",
]

from typing import NamedTuple


class Field(NamedTuple):
    """What a field of both sides adds: at most `same` when equal, `close` when nearly so, `differs` when not at all."""

    same: int
    close: int
    differs: int


LINK_FROM = 6
"""A record is linked from this score on, if nothing speaks against it and two independent things agree."""
ASK_FROM = (-1, -5, -6)
"""A record is to be looked at from this score on when one field speaks for it, two, three or more; below, none is."""
LISTED = 5
"""So many records are listed for a party, the likeliest first."""
SHOWN_FROM = -12
"""A record that is not close is still listed, with the reasons against it, from this score on."""
MOST_PRIOR = 22
"""A match begins at minus log2(records), at most this."""

TAX_ID = Field(same=20, close=14, differs=-12)
"""Same number without its country; one digit or two swapped, where the check digits say it is a slip; another one."""
EMAIL = Field(same=18, close=9, differs=0)
"""Same mailbox without dots and tags; nearly the same name at the same domain. People have several addresses."""
PHONE = Field(same=16, close=6, differs=-1)
"""Same number; all but one digit."""
ADDRESS = Field(same=12, close=5, differs=-3)
"""Same postcode (or city) and house number; same postcode or street; another one: people and firms move."""
BIRTH = Field(same=14, close=6, differs=-8)
"""Same day of birth; one part of it differs or day and month are swapped; another one."""
ALIKE = 80
"""Two streets with one house number are the same from this likeness on, of 100."""
DAYS_NEAR_BY = 750
"""Another day of birth says a quarter of that when it is no more days away: years are mistyped, too."""
SIGNS_FOR_A_SLIP = 7
"""Two e-mail addresses may differ by one slip for every so many signs."""
STREET = 4
"""The same street beside the same postcode and house number adds this."""
CITY = Field(same=5, close=4, differs=-2)
"""Same city; nearly so; another one."""
NAME = Field(same=22, close=14, differs=-9)
"""The words of a name together, at most; with spelling mistakes; nothing alike."""
CLOSE_WORD = 7
"""A word with a spelling mistake counts as its better-known spelling, at most this."""
NAME_DIFFERS = Field(same=0, close=-4, differs=-8)
"""First names differ under the same surname (a household); surnames differ under the same first name."""
