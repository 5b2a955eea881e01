"""Builds the identity keys of a record, with the libraries that know domains and phone numbers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from unposted.domain import identity
from unposted.domain.records import Key, KeyKind

__all__ = ["KeyMaker"]


class KeyMaker:
    """Normalises raw identity values into keys and drops placeholders.

    `country` is the ISO alpha-2 code that a national phone number is read in.
    """

    def __init__(self, placeholders: identity.Placeholders | None = None) -> None:
        """Take the workspace's placeholders, or the default list."""
        self._placeholders = placeholders or identity.Placeholders()
        self.emails = lru_cache(maxsize=4096)(self._emails)

    def _emails(self, text: str) -> tuple[str, ...]:
        return tuple(value for value in identity.email_values(text, _ascii_domain) if not self._rejects("email", value))

    def email(self, *texts: str | None) -> list[Key]:
        """Make the e-mail keys of some raw fields, each of which may hold several addresses."""
        found = [value for text in texts if text for value in self.emails(text)]
        return [Key("email", value) for value in dict.fromkeys(found)]

    def folded(self, emails: Iterable[Key]) -> list[Key]:
        """Make the near-match form of those e-mail keys that have one unlike themselves."""
        pairs = [(key.value, identity.fold_email(key.value)) for key in emails]
        return [Key("email_folded", folded) for exact, folded in pairs if folded != exact]

    def tax_id(self, *texts: str | None) -> list[Key]:
        """Make the tax id keys of some raw fields."""
        return self._keys("tax_id", [value for text in texts if text for value in identity.tax_id_values(text)])

    def external_id(self, *texts: str | None) -> list[Key]:
        """Make the external id keys of some raw fields."""
        return self._keys("external_id", [identity.external_id_value(text) for text in texts if text])

    def phone(self, text: str | None, country: str | None = None) -> list[Key]:
        """Make the phone key (E.164) of a raw field; none when it is no possible number."""
        value = _phone_value(text, country) if text else None
        return self._keys("phone", [value]) if value else []

    def name_address(self, name: str | None, postcode: str | None, street: str | None) -> list[Key]:
        """Make the name-and-address key; none unless name, postcode and house number are all there."""
        value = identity.name_address_value(name, postcode, street)
        return self._keys("name_address", [value]) if value else []

    def _keys(self, kind: KeyKind, values: Iterable[str]) -> list[Key]:
        return [Key(kind, value) for value in dict.fromkeys(values) if value and not self._rejects(kind, value)]

    def _rejects(self, kind: KeyKind, value: str) -> bool:
        return self._placeholders.rejects(kind, value)


def _ascii_domain(domain: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=4096)
def _phone_value(text: str, country: str | None) -> str | None:
    text = text.strip().lstrip("'")
    if text.startswith("+") and text[1:].isdigit() and 8 <= len(text) <= 16:
        return text
    if not any(char.isdigit() for char in text):
        return None
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
