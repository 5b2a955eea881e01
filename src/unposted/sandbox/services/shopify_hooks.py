"""Makes the webhooks that the sandbox shop would send: REST-shaped bodies, signed over their very bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from unposted.sandbox.services.shopify_switches import ShopifySwitches

__all__ = ["delivery", "rest_body", "signed"]

_NAMES = UUID("6f0c1f0e-6d0f-4f0e-9a55-5b9a3f1f7a10")


def delivery(
    topic: str, row: Mapping[str, Any], switches: ShopifySwitches, now: datetime, *, shop: str, attempt: int = 1
) -> tuple[dict[str, str], bytes]:
    """Make one delivery of a topic (`orders/updated`) about a record; a repeated one bears the same ids."""
    body = msgspec.json.encode(rest_body(topic, row, ZoneInfo(switches.zone)))
    return signed(topic, body, switches.hook_secret, now, shop=shop, attempt=attempt), body


def signed(topic: str, body: bytes, secret: str, now: datetime, *, shop: str, attempt: int = 1) -> dict[str, str]:
    """Write the headers of a delivery; `attempt` changes nothing in them, as with a retry of Shopify's."""
    del attempt
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    event = uuid5(_NAMES, f"{topic}|{hashlib.sha256(body).hexdigest()}|{now.isoformat()}")
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Hmac-SHA256": base64.b64encode(digest).decode(),
        "X-Shopify-Webhook-Id": str(uuid5(event, "webhook")),
        "X-Shopify-Event-Id": str(event),
        "X-Shopify-Triggered-At": f"{now:%Y-%m-%dT%H:%M:%S.%f}000Z",
    }


def rest_body(topic: str, row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Write a node as webhooks do: snake case, numeric ids, the shop's own offset, tags as one text."""
    gid = row["id"]
    number = int(gid.rpartition("/")[2])
    body: dict[str, Any] = {"id": number, "admin_graphql_api_id": gid}
    if topic.endswith("/delete"):
        return {"id": number}
    for name, written in (("createdAt", "created_at"), ("updatedAt", "updated_at"), ("cancelledAt", "cancelled_at")):
        value = row.get(name)
        body[written] = None if value is None else _local(value, zone)
    body["tags"] = ", ".join(row.get("tags") or ())
    kind = topic.partition("/")[0]
    if kind in {"orders", "draft_orders"}:
        body |= _sale(row)
    if kind == "refunds":
        body = {"id": number + 1, "admin_graphql_api_id": f"gid://shopify/Refund/{number + 1}", "order_id": number}
    if kind == "company_locations":
        body["company"] = {"admin_graphql_api_id": row["company"]()["id"]}
    return body


def _sale(row: Mapping[str, Any]) -> dict[str, Any]:
    total = row["totalPriceSet"]
    customer = row.get("customer")
    return {
        "name": row["name"],
        "email": row.get("email"),
        "currency": total["shopMoney"]["currencyCode"],
        "financial_status": (row.get("displayFinancialStatus") or "").lower() or None,
        "test": row.get("test", False),
        "total_price": total["shopMoney"]["amount"],
        "total_price_set": {
            "shop_money": _money(total["shopMoney"]),
            "presentment_money": _money(total["presentmentMoney"]),
        },
        "customer": None if customer is None else {"id": int(customer["id"].rpartition("/")[2])},
    }


def _money(money: Mapping[str, Any]) -> dict[str, Any]:
    return {"amount": money["amount"], "currency_code": money["currencyCode"]}


def _local(text: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(text).astimezone(zone).isoformat(timespec="seconds")
