"""Adobe Commerce (Magento 2): orders, customers, companies, negotiable quotes, and the order grid's export."""

from __future__ import annotations

from unposted.connectors.adobe_commerce.companies import COMPANIES
from unposted.connectors.adobe_commerce.customers import CUSTOMERS
from unposted.connectors.adobe_commerce.order_grid import ORDER_GRID
from unposted.connectors.adobe_commerce.orders import ORDERS
from unposted.connectors.adobe_commerce.quotes import QUOTES
from unposted.connectors.formats import Format

__all__ = ["FORMATS"]

FORMATS: tuple[Format, ...] = (ORDERS, QUOTES, CUSTOMERS, COMPANIES, ORDER_GRID)
