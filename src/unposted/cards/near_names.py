"""Compares two names word by word: same, misspelt, short form or initial; what is left over may tell two apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from unposted.cards.near_lists import LEGAL_WORDS, SHORT_NAMES
from unposted.cards.near_weights import CLOSE_WORD, NAME, NAME_DIFFERS

__all__ = ["NameEvidence", "Rarity", "close_words", "compare_names", "name_words"]

_LONGEST = 200
_MOST_WORDS = 12
_SINGLE_SIGNS = str.maketrans("øłđðþı", "olddti", "'’.&")
_WORD = re.compile(r"[^\W_]+")
_GENERATIONS = frozenset({"jr", "junior", "sr", "senior", "ii", "iii", "iv"})

Rarity = Callable[[str], int]
"""Tells how much it says that two names share a word, in bits."""


class NameEvidence(NamedTuple):
    """What comparing two names says: bits, a sentence, whether they may be one name, and whether they must be two."""

    bits: int
    words: str
    agrees: bool
    conflicts: bool


@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name in plain form: lower-case, without accents, ä like ae like a; legal forms left out.

    The SQL of near_master_name does the same. A name of legal forms alone has no words, and says nothing.
    """
    text = name[:_LONGEST].lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("æ", "ae").replace("œ", "oe"))
        text = "".join(char for char in text if not unicodedata.combining(char))
    text = text.translate(_SINGLE_SIGNS)
    for pair, plain in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f")):
        text = text.replace(pair, plain)
    found = _WORD.findall(text)
    return tuple([word for word in found if word not in LEGAL_WORDS][:_MOST_WORDS])


@lru_cache(maxsize=65536)
def close_words(one: str, other: str) -> str | None:  # noqa: PLR0911
    """Tell how two different words can be one: `misspelt`, `short form` or `initial`; None when they cannot."""
    from rapidfuzz.distance import OSA, JaroWinkler

    if one in SHORT_NAMES.get(other, ()):
        return "short form"
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and not short.isdecimal():
        return "initial" if long.startswith(short) else None
    if any(char.isdecimal() for char in one + other) or len(short) < 3:
        return None
    allowed = 1 if len(long) < 8 else 2
    if len(long) > 3 and OSA.distance(one, other, score_cutoff=allowed) <= allowed:
        return "misspelt"
    if len(short) >= 3 and long.startswith(short):
        return "short form"
    if len(short) > 4 and sorted(short) == sorted(long):
        return "misspelt"
    return "misspelt" if JaroWinkler.similarity(one, other, score_cutoff=0.92) else None


class _Aligned(NamedTuple):
    """The words of two names in pairs, (one, other, how), and what each has left."""

    pairs: tuple[tuple[str, str, str], ...]
    left: tuple[str, ...]
    other_left: tuple[str, ...]


def _aligned(one: Sequence[str], other: Sequence[str]) -> _Aligned:
    left, other_left = list(one), list(other)
    pairs: list[tuple[str, str, str]] = []
    for word in one:
        if word in other_left:
            pairs.append((word, word, "same"))
            left.remove(word)
            other_left.remove(word)
    if left and other_left:
        close = [(_HOW[how], word, found, how) for word, found, how in _close_pairs(left, other_left)]
        for _, word, found, how in sorted(close):
            if word in left and found in other_left:
                pairs.append((word, found, how))
                left.remove(word)
                other_left.remove(found)
    return _Aligned(tuple(pairs), tuple(left), tuple(other_left))


_HOW = {"misspelt": 0, "short form": 1, "initial": 2}


def _close_pairs(left: Sequence[str], other_left: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for word, found in product(left, other_left):
        how = close_words(word, found)
        if how is not None:
            yield word, found, how


def compare_names(one: str, other: str, rarity: Rarity, *, are_people: bool) -> NameEvidence:
    """Compare two names; `are_people` when both are persons', so that a first name must agree as well as a surname."""
    words, other_words = name_words(one), name_words(other)
    if not words or not other_words:
        return NameEvidence(0, "name: not shown", agrees=False, conflicts=False)
    if "".join(words) == "".join(other_words) and words != other_words:
        words = other_words = words if len(words) < len(other_words) else other_words
    aligned = _aligned(words, other_words)
    bits = sum(_pair_bits(pair, rarity) for pair in aligned.pairs)
    told = _told(aligned)
    if not aligned.pairs:
        return NameEvidence(NAME.differs, "name: nothing alike", agrees=False, conflicts=True)
    are_generations = (_GENERATIONS.intersection(words), _GENERATIONS.intersection(other_words))
    if are_generations[0] != are_generations[1] and all(are_generations):
        return NameEvidence(min(bits, NAME.close) + NAME_DIFFERS.close, told, agrees=False, conflicts=True)
    judge = _people if are_people else _firms
    return judge(words, other_words, aligned, min(bits, NAME.same), told)


def _pair_bits(pair: tuple[str, str, str], rarity: Rarity) -> int:
    word, other, how = pair
    if how == "same":
        return rarity(word)
    if how == "initial":
        return 2
    return min(rarity(word), rarity(other), CLOSE_WORD)


def _people(words: Sequence[str], other_words: Sequence[str], aligned: _Aligned, bits: int, told: str) -> NameEvidence:
    if not (aligned.left and aligned.other_left):
        is_whole = len(aligned.pairs) > 1
        return NameEvidence(bits, told, agrees=is_whole or min(len(words), len(other_words)) == 1, conflicts=False)
    first, other_first = words[0], other_words[0]
    is_household = first in aligned.left or other_first in aligned.other_left
    penalty = NAME_DIFFERS.differs if is_household or len(aligned.pairs) < 2 else NAME_DIFFERS.close
    return NameEvidence(bits + penalty, told, agrees=False, conflicts=True)


def _firms(_words: Sequence[str], _other_words: Sequence[str], aligned: _Aligned, bits: int, told: str) -> NameEvidence:
    left = (*aligned.left, *aligned.other_left)
    numbers = [word for word in left if any(char.isdecimal() for char in word)]
    penalty = NAME_DIFFERS.close * min(len(left), 3)
    if aligned.left and aligned.other_left:
        is_another = len(aligned.pairs) <= len(left) or bool(numbers)
        return NameEvidence(bits + penalty, told, agrees=False, conflicts=is_another)
    return NameEvidence(bits + penalty, told, agrees=len(aligned.pairs) > len(left), conflicts=bool(numbers))


def _told(aligned: _Aligned) -> str:
    parts = [word if how == "same" else f"{word} and {other} ({how})" for word, other, how in aligned.pairs]
    both = f"both have {', '.join(parts)}" if parts else "nothing alike"
    left = " and ".join(" ".join(words) for words in (aligned.left, aligned.other_left) if words)
    return f"name: {both}" + (f"; only one has {left}" if left else "")
