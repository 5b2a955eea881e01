"""The oracle's identity: when two values of one kind are the same, and what a hand-written override key means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

__all__ = ["Values", "folded", "hits", "key_meets_values", "near", "same"]

Values = Mapping[str, AbstractSet[str]]


def same(kind: str, one: str, other: str) -> bool:
    """Tell whether two stored values of a kind meet: a tax id's `~9` only meets a `9` that shows no country."""
    if kind == "tax_id":
        if one.startswith("~") and other.startswith("~"):
            return False
        return one.removeprefix("~") == other.removeprefix("~")
    return one == other


def hits(kinds: Iterable[str], some: Values, others: Values) -> bool:
    """Tell whether two sets of values meet in any of those kinds."""
    for kind in kinds:
        for one in some.get(kind, ()):
            for other in others.get(kind, ()):
                if same(kind, one, other):
                    return True
    return False


def near(some: Values, others: Values) -> bool:
    """Tell whether two sets of values look like the same party: folded e-mail, tax number, phone, name and address."""
    some_emails = [folded(email) for email in some.get("email", ())]
    other_emails = [folded(email) for email in others.get("email", ())]
    if any(email in other_emails for email in some_emails):
        return True
    some_numbers = [_bare_number(value) for value in some.get("tax_id", ())]
    if any(_bare_number(value) in some_numbers for value in others.get("tax_id", ())):
        return True
    return hits(["phone", "name_address"], some, others)


def _bare_number(tax_id: str) -> str:
    while tax_id and (tax_id[0] == "~" or tax_id[0].isalpha()):
        tax_id = tax_id[1:]
    return tax_id


def folded(email: str) -> str:
    """Take the plus-tag and the dots out of an address's name."""
    name, domain = email.split("@")
    name = name.split("+")[0].replace(".", "")
    return name + "@" + ("gmail.com" if domain == "googlemail.com" else domain)


def key_meets_values(written: str, values: Values) -> bool:
    """Tell whether an override's key, as a person wrote it, is one of a party's e-mails, tax ids or external ids."""
    key = {
        "email": {written.strip().lower()},
        "tax_id": set(_tax_forms(written)),
        "external_id": {_bare_id(written).lower()},
    }
    return hits(["email", "tax_id", "external_id"], key, values)


def _tax_forms(written: str) -> list[str]:
    compact = "".join(char for char in written.upper() if char.isalnum())
    if compact[:2].isalpha() and compact[2:].isdigit():
        return [compact, "~" + compact[2:]]
    return [compact]


def _bare_id(written: str) -> str:
    text = written.strip()
    if text.startswith("gid://"):
        return text.split("/")[-1]
    return text
