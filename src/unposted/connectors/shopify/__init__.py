"""Shopify: Admin GraphQL and REST orders, draft orders, customers and companies, and the admin's CSV exports."""

from __future__ import annotations

from unposted.connectors.formats import Format
from unposted.connectors.shopify.companies import COMPANIES
from unposted.connectors.shopify.customer_export import CUSTOMER_EXPORTS
from unposted.connectors.shopify.customers import CUSTOMERS
from unposted.connectors.shopify.order_export import ORDER_EXPORT
from unposted.connectors.shopify.orders import ORDERS
from unposted.connectors.shopify.rest_customers import REST_CUSTOMERS
from unposted.connectors.shopify.rest_orders import REST_ORDERS

__all__ = ["FORMATS"]

FORMATS: tuple[Format, ...] = (
    ORDERS, CUSTOMERS, COMPANIES, REST_ORDERS, REST_CUSTOMERS, ORDER_EXPORT, *CUSTOMER_EXPORTS,
)  # fmt: skip
