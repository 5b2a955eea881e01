"""Reads the values that come from a fixed vocabulary: choices, time zones, currencies, countries, legal entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from unposted.domain.countries import country_code
from unposted.domain.currencies import is_currency
from unposted.workspace.checks import Placed, Section
from unposted.workspace.hints import closest, did_you_mean, listed, quoted
from unposted.workspace.model import Entity

__all__ = [
    "choice",
    "choice_advice",
    "chosen",
    "country",
    "currency",
    "currency_advice",
    "entity_advice",
    "entity_id",
    "zone",
]

_Choice = TypeVar("_Choice", bound=str)
_MEANT_CURRENCY = MappingProxyType({
    "$": "USD", "US$": "USD", "US": "USD", "DOLLAR": "USD", "DOLLARS": "USD", "€": "EUR", "EURO": "EUR", "EUROS": "EUR",
    "£": "GBP", "UKP": "GBP", "STG": "GBP", "POUND": "GBP", "CA$": "CAD", "C$": "CAD", "CDN": "CAD", "A$": "AUD",
    "¥": "JPY", "YEN": "JPY", "RMB": "CNY", "CNH": "CNY", "SFR": "CHF", "KR": "SEK", "NIS": "ILS",
})  # fmt: skip
_MEANT_ZONE = MappingProxyType(
    dict.fromkeys(("ET", "EDT", "EASTERN", "EASTERN TIME", "EASTERN STANDARD TIME"), "America/New_York")
    | dict.fromkeys(("CT", "CST", "CDT", "CENTRAL", "CENTRAL TIME", "CENTRAL STANDARD TIME"), "America/Chicago")
    | dict.fromkeys(("MT", "MDT", "MOUNTAIN", "MOUNTAIN TIME", "MOUNTAIN STANDARD TIME"), "America/Denver")
    | dict.fromkeys(("PT", "PST", "PDT", "PACIFIC", "PACIFIC TIME", "PACIFIC STANDARD TIME"), "America/Los_Angeles")
    | dict.fromkeys(("BST", "UK", "GMT STANDARD TIME"), "Europe/London")
    | dict.fromkeys(("CEST", "MEZ", "MESZ", "W. EUROPE STANDARD TIME"), "Europe/Berlin")
)
_NO_WORDS: Mapping[str, str] = MappingProxyType({})


def chosen(written: str, options: Sequence[_Choice]) -> _Choice | None:
    """Return the option that a text names; case, blanks and hyphens do not count."""
    plain = _plain(written)
    return next((option for option in options if option == plain), None)


def choice_advice(written: str, options: Sequence[str], meant: Mapping[str, str] = _NO_WORDS) -> str:
    """Suggest an option; `meant` tells which one stands for what people call it."""
    option = meant.get(_plain(written))
    return f'Did you mean "{option}"?' if option else did_you_mean(written, options)


def _plain(written: str) -> str:
    return "_".join(written.casefold().replace("-", " ").replace("_", " ").split())


def choice(
    section: Section,
    key: str,
    options: Sequence[_Choice],
    *,
    needed: bool = False,
    meant: Mapping[str, str] = _NO_WORDS,
) -> _Choice | None:
    """Read one of a few words."""
    written = section.text(key, f'"{options[0]}"', needed=needed)
    if written is None:
        return None
    option = chosen(written, options)
    if option is None:
        message = f"{quoted(written)} is no {key}; it can be {listed(options)}."
        section.fault(key, message, choice_advice(written, options, meant))
    return option


def zone(section: Section, *, needed: bool = False) -> ZoneInfo | None:
    """Read a time zone by its IANA name."""
    written = section.text("timezone", '"America/New_York"', needed=needed)
    if written is None:
        return None
    try:
        return ZoneInfo(written)
    except (ValueError, OSError, KeyError):  # a wrong name, a folder of zones, none of that name
        pass
    section.fault("timezone", f"{quoted(written)} is no time zone.", _zone_advice(written))
    return None


def _zone_advice(written: str) -> str:
    """Suggest a zone by what people call it, by its city, or by its spelling."""
    names = sorted(available_timezones())
    city = "_".join(written.casefold().split())
    of_city = (name for name in names if name.casefold().endswith("/" + city))
    guess = _MEANT_ZONE.get(written.upper()) or next(of_city, None) or closest(written, names)
    return f'Did you mean "{guess}"?' if guess else "Write a name such as America/New_York, Europe/Berlin or UTC."


def currency(section: Section, key: str, *, needed: bool = True) -> str | None:
    """Read an ISO 4217 code, one that must be there unless told otherwise."""
    written = section.text(key, '"USD"', needed=needed)
    if written is None:
        return None
    if is_currency(written.upper()):
        return written.upper()
    section.fault(key, f"{quoted(written)} is no currency.", currency_advice(written))
    return None


def currency_advice(written: str) -> str:
    """Suggest the currency that a wrong code stands for."""
    meant = _MEANT_CURRENCY.get(written.upper())
    if meant:
        return f'Did you mean "{meant}"?'
    return "Write the ISO 4217 code of three letters, such as USD, EUR or CAD."


def country(section: Section, key: str, written: Placed) -> str | None:
    """Check one country of a list: its ISO 3166-1 alpha-2 code."""
    code = written.value.upper()
    meant = country_code(code)
    if meant is not None and meant == code:
        return code
    advice = f'Did you mean "{meant}"?' if meant else "Write the ISO code of two letters, such as US, CA or GB."
    section.fault(key, f"{quoted(written.value)} is no ISO country code of two letters.", advice, written.line)
    return meant


def entity_id(section: Section, entities: Mapping[str, Entity], *, needed: bool = False) -> str | None:
    """Read a legal entity that the file lists under [[entities]]; upper-case."""
    written = section.text("entity", '"USTI"', needed=needed)
    if written is None:
        return None
    if written.upper() not in entities:
        section.fault("entity", f"{quoted(written)} is no legal entity of this file.", entity_advice(written, entities))
    return written.upper()


def entity_advice(written: str, entities: Mapping[str, Entity]) -> str:
    """Suggest the legal entity that an unknown one stands for, or how to add it."""
    guess = closest(written, entities)
    add = f"Add it under [[entities]] with id = {quoted(written.upper())}"
    if guess:
        return f'Did you mean "{guess}"?'
    return f"{add}; known are {listed(entities)}." if entities else f"{add}."
