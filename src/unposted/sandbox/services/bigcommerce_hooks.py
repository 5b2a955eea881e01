"""Delivers webhooks as BigCommerce does: a thin body, signed by Standard Webhooks, with the hook's own headers."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1, sha256
from typing import Any, NamedTuple

import msgspec

__all__ = ["Delivery", "delivered"]


class Delivery(NamedTuple):
    """One request: header names are lower-case."""

    headers: dict[str, str]
    body: bytes


def delivered(
    scope: str,
    data: Mapping[str, Any],
    at: datetime,
    *,
    store_hash: str = "sandbox",
    client_secret: str | None = None,
    headers: Mapping[str, str] | None = None,
    attempt_at: datetime | None = None,
) -> Delivery:
    """Write a delivery of an event of an instant; each attempt is signed anew, with its own time (`attempt_at`)."""
    second = int(at.timestamp())
    told = msgspec.json.encode({"scope": scope, "data": data, "created_at": second})
    body = msgspec.json.encode(
        {
            "scope": scope,
            "store_id": "1025646",
            "data": data,
            "hash": sha1(told, usedforsecurity=False).hexdigest(),
            "created_at": second,
            "producer": f"stores/{store_hash}",
        }
    )
    sent = {"content-type": "application/json", **(headers or {})}
    if client_secret is not None:
        stamp = str(int((attempt_at or at).timestamp()))
        signed = f"msg_{second}.{stamp}.".encode() + body
        mark = b64encode(hmac.new(client_secret.encode(), signed, sha256).digest()).decode()
        sent |= {"webhook-id": f"msg_{second}", "webhook-timestamp": stamp, "webhook-signature": f"v1,{mark}"}
    return Delivery(sent, body)
