"""A live Shopify shop: its streams, and how each of them is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from unposted.connectors.formats import JsonFormat
from unposted.connectors.http import Caller, Spent
from unposted.connectors.live import Fact, LiveStream, Page, PageRequest, Tools
from unposted.connectors.shopify.admin import Admin
from unposted.connectors.shopify.answers import judge
from unposted.connectors.shopify.bulk import BulkReader
from unposted.connectors.shopify.companies import COMPANIES as COMPANY_NODES
from unposted.connectors.shopify.connection import ShopifyConnection
from unposted.connectors.shopify.customers import CUSTOMERS as CUSTOMER_NODES
from unposted.connectors.shopify.examine import examined
from unposted.connectors.shopify.orders import ORDERS as ORDER_NODES
from unposted.connectors.shopify.queries import COMPANIES, CUSTOMERS, DRAFT_ORDERS, ORDERS, Kind
from unposted.connectors.shopify.recount import recount_of
from unposted.connectors.shopify.walk import Token, Walk
from unposted.connectors.shopify.window import Window
from unposted.connectors.signers import HeaderSigner
from unposted.domain.records import Company, Customer, Order

__all__ = ["ShopifyConnector", "connect"]


class ShopifyConnector:
    """One shop, read with one token."""

    def __init__(self, source: str, connection: ShopifyConnection, tools: Tools) -> None:
        """Take the source's name, its settings, and the tools of every connector."""
        caller = Caller(
            source,
            f"{_address(connection.url)}/admin/api/{connection.api_version}",
            HeaderSigner("X-Shopify-Access-Token", tools.secret("token")),
            judge=judge,
            clock=tools.clock,
            patience=tools.patience,
            transport=tools.transport,
            tell_wait=tools.tell_wait,
        )
        self._caller = caller
        self._admin = Admin(caller, connection.api_version, connection.page_size)
        self._window = Window(self._admin)
        self._bulks: list[BulkReader] = []
        self._wanted = connection.streams
        self.streams: Sequence[LiveStream] = tuple(self._made(connection, tools))

    @property
    def spent(self) -> Spent:
        """What the calls have cost so far, and the limits that Shopify showed."""
        return self._caller.spent

    @property
    def narrowed(self) -> frozenset[str]:
        """The fields that the app may not read, as far as an answer has said so."""
        return frozenset(self._admin.narrowed)

    def examine(self) -> Iterator[Fact]:
        """Find out what the token lets us see; raises SignIn when it is refused."""
        named = [name for name in self._wanted if name != "all"]
        if named:
            return examined(self._admin, named)
        every = "all" in self._wanted
        return examined(self._admin, [stream.name for stream in self.streams if stream.main or every])

    def close(self) -> None:
        """Close the connections."""
        for bulk in self._bulks:
            bulk.close()
        self._caller.close()

    def _made(self, settings: ShopifyConnection, tools: Tools) -> Iterator[LiveStream]:
        for kind, nodes, record in (
            (ORDERS, ORDER_NODES, Order),
            (CUSTOMERS, CUSTOMER_NODES, Customer),
            (COMPANIES, COMPANY_NODES, Company),
            (DRAFT_ORDERS, ORDER_NODES, Order),
        ):
            walk = Walk(self._admin, kind, settings, self._window)
            bulk = BulkReader(self._admin, kind, settings, tools)
            self._bulks.append(bulk)
            yield self._stream(kind, nodes, record, walk, _fetched(walk, bulk), settings)

    def _stream(
        self, kind: Kind, nodes: JsonFormat, record: type, walk: Walk, fetch: Callable[[PageRequest], Page],
        settings: ShopifyConnection,
    ) -> LiveStream:  # fmt: skip
        return LiveStream(
            name=kind.stream,
            records=(record,),
            way=settings.companies_way if kind is COMPANIES else "changes",
            fetch=fetch,
            decode=nodes.decode,
            by_id=walk.by_id,
            recount=recount_of(self._admin, kind, self._window),
            recount_daily=kind is COMPANIES,
            scope=_SCOPES.get(kind.stream, "TRUE"),
            wanted_by="orders" if kind.stream in {"customers", "companies"} else None,
            main=kind is not DRAFT_ORDERS,
            skip=walk.skip,
        )


_SCOPES = {"orders": "order_id NOT LIKE 'draft-%'", "draft_orders": "order_id LIKE 'draft-%'"}


def connect(source: str, connection: ShopifyConnection, tools: Tools) -> ShopifyConnector:
    """Make a live Shopify source; nothing is sent yet."""
    return ShopifyConnector(source, connection, tools)


def _fetched(walk: Walk, bulk: BulkReader) -> Callable[[PageRequest], Page]:
    """Make the reading of one page: from a bulk operation's file for a long span, else by walking."""

    def fetch(request: PageRequest) -> Page:
        token = Token.of(request.token)
        return bulk.fetch(request, token) if bulk.is_for(request, token) else walk.fetch(request, token)

    return fetch


def _address(url: str) -> str:
    """Complete a shop's name as people write it: `name.myshopify.com`."""
    return (url if "://" in url else f"https://{url}").rstrip("/")
