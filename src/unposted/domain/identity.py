"""Identity keys: how two spellings of the same e-mail address, tax id or external id become one value.

The rules are those of the card's definition (docs/cards.md, *Match*). Everything here is a pure function of text.
A tax id with a country prefix is kept twice, `DE123456789` and `~123456789`: the second form only ever meets
a tax id that shows no country, so two countries' equal digits never join (see `tax_id_probes`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from fnmatch import translate

__all__ = [
    "DEFAULT_PLACEHOLDERS",
    "Placeholders",
    "email_values",
    "external_id_value",
    "fold_email",
    "name_address_value",
    "plain_words",
    "split_emails",
    "tax_id_probes",
    "tax_id_values",
]

DEFAULT_PLACEHOLDERS: tuple[str, ...] = (
    "n/a", "na", "none", "null", "nil", "unknown", "undefined", "-", "--", ".", "x", "tbd", "tba", "test",
    "noreply@*", "no-reply@*", "no_reply@*", "donotreply@*", "do-not-reply@*", "nobody@*", "none@*", "na@*",
    "noemail@*", "no-email@*", "unknown@*", "guest@*", "anonymous@*", "test@test.*", "test@example.*",
    "email@example.com", "a@a.com", "x@x.com",
)  # fmt: skip

_FAKE_NUMBERS = frozenset({"12345678", "123456789", "1234567890", "0123456789", "987654321"})
_WRAPPED = frozenset("<>\"'")
_SEPARATORS = re.compile(r"[;,\s]+")
_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")
_TAX_LABEL = re.compile(
    r"^(?:VATNO|VATID|VAT|USTIDNR|USTID|EIN|ABN|ACN|GSTIN|GST|TIN|TVA|MWST|NIF|CIF|TAXID)(?=[0-9A-Z])"
)
_TAX_PREFIX = re.compile(r"^([A-Z]{2})(?=[0-9A-Z]*[0-9])([0-9A-Z]{5,})$")
_GID = re.compile(r"^gid://[^/]+/[^/]+/", re.IGNORECASE)
_HOUSE_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")
_GREECE = {"GR": "EL"}
_NUMBERED = ("tax_id", "phone")


class Placeholders:
    """Values that people type to get past a form; they never match and never join two parties.

    A pattern is a whole value, or has `*` for any characters. Beside the patterns, one repeated letter or `0` is
    always a placeholder, and so are repeated or counted-up digits where a tax id or phone number belongs
    (an external id `777` may well be somebody).
    """

    def __init__(self, patterns: Iterable[str] = DEFAULT_PLACEHOLDERS) -> None:
        """Take the patterns of the workspace; they compare case-insensitively."""
        self.patterns = tuple(patterns)
        listed = [pattern.strip().casefold() for pattern in self.patterns]
        self._exact = frozenset(pattern for pattern in listed if "*" not in pattern)
        globs = [pattern for pattern in listed if "*" in pattern]
        starts = [pattern[:-1] for pattern in globs if _is_start(pattern)]
        others = [pattern for pattern in globs if not _is_start(pattern)]
        self._starts = tuple(starts)
        self._glob = re.compile("|".join(map(translate, others))) if others else None
        self._only_emails = all("@" in pattern for pattern in globs)

    def rejects(self, kind: str, value: str) -> bool:
        """Tell whether a normalised value of this kind of key is nobody's."""
        folded = value.removeprefix("~").casefold()
        if not folded or folded in self._exact:
            return True
        if folded[0] == folded[-1] and _is_repeated(folded, kind):
            return True
        if kind in _NUMBERED and folded.removeprefix("+") in _FAKE_NUMBERS:
            return True
        return not (self._only_emails and "@" not in folded) and self._fits(folded)

    def rejects_email(self, value: str) -> bool:
        """Tell it for a normalised ASCII e-mail address, faster."""
        return value in self._exact or self._fits(value)

    def rejects_phone(self, value: str) -> bool:
        """Tell it for a phone number in E.164 (`+` and digits), faster."""
        if value in self._exact or value[1:] in _FAKE_NUMBERS:
            return True
        return not self._only_emails and self._fits(value)

    def rejects_name(self, value: str) -> bool:
        """Tell it for a name-and-address key (`name|postcode|number`), faster."""
        return value in self._exact or (not self._only_emails and self._fits(value))

    def _fits(self, value: str) -> bool:
        """Tell whether a value fits a pattern with `*`; most of these only say how it begins, which is fast to see."""
        return value.startswith(self._starts) or (self._glob is not None and self._glob.match(value) is not None)


