"""The streams of B2B Edition: its companies, who buys for them, and which order is for which company.

A v2 order does not name its company; it is found by its id among the B2B orders, by the buyer's account, or by e-mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import floor

import msgspec

from unposted.connectors.bigcommerce.api import B2bApi, B2bList, Pairs
from unposted.connectors.bigcommerce.companies import COMPANIES, COMPANY_ORDERS, COMPANY_USERS
from unposted.connectors.bigcommerce.connection import BigCommerceConnection
from unposted.connectors.bigcommerce.offsets import (
    Offset,
    Part,
    after_offset,
    moved,
    next_offset,
    offset_of,
    offset_token,
)
from unposted.connectors.bigcommerce.walk import bounds_of
from unposted.connectors.formats import Bad, Context, Item, RawItem
from unposted.connectors.live import LiveStream, Page, PageRequest
from unposted.domain.records import Company, CompanyLink

__all__ = ["COMPANIES_PART", "ORDERS_PART", "USERS_PART", "B2bStreams"]

COMPANIES_PART = Part("companies", (("isIncludeExtraFields", "1"), ("sortBy", "updatedAt"), ("orderBy", "ASC")), 250)
USERS_PART = Part("users", (), 250)
ORDERS_PART = Part("orders", (("sortBy", "createdAt"), ("orderBy", "ASC")), 200)


@dataclass(frozen=True, slots=True)
class B2bStreams:
    """Reads the B2B Edition of one store."""

    api: B2bApi
    connection: BigCommerceConnection

    def streams(self) -> tuple[LiveStream, ...]:
        """Describe the streams. Companies and users are read as a whole: the API never tells that one is gone."""
        companies, users = (COMPANIES_PART,), (COMPANIES_PART, USERS_PART)
        return (
            LiveStream(
                "companies", (Company,), "list", self._fetcher(companies), _companies, skip=self._skipper(companies)
            ),
            LiveStream(
                "company_users", (CompanyLink,), "list", self._fetcher(users), _links,
                scope="linked_by <> 'order'", skip=self._skipper(users),
            ),
            LiveStream(
                "company_orders", (CompanyLink,), "changes", self.fetch_orders, COMPANY_ORDERS.decode,
                scope="linked_by = 'order'", skip=self.skip_order,
            ),
        )  # fmt: skip

    def fetch_orders(self, request: PageRequest) -> Page:
        """Get one page of the B2B orders of a span; with the span's own start more than the last year is asked for."""
        place, times = _span_of(request)
        found = self._list(ORDERS_PART, place, times, request.size)
        following = next_offset(place, len(found.data), found.total)
        return Page(_items(place, found), offset_token(following), total=found.total)

    def skip_order(self, request: PageRequest) -> tuple[str, str | None]:
        """Pass over the B2B order at a place."""
        place, _ = _span_of(request)
        return _passed(ORDERS_PART, place)

    def _fetcher(self, parts: tuple[Part, ...]) -> Callable[[PageRequest], Page]:
        def fetch(request: PageRequest) -> Page:
            place = offset_of(request.token, self._now())
            found = self._list(parts[place.part], place, place.times, request.size)
            following = after_offset(place, parts, len(found.data), found.total)
            return Page(_items(place, found), offset_token(following))

        return fetch

    def _skipper(self, parts: tuple[Part, ...]) -> Callable[[PageRequest], tuple[str, str | None]]:
        def skip(request: PageRequest) -> tuple[str, str | None]:
            place = offset_of(request.token, self._now())
            return _passed(parts[place.part], place)

        return skip

    def _list(self, part: Part, place: Offset, times: Pairs, size: int | None) -> B2bList:
        limit = min(size or self.connection.page_size or part.largest, part.largest)
        channels = self.connection.b2b_channels if part is ORDERS_PART else ()
        page = (("limit", str(limit)), ("offset", str(place.offset)))
        return self.api.list(
            part.path, (*part.params, *times, *page, *(("channelIds[]", str(one)) for one in channels))
        )

    def _now(self) -> int:
        return floor(self.api.caller.clock.now().timestamp())


def _span_of(request: PageRequest) -> tuple[Offset, Pairs]:
    assert request.span is not None
    bounds = bounds_of(request.span)
    times = (("minModified", str(bounds.start - 1)), ("maxModified", str(bounds.end + 1)))
    return offset_of(request.token, bounds.end), times


def _items(place: Offset, found: B2bList) -> list[bytes]:
    return [] if moved(place, found.total) else [bytes(body) for body in found.data]


def _passed(part: Part, place: Offset) -> tuple[str, str | None]:
    following = msgspec.structs.replace(place, offset=place.offset + 1)
    return f"number {place.offset + 1} of B2B Edition's {part.path}", offset_token(following)


def _companies(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    return (item for item in COMPANIES.decode(items, context) if isinstance(item, Company | Bad))


def _links(items: Iterable[RawItem], context: Context) -> Iterator[Item]:
    """Read companies and users for what links buyers to a company."""
    for item in items:
        is_company = b'"companyName"' in item.body and b'"companyStatus"' in item.body
        decode = COMPANIES.decode if is_company else COMPANY_USERS.decode
        yield from (found for found in decode([item], context) if not isinstance(found, Company))
