"""Which module connects to which system; a module is imported when its system is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from unposted.connectors.live import Connection, Connector, Tools

__all__ = ["LIVE_SYSTEMS", "connect", "connection_type"]


class _Place(NamedTuple):
    settings: str
    name: str
    module: str


_HOME = "unposted.connectors"
_PLACES = {
    "shopify": _Place("shopify.connection", "ShopifyConnection", "shopify.live"),
    "bigcommerce": _Place("bigcommerce.connection", "BigCommerceConnection", "bigcommerce.live"),
    "adobe_commerce": _Place("adobe_commerce.connection", "AdobeCommerceConnection", "adobe_commerce.live"),
    "finance_operations": _Place(
        "finance_operations.settings", "FinanceOperationsConnection", "finance_operations.live"
    ),
    "business_central": _Place("business_central.settings", "BusinessCentralConnection", "business_central.connector"),
    "dataverse": _Place("dataverse.settings", "DataverseConnection", "dataverse.source"),
    "power_automate": _Place("power_automate.settings", "PowerAutomateConnection", "power_automate.source"),
}
LIVE_SYSTEMS = tuple(_PLACES)


def connection_type(system: str) -> type[Connection]:
    """Return the settings that a live source of this system has."""
    place = _PLACES[system]
    return cast("type[Connection]", getattr(import_module(f"{_HOME}.{place.settings}"), place.name))


def connect(source: str, system: str, connection: Connection, tools: Tools) -> Connector:
    """Make the connector of a source; it calls nobody before it is asked to."""
    made = import_module(f"{_HOME}.{_PLACES[system].module}").connect(source, connection, tools)
    return cast("Connector", made)
