"""Addresses of an order or a master record in the systems themselves, made of what the workspace says of them.

Sources: the platforms' own admin addresses; learn.microsoft.com, shareable URLs of Finance & Operations and web client
URLs of Business Central.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from unposted.web.party import Ordered
from unposted.workspace.model import Workspace

__all__ = ["order_link", "record_link"]


def order_link(workspace: Workspace, order: Ordered) -> str | None:
    """Return the address of an order in its storefront's admin; None when the workspace does not tell where that is."""
    store = next((one for one in workspace.stores if one.name == order.store), None)
    if store is None or store.connect is None or order.order_id is None:
        return None
    number = quote(order.order_id.rpartition("/")[2], safe="")
    if store.platform == "bigcommerce":
        shop = getattr(store.connect, "store_hash", None)
        return f"https://store-{quote(shop, safe='')}.mybigcommerce.com/manage/orders/{number}" if shop else None
    base = str(getattr(store.connect, "url", "")).rstrip("/")
    if not base.startswith(("https://", "http://")):
        return None
    return (
        f"{base}/admin/orders/{number}"
        if store.platform == "shopify"
        else f"{base}/admin/sales/order/view/order_id/{number}"
    )


def record_link(workspace: Workspace, entity: str, account: str | None) -> str | None:
    """Return the address of a customer record in its entity's Dynamics system."""
    if account is None:
        return None
    for system in workspace.dynamics:
        base = str(getattr(system.connect, "url", "") or "").rstrip("/")
        if system.connect is None or not base.startswith(("https://", "http://")):
            continue
        if system.system == "finance_operations":
            return f"{base}/?{urlencode({'cmp': entity, 'mi': 'CustTable', 'q': account})}"
        if system.system == "business_central":
            return _business_central(system.connect, entity, account)
    return None


def _business_central(connect: object, entity: str, account: str) -> str | None:
    companies: dict[str, str] = dict(getattr(connect, "companies", {}) or {})
    company = next((name for name, code in companies.items() if code.upper() == entity), None)
    if company is None:
        return None
    place = "/".join(quote(str(getattr(connect, name, "")), safe="") for name in ("tenant", "environment"))
    query = {"company": company, "page": "21", "filter": f"'No.' IS '{account}'"}
    return f"https://businesscentral.dynamics.com/{place}?{urlencode(query)}"
