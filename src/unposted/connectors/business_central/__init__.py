"""Business Central: API v2.0 as a live source, its customers as JSON files, and the Customers list opened in Excel."""

from __future__ import annotations

from unposted.connectors.business_central.formats import FORMATS

__all__ = ["FORMATS"]
