"""Business Central: API v2.0 as a live source, its customers as JSON files, and the Customers list opened in Excel."""

from __future__ import annotations

from unposted.connectors.business_central.connector import connect
from unposted.connectors.business_central.formats import FORMATS
from unposted.connectors.business_central.settings import BusinessCentralConnection, ExternalIds

__all__ = ["FORMATS", "BusinessCentralConnection", "ExternalIds", "connect"]
