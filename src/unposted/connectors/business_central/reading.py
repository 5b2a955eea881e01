"""Reads one entity set, company by company: pages of what changed, single records, and past a record that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from unposted.connectors.business_central.answers import Place
from unposted.connectors.business_central.companies import Companies, Company
from unposted.connectors.business_central.external_ids import Links
from unposted.connectors.business_central.sets import EntitySet
from unposted.connectors.business_central.wire import Wire, any_of
from unposted.connectors.business_central.words import LOCAL_CURRENCY, with_fields
from unposted.connectors.live import Page, PageRequest
from unposted.connectors.odata import instant_literal
from unposted.domain.cursor import Span
from unposted.errors import SourceRefused

__all__ = ["Reading"]

_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_KEYS_A_PAGE, _LINKS_A_PAGE = 500, 400


class _Token(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a reading stands: the company, the server's own link, and the last row before it.

    `since` and `passed` are set once a record was passed over: read on from its time, without it. `is_links` tells
    that the company's customers are done and those whose external id has changed follow.
    """

    company: str
    link: str | None = None
    last: str | None = None
    since: datetime | None = None
    passed: tuple[str, ...] = ()
    is_links: bool = False


class _Mark(msgspec.Struct, gc=False):
    id: str | None = None
    number: str | None = None
    changed: datetime | None = msgspec.field(default=None, name="lastModifiedDateTime")


_token = msgspec.json.Decoder(_Token)
_mark = msgspec.json.Decoder(_Mark)


