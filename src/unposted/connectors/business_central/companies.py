"""Which companies of Business Central are which legal entity: every reading goes company by company.

A company that the workspace names and the credentials do not see is an error; one that they see and the workspace does
not name is told by `examine`, and stands in the list of legal entities under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import msgspec

from unposted.connectors.business_central.answers import Place
from unposted.connectors.business_central.wire import Wire
from unposted.connectors.business_central.words import LOCAL_CURRENCY, changed_at, with_fields
from unposted.connectors.fields import currency_code, needed
from unposted.connectors.formats import Context, Item, RawItem
from unposted.connectors.items import json_records
from unposted.connectors.live import Page, PageRequest
from unposted.domain.records import LegalEntity
from unposted.errors import SourceRefused

__all__ = ["COMPANY_FIELDS", "Companies", "Company", "companies_from_json"]

COMPANY_FIELDS = ("id", "name", "displayName", "systemModifiedAt")
_ENTITY = "unpostedEntity"


class Company(NamedTuple):
    """A company that is read: its id and name in Business Central, and the legal entity that it is."""

    id: str
    name: str
    entity: str


class _Row(msgspec.Struct, gc=False, rename="camel"):
    id: str
    name: str = ""
    display_name: str | None = None
    system_modified_at: str | None = None
    entity: str | None = msgspec.field(default=None, name=_ENTITY)
    currency: str | None = msgspec.field(default=None, name=LOCAL_CURRENCY)


class _Setup(msgspec.Struct):
    code: str | None = msgspec.field(default=None, name=LOCAL_CURRENCY)
    currency: str | None = msgspec.field(default=None, name="currencyCode")


class Companies:
    """The environment's companies; the list is asked for once."""

    def __init__(self, wire: Wire) -> None:
        """Take how to ask."""
        self._wire = wire
        self._named: Mapping[str, str] = wire.connection.companies
        self._currencies: dict[str, str | None] = dict(wire.connection.currencies)

    @cached_property
    def seen(self) -> tuple[_Row, ...]:
        """Every company that the credentials see."""
        params = {"$select": ",".join(COMPANY_FIELDS)}
        pages = self._wire.pages(Place("", "companies"), self._wire.api("companies"), params)
        return tuple(msgspec.json.decode(item, type=_Row) for page in pages for item in page.items)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The companies that the workspace names and the credentials do not see."""
        known = {name for row in self.seen for name in _names(row)}
        return tuple(name for name in self._named if name.strip().casefold() not in known)

    @cached_property
    def unmapped(self) -> tuple[str, ...]:
        """The companies that the credentials see and the workspace does not name, although it names some."""
        return tuple(row.name for row in self.seen if self._named and self._mapped(row) is None)

    @cached_property
    def read(self) -> tuple[Company, ...]:
        """The companies that are read, by legal entity; raises SourceRefused when one is missing or named twice."""
        if self.missing:
            raise SourceRefused(
                "company-not-seen",
                f"{self._wire.source}: the credentials do not see the company {', '.join(self.missing)}; "
                f"they see {', '.join(row.name for row in self.seen) or 'none'}.",
                "Check the companies table of this source, and the application's permission sets in that company.",
            )
        wanted = [row for row in self.seen if not self._named or self._mapped(row)]
        found = sorted(Company(row.id, row.name, self.entity_of(row)) for row in wanted)
        entities = [company.entity for company in found]
        twice = sorted({entity for entity in entities if entities.count(entity) > 1})
        if twice:
            raise SourceRefused(
                "company-twice",
                f"{self._wire.source}: two companies are the legal entity {', '.join(twice)}.",
                "Give each company a legal entity of its own in the companies table of this source.",
            )
        return tuple(sorted(found, key=lambda company: company.entity))

    def entity_of(self, row: _Row) -> str:
        """Tell a company's legal entity; one that the workspace does not name goes by its own name."""
        return (self._mapped(row) or row.name or row.id).strip().upper()

    def named(self, text: str) -> Company | None:
        """Find a company that is read by its legal entity or id."""
        wanted = text.casefold()
        return next((one for one in self.read if wanted in {one.entity.casefold(), one.id.casefold()}), None)

    def from_entity(self, entity: str | None) -> Company | None:
        """Find the company of a legal entity or, when it is not read any more, the one after it; None at the end."""
        return next((company for company in self.read if entity is None or company.entity >= entity), None)

    def after(self, company: Company) -> Company | None:
        """Return the company that is read after another one."""
        return next((other for other in self.read if other.entity > company.entity), None)

    def currency(self, company: Company) -> str | None:
        """Tell a company's own currency, which its rows show as blank; None when nothing that we may read tells it."""
        if company.entity not in self._currencies:
            self._currencies[company.entity] = next(self._told_currencies(company), None)
        return self._currencies[company.entity]

    def _told_currencies(self, company: Company) -> Iterator[str]:
        for entity_set, field in (("generalLedgerSetup", LOCAL_CURRENCY), ("companyInformation", "currencyCode")):
            place = Place(company.name, entity_set)
            address = self._wire.api(f"companies({company.id})/{entity_set}")
            try:
                page = self._wire.page(place, address, {"$select": field})
            except SourceRefused:
                continue  # older versions have no such set, and narrow rights hide it
            for item in page.items:
                found = msgspec.json.decode(item, type=_Setup)
                code = (found.code or found.currency or "").strip()
                if code:
                    yield code

    def fetch(self, request: PageRequest) -> Page:
        """Get a page of companies, each with its legal entity and currency."""
        params = {} if request.token else {"$select": ",".join(COMPANY_FIELDS)}
        address = request.token or self._wire.api("companies")
        page = self._wire.page(Place("", "companies"), address, params, request.size)
        return Page([self._told(item) for item in page.items], page.next_link)

    def _told(self, item: bytes) -> bytes:
        row = msgspec.json.decode(item, type=_Row)
        entity = self.entity_of(row)
        is_read = not self._named or self._mapped(row) is not None
        currency = self.currency(Company(row.id, row.name, entity)) if is_read else None
        return with_fields([item], {_ENTITY: entity, LOCAL_CURRENCY: currency})[0]

    def _mapped(self, row: _Row) -> str | None:
        return next((self._named[name] for name in self._named if name.strip().casefold() in _names(row)), None)


def companies_from_json(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Make legal entities of companies."""
    return json_records(items, context, msgspec.json.Decoder(_Row).decode, _entity, lambda row: row.id)


def _entity(row: _Row, context: Context) -> LegalEntity:
    entity = needed(row.entity or row.name, "name").upper()
    currency = currency_code(row.currency, LOCAL_CURRENCY) if row.currency else None
    name = (row.display_name or row.name).strip() or None
    return LegalEntity(entity, name, currency, changed_at(row.system_modified_at, context, "systemModifiedAt"))


def _names(row: _Row) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in (row.id, row.name, row.display_name) if name and name.strip())
