"""Dataverse: accounts and contacts of the Web API as a live source, as JSON files, and the app's exports as tables."""

from __future__ import annotations

from unposted.connectors.dataverse.formats import FORMATS
from unposted.connectors.dataverse.settings import DataverseConnection
from unposted.connectors.dataverse.source import connect

__all__ = ["FORMATS", "DataverseConnection", "connect"]
