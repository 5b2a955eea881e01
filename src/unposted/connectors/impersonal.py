"""Takes what may be a person out of a server's own words: they are shown in errors, and some servers quote records.

E-mail addresses and phone numbers are known by their shape. A name is not: two or more words in a row that begin with a
capital letter are taken for one, unless they are such as errors of an API are made of; so is whatever is written in a
script without capital letters. Rather a word too few is shown than a customer.
"""

from __future__ import annotations

import re

__all__ = ["impersonal", "without_addresses"]

_STARS = "***"
_EMAIL = re.compile(r"[^\s@<>()\[\]{},;:'\"|=&?/\\]+(?:@|%40|\\u0040)[^\s@<>()\[\]{},;:'\"|=&?/\\]+")
_PHONE = re.compile(r"(?<![\w.-])(?:(?:\+|%2B)\d|\(\d{2,5}\)|\d{3}[ .-]\d{3}[ .-])[\d ().-]{3,}\d(?!\w)")
_CAPITAL = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_A-Z]*(?:['’.-][^\W\d_]+)*\.?")
_PLAIN_WORDS = """
    a access account admin all an and api app application at authentication authorization bad be by cannot client
    commerce company connection consumer content could credentials customers data denied does entity environment error
    exceeded exception expired field fields for forbidden from gateway get header id in internal invalid is item key
    limit list may method missing no not object of on operation or order orders page parameter permission permissions
    permitted principal query quota rate read request requests required resource resources scope security server
    service set table tenant the this throttled timeout to token too type unauthorized unavailable unknown unsupported
    url user value version with you your many found microsoft dynamics shopify bigcommerce adobe business central
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())


def without_addresses(text: str) -> str:
    """Return a text without e-mail addresses and phone numbers."""
    return _PHONE.sub(_STARS, _EMAIL.sub(_STARS, text))


def impersonal(words: str) -> str:
    """Return a server's words without e-mail addresses, phone numbers and what looks like a name."""
    shown: list[str] = []
    run: list[str] = []
    for word in without_addresses(words).split():
        if _is_capital(word):
            run.append(word)
            continue
        shown += [*_told(run), word]
        run = []
    return " ".join([*shown, *_told(run)])


def _is_capital(word: str) -> bool:
    bare = word.strip("\"'`“”‘’()[]{}<>,;:!?.…")
    return bool(bare) and (bool(_CAPITAL.fullmatch(bare)) or _has_no_case(bare))


def _has_no_case(word: str) -> bool:
    return any(letter.isalpha() and letter.lower() == letter.upper() for letter in word)


def _told(run: list[str]) -> list[str]:
    """Show a run of words with capital letters, unless it may be a name."""
    bare = [word.strip("\"'`“”‘’()[]{}<>,;:!?.…") for word in run]
    strange = [word for word in bare if word.casefold() not in _PLAIN]
    if any(_has_no_case(word) for word in bare) or (len(run) > 1 and strange):
        return [_STARS]
    return run
