"""What the Dynamics 365 decoders share: a field that the workspace names, table columns, flags and identity keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import msgspec

from unposted.connectors.formats import Bad, Context, Item, Table
from unposted.connectors.keys import KeyMaker
from unposted.domain.countries import country_code
from unposted.domain.records import Key, Record
from unposted.errors import BadRecord

__all__ = [
    "Address",
    "Column",
    "column_picker",
    "columns_with",
    "full_name",
    "identity_keys",
    "legal_entity",
    "sortable_date",
    "table_records",
    "trimmed",
    "truth",
    "with_named_field",
]

Node = TypeVar("Node")
Column = tuple[str, ...]
_YEAR_FIRST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Address(NamedTuple):
    """One address of a master record, as written. `country` is a code or an English name."""

    street: str | None
    postcode: str | None
    country: str | None


def legal_entity(code: str | None, context: Context, field: str) -> str:
    """Return the company code in upper case: the record's own, else the source's `entity`; one must be there."""
    entity = (code or "").strip() or context.entity
    if not entity:
        raise BadRecord("missing-entity", f"{field} names no legal entity: set `entity` for this source")
    return entity.upper()


def truth(value: str | int | None) -> bool | None:
    """Read a yes-or-no field that may be a boolean, a number or an English label; None when it tells nothing."""
    return None if value is None else _TRUTH.get(str(value).strip().casefold())


def sortable_date(text: str | None) -> str | None:
    """Keep a table's date only when it starts with the year: whether `04/12/26` is in April or December nobody knows.

    A master's date only tells which of two copies is newer, so a record without one is not worth a quarantine.
    """
    text = (text or "").strip()
    return text if _YEAR_FIRST.match(text) else None


def identity_keys(
    keys: KeyMaker,
    name: str | None,
    emails: Sequence[str | None],
    tax_id: str | None,
    external_id: str | None,
    phones: Sequence[str | None],
    addresses: Sequence[Address],
) -> tuple[Key, ...]:
    """Make every identity key of a master record.

    A phone number without a country prefix is only read when an address shows the country.
    """
    found: list[Key] = []
    if external_id:
        found += keys.external_id(external_id)
    if tax_id:
        found += keys.tax_id(tax_id)
    exact = keys.email(*emails)
    if exact:
        found += exact
        found += keys.folded(exact)
    written = [phone for phone in phones if phone]
    if written:
        found += _phones(keys, written, addresses)
    if name:
        found += _places(keys, name, addresses)
    return tuple(found)


def _phones(keys: KeyMaker, written: Sequence[str], addresses: Sequence[Address]) -> Iterator[Key]:
    codes = (country_code(address.country) for address in addresses)
    country = next((code for code in codes if code is not None), None)
    for phone in dict.fromkeys(written):
        if country is not None or phone.lstrip(" '").startswith("+"):
            yield from keys.phone(phone.strip(), country)


def _places(keys: KeyMaker, name: str, addresses: Sequence[Address]) -> Sequence[Key]:
    places = {(postcode, street) for street, postcode, _ in addresses if street and postcode}
    if len(places) > 1:
        return sorted({key for place in places for key in keys.name_address(name, *place)})
    return keys.name_address(name, *places.pop()) if places else ()


class _NamedField:
    """Reads one field, whose name is known in any case only, out of undecoded JSON objects."""

    def __init__(self, name: str) -> None:
        """Take the field's name as the workspace writes it."""
        self._name = name.strip().casefold()
        self._hint = self._name.encode()
        self._decoder: msgspec.json.Decoder[Any] | None = None

    def __call__(self, body: bytes) -> str | None:
        if self._decoder is None:
            if self._hint.isascii() and self._hint not in body.lower():
                return None
            self._decoder = self._found(body)
        return None if self._decoder is None else _id_text(self._decoder.decode(body).value)

    def _found(self, body: bytes) -> msgspec.json.Decoder[Any] | None:
        names = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        for name in names:
            if name.casefold() == self._name:
                value = ("value", str | int | float | None, None)
                return msgspec.json.Decoder(msgspec.defstruct("NamedField", [value], rename={"value": name}))
        return None


def _id_text(value: str | float | None) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None if value is None else str(value)


def with_named_field(decode: Callable[[bytes], Node], field: str | None) -> Callable[[bytes], tuple[Node, str | None]]:
    """Let a decoder also return the field that holds the storefront's id, which is found in any case; None for none."""
    if not (field or "").strip():
        return lambda body: (decode(body), None)
    named = _NamedField(field or "")
    return lambda body: (decode(body), named(body))


def columns_with(columns: Sequence[Column], field: str | None) -> tuple[Column, ...]:
    """Append the column that holds the storefront's id; an empty one when the workspace names none."""
    name = " ".join((field or "").split()).casefold()
    return (*columns, (name,) if name else ())


def table_records(
    table: Table,
    context: Context,
    columns: Sequence[Column],
    make: Callable[[Sequence[str], Context], Record | None],
    id_place: int = 0,
) -> Iterator[Item]:
    """Make a record of each row from the cells of `columns`, in their order; `id_place` is the id's place among them.

    A column is the names that it may have, casefolded; the first that the header has is read, a missing one is blank.
    """
    pick = column_picker(table.header, columns)
    for line, row in table.rows:
        try:
            cells = pick(row)
        except IndexError:
            yield Bad(line, None, "short-row", "the line has fewer columns than the header")
            continue
        try:
            record = make(cells, context)
        except BadRecord as error:
            yield Bad(line, cells[id_place].strip() or None, error.code, error.reason)
            continue
        if record is not None:
            yield record


def column_picker(header: dict[str, int], columns: Sequence[Column]) -> Callable[[Sequence[str]], Sequence[str]]:
    """Give a function that picks the cells of `columns` out of a row, in their order; a missing column is blank."""
    places = [next((header[name] for name in column if name in header), -1) for column in columns]
    if len(places) > 1 and min(places) >= 0:
        return itemgetter(*places)
    return lambda row: [row[place] if place >= 0 else "" for place in places]


def trimmed(text: str | None) -> str | None:
    """Trim a text; None when nothing is left."""
    return (text.strip() or None) if text else None


def full_name(*parts: str | None) -> str | None:
    """Join the parts of a person's name; None when all are blank."""
    return " ".join([part.strip() for part in parts if part and part.strip()]) or None