def _is_start(pattern: str) -> bool:
    """Tell a pattern that fits whatever begins like it."""
    return pattern.endswith("*") and not any(sign in pattern[:-1] for sign in "*?[")


def _is_repeated(folded: str, kind: str) -> bool:
    first = folded[0]
    return folded == first * len(folded) and (first == "0" or first.isalpha() or kind in _NUMBERED)


def split_emails(text: str) -> list[str]:
    """Split one field that may hold several addresses (`a@x.com; b@x.com`)."""
    return [part for part in _SEPARATORS.split(text) if "@" in part]


def _stdlib_ascii(domain: str) -> str:
    return domain.encode("idna").decode("ascii")


def email_values(text: str, to_ascii: Callable[[str], str] = _stdlib_ascii) -> list[str]:
    """Normalise every address of a field: trim, NFKC, lower-case, IDNA domain; plus-tags and dots stay.

    `to_ascii` turns an international domain into its ASCII form and may raise UnicodeError or ValueError,
    in which case the domain stays as it is written.
    """
    if text.isascii():
        lowered = text.strip().lower()
        if lowered.count("@") == 1 and lowered[0] not in _WRAPPED and not _SEPARATORS.search(lowered):
            return [] if lowered[0] == "@" or lowered[-1] == "@" else [lowered]
        candidates = split_emails(lowered)
    else:
        candidates = split_emails(unicodedata.normalize("NFKC", text).strip().lower())
    return [value for value in (_one_email(part, to_ascii) for part in candidates) if value]


def _one_email(part: str, to_ascii: Callable[[str], str]) -> str | None:
    local, _, domain = part.strip("<>\"'").rpartition("@")
    if not local or not domain:
        return None
    if not domain.isascii():
        try:
            domain = to_ascii(domain)
        except (UnicodeError, ValueError):
            pass
    return f"{local}@{domain}"


def fold_email(email: str) -> str:
    """Fold plus-tags, dots and alias domains out of a normalised address: near-match evidence only."""
    local, _, domain = email.rpartition("@")
    local = local.split("+", 1)[0].replace(".", "")
    return f"{local}@{'gmail.com' if domain == 'googlemail.com' else domain}"


def tax_id_values(text: str) -> list[str]:
    """Normalise a tax id: upper-case, no separators, no label; with and without its country prefix.

    The form without its prefix starts with `~`.
    """
    compact = _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", text).upper())
    compact = _TAX_LABEL.sub("", compact)
    if not any(char.isdigit() for char in compact) or len(compact) < 4:
        return []
    prefixed = _TAX_PREFIX.match(compact)
    if prefixed is None:
        return [compact]
    country, number = prefixed.groups()
    return [_GREECE.get(country, country) + number, "~" + number]


def tax_id_probes(value: str) -> list[str]:
    """Tell which stored forms a tax id's stored form may meet: `~9` meets `9`; `9` meets `9` and `~9`."""
    return [value[1:]] if value.startswith("~") else [value, "~" + value]


def external_id_value(text: str) -> str:
    """Normalise an external id: trim, strip the platform's prefix, case-insensitive; leading zeros stay."""
    return _GID.sub("", text.strip()).strip().casefold()


def name_address_value(name: str | None, postcode: str | None, street: str | None) -> str | None:
    """Join the normalised name, the postcode and the house number; None unless all three are there."""
    if not name or not postcode or not street:
        return None
    number = _HOUSE_NUMBER.search(street)
    if number is None:
        return None
    words = plain_words(name)
    code = plain_words(postcode).replace(" ", "")
    return f"{words}|{code}|{number.group()}" if words and code else None


def plain_words(text: str) -> str:
    """Leave the words of a text: lower-case, without accents and signs, one blank between them."""
    return " ".join(_WORD.findall(_plain(text)))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
