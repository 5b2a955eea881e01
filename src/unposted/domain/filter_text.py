"""A filter as people type it: `segment:b2b entity:CATU min:1000 status:no_match wholesale`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from unposted.domain.filters import Filter

__all__ = ["FILTER_WORDS", "filter_of_text", "filter_of_words", "quoted_word", "text_of_filter", "words_of"]

FILTER_WORDS: tuple[str, ...] = ("segment", "platform", "store", "entity", "status", "part", "min")
_WORD = re.compile(r'(?:(?P<key>[A-Za-z_]+):)?(?:"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<bare>\S*))(?:\s+|$)', re.DOTALL)
_NEEDS_QUOTES = re.compile(r'[\s"\\:]')


def filter_of_text(text: str) -> Filter:
    """Read a filter as people type it; words without a name are searched for, quotes keep blanks and colons.

    Raises ValueError with a sentence for the user.
    """
    return filter_of_words(words_of(text))


def filter_of_words(words: Iterable[tuple[str | None, str]]) -> Filter:
    """Read a filter from words, each with the name before its colon, if it has one; raises ValueError as above."""
    lists: dict[str, list[str]] = {}
    found: list[str] = []
    minimum: str | None = None
    for key, value in words:
        if key is None:
            found.append(value)
        elif key == "min":
            minimum = value
        elif key in FILTER_WORDS:
            lists.setdefault(key, []).append(value)
        else:
            near = get_close_matches(key, FILTER_WORDS, 1)
            hint = f"did you mean {near[0]}:?" if near else f"there are: {', '.join(FILTER_WORDS)}"
            raise ValueError(f'there is no filter {key}:; {hint} (put "{key}:{value}" in quotes to search for it)')
    return Filter(
        **{name: tuple(values) for name, values in lists.items()},
        min_value=None if minimum is None else _amount(minimum),
        search=" ".join(found),
    )


def text_of_filter(asked: Filter) -> str:
    """Write a filter as people type it, so that `filter_of_text` reads the same filter."""
    parts = [f"{name}:{quoted_word(value)}" for name in FILTER_WORDS[:-1] for value in getattr(asked, name)]
    if asked.min_value is not None:
        parts.append(f"min:{asked.min_value:f}")
    parts += [quoted_word(word) for word in asked.search.split()]
    return " ".join(parts)


def words_of(text: str) -> Iterator[tuple[str | None, str]]:
    """Cut a text into its words, each with the name before its colon, if it has one."""
    place, text = 0, text.strip()
    while place < len(text):
        match = _WORD.match(text, place)
        if match is None or match.end() == place:  # a quote that ends in the middle of a word
            end = next((at for at in range(place + 1, len(text)) if text[at].isspace()), len(text))
            yield None, text[place:end]
            place = end + 1
            continue
        value = match["bare"] if match["quoted"] is None else re.sub(r"\\(.)", r"\1", match["quoted"])
        key = match["key"].lower() if match["key"] else None
        if value:
            yield key, value
        place = match.end()


def quoted_word(value: str) -> str:
    """Put a value into quotes where blanks, colons or quotes would cut it."""
    if not _NEEDS_QUOTES.search(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "") if "." in text else text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no amount; write it like min:1000 or min:49.90") from None
