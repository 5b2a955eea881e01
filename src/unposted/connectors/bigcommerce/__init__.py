"""BigCommerce: v2 orders, customers, B2B Edition companies, users and orders, and the control panel's order export."""

from __future__ import annotations

from unposted.connectors.bigcommerce.companies import COMPANIES, COMPANY_ORDERS, COMPANY_USERS
from unposted.connectors.bigcommerce.customers import CUSTOMERS
from unposted.connectors.bigcommerce.order_export import ORDER_EXPORT
from unposted.connectors.bigcommerce.orders import ORDERS
from unposted.connectors.formats import Format

__all__ = ["FORMATS"]

FORMATS: tuple[Format, ...] = (ORDERS, CUSTOMERS, COMPANIES, COMPANY_USERS, COMPANY_ORDERS, ORDER_EXPORT)
