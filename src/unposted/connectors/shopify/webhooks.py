"""Verifies Shopify's webhooks and turns them into hints; nothing in their bodies is believed but an id.

The signature is over the very bytes of the body. Deliveries come twice, late, in any order or never.
Source: shopify.dev, Verify webhook deliveries, Delivery structure.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from unposted.connectors.hints import Hint, HintRefused
from unposted.connectors.secrets import Secret

__all__ = ["OLDEST", "TOPICS", "read_hint"]

OLDEST = timedelta(hours=24)
"""How old a delivery may be: Shopify tries again for 4 hours; what is older still is a replay, and polling has it."""
_AHEAD = timedelta(minutes=10)
_STREAMS = {
    "orders": "orders", "refunds": "orders", "draft_orders": "draft_orders", "customers": "customers",
    "customer_tags": "customers", "companies": "companies", "company_locations": "companies",
    "company_contacts": "companies",
}  # fmt: skip
TOPICS = (
    "orders/create", "orders/updated", "orders/cancelled", "orders/delete", "refunds/create",
    "draft_orders/create", "draft_orders/update", "draft_orders/delete", "customers/create", "customers/update",
    "customers/delete", "customers/merge", "companies/create", "companies/update", "companies/delete",
    "company_locations/create", "company_locations/update", "company_locations/delete",
)  # fmt: skip
"""The topics that are worth a subscription."""
_REDACTING = frozenset({"customers/redact", "customers/data_request", "shop/redact"})


class _Named(msgspec.Struct):
    admin_graphql_api_id: str | None = None
    id: Any = None


class _Body(_Named):
    order_id: Any = None
    customer_id: Any = None
    order_edit: _OrderEdit | None = None
    company: _Named | None = None
    customer: _Named | None = None


class _OrderEdit(msgspec.Struct):
    order_id: Any = None


_body_of = msgspec.json.Decoder(_Body).decode


def read_hint(secrets: Sequence[Secret], shop: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Hint:
    """Verify one delivery and say which record to fetch soon; raises HintRefused.

    `secrets` are the app's client secrets (two while one replaces the other), `shop` the shop's myshopify.com name.
    """
    known = {name.lower(): value for name, value in headers.items()}
    if not _is_signed(secrets, known.get("x-shopify-hmac-sha256", ""), body):
        raise HintRefused(401, "the signature does not fit the body")
    if known.get("x-shopify-shop-domain", "").casefold() != shop.casefold():
        raise HintRefused(401, "the delivery is of another shop")
    sent = _instant(known.get("x-shopify-triggered-at"))
    if sent is not None and not now - OLDEST <= sent <= now + _AHEAD:
        raise HintRefused(401, "the delivery is too old, or ahead of its time")
    topic = known.get("x-shopify-topic", "")
    delivery = known.get("x-shopify-event-id") or known.get("x-shopify-webhook-id") or hashlib.sha256(body).hexdigest()
    kind, _, event = topic.partition("/")
    stream = _STREAMS.get(kind)
    if stream is None or (topic in _REDACTING and topic != "customers/redact"):
        raise HintRefused(200, "nothing is read for this topic")
    try:
        found = _record_id(kind, event, _body_of(body))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise HintRefused(400, "the body is not of the expected shape") from None
    is_gone = event in {"delete", "redact"} and kind in {"orders", "draft_orders", "customers", "companies"}
    return Hint(stream, found, delivery, sent, is_gone)


def _is_signed(secrets: Sequence[Secret], shown: str, body: bytes) -> bool:
    """Compare the signature, as bytes and in constant time, with that of each secret."""
    try:
        signature = base64.b64decode(shown, validate=True)
    except (binascii.Error, ValueError):
        return False
    digests = [hmac.new(secret.reveal().encode(), body, hashlib.sha256).digest() for secret in secrets if secret]
    return any(hmac.compare_digest(digest, signature) for digest in digests)


def _record_id(kind: str, event: str, body: _Body) -> str | None:
    """Find the id of the record that a delivery speaks of; None when it speaks of more than one, or of none."""
    if event == "merge":
        return None  # two customers become one: read what changed
    if kind == "refunds":
        return _number(body.order_id)
    if kind == "orders" and body.order_edit is not None:
        return _number(body.order_edit.order_id)
    if kind in {"company_locations", "company_contacts"}:
        return None if body.company is None else _number(body.company.admin_graphql_api_id or body.company.id)
    if kind == "customer_tags" or event == "redact":
        return _number(body.customer_id or (body.customer.id if body.customer else None))
    number = _number(body.admin_graphql_api_id or body.id)
    return f"draft-{number}" if number and kind == "draft_orders" else number


def _number(value: object) -> str | None:
    """Return the number of an id, which is a number, its text or a global id."""
    number = str(value or "").rpartition("/")[2]
    return number if number.isdecimal() else None


def _instant(text: str | None) -> datetime | None:
    """Read when a delivery was triggered, in up to nanoseconds; None when that is not told."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise HintRefused(401, "the time of the delivery cannot be read") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
