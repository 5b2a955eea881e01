"""Reads a list of customers that somebody made or exported: CSV or a workbook, its columns known by their names.

What a column is called in our own exports, in Dynamics 365 and in people's own sheets is recognised; anything else is
named by the user. A row that cannot be read is told with its line and never dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from unposted.connectors.export_amounts import read_amount
from unposted.connectors.fields import money
from unposted.connectors.files.grids import Grid, column_name, column_places
from unposted.connectors.files.reading import read_grids
from unposted.connectors.formats import Bad
from unposted.connectors.keys import KeyMaker
from unposted.domain.identity import plain_words, tax_id_probes
from unposted.errors import BadRecord, SourceFileError

__all__ = ["LIST_COLUMNS", "CustomerList", "ListLine", "read_list"]

LIST_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "party": ("party", "party id"),
    "name": (
        "name", "customer", "customer name", "company", "company name", "organizationname", "organization name",
        "displayname", "display name", "customername", "account name", "kunde", "firma", "kundenname", "client", "nom",
    ),
    "email": (
        "emails", "email", "e-mail", "mail", "email address", "e-mail address", "emailaddress1",
        "primarycontactemail", "customer email", "contact email", "e-mail-adresse", "adresse e-mail",
    ),
    "tax_id": (
        "tax_ids", "tax_id", "tax id", "taxid", "vat", "vat id", "vat no.", "vat number", "vat registration no.",
        "taxexemptnumber", "tax exempt number", "taxregistrationnumber", "ein", "abn", "ust-idnr.", "ust-id",
    ),
    "external_id": (
        "external_ids", "external_id", "external id", "customer id", "customer_id", "customerid", "shop customer id",
        "store customer id", "company id", "company_id", "id", "kundennummer",
    ),
    "order": ("order", "order name", "order no.", "order number", "order id", "order_id", "bestellnummer"),
    "account": ("account", "customeraccount", "customer account", "account no.", "accountnumber", "no.", "nr."),
    "entity": (
        "expected_entities", "entity", "legal entity", "company code", "dataareaid", "dataarea", "missing_entities",
    ),
    "amount": (
        "blocked", "amount", "value", "total", "order value", "blocked value", "betrag", "montant", "summe",
    ),
    "currency": ("currency", "currency code", "währung", "devise"),
})  # fmt: skip
"""Our name for each column of a list, and the headers that it is known by, casefolded; the first one there is read."""

_TO_FIND_BY = ("party", "name", "email", "tax_id", "external_id", "order", "account")


class ListLine(NamedTuple):
    """One line of a list. `keys` are what it can be found by: kind and value, normalised as the card's own keys are.

    `amount` is minor units of the reporting currency; None when there is none that can be compared, which `note` tells.
    """

    line: int
    name: str
    keys: tuple[tuple[str, str], ...]
    entity: str | None
    amount: int | None
    note: str


class CustomerList(NamedTuple):
    """A list: its readable lines, those that could not be read, and which header each of our columns was read from."""

    lines: tuple[ListLine, ...]
    bad: tuple[Bad, ...]
    columns: Mapping[str, str]


def read_list(
    path: Path,
    shown: str,
    keys: KeyMaker,
    currency: str,
    columns: Mapping[str, str] = MappingProxyType({}),
    decimal_comma: bool | None = None,
) -> CustomerList:
    """Read a list; `columns` maps names of LIST_COLUMNS to headers of the file where these are not recognised.

    Raises SourceFileError when the file cannot be read or has no column to find anybody by.
    """
    bad: list[Bad] = []
    grids = read_grids(path, shown, bad, decimal_comma is True)
    faults: list[SourceFileError] = []
    for grid in grids:
        try:
            places = _places(grid, shown, columns)
        except SourceFileError as error:
            faults.append(error)
            continue
        lines = tuple(_lines(grid, places, keys, currency, decimal_comma, bad))
        headers = {name: str(grid.header[place]).strip("\ufeff ") for name, place in places.items()}
        return CustomerList(lines, tuple(sorted(bad)), headers)
    raise faults[0]


def _places(grid: Grid, shown: str, columns: Mapping[str, str]) -> dict[str, int]:
    header = column_places(grid.header)
    listed = ", ".join(list(header)[:12])
    found: dict[str, int] = {}
    for name, known in LIST_COLUMNS.items():
        wanted = (column_name(columns[name]),) if name in columns else known
        place = next((header[one] for one in wanted if one in header), None)
        if place is None and name in columns:
            raise SourceFileError(
                "missing-column", f"{shown} has no column {columns[name]}.", f"Its columns are: {listed}."
            )
        if place is not None and place not in found.values():
            found[name] = place
    if not any(name in found for name in _TO_FIND_BY):
        raise SourceFileError(
            "no-list-column",
            f"{shown} has no column to find a customer by.",
            f'Name one: --column email="…" or --column name="…"; its columns are: {listed}.',
        )
    return found


def _lines(
    grid: Grid, places: Mapping[str, int], keys: KeyMaker, currency: str, comma: bool | None, bad: list[Bad]
) -> Iterator[ListLine]:
    width = max(places.values())
    for number, cells in grid.rows:
        if len(cells) <= width:
            bad.append(Bad(number, None, "short-row", "the line has fewer columns than the header"))
            continue
        cell = {name: cells[place].strip() for name, place in places.items()}
        cell = {name: text.removeprefix("'") if text[1:2] in set("=+-@") else text for name, text in cell.items()}
        amount, note = _amount(cell, currency, comma)
        entity = cell.get("entity", "").upper() or None
        shown = cell.get("name") or cell.get("email") or cell.get("external_id") or cell.get("account") or ""
        yield ListLine(number, shown, tuple(dict.fromkeys(_keys(cell, keys))), entity, amount, note)


def _keys(cell: Mapping[str, str], keys: KeyMaker) -> Iterator[tuple[str, str]]:
    if cell.get("party"):
        yield "party", cell["party"].casefold()
    if cell.get("order"):
        yield "order", cell["order"].removeprefix("#").casefold()
    for text in _several(cell.get("external_id", "")):
        yield from keys.external_id(text)
    for text in _several(cell.get("tax_id", "")):
        for key in keys.tax_id(text):
            yield from (("tax_id", probe) for probe in tax_id_probes(key.value))
    yield from keys.email(cell.get("email"))
    if cell.get("account"):
        yield "account", cell["account"].casefold()
    words = plain_words(cell.get("name", ""))
    if words:
        yield "name", words


def _several(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _amount(cell: Mapping[str, str], currency: str, comma: bool | None) -> tuple[int | None, str]:
    """Read the amount in the reporting currency; what cannot be compared is told and counts as nothing."""
    text = cell.get("amount", "")
    if not text or text.casefold() == "unknown":
        return None, ""
    amount = read_amount(text, comma)
    shown = (cell.get("currency", "").upper() or amount.currency or currency).strip()
    if not amount.number:
        return None, "the amount cannot be read"
    if shown != currency:
        return None, f"the amount is in {shown}"
    sign = -1 if amount.number.startswith("-") else 1
    try:
        return sign * money(amount.number.removeprefix("-"), "amount", currency, amount.decimal_comma), ""
    except BadRecord:
        return None, "the amount cannot be read"
