"""Joins the storefront's customer ids to customers: they stand in a page of the merchant's own, read beside customers.

Source: the standard customers page is not extensible, so no extension field can ever stand on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from unposted.connectors.business_central.answers import Place
from unposted.connectors.business_central.companies import Company
from unposted.connectors.business_central.settings import ExternalIds
from unposted.connectors.business_central.wire import Wire, any_of
from unposted.connectors.business_central.words import with_fields
from unposted.connectors.odata import ODataPage, instant_literal
from unposted.connectors.scalars import text
from unposted.domain.cursor import Span
from unposted.errors import BadAnswer

__all__ = ["Links"]

_FEW = 120


class _Numbered(msgspec.Struct, gc=False):
    number: str | None = None


class Links:
    """The ids of each company by customer number; few are asked for by number, many by reading the list once."""

    def __init__(self, wire: Wire, settings: ExternalIds) -> None:
        """Take how to ask, and where the ids stand."""
        self.settings = settings
        self._wire = wire
        self._known: dict[str, Mapping[str, str]] = {}
        self._row = msgspec.json.Decoder(dict[str, msgspec.Raw])

    def joined(self, company: Company, items: Sequence[bytes]) -> list[bytes]:
        """Put each customer's id into its row."""
        numbers = [_key(msgspec.json.decode(item, type=_Numbered).number) for item in items]
        ids = self._ids(company, numbers)
        field = self.settings.field
        return [
            with_fields([item], {field: ids[number]})[0] if number in ids else item
            for item, number in zip(items, numbers, strict=True)
        ]

    def changed(self, company: Company, span: Span | None, link: str | None, size: int | None) -> ODataPage:
        """Get a page of the ids that were set or changed in a span; the page's time of change must be named."""
        params = {"$select": self._select}
        if span is not None:
            start, end = instant_literal(span.start), instant_literal(span.end)
            time = self.settings.modified
            params |= {"$filter": f"{time} ge {start} and {time} le {end}", "$orderby": time}
        return self._wire.page(self._place(company), link or self._address(company), {} if link else params, size)

    def numbers(self, page: ODataPage) -> list[str]:
        """List the customer numbers of a page of ids."""
        return [number for number, _ in map(self._pair, page.items) if number]

    def sample(self, company: Company) -> int:
        """Ask for one row: how many came. Raises SourceRefused when there is no such page."""
        page = self._wire.page(self._place(company), self._address(company), {"$select": self._select}, 1)
        return len(page.items)

    def _ids(self, company: Company, numbers: Sequence[str]) -> Mapping[str, str]:
        if company.entity in self._known or not numbers:
            return self._known.get(company.entity, {})
        if len(numbers) <= _FEW:
            found: dict[str, str] = {}
            for condition in any_of(self.settings.number, [number for number in numbers if number]):
                found |= self._read(company, {"$select": self._select, "$filter": condition})
            if not found.keys() <= set(numbers):
                raise self._astray(company)
            return found
        self._known[company.entity] = self._read(company, {"$select": self._select})
        return self._known[company.entity]

    def _read(self, company: Company, params: Mapping[str, str]) -> dict[str, str]:
        pages = self._wire.pages(self._place(company), self._address(company), params)
        return dict(_given(self._pair(item) for page in pages for item in page.items))

    def _astray(self, company: Company) -> BadAnswer:
        """Say that other rows came than were asked for: those that were asked for may be missing."""
        return BadAnswer(
            "other-rows",
            f"{self._wire.source} answers with other rows of {self._place(company)} than were asked for.",
            "Run the command again; if it stays so, look for a proxy that remembers answers.",
        )

    @property
    def _select(self) -> str:
        names = (self.settings.number, self.settings.field, self.settings.modified)
        return ",".join(name for name in names if name)

    def _place(self, company: Company) -> Place:
        return Place(company.name, self.settings.set)

    def _address(self, company: Company) -> str:
        return self._wire.custom(self.settings.path, company.id, company.name, self.settings.set)

    def _pair(self, item: bytes) -> tuple[str, str]:
        row = self._row.decode(item)
        return _key(self._value(row, self.settings.number)), self._value(row, self.settings.field) or ""

    def _value(self, row: Mapping[str, msgspec.Raw], name: str) -> str | None:
        return text(msgspec.json.decode(row[name])) if name in row else None


def _given(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((number, found) for number, found in pairs if number and found and found != "0")


def _key(number: str | None) -> str:
    """Business Central stores a code in upper case."""
    return (number or "").strip().upper()
