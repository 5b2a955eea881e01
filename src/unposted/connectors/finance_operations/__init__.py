"""Finance & Operations: OData as a live source, and its customers as JSON files and data-management exports."""

from __future__ import annotations

from unposted.connectors.finance_operations.formats import FORMATS
from unposted.connectors.finance_operations.live import connect
from unposted.connectors.finance_operations.settings import FinanceOperationsConnection

__all__ = ["FORMATS", "FinanceOperationsConnection", "connect"]
