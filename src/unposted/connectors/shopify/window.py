"""Knows how far back a token sees: without `read_all_orders` Shopify shows 60 days of orders, and says so nowhere.

What lies before is not gone, so it must not look deleted to a recount or to a fetch by id.
Source: shopify.dev, Order; airbytehq/airbyte#58668 (392 of 8,000 orders).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from unposted.connectors.shopify.admin import Admin
from unposted.connectors.shopify.answers import Envelope
from unposted.connectors.shopify.queries import OLDEST_ORDER, SCOPES
from unposted.errors import SourceRefused

__all__ = ["OldestOrder", "Window", "scopes_of"]

_DAYS = timedelta(days=60)


class _Scope(msgspec.Struct):
    handle: str


class _Installation(msgspec.Struct, rename="camel"):
    access_scopes: list[_Scope] = []


class _Installed(msgspec.Struct, rename="camel"):
    current_app_installation: _Installation


class OldestOrder(msgspec.Struct, rename="camel"):
    """The first order that can be seen."""

    id: str
    created_at: datetime

    @property
    def number(self) -> int:
        """The number in its global id; they grow with time."""
        return int(self.id.rpartition("/")[2])


class _Page(msgspec.Struct):
    nodes: list[OldestOrder] = []


class _Oldest(msgspec.Struct):
    page: _Page | None = None


_installed = msgspec.json.Decoder(Envelope[_Installed]).decode
_oldest = msgspec.json.Decoder(Envelope[_Oldest]).decode


class Window:
    """The stretch of orders that one token sees; asked for when it is first needed."""

    def __init__(self, admin: Admin) -> None:
        """Take the shop."""
        self._admin = admin
        self._scopes: frozenset[str] | None = None

    @property
    def sees_all(self) -> bool:
        """Tell that orders of any age are shown."""
        if self._scopes is None:
            self._scopes = scopes_of(self._admin)
        return "read_all_orders" in self._scopes

    def oldest(self) -> OldestOrder | None:
        """Return the first order that can be seen."""
        data = self._admin.send(OLDEST_ORDER, {}, _oldest).value.data
        return data.page.nodes[0] if data is not None and data.page is not None and data.page.nodes else None

    def hidden(self, numbers: list[str]) -> list[str]:
        """List the orders (by number) that may be there unseen: older than the first one that is shown."""
        if not numbers or self.sees_all:
            return []
        oldest = self.oldest()
        return [number for number in numbers if oldest is None or int(number) < oldest.number]

    def must_hold(self, start: datetime | None) -> None:
        """Refuse to count orders that cannot be seen: they would all seem deleted."""
        first = self._admin.caller.clock.now() - _DAYS
        if (start is None or start < first) and not self.sees_all:
            raise SourceRefused(
                "not-allowed",
                f"{self._admin.caller.source}: Shopify hides orders from before {first:%d %b %Y} from this token.",
                "Recount 59 days at most, or ask Shopify to grant the scope read_all_orders to the app.",
            )


def scopes_of(admin: Admin) -> frozenset[str]:
    """Ask which scopes the token has."""
    data = admin.send(SCOPES, {}, _installed).value.data
    return frozenset(one.handle for one in data.current_app_installation.access_scopes) if data else frozenset()
