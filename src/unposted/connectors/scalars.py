"""Reads single JSON values that a platform writes now as text, now as a number; decode with `float_hook=str`.

With that hook a JSON number keeps its digits as text: no amount ever goes through a float.
"""

from __future__ import annotations

from unposted.connectors.fields import money, needed
from unposted.errors import BadRecord

__all__ = ["id_text", "json_amount", "needed_amount", "needed_id", "text"]


def text(value: object) -> str | None:
    """Return a text or number as trimmed text; None when it is blank, or no single value."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def id_text(value: object) -> str | None:
    """Return an id as text; None for none, which some platforms write as `0`."""
    found = text(value)
    return None if found == "0" else found


def needed_id(value: object, field: str) -> str:
    """Return an id that must be there."""
    return needed(id_text(value), field)


def json_amount(value: object, field: str, currency: str) -> int:
    """Read an amount into minor units; absent, null and blank are zero, a negative amount is refused."""
    if value is None or value == "":
        return 0
    found = text(value)
    if found is None:
        raise BadRecord("bad-amount", f"{field} is no amount")
    return money(found, field, currency)


def needed_amount(value: object, field: str, currency: str) -> int:
    """Read an amount that must be there."""
    if value is None or value == "":
        raise BadRecord("missing-field", f"{field} is missing")
    return json_amount(value, field, currency)
