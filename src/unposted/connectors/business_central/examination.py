"""Finds out what the credentials of a Business Central source let us see, and says what stays hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from unposted.connectors.business_central.answers import Place
from unposted.connectors.business_central.companies import Companies, Company
from unposted.connectors.business_central.external_ids import Links
from unposted.connectors.business_central.sets import EntitySet
from unposted.connectors.business_central.wire import Wire
from unposted.connectors.live import Fact
from unposted.errors import BadAnswer, SourceRefused

__all__ = ["Examination"]

Level: TypeAlias = Literal["ok", "warn", "fail"]
_MOST_SKEW = 120.0
_LEAST = {"$select": "id,lastModifiedDateTime", "$orderby": "lastModifiedDateTime"}


class _Changed(msgspec.Struct):
    id: str = ""
    at: datetime | None = msgspec.field(default=None, name="lastModifiedDateTime")


class Examination:
    """Asks small questions, in the order in which people ask them."""

    def __init__(self, wire: Wire, companies: Companies, sets: Sequence[EntitySet], links: Links | None) -> None:
        """Take how to ask, the companies, the entity sets, and where the external ids stand."""
        self._wire = wire
        self._companies = companies
        self._sets = sets
        self._links = links

    def facts(self) -> Iterator[Fact]:
        """Tell every fact, the credentials first; raises SignIn when they are refused."""
        yield self._credentials()
        if self._companies.missing:
            yield from self._companies_seen()
            return
        yield from self._permissions()
        yield from self._oldest()
        yield from self._companies_seen()
        yield from self._external_ids()
        yield from self._paging()
        yield self._clock()
        yield self._limits()

    def _credentials(self) -> Fact:
        seen = len(self._companies.seen)
        connection = self._wire.connection
        who = connection.user if connection.auth == "basic" else f"the application {connection.client_id}"
        where = connection.environment or "the server"
        return Fact("credentials", "ok", f"{who} is let into {where} and sees {seen} companies")

    def _permissions(self) -> Iterator[Fact]:
        for entity_set in self._sets:
            if entity_set.stream == "ledger_entries" and not entity_set.filter and not self._is_wanted(entity_set):
                continue
            for company in self._companies.read:
                refusal = self._refusal(company, entity_set)
                if refusal is not None:
                    level: Level = "fail" if entity_set.stream == "customers" else "warn"
                    yield Fact("permissions", level, f"{refusal.message} The stream {entity_set.stream} stays empty.")
                    continue
                yield Fact("permissions", "ok", f"{entity_set.name} of {company.name} can be read")
        for company in self._companies.read:
            if self._companies.currency(company) is None:
                text = f"the local currency of {company.name} is not told: name it in `currencies`"
                yield Fact("permissions", "warn", text)

    def _refusal(self, company: Company, entity_set: EntitySet) -> SourceRefused | None:
        try:
            self._few(company, entity_set, 1)
        except SourceRefused as error:
            return error
        return None

    def _oldest(self) -> Iterator[Fact]:
        for company in self._companies.read:
            try:
                rows = self._few(company, self._sets[0], 1)
            except SourceRefused:
                continue
            at = rows[0].at if rows else None
            text = f"from {at:%d %b %Y}" if at else "none"
            yield Fact("oldest record", "ok", f"customers of {company.name}: {text}")

    def _companies_seen(self) -> Iterator[Fact]:
        for name in self._companies.missing:
            yield Fact(
                "companies", "fail", f"the company {name} is named in this source, but the credentials do not see it"
            )
        for name in self._companies.unmapped:
            yield Fact("companies", "warn", f"the company {name} is not named in `companies` and is not read")
        if self._companies.missing:
            return
        for company in self._companies.read:
            yield Fact("companies", "ok", f"{company.name} is {company.entity}")

    def _external_ids(self) -> Iterator[Fact]:
        if self._links is None:
            yield Fact("external ids", "warn", "no page with the storefront's ids is named (`external_ids`)")
            return
        for company in self._companies.read:
            try:
                rows = self._links.sample(company)
            except SourceRefused as error:
                yield Fact("external ids", "fail", error.message)
                continue
            level: Level = "ok" if rows else "warn"
            found = "can be read" if rows else "has no row"
            yield Fact("external ids", level, f"{self._links.settings.set} of {company.name} {found}")

    def _paging(self) -> Iterator[Fact]:
        """Read two pages of one row each: they must differ."""
        for company in self._companies.read:
            try:
                yield self._two_pages(company)
            except SourceRefused:
                continue
            except BadAnswer as error:
                yield Fact("paging", "fail", error.message)

    def _two_pages(self, company: Company) -> Fact:
        place = Place(company.name, self._sets[0].name)
        first = self._wire.page(place, self._address(company, self._sets[0]), _LEAST, 1)
        if first.next_link is None:
            return Fact("paging", "ok", f"customers of {company.name} fit one page")
        second = self._wire.page(place, first.next_link, size=1)
        if set(map(_id, first.items)) & set(map(_id, second.items)):
            return Fact("paging", "fail", f"two pages of customers of {company.name} show the same row")
        return Fact("paging", "ok", f"two pages of customers of {company.name} follow one another")

    def _clock(self) -> Fact:
        skew = self._wire.caller.spent.skew
        if skew is None:
            return Fact("clock", "warn", "the server does not tell its time")
        level: Level = "warn" if abs(skew) > _MOST_SKEW else "ok"
        return Fact("clock", level, f"our clock and the server's differ by {abs(skew):.0f} seconds")

    def _limits(self) -> Fact:
        calls = self._wire.caller.spent.calls
        return Fact("limits", "ok", f"the server shows no limits; this took {calls} calls")

    def _few(self, company: Company, entity_set: EntitySet, size: int) -> list[_Changed]:
        place = Place(company.name, entity_set.name)
        page = self._wire.page(place, self._address(company, entity_set), _LEAST, size)
        return [msgspec.json.decode(item, type=_Changed) for item in page.items]

    def _is_wanted(self, entity_set: EntitySet) -> bool:
        wanted = self._wire.connection.streams
        return entity_set.stream in wanted or "all" in wanted

    def _address(self, company: Company, entity_set: EntitySet) -> str:
        return self._wire.api(f"companies({company.id})/{entity_set.name}")


def _id(item: bytes) -> str:
    return msgspec.json.decode(item, type=_Changed).id
