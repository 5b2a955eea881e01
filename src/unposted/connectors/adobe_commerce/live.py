"""Adobe Commerce as a live source: orders, customers, companies and negotiable quotes over REST, read only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from unposted.connectors.adobe_commerce.answers import NotThere, PageTooBig, judge_commerce
from unposted.connectors.adobe_commerce.companies import COMPANIES
from unposted.connectors.adobe_commerce.connection import AdobeCommerceConnection
from unposted.connectors.adobe_commerce.criteria import Condition, Search
from unposted.connectors.adobe_commerce.customers import CUSTOMERS
from unposted.connectors.adobe_commerce.examining import examined
from unposted.connectors.adobe_commerce.listings import CARTS, COMPANY, CUSTOMER, ORDER, Listing
from unposted.connectors.adobe_commerce.orders import ORDERS
from unposted.connectors.adobe_commerce.quotes import QUOTES
from unposted.connectors.adobe_commerce.recounts import is_quote, lights
from unposted.connectors.adobe_commerce.searching import Searcher
from unposted.connectors.adobe_commerce.signing import commerce_signer
from unposted.connectors.adobe_commerce.walking import Walk
from unposted.connectors.http import Caller, Patience, Spent
from unposted.connectors.live import Connector, Fact, Light, LiveStream, Page, PageRequest, Tools
from unposted.domain.records import Company, Customer, Order

__all__ = ["connect"]

_IDS_A_CALL = 50


def connect(source: str, connection: AdobeCommerceConnection, tools: Tools) -> Connector:
    """Make the connector of a source; raises SignIn when a secret that it needs is not set."""
    return _AdobeCommerce(source, connection, tools)


class _AdobeCommerce:
    """One store."""

    def __init__(self, source: str, connection: AdobeCommerceConnection, tools: Tools) -> None:
        self._connection = connection
        signer = commerce_signer(source, connection, tools)

        def caller(patience: Patience) -> Caller:
            return Caller(
                source, connection.api, signer, judge=judge_commerce, clock=tools.clock, patience=patience,
                transport=tools.transport, tell_wait=tools.tell_wait,
            )  # fmt: skip

        self._caller = caller(tools.patience)
        self._hasty = caller(replace(tools.patience, tries=min(2, tools.patience.tries)))
        self._hasty.spent = self._caller.spent
        header = connection.store_view if connection.flavour == "saas" else None
        self._searcher = Searcher(self._caller, header, connection.page_size)
        self._probe = self._searcher.through(self._hasty)

    @property
    def streams(self) -> Sequence[LiveStream]:
        """Orders, customers, companies unless there are none, and negotiable quotes."""
        orders, customers = self._walk(ORDER), self._walk(CUSTOMER)
        found = [
            LiveStream(
                "orders", (Order,), "changes", orders.fetch, ORDERS.decode, by_id=self._by_id(ORDER),
                recount=self._recount(ORDER), scope="order_id NOT LIKE 'quote-%'", skip=orders.skip,
            ),
            LiveStream(
                "customers", (Customer,), "changes", customers.fetch, CUSTOMERS.decode, by_id=self._by_id(CUSTOMER),
                recount=self._recount(CUSTOMER), wanted_by="orders", skip=customers.skip,
            ),
        ]  # fmt: skip
        return [*found, *self._of_companies(), self._quotes()]

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far."""
        return self._caller.spent

    def examine(self) -> Iterator[Fact]:
        """Find out what the credentials let us see."""
        return examined(self._searcher, self._connection)

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()
        self._hasty.close()

    def _of_companies(self) -> Iterator[LiveStream]:
        if self._connection.b2b is False:
            return
        walk = self._walk(COMPANY)

        def fetch(request: PageRequest) -> Page:
            try:
                return walk.fetch(request)
            except NotThere:
                if self._connection.b2b:
                    raise
                return Page((), None, total=0)  # Open Source has no B2B modules; `examine` warns of it

        yield LiveStream(
            "companies", (Company,), "list", fetch, COMPANIES.decode, by_id=self._by_id(COMPANY),
            recount=self._recount(COMPANY), skip=walk.skip,
        )  # fmt: skip

    def _quotes(self) -> LiveStream:
        walk = Walk(self._searcher, self._probe, CARTS, is_quote)
        return LiveStream(
            "quotes", (Order,), "changes", walk.fetch, QUOTES.decode, by_id=self._by_id(CARTS),
            recount=self._recount(CARTS), scope="order_id LIKE 'quote-%'", main=self._connection.quotes, skip=walk.skip,
        )  # fmt: skip

    def _walk(self, listing: Listing) -> Walk:
        return Walk(self._searcher, self._probe, listing)

    def _by_id(self, listing: Listing) -> Callable[[Sequence[str]], Iterable[Page]]:
        def fetch(record_ids: Sequence[str]) -> Iterator[Page]:
            numbers = [record_id.removeprefix(listing.id_prefix) for record_id in record_ids]
            numbers = [number for number in dict.fromkeys(numbers) if number.isdecimal()]
            while numbers:
                size = min(_IDS_A_CALL, self._searcher.page_size(None))
                groups = [[Condition("entity_id", "in", ",".join(numbers[:size]))]]
                try:
                    found = self._searcher.find(listing, Search(groups, (), size, listing.fields))
                except PageTooBig as error:
                    self._searcher.note(error)
                    continue
                numbers = numbers[size:]
                yield Page([body for body in found.bodies if listing is not CARTS or is_quote(body)], None)

        return fetch

    def _recount(self, listing: Listing) -> Callable[[datetime | None, datetime | None], Iterator[Light]]:
        return lambda start, end: self._lights(listing, start, end)

    def _lights(self, listing: Listing, start: datetime | None, end: datetime | None) -> Iterator[Light]:
        try:
            yield from lights(self._searcher, listing, start, end)
        except NotThere:
            if listing is not COMPANY or self._connection.b2b:
                raise