class Reading:
    """The pages of one entity set."""

    def __init__(self, wire: Wire, companies: Companies, entity_set: EntitySet, links: Links | None = None) -> None:
        """Take how to ask, the companies, the set, and (for customers) where the external ids stand."""
        self._wire = wire
        self._companies = companies
        self._set = entity_set
        self._links = links

    def fetch(self, request: PageRequest) -> Page:
        """Get one page of one company."""
        token = _token.decode(request.token) if request.token else None
        company = self._companies.from_entity(token.company if token else None)
        if company is None:
            return Page((), None)
        self._check()
        if token is None or token.company != company.entity:
            token = _Token(company.entity)
        if token.is_links:
            return self._linked(company, token, request)
        address = token.link or self._address(company)
        params = {} if token.link else self._params(request.span, token)
        page = self._wire.page(self._place(company), address, params, request.size)
        if page.next_link is not None:
            last = _mark.decode(page.items[-1]).id if page.items else token.last
            after: _Token | None = msgspec.structs.replace(token, link=page.next_link, last=last)
        else:
            after = self._after(company)
        return Page(self._told(company, page.items), _text(after), entity=company.entity)

    def skip(self, request: PageRequest) -> tuple[str, str | None]:
        """Pass over the record that comes next: find it in a list of keys, and read on without it."""
        token = _token.decode(request.token) if request.token else None
        company = self._companies.from_entity(token.company if token else None)
        if company is None:
            return "nothing", None
        token = token if token is not None and token.company == company.entity else _Token(company.entity)
        if token.is_links:
            return self._past_link(company, token, request)
        mark = self._next_mark(company, request.span, token)
        if mark is None or mark.id is None:
            return "nothing", _text(self._after(company))
        key = (mark.number if self._set.key == "number" else mark.id) or mark.id
        passed = _Token(company.entity, since=mark.changed, passed=(*token.passed, mark.id))
        return self._set.id_of(company.entity, key), _text(passed)

    def by_id(self, record_ids: Sequence[str]) -> Iterator[Page]:
        """Get single records; ids are those of the store, or with the system's own ids for company and record."""
        wanted: dict[Company, list[str]] = {}
        for record_id in record_ids:
            first, *rest = record_id.split("|")
            company = self._companies.named(first)
            if company is not None and rest:
                wanted.setdefault(company, []).append(rest[-1])
        for company, keys in wanted.items():
            guids = [key for key in keys if _GUID.fullmatch(key)]
            numbers = [key for key in keys if self._set.key == "number" and not _GUID.fullmatch(key)]
            for condition in (*any_of("id", guids, literal=False), *any_of(self._set.key, numbers)):
                yield from self._matching(company, condition)

    def _matching(self, company: Company, condition: str) -> Iterator[Page]:
        params = {"$filter": condition, "$select": self._set.select}
        for page in self._wire.pages(self._place(company), self._address(company), params):
            yield Page(self._told(company, page.items), None, entity=company.entity)

    def _linked(self, company: Company, token: _Token, request: PageRequest) -> Page:
        """Get customers whose external id was set or changed, although they themselves did not change."""
        numbers, after = self._changed_links(company, token, request)
        items: list[bytes] = []
        for condition in any_of("number", numbers):
            for found in self._matching(company, condition):
                items += found.items
        return Page(items, after, entity=company.entity)

    def _past_link(self, company: Company, token: _Token, request: PageRequest) -> tuple[str, str | None]:
        """Pass over the customer of the next link, which stands in the page of links and fails among customers."""
        numbers, after = self._changed_links(company, token, request._replace(size=1))
        return ", ".join(self._set.id_of(company.entity, number) for number in numbers) or "nothing", after

    def _changed_links(self, company: Company, token: _Token, request: PageRequest) -> tuple[list[str], str | None]:
        assert self._links is not None
        size = min(request.size or _LINKS_A_PAGE, _LINKS_A_PAGE)
        page = self._links.changed(company, request.span, token.link, size)
        after = self._next_company(company)
        if page.next_link is not None:
            after = msgspec.structs.replace(token, link=page.next_link)
        return self._links.numbers(page), _text(after)

    def _told(self, company: Company, items: Sequence[bytes]) -> list[bytes]:
        """Put into the rows what they do not say themselves."""
        if self._set.is_local and items:
            return with_fields(items, {LOCAL_CURRENCY: self._companies.currency(company)})
        return self._links.joined(company, items) if self._links is not None else list(items)

    def _after(self, company: Company) -> _Token | None:
        if self._links is not None and self._links.settings.modified:
            return _Token(company.entity, is_links=True)
        return self._next_company(company)

    def _next_company(self, company: Company) -> _Token | None:
        other = self._companies.after(company)
        return None if other is None else _Token(other.entity)

    def _next_mark(self, company: Company, span: Span | None, token: _Token) -> _Mark | None:
        params = self._params(span, token) | {"$select": self._key_fields}
        first: _Mark | None = None
        is_after = token.last is None
        for page in self._wire.pages(self._place(company), self._address(company), params, _KEYS_A_PAGE):
            for mark in map(_mark.decode, page.items):
                first = first or mark
                if is_after:
                    return mark
                is_after = mark.id == token.last
        return None if is_after else first

    @property
    def _key_fields(self) -> str:
        return ",".join(dict.fromkeys(("id", self._set.key, "lastModifiedDateTime")))

    def _params(self, span: Span | None, token: _Token) -> dict[str, str]:
        parts = [f"({self._set.filter})"] if self._set.filter else []
        if span is not None and self._set.way == "changes":
            parts += self._bounds(span, token.since)
        parts += [f"id ne {guid}" for guid in token.passed]
        params = {"$select": self._set.select}
        if self._set.way == "changes":
            params["$orderby"] = f"{self._set.time},id"
        return params | ({"$filter": " and ".join(parts)} if parts else {})

    def _bounds(self, span: Span, since: datetime | None) -> list[str]:
        time = self._set.time
        if time == "postingDate":
            return [f"{time} ge {span.start:%Y-%m-%d}", f"{time} le {span.end:%Y-%m-%d}"]
        return [f"{time} ge {instant_literal(since or span.start)}", f"{time} le {instant_literal(span.end)}"]

    def _check(self) -> None:
        if self._set.stream == "ledger_entries" and not self._set.filter:
            raise SourceRefused(
                "no-revenue-accounts",
                f"{self._wire.source}: ledger_entries is to be read, but revenue_accounts names no account.",
                'Add revenue_accounts = ["40100", "44000..44999"] to the connect settings of this source.',
            )

    def _place(self, company: Company) -> Place:
        return Place(company.name, self._set.name)

    def _address(self, company: Company) -> str:
        return self._wire.api(f"companies({company.id})/{self._set.name}")


def _text(token: _Token | None) -> str | None:
    return None if token is None else msgspec.json.encode(token).decode()
