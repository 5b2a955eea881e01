"""Check digits of tax ids: which of two numbers that differ in one digit is a slip of the pen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["differs_by_a_slip", "has_right_check_digit"]


def _weighted(digits: Iterable[int], weights: Iterable[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def _luhn(digits: Sequence[int]) -> bool:
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _germany(digits: Sequence[int]) -> bool:
    rest = 10
    for digit in digits[:-1]:
        total = (digit + rest) % 10 or 10
        rest = total * 2 % 11
    return (11 - rest) % 10 == digits[-1]


def _britain(digits: Sequence[int]) -> bool:
    total = _weighted(digits[:7], range(8, 1, -1)) + digits[7] * 10 + digits[8]
    return total % 97 in {0, 42}


def _france(digits: Sequence[int]) -> bool:
    siren = digits[2:]
    number = int("".join(map(str, siren)))
    return _luhn(siren) and digits[0] * 10 + digits[1] == (12 + 3 * (number % 97)) % 97


def _belgium(digits: Sequence[int]) -> bool:
    number = int("".join(map(str, digits)))
    return 97 - number // 100 % 97 == number % 100


def _poland(digits: Sequence[int]) -> bool:
    return _weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == digits[9]


def _portugal(digits: Sequence[int]) -> bool:
    rest = 11 - _weighted(digits[:8], range(9, 1, -1)) % 11
    return (rest if rest < 10 else 0) == digits[8]


def _denmark(digits: Sequence[int]) -> bool:
    return _weighted(digits, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _finland(digits: Sequence[int]) -> bool:
    return _weighted(digits, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


def _luxembourg(digits: Sequence[int]) -> bool:
    number = int("".join(map(str, digits)))
    return number // 100 % 89 == number % 100


def _australia(digits: Sequence[int]) -> bool:
    return _weighted((digits[0] - 1, *digits[1:]), (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) % 89 == 0


_RULES: Mapping[str, tuple[int, Callable[[Sequence[int]], bool]]] = {
    "AU": (11, _australia), "BE": (10, _belgium), "DE": (9, _germany), "DK": (8, _denmark), "FI": (8, _finland),
    "FR": (11, _france), "GB": (9, _britain), "IT": (11, _luhn), "LU": (8, _luxembourg), "PL": (10, _poland),
    "PT": (9, _portugal),
}  # fmt: skip
"""Digits and rule of each country whose numbers are digits alone with a check digit, as its tax office has it."""


def has_right_check_digit(country: str, number: str) -> bool | None:
    """Tell whether a number without its country prefix is well formed; None where nobody can tell."""
    rule = _RULES.get(country)
    if rule is None or not (number.isascii() and number.isdecimal()):
        return None
    length, is_right = rule
    return len(number) == length and is_right([int(char) for char in number])


def differs_by_a_slip(one: str, other: str, country: str) -> bool:
    """Tell whether two numbers differ in one digit, or two neighbours swapped, and at most one of them can be real.

    Two well-formed numbers are two parties. Without a rule for the country it may be a slip.
    """
    from rapidfuzz.distance import OSA

    if one == other or OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    return not (has_right_check_digit(country, one) and has_right_check_digit(country, other))
