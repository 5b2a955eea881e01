"""Tells which of a merchant's own fields hold a tax id, by the field's name (`VAT number`, `Tax ID`, `USt-IdNr.` …)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["holds_tax_id", "tax_ids_in"]

_WORDS = re.compile(r"[a-z0-9]+")
_PAIRS = (
    ("name", "value"),  # BigCommerce form fields
    ("attribute_name", "attribute_value"),  # BigCommerce customer attributes
    ("fieldName", "fieldValue"),  # B2B Edition extra fields
    ("attribute_code", "value"),  # Adobe Commerce custom attributes
)
_NAMES = """
vat vatid vatno vatnumber vatin ein fein abn acn tin gst gstin gstno ust ustid ustidnr umsatzsteuerid steuernummer mwst
taxid taxno taxnumber taxvat vattaxid tva btw moms iva nif cif nip cnpj cpf rfc partitaiva
"""
_NAMES_OF_OTHER_FIELDS = """
exempt exemption rate class code category status valid validated validation verified country name certificate amount
type included total price invoice display date reverse charge reason
"""
_TAX_IDS = frozenset(_NAMES.split())
_OTHER = frozenset(_NAMES_OF_OTHER_FIELDS.split())
_TAX = frozenset({"tax", "taxes", "steuer", "fiscal", "umsatzsteuer"})
_NUMBER = frozenset(
    {"id", "ids", "no", "nr", "number", "num", "identification", "identifier", "registration", "nummer"}
    | {"identifikationsnummer"}
)


@lru_cache(maxsize=1024)
def holds_tax_id(name: str | None) -> bool:
    """Tell whether a field of this name holds a tax id; names compare without case, accents and signs."""
    if not name:
        return False
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = set(_WORDS.findall(plain))
    if words & _OTHER:
        return False
    if words & _TAX_IDS or "".join(_WORDS.findall(plain)) in _TAX_IDS:
        return True
    return bool(words & _TAX and words & _NUMBER)


def tax_ids_in(fields: object) -> list[str]:
    """Return the tax ids in a list of a merchant's own fields, whatever the platform calls their names and values."""
    if not isinstance(fields, list):
        return []
    return [value for field in fields if isinstance(field, dict) for value in _values(field)]


def _values(field: dict[str, object]) -> list[str]:
    for name, value in _PAIRS:
        written = field.get(name)
        if isinstance(written, str) and holds_tax_id(written):
            held = field.get(value)
            values = held if isinstance(held, list) else [held]
            return [str(one) for one in values if isinstance(one, str | int) and not isinstance(one, bool)]
    return []
