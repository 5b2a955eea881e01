"""A live BigCommerce store: v2 orders, v3 customers and, where it has it, B2B Edition. It only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unposted.connectors.bigcommerce.api import B2bApi, StoreApi
from unposted.connectors.bigcommerce.connection import BigCommerceConnection
from unposted.connectors.bigcommerce.examine import Examination
from unposted.connectors.bigcommerce.live_companies import B2bStreams
from unposted.connectors.bigcommerce.live_customers import CustomerStream
from unposted.connectors.bigcommerce.live_orders import OrderStream
from unposted.connectors.http import Spent
from unposted.connectors.live import Connector, Fact, LiveStream, Tools

__all__ = ["LiveBigCommerce", "connect"]


class LiveBigCommerce:
    """One store, read over its API."""

    def __init__(self, source: str, connection: BigCommerceConnection, tools: Tools) -> None:
        """Take the source's name, its settings and tools."""
        self._connection = connection
        self._api = StoreApi(source, connection, tools)
        self._b2b = B2bApi(source, connection, tools) if connection.b2b else None
        if self._b2b is not None:
            self._b2b.caller.spent = self._api.caller.spent
        companies = B2bStreams(self._b2b, connection).streams() if self._b2b else ()
        self.streams: Sequence[LiveStream] = (
            OrderStream(self._api, connection).stream(),
            CustomerStream(self._api, connection).stream(),
            *companies,
        )

    @property
    def spent(self) -> Spent:
        """What the calls of both APIs have cost."""
        return self._api.caller.spent

    def examine(self) -> Iterator[Fact]:
        """Find out what the token lets us see."""
        return Examination(self._api, self._b2b, self._connection).facts()

    def close(self) -> None:
        """Close the connections."""
        self._api.caller.close()
        if self._b2b is not None:
            self._b2b.caller.close()


def connect(source: str, connection: BigCommerceConnection, tools: Tools) -> Connector:
    """Open a live store."""
    return LiveBigCommerce(source, connection, tools)
