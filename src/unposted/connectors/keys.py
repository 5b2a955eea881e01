"""Builds the identity keys of a record, with the libraries that know domains and phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, partial

from unposted.connectors.remembered import Remembered
from unposted.domain import identity
from unposted.domain.records import Key, KeyKind

__all__ = ["KeyMaker"]

_HOUSE_NUMBER = re.compile(r"\d+")
_is_plain_email = re.compile(r"[a-z0-9._+-]+@[a-z0-9.-]+").fullmatch
_WORDS = Remembered(identity.plain_words)
_NORTH_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9]\d{2})\)?[ .-]?(\d{3})[ .-]?(\d{4})", re.ASCII)
_key = partial(tuple.__new__, Key)


class KeyMaker:
    """Normalises raw identity values into keys and drops `placeholders`.

    `country` is the ISO alpha-2 code that a national phone number is read in.
    """

    def __init__(self, placeholders: identity.Placeholders | None = None) -> None:
        """Take the workspace's placeholders, or the default list."""
        self.placeholders = placeholders or identity.Placeholders()
        self._rejects = self.placeholders.rejects
        self._odd_addresses = Remembered(self._read_addresses)

    def addresses(self, text: str) -> tuple[str | None, tuple[Key, ...]]:
        """Read one raw field: its first address to show, placeholder or not, and the keys of the usable ones."""
        lowered = text.lower()
        if _is_plain_email(lowered):
            return lowered, () if self.placeholders.rejects_email(lowered) else (_key(("email", lowered)),)
        return self._odd_addresses[text]

    def _read_addresses(self, text: str) -> tuple[str | None, tuple[Key, ...]]:
        values = identity.email_values(text, _ascii_domain)
        keys = [Key("email", value) for value in dict.fromkeys(values) if not self._rejects("email", value)]
        return values[0] if values else None, tuple(keys)

    def order_keys(
        self, email: str | None, phone: str | None, country: str | None, name: str | None, place: tuple[str, str] | None
    ) -> tuple[str | None, list[Key]]:
        """Make what an order by a person shows, the commonest case of all, in one go: e-mail, phone, name and address.

        Returns the e-mail to show and the keys. `place` is postcode and street.
        """
        shown = None
        found: list[Key] = []
        if email:
            shown = email.lower()
            if not _is_plain_email(shown):
                shown, odd = self._odd_addresses[email]
                found += odd
            elif not self.placeholders.rejects_email(shown):
                found.append(_key(("email", shown)))
        if phone:
            found += self.phone(phone, country)
        if name and place is not None:
            value = _name_address_value(name, *place)
            if value is not None and not self.placeholders.rejects_name(value):
                found.append(_key(("name_address", value)))
        return shown, found

    def emails(self, text: str) -> tuple[str, ...]:
        """Make the usable addresses of one raw field."""
        return tuple(key.value for key in self.addresses(text)[1])

    def shown_email(self, *texts: str | None) -> str | None:
        """Tell the first normalised address of some raw fields, for display: placeholder or not."""
        return next((shown for shown in (self.addresses(text)[0] for text in texts if text) if shown), None)

    def email(self, *texts: str | None) -> list[Key]:
        """Make the e-mail keys of some raw fields, each of which may hold several addresses."""
        return list(dict.fromkeys(key for text in texts if text for key in self.addresses(text)[1]))

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
        if not text:
            return []
        plain = text[0] == "+" and text[1:].isdecimal() and text.isascii() and 8 <= len(text) <= 16
        value = text if plain else _phone_value(text, country)
        return [] if value is None or self.placeholders.rejects_phone(value) else [_key(("phone", value))]

    def name_address(self, name: str | None, postcode: str | None, street: str | None) -> list[Key]:
        """Make the name-and-address key; none unless name, postcode and house number are all there."""
        value = _name_address_value(name, postcode, street) if name and postcode and street else None
        return [] if value is None or self.placeholders.rejects_name(value) else [_key(("name_address", value))]

    def _keys(self, kind: KeyKind, values: Iterable[str]) -> list[Key]:
        return [Key(kind, value) for value in dict.fromkeys(values) if value and not self._rejects(kind, value)]


def _name_address_value(name: str, postcode: str, street: str) -> str | None:
    """Do what identity.name_address_value does, word by word: most words of names come again."""
    if not postcode or not street:
        return None
    number = street.partition(" ")[0]
    if not number.isdecimal():
        found = _HOUSE_NUMBER.search(street)
        if found is None:
            return None
        number = found.group()
    is_plain = postcode.isascii() and postcode.isalnum()
    code = postcode.lower() if is_plain else identity.plain_words(postcode).replace(" ", "")
    words = " ".join(map(_WORDS.__getitem__, name.split()))
    if "  " in words or not name[0].isalnum() or not name[-1].isalnum():
        words = " ".join(words.split())
    return f"{words}|{code}|{number}" if words and code else None


def _ascii_domain(domain: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(str(error)) from error


@lru_cache(maxsize=4096)
def _phone_value(text: str, country: str | None) -> str | None:
    text = text.strip().lstrip("'")
    if text.startswith("+") and text.isascii() and text[1:].isdigit() and 8 <= len(text) <= 16:
        return text
    if country in {"US", "CA"} or text.startswith("+1"):
        found = _NORTH_AMERICAN.fullmatch(text)
        if found is not None:
            return "+1" + "".join(found.groups())
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
